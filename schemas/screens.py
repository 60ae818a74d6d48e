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

Floats = NDArray[np.float64]
Halves = NDArray[np.float32]

ROOM = 1e-9
"""Relative room left for the rounding of doubles: a hundred times what exact arithmetic is asked for."""
_NEAR, _TINY, _HUGE = np.float32(1e-6), np.float32(1e-15), np.float32(1e15)
"""Relative room for products in single precision, and what lies so far out that they run out of range."""
_SINGLE = np.float32(1e-5)
"""Room left for the rounding of single precision, in logarithms and in z."""
_STEPS = 20_000
"""Steps of the table of z values by P: four decimals of P, and halves of the last."""
_BESIDE = 1e-9
"""Part of a step within which a P counts as standing at it."""
_TIE = 5e-14
"""What a percentage computed in doubles and the end of a printed one can differ by where they are equal."""
_MANY = 1e6
"""More participants are left to exact arithmetic."""
_TABLED = 2000
"""Quantiles of t are kept for so many participants."""
_FINE, _LARGE = 9e-5, 1e5
"""At four decimals of a percentage and fewer participants than this, unequal ends differ by far more than that."""


def within(column: Column, least: float, most: float) -> Mask:
    """The number can lie between these bounds; unknown ones can."""
    if not column.known.any():
        return ~column.known
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
    (lower_low, lower_high), (upper_low, upper_high), (low, high) = lower.single, upper.single, estimate.single
    least = _positive(lower_low) * _positive(upper_low)
    most = lower_high * upper_high
    above = high * (1 - _NEAR)
    above *= above
    below = _positive(low) * (1 + _NEAR)
    below *= below
    fits: Mask = (least <= above) & (below <= most)
    within_range = (lower_high > _TINY) & (high > _TINY) & (high < _HUGE)  # squares neither vanish nor run over
    return fits if within_range.all() else fits & within_range


def _positive(end: Halves) -> Halves:
    """Ends at or below zero as zero."""
    return end if end.min(initial=np.float32(1)) > 0 else np.maximum(end, np.float32(0))


def even_difference(estimate: Column, lower: Column, upper: Column) -> Mask:
    """The limits can lie evenly around the estimate as they are."""
    room = ROOM * (np.abs(lower.low) + np.abs(upper.high) + np.abs(estimate.low) + np.abs(estimate.high))
    low, high = lower.low + upper.low, lower.high + upper.high
    return (low + room <= 2 * estimate.high) & (2 * estimate.low + room <= high)


def half_widths_of_ratio(estimate: Column, lower: Column, upper: Column) -> tuple[Halves, Halves]:
    """How many half-widths of its interval a ratio lies from 1, on the logarithmic scale: at least and at most.

    In single precision, with room for its rounding error; not a number where the interval may have no width.
    """
    low, high = (np.log(end) for end in estimate.single)
    (lower_low, lower_high), (upper_low, upper_high) = lower.single, upper.single
    widest, narrowest = upper_high / lower_low, upper_low / lower_high
    return _half_widths(low, high, np.log(widest, out=widest), np.log(narrowest, out=narrowest))


def half_widths_of_difference(estimate: Column, lower: Column, upper: Column) -> tuple[Halves, Halves]:
    """The same for a difference, from 0, in units of the wider of its limits, so that they do not run out of range."""
    unit = np.maximum(np.abs(lower.low), np.abs(upper.high))
    low, high, widest, narrowest = (
        (end / unit).astype(np.float32)
        for end in (estimate.low, estimate.high, upper.high - lower.low, upper.low - lower.high)
    )
    return _half_widths(low, high, widest, narrowest)


def _half_widths(low: Halves, high: Halves, widest: Halves, narrowest: Halves) -> tuple[Halves, Halves]:
    """Both bounds, each a little closer to the other than it is."""
    nearest = np.maximum(low, -high)
    nearest += _SINGLE
    np.maximum(nearest, np.float32(0), out=nearest)
    farthest = np.maximum(-low, high)
    farthest -= _SINGLE
    widest -= _SINGLE
    narrowest[narrowest <= _SINGLE] = np.nan
    narrowest += _SINGLE
    nearest *= 2
    nearest /= widest
    farthest *= 2
    farthest /= narrowest
    return nearest, farthest


def p_of_z(p: Column, least: Halves, most: Halves, scale: float) -> Mask:
    """The two-sided P can be that of a z between these two, times the scale; a possible P it must be."""
    table = _z_by_p()
    with np.errstate(invalid="ignore"):
        at_least = table.take(_steps(p.high * _STEPS + _BESIDE), mode="clip")
        at_most = table.take(_steps(p.low * _STEPS + (1 - _BESIDE)), mode="clip")
    at_least *= np.float32((1 + _SINGLE) / scale)
    at_most *= np.float32((1 - _SINGLE) / scale)
    fits: Mask = (at_least <= most) & (least <= at_most) & (p.high > 0) & (p.low <= 1)
    return fits


def _steps(number: NDArray[np.float64]) -> NDArray[np.int64]:
    """The whole part; by way of 32 bits, which is three times as fast."""
    return number.astype(np.int32).astype(np.int64)


@cache
def _z_by_p() -> Halves:
    """Z by two-sided P in steps; infinite at 0."""
    return np.asarray(-special.ndtri(np.arange(_STEPS + 1) / (2 * _STEPS)), dtype=np.float32)


def decides_alike(lower: Column, upper: Column, p: Column, null: float, alpha: float) -> Mask:
    """Interval and P do not decide differently about the null value."""
    outside = (lower.low > null) | (upper.high < null)
    inside = (lower.high < null) & (upper.low > null)
    against: Mask = outside & (p.low > alpha) | inside & (p.high < alpha)
    return ~against


def people(n: Column, least: int = 2) -> Mask:
    """The number of participants is one whole number, large enough, of a size at which doubles are exact."""
    fine: Mask = (n.low == n.high) & (n.low >= least) & (n.low < _MANY) & (np.floor(n.low) == n.low)
    return fine


def apart(one: Column, two: Column) -> Floats:
    """How far the one is above the other at least; 0 where they can be equal or the other way round."""
    gap: Floats = np.maximum(one.low - two.high, 0)
    return gap


def near_enough(gap: Floats, sd: Column, n: Column, beyond: Floats) -> Mask:
    """So many of n values can be that far from the mean: gap^2 n k <= SD^2 (n - 1) (n - k). Not a number passes."""
    squares = gap * gap
    squares *= n.low
    squares *= beyond
    most = sd.high * sd.high
    most *= n.low - 1
    most *= n.low - beyond
    most *= 1 - ROOM
    return ~(squares > most)


def interval_of_error(error: tuple[Floats, Floats], lower: Column, upper: Column, n: Column) -> Mask:
    """The limits can be a mean plus or minus 1.96 standard errors, or as many as Student's t says, at 95%."""
    least, most = (upper.low - lower.high) / 2, (upper.high - lower.low) / 2
    by_t = _student().take(_steps(np.minimum(n.low, _TABLED)), mode="clip")
    normal = special.ndtri(0.975)
    fits = (least <= error[1] * (normal * (1 - ROOM))) & (error[0] * (normal * (1 + ROOM)) <= most)
    fits |= (least <= error[1] * by_t * (1 - ROOM)) & (error[0] * by_t * (1 + ROOM) <= most) & (n.low <= _TABLED)
    return fits


@cache
def _student() -> Floats:
    """Quantiles of t for 95% intervals by the number of participants; not a number below two."""
    with np.errstate(invalid="ignore"):
        return np.asarray(special.stdtrit(np.arange(_TABLED + 1) - 1.0, 0.975))
