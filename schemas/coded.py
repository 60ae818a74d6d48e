"""Rows on their way into the store: texts and words that come again are sent as places in a list of them.

A batch is less than half as large as in the schema of its kind, and the same to any query.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from schemas.arrow import PRINTED, distinct_numbers
from schemas.kinds.base import Declared
from schemas.quantities import Quantity

_TEXT = pa.dictionary(pa.int32(), pa.string())
CODED = pa.struct([pa.field(each.name, pa.dictionary(pa.int32(), each.type)) for each in PRINTED])
"""PRINTED with all its parts as places in the list of distinct numbers."""


def coded_schema(model: type[Declared], names: Sequence[str]) -> pa.Schema:
    """Some fields of a kind, printed numbers as CODED, texts as places in a list; ids of records do not come again."""
    types = {each.name: CODED if each.quantity else _TEXT for each in model.fields()} | {"record": pa.string()}
    return pa.schema([(name, types[name]) for name in names])


def coded(model: type[Declared], texts: pa.RecordBatch) -> pa.RecordBatch:
    """Texts with their numbers derived. Raises Malformed at the first unreadable text."""
    quantities = {each.name: each.quantity for each in model.fields()}
    names = texts.schema.names
    marks = texts["decimal_mark"] if "decimal_mark" in names else None
    schema = coded_schema(model, names)
    return pa.record_batch(
        [_column(texts[each.name], quantities[each.name], marks, each.type) for each in schema], schema=schema
    )


def _column(cells: pa.Array, quantity: Quantity | None, marks: pa.Array | None, wanted: pa.DataType) -> pa.Array:
    if quantity is None:
        return cells.dictionary_encode() if wanted == _TEXT else cells
    numbers, places = distinct_numbers(cells, quantity, marks)
    parts = [pa.DictionaryArray.from_arrays(places, numbers.field(each.name)) for each in PRINTED]
    return pa.StructArray.from_arrays(parts, fields=list(CODED), mask=places.is_null())
