"""Arrow face of the models: verbatim text and derived numbers side by side, one struct per printed field.

Text columns are parsed once per distinct text, and plain numbers all at once, so a million rows cost little more than
their vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.fields import FieldFacts, read
from schemas.kinds.base import Declared
from schemas.plain_numbers import ends_of, plain
from schemas.printed import Malformed, Mark, Printed
from schemas.quantities import Quantity

FEW = 64
"""Distinct texts below which reading them one by one is quicker than all at once."""

PRINTED = pa.struct(
    [
        pa.field("text", pa.string()),
        pa.field("status", pa.string()),
        pa.field("relation", pa.string()),
        pa.field("unit", pa.string()),
        pa.field("decimals", pa.int8()),
        pa.field("value", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
    ]
)
"""One printed number in a table. ``low`` and ``high`` are the nearest doubles of the ends of its interval; exact
arithmetic starts again from ``text``."""


def column_type(field: FieldFacts) -> pa.DataType:
    """The Arrow type of a field: PRINTED for printed numbers, text for everything else."""
    return PRINTED if field.quantity else pa.string()


@cache
def table_schema(model: type[Declared]) -> pa.Schema:
    """The Arrow schema of a kind's table, one column per field of the model."""
    return pa.schema([pa.field(each.name, column_type(each)) for each in model.fields()])


def to_table(model: type[Declared], rows: Sequence[Declared]) -> pa.Table:
    """A table of validated model instances."""
    texts = {
        each.name: [None if (cell := getattr(row, each.name)) is None else str(cell) for row in rows]
        for each in model.fields()
    }
    return from_texts(model, pa.table({name: pa.array(cells, pa.string()) for name, cells in texts.items()}))


def from_texts(model: type[Declared], table: pa.Table) -> pa.Table:
    """Derive the printed columns of a table of verbatim texts. Raises Malformed at the first unreadable text."""
    marks = table.column("decimal_mark") if "decimal_mark" in table.column_names else None
    columns = []
    for each in model.fields():
        cells = table.column(each.name) if each.name in table.column_names else pa.nulls(len(table), pa.string())
        columns.append(printed_column(cells, each.quantity, marks) if each.quantity else cells.cast(pa.string()))
    return pa.table(columns, schema=table_schema(model))


def printed_column(cells: pa.ChunkedArray, quantity: Quantity, marks: pa.ChunkedArray | None = None) -> pa.Array:
    """Parse a text column into a PRINTED column, each distinct text once."""
    numbers, places = distinct_numbers(cells, quantity, marks)
    return numbers.take(places)


def distinct_numbers(
    cells: pa.ChunkedArray | pa.Array, quantity: Quantity, marks: pa.ChunkedArray | pa.Array | None = None
) -> tuple[pa.Array, pa.Array]:
    """The distinct numbers of a text column as PRINTED, and for each cell the place of its number among them."""
    texts, comma = _flat(cells).cast(pa.string()), None
    if marks is not None and pc.any(pc.equal(marks, "comma")).as_py():
        comma = pc.equal(_flat(marks), "comma").fill_null(False)
    if comma is None:
        return _parsed(texts, quantity, "point")
    with_comma, places = _parsed(pc.if_else(comma, texts, None), quantity, "comma")
    with_point, others = _parsed(pc.if_else(comma, None, texts), quantity, "point")
    others = pc.add(others, pa.scalar(len(with_comma), pa.int32()))
    return pa.concat_arrays([with_comma, with_point]), pc.if_else(comma, places, others)


def _flat(cells: pa.ChunkedArray | pa.Array) -> pa.Array:
    return cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells


def _parsed(texts: pa.Array, quantity: Quantity, mark: Mark) -> tuple[pa.Array, pa.Array]:
    coded = texts.dictionary_encode()
    words = coded.dictionary
    if len(words) < FEW:
        return structs([read(text, quantity, mark) for text in words.to_pylist()]), coded.indices
    found, columns = plain(words, quantity, mark)
    quick = pa.StructArray.from_arrays([words.filter(pa.array(found)), *columns.values()], fields=list(PRINTED))
    others = words.filter(pa.array(~found)).to_pylist()
    if not others:
        return quick, coded.indices
    places = np.empty(len(words), np.int32)
    places[np.concatenate([np.flatnonzero(found), np.flatnonzero(~found)])] = np.arange(len(words))
    numbers = pa.concat_arrays([quick, structs([read(text, quantity, mark) for text in others])])
    return numbers, pa.array(places).take(coded.indices)


def unreadable(words: pa.Array, quantity: Quantity, mark: Mark) -> np.ndarray:
    """Which of these distinct texts, none of them null, are no printed numbers that the quantity takes."""
    wrong = ~plain(words, quantity, mark)[0] if len(words) >= FEW else np.ones(len(words), bool)
    for place in np.flatnonzero(wrong).tolist():
        try:
            read(words[place].as_py(), quantity, mark)
        except Malformed:
            continue
        wrong[place] = False
    return wrong


def structs(numbers: Iterable[Printed | None]) -> pa.Array:
    """Printed numbers as an Arrow struct array."""
    return pa.array([None if each is None else _struct(each) for each in numbers], PRINTED)


def _struct(one: Printed) -> dict[str, object]:
    ends = one.interval()
    return {
        "text": one.text,
        "status": one.status,
        "relation": one.relation,
        "unit": one.unit,
        "decimals": one.decimals,
        "value": None if one.value is None else float(one.value),
        "low": None if ends is None else float(ends[0]),
        "high": None if ends is None else float(ends[1]),
    }


def ends(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The ends of the intervals of a PRINTED column as float arrays; NaN where there is no number.

    Where every interval is one point, both ends are the same array. A column of value and decimals alone holds plainly
    printed numbers, one of value alone numbers that are exactly what is printed.
    """
    if column.type.get_field_index("low") < 0:
        value = column.field("value").to_numpy().astype(np.float64, copy=False)
        exact = column.type.num_fields == 1
        return (value, value) if exact else ends_of(value, column.field("decimals").to_numpy())
    low, high = (column.field(name).to_numpy(zero_copy_only=False) for name in ("low", "high"))
    low, high = (end.astype(np.float64, copy=False) for end in (low, high))
    if column.null_count:
        outer = column.is_valid().to_numpy(zero_copy_only=False)
        low, high = np.where(outer, low, np.nan), np.where(outer, high, np.nan)
    if len(low) and low[0] == high[0] and (low.ctypes.data == high.ctypes.data or np.array_equal(low, high)):
        return low, low
    return low, high
