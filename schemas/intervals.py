"""Columns of intervals: arithmetic on printed numbers that never creates or hides a finding.

Each row holds a closed interval of possible true values. A comparison contradicts only if *no* choice of true values
satisfies it. Columns come in two precisions with one interface: doubles, which are fast and say EDGE where rounding
error could decide, and exact rationals, which the engine uses for exactly those rows and for every flagged one.

>>> events, total = Column.of([22, 36]), Column.of([52, 30])
>>> percent = Column.of([(42.25, 42.35), (42.25, 42.35)])
>>> percent.meets(100 * events / total).codes.tolist()
[0, 1]
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.verdicts import Mask, Verdicts

DUST = 1e-11
"""Relative width of the zone round a boundary in which doubles are not trusted."""
Scalar = int | float | Fraction
Ends = NDArray[Any]
Singles = tuple[NDArray[np.float32], NDArray[np.float32]]


def exact(number: float) -> Fraction | float:
    """The decimal a double was printed from, as a rational; infinities stay as they are.

    >>> exact(0.1)
    Fraction(1, 10)
    """
    return Fraction(repr(float(number))) if math.isfinite(number) else float(number)


_exact = np.frompyfunc(exact, 1, 1)
_floor = np.frompyfunc(lambda x: math.floor(x) if math.isfinite(x) else x, 1, 1)
_ceil = np.frompyfunc(lambda x: math.ceil(x) if math.isfinite(x) else x, 1, 1)


class Column:
    """Intervals, one per row. ``clean``: every end is exact in this precision (whole counts, rationals).

    What is not said when a column is made, which rows are known and whether it is clean, is found when it is asked for.
    """

    __slots__ = ("_clean", "_known", "_single", "high", "low")

    def __init__(
        self,
        low: Ends,
        high: Ends,
        known: Mask | None = None,
        clean: bool | None = False,  # noqa: FBT001, FBT002 - the fourth of four
    ) -> None:
        self.low = low
        self.high = high
        self._known = known
        self._clean = clean
        self._single: Singles | None = None

    @classmethod
    def of(cls, rows: Sequence[Scalar | tuple[Scalar, Scalar] | None]) -> Column:
        """A column of doubles from numbers, pairs of ends, or None for unknown."""
        pairs = [(math.nan, math.nan) if row is None else row if isinstance(row, tuple) else (row, row) for row in rows]
        low, high = (np.array([float(pair[end]) for pair in pairs]) for end in (0, 1))
        return cls.from_ends(low, high)

    @classmethod
    def from_ends(cls, low: NDArray[np.float64], high: NDArray[np.float64]) -> Column:
        """A column of doubles; NaN marks a row without a number, as do two infinite ends."""
        return cls(low, high, None, None)

    @property
    def known(self) -> Mask:
        """Rows with a number."""
        if self._known is None:
            if _all_finite(self.low) or _all_finite(self.high):
                self._known = everyone(len(self.low))
            else:
                self._known = ~(np.isnan(self.low) | (np.isneginf(self.low) & np.isposinf(self.high)))
        return self._known

    @property
    def all_known(self) -> bool:
        """Whether every row has a number."""
        return all_of(self.known)

    @property
    def clean(self) -> bool:
        """Whether every end is exact in this precision."""
        if self._clean is None:
            self._clean = self._is_clean()
        return self._clean

    def _is_clean(self) -> bool:
        low, high, known = self.low, self.high, self.known
        if low is high and self.all_known:
            return _whole(low)
        if low is not high and len(low) and known[0] and low[0] != high[0]:
            return False
        return bool(np.all((low == high) & _whole_rows(low) | ~known))

    @property
    def single(self) -> Singles:
        """The ends in single precision, for a quick look; made once."""
        if self._single is None:
            with np.errstate(over="ignore"):
                low = self.low.astype(np.float32)
                self._single = low, low if self.high is self.low else self.high.astype(np.float32)
        return self._single

    @property
    def low_at_hand(self) -> Ends:
        """One value of each interval, the lowest that needs no working out."""
        return self.low

    @property
    def high_at_hand(self) -> Ends:
        """One value of each interval, the highest that needs no working out."""
        return self.high

    @property
    def rational(self) -> bool:
        """Whether the ends are exact rationals."""
        return self.low.dtype == object

    @property
    def is_point(self) -> Mask:
        """Rows whose interval is a single known value."""
        return _mask(self.known & (self.low == self.high))

    def rationals(self) -> Column:
        """The same column in exact rationals."""
        if self.rational:
            return self
        return Column(_rational(self.low), _rational(self.high), self.known, clean=True)

    def take(self, rows: NDArray[np.intp]) -> Column:
        """The column at these rows."""
        low = self.low[rows]
        return Column(low, low if self.high is self.low else self.high[rows], self.known[rows], self._clean)

    def or_else(self, value: Scalar) -> Column:
        """Unknown rows take this value."""
        if self.all_known:
            return self
        fill: Any = exact(float(value)) if self.rational else float(value)
        low, high = np.where(self.known, self.low, fill), np.where(self.known, self.high, fill)
        return Column(low, high, everyone(len(self.known)), self.clean)

    def is_(self, value: Scalar) -> Mask:
        """Rows known to hold exactly this value."""
        return _mask(self.is_point & (self.low == value))

    # arithmetic

    def __add__(self, other: Column | Scalar) -> Column:
        with np.errstate(invalid="ignore"):
            b = self._column(other)
            return self._result(b, self.low + b.low, self.high + b.high)

    __radd__ = __add__

    def __neg__(self) -> Column:
        return Column(-self.high, -self.low, self.known, self.clean)

    def __sub__(self, other: Column | Scalar) -> Column:
        return self + -self._column(other)

    def __rsub__(self, other: Scalar) -> Column:
        return self._column(other) + -self

    def __mul__(self, other: Column | Scalar) -> Column:
        b = self._column(other)
        with np.errstate(invalid="ignore", over="ignore"):
            corners = [_times(x, y) for x in (self.low, self.high) for y in (b.low, b.high)]
            return self._result(b, _least(corners), _greatest(corners))

    __rmul__ = __mul__

    def __truediv__(self, other: Column | Scalar) -> Column:
        """Division; unknown where the divisor may be zero."""
        b = self._column(other)
        through_zero = b.known & _mask((b.low <= 0) & (b.high >= 0))
        safe = (
            b
            if not through_zero.any()
            else Column(_patched(b.low, through_zero), _patched(b.high, through_zero), b.known)
        )
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            corners = [x / y for x in (self.low, self.high) for y in (safe.low, safe.high)]
        known = self.known & b.known & ~through_zero
        return Column(_least(corners), _greatest(corners), known, clean=self.rational)

    def __rtruediv__(self, other: Scalar) -> Column:
        return self._column(other) / self

    def __abs__(self) -> Column:
        with np.errstate(invalid="ignore"):
            a, b = np.abs(self.low), np.abs(self.high)
            straddles = _mask((self.low <= 0) & (self.high >= 0))
            low = np.where(straddles, _zero(self.rational), np.minimum(a, b))
            return Column(low, np.maximum(a, b), self.known, self.clean)

    def rising(self, function: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Column:
        """Apply an increasing function (log, logit, ...). The result is in doubles: its ends are not exact."""
        with np.errstate(all="ignore"):
            low, high = (function(np.asarray(end, dtype=np.float64)) for end in (self.low, self.high))
        known = self.known & ~(np.isnan(low) | np.isnan(high))
        return Column(low, high, known, clean=False)

    def falling(self, function: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Column:
        """Apply a decreasing function."""
        return -self.rising(lambda end: -function(end))

    def hull(self, other: Column | Scalar) -> Column:
        """The smallest interval that holds both."""
        b = self._column(other)
        return self._result(b, np.minimum(self.low, b.low), np.maximum(self.high, b.high))

    # comparisons

    def meets(self, other: Column | Scalar) -> Verdicts:
        """The two may be equal."""
        b = self._column(other)
        return self._judge(b, _greatest([_minus(self.low, b.high), _minus(b.low, self.high)]))

    def at_most(self, other: Column | Scalar) -> Verdicts:
        """This may be less than or equal to the other."""
        b = self._column(other)
        return self._judge(b, _minus(self.low, b.high))

    def at_least(self, other: Column | Scalar) -> Verdicts:
        """This may be greater than or equal to the other."""
        return self._column(other).at_most(self)

    def may_be_whole(self) -> Verdicts:
        """Some whole number lies inside."""
        if self.rational:
            return Verdicts.of(_mask(_ceil(self.low) > _floor(self.high)), self.known)
        with np.errstate(invalid="ignore"):
            dust = DUST * np.maximum(1.0, np.abs(self.high))
            surely = np.ceil(self.low + dust) <= np.floor(self.high - dust)
            possibly = np.ceil(self.low - dust) <= np.floor(self.high + dust)
        return Verdicts.of(~possibly, self.known, possibly & ~surely)

    def _judge(self, b: Column, gap: Ends) -> Verdicts:
        known = self.known & b.known
        if (self.rational and b.rational) or (self.clean and b.clean):
            with np.errstate(invalid="ignore"):
                return Verdicts.of(_mask(gap > 0) & known, known)
        gap = np.asarray(gap, dtype=np.float64)
        with np.errstate(invalid="ignore"):
            sizes = [np.abs(np.asarray(end, dtype=np.float64)) for end in (self.low, self.high, b.low, b.high)]
            finite = [np.where(np.isfinite(size), size, 0.0) for size in sizes]
            dust = DUST * np.maximum.reduce(finite)
            return Verdicts.of(gap > dust, known, np.abs(gap) <= dust)

    def _column(self, other: Column | Scalar) -> Column:
        if isinstance(other, Column):
            return other.rationals() if self.rational and other.clean else other
        value = exact(float(other)) if self.rational and not isinstance(other, Fraction) else other
        ends = np.full(len(self.low), value, dtype=self.low.dtype)
        return Column(ends, ends, everyone(len(ends)), self.rational or float(other).is_integer())

    def _result(self, b: Column, low: Ends, high: Ends) -> Column:
        return Column(low, high, self.known & b.known, self.clean and b.clean)


@functools.lru_cache(maxsize=16)
def everyone(rows: int) -> Mask:
    """Every one of so many rows; shared, and not to be written to."""
    found = np.ones(rows, dtype=bool)
    found.flags.writeable = False
    return found


@functools.lru_cache(maxsize=16)
def nobody(rows: int) -> Mask:
    """None of so many rows; shared, and not to be written to."""
    found = np.zeros(rows, dtype=bool)
    found.flags.writeable = False
    return found


def all_of(rows: Mask) -> bool:
    """Whether the mask holds for every row."""
    return rows is everyone(len(rows)) or bool(rows.all())


def _all_finite(ends: NDArray[np.float64]) -> bool:
    """Whether all ends surely are finite; one pass, for an infinite end or none at all makes the sum so."""
    with np.errstate(invalid="ignore", over="ignore"):
        return bool(np.isfinite(ends.sum()))


def _whole(ends: NDArray[np.float64]) -> bool:
    if not len(ends):
        return True
    return bool(np.array_equal(np.floor(ends), ends) and ends.min() > -(2**40) and ends.max() < 2**40)


def _whole_rows(ends: NDArray[np.float64]) -> Mask:
    return _mask((np.floor(ends) == ends) & (np.abs(ends) < 2**40))


def _mask(condition: Any) -> Mask:  # noqa: ANN401 - comparisons of object arrays have no type of their own
    return np.asarray(condition, dtype=bool)


def _rational(ends: Ends) -> Ends:
    return np.asarray(_exact(ends), dtype=object)


def _zero(rational: bool) -> Any:  # noqa: ANN401, FBT001 - a double or a rational, as the ends are
    return Fraction(0) if rational else 0.0


def _times(x: Ends, y: Ends) -> Ends:
    """X times y, where zero times infinity is zero: the ends are limits of finite values."""
    zero = _mask((x == 0) | (y == 0))
    return np.where(zero, _zero(x.dtype == object), x * y) if zero.any() else x * y


def _minus(x: Ends, y: Ends) -> Ends:
    """X - y, where infinities of one sign leave no gap."""
    with np.errstate(invalid="ignore"):
        return x - y


def _patched(end: Ends, rows: Mask) -> Ends:
    return np.where(rows, 1 if end.dtype == object else 1.0, end)


def _least(ends: list[Ends]) -> Ends:
    with np.errstate(invalid="ignore"):
        return functools.reduce(np.minimum, ends)


def _greatest(ends: list[Ends]) -> Ends:
    with np.errstate(invalid="ignore"):
        return functools.reduce(np.maximum, ends)
