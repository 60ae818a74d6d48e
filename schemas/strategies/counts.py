"""Counts: events out of a total, the percentage, and its interval by one of three customary methods."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from scipy import special

from schemas.strategies.draw import Draw, Row
from schemas.strategies.kaplan_meier import curve_of
from schemas.strategies.lifetimes import censored


def normal_quantile(level: float) -> float:
    """The two-sided normal quantile of a level in percent."""
    return float(special.ndtri(0.5 + level / 200))


def clopper_pearson(events: int, total: int, level: float = 95) -> tuple[float, float]:
    """The exact interval of a proportion. Clopper and Pearson 1934, Biometrika 26:404."""
    tail = (1 - level / 100) / 2
    low = 0.0 if events == 0 else float(special.betaincinv(events, total - events + 1, tail))
    high = 1.0 if events == total else float(special.betaincinv(events + 1, total - events, 1 - tail))
    return low, high


def wilson(events: int, total: int, level: float = 95) -> tuple[float, float]:
    """The score interval of a proportion. Wilson 1927, J Am Stat Assoc 22:209."""
    z, p = normal_quantile(level), events / total
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * float(np.sqrt(p * (1 - p) / total + z * z / (4 * total**2)))
    low = 0.0 if events == 0 else max(0.0, middle - half)
    high = 1.0 if events == total else min(1.0, middle + half)
    return low, high


def wald(events: int, total: int, level: float = 95) -> tuple[float, float]:
    """The proportion plus or minus z standard errors, cut off at 0 and 1 as software prints it."""
    p = events / total
    half = normal_quantile(level) * float(np.sqrt(p * (1 - p) / total))
    return max(0.0, p - half), min(1.0, p + half)


METHODS = (clopper_pearson, wilson, wald)


def count(draw: Draw) -> Row:
    """A count as printed; one in ten is a Kaplan-Meier estimate, which is no simple proportion."""
    if draw.maybe(0.1) and draw.size >= 10:
        return _kaplan_meier_count(draw)
    total = max(1, draw.size)
    events = int(draw.rng.binomial(total, draw.rng.beta(0.7, 0.9)))
    row = counted(draw, events, total)
    if draw.maybe(0.5):
        row |= interval_of(draw, events, total)
    return draw.some_of(row, "events", "total", "percent", leave_out=0.05)


def counted(draw: Draw, events: int, total: int) -> Row:
    """Events, total and percentage of one group."""
    to = draw.to
    return {"events": to.count(events), "total": to.count(total), "percent": to.percent(Fraction(100 * events, total))}


def interval_of(draw: Draw, events: int, total: int) -> Row:
    """The interval of the percentage, by an exact, score or Wald method."""
    level, stated = draw.level()
    low, high = METHODS[draw.between(0, 2)](events, total, level)
    return {"lower": draw.to.percent(100 * low), "upper": draw.to.percent(100 * high)} | stated


def _kaplan_meier_count(draw: Draw) -> Row:
    """Events by a time among participants of whom some were lost: the percentage is one minus Kaplan-Meier."""
    people = censored(draw.rng, draw.size)
    curve = curve_of(people)
    at = float(np.quantile(people.time, draw.rng.uniform(0.2, 0.9)))
    events = int(people.event[people.time <= at].sum())
    percent = draw.to.percent(100 * (1 - curve.at(at)))
    row = {"events": draw.to.count(events), "total": draw.to.count(draw.size), "percent": percent}
    return row | {"estimator": "kaplan_meier"}
