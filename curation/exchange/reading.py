"""From what importers hand over to the bundle of an intake: a refused row is left over, and sinks nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa

from curation.exchange.imported import Imported, Leftover
from curation.exchange.once import entities_once
from curation.exchange.rows import Row
from curation.intake.bundle import Bundle
from curation.intake.cells import Mask
from curation.intake.check import check
from curation.intake.finish import finished
from curation.intake.problems import Problem, Problems
from curation.intake.references import defined_in, references
from curation.intake.sheets import Sheet, unknown_name
from curation.intake.stack import Stack, stack
from schemas.identity import PLACE, key_fields, record_ids
from schemas.kinds.base import Record
from schemas.kinds.entities import ENTITIES
from schemas.registry import KINDS

_ALL = 1 << 60
"""Problems that are kept with their words: each becomes a leftover."""


@dataclass(frozen=True, slots=True)
class Account:
    """What became of one file: rows in are rows taken in, rows that said again what another says, and leftovers."""

    file: str
    title: str
    rows: int
    taken: int
    again: int
    left: int

    @property
    def sentence(self) -> str:
        """The account in one line."""
        again = f", {self.again} said already by another row" if self.again else ""
        return f"{self.file} ({self.title}): {self.rows} rows in = {self.taken} taken in{again} + {self.left} left over"


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The bundle of some files, what of them found no place, and the account of each file."""

    bundle: Bundle
    leftovers: tuple[Leftover, ...]
    accounts: tuple[Account, ...]


def bundle_of(
    *imported: Imported, own: Bundle | None = None, known: Mapping[str, Iterable[str]] | None = None
) -> TakenIn:
    """The rows of imports as a bundle, as if a person had typed them.

    Args:
        imported: what the importers read.
        own: rows of our own files beside them, well formed; its definitions come first.
        known: keys of the entities that the review has already, by kind.

    A row that the models refuse, or that names what is defined nowhere, becomes a leftover with the sentence of its
    problem; so do the rows that need it.
    """
    home = own or Bundle({}, {})
    rows = [
        Row(one, kind, number, cells) for one in imported for kind, given in one.rows.items() for number, cells in given
    ]
    _with_known_fields(rows)
    again = entities_once(rows, home)
    stacks = {kind: _well_formed(kind, given) for kind in KINDS if (given := _standing(rows, kind, again))}
    tables = {kind: finished(one) for kind, (one, _) in stacks.items()}
    standing = {kind: kept for kind, (_, kept) in stacks.items()}
    _without_unknown_names(tables, standing, home, {kind: set(keys) for kind, keys in (known or {}).items()})
    bundle = _joined(home, tables, standing, [remark for one in imported for remark in one.remarks])
    refused = [row for row in rows if row.why]
    leftovers = [
        left for one in imported for left in (*one.leftovers, *(row.left for row in refused if row.origin is one))
    ]
    return TakenIn(bundle, tuple(leftovers), tuple(_account(one, rows, again) for one in imported))


def told_apart(imported: Sequence[tuple[str, Imported]]) -> list[Imported]:
    """The imports, each with a name of its own; where two files are called alike, by the given full name."""
    names = Counter(one.file for _, one in imported)
    return [one if names[one.file] == 1 else _renamed(one, full) for full, one in imported]


def _renamed(one: Imported, name: str) -> Imported:
    return replace(one, file=name, leftovers=[replace(left, file=name) for left in one.leftovers])


def _with_known_fields(rows: Iterable[Row]) -> None:
    for row in rows:
        strange = [name for name in row.cells if name not in KINDS[row.kind].model_fields]
        if strange:
            found, expected = unknown_name(strange[0], KINDS[row.kind])
            row.why = f"found {found}, expected {expected}"


def _standing(rows: Iterable[Row], kind: str, again: set[int]) -> list[Row]:
    return [row for row in rows if row.kind == kind and not row.why and id(row) not in again]


def _well_formed(kind: str, rows: list[Row]) -> tuple[Stack, list[Row]]:
    """The rows of a kind that the model takes, as a stack; the others are told why not."""
    problems = Problems(most=_ALL)
    one = stack(kind, [_sheet(kind, rows)])
    check(one, problems)
    _tell(rows, problems.kept)
    keep = np.array([not row.why for row in rows], bool)
    return _only(one, keep), [row for row in rows if not row.why]


