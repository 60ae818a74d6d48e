"""From Arrow to the arguments of a rule: interval columns, lists of them, and codes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
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

MONTHS = {
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


@dataclass(slots=True)
class Arguments:
    """The arguments that rules ask of one batch, each made once."""

    batch: Batch
    made: dict[tuple[str, str], Argument] = field(default_factory=dict)
    units: dict[str, NDArray[Any] | None] = field(default_factory=dict)

    def get(self, name: str, column: str | None) -> Argument:
        """The argument ``name`` of a rule from a column of the batch, a constant ('=code'), or nothing (None)."""
        key = (column, "") if column else ("", "number" if is_printed(name) else "code")
        if key not in self.made:
            self.made[key] = self._make(*key)
        return self.made[key]

    def _make(self, column: str, sort: str) -> Argument:
        rows = len(self.batch)
        if sort == "number":
            nothing = np.full(rows, np.nan)
            return Column.from_ends(nothing, nothing)
        if sort == "code" or column.startswith("="):
            return Codes(np.full(rows, column[1:] or None, dtype=object))
        return from_arrow(flat(self.batch.column(column)))

    def all_of(self, sources: Mapping[str, str | None]) -> dict[str, Argument]:
        """Every argument of a rule, times printed in different units of one row brought to months."""
        found = {name: self.get(name, column) for name, column in sources.items()}
        timed = {name: units for name, column in sources.items() if (units := self._units(column)) is not None}
        columns = {name: column for name, column in found.items() if name in timed and isinstance(column, Column)}
        mixed = np.zeros(len(self.batch), dtype=bool)
        for one, two in itertools.combinations(columns, 2):
            mixed |= columns[one].known & columns[two].known & (timed[one] != timed[two])
        if not mixed.any():
            return found
        return found | {name: _months(column, timed[name], mixed) for name, column in columns.items()}

    def _units(self, column: str | None) -> NDArray[Any] | None:
        """The unit of each row's time; None for columns that hold no times."""
        if not column or column.startswith("="):
            return None
        if column not in self.units:
            self.units[column] = self._find_units(flat(self.batch.column(column)))
        return self.units[column]

    def _find_units(self, array: pa.Array) -> NDArray[Any] | None:
        if not pa.types.is_struct(array.type):
            return None
        printed = array.field("unit")
        by_record = "time_unit" in self.batch.schema.names
        if not by_record and not any(unit in MONTHS for unit in printed.unique().to_pylist()):
            return None
        default = flat(self.batch.column("time_unit")).to_numpy(zero_copy_only=False) if by_record else ""
        units = printed.to_numpy(zero_copy_only=False)
        return np.where(np.isin(units.astype(str), list(MONTHS)), units, default)


def _months(column: Column, units: NDArray[Any], rows: Mask) -> Column:
    """Times of these rows in months; unknown where neither the cell nor the record says the unit."""
    low, high = column.low.copy(), column.high.copy()
    for unit, (least, most) in MONTHS.items():
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
