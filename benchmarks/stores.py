"""Review files and plain tables of simulated facts, of any size, for the benchmarks; kept under benchmarks/data.

The review files are filled with SQL instead of through the intake, which does more work than ten million rows need here;
``--compare`` holds one such file, column by column, against what the intake makes of the same texts.

    python benchmarks/stores.py --compare [--rows 10000]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import simulated
from simulated import CHUNK, MEASURES

from schemas.arrow import printed_column
from schemas.kinds.base import Declared
from schemas.registry import KINDS
from store import ddl
from store.intake import INTAKE, add_revision
from store.review import Review

DATA = Path(__file__).resolve().parent / "data"
CLEAN, HEAVY = 0.0001, 0.05
"""Shares of records that are broken on purpose: one in 10,000, and one in 20."""
PER_STUDY = 50
"""Records of one kind per study; as many outcomes there are."""
WHO = "AB"
_DEFAULTS = {"legibility": "clear", "decimal_mark": "point"}


def facts(rows: int, broken: float = CLEAN) -> Path:
    """A review with so many counts and as many effects."""
    return _kept("facts", rows, broken, {"count": _count_cells, "effect": _effect_cells})


def means(rows: int, broken: float = CLEAN) -> Path:
    """A review with so many means."""
    return _kept("means", rows, broken, {"mean": _mean_cells})


def plain(rows: int, broken: float = CLEAN) -> Path:
    """A DuckDB file with the numbers of ``facts`` as doubles, a count and an effect side by side in the table "facts".

    A P value printed as "<0.001" is 0.0005 there: half a unit of its last place around that is what is printed.
    """
    file = DATA / f"plain-{rows}-{broken:g}.duckdb"
    if not file.exists():
        _made_whole(file, lambda path: _fill_plain(path, rows, broken))
    return file


Cells = Mapping[str, pa.Array]


def _count_cells(size: int, start: int, broken: float) -> Cells:
    made = simulated.counts(size, start, broken)
    return {
        "events": printed("count", "events", made.events),
        "total": printed("count", "total", made.total),
        "percent": printed("count", "percent", made.percent),
        "estimator": _same("proportion", size),
        "total_from": _same("unknown", size),
    }


def _effect_cells(size: int, start: int, broken: float) -> Cells:
    made = simulated.effects(size, start, broken)
    return {
        "measure": pa.DictionaryArray.from_arrays(pa.array(made.measure), pa.array(MEASURES)).cast(pa.string()),
        "estimate": printed("effect", "estimate", made.estimate),
        "lower": printed("effect", "lower", made.lower),
        "upper": printed("effect", "upper", made.upper),
        "p": printed("effect", "p", made.p),
        "interval_method": _same("wald", size),
    }


def _mean_cells(size: int, start: int, broken: float) -> Cells:
    made = simulated.means(size, start, broken)
    names = ("n", "mean", "sd", "se", "lower", "upper", "median", "q1", "q3")
    given = {name: printed("mean", name, whole) for name, whole in zip(names, astuple(made), strict=True)}
    return {**given, "moment": _same("value", size), "whole_numbers": _same("no", size)}


_TEXTS: dict[str, Callable[[int], str]] = {
    "percent": lambda whole: f"{whole // 10}.{whole % 10}%",
    "estimate": lambda whole: f"{whole / 100:.2f}",
    "p": lambda whole: "<0.001" if whole == simulated.BELOW else f"{whole / 1000:.3f}",
    "tenths": lambda whole: f"{whole / 10:.1f}",
}
"""How a whole number of last places is printed, by field; others are printed as they are."""
_ALIKE = {"lower": "estimate", "upper": "estimate", "se": "estimate"} | dict.fromkeys(
    ("mean/mean", "mean/sd", "mean/lower", "mean/upper", "mean/median", "mean/q1", "mean/q3"), "tenths"
)


@cache
def _words(kind: str, field: str, upto: int) -> pa.Array:
    """All that a field can print up to this whole number, derived as the intake derives it."""
    text = _TEXTS.get(_ALIKE.get(f"{kind}/{field}") or _ALIKE.get(field) or field, str)
    quantity = next(each.quantity for each in KINDS[kind].fields() if each.name == field)
    return printed_column(pa.array([text(whole) for whole in range(upto)], pa.string()), quantity)


def printed(kind: str, field: str, whole: simulated.Whole) -> pa.Array:
    """A column as it is printed, with everything that is derived from the print."""
    return _words(kind, field, 1 << int(whole.max()).bit_length()).take(pa.array(whole))


def _same(text: str, size: int) -> pa.Array:
    return pa.repeat(pa.scalar(text), size)


def _chunks(rows: int) -> Iterator[tuple[int, int]]:
    return ((min(CHUNK, rows - start), start) for start in range(0, rows, CHUNK))


def _kept(name: str, rows: int, broken: float, kinds: Mapping[str, Callable[[int, int, float], Cells]]) -> Path:
    file = DATA / f"{name}-{rows}-{broken:g}.duckdb"
    if not file.exists():
        _made_whole(file, lambda path: _fill_review(path, rows, broken, kinds))
    return file


def _made_whole(file: Path, fill: Callable[[Path], None]) -> None:
    """A file that was broken off is not mistaken for a whole one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_suffix(f".{os.getpid()}.part")
    print(f"making {file.name}", file=sys.stderr)
    fill(half)
    half.rename(file)


def _fill_review(path: Path, rows: int, broken: float, kinds: Mapping[str, Callable[[int, int, float], Cells]]) -> None:
    Review.create(path).close()
    with duckdb.connect(str(path)) as connection:
        for kind, table in entities(rows).items():
            _insert(connection, KINDS[kind], table, 0)
        for kind, cells in kinds.items():
            for size, start in _chunks(rows):
                made = {**_about(kind, size, start), **_defaults(size), **cells(size, start, broken)}
                _insert(connection, KINDS[kind], pa.table(made), start)
        add_revision(connection, 1, who=WHO, action=INTAKE, why="simulated")


