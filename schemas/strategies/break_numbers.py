"""Breaking identities within one record."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.effects import RATIOS, Effect
from schemas.strategies.others import p_of

PLACE = {"source": "source-1", "study": "study-1"}


def alone(kind: str, row: Row) -> Tables:
    """One record as tables."""
    return {kind: [PLACE | row]}


def precise(draw: Draw) -> Draw:
    """The case with an author who prints percentages with one decimal, without bounds for P."""
    return replace(draw, to=replace(draw.to, decimals=1, style=replace(draw.to.style, p_bounds=False)))


def more_events_than_participants(draw: Draw) -> Tables:
    """Events exceed the total."""
    return alone("count", {"events": draw.to.count(draw.size + draw.between(1, 50)), "total": draw.to.count(draw.size)})


def percentage_of_something_else(draw: Draw) -> Tables:
    """The percentage is off by more than three units of its last place."""
    total = draw.size
    events = draw.between(0, total)
    step = Fraction(1, 10**draw.to.decimals)
    off = step * draw.between(3, 40) * (1 if 2 * events < total else -1)
    percent = draw.to.percent(Fraction(100 * events, total) + off)
    return alone("count", {"events": draw.to.count(events), "total": draw.to.count(total), "percent": percent})


def count_in_pieces(draw: Draw) -> Tables:
    """A count with decimals, or below zero."""
    events = draw.one_of("-3", "2.5", "0.7", "−1")
    return alone("count", {"events": events, "total": draw.to.count(draw.size + 10)})


def percentage_out_of_bounds(draw: Draw) -> Tables:
    """A percentage well above 100 or below 0."""
    return alone("count", {"percent": draw.one_of("104%", "143.2", "-7%", "−12.5%")})


def percentage_of_no_count(draw: Draw) -> Tables:
    """A percentage half-way between two that the total allows."""
    total = 3 + draw.size % 60
    percent = Fraction(100 * (2 * draw.between(0, total - 1) + 1), 2 * total)
    return alone("count", {"total": str(total), "percent": precise(draw).to.percent(percent)})


def limits_swapped(draw: Draw) -> Tables:
    """The lower limit is the upper one."""
    low, middle, high = ordered(draw)
    return alone("effect", {"measure": "HR", "estimate": middle, "lower": high, "upper": low})


def estimate_outside(draw: Draw) -> Tables:
    """The estimate lies beyond its interval."""
    low, middle, high = ordered(draw)
    return alone("effect", {"measure": "HR", "estimate": high, "lower": low, "upper": middle})


def ordered(draw: Draw) -> tuple[str, str, str]:
    """Three ratios that stay in order when printed."""
    middle = draw.rng.uniform(0.8, 1.6)
    return draw.to.number(middle - 0.4, 2), draw.to.number(middle, 2), draw.to.number(middle + 0.5, 2)


def ratio_not_positive(draw: Draw) -> Tables:
    """A ratio below zero."""
    return alone("effect", {"measure": draw.one_of(*RATIOS), "estimate": draw.to.number(-draw.rng.uniform(0.2, 4), 2)})


def measure_out_of_range(draw: Draw) -> Tables:
    """A risk difference, correlation or proportion beyond its largest possible value."""
    measure = draw.one_of("RD", "COR", "proportion")
    return alone("effect", {"measure": measure, "estimate": draw.to.number(draw.rng.uniform(1.1, 3), 2)})


def p_against_interval(draw: Draw) -> Tables:
    """The interval shuts out no effect, but the P value is far from small; or the other way round."""
    draw, clear = precise(draw), draw.maybe(0.5)
    one = Effect(draw.one_of("OR", "RR", "HR", "MD"), 0.9 if clear else 0.02, 0.2)
    low, high = one.interval(95)
    number, p = draw.to.number, draw.to.p_value(draw.rng.uniform(0.2, 0.9) if clear else draw.rng.uniform(0.001, 0.02))
    row = {
        "measure": one.measure,
        "estimate": number(one.natural(one.y), 2),
        "lower": number(low, 2),
        "upper": number(high, 2),
    }
    return alone("effect", row | {"p": p, "interval_method": "wald"})


def impossible_p(draw: Draw) -> Tables:
    """A P value above one, below zero, or less than nothing."""
    return alone("test", {"p": draw.one_of("1.3", "P = 2.04", "-0.02", "<0", "< 0.000")})


def p_of_another_statistic(draw: Draw) -> Tables:
    """The P value is several times what the statistic gives."""
    draw = precise(draw)
    which, df = draw.one_of("t", "chi2", "z"), draw.between(4, 80)
    value = draw.rng.uniform(2.2, 2.8) if which != "chi2" else df + draw.rng.uniform(1, 4) * df**0.5
    p = p_of(which, value, df, df)
    other = min(0.95, p + draw.rng.uniform(0.3, 0.5))
    row = {
        "statistic_type": which,
        "statistic": draw.to.number(value, 2),
        "p": draw.to.number(other, 3),
        "tails": "two",
    }
    return alone("test", row | ({} if which == "z" else {"df1": str(df)}))


def percentage_of_no_total(draw: Draw) -> Tables:
    """A percentage half-way between those that two neighbouring totals give."""
    events = draw.between(1, 3)
    total = events + draw.between(1, 7)
    percent = Fraction(100 * events, 2 * total) + Fraction(100 * events, 2 * (total + 1))
    return alone("count", {"events": str(events), "percent": precise(draw).to.percent(percent)})


def limits_uneven(draw: Draw) -> Tables:
    """The estimate lies close to its lower limit."""
    low = draw.rng.uniform(0.4, 0.6)
    texts = (draw.to.number(each, 2) for each in (low + 0.1, low, low + draw.rng.uniform(1.5, 3)))
    row = dict(zip(("estimate", "lower", "upper"), texts, strict=True))
    return alone("effect", row | {"measure": draw.one_of(*RATIOS), "interval_method": "wald"})


def span_reversed(draw: Draw) -> Tables:
    """The span ends before it starts."""
    start = draw.between(2000, 2015)
    return alone(
        "characteristic", {"characteristic": "period", "low": str(start), "high": str(start - draw.between(1, 12))}
    )


def quartiles_reversed(draw: Draw) -> Tables:
    """The lower quartile is above the median."""
    median = draw.rng.uniform(40, 60)
    return alone(
        "mean",
        {"n": "40", "median": draw.to.number(median, 1), "q1": draw.to.number(median + draw.rng.uniform(1, 9), 1)},
    )


def value_outside_span(draw: Draw) -> Tables:
    """The median age is above the highest."""
    high = draw.between(60, 80)
    row = {"characteristic": "age", "value": str(high + draw.between(2, 15)), "low": "30", "high": str(high)}
    return alone("characteristic", row)


def judged_tool_scored(draw: Draw) -> Tables:
    """A tool without a score is scored."""
    return alone("appraisal", {"tool": draw.one_of("RoB 2", "ROBINS-I", "QUADAS-2"), "score": str(draw.between(1, 7))})
