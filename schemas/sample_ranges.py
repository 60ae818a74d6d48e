"""Samples of whole numbers with a printed smallest value, largest value or median: whether there is one (CLOSURE).

Each whole total that prints as the minimum, the maximum and the median is tried together with each of the others; one
person has the smallest total and one the largest, the rest lie between them.
"""

from __future__ import annotations

import numpy as np

from schemas.integer_samples import possible
from schemas.intervals import Column
from schemas.scores import Read, Scores, Whole
from schemas.verdicts import Mask, Verdict, Verdicts

MOST_READINGS = 400
"""Most combinations of minimum, maximum and median tried for a row; of a row with more nothing is said."""
_WIDE = 2**40


def judged_with_range(
    given: Read, minimum: Column, maximum: Column, median: Column, *, population: bool = False
) -> Verdicts:
    """Consistent where some sample prints like this; CONTRADICTS only where none can."""
    scores, usable = given.scores, given.usable & ~given.vague
    codes = np.full(len(usable), Verdict.CANNOT_TELL, dtype=np.int8)
    codes[given.vague | _vague((minimum, maximum, median), given)] = Verdict.EDGE
    usable = usable & (codes != Verdict.EDGE)
    spans = [_whole(column, scores.items * times) for column, times in ((minimum, 1), (maximum, 1), (median, 2))]
    counts = [np.where(known, np.maximum(0, most - least + 1), 1) for least, most, known in spans]
    readings = counts[0] * counts[1] * counts[2]
    rows = np.flatnonzero(usable & np.asarray(readings <= MOST_READINGS, dtype=bool))
    codes[rows] = Verdict.CONTRADICTS
    size = readings[rows].astype(np.int64)
    each = np.repeat(rows, size)
    number = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
    chosen = []
    for (least, _, known), count in zip(spans, counts, strict=True):
        chosen.append((least[each] + number % count[each].astype(np.int64), known[each]))
        number = number // np.maximum(count[each].astype(np.int64), 1)
    tried, sensible = _with(scores.take(each), *chosen)
    found = np.full(len(each), Verdict.CONTRADICTS, dtype=np.int8)
    at = np.flatnonzero(sensible)
    found[at] = possible(tried.take(at), population=population)
    codes[each[found == Verdict.CANNOT_TELL]] = Verdict.CANNOT_TELL
    codes[each[found == Verdict.CONSISTENT]] = Verdict.CONSISTENT
    return Verdicts(codes)


def _with(
    scores: Scores, least: tuple[Whole, Mask], most: tuple[Whole, Mask], twice: tuple[Whole, Mask]
) -> tuple[Scores, Mask]:
    """The scores with one reading each of minimum, maximum and twice the median; and the rows where these make sense."""
    (low, has_low), (high, has_high), (middle, has_middle) = least, most, twice
    sensible = ~(has_low & scores.floor) | np.asarray(low >= scores.low, dtype=bool)
    sensible &= ~(has_high & scores.ceiling) | np.asarray(high <= scores.high, dtype=bool)
    sensible &= ~(has_low & has_high) | np.asarray(low <= high, dtype=bool)
    sensible &= ~(has_middle & np.asarray(scores.n % 2 == 1, dtype=bool)) | np.asarray(middle % 2 == 0, dtype=bool)
    below, above = middle // 2, -(-middle // 2)
    sensible &= ~(has_middle & has_low) | np.asarray(below >= low, dtype=bool)
    sensible &= ~(has_middle & has_high) | np.asarray(above <= high, dtype=bool)
    tried = scores.narrowed_to(
        low=np.where(has_low, low, scores.low), high=np.where(has_high, high, scores.high),
        floor=scores.floor | has_low, ceiling=scores.ceiling | has_high,
        fixed=has_low.astype(object) * 1 + has_high.astype(object) * 1,
        first=np.where(has_low, low, np.where(has_high, high, 0)), second=np.where(has_high, high, 0),
        halves=np.where(has_middle, scores.n // 2, 0), below=np.where(has_middle, below, 0),
        above=np.where(has_middle, above, 0),
    )  # fmt: skip
    return tried, sensible


def _whole(column: Column, times: Whole) -> tuple[Whole, Whole, Mask]:
    """The least and greatest whole number of steps inside each interval, and where there is an interval."""
    with np.errstate(invalid="ignore"):
        ends = [np.asarray(end, dtype=np.float64) for end in (column.low, column.high)]
        known = column.known & np.isfinite(ends[0]) & np.isfinite(ends[1])
        near = known & (np.abs(ends[0]) < _WIDE) & (np.abs(ends[1]) < _WIDE)
    low, high = _without_open_end(np.where(near, column.low, 0), np.where(near, column.high, 0))
    low, high = (end * np.where(near, times, 0) for end in (low, high))
    if column.rational:
        return _each_whole(low, up=True), _each_whole(high, up=False), near
    nearest = [np.rint(np.asarray(end, dtype=np.float64)) for end in (low, high)]
    close = [
        np.abs(np.asarray(end, dtype=np.float64) - whole) < 1e-6
        for end, whole in zip((low, high), nearest, strict=True)
    ]
    least = np.where(close[0], nearest[0], np.ceil(np.asarray(low, dtype=np.float64)))
    most = np.where(close[1], nearest[1], np.floor(np.asarray(high, dtype=np.float64)))
    return least.astype(np.int64).astype(object), most.astype(np.int64).astype(object), near


def _without_open_end(low: Whole, high: Whole) -> tuple[Whole, Whole]:
    """An interval from one whole number to the next is of a number whose digits were cut off: it holds only the one nearer to zero."""
    cut = np.asarray((high - low == 1) & (low == low // 1), dtype=bool)
    return np.where(cut & np.asarray(low < 0, dtype=bool), high, low), np.where(
        cut & np.asarray(low >= 0, dtype=bool), low, high
    )


def _each_whole(ends: Whole, *, up: bool) -> Whole:
    made = np.empty(len(ends), dtype=object)
    made[:] = [int(-(-end // 1) if up else end // 1) for end in ends.tolist()]
    return made


def _vague(columns: tuple[Column, ...], given: Read) -> Mask:
    """Rows with a number so long that doubles might not hold it."""
    vague = np.zeros(len(given.usable), dtype=bool)
    for column in columns:
        if not column.rational:
            size = np.where(column.known & np.isfinite(column.low), np.abs(column.low), 0.0)
            vague |= size > 1e8  # beyond it 1e-6 of a step is no longer safe
    return vague & given.usable
