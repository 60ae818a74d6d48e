"""What a review file holds, as hashes that do not depend on how DuckDB lays it out.

A column's hash is SHA-256 over three others, in hexadecimal: of one byte per row, 1 where there is a value; of the
lengths of the texts, eight bytes each; and of the values one after the other, 0 where there is none, little endian.
Times are microseconds since 1970. A struct is hashed as a column without values, and its parts as columns of their own.
Rows count in the order in which they were written, columns do not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from schemas.arrow import PRINTED
from store import ddl
from store.errors import StoreError

BATCH = 16_384
"""Rows that are looked at together."""

TYPES = {
    "VARCHAR": pa.string(),
    "BOOLEAN": pa.bool_(),
    "TINYINT": pa.int8(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", "UTC"),
    "PRINTED": PRINTED,
}
"""The types of a review's columns, as SQL names them; a printed number's is called PRINTED."""
_PRINTED_SQL = ddl.PRINTED_TYPE.replace('"', "")


@dataclass(frozen=True, slots=True)
class Column:
    """A column as its table declares it; ``type`` is one of ``TYPES``."""

    name: str
    type: str
    required: bool


@dataclass(slots=True)
class _Hashed:
    there: Any = field(default_factory=hashlib.sha256)
    lengths: Any = field(default_factory=hashlib.sha256)
    values: Any = field(default_factory=hashlib.sha256)

    def hexdigest(self) -> str:
        parts = "".join(each.hexdigest() for each in (self.there, self.lengths, self.values))
        return hashlib.sha256(parts.encode("ascii")).hexdigest()


class TableHash:
    """The hash of one table, told its rows batch by batch; batches of any size give the same."""

    def __init__(self, columns: Iterable[Column]) -> None:
        self.rows = 0
        self._types = {each.name: each.type for each in columns}
        self._hashed: dict[str, _Hashed] = {}

    def add(self, batch: pa.RecordBatch) -> None:
        """Take in further rows."""
        self.rows += len(batch)
        for name in self._types:
            self._add(name, batch.column(name))

    def hexdigest(self) -> str:
        """The hash of all rows so far."""
        parts = {name: one.hexdigest() for name, one in self._hashed.items()} if self.rows else {}
        return digest({"columns": self._types, "rows": self.rows, "hashes": parts})

    def _add(self, name: str, cells: pa.Array) -> None:
        one = self._hashed.setdefault(name, _Hashed())
        one.there.update(_bytes(pc.cast(cells.is_valid(), pa.uint8())))
        if pa.types.is_struct(cells.type):
            for part, each in zip((each.name for each in cells.type), cells.flatten(), strict=True):
                self._add(f"{name}.{part}", each)
        elif pa.types.is_string(cells.type):
            filled = cells.fill_null("")
            one.lengths.update(_bytes(pc.cast(pc.binary_length(filled), pa.int64())))
            one.values.update(_text_bytes(filled))
        else:
            one.values.update(_bytes(_plain(cells)))


def _plain(cells: pa.Array) -> pa.Array:
    """Fixed-width cells as numbers, 0 where there is none."""
    if pa.types.is_timestamp(cells.type):
        cells = cells.cast(pa.int64())
    elif pa.types.is_boolean(cells.type):
        cells = cells.cast(pa.uint8())
    return cells.fill_null(0)


def _bytes(cells: pa.Array) -> bytes:
    values: NDArray[Any] = cells.to_numpy(zero_copy_only=False)
    return values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes()


def _text_bytes(cells: pa.Array) -> memoryview:
    _, offsets, data = cells.buffers()
    if data is None or not len(cells):
        return memoryview(b"")
    ends = np.frombuffer(offsets, np.int32)
    start, stop = int(ends[cells.offset]), int(ends[cells.offset + len(cells)])
    return memoryview(data)[start:stop]


def digest(what: Mapping[str, object]) -> str:
    """The hash of a document of names, numbers and hashes."""
    return hashlib.sha256(json.dumps(what, sort_keys=True, separators=(",", ":")).encode("utf-8")).hexdigest()


def declared(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Column]]:
    """The tables of an open review and their columns. Raises StoreError for a column of a type that no review has."""
    rows = connection.execute("""
        SELECT table_name, column_name, data_type, NOT is_nullable FROM duckdb_columns()
        WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal
          AND table_name IN (SELECT table_name FROM duckdb_tables() WHERE NOT temporary)
        ORDER BY table_name, column_index
    """).fetchall()
    tables: dict[str, list[Column]] = {}
    for table, name, kind, required in rows:
        known = "PRINTED" if kind.replace('"', "") == _PRINTED_SQL else kind
        if known not in TYPES:
            raise StoreError(
                f"the table {table} has a column {name} of type {kind}, which no review has; look at who made it"
            )
        tables.setdefault(table, []).append(Column(name, known, bool(required)))
    return tables


def sql_type(column: Column) -> str:
    """The type of a column in a CREATE TABLE statement."""
    return ddl.PRINTED_TYPE if column.type == "PRINTED" else column.type


def batches(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Iterable[Column], size: int = BATCH
) -> Iterator[pa.RecordBatch]:
    """The rows of a table in the order in which they were written, with the types of ``TYPES``."""
    wanted = list(columns)
    schema = arrow_schema(wanted)
    listed = ", ".join(ddl.quoted(each.name) for each in wanted)
    for batch in connection.sql(f"SELECT {listed} FROM {ddl.quoted(table)}").to_arrow_reader(size):
        yield batch.cast(schema)


def arrow_schema(columns: Iterable[Column]) -> pa.Schema:
    """The columns as Arrow has them."""
    return pa.schema([pa.field(each.name, TYPES[each.type]) for each in columns])


def hashes(connection: duckdb.DuckDBPyConnection, without: Collection[str] = ()) -> dict[str, str]:
    """The hash of every table of an open review; ``without`` names columns that do not count, such as times."""
    found = {}
    for table, columns in declared(connection).items():
        kept = [each for each in columns if each.name not in without]
        one = TableHash(kept)
        for batch in batches(connection, table, kept):
            one.add(batch)
        found[table] = one.hexdigest()
    return found


def content_hash(connection: duckdb.DuckDBPyConnection, without: Collection[str] = ()) -> str:
    """One hash of everything that an open review holds."""
    return digest(hashes(connection, without))
