"""The ends of the scale on which a quantity was measured: definitions, not measurements, so they are not rounded."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from schemas.intervals import Column, Ends
from schemas.ragged import Codes
from schemas.verdicts import Mask


def ends_of_scale(low: Column, high: Column, moment: Codes, unit: Codes) -> tuple[Column, Column, Mask]:
    """The lowest and highest value, exactly, and the rows whose values are changes in percent, which no scale bounds.

    A change since baseline lies between the two largest changes the scale allows: -(b - a) and b - a.
    """
    bottom, top = _exactly(low, lenient_low=True), _exactly(high, lenient_low=False)
    ordered = np.asarray(bottom.low <= top.low, dtype=bool)
    bottom, top = (
        _known(bottom, bottom.known & (ordered | ~top.known)),
        _known(top, top.known & (ordered | ~bottom.known)),
    )
    change = moment.is_("change")
    span = top - bottom
    return _where(change, -span, bottom), _where(change, span, top), change_in_percent(moment, unit)


def change_in_percent(moment: Codes, unit: Codes) -> Mask:
    """Rows whose values are changes in percent."""
    in_percent = unit.where(lambda each: each is not None and ("%" in each or "percent" in each.lower()))
    return moment.is_("change") & in_percent


def nearest_to(column: Column, target: Column) -> Column:
    """The point of each interval that is nearest to the target."""
    point = np.minimum(np.maximum(target.low, column.low), column.high)
    return Column(point, point, column.known & target.known, column.rational)


def square(sd: Column, people: Column) -> Column:
    """The sum of squared deviations that gives this SD, (n - 1) SD^2, at its least."""
    low = np.where(np.asarray(sd.low > 0, dtype=bool), sd.low, 0 * people.low)
    smallest = low * low * (people.low - 1)
    return Column(smallest, smallest, sd.known & people.known, sd.rational)


def largest_squares(mean: Column, people: Column, low: Column, high: Column, *, exactly: Mask) -> Column:
    """The largest sum of squared deviations of values between the ends whose mean lies in the interval.

    Where the number of people is not known ``exactly``, everybody is taken to be able to stand at an end.
    """
    n = people.high
    with np.errstate(invalid="ignore"):
        middle = nearest_to(mean, (low + high) * half(mean)).low
        anybody = n * (high.low - middle) * (middle - low.low)
        best = np.where(exactly, _with_one_between(mean, n, low.low, high.low), anybody)
    return Column(best, best, mean.known & people.known & low.known & high.known, mean.rational)


def half(like: Column) -> Fraction | float:
    """One half, in the precision of a column."""
    return Fraction(1, 2) if like.rational else 0.5


def _with_one_between(mean: Column, n: Ends, low: Ends, high: Ends) -> Ends:
    """With t = n (m - a) / (b - a) = k + f: the largest (b - a)^2 (k + f^2 - t^2 / n) over the interval of m.

    It is largest at an end of the interval or at a whole t inside, nearest to n / 2.
    """
    width = np.where(high > low, high - low, 1)
    ends = [np.minimum(np.maximum((end - low) * n / width, 0 * n), n) for end in (mean.low, mean.high)]
    whole = np.minimum(np.maximum(n // 2, -(-ends[0] // 1)), ends[1] // 1)
    inside = np.asarray((whole >= ends[0]) & (whole <= ends[1]), dtype=bool)
    at_ends = [t // 1 + (t - t // 1) ** 2 - t * t / n for t in ends]
    best = np.maximum(at_ends[0], at_ends[1])
    best = np.where(inside, np.maximum(best, whole - whole * whole / n), best)
    most: Ends = np.where(high > low, high - low, 0) ** 2 * best
    return most


def _exactly(end: Column, *, lenient_low: bool) -> Column:
    """The middle of the rounding interval; of a cell that can be read in two ways, its lenient end."""
    with np.errstate(invalid="ignore"):
        finite = end.known & np.isfinite(end.low.astype(np.float64)) & np.isfinite(end.high.astype(np.float64))
        width = np.where(finite, end.high - end.low, 0)
        middle = np.where(finite, end.low + end.high, 0) / 2
    value = np.where(np.asarray(width > 1, dtype=bool), end.low if lenient_low else end.high, middle)
    return Column(value, value, finite, end.rational)


def _known(column: Column, known: Mask) -> Column:
    return Column(column.low, column.high, np.asarray(known, dtype=bool), column.clean)


def _where(rows: Mask, one: Column, other: Column) -> Column:
    if not rows.any():
        return other
    low, high = np.where(rows, one.low, other.low), np.where(rows, one.high, other.high)
    return Column(low, high, np.where(rows, one.known, other.known).astype(bool), one.clean and other.clean)
