"""Quick looks at many rows: what is surely so, in few operations on doubles. What is close is left open.

Every function here answers True only where the printed numbers surely can be as they should: some values inside their
intervals are, with room to spare for the rounding of doubles. False says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from schemas.intervals import Column
from schemas.rounded import Rounded
from schemas.verdicts import Mask

Floats = NDArray[np.float64]
Halves = NDArray[np.float32]

ROOM = 1e-9
"""Relative room left for the rounding of doubles: a hundred times what exact arithmetic is asked for."""
_NEAR, _TINY, _HUGE = np.float32(4e-6), np.float32(1e-15), np.float32(1e15)
"""Relative room for products in single precision, and what lies so far out that they run out of range."""
_SINGLE = np.float32(1e-5)
"""Room left for the rounding of single precision, in logarithms and in z."""
_SHARE = 5e-7
"""Room left for it in percentages, as a part of the largest."""
_STEPS = 20_000
"""Steps of the table of z values by P: four decimals of P, and halves of the last."""
_BESIDE = 1e-6
"""Part of a P by which it may lie beside a step and count as standing at it."""
_TIE = 5e-14
"""What a percentage computed in doubles and the end of a printed one can differ by where they are equal."""
_MANY = 1e6
"""More participants are left to exact arithmetic."""
_TABLED = 2000
"""Quantiles of t are kept for so many participants."""
_FINE, _LARGE = 4.5e-5, 1e5
"""At four decimals of a percentage, half a unit, and fewer participants than this, unequal ends differ by far more than
that."""
_BLOCK = 16_384
"""Rows looked at together where several operations on doubles follow each other."""
_ALPHA = 0.05


def within(column: Column, least: float, most: float) -> Mask:
    """The number can lie between these bounds; unknown ones can."""
    if not column.known.any():
        return ~column.known
    inside: Mask = (column.high_at_hand >= least) & (column.low_at_hand <= most)
    return inside if column.all_known else inside | ~column.known


def in_order(one: Column, two: Column) -> Mask:
    """The one can be at most the other; unknown ones can."""
    ordered: Mask = one.low_at_hand <= two.high_at_hand
    return ordered if one.all_known and two.all_known else ordered | ~one.known | ~two.known


def share_printed(part: Column, whole: Column, percent: Column) -> Mask:
    """The percentage can be that of the part in the whole, both counts."""
    if all(isinstance(each, Rounded) and each.printed.dtype == np.float32 for each in (part, whole, percent)):
        assert isinstance(percent, Rounded)  # noqa: S101 - narrows the type
        fits = _share_in_single(part.low_at_hand, whole.low_at_hand, percent.low_at_hand, percent.half)
        rest = np.flatnonzero(~fits)
        if len(rest):
            fits[rest] = _share_in_doubles(part.take(rest), whole.take(rest), percent.take(rest))
        return fits
    return _share_in_doubles(part, whole, percent)


def _share_in_single(part: Halves, whole: Halves, middle: Halves, half: Floats | np.float64) -> Mask:
    """The same in single precision, with room for its rounding error; unequal ends and ties are left open."""
    share = np.float32(100) * part
    share /= whole
    share -= middle
    largest = max(middle.max(initial=100), -middle.min(initial=0)) + np.max(half, initial=0)
    room = half - _SHARE * largest
    fits: Mask = np.abs(share, out=share) <= room.astype(np.float32)
    return fits


def _share_in_doubles(part: Column, whole: Column, percent: Column) -> Mask:
    if isinstance(percent, Rounded):
        middle, half = percent.value, percent.half
    else:
        middle, half = (percent.low + percent.high) / 2, (percent.high - percent.low) / 2
    room, fits = half + _TIE, np.empty(len(middle), dtype=bool)
    for rows in _blocks(len(middle)):
        share = 100.0 * part.low[rows]
        share /= whole.low[rows]
        share -= middle[rows]
        fits[rows] = np.abs(share, out=share) <= (room[rows] if isinstance(room, np.ndarray) else room)
    if np.min(half, initial=1) > _FINE and whole.low.max(initial=0) < _LARGE:
        return fits
    return fits & (half > _FINE) & (whole.low < _LARGE)


def _blocks(rows: int) -> Iterator[slice]:
    """So many rows in blocks whose doubles stay in the processor's cache."""
    return (slice(start, start + _BLOCK) for start in range(0, rows, _BLOCK))


