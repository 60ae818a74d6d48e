"""Rates: events over person-time, and the interval by one of the customary methods."""

from __future__ import annotations

import math

from scipy import special

from schemas.strategies.counts import normal_quantile
from schemas.strategies.draw import Draw, Row

PER = (1, 10, 100, 1000, 100_000)
"""Person-time that rates are customarily given for."""


def exact_interval(events: int, level: float = 95) -> tuple[float, float]:
    """The exact interval of a Poisson mean. Garwood 1936, Biometrika 28:437."""
    tail = (1 - level / 100) / 2
    low = 0.0 if events == 0 else float(special.gammaincinv(events, tail))
    return low, float(special.gammaincinv(events + 1, 1 - tail))


def log_interval(events: int, level: float = 95) -> tuple[float, float]:
    """The Wald interval on the log scale, for at least one event."""
    factor = math.exp(normal_quantile(level) / math.sqrt(events))
    return events / factor, events * factor


def wald_interval(events: int, level: float = 95) -> tuple[float, float]:
    """Plus or minus z times the root of the events, cut off at zero."""
    half = normal_quantile(level) * math.sqrt(events)
    return max(0.0, events - half), events + half


METHODS = (exact_interval, log_interval, wald_interval)


def rate(draw: Draw) -> Row:
    """A rate as printed, with its events, its person-time and often its interval."""
    person_time = round(draw.size * draw.rng.uniform(0.5, 8), 1)
    events = int(draw.rng.poisson(draw.rng.uniform(0, 0.2) * person_time))
    return draw.some_of(rated(draw, events, person_time), "events", "person_time", "rate", leave_out=0.05)


def rated(draw: Draw, events: int, person_time: float) -> Row:
    """So many events over so much person-time, as printed."""
    per = PER[draw.between(0, len(PER) - 1)]
    number = draw.to.number
    row = {"events": draw.to.count(events), "person_time": number(person_time, 1), "per": str(per)}
    row["rate"] = number(per * events / person_time, 2)
    if draw.maybe(0.5) and events:
        level, stated = draw.level()
        low, high = (per * end / person_time for end in METHODS[draw.between(0, 2)](events, level))
        row |= {"lower": number(low, 2), "upper": number(high, 2)} | stated
    return row
