"""The current records of a kind as a stream of narrow batches: only what rules read, in bounded memory.

A printed number arrives as the ends of its interval, with its status and its unit of time where any record of the kind
has more to say than a plainly printed number; where none has, as the number and its decimals, from which the ends
follow. Codes arrive as short lists of words and places in them. The whole records are fetched later, by rowid, of the
few rows that somebody wants to read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from schemas.arrow import table_schema
from schemas.fields import FieldFacts
from schemas.kinds.base import Record
from schemas.quantities import TIME_UNITS
from store import ddl
from store.ddl import quoted
from store.query import first_row, let_go, number

ROWID = "rowid"
"""The column of a batch that says which row of the file it is; valid while nothing is written."""
EVERY = "true"
"""The condition that every row is one of the current records."""
MOST_UNITS, MOST_DECIMALS = 1e9, 12
"""Numbers of more units of their last printed place, or of more decimals, are read with their ends."""
MOST_SINGLE_UNITS = 4e6
"""Numbers of at most so many units of their last place are read in single precision, where they are off by less than a
quarter of a unit: with its decimals each is known."""
FEW_WORDS = 250
"""Columns with at most so many different words are sent as places in a list."""


@dataclass(frozen=True, slots=True)
class _Words:
    """A text of few different words: sent as its place in the list."""

    sql: str
    words: Sequence[str]

    def select(self) -> tuple[list[str], list[object]]:
        return [f"CAST(list_position(CAST(? AS VARCHAR[]), {self.sql}) AS UTINYINT)"], [list(self.words)]

    def array(self, columns: Sequence[pa.Array], _rows: int) -> pa.Array:
        # DuckDB counts places from 1; a word that no row holds is cheaper than a subtraction in every row.
        return pa.DictionaryArray.from_arrays(columns[0], pa.array([None, *self.words], pa.string()), safe=False)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text of many different words, sent as it is."""

    sql: str

    def select(self) -> tuple[list[str], list[object]]:
        return [self.sql], []

    def array(self, columns: Sequence[pa.Array], _rows: int) -> pa.Array:
        return columns[0]


@dataclass(frozen=True, slots=True)
class _Constant:
    """One word in every row: not read at all."""

    word: str

    def select(self) -> tuple[list[str], list[object]]:
        return [], []

    def array(self, _columns: Sequence[pa.Array], rows: int) -> pa.Array:
        return _same(rows, self.word)


@lru_cache(maxsize=16)
def _same(rows: int, word: str) -> pa.Array:
    return pa.DictionaryArray.from_arrays(np.zeros(rows, np.uint8), pa.array([word], pa.string()))


@dataclass(frozen=True, slots=True)
class _Absent:
    """Nothing in any row: not read at all."""

    type: pa.DataType

    def select(self) -> tuple[list[str], list[object]]:
        return [], []

    def array(self, _columns: Sequence[pa.Array], rows: int) -> pa.Array:
        return _nulls(rows, self.type)


@lru_cache(maxsize=16)
def _nulls(rows: int, kind: pa.DataType) -> pa.Array:
    return pa.nulls(rows, kind)


_Told = _Words | _Text | _Constant


@dataclass(frozen=True, slots=True)
class _Printed:
    """A printed number: the ends of its interval, and its status and unit of time where they say something."""

    field: str
    parts: Mapping[str, _Told]

    def select(self) -> tuple[list[str], list[object]]:
        columns, parameters = [f"{self.field}.low", f"{self.field}.high"], list[object]()
        for each in self.parts.values():
            sql, more = each.select()
            columns += sql
            parameters += more
        return columns, parameters

    def array(self, columns: Sequence[pa.Array], rows: int) -> pa.Array:
        arrays = dict(zip(("low", "high"), columns[:2], strict=True))
        at = 2
        for name, each in self.parts.items():
            width = len(each.select()[0])
            arrays[name] = each.array(columns[at : at + width], rows)
            at += width
        entered = arrays.get("status")
        mask = entered.is_null() if entered is not None and entered.null_count else None
        return pa.StructArray.from_arrays(list(arrays.values()), list(arrays), mask=mask)


@dataclass(frozen=True, slots=True)
class _Plain:
    """A column of nothing but plainly printed numbers: the number, and its decimals. Of counts they say nothing."""

    field: str
    exact: bool
    decimals: int | None
    """Those that every number has; None where they differ."""
    single: bool
    """Whether single precision is enough; half as much is then read."""

    def select(self) -> tuple[list[str], list[object]]:
        varied = self.decimals is None and not self.exact
        value = f"CAST({self.field}.value AS FLOAT)" if self.single else f"{self.field}.value"
        return [value, *([f"{self.field}.decimals"] if varied else [])], []

    def array(self, columns: Sequence[pa.Array], rows: int) -> pa.Array:
        if self.exact:
            return pa.StructArray.from_arrays(columns[:1], ["value"])
        decimals = columns[1] if self.decimals is None else _everywhere(rows, self.decimals)
        return pa.StructArray.from_arrays([columns[0], decimals], ["value", "decimals"])


