"""Simulated facts for the benchmark: truths printed rounded, so that they contradict nothing, and a share broken on purpose.

Every number is kept as a whole number of its last printed place: percentages in tenths, ratios in hundredths.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

CHUNK = 250_000
"""Rows made at a time; every chunk has a random stream of its own, so that the same rows come out everywhere."""
CRITICAL = special.ndtri(0.975)
BELOW = 0
"""Thousandths of a P value printed as "<0.001"."""
MEASURES = ("OR", "RR", "HR")

Whole = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counts:
    """Events out of a total with a percentage at one decimal."""

    events: Whole
    total: Whole
    percent: Whole


@dataclass(frozen=True, slots=True)
class Effects:
    """A ratio with its Wald interval at two decimals, and its P value at three."""

    measure: Whole
    estimate: Whole
    lower: Whole
    upper: Whole
    p: Whole


@dataclass(frozen=True, slots=True)
class Means:
    """A mean of roughly normal values: mean, SD, limits, median and quartiles at one decimal, SE at two."""

    n: Whole
    mean: Whole
    sd: Whole
    se: Whole
    lower: Whole
    upper: Whole
    median: Whole
    q1: Whole
    q3: Whole


def stream(name: str, start: int) -> np.random.Generator:
    """The random numbers of one chunk of one kind."""
    return np.random.default_rng([2026, *name.encode(), start])


def counts(size: int, start: int, broken: float) -> Counts:
    """So many counts; of the broken share one third each fails COUNT-001, COUNT-002, or PERCENT-001 with COUNT-002."""
    random = stream("count", start)
    total = random.integers(10, 2000, size)
    events = random.binomial(total, random.random(size))
    which = _breaks(random, size, broken)
    total = np.where(which == 1, random.integers(3000, 6000, size), total)
    events = np.where(which == 1, total + 1, events)  # 100.02% still prints as 100.0%
    percent = (2000 * events + total) // (2 * total)
    off = np.where(percent > 500, percent - random.integers(20, 300, size), percent + random.integers(20, 300, size))
    percent = np.where(which == 2, off, percent)
    percent = np.where(which == 3, 1000 + random.integers(10, 100, size), percent)
    return Counts(events, total, percent)


def effects(size: int, start: int, broken: float) -> Effects:
    """So many effects; of the broken share one third each fails EFFECT-001, EFFECT-005 and EFFECT-006, and no other."""
    random = stream("effect", start)
    which = _breaks(random, size, broken)
    truth = np.clip(random.normal(0, 0.5, size), -1.2, 1.2)
    error = np.where(which > 0, random.uniform(0.2, 0.3, size), random.uniform(0.05, 0.45, size))
    p = 2 * special.ndtr(-np.abs(truth) / error)
    printed_p = np.where(p < 0.001, BELOW, np.rint(1000 * p)).astype(np.int64)
    wrong_p = np.where(p < 0.25, random.integers(600, 900, size), BELOW)
    lower, upper = (truth + side * CRITICAL * error for side in (-1, 1))
    # An interval moved off its estimate, to the side on which it decides about the null value as before.
    aside = 0.3 * np.sign(truth) * np.where(p < 0.05, 1, -1)
    lower, upper = (np.where(which == 2, end + aside, end) for end in (lower, upper))
    lower, upper = (np.rint(100 * np.exp(end)).astype(np.int64) for end in (lower, upper))
    swapped = which == 1
    return Effects(
        random.integers(0, len(MEASURES), size),
        np.rint(100 * np.exp(truth)).astype(np.int64),
        np.where(swapped, upper, lower),
        np.where(swapped, lower, upper),
        np.where(which == 3, wrong_p, printed_p),
    )


def means(size: int, start: int, broken: float) -> Means:
    """So many means; of the broken share one third each has limits swapped, a quartile beyond the other, or an SE doubled."""
    random = stream("mean", start)
    which = _breaks(random, size, broken)
    n = random.integers(30, 400, size)
    mean, sd = random.uniform(30, 80, size), random.uniform(4, 12, size)
    se = sd / np.sqrt(n)
    sides = (-CRITICAL * se, CRITICAL * se)
    lower, upper = (_tenths(mean + np.where(which == 1, -side, side)) for side in sides)
    median = mean + random.uniform(-0.3, 0.3, size) * se
    quarter = special.ndtri(0.75) * sd
    q1, q3 = (_tenths(median + np.where(which == 2, -side, side)) for side in (-quarter, quarter))
    doubled = np.rint(100 * np.where(which == 3, 2 * se, se)).astype(np.int64)
    return Means(n, _tenths(mean), _tenths(sd), doubled, lower, upper, _tenths(median), q1, q3)


def _breaks(random: np.random.Generator, size: int, share: float) -> Whole:
    """0 for a row that is left alone, else which of three slips is made in it."""
    return np.where(random.random(size) < share, random.integers(1, 4, size), 0)


def _tenths(values: Floats) -> Whole:
    return np.rint(10 * values).astype(np.int64)
