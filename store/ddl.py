"""The tables of a review file, derived from the models: one per kind, named after it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pyarrow as pa

from schemas.arrow import PRINTED
from schemas.fields import FieldFacts
from schemas.identity import key_fields
from schemas.kinds.base import Declared, Record

_SQL_TYPES = {pa.string(): "VARCHAR", pa.int8(): "TINYINT", pa.float64(): "DOUBLE"}

BOOKKEEPING: dict[str, str] = {
    "record_key": "VARCHAR",
    "extractor": "VARCHAR",
    "revision": "INTEGER",
    "retired": "BOOLEAN",
    "position": "BIGINT",
}
"""Columns that every kind's table has besides its fields. ``position`` is the order of first intake, kept for good;
``extractor`` is empty for entities, which all extractors share."""


def quoted(name: str) -> str:
    """An identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


PRINTED_TYPE = f"STRUCT({', '.join(f'{quoted(each.name)} {_SQL_TYPES[each.type]}' for each in PRINTED)})"
"""The SQL type of a printed number."""


def column_type(field: FieldFacts) -> str:
    """The SQL type of a field."""
    return PRINTED_TYPE if field.quantity else "VARCHAR"


def create_table(model: type[Declared]) -> str:
    """The CREATE TABLE statement of a kind. No keys: uniqueness is a query after the load, ten times cheaper."""
    columns = [f"{quoted(name)} {kind} NOT NULL" for name, kind in BOOKKEEPING.items()]
    columns += [f"{quoted(each.name)} {column_type(each)}" for each in model.fields()]
    return f"CREATE TABLE {quoted(model.kind)} ({', '.join(columns)})"


def add_column(model: type[Declared], field: FieldFacts) -> str:
    """The statement that gives an older table a field it lacks."""
    return f"ALTER TABLE {quoted(model.kind)} ADD COLUMN {quoted(field.name)} {column_type(field)}"


def field_names(model: type[Declared]) -> str:
    """All fields of a kind, quoted, for a select or insert list."""
    return ", ".join(quoted(each.name) for each in model.fields())


def select_list(model: type[Declared], present: Collection[str]) -> str:
    """All fields of a kind for a select list; those absent from the file's table read as NULL."""
    return ", ".join(
        quoted(each.name) if each.name in present else f"CAST(NULL AS {column_type(each)}) AS {quoted(each.name)}"
        for each in model.fields()
    )


def text_of(field: FieldFacts, alias: str = "") -> str:
    """The verbatim text of a field, which is what is compared: derived numbers follow from it."""
    column = f"{alias}.{quoted(field.name)}" if alias else quoted(field.name)
    return f"{column}.{quoted('text')}" if field.quantity else column


def text_list(model: type[Declared], present: Collection[str]) -> str:
    """The verbatim texts of all fields of a kind for a select list."""
    return ", ".join(
        f"{text_of(each) if each.name in present else 'CAST(NULL AS VARCHAR)'} AS {quoted(each.name)}"
        for each in model.fields()
    )


def record_key(model: type[Declared], cells: Mapping[str, str | None]) -> str:
    """The key of one row: the record id of a record, the ids of an entity joined with "/".

    >>> from schemas.registry import KINDS
    >>> record_key(KINDS["arm"], {"study": "weber-2007", "arm": "len-dex"})
    'weber-2007/len-dex'
    """
    return "/".join(cells.get(name) or "" for name in key_columns(model))


def key_expression(model: type[Declared]) -> str:
    """``record_key`` in SQL; NULL where a part is missing."""
    return " || '/' || ".join(quoted(name) for name in key_columns(model))


def key_columns(model: type[Declared]) -> tuple[str, ...]:
    """The fields that make up the key of a row."""
    return ("record",) if issubclass(model, Record) else key_fields(model)