@lru_cache(maxsize=16)
def _everywhere(rows: int, decimals: int) -> pa.Array:
    return pa.array(np.full(rows, decimals, np.int8))


_Reading = _Plain | _Printed | _Told | _Absent


def batches(
    connection: duckdb.DuckDBPyConnection,
    model: type[Record],
    present: Collection[str],
    fields: Collection[str],
    *,
    size: int,
) -> Iterator[pa.RecordBatch]:
    """Batches of the current records of a kind, of everybody: ``rowid`` and these fields; those the file lacks are left out."""
    if not present:
        return
    facts = [each for each in model.fields() if each.name in fields and each.name in present]
    readings = [_reading(connection, model, each) for each in facts]
    where = current(connection, model)
    counted = where == EVERY and _without_gaps(connection, model)
    columns, parameters, spans = [] if counted else [ROWID], list[object](), list[slice]()
    for each in readings:
        sql, more = each.select()
        spans.append(slice(len(columns), len(columns) + len(sql)))
        columns += sql
        parameters += more
    query = f"SELECT {', '.join(columns) or ROWID} FROM {quoted(model.kind)} WHERE {where}"
    names, done = [ROWID, *(each.name for each in facts)], 0
    for batch in connection.sql(query, params=parameters).to_arrow_reader(size):
        given, rows = batch.columns, len(batch)
        arrays = [each.array(given[span], rows) for each, span in zip(readings, spans, strict=True)]
        rowids = pa.array(_from_zero(rows) + done) if counted else given[0]
        done += rows
        yield pa.RecordBatch.from_arrays([rowids, *arrays], names)


@lru_cache(maxsize=4)
def _from_zero(rows: int) -> NDArray[np.int64]:
    return np.arange(rows)


def _without_gaps(connection: duckdb.DuckDBPyConnection, model: type[Record]) -> bool:
    """Whether the rows of a kind are numbered through in the file, so that their numbers can be counted instead of read."""
    kind = quoted(model.kind)
    rows = number(connection, f"SELECT count(*) FROM {kind}")
    kept = first_row(connection, "SELECT current_setting('preserve_insertion_order')")
    return bool(kept and kept[0]) and not _any(connection, model, f"{ROWID} >= {rows}")


def rows_at(
    connection: duckdb.DuckDBPyConnection, model: type[Record], present: Collection[str], rowids: Sequence[int]
) -> pa.Table:
    """The whole records at these rows of the file, in the order of the rows, with the column ``extractor``."""
    schema = table_schema(model).append(pa.field("extractor", pa.string()))
    query = f"""
        SELECT {ddl.select_list(model, present)}, extractor FROM {quoted(model.kind)}
        WHERE rowid IN (SELECT unnest(CAST(? AS BIGINT[]))) ORDER BY rowid
    """
    return connection.sql(query, params=[list(rowids)]).to_arrow_table().cast(schema)


def record_ids(connection: duckdb.DuckDBPyConnection, model: type[Record], rowids: pa.ChunkedArray) -> pa.ChunkedArray:
    """The ids of the records at these rows, one for each."""
    rows, places = np.unique(rowids.to_numpy(), return_inverse=True)
    connection.register("wanted", pa.table({"wanted": rows}))
    query = f"SELECT rowid, record_key FROM {quoted(model.kind)} WHERE rowid IN (FROM wanted)"
    try:
        found = connection.sql(query).to_arrow_table()
    finally:
        let_go(connection, "wanted")
    # They come as they lie in the file, but nobody promises that.
    order = np.argsort(found.column(0).to_numpy(), kind="stable")
    return found.column(1).take(pa.array(order[places]))


def held(connection: duckdb.DuckDBPyConnection, kinds: Sequence[str]) -> list[str]:
    """Those of the kinds whose tables have any row."""
    if not kinds:
        return []
    # One row of each, not one query that asks of all: DuckDB spends longer on planning that than on everything else here.
    any_row = " UNION ALL ".join(f"(SELECT '{kind}' FROM {quoted(kind)} LIMIT 1)" for kind in kinds)
    found = {kind for (kind,) in connection.sql(any_row).fetchall()}
    return [kind for kind in kinds if kind in found]


