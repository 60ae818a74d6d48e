"""From Arrow to the arguments of a rule: interval columns, lists of them, and codes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curation.engine.flagged import Argument, Cell
from schemas.arrow import ends
from schemas.intervals import Column, everyone, exact
from schemas.quantities import TIME_UNITS
from schemas.ragged import Codes, Ragged
from schemas.registry import RECORD_MODELS
from schemas.rounded import Rounded
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
MANY_ROWS = 64
"""From so many rows on, text is compared word by word instead of row by row."""
FEW_WORDS = 255
"""At most so many different words are."""
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
        return _numbers(array)
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
    return _codes(array)


def _numbers(array: pa.Array) -> Column:
    """Printed numbers. Where only their ends are given, and all of them, every number is known."""
    if array.null_count == len(array):
        return _nothing(len(array))
    if array.type.get_field_index("low") < 0:
        return Column(*ends(array), everyone(len(array)), None if array.type.num_fields == 1 else False)
    known = everyone(len(array)) if _only_ends(array) else None
    return Column(*ends(array), known, None)


def at_hand(array: pa.Array) -> Argument:
    """The same, quicker, for screens alone: the ends of plainly printed numbers are not worked out to the last digit."""
    if not pa.types.is_struct(array.type) or array.type.get_field_index("low") >= 0:
        return from_arrow(array)
    value = array.field("value").to_numpy()
    if array.type.num_fields == 1:
        return Rounded(value)
    decimals = array.field("decimals").to_numpy()
    same = len(decimals) and (decimals == decimals[0]).all()
    return Rounded(value, decimals[0] if same else decimals)


def _only_ends(array: pa.Array) -> bool:
    return array.type.num_fields == 2 and not array.null_count and not any(end.null_count for end in array.flatten())


def _codes(array: pa.Array) -> Codes:
    """Codes by word where there are few different ones."""
    if not pa.types.is_dictionary(array.type):
        if len(array) < MANY_ROWS:
            return Codes(array.cast(pa.string()).to_numpy(zero_copy_only=False))
        array = array.cast(pa.string()).dictionary_encode()
    words = array.dictionary.to_pylist()
    if len(words) > FEW_WORDS:
        return Codes(array.dictionary_decode().to_numpy(zero_copy_only=False))
    places = array.indices
    if places.null_count:
        places = places.cast(pa.int32()).fill_null(len(words))
        words = [*words, None]
    return Codes.of_words(words, places.to_numpy(zero_copy_only=False))


@lru_cache(maxsize=8)
def _nothing(rows: int) -> Column:
    """A column of which nothing is known."""
    ends = np.full(rows, np.nan)
    return Column(ends, ends, np.zeros(rows, dtype=bool), clean=True)


@cache
def _never_timed(names: Sequence[str | None]) -> bool:
    """Whether the fields of these names are never a length of time, in any kind."""
    found = [each.quantity for model in RECORD_MODELS for each in model.printed_fields() if each.name in names]
    return not any(set(TIME_UNITS) & set(each.units) for each in found if each)


@dataclass(slots=True)
class Arguments:
    """The arguments that rules ask of one batch, each made once.

    ``own``: its columns are the fields of one kind. ``read``: what makes an argument of a column.
    """

    batch: Batch
    own: bool = False
    read: Callable[[pa.Array], Argument] = from_arrow
    made: dict[tuple[str, str], Argument] = field(default_factory=dict)
    printed_units: dict[str, NDArray[Any] | None] = field(default_factory=dict)

    def get(self, name: str, column: str | None) -> Argument:
        """The argument ``name`` of a rule from a column of the batch, a constant ('=code'), or nothing (None)."""
        key = (column, "") if column else ("", "number" if is_printed(name) else "code")
        if key not in self.made:
            self.made[key] = self._make(*key)
        return self.made[key]

    def _make(self, column: str, sort: str) -> Argument:
        rows = len(self.batch)
        if sort == "number":
            return _nothing(rows)
        if sort == "code" or column.startswith("="):
            return Codes.of_words([column[1:] or None], np.zeros(rows, dtype=np.uint8))
        return self.read(flat(self.batch.column(column)))

    def all_of(self, sources: Mapping[str, str | None]) -> dict[str, Argument]:
        """Every argument of a rule, times printed in different units of one row brought to months."""
        found = {name: self.get(name, column) for name, column in sources.items()}
        if self.own and _never_timed(tuple(sources.values())):
            return found
        printed = {name: self._printed_units(column) for name, column in sources.items()}
        if all(units is None for units in printed.values()):
            return found
        default = self._default_units()
        if default is None:
            timed = {name: units for name, units in printed.items() if units is not None}
        else:
            # Without a unit of its own, a number has that of its record.
            timed = {
                name: default if units is None else np.where(units == "", default, units)
                for name, units in printed.items()
                if self._is_printed(sources[name])
            }
        columns = {name: column for name, column in found.items() if name in timed and isinstance(column, Column)}
        mixed = np.zeros(len(self.batch), dtype=bool)
        for one, two in itertools.combinations(columns, 2):
            mixed |= columns[one].known & columns[two].known & (timed[one] != timed[two])
        if not mixed.any():
            return found
        return found | {name: _months(column, timed[name], mixed) for name, column in columns.items()}

    def _is_printed(self, column: str | None) -> bool:
        if not column or column.startswith("="):
            return False
        return bool(pa.types.is_struct(self.batch.schema.field(column).type))

    def _default_units(self) -> NDArray[Any] | None:
        """The unit of time of each record; None where the batch does not say."""
        if "time_unit" not in self.batch.schema.names:
            return None
        return np.asarray(from_arrow(flat(self.batch.column("time_unit"))).values)  # type: ignore[union-attr]  # text is codes

    def _printed_units(self, column: str | None) -> NDArray[Any] | None:
        """The unit of time printed in each cell, or ""; None for columns in which none is printed."""
        if not column or (self.own and _never_timed((column,))):
            return None
        if column not in self.printed_units:
            timed = self._is_printed(column)
            self.printed_units[column] = self._find_units(flat(self.batch.column(column))) if timed else None
        return self.printed_units[column]

    def _find_units(self, array: pa.Array) -> NDArray[Any] | None:
        if array.type.get_field_index("unit") < 0:
            return None
        printed = array.field("unit")
        if not any(unit in MONTHS for unit in printed.unique().to_pylist()):
            return None
        units = printed.to_numpy(zero_copy_only=False)
        return np.where(np.isin(units.astype(str), list(MONTHS)), units, "")


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
