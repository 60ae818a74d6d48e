"""Means and standard deviations of whole numbers: whether any sample prints like this. Exact throughout.

A person's score is the mean of ``items`` whole numbers, so it is a whole total over ``items``. With T the sum of the
totals of n people and Q the sum of their squares, the mean is T / (n items) and the SD is
sqrt((Q - T^2 / n) / (n - 1)) / items. Every T inside the interval of the mean is tried; for each, the interval of the SD
leaves a range of whole Q, and ``schemas.square_sums`` says whether one of them can be reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from schemas.intervals import Column
from schemas.scores import SAFE, Read, Scores, Whole, scale_end
from schemas.square_sums import FEW, LISTED, WIDEST, reached_between, reached_free
from schemas.verdicts import Mask, Verdict, Verdicts

MOST_TOTALS = 200_000
"""Most totals tried for one row; of a row with more of them nothing is said."""
FIRST = 8
_CHUNK = 1 << 18


def judged(given: Read, *, population: bool = False) -> Verdicts:
    """Consistent where some sample prints like this; CANNOT_TELL where the row cannot be judged; EDGE where doubles are vague."""
    codes = np.full(len(given.usable), Verdict.CANNOT_TELL, dtype=np.int8)
    codes[given.vague] = Verdict.EDGE
    rows = np.flatnonzero(given.usable & ~given.vague)
    codes[rows] = possible(given.scores.take(rows), population=population)
    return Verdicts(codes)


def possible(scores: Scores, *, population: bool = False) -> NDArray[np.int8]:
    """CONSISTENT, CONTRADICTS or (more totals than are tried) CANNOT_TELL for rows all of which are usable.

    ``population``: the SD was taken with n rather than n - 1.
    """
    codes = np.full(len(scores.n), Verdict.CONTRADICTS, dtype=np.int8)
    small = _fits_machine(scores)
    for rows in (np.flatnonzero(small), np.flatnonzero(~small)):
        if len(rows):
            part = scores.take(rows)
            codes[rows] = _possible(part.narrowed() if small[rows[0]] else part, population)
    return codes


def _fits_machine(scores: Scores) -> Mask:
    """Rows all of whose products stay well inside 64 bits."""
    n, items, sd, unit = (
        np.asarray(each, dtype=np.float64) for each in (scores.n, scores.items, scores.sd_high, scores.sd_unit)
    )
    se = np.where(
        scores.with_se,
        np.maximum(*(np.asarray(each, dtype=np.float64) for each in (scores.se_high, scores.se_unit))),
        1,
    )
    mean = np.maximum(*(np.abs(np.asarray(each, dtype=np.float64)) for each in (scores.mean_low, scores.mean_high)))
    ends = [
        np.abs(np.asarray(each, dtype=np.float64)) for each in (scores.low, scores.high, scores.first, scores.below)
    ]
    per_person = mean / np.asarray(scores.mean_unit, dtype=np.float64) * items + np.maximum.reduce(ends) + 2
    largest = np.maximum.reduce(
        [
            mean * n * items,
            (n * items * np.maximum(sd, unit)) ** 2 * 4,
            8 * n * n * per_person**2,
            n * (n * items * se) ** 2 * 4,
        ]
    )
    return np.asarray(largest < SAFE, dtype=bool)


def _possible(scores: Scores, population: bool) -> NDArray[np.int8]:  # noqa: FBT001 - a fact of the finding
    least, most = scores.totals()
    codes = np.full(len(scores.n), Verdict.CONTRADICTS, dtype=np.int8)
    codes[np.asarray(most - least >= MOST_TOTALS, dtype=bool)] = Verdict.CANNOT_TELL
    left = np.flatnonzero((codes == Verdict.CONTRADICTS) & np.asarray(least <= most, dtype=bool))
    # most rows are settled by one of a few totals in the middle; the others are then tried with all of theirs
    start = np.maximum(least, (least + most - FIRST) // 2)
    for first, last in ((start, np.minimum(most, start + FIRST - 1)), (least, most)):
        for rows, totals in _spread(left, first, last):
            codes[rows[_some_square(scores.take(rows), totals, population)]] = Verdict.CONSISTENT
        left = left[codes[left] == Verdict.CONTRADICTS]
    return codes


def _spread(rows: NDArray[np.intp], first: Whole, last: Whole) -> Iterator[tuple[NDArray[np.intp], Whole]]:
    """Each row once for each of its totals, in portions."""
    counts = np.maximum(0, np.asarray(last[rows] - first[rows] + 1, dtype=np.int64))
    group = np.cumsum(counts) // _CHUNK
    for number in np.unique(group):
        chosen = group == number
        size, starts = counts[chosen], first[rows[chosen]]
        within = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
        yield np.repeat(rows[chosen], size), np.repeat(starts, size) + within


def _some_square(scores: Scores, totals: Whole, population: bool) -> Mask:  # noqa: FBT001 - a fact of the finding
    """For each row and total, whether some sum of squares gives the SD and can be reached."""
    n = scores.n
    shift = totals // n
    rest = totals - n * shift
    unit = scores.sd_unit**2
    times = n * n * scores.items**2 if population else n * (n - 1) * scores.items**2
    base = rest * rest * unit
    least = -(-(times * scores.sd_low**2 + base) // (n * unit))
    most = (times * scores.sd_high**2 + base) // (n * unit)
    if scores.with_se.any():
        least, most = _with_se(scores, times, rest, least, most)
    if np.any(scores.halves > 0):
        least, most = _with_middle(scores, rest, least, most, shift)
    for number, known in enumerate((scores.first, scores.second)):
        value = np.where(scores.fixed > number, known - shift, 0)
        rest, least, most = rest - value, least - value**2, most - value**2
    return _reached(n - scores.fixed, rest, least, most, scores, shift)


def _with_se(scores: Scores, times: Whole, rest: Whole, least: Whole, most: Whole) -> tuple[Whole, Whole]:
    """The sums of squares that give the standard error too: SE^2 n = SD^2."""
    n, unit = scores.n, scores.se_unit**2
    first = -(-(n * times * scores.se_low**2 + rest * rest * unit) // (n * unit))
    last = (n * times * scores.se_high**2 + rest * rest * unit) // (n * unit)
    return np.where(scores.with_se, np.maximum(least, first), least), np.where(
        scores.with_se, np.minimum(most, last), most
    )


def _with_middle(scores: Scores, rest: Whole, least: Whole, most: Whole, shift: Whole) -> tuple[Whole, Whole]:
    """The sums of squares that are left where half of the people are on either side of the median: necessary bounds."""
    low, high, below, above = (each - shift for each in (scores.low, scores.high, scores.below, scores.above))
    one = np.asarray(scores.fixed == 1, dtype=bool)
    at_floor = scores.floor & np.asarray((scores.fixed > 0) & (scores.first == scores.low), dtype=bool)
    at_ceiling = scores.ceiling & np.asarray(
        (scores.fixed == 2) | (one & (scores.first == scores.high) & ~at_floor), dtype=bool
    )
    single = scores.n - 2 * scores.halves
    under, over = scores.halves - at_floor, scores.halves - at_ceiling
    left = rest - single * below - np.where(at_floor, low, 0) - np.where(at_ceiling, high, 0)
    known = single * below**2 + np.where(at_floor, low**2, 0) + np.where(at_ceiling, high**2, 0)
    fits = ~scores.floor | np.asarray((low <= below) & (left >= under * low + over * above), dtype=bool)
    fits &= ~scores.ceiling | np.asarray((high >= above) & (left <= under * below + over * high), dtype=bool)
    upward = np.asarray(left >= under * below + over * above, dtype=bool)
    fits &= ~upward | np.asarray((over > 0) | (left == under * below), dtype=bool)
    fits &= upward | np.asarray(under > 0, dtype=bool)
    smallest = known + np.where(
        upward,
        under * below**2 + _flattest(left - under * below, over),
        over * above**2 + _flattest(left - over * above, under),
    )
    bounded = scores.floor & scores.ceiling & fits
    largest = known + _steepest(left, under, over, *(np.where(bounded, each, 0) for each in (low, below, above, high)))
    asked = np.asarray(scores.halves > 0, dtype=bool)
    least = np.where(asked, np.maximum(least, smallest), least)
    most = np.where(asked & bounded, np.minimum(most, largest), most)
    return least, np.where(asked & ~fits, least - 1, most)


def _flattest(total: Whole, n: Whole) -> Whole:
    """The least sum of squares of n whole numbers with this total; 0 for nobody."""
    people = np.maximum(n, 1)
    each = total // people
    rest = total - people * each
    return np.where(n > 0, (people - rest) * each**2 + rest * (each + 1) ** 2, 0)


def _steepest(total: Whole, under: Whole, over: Whole, low: Whole, below: Whole, above: Whole, high: Whole) -> Whole:
    """The greatest sum of squares of ``under`` numbers from low to below and ``over`` from above to high, with this total.

    Raising a number by one adds more the higher it is, so those over the median are raised first, one after the other.
    """
    left = np.maximum(total - under * low - over * above, 0)
    step, lower = np.maximum(high - above, 1), np.maximum(below - low, 1)
    raised = np.minimum(over, left // step)
    rest = np.where(raised < over, left - raised * step, 0)
    square = raised * (above + step) ** 2 + (over - raised) * above**2 + 2 * above * rest + rest**2
    left = np.where(raised < over, 0, left - raised * step)
    moved = np.minimum(under, left // lower)
    last = np.where(moved < under, left - moved * lower, 0)
    largest: Whole = square + moved * (low + lower) ** 2 + (under - moved) * low**2 + 2 * low * last + last**2
    return largest


def _reached(n: Whole, total: Whole, least: Whole, most: Whole, scores: Scores, shift: Whole) -> Mask:
    """Whether n whole numbers within their limits have this total, and squares whose sum lies in least..most."""
    nobody = np.asarray(n == 0, dtype=bool)
    people = np.where(nobody, 1, n)
    centre = total // people
    rest = total - people * centre
    recentred = people * centre**2 - 2 * centre * total
    first = np.maximum(0, -(-(least + recentred - rest) // 2))
    last = (most + recentred - rest) // 2
    low, high = scores.low - shift - centre, scores.high - shift - centre
    above = np.asarray((rest > 0), dtype=np.int64)
    fits = np.asarray(first <= last, dtype=bool)
    fits &= ~scores.floor | np.asarray(low <= 0, dtype=bool)
    fits &= ~scores.ceiling | np.asarray(high >= above, dtype=bool)
    few = fits & np.asarray(people <= 4, dtype=bool) & ~nobody
    fits[few] &= _each(reached_free, few, people, rest, first, last)
    # a limit on one side alone bounds the other side: nobody can be further from it than all of them together
    limited = fits & (scores.floor | scores.ceiling) & ~nobody
    low = np.where(scores.floor, low, high - (people * high - rest))
    high = np.where(scores.ceiling, high, low + (rest - people * low))
    fits[limited] &= _between(*(each[limited] for each in (people, rest, first, last, low, high)))
    empty = np.asarray((total == 0) & (least <= 0) & (most >= 0), dtype=bool)
    return np.where(nobody, empty, fits)


def _between(n: Whole, rest: Whole, first: Whole, last: Whole, low: Whole, high: Whole) -> Mask:
    """The same with limits on both sides, in terms of E = W T - Q."""
    width, total = high - low, rest - n * low
    whole = width * total - (rest - 2 * low * rest + n * low**2)
    part = np.where(width > 0, total % np.where(width > 0, width, 1), 0)
    least, most = np.maximum(whole - 2 * last, part * (width - part)), whole - 2 * first
    fits = np.asarray(least <= most, dtype=bool)
    limit = np.where(width <= LISTED, width * width, np.where(width <= WIDEST, FEW * (width - 1), -1))
    near = fits & np.asarray((width > 2) & (most <= limit), dtype=bool)
    fits[near] &= _each(reached_between, near, n, total, width, least, most)
    return fits


def _each(function: Callable[..., bool], rows: Mask, *given: Whole) -> Mask:
    """One row at a time: for the few rows that closed forms leave open."""
    return np.array([function(*row) for row in zip(*(each[rows].tolist() for each in given), strict=True)], dtype=bool)


def whole_totals(mean: tuple[Fraction, Fraction], responses: int) -> tuple[int, int]:
    """The least and greatest whole total of so many responses that prints as this mean; the least is greater if none does.

    >>> whole_totals((Fraction(1037, 200), Fraction(1039, 200)), 28)
    (146, 145)
    """
    return -(-mean[0] * responses // 1), mean[1] * responses // 1


def binary(items: Column, low: Column, high: Column, change: Mask) -> Mask:
    """Rows of zeros and ones: one item, scored 0 or 1."""
    (bottom, has_bottom), (top, has_top) = scale_end(low, up=True), scale_end(high, up=False)
    ends = np.asarray((bottom == 0) & (top == 1), dtype=bool)
    return ends & has_bottom & has_top & items.or_else(1).is_(1) & ~change


def limits_of(low: Column, high: Column, *, change: bool = False) -> tuple[int | None, int | None]:
    """The ends of the scale of one row, for wording."""
    (bottom, has_bottom), (top, has_top) = scale_end(low, up=True), scale_end(high, up=False)
    ends = (int(bottom[0]) if has_bottom[0] else None, int(top[0]) if has_top[0] else None)
    if not change:
        return ends
    return (None, None) if None in ends else (ends[0] - ends[1], ends[1] - ends[0])  # type: ignore[operator]  # neither is None