def number_of(connection: duckdb.DuckDBPyConnection, model: type[Record], present: Collection[str]) -> int:
    """How many current records of a kind there are."""
    if not present:
        return 0
    kind = quoted(model.kind)
    rows = number(connection, f"SELECT count(*) FROM {kind}")
    where = current(connection, model) if rows else EVERY
    return rows if where == EVERY else number(connection, f"SELECT count(*) FROM {kind} WHERE {where}")


def current(connection: duckdb.DuckDBPyConnection, model: type[Record]) -> str:
    """The condition that a row is the last word on its record and not retired.

    Only records that changed after the first intake of their kind are looked up; all others have one row.
    """
    kind = quoted(model.kind)
    first = number(connection, f"SELECT coalesce(min(revision), 0) FROM {kind}")
    later = f"SELECT record_key FROM {kind} WHERE revision > {first}"
    if first_row(connection, f"{later} LIMIT 1") is None:
        return "NOT retired" if _any(connection, model, "retired") else EVERY
    last_words = f"""
        SELECT rowid FROM {kind} WHERE record_key IN ({later})
        QUALIFY row_number() OVER (PARTITION BY record_key, extractor ORDER BY revision DESC) = 1 AND NOT retired
    """
    return f"(NOT retired AND record_key NOT IN ({later}) OR rowid IN ({last_words}))"


def _reading(connection: duckdb.DuckDBPyConnection, model: type[Record], field: FieldFacts) -> _Reading:
    """How to read a field, by what the file knows of its column; earlier revisions count, which costs nothing but speed.

    Every question here is answered from the statistics of the file or at the first row that fits: nothing is read through.
    """
    name = quoted(field.name)
    absent = pa.struct([("low", pa.float64()), ("high", pa.float64())]) if field.quantity else pa.string()
    if not _any(connection, model, f"{name} IS NOT NULL"):
        return _Absent(absent)
    if not field.quantity:
        return _told(connection, model, name)
    plain = _plain(connection, model, field)
    if plain is not None:
        return plain
    parts: dict[str, _Told] = {}
    if _any(connection, model, f"{name}.low IS NULL OR {name}.high IS NULL"):
        parts["status"] = _told(connection, model, f"{name}.status")
    timed = set(TIME_UNITS) & set(field.quantity.units)
    if timed and _any(connection, model, f"{name}.unit <> ''"):
        parts["unit"] = _told(connection, model, f"{name}.unit")
    return _Printed(name, parts)


def _plain(connection: duckdb.DuckDBPyConnection, model: type[Record], field: FieldFacts) -> _Plain | None:
    """How to read a field whose every number is plainly printed, so that its ends follow from it; None for any other.

    Of a number without decimals they may not: its last printed digits may be zeros that stand for a power of ten.
    """
    assert field.quantity is not None, field.name  # noqa: S101 - narrows the type
    name, parts = quoted(field.name), ["relation", "decimals", "value"]
    if set(TIME_UNITS) & set(field.quantity.units):
        parts.append("unit")
    ends = ", ".join(f"min({name}.{part}), max({name}.{part})" for part in parts)
    asked = f"SELECT count(*), count({name}.value), {ends} FROM {quoted(model.kind)}"
    rows, numbers, *found = first_row(connection, asked) or (0, 0)
    if numbers < rows or set(found[:2]) != {"="} or not set(found[6:]) <= {"", "%"}:
        return None
    fewest, most, least, greatest = found[2:6]
    units = max(-least, greatest) * 10.0**most
    if most > MOST_DECIMALS or units > MOST_UNITS:
        return None
    whole = field.quantity.exact and most == 0
    if fewest < 1 and not whole:
        return None
    single = units <= MOST_SINGLE_UNITS and (whole or not field.quantity.exact)
    return _Plain(name, field.quantity.exact, fewest if fewest == most else None, single)


def _told(connection: duckdb.DuckDBPyConnection, model: type[Record], sql: str) -> _Told:
    kind = quoted(model.kind)
    if not _any(connection, model, f"{sql} IS NULL"):
        least, most = first_row(connection, f"SELECT min({sql}), max({sql}) FROM {kind}") or (None, None)
        if least == most:
            return _Constant(str(least))
    query = f"SELECT DISTINCT {sql} AS word FROM {kind} WHERE {sql} IS NOT NULL LIMIT {FEW_WORDS + 1}"
    words = [word for (word,) in connection.execute(query).fetchall()]
    return _Text(sql) if len(words) > FEW_WORDS else _Words(sql, sorted(words))


def _any(connection: duckdb.DuckDBPyConnection, model: type[Record], condition: str) -> bool:
    return bool(number(connection, f"SELECT EXISTS (SELECT 1 FROM {quoted(model.kind)} WHERE {condition})"))
