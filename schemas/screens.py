"""Quick looks at many rows: what is surely so, in few operations on doubles. What is close is left open.

Every function here answers True only where the printed numbers surely can be as they should: some values inside their
intervals are, with room to spare for the rounding of doubles. False says nothing.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from schemas.intervals import Column
from schemas.verdicts import Mask

ROOM = 1e-9
"""Relative room left for the rounding of doubles: a hundred times what exact arithmetic is asked for."""
_STEPS = 20_000
"""Steps of the table of z values by P: four decimals of P, and halves of the last."""
_BESIDE = 1e-9
"""Part of a step within which a P counts as standing at it."""
_TIE = 5e-14
"""What a percentage computed in doubles and the end of a printed one can differ by where they are equal."""
_FINE, _LARGE = 9e-5, 1e5
"""At four decimals of a percentage and fewer participants than this, unequal ends differ by far more than that."""


def within(column: Column, least: float, most: float) -> Mask:
    """The number can lie between these bounds; unknown ones can."""
    inside: Mask = (column.high >= least) & (column.low <= most)
    return inside if column.known.all() else inside | ~column.known


def in_order(one: Column, two: Column) -> Mask:
    """The one can be at most the other; unknown ones can."""
    ordered: Mask = one.low <= two.high
    return ordered if one.known.all() and two.known.all() else ordered | ~one.known | ~two.known


def share_printed(part: Column, whole: Column, percent: Column) -> Mask:
    """The percentage can be that of the part in the whole, both counts."""
    share = 100.0 * part.low
    share /= whole.low
    fits = (percent.low - _TIE <= share) & (share <= percent.high + _TIE)
    return fits & (whole.low < _LARGE) & (percent.high - percent.low > _FINE)


def even_ratio(estimate: Column, lower: Column, upper: Column) -> Mask:
    """The limits can lie evenly around the estimate on the logarithmic scale: estimate^2 = lower * upper."""
    least = np.maximum(lower.low, 0) * np.maximum(upper.low, 0)
    most = lower.high * upper.high
    below, above = np.maximum(estimate.low, 0), estimate.high * (1 - ROOM)
    below *= 1 + ROOM
    return (least <= above * above) & (below * below <= most) & (above > 0) & (lower.high > 0)


def even_difference(estimate: Column, lower: Column, upper: Column) -> Mask:
    """The limits can lie evenly around the estimate as they are."""
    room = ROOM * (np.abs(lower.low) + np.abs(upper.high) + np.abs(estimate.low) + np.abs(estimate.high))
    low, high = lower.low + upper.low, lower.high + upper.high
    return (low + room <= 2 * estimate.high) & (2 * estimate.low + room <= high)


def half_widths_of_ratio(estimate: Column, lower: Column, upper: Column) -> tuple[NDArray[np.float64], ...]:
    """How many half-widths of its interval a ratio lies from 1, on the logarithmic scale: at least and at most.

    Not a number where the interval may have no width.
    """
    widest, narrowest = np.log(upper.high / lower.low), np.log(upper.low / lower.high)
    return _half_widths(np.log(estimate.low), np.log(estimate.high), widest, narrowest)


def half_widths_of_difference(estimate: Column, lower: Column, upper: Column) -> tuple[NDArray[np.float64], ...]:
    """The same for a difference, from 0."""
    return _half_widths(estimate.low, estimate.high, upper.high - lower.low, upper.low - lower.high)


def _half_widths(
    low: NDArray[np.float64], high: NDArray[np.float64], widest: NDArray[np.float64], narrowest: NDArray[np.float64]
) -> tuple[NDArray[np.float64], ...]:
    nearest = np.maximum(np.maximum(low, -high), 0.0)
    farthest = np.maximum(-low, high)
    narrowest[narrowest <= 0] = np.nan
    nearest /= widest
    farthest /= narrowest
    nearest *= 2
    farthest *= 2
    return nearest, farthest


def p_of_z(p: Column, least: NDArray[np.float64], most: NDArray[np.float64]) -> Mask:
    """The two-sided P can be that of a z between these two; a possible P it must be."""
    table = _z_by_p()
    with np.errstate(invalid="ignore"):
        at_least = np.take(table, (p.high * _STEPS + _BESIDE).astype(np.int64), mode="clip")
        at_most = np.take(table, np.ceil(p.low * _STEPS - _BESIDE).astype(np.int64), mode="clip")
    fits: Mask = (at_least <= most * (1 - ROOM)) & (least * (1 + ROOM) <= at_most) & (p.high > 0) & (p.low <= 1)
    return fits


@cache
def _z_by_p() -> NDArray[np.float64]:
    """Z by two-sided P in steps; infinite at 0."""
    return np.asarray(-special.ndtri(np.arange(_STEPS + 1) / (2 * _STEPS)))


def decides_alike(lower: Column, upper: Column, p: Column, null: float, alpha: float) -> Mask:
    """Interval and P do not decide differently about the null value."""
    outside = (lower.low > null) | (upper.high < null)
    inside = (lower.high < null) & (upper.low > null)
    against: Mask = outside & (p.low > alpha) | inside & (p.high < alpha)
    return ~against
