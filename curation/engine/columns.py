"""From Arrow to the arguments of a rule: interval columns, lists of them, and codes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curation.engine.flagged import Argument, Cell
from schemas.arrow import ends
from schemas.intervals import Column, exact
from schemas.ragged import Codes, Ragged
from schemas.registry import RECORD_MODELS
from schemas.verdicts import Mask

_MONTHS = {
    "months": (1.0, 1.0),
    "years": (12.0, 12.0),
    "weeks": (7 / 31, 7 / 28),
    "days": (1 / 31, 1 / 28),
    "hours": (1 / 744, 1 / 672),
}
"""One unit in months, at least and at most: a month has 28 to 31 days."""
_NUDGE = 1e-12
Batch: TypeAlias = pa.RecordBatch | pa.Table


@cache
def is_printed(name: str) -> bool:
    """Whether any record kind holds a printed number under this name."""
    names = {field.name for model in RECORD_MODELS for field in model.printed_fields()}
    return name in names or any(face.get(name) in names for model in RECORD_MODELS for face in model.faces)


def argument(batch: pa.RecordBatch | pa.Table, column: str | None, name: str) -> Argument:
    """The argument ``name`` of a rule from a column of the batch, a constant ('=code'), or nothing (None)."""
    if column is None:
        return _absent(len(batch), name)
    if column.startswith("="):
        return Codes(np.full(len(batch), column[1:], dtype=object))
    return from_arrow(flat(batch.column(column)))


def _absent(rows: int, name: str) -> Argument:
    if is_printed(name):
        nothing = np.full(rows, np.nan)
        return Column.from_ends(nothing, nothing)
    return Codes(np.full(rows, None, dtype=object))


def flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """One array, whether the column came in chunks or not."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def from_arrow(array: pa.Array) -> Argument:
    """A column of a rule's arguments from an Arrow array of printed structs, lists of them, numbers or text."""
    if pa.types.is_struct(array.type):
        return Column.from_ends(*ends(array))
    if pa.types.is_list(array.type) or pa.types.is_large_list(array.type):
        starts = array.offsets.to_numpy().astype(np.intp)
        items = array.values
        inner = from_arrow(items)
        if isinstance(inner, Column):
            return Ragged(inner, starts)
        texts = array.to_pylist()
        return Codes(np.array([None if each is None else tuple(each) for each in texts] + [None], dtype=object)[:-1])
    if pa.types.is_integer(array.type) or pa.types.is_floating(array.type) or pa.types.is_decimal(array.type):
        numbers = array.cast(pa.float64()).to_numpy(zero_copy_only=False)
        return Column.from_ends(numbers, numbers)
    return Codes(array.cast(pa.string()).to_numpy(zero_copy_only=False))


def in_one_time_unit(
    arguments: dict[str, Argument], batch: Batch, sources: Mapping[str, str | None]
) -> dict[str, Argument]:
    """Bring times printed in different units of one row to months; rows of one unit stay as they are."""
    columns = {name: column for name, column in arguments.items() if isinstance(column, Column)}
    units = {name: _units(batch, sources[name]) for name in columns}
    timed = {name: unit for name, unit in units.items() if unit is not None}
    mixed = np.zeros(len(batch), dtype=bool)
    for one, two in itertools.combinations(timed, 2):
        mixed |= columns[one].known & columns[two].known & (timed[one] != timed[two])
    if not mixed.any():
        return arguments
    return arguments | {name: _months(columns[name], unit, mixed) for name, unit in timed.items()}


def _units(batch: Batch, source: str | None) -> NDArray[Any] | None:
    if source is None or source.startswith("="):
        return None
    array = flat(batch.column(source))
    if not pa.types.is_struct(array.type):
        return None
    units = array.field("unit").to_numpy(zero_copy_only=False)
    if not any(unit in _MONTHS for unit in set(units) if unit):
        return None
    default = (
        flat(batch.column("time_unit")).to_numpy(zero_copy_only=False) if "time_unit" in batch.schema.names else ""
    )
    return np.where(np.isin(units.astype(str), list(_MONTHS)), units, default)


def _months(column: Column, units: NDArray[Any], rows: Mask) -> Column:
    """Times of these rows in months; unknown where neither the cell nor the record says the unit."""
    low, high = column.low.copy(), column.high.copy()
    for unit, (least, most) in _MONTHS.items():
        chosen = rows & (units == unit)
        low[chosen] = low[chosen] * least * (1 - _NUDGE)
        high[chosen] = high[chosen] * most * (1 + _NUDGE)
    return Column(low, high, column.known & ~(rows & (units == "")))


def cell(given: Mapping[str, Any] | None) -> Cell:
    """A printed struct as one exact cell."""
    if given is None:
        return Cell("", "blank")
    low, high = (
        infinite if given[name] is None else exact(given[name])
        for name, infinite in (("low", -math.inf), ("high", math.inf))
    )
    value = None if given["value"] is None else Fraction(repr(given["value"]))
    return Cell(given["text"], given["status"], value, low, high, given["unit"] or "")


def cells(array: pa.Array | pa.ChunkedArray, row: int) -> Cell | list[Cell] | str | None:
    """The cell, cells or code of one row."""
    given = array[row].as_py()
    if isinstance(given, dict):
        return cell(given)
    if isinstance(given, list):
        return [cell(each) if isinstance(each, dict) or each is None else Cell(str(each)) for each in given]
    if given is None:
        return cell(None) if pa.types.is_struct(array.type) else None
    if isinstance(given, str):
        return given
    number = exact(given)
    return Cell(f"{given:g}", value=number if isinstance(number, Fraction) else None, low=number, high=number)
