"""Means: simulated samples of whole-number scores or of measured quantities, and what papers print of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy import special

from schemas.strategies.draw import Draw, Row

QUARTILES = ("linear", "weibull", "hazen", "median_unbiased", "inverted_cdf")
"""Customs for quartiles: statistics packages differ."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Values of a group, each a whole number divided by ``items``; the scale's ends where there is a scale."""

    totals: np.ndarray
    items: int
    scale: tuple[int, int] | None

    def mean(self) -> Fraction:
        """The mean, exactly."""
        return Fraction(int(self.totals.sum()), len(self.totals) * self.items)

    def sd(self) -> float:
        """The standard deviation, with n - 1."""
        size, total = len(self.totals), int(self.totals.sum())
        squares = int((self.totals**2).sum())
        return math.sqrt(Fraction(size * squares - total**2, size * (size - 1))) / self.items

    def value(self, total: float) -> Fraction:
        """One participant's value."""
        return Fraction(float(total)) / self.items

    def quantile(self, share: float, custom: str) -> Fraction:
        """A quantile, by one of the customs."""
        return self.value(float(np.quantile(self.totals, share, method=custom)))  # type: ignore[call-overload]  # one of QUARTILES


def mean(draw: Draw) -> Row:
    """A mean or median as printed, with its spread, range and scale."""
    draw = draw.resized(max(2, draw.size))
    sample = scores(draw) if draw.maybe(0.6) else measured(draw)
    row = {"n": draw.to.count(draw.size)} | described(draw, sample)
    return draw.some_of(row, "n", "sd", "median", leave_out=0.05)


def scores(draw: Draw) -> Sample:
    """Whole-number answers to one or several items of a scale, added up per participant."""
    low, items = draw.between(0, 1), draw.between(1, 6)
    high = low + draw.between(1, 10)
    leaning = draw.rng.beta(1.2, 1.2, size=(draw.size, 1))
    answers = low + draw.rng.binomial(high - low, np.broadcast_to(leaning, (draw.size, items)))
    return Sample(answers.sum(axis=1), items, (low, high))


def measured(draw: Draw) -> Sample:
    """A quantity measured in hundredths: age, weight, time, a change that may be negative."""
    shape = draw.one_of("normal", "skewed", "flat", "change")
    rng, size = draw.rng, draw.size
    values = {
        "normal": lambda: rng.normal(60, 9, size), "skewed": lambda: rng.lognormal(1.5, 0.8, size),
        "flat": lambda: rng.uniform(18, 90, size), "change": lambda: rng.normal(-0.4, 2.5, size),
    }[shape]()  # fmt: skip
    return Sample(np.round(values * 100).astype(np.int64), 100, None)


def described(draw: Draw, sample: Sample) -> Row:
    """What is printed of a sample: any of mean with spread, median with quartiles, range, scale."""
    number = draw.to.number
    row: Row = {"unit": draw.one_of("points", "years")}
    if sample.scale is not None:
        low, high = sample.scale
        row |= {"items": str(sample.items), "whole_numbers": "yes", "scale_min": str(low), "scale_max": str(high)}
    if draw.maybe(0.85):
        row |= {"mean": number(sample.mean()), "sd": number(sample.sd())} | _precision(draw, sample)
    if draw.maybe(0.6):
        custom = draw.one_of(*QUARTILES)
        row |= {"median": number(sample.quantile(0.5, "linear"))}
        if draw.maybe(0.7):
            row |= {"q1": number(sample.quantile(0.25, custom)), "q3": number(sample.quantile(0.75, custom))}
    if draw.maybe(0.5):
        row |= {
            "minimum": number(sample.value(sample.totals.min())),
            "maximum": number(sample.value(sample.totals.max())),
        }
    return row


def _precision(draw: Draw, sample: Sample) -> Row:
    """Standard error and t interval of the mean."""
    size, se = len(sample.totals), sample.sd() / math.sqrt(len(sample.totals))
    row: Row = {}
    if draw.maybe(0.4):
        row["se"] = draw.to.number(se)
    if draw.maybe(0.4):
        level, stated = draw.level()
        half = float(special.stdtrit(size - 1, 0.5 + level / 200)) * se
        middle = float(sample.mean())
        row |= {"lower": draw.to.number(middle - half), "upper": draw.to.number(middle + half)} | stated
    return row