def _defaults(size: int) -> Cells:
    return {name: _same(text, size) for name, text in _DEFAULTS.items()}


def _numbered(letter: str, numbers: simulated.Whole) -> pa.Array:
    return pa.array(np.char.add(letter, numbers.astype("U8")).astype(object), pa.string())


def _about(kind: str, size: int, start: int) -> Cells:
    """What a record is about: one record of every outcome in every study."""
    number = np.arange(start, start + size)
    studies, outcomes = number // PER_STUDY, number % PER_STUDY
    ids = pa.array(number).cast(pa.string())
    return {
        "record": pc.binary_join_element_wise(kind[0], ids, ""),
        "source": _coded("p", studies),
        "study": _coded("s", studies),
        "outcome": _coded("o", outcomes),
    }


def _coded(letter: str, numbers: simulated.Whole) -> pa.Array:
    first = int(numbers.min())
    words = _numbered(letter, np.arange(first, int(numbers.max()) + 1))
    return words.take(pa.array(numbers - first))


def entities(rows: int) -> dict[str, pa.Table]:
    """Sources, studies and outcomes that so many records name."""
    studies = np.arange(-(-rows // PER_STUDY))
    outcomes = np.arange(min(rows, PER_STUDY))
    sources = _coded("p", studies)
    return {
        "source": pa.table({"source": sources, "title": sources, "type": _same("article", len(studies))}),
        "study": pa.table(
            {"study": _coded("s", studies), "label": _coded("s", studies), "design": _same("unknown", len(studies))}
        ),
        "outcome": pa.table({
            "outcome": _coded("o", outcomes), "label": _coded("o", outcomes),
            "family_kind": _same("event", len(outcomes)), "complete": _same("no", len(outcomes)),
        }),
    }  # fmt: skip


def _insert(connection: duckdb.DuckDBPyConnection, model: type[Declared], table: pa.Table, start: int) -> None:
    owner = WHO if "record" in model.model_fields else ""
    key = ddl.key_expression(model)
    place = pa.array(np.arange(start + 1, start + len(table) + 1))
    connection.register("made", table.append_column("#place", place))
    fields = ", ".join(ddl.quoted(name) for name in table.column_names)
    connection.execute(
        f"""
        INSERT INTO {ddl.quoted(model.kind)} ({", ".join(ddl.quoted(name) for name in ddl.BOOKKEEPING)}, {fields})
        SELECT {key}, ?, 1, false, "#place", {fields} FROM made
        """,
        [owner],
    )
    connection.unregister("made")


def _fill_plain(path: Path, rows: int, broken: float) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("""
            CREATE TABLE facts (events DOUBLE, total DOUBLE, percent DOUBLE, measure VARCHAR, estimate DOUBLE,
                                lower DOUBLE, upper DOUBLE, p DOUBLE)
        """)
        for size, start in _chunks(rows):
            count, effect = simulated.counts(size, start, broken), simulated.effects(size, start, broken)
            made = pa.table({
                "events": count.events.astype(float), "total": count.total.astype(float), "percent": count.percent / 10,
                "measure": pa.DictionaryArray.from_arrays(pa.array(effect.measure), pa.array(MEASURES)).cast(pa.string()),
                "estimate": effect.estimate / 100, "lower": effect.lower / 100, "upper": effect.upper / 100,
                "p": np.where(effect.p == simulated.BELOW, 0.0005, effect.p / 1000),
            })  # fmt: skip
            connection.register("made", made)
            connection.execute("INSERT INTO facts SELECT * FROM made")


def compare(rows: int) -> str:
    """Make reviews both ways and hold all their tables against each other. Raises ValueError where they differ."""
    from curation.intake.read import read
    from curation.intake.references import known_ids

    for make in (facts, means):
        file = make(rows, HEAVY)
        with Review.open(file, read_only=True) as review, tempfile.TemporaryDirectory() as folder:
            ours = _stored(review)
            for kind in ours:
                texts = review.reader().sql(
                    f"SELECT {ddl.text_list(KINDS[kind], ddl.BOOKKEEPING.keys() | KINDS[kind].model_fields)} FROM {ddl.quoted(kind)} ORDER BY position"
                )
                pa_csv.write_csv(texts.to_arrow_table(), Path(folder) / f"{kind}.csv")
            with Review.create(Path(folder) / "intake.duckdb") as other:
                bundle = read([Path(folder)])
                known_ids(bundle.tables)
                other.intake(bundle.tables, who=WHO, why="simulated")
                theirs = _stored(other)
        for kind, table in ours.items():
            if not table.equals(theirs[kind]):
                names = [name for name in table.column_names if table[name] != theirs[kind][name]]
                raise ValueError(f"{file.name}: the {kind} table is not what the intake makes of its texts: {names}")
    return f"{rows:,} rows: every column of every table is what the intake makes of the same texts"


def _stored(review: Review) -> dict[str, pa.Table]:
    """Every table of a review that holds rows, with its bookkeeping."""
    reader = review.reader()
    tables = {
        kind: reader.sql(
            f"SELECT {', '.join(map(ddl.quoted, ddl.BOOKKEEPING))}, {ddl.field_names(model)} FROM {ddl.quoted(kind)} ORDER BY position"
        ).to_arrow_table().combine_chunks()
        for kind, model in KINDS.items()
    }  # fmt: skip
    return {kind: table for kind, table in tables.items() if len(table)}


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--compare", action="store_true", required=True)
    arguments.add_argument("--rows", type=int, default=10_000)
    print(compare(arguments.parse_args().rows))