def _sheet(kind: str, rows: list[Row]) -> Sheet:
    """The rows as a sheet; their places are their positions, so that a problem finds its row."""
    names = dict.fromkeys(name for row in rows for name in row.cells)
    cells = {name: [row.cells.get(name) for row in rows] for name in names}
    return Sheet(kind, "import", list(range(len(rows))), cells)  # type: ignore[arg-type]  # a list of cells is a sequence


def _tell(rows: Sequence[Row], problems: Iterable[Problem]) -> None:
    for each in problems:
        row = rows[each.row or 0]
        place = f"{each.column}: " if each.column else ""
        row.why += f"{'; ' if row.why else ''}{place}found {each.found}, expected {each.expected}"


def _only(one: Stack, keep: Mask) -> Stack:
    mask = pa.array(keep)
    return Stack(
        one.model,
        one.files.filter(mask),
        one.rows[keep],
        {name: cells.filter(mask) for name, cells in one.cells.items()},
        {name: quiet[keep] for name, quiet in one.quiet.items()},
        one.doubtful[keep],
    )


def _without_unknown_names(
    tables: dict[str, pa.Table], standing: dict[str, list[Row]], home: Bundle, known: Mapping[str, set[str]]
) -> None:
    """Leave out the rows that name what is defined nowhere, and again those that name what is left out by that."""
    while True:
        defined = {
            model.kind: known.get(model.kind, set())
            | defined_in(home, model.kind)
            | defined_in(Bundle(tables, {}), model.kind)
            for model in ENTITIES
        }
        before = sum(map(len, tables.values()))
        for kind, rows in standing.items():
            places = pa.table({"file": pa.array(["import"] * len(rows)), "row": pa.array(range(len(rows)), pa.int64())})
            only = Bundle({kind: tables[kind]}, {kind: places})
            _tell(rows, references(only, defined, home="among the {plural} of the file", most=_ALL))
            tables[kind] = tables[kind].filter(pa.array([not row.why for row in rows], pa.bool_()))
            standing[kind] = [row for row in rows if not row.why]
        if sum(map(len, tables.values())) == before:
            return


def _joined(home: Bundle, tables: Mapping[str, pa.Table], rows: Mapping[str, list[Row]], remarks: list[str]) -> Bundle:
    """Our own rows and the imported ones in one bundle; the ids of records are made for all of them together."""
    kinds = [kind for kind in KINDS if kind in home.tables or len(tables.get(kind, ()))]
    joined = {
        kind: pa.concat_tables(
            [given[kind] for given in (home.tables, tables) if kind in given], promote_options="none"
        ).combine_chunks()
        for kind in kinds
    }
    origin = {kind: pa.concat_tables(_origins(home, kind, rows.get(kind, []))) for kind in kinds}
    return Bundle(
        {kind: _with_ids(kind, table) for kind, table in joined.items()},
        origin,
        home.books,
        [*home.remarks, *remarks],
    )


def _origins(home: Bundle, kind: str, rows: list[Row]) -> list[pa.Table]:
    own = [home.origin[kind].select(["file", "row"])] if kind in home.origin else []
    files, numbers = [row.origin.file for row in rows], [row.number for row in rows]
    made = pa.table({"file": pa.array(files, pa.string()), "row": pa.array(numbers, pa.int64())})
    return [each.cast(made.schema) for each in [*own, made]]


def _with_ids(kind: str, table: pa.Table) -> pa.Table:
    model = KINDS[kind]
    if not issubclass(model, Record):
        return table
    names = ("record", *key_fields(model), *PLACE)
    columns = [table[name].to_pylist() for name in names]
    made = record_ids(model, (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)))
    return table.set_column(table.column_names.index("record"), "record", pa.array(made, pa.string()))


def _account(one: Imported, rows: Sequence[Row], again: set[int]) -> Account:
    mine = [row for row in rows if row.origin is one]
    refused, repeated = sum(bool(row.why) for row in mine), sum(id(row) in again for row in mine)
    left = refused + len(one.leftovers)
    count = partial(Account, one.file, one.format)
    return count(len(mine) + len(one.leftovers), len(mine) - refused - repeated, repeated, left)
