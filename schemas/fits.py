"""Which of several customary computations explain what is printed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from schemas.intervals import Column
from schemas.two_groups import Floats
from schemas.verdicts import Mask, Verdicts

DUST = 1e-9
"""Relative error allowed to a computation in doubles: generous, so that none is refused for it."""
Range = tuple[Floats, Floats]
"""The least and the greatest value that a computation can give; both the same where it rests on exact counts."""


def ends(column: Column) -> Range:
    """Both ends of printed intervals, in doubles."""
    return np.asarray(column.low, dtype=np.float64), np.asarray(column.high, dtype=np.float64)


def point(column: Column) -> Floats:
    """Exact counts as doubles; not a number where they are unknown or several."""
    low, high = ends(column)
    with np.errstate(invalid="ignore"):
        return np.where(column.known & (low == high), low, np.nan)


def reaches(printed: Column, low: Floats, high: Floats | None = None) -> Mask:
    """Rows whose printed number some value from low to high can have been printed as."""
    return _reach(ends(printed), low, low if high is None else high)


def limit_reaches(printed: Column, low: Floats, high: Floats, floor: float, ceiling: float) -> Mask:
    """The same for a limit, which software may have cut off at the ends of its range."""
    shown = ends(printed)
    found = _reach(shown, low, high)
    with np.errstate(invalid="ignore"):
        whole = all(((floor <= end) & (end <= ceiling)).all() for end in (low, high))
    if whole:  # nothing is cut off
        return found
    return found | _reach(shown, np.clip(low, floor, ceiling), np.clip(high, floor, ceiling))


def _reach(printed: Range, low: Floats, high: Floats) -> Mask:
    first, last = printed
    with np.errstate(invalid="ignore"):
        dust = DUST * np.maximum.reduce(
            [np.abs(np.where(np.isfinite(end), end, 0)) for end in (low, high, first, last)]
        )
        return np.asarray((low <= last + dust) & (high >= first - dust))


def verdicts(fits: Mapping[str, Mask], possible: Mapping[str, Floats] | None, known: Mask) -> Verdicts:
    """Contradicts where none of the computations fits; cannot tell where none can be made."""
    some = np.logical_or.reduce(list(fits.values()))
    made = known if possible is None else known & np.logical_or.reduce([~np.isnan(each) for each in possible.values()])
    return Verdicts.of(~some & made, made)


def names(fits: Mapping[str, Mask], row: int = 0) -> list[str]:
    """The computations that fit one row, each named once."""
    return list(dict.fromkeys(name.strip() for name, mask in fits.items() if mask[row]))
