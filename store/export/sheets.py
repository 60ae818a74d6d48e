"""A table on its way out: its rows, and what every column of it means."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from schemas.dataset import Column

TYPES = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64()}
"""Frictionless type -> Arrow type."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns of a table that hold the key of a row of another one."""

    columns: tuple[str, ...]
    table: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One exported table: a CSV file and a Parquet file of its name, with the same content."""

    name: str
    title: str
    meaning: str
    columns: tuple[Column, ...]
    table: pa.Table
    key: tuple[str, ...] = ()
    references: tuple[Reference, ...] = field(default=())


def arrow_schema(columns: tuple[Column, ...]) -> pa.Schema:
    """The Arrow schema of these columns; meaning and unit travel as metadata."""
    return pa.schema([pa.field(each.name, TYPES[each.type], metadata=_metadata(each)) for each in columns])


def _metadata(column: Column) -> dict[str, str]:
    return {"description": column.meaning} | ({"unit": column.unit} if column.unit else {})