def even_ratio(estimate: Column, lower: Column, upper: Column) -> Mask:
    """The limits can lie evenly around the estimate on the logarithmic scale: estimate^2 = lower * upper.

    Numbers that may be zero, and those whose squares vanish or run over, are left open.
    """
    (lower_low, lower_high), (upper_low, upper_high), (low, high) = lower.single, upper.single, estimate.single
    least, most = lower_low * upper_low, lower_high * upper_high
    above = high * high
    above *= 1 - _NEAR
    below = low * low
    below *= 1 + _NEAR
    fits: Mask = least <= above
    fits &= below <= most
    if lower_low.min(initial=_HUGE) > _TINY and low.min(initial=_HUGE) > _TINY and high.max(initial=_TINY) < _HUGE:
        return fits
    return fits & (lower_low > _TINY) & (low > _TINY) & (high < _HUGE)


def even_difference(estimate: Column, lower: Column, upper: Column) -> Mask:
    """The limits can lie evenly around the estimate as they are."""
    room = ROOM * (np.abs(lower.low) + np.abs(upper.high) + np.abs(estimate.low) + np.abs(estimate.high))
    low, high = lower.low + upper.low, lower.high + upper.high
    return (low + room <= 2 * estimate.high) & (2 * estimate.low + room <= high)


def p_of_ratio(estimate: Column, lower: Column, upper: Column, p: Column) -> Mask:
    """The two-sided P can be that of the ratio against 1, and decides as its 95% interval does."""
    low, high = (np.log(end) for end in estimate.single)
    (lower_low, lower_high), (upper_low, upper_high) = lower.single, upper.single
    widest, narrowest = upper_high / lower_low, upper_low / lower_high
    least, most = _in_widths(low, high, np.log(widest, out=widest), np.log(narrowest, out=narrowest))
    return _p_of_widths(p, least, most) & _decides_alike(lower, upper, p, 1)


def p_of_difference(estimate: Column, lower: Column, upper: Column, p: Column) -> Mask:
    """The same for a difference, against 0."""
    # In units of the wider limit, so that nothing runs out of the range of single precision.
    unit = np.maximum(np.abs(lower.low), np.abs(upper.high))
    ends = estimate.low, estimate.high, upper.high - lower.low, upper.low - lower.high
    least, most = _in_widths(*((end / unit).astype(np.float32) for end in ends))
    return _p_of_widths(p, least, most) & _decides_alike(lower, upper, p, 0)


def _in_widths(low: Halves, high: Halves, widest: Halves, narrowest: Halves) -> tuple[Halves, Halves]:
    """How many widths of its interval an estimate lies from the null value at 0, at least and at most.

    In single precision, with room for its rounding error; not a number where the interval may have no width.
    """
    nearest = np.maximum(low, -high)
    nearest += _SINGLE
    farthest = np.maximum(np.negative(low, out=low), high, out=low)
    farthest -= _SINGLE
    widest -= _SINGLE
    if not narrowest.min(initial=_HUGE) > _SINGLE:
        narrowest[~(narrowest > _SINGLE)] = np.nan
    narrowest += _SINGLE
    nearest /= widest
    farthest /= narrowest
    return nearest, farthest


def _p_of_widths(p: Column, least: Halves, most: Halves) -> Mask:
    """The two-sided P, from 0 to 1, can be that of an estimate so many widths of its 95% interval from the null value."""
    at_least, at_most = _widths_by_p()
    low, high = p.single
    fits = np.empty(len(least), dtype=bool)
    for rows in _blocks(len(least)):
        step = high[rows] * (_STEPS * (1 + _BESIDE))
        enough = at_least.take(_whole(step), mode="clip") <= most[rows]
        np.multiply(low[rows], _STEPS * (1 - _BESIDE), out=step)
        enough &= least[rows] <= at_most.take(_whole(np.ceil(step, out=step)), mode="clip")
        fits[rows] = enough
    return fits


