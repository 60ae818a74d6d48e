"""Printed means and standard deviations of whole numbers, as whole numbers over a power of ten."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.intervals import Column
from schemas.verdicts import Mask

Whole = NDArray[Any]
"""Whole numbers: of the machine where all products fit, of Python otherwise."""
SAFE = 2.0**60
_PLACES = 6
_WIDEST = 10**6


@dataclass(frozen=True, eq=False, slots=True)
class Scores:
    """Rows of printed means and SDs of whole numbers, as whole numbers over a power of ten (``mean_unit``, ``sd_unit``).

    ``low`` and ``high`` bound a person's total where ``floor`` and ``ceiling`` say so. ``fixed`` people of each row are
    known to have the totals ``first`` and ``second``. ``with_se``: the SE is printed too. Where ``halves`` is not 0, that many people are at or under
    ``below`` and as many at or over ``above``; a person between them has both.
    """

    n: Whole
    items: Whole
    mean_low: Whole
    mean_high: Whole
    mean_unit: Whole
    sd_low: Whole
    sd_high: Whole
    sd_unit: Whole
    low: Whole
    high: Whole
    floor: Mask
    ceiling: Mask
    fixed: Whole
    first: Whole
    second: Whole
    halves: Whole
    below: Whole
    above: Whole
    se_low: Whole
    se_high: Whole
    se_unit: Whole
    with_se: Mask

    def take(self, rows: NDArray[np.intp]) -> Scores:
        """The scores of these rows."""
        return Scores(*(getattr(self, each.name)[rows] for each in fields(self)))

    def narrowed(self) -> Scores:
        """The same in numbers of the machine."""
        made = (getattr(self, each.name) for each in fields(self))
        return Scores(*(each if each.dtype == bool else each.astype(np.int64) for each in made))

    def narrowed_to(self, **changed: Any) -> Scores:  # noqa: ANN401 - columns of the class
        """The same people with more known of them."""
        return replace(self, **changed)

    def totals(self) -> tuple[Whole, Whole]:
        """The least and the greatest sum of all totals that the mean, and the limits, allow."""
        responses = self.n * self.items
        least = -(-self.mean_low * responses // self.mean_unit)
        most = self.mean_high * responses // self.mean_unit
        least = np.where(self.floor, np.maximum(least, self.n * self.low), least)
        return least, np.where(self.ceiling, np.minimum(most, self.n * self.high), most)


@dataclass(frozen=True, eq=False, slots=True)
class Read:
    """Scores read from columns: ``usable`` rows can be judged; in ``vague`` ones doubles do not hold what was printed."""

    scores: Scores
    usable: Mask
    vague: Mask


def read(
    mean: Column, sd: Column, n: Column, items: Column, low: Column, high: Column, change: Mask | None = None,
    se: Column | None = None,
) -> Read:  # fmt: skip
    """Scores from printed columns. ``low`` and ``high`` are the ends of the scale of one item; of a ``change`` they turn round zero."""
    bottom, has_bottom = scale_end(low, up=True)
    top, has_top = scale_end(high, up=False)
    if change is not None and change.any():
        span, both = top - bottom, has_bottom & has_top
        bottom, top = np.where(change, -span, bottom), np.where(change, span, top)
        has_bottom, has_top = np.where(change, both, has_bottom), np.where(change, both, has_top)
    people, averaged = _point(n), _point(items.or_else(1))
    usable = mean.known & sd.known & n.is_point & items.or_else(1).is_point & (people >= 2) & (averaged >= 1)
    usable &= _finite(mean) & _finite(sd) & ~(has_bottom & has_top & (bottom > top))
    mean_low, mean_high, mean_unit, vague = _in_units(mean, usable)
    sd_low, sd_high, sd_unit, also = _in_units(sd, usable)
    nothing = np.zeros(len(people), dtype=object)
    with_se = usable & se.known & _finite(se) if se is not None else np.zeros(len(people), dtype=bool)
    se_low, se_high, se_unit, too = _in_units(mean if se is None else se, with_se)
    scores = Scores(
        people, averaged, mean_low, mean_high, mean_unit, np.maximum(sd_low, 0), sd_high, sd_unit,
        averaged * bottom, averaged * top, has_bottom & usable, has_top & usable, *(nothing,) * 6,
        np.maximum(se_low, 0), se_high, se_unit, with_se,
    )  # fmt: skip
    return Read(scores, usable & np.asarray(sd_high >= 0, dtype=bool), vague | also | too)


def scale_end(end: Column, *, up: bool) -> tuple[Whole, Mask]:
    """An end of a scale as a whole number, and where it is known. The ends of a scale are definitions: not rounded."""
    known = end.known & _finite(end)
    width = np.where(known, end.high - end.low, 0)
    middle = np.where(known, end.low + end.high, 0) / 2
    # a cell that can be read in two ways spans more than a rounding: then its lenient end is taken
    value = np.where(np.asarray(width > 1, dtype=bool), np.where(known, end.low if up else end.high, 0), middle)
    rounded = np.array([_toward(each, up=up) for each in value.tolist()], dtype=object)
    return rounded, known & np.asarray(np.abs(rounded) <= _WIDEST, dtype=bool)


def _toward(value: Any, *, up: bool) -> int:  # noqa: ANN401 - a double or a rational
    nearest: int = round(value)
    if abs(value - nearest) < Fraction(1, 10**9):
        return nearest
    return int(-(-value // 1)) if up else int(value // 1)


def _finite(column: Column) -> Mask:
    ends = (np.asarray(end, dtype=np.float64) for end in (column.low, column.high))
    low, high = (np.isfinite(end) for end in ends)
    return np.asarray(low & high, dtype=bool)


def _point(column: Column) -> Whole:
    """The whole number in each row that holds one; -1 elsewhere."""
    ends = np.asarray(column.low, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        whole = column.is_point & (np.floor(ends) == ends) & (np.abs(ends) < SAFE)
    return np.where(whole, ends, -1).astype(np.int64).astype(object)


def _in_units(column: Column, usable: Mask) -> tuple[Whole, Whole, Whole, Mask]:
    """Both ends as whole numbers over one unit, and the rows where doubles leave it open which those are."""
    if column.rational:
        return *_of_rationals(column, usable), np.zeros(len(usable), dtype=bool)
    low, high = (np.where(usable, end, 0.0) for end in (column.low, column.high))
    unit, left = np.ones(len(low), dtype=np.int64), np.ones(len(low), dtype=bool)
    for places in range(_PLACES + 1):
        ends = [end * 10.0**places for end in (low, high)]
        near = np.logical_and.reduce([np.abs(x - np.rint(x)) <= 1e-9 * np.maximum(1.0, np.abs(x)) for x in ends])
        unit[left & near] = 10**places
        left &= ~near
    wide = np.maximum(np.abs(low), np.abs(high)) * unit > 2.0**50
    whole = [np.where(left | wide, 0, np.rint(end * unit)).astype(np.int64).astype(object) for end in (low, high)]
    return whole[0], whole[1], unit.astype(object), (left | wide) & usable


def _of_rationals(column: Column, usable: Mask) -> tuple[Whole, Whole, Whole]:
    low, high, units = [], [], []
    for a, b, known in zip(column.low, column.high, usable, strict=True):
        ends = [Fraction(a), Fraction(b)] if known else [Fraction(0), Fraction(0)]
        unit = lcm(ends[0].denominator, ends[1].denominator)
        low.append(int(ends[0] * unit))
        high.append(int(ends[1] * unit))
        units.append(unit)
    return tuple(_objects(each) for each in (low, high, units))  # type: ignore[return-value]  # three lists, three arrays


def _objects(numbers: list[int]) -> Whole:
    made = np.empty(len(numbers), dtype=object)
    made[:] = numbers
    return made
