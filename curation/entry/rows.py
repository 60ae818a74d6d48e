"""Cells typed in a form or a grid: refused for what an intake of files refuses, else a table ready for the store."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curation.entry.plainly import read_plainly
from curation.intake import problems as intake
from curation.intake.bundle import Bundle
from curation.intake.cells import Mask
from curation.intake.check import check
from curation.intake.documents import sheet_of_rows
from curation.intake.finish import finished, give_ids, keep_once
from curation.intake.references import parents, references
from curation.intake.stack import Stack, stack
from schemas.arrow import table_schema
from schemas.fields import FieldFacts
from schemas.kinds.entities import ENTITIES
from schemas.registry import KINDS

HERE = "the table"
"""What sentences call the rows that are typed together."""
HOME = "first, among the {plural}"
"""Where an entity that nobody has defined belongs."""
Cells = Mapping[str, str]
Known = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell, or with the whole row where ``field`` is None. ``row`` counts from 0."""

    row: int
    field: str | None
    found: str
    expected: str
    label: str = ""

    @property
    def sentence(self) -> str:
        """The problem as a person reads it beside the field."""
        found = f"found {self.found}, expected {self.expected}"
        return f"{self.label}: {found}" if self.label else found[0].upper() + found[1:]


@dataclass(frozen=True, slots=True)
class Typed:
    """What became of typed rows.

    ``table`` has the rows in the schema of their kind, defaults, derived fields and ids filled in; it is None where
    anything is wrong. ``good`` has the rows without problems, and ``indices`` where each of them was typed. Rows that
    hold nothing are passed over, and an entity that is typed twice alike is kept once. ``readable`` has the rows of
    which every cell can be read, good ones and ones that name an unknown id or none: rules can judge them.
    ``derived`` says by row which fields a composite cell filled in.
    """

    problems: list[Problem]
    good: pa.Table
    indices: list[int]
    readable: pa.Table
    readable_indices: list[int]
    derived: list[dict[str, str]]

    @property
    def table(self) -> pa.Table | None:
        """All rows, or None if any of them has a problem."""
        return None if self.problems else self.good


def read_rows(kind: str, rows: Sequence[Cells], known: Known) -> Typed:
    """Read rows of one kind as they were typed, by field; blank cells are absent.

    Args:
        kind: a kind of record or entity.
        rows: the cells of each row by field. Case and spaces in the names of fields do not matter.
        known: the ids that rows may name, by entity, as ``curation.intake.references.known_ids`` gives them.
    """
    found = read_plainly(kind, rows, known)
    if found is None:
        return read_carefully(kind, rows, known)
    places = list(range(len(rows)))
    return Typed([], found.table, places, found.table, places, found.derived)


def read_carefully(kind: str, rows: Sequence[Cells], known: Known) -> Typed:
    """The same by the checks of an intake, column by column: every problem in words."""
    model = KINDS[kind]
    filled = [index for index, row in enumerate(rows) if not _blank(row)]
    if not filled:
        nothing = table_schema(model).empty_table()
        return Typed([], nothing, [], nothing, [], [{} for _ in rows])
    noted = intake.Problems(most=sys.maxsize)
    sheet = sheet_of_rows(kind, HERE, ((index + 1, rows[index]) for index in filled), noted)
    one = stack(kind, [sheet])
    typed = {name: cells.is_valid() for name, cells in one.cells.items()}
    check(one, noted)
    derived = _derived(one, typed, filled, len(rows))
    give_ids(one, noted)
    keep = keep_once(one, noted) if model in ENTITIES else np.ones(len(one), bool)
    problems = _worded(kind, [*noted.kept, *_unknown(one, known, noted.kept)])
    ids = {each.name for each in model.fields() if each.refers_to}
    good = _left(filled, keep, {each.row for each in problems})
    readable = _left(filled, keep, {each.row for each in problems if each.field not in ids})
    table = finished(one, good)
    judged = table if np.array_equal(good, readable) else finished(one, readable)
    return Typed(problems, table, _at(filled, good), judged, _at(filled, readable), derived)


def _left(filled: Sequence[int], keep: Mask, wrong: Collection[int]) -> Mask:
    fine: Mask = np.array([index not in wrong for index in filled], bool)
    return np.logical_and(keep, fine)


def _at(filled: Sequence[int], chosen: Mask) -> list[int]:
    return [filled[each] for each in np.flatnonzero(chosen).tolist()]


def verbatim(table: pa.Table) -> list[dict[str, str | None]]:
    """The texts of a table, row by row, as the store takes them in."""
    columns = {
        name: column.combine_chunks().field("text") if pa.types.is_struct(column.type) else column
        for name, column in zip(table.column_names, table.columns, strict=True)
    }
    return list(pa.table({name: pc.cast(column, pa.string()) for name, column in columns.items()}).to_pylist())


def _blank(row: Cells) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row.values())


def _unknown(one: Stack, known: Known, noted: Sequence[intake.Problem]) -> list[intake.Problem]:
    """Ids that lead nowhere, those of rows with other problems too; not arms of a study that is itself a problem."""
    kind = one.model.kind
    bundle = Bundle({kind: pa.table(one.cells)}, {kind: pa.table({"file": one.files, "row": one.rows})})
    over = {each.name: parents(each) for each in one.model.fields()}
    wrong = {(each.row, each.column) for each in noted}
    found = references(bundle, known, HOME, sys.maxsize)
    return [each for each in found if not any((each.row, name) in wrong for name in over[each.column or ""])]


def _derived(one: Stack, typed: Mapping[str, pa.Array], filled: Sequence[int], rows: int) -> list[dict[str, str]]:
    found: list[dict[str, str]] = [{} for _ in range(rows)]
    for name, before in typed.items():
        cells = one.cells[name]
        fresh: Mask = ~before.to_numpy(zero_copy_only=False) & cells.is_valid().to_numpy(zero_copy_only=False)
        for place in np.flatnonzero(fresh).tolist():
            found[filled[place]][name] = cells[place].as_py()
    return found


def _worded(kind: str, noted: Sequence[intake.Problem]) -> list[Problem]:
    labels = {each.name: label_of(each) for each in KINDS[kind].fields()}
    found = [
        Problem(int(each.row or 1) - 1, each.column, each.found, each.expected, labels.get(each.column or "", ""))
        for each in noted
    ]
    order = {name: place for place, name in enumerate(labels)}
    return sorted(found, key=lambda one: (one.row, order.get(one.field or "", -1)))


def label_of(field: FieldFacts) -> str:
    """The field's label as it stands beside a cell: 'Total from', 'SD', 'DOI'; signs such as n and df stay as they are."""
    first = field.meaning.split(" ")[0]
    if first.isupper() and first.casefold() == field.label.casefold():
        return first
    if not set(field.label.split(" ")[0].casefold()) & set("aeiouy"):
        return field.label
    return field.label[:1].upper() + field.label[1:]