def _whole(number: NDArray[Any]) -> NDArray[np.intp]:
    """The whole part; by way of 32 bits, which is three times as fast."""
    return number.astype(np.int32).astype(np.intp)


@cache
def _widths_by_p() -> tuple[Halves, Halves]:
    """Z by two-sided P in steps, in widths of 95% intervals: a little more and a little less than what P gives.

    Infinite at 0 and below, so that no z is large enough for the one; minus infinite after 1, so that none is small
    enough for the other. A P in single precision that is counted as standing at a step stands near enough to it.
    """
    step, width = np.arange(_STEPS + 1) / _STEPS, 2 * special.ndtri(0.975)
    smaller, larger = step * (1 - 2 * _BESIDE), np.minimum(step * (1 + 2 * _BESIDE), 1)
    at_least, at_most = -special.ndtri(smaller / 2) * (1 + _SINGLE), -special.ndtri(larger / 2) * (1 - _SINGLE)
    return tuple(np.append(z / width, -np.inf).astype(np.float32) for z in (at_least, at_most))  # type: ignore[return-value]  # two of them


def _decides_alike(lower: Column, upper: Column, p: Column, null: float) -> Mask:
    """A 95% interval and P do not decide differently about the null value."""
    (lower_low, lower_high), (upper_low, upper_high), (p_low, p_high) = lower.single, upper.single, p.single
    least, most = np.float32(null * (1 - _NEAR)), np.float32(null * (1 + _NEAR))
    outside = lower_low >= least
    outside |= upper_high <= most
    outside &= p_low > _ALPHA * (1 - _BESIDE)
    inside = lower_high <= most
    inside &= upper_low >= least
    inside &= p_high < _ALPHA * (1 + _BESIDE)
    outside |= inside
    return ~outside


def people(n: Column, least: int = 2) -> Mask:
    """The number of participants is one whole number, large enough, of a size at which doubles are exact."""
    fine: Mask = (n.low == n.high) & (n.low >= least) & (n.low < _MANY) & (np.floor(n.low) == n.low)
    return fine


def apart(one: Column, two: Column) -> Floats:
    """How far the one is above the other at least; 0 where they can be equal or the other way round."""
    gap: Floats = np.maximum(one.low - two.high, 0)
    return gap


def reach(sd: Column, n: Column, beyond: Floats) -> tuple[Floats, Floats]:
    """How far from the mean so many of n values can be, for ``near_enough``: gap^2 n k <= SD^2 (n - 1) (n - k)."""
    most = sd.high * sd.high
    most *= n.low - 1
    most *= n.low - beyond
    most *= 1 - ROOM
    return n.low * beyond, most


def near_enough(gap: Floats, within_reach: tuple[Floats, Floats]) -> Mask:
    """The gap is within reach. Not a number passes."""
    factor, most = within_reach
    squares = gap * gap
    squares *= factor
    return ~(squares > most)


def interval_of_error(error: tuple[Floats, Floats], lower: Column, upper: Column, n: Column) -> Mask:
    """The limits can be a mean plus or minus 1.96 standard errors, or as many as Student's t says, at 95%."""
    least, most = (upper.low - lower.high) / 2, (upper.high - lower.low) / 2
    by_t = _student().take(_whole(np.minimum(n.low, _TABLED)), mode="clip")
    normal = special.ndtri(0.975)
    fits = (least <= error[1] * (normal * (1 - ROOM))) & (error[0] * (normal * (1 + ROOM)) <= most)
    fits |= (least <= error[1] * by_t * (1 - ROOM)) & (error[0] * by_t * (1 + ROOM) <= most) & (n.low <= _TABLED)
    return fits


@cache
def _student() -> Floats:
    """Quantiles of t for 95% intervals by the number of participants; not a number below two."""
    with np.errstate(invalid="ignore"):
        return np.asarray(special.stdtrit(np.arange(_TABLED + 1) - 1.0, 0.975))
