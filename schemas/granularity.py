"""Percentages of few people come in steps: which numbers of people can give a printed percentage at all.

All comparisons are between whole numbers, so they are exact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from schemas.verdicts import Mask

End = Fraction | float
Ends = tuple[End, End]
"""The ends of the interval of a printed percentage; an end may be infinite."""
_SAFE = 2**62


def achievable(percent: Ends, totals: NDArray[np.int64]) -> Mask:
    """Which totals give the percentage: some whole k in 0..n has 100 k / n in the interval.

    Brown and Heathers 2017, doi:10.1177/1948550616673876.

    >>> achievable((Fraction(33, 2), Fraction(35, 2)), np.array([24, 27])).tolist()
    [True, False]
    """
    low, high = percent
    if low > 100 or high < 0:
        return np.zeros(len(totals), dtype=bool)
    least = _times(totals, max(Fraction(low), Fraction(0)), up=True) if math.isfinite(low) else np.zeros_like(totals)
    most = _times(totals, min(Fraction(high), Fraction(100)), up=False) if math.isfinite(high) else totals
    return np.asarray(least <= most, dtype=bool)


def _times(totals: NDArray[np.int64], percent: Fraction, *, up: bool) -> NDArray[np.int64]:
    top, bottom = percent.numerator, 100 * percent.denominator
    wide = totals.astype(object) if (len(totals) and int(totals.max()) * top >= _SAFE) or bottom >= _SAFE else totals
    return -(-(wide * top) // bottom) if up else (wide * top) // bottom


def common_totals(percents: Sequence[Ends], total: int) -> list[int]:
    """The totals that give all of these percentages, from 1 to a tenth more than the printed one, nearest to it first.

    >>> common_totals([(Fraction(33, 2), Fraction(35, 2)), (Fraction(23, 2), Fraction(25, 2)),
    ...                (Fraction(15, 2), Fraction(17, 2))], 27)
    [24]
    """
    totals = np.arange(1, total + max(5, total // 10) + 1, dtype=np.int64)
    fits = np.logical_and.reduce([achievable(percent, totals) for percent in percents])
    return sorted(totals[fits].tolist(), key=lambda n: abs(n - total))


def steps_around(percent: Ends, total: int) -> list[int]:
    """The whole numbers of people next below and next above the percentage of a total.

    >>> steps_around((Fraction(33, 2), Fraction(35, 2)), 27)
    [4, 5]
    """
    low, high = percent
    below = math.floor(Fraction(low) * total / 100) if math.isfinite(low) else 0
    above = math.ceil(Fraction(high) * total / 100) if math.isfinite(high) else total
    return sorted({k for k in (below, above) if 0 <= k <= total})
