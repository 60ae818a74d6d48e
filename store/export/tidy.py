"""Tidy tables: text columns as they are, each printed number as value, verbatim text, relation and interval ends.

``percent`` becomes ``percent`` (42.3), ``percent_printed`` ("42.3%"), ``percent_relation`` (blank where equal),
``percent_low`` (42.25) and ``percent_high`` (42.35); quantities with units get ``<field>_unit`` too.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.codes import CODES
from schemas.dataset import Column
from schemas.fields import FieldFacts
from schemas.identity import key_fields
from schemas.kinds.base import Declared, Record
from schemas.registry import KINDS
from store.export.sheets import Reference, Sheet, arrow_schema

LARGEST_WHOLE = 2**53
"""Beyond it doubles skip whole numbers."""
DEFAULT_UNIT = {"time": "time_unit", "number": "unit"}
"""Quantity -> the field of the record that holds the unit where the cell gives none."""
_RELATIONS = ("<", ">", "<=", ">=", "~")


@cache
def columns(model: type[Declared]) -> tuple[Column, ...]:
    """The columns of a kind's tidy table. A text field gives way to a column derived under its name (time_unit)."""
    fields = model.fields()
    derived = {part.name for each in fields if each.quantity for part in _parts(each)}
    found: list[Column] = []
    for each in fields:
        found += _parts(each) if each.quantity else [] if each.name in derived else [_text(model, each)]
    return tuple(found)


def sheet(model: type[Declared], table: pa.Table) -> Sheet:
    """A kind's rows as a tidy table, in the order of their keys."""
    own = columns(model)
    cells = {name: cell for each in model.fields() for name, cell in _cells(each, table)}
    schema = arrow_schema(own)
    tidy = pa.table([cells[each.name].cast(schema.field(each.name).type) for each in own], schema=schema)
    key = row_key(model)
    order = [(name, "ascending") for name in dict.fromkeys((*key_fields(model), *key))]
    about = " ".join((model.__doc__ or "").split())
    return Sheet(model.kind, model.label_plural, about, own, tidy.sort_by(order), key, references(model))


def row_key(model: type[Declared]) -> tuple[str, ...]:
    """The columns that name a row: the record id, or the ids of an entity."""
    return ("record",) if issubclass(model, Record) else tuple(key_fields(model))


def references(model: type[Declared]) -> tuple[Reference, ...]:
    """Which columns name rows of which other tables; an arm's id stands beside its study's."""
    found = []
    for each in model.fields():
        if each.refers_to and not each.several:
            keys = row_key(KINDS[each.refers_to])
            found.append(Reference((*keys[:-1], each.name), each.refers_to, keys))
    return tuple(found)


def defined(table: pa.Table, other: pa.Table, names: Reference) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether what a row names, by one column or several, is a row of the other table. False where one is blank."""
    here, there = np.zeros(len(table), np.int64), np.zeros(len(other), np.int64)
    known = np.ones(len(table), dtype=bool)
    for column, key in zip(names.columns, names.keys, strict=True):
        values = pa.chunked_array(other.column(key)).combine_chunks().unique()
        mine, theirs = (
            pc.fill_null(pc.index_in(each.cast(pa.string()), values), -1).to_numpy().astype(np.int64)
            for each in (table.column(column), other.column(key))
        )
        known &= mine >= 0
        here, there = here * (len(values) + 1) + mine, there * (len(values) + 1) + theirs
    return np.asarray(known & np.isin(here, there))


def has_unit(field: FieldFacts) -> bool:
    """Whether the printed numbers of a field may carry units that change their size."""
    return field.quantity is not None and bool(field.quantity.units) and not field.quantity.exact


def _text(model: type[Declared], field: FieldFacts) -> Column:
    codes = tuple(CODES[field.codes]) if field.codes else ()
    identifies = (field.name,) == row_key(model)
    return Column(
        field.name,
        field.meaning,
        unit=field.unit,
        example=field.example,
        required=field.required or identifies,
        unique=identifies,
        codes=codes,
    )


def _parts(field: FieldFacts) -> list[Column]:
    assert field.quantity is not None  # noqa: S101 - narrows the type; callers ask for printed fields only
    name, unit = field.name, "" if has_unit(field) else field.unit
    parts = [
        Column(name, field.meaning, "integer" if field.quantity.exact else "number", unit),
        Column(f"{name}_printed", f"{name}: the text as printed", example=field.example),
        Column(f"{name}_relation", f"{name}: relation printed before the number; blank where equal", codes=_RELATIONS),
        Column(f"{name}_low", f"{name}: least true value that prints so; blank where unbounded", "number", unit),
        Column(f"{name}_high", f"{name}: greatest true value that prints so; blank where unbounded", "number", unit),
    ]
    return [*parts, Column(f"{name}_unit", f"{name}: its unit")] if has_unit(field) else parts


def _cells(field: FieldFacts, table: pa.Table) -> Iterator[tuple[str, Any]]:
    column = table.column(field.name).combine_chunks()
    if field.quantity is None:
        yield field.name, column
        return
    part = {
        name: pc.struct_field(column, name) for name in ("text", "status", "relation", "unit", "value", "low", "high")
    }
    yield field.name, whole(part["value"]) if field.quantity.exact else finite(part["value"])
    yield f"{field.name}_printed", part["text"]
    shown = pc.and_kleene(pc.equal(part["status"], "reported"), pc.not_equal(part["relation"], "="))
    yield (
        f"{field.name}_relation",
        pc.if_else(pc.fill_null(shown, False), part["relation"], pa.scalar(None, pa.string())),
    )
    yield f"{field.name}_low", finite(part["low"])
    yield f"{field.name}_high", finite(part["high"])
    if has_unit(field):
        yield f"{field.name}_unit", unit_of(field, table)


def unit_of(field: FieldFacts, table: pa.Table) -> Any:  # noqa: ANN401 - pyarrow ships no types
    """The unit of each number of a field: the printed one, else the record's own; null where there is no number."""
    column = table.column(field.name).combine_chunks()
    printed = pc.struct_field(column, "unit")
    unit = pc.if_else(pc.equal(printed, ""), pa.scalar(None, pa.string()), printed)
    default = DEFAULT_UNIT.get(field.quantity.name if field.quantity else "")
    if default in table.column_names:
        unit = pc.coalesce(unit, table.column(default).combine_chunks())
    return pc.if_else(pc.is_valid(pc.struct_field(column, "value")), unit, pa.scalar(None, pa.string()))


def finite(values: Any) -> Any:  # noqa: ANN401 - pyarrow ships no types
    """Doubles with null in place of infinities."""
    return pc.if_else(pc.is_finite(values), values, pa.scalar(None, pa.float64()))


def whole(values: Any) -> Any:  # noqa: ANN401 - pyarrow ships no types
    """Doubles as integers; null where a double is no whole number, or too large to be one for certain."""
    exact = pc.and_(pc.equal(values, pc.round(values)), pc.less_equal(pc.abs(values), float(LARGEST_WHOLE)))
    return pc.if_else(pc.fill_null(exact, False), values, pa.scalar(None, pa.float64())).cast(pa.int64())


def mask(values: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:  # noqa: ANN401 - pyarrow ships no types
    """An Arrow boolean array as a mask; null is False."""
    return np.asarray(pc.fill_null(values, False).to_numpy(zero_copy_only=False), dtype=bool)
