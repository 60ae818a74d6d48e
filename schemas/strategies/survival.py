"""Survival results: landmark rates and medians read off a simulated Kaplan-Meier curve."""

from __future__ import annotations

import math

from schemas.strategies.counts import normal_quantile
from schemas.strategies.draw import Draw, Row
from schemas.strategies.kaplan_meier import Curve, curve_of
from schemas.strategies.lifetimes import censored

LANDMARKS = (6, 12, 18, 24, 36, 48, 60)
"""Months."""


def survival(draw: Draw) -> Row:
    """A landmark rate or a median of one group, or both in one row."""
    draw = draw.resized(max(5, draw.size))
    curve = curve_of(censored(draw.rng, draw.size))
    reached = [month for month in LANDMARKS if month < curve.last()]
    level, stated = draw.level()
    row = followed(draw, curve)
    if reached and draw.maybe(0.6):
        month = int(draw.rng.choice(reached))
        row |= time_of(draw, month) | landmark(draw, curve, month, level)
        row |= median(draw, curve, level) if draw.maybe(0.15) else {}
    else:
        row |= median(draw, curve, level)
    return row | (stated if {"lower", "rate_lower"} & set(row) else {})


def followed(draw: Draw, curve: Curve) -> Row:
    """Participants followed and events seen in the whole follow-up, in most records."""
    row = {"total": draw.to.count(len(curve.people.time)), "events": draw.to.count(int(curve.people.event.sum()))}
    return draw.some_of(row, "total", "events", leave_out=0.3)


def landmark(draw: Draw, curve: Curve, month: int, level: float = 95) -> Row:
    """The percentage free of the event at a month."""
    row = {"rate": draw.to.percent(100 * curve.at(month))}
    if draw.maybe(0.5):
        low, high = curve.interval(month, normal_quantile(level), log_log=draw.maybe(0.5))
        row |= {"rate_lower": draw.to.percent(100 * low), "rate_upper": draw.to.percent(100 * high)}
    if draw.maybe(0.5):
        row["at_risk"] = draw.to.count(curve.at_risk(month))
    return row


def time_of(draw: Draw, month: int) -> Row:
    """How a landmark is called: in months or in years."""
    years = month % 12 == 0 and draw.maybe(0.5)
    time = f"{month // 12} year{'s' if month > 12 else ''}" if years else f"{month} months"
    return {"timepoint": time, "time": time}


def median(draw: Draw, curve: Curve, level: float = 95) -> Row:
    """The median time, with its interval in most records."""
    unit = draw.one_of(" months", "")
    row = {"median": time_text(draw, curve.median(), unit)}
    if draw.maybe(0.6):
        low, high = curve.median_interval(normal_quantile(level), log_log=draw.maybe(0.5))
        row |= {"lower": time_text(draw, low, ""), "upper": time_text(draw, high, "")}
    return row | ({} if unit else {"time_unit": "months"})


def time_text(draw: Draw, months: float, unit: str) -> str:
    """A time with one decimal, or a word where half was never reached."""
    if math.isinf(months):
        return draw.one_of("not reached", "NYR", "NE")
    return draw.to.number(months, 1) + unit
