"""One sample rebuilt from its mean and SD: whole numbers that would print like that.

As SPRITE does (Heathers and others 2018, PeerJ Preprints 6:e26968), but each value is only taken if the rest can still
be completed, so that nothing is left to chance.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Literal

from schemas.integer_samples import whole_totals
from schemas.square_sums import listed_up_to, reached_between, reached_free

Box = tuple[Fraction, Fraction]
"""The interval of a printed number."""
MOST_PEOPLE = 500
_TRIES = 5000


@dataclass(frozen=True, slots=True)
class Sample:
    """The totals of the people, lowest first, or why there are none: ``impossible`` is proven, ``undecided`` is not."""

    totals: tuple[int, ...]
    items: int
    reason: Literal["found", "impossible", "undecided"]

    def __str__(self) -> str:
        """How many people have which score: '3 x 1, 5 x 2'."""
        counts = sorted(Counter(self.totals).items())
        return ", ".join(f"{times} x {_score(total, self.items)}" for total, times in counts)


def _score(total: int, items: int) -> str:
    return str(total // items) if total % items == 0 else f"{total / items:.2f}"


def a_sample(mean: Box, sd: Box, n: int, low: int | None = None, high: int | None = None, items: int = 1) -> Sample:
    """One sample of n people whose mean and SD (with n - 1) lie in these intervals, scores from low to high where given.

    >>> half = Fraction(1, 200)
    >>> str(a_sample((3 - half, 3 + half), (Fraction(158, 100) - half, Fraction(158, 100) + half), 5, 1, 5))
    '1 x 1, 1 x 2, 1 x 3, 1 x 4, 1 x 5'
    """
    if not 2 <= n <= MOST_PEOPLE:
        return Sample((), items, "undecided")
    bottom, top = (None if each is None else each * items for each in (low, high))
    least, most = whole_totals(mean, n * items)
    tries, proven = 0, True
    for total in sorted(range(least, most + 1)[:_TRIES], key=lambda each: (abs(2 * each - least - most), each)):
        squares = _squares(sd, n, total, bottom, top, items)
        proven &= len(squares) <= _TRIES and most - least < _TRIES
        for square in squares[:_TRIES]:
            tries += 1
            if tries > _TRIES:
                return Sample((), items, "undecided")
            if can_be(n, total, square, bottom, top):
                found = _complete(n, total, square, bottom, top)
                return Sample(found, items, "found" if found else "undecided")
    return Sample((), items, "impossible" if proven else "undecided")


def _squares(sd: Box, n: int, total: int, low: int | None, high: int | None, items: int) -> range:
    """The sums of squares of this total whose SD lies in the interval, in steps of two; only those between the bounds."""
    base, by = Fraction(total**2, n), (n - 1) * items**2
    least, most = -(-(base + by * max(sd[0], Fraction(0)) ** 2) // 1), (base + by * sd[1] ** 2) // 1
    least = max(least, flattest(total, n))
    if low is not None and high is not None:
        most = min(most, widest(total, n, low, high))
    return range(least + (least - total) % 2, most + 1, 2)


def flattest(total: int, n: int) -> int:
    """The least sum of squares of n whole numbers with this total.

    >>> flattest(7, 3)
    17
    """
    each, rest = divmod(total, n)
    return (n - rest) * each**2 + rest * (each + 1) ** 2


def widest(total: int, n: int, low: int, high: int) -> int:
    """The greatest sum of squares of n whole numbers from low to high with this total; -1 if they cannot have it.

    >>> widest(7, 3, 1, 4)
    21
    """
    if not n * low <= total <= n * high:
        return -1
    if high == low:
        return n * low**2
    top, rest = divmod(total - n * low, high - low)
    return top * high**2 + (n - top - (top < n)) * low**2 + ((low + rest) ** 2 if top < n else 0)


def can_be(n: int, total: int, square: int, low: int | None = None, high: int | None = None) -> bool:
    """Whether n whole numbers from low to high can have this sum and this sum of squares."""
    if n == 0:
        return total == square == 0
    shift, rest = divmod(total, n)
    twice = square - 2 * shift * total + n * shift**2 - rest
    if twice < 0 or twice % 2 or (low is not None and shift < low):
        return False
    if high is not None and shift + (rest > 0) > high:
        return False
    if n <= 4 and not reached_free(n, rest, twice // 2, twice // 2):
        return False
    return low is None or high is None or _within(n, total - n * low, square - 2 * low * total + n * low**2, high - low)


def _within(n: int, total: int, square: int, width: int) -> bool:
    left = width * total - square
    if left < 0:
        return False
    return left > listed_up_to(width) or reached_between(n, total, width, left, left)


def _complete(n: int, total: int, square: int, low: int | None, high: int | None) -> tuple[int, ...]:
    """Values one after the other, about one SD from the mean by turns; empty where the last ones cannot be had."""
    values: list[int] = []
    while n:
        spread = isqrt(max(0, n * square - total**2)) // n + 1
        near = range(total // n - spread, total // n + spread + 2)
        below = total // n - spread if len(values) % 2 else total // n + spread
        chosen = next(
            (
                value
                for value in sorted(near, key=lambda each: abs(each - below))
                if (low is None or value >= low)
                and (high is None or value <= high)
                and can_be(n - 1, total - value, square - value**2, low, high)
            ),
            None,
        )
        if chosen is None:
            return ()
        values.append(chosen)
        n, total, square = n - 1, total - chosen, square - chosen**2
    return tuple(sorted(values))
