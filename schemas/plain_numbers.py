"""Plain printed numbers ("1,623", "39.0%", "−0.53") read many at a time; the grammar reads everything else.

Decimal arithmetic is replaced by one division of whole numbers below 2**53, which a double carries exactly, so that value
and ends are the very doubles that the grammar's exact fractions round to.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.printed import Mark
from schemas.quantities import Quantity

LONGEST = 16
"""Digits, with the decimal mark, of a number that is read here."""
LARGEST = 9 * 10**14
"""Largest number, written without its decimal mark, that is read here: ten times it is below 2**53."""
_SIGN = "[-+−]"
_POWERS = np.array([float(10**power) for power in range(LONGEST + 4)])

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Decimals = npt.NDArray[np.int8] | np.int8
"""Row by row, or those of every number."""


@cache
def _pattern(quantity: Quantity, mark: Mark) -> str:
    thousands, decimal = (",", r"\.") if mark == "point" else (r"\.", ",")
    whole = f"(?:[0-9]{{1,3}}(?:{thousands}[0-9]{{3}})+|[0-9]+)"
    percent = "" if quantity.percent == "refused" else " ?%?"
    return f"^{_SIGN}?{whole}(?:{decimal}[0-9]+)?{percent}$"


def plain(texts: pa.Array, quantity: Quantity, mark: Mark = "point") -> tuple[Mask, dict[str, pa.Array]]:
    """Which texts are plain numbers that the quantity takes, and the derived columns of these alone.

    The columns are those of ``schemas.arrow.PRINTED`` but ``text``, as ``schemas.printed.parse`` would derive them; every
    plain number is a reported one with "=". What is not plain may still be a printed number, or none. No text may be
    null.

    >>> found, columns = plain(pa.array(["39.0%", "NR", "1,623"]), Quantity("some", "", "", percent="plain"))
    >>> found.tolist(), columns["low"].to_pylist(), columns["unit"].to_pylist()
    ([True, False, True], [38.95, 1622.5], ['%', ''])
    """
    found = _bools(pc.match_substring_regex(texts, _pattern(quantity, mark)))
    kept = texts.filter(pa.array(found))
    digits = pc.ascii_trim(kept, "+-−% ") if pc.all(pc.string_is_ascii(kept)).as_py() else pc.utf8_trim(kept, "+-−% ")
    digits = pc.replace_substring(digits, "," if mark == "point" else ".", "")
    fits = _bools(pc.less_equal(pc.binary_length(digits), LONGEST))
    if not fits.all():
        found[np.flatnonzero(found)[~fits]] = False
        kept, digits = kept.filter(pa.array(fits)), digits.filter(pa.array(fits))
    return _in_range(found, kept, digits, quantity, "." if mark == "point" else ",")


def _in_range(
    found: Mask, kept: pa.Array, digits: pa.Array, quantity: Quantity, decimal: str
) -> tuple[Mask, dict[str, pa.Array]]:
    at = pc.find_substring(digits, decimal).to_numpy(zero_copy_only=False)
    lengths = pc.binary_length(digits).to_numpy(zero_copy_only=False)
    decimals = np.where(at < 0, 0, lengths - at - 1).astype(np.int64)
    number = pc.replace_substring(digits, decimal, "").cast(pa.int64()).to_numpy(zero_copy_only=False)
    small = number <= LARGEST
    if not small.all():
        found[np.flatnonzero(found)[~small]] = False
        kept, number, decimals = kept.filter(pa.array(small)), number[small], decimals[small]
    return found, _derived(kept, number, decimals, quantity)


def _derived(
    kept: pa.Array, number: npt.NDArray[np.int64], decimals: npt.NDArray[np.int64], quantity: Quantity
) -> dict[str, pa.Array]:
    percent = _bools(pc.ends_with(kept, "%"))
    negative = _bools(pc.or_(pc.starts_with(kept, "-"), pc.starts_with(kept, "−")))
    if quantity.percent == "fraction":
        decimals = decimals + 2 * percent
    signed = np.where(negative, -number, number)
    value = low = high = signed / _POWERS[decimals]
    if not quantity.exact:
        low, high = _ends(signed, decimals)
    return {
        "status": pa.repeat(pa.scalar("reported"), len(kept)),
        "relation": pa.repeat(pa.scalar("="), len(kept)),
        "unit": pa.DictionaryArray.from_arrays(pa.array(percent.astype(np.int8)), pa.array(["", "%"])).cast(
            pa.string()
        ),
        "decimals": pa.array(decimals.astype(np.int8)),
        "value": pa.array(value),
        "low": pa.array(low),
        "high": pa.array(high),
    }


def ends_of(value: Floats, decimals: npt.NDArray[np.int8]) -> tuple[Floats, Floats]:
    """The ends of plainly printed numbers that are not counts, to the very double, from value and decimals.

    >>> [end.tolist() for end in ends_of(np.array([39.0, -0.53]), np.array([1, 2], np.int8))]
    [[38.95, -0.535], [39.05, -0.525]]
    """
    places: Decimals = decimals[0] if len(decimals) and (decimals == decimals[0]).all() else decimals
    return _ends(units_of(value, places), places.astype(np.int64))


def value_of(units: Floats, decimals: Decimals) -> Floats:
    """Whole numbers of units of the last printed place as the very doubles that are printed."""
    value: Floats = units / _POWERS[decimals]
    return value


def units_of(value: npt.NDArray[Any], decimals: Decimals) -> Floats:
    """Printed numbers, off by less than half a unit of their last place, as whole numbers of these units."""
    units: Floats = value * _POWERS[decimals]
    return np.rint(units, out=units)


def _ends(units: npt.NDArray[Any], decimals: npt.NDArray[np.int64] | np.int64) -> tuple[Floats, Floats]:
    """Half a unit of the last place either way, of whole numbers of these units."""
    tens, power = 10 * units, _POWERS[decimals + 1]
    return (tens - 5) / power, (tens + 5) / power


def _bools(column: pa.Array) -> Mask:
    return np.array(column.to_numpy(zero_copy_only=False), bool)
