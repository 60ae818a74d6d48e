"""Effects of one study: ratios and differences from simulated tables, samples and event times."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from schemas.strategies.counts import METHODS, normal_quantile
from schemas.strategies.draw import Draw, Row

RATIOS = ("OR", "RR", "HR", "IRR", "ROM")


@dataclass(frozen=True, slots=True)
class Effect:
    """An estimate and its standard error on the scale of analysis.

    That is the logarithm for ratios, Fisher's z for correlations, the scale itself for differences. ``df`` where the
    t distribution is used, else None.
    """

    measure: str
    y: float
    se: float
    df: int | None = None

    def natural(self, y: float) -> float:
        """From the scale of analysis to the scale people read."""
        if self.measure in RATIOS:
            return math.exp(y)
        return math.tanh(y) if self.measure == "COR" else y

    def interval(self, level: float) -> tuple[float, float]:
        """The limits, on the scale people read."""
        quantile = normal_quantile(level) if self.df is None else float(special.stdtrit(self.df, 0.5 + level / 200))
        return self.natural(self.y - quantile * self.se), self.natural(self.y + quantile * self.se)

    @property
    def statistic(self) -> float:
        """The estimate in standard errors."""
        return self.y / self.se

    def p(self) -> float:
        """The two-sided P value against no effect."""
        size = -abs(self.statistic)
        return float(2 * (special.ndtr(size) if self.df is None else special.stdtr(self.df, size)))


def odds_ratio(a: float, n1: float, c: float, n2: float) -> Effect:
    """Log odds ratio and its Wald standard error; one half is added to every cell if one is empty."""
    cells = np.array([a, n1 - a, c, n2 - c], dtype=float)
    cells += 0.5 * bool((cells == 0).any())
    y = math.log(cells[0] * cells[3] / (cells[1] * cells[2]))
    return Effect("OR", y, float(np.sqrt((1 / cells).sum())))


def risk_ratio(a: float, n1: float, c: float, n2: float) -> Effect:
    """Log risk ratio and its Wald standard error; with an empty cell, one half is added to the events."""
    if not a or not c or (a == n1 and c == n2):
        a, n1, c, n2 = a + 0.5, n1 + 1, c + 0.5, n2 + 1
    return Effect("RR", math.log(a / n1 * n2 / c), math.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2))


def risk_difference(a: float, n1: float, c: float, n2: float) -> Effect:
    """Risk difference and its unpooled standard error."""
    p1, p2 = a / n1, c / n2
    return Effect("RD", p1 - p2, math.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2))


def effect(draw: Draw) -> Row:
    """An effect as printed, of any measure."""
    make = MAKERS[draw.between(0, len(MAKERS) - 1)]
    return make(draw.resized(max(8, draw.size)))


def effect_row(draw: Draw, one: Effect) -> Row:
    """What is printed of an effect: always the estimate, mostly the interval, often P, se or the statistic."""
    level, stated = draw.level()
    low, high = one.interval(level)
    number = draw.to.number
    row = {
        "measure": one.measure,
        "estimate": number(one.natural(one.y)),
        "interval_method": "unknown" if one.df else draw.one_of("wald", "unknown"),
    }
    if draw.maybe(0.85):
        row |= {"lower": number(low), "upper": number(high)} | stated
    if draw.maybe(0.7):
        row["p"] = draw.to.p_value(one.p())
    if draw.maybe(0.3):
        row["se"] = number(one.se)
    if draw.maybe(0.3):
        row["statistic"] = number(one.statistic)
    return row | ({"df": str(one.df)} if one.df and draw.maybe(0.7) else {})


def two_by_two(draw: Draw) -> tuple[int, int, int, int]:
    """Events and totals of two groups, none of the cells empty."""
    n1 = draw.size
    n2 = max(8, round(n1 * float(draw.rng.choice([0.5, 1, 1, 2]))))
    a, c = (int(np.clip(draw.rng.binomial(n, draw.rng.beta(1.2, 1.5)), 1, n - 1)) for n in (n1, n2))
    return a, n1, c, n2


def _from_table(make: Callable[[float, float, float, float], Effect]) -> Callable[[Draw], Row]:
    return lambda draw: effect_row(draw, make(*two_by_two(draw)))


def _mean_difference(draw: Draw) -> Row:
    """Two normal samples; pooled variance and Student's t."""
    n1, n2 = draw.size, draw.between(4, 60)
    one, two = draw.rng.normal(0.3, 1, n1) * 8, draw.rng.normal(0, 1, n2) * 8
    df = n1 + n2 - 2
    pooled = ((n1 - 1) * one.var(ddof=1) + (n2 - 1) * two.var(ddof=1)) / df
    return effect_row(draw, Effect("MD", float(one.mean() - two.mean()), math.sqrt(pooled * (1 / n1 + 1 / n2)), df))


def _standardised(draw: Draw) -> Row:
    """Hedges' g with its usual large-sample standard error."""
    n1, n2 = draw.size, draw.between(4, 60)
    g = float(draw.rng.normal(0.2, 0.5))
    return effect_row(draw, Effect("SMD", g, math.sqrt(1 / n1 + 1 / n2 + g * g / (2 * (n1 + n2)))))


def hazard_ratio(draw: Draw) -> Effect:
    """A Cox-like estimate: normal on the log scale, with the information that two equal arms' events give."""
    events = max(6, int(draw.size * draw.rng.uniform(0.3, 0.95)))
    se = 2 / math.sqrt(events) * float(draw.rng.uniform(1.02, 1.2))
    return Effect("HR", float(draw.rng.normal(-0.2, 0.4)), se)


def _hazard(draw: Draw) -> Row:
    return effect_row(draw, hazard_ratio(draw))


def _rate_ratio(draw: Draw) -> Row:
    x1, x2 = draw.between(2, 200), draw.between(2, 200)
    time1, time2 = draw.rng.uniform(50, 900, 2)
    return effect_row(draw, Effect("IRR", math.log(x1 / time1 * time2 / x2), math.sqrt(1 / x1 + 1 / x2)))


def _correlation(draw: Draw) -> Row:
    """Fisher's z interval; P from the same z."""
    return effect_row(draw, Effect("COR", float(draw.rng.normal(0.2, 0.5)), 1 / math.sqrt(draw.size - 3)))


def _proportion(draw: Draw) -> Row:
    """A single group's proportion by an exact or score method."""
    total, level = draw.size, 95.0
    events = int(draw.rng.binomial(total, draw.rng.beta(0.8, 1)))
    which = draw.between(0, 1)
    low, high = METHODS[which](events, total, level)
    proportion = draw.to.proportion
    row = {
        "measure": "proportion",
        "estimate": proportion(events / total),
        "lower": proportion(low),
        "upper": proportion(high),
    }
    return row | {"interval_method": ("exact", "score")[which]}


MAKERS: tuple[Callable[[Draw], Row], ...] = (
    _from_table(odds_ratio), _from_table(risk_ratio), _from_table(risk_difference), _mean_difference, _standardised,
    _hazard, _hazard, _rate_ratio, _correlation, _proportion,
)  # fmt: skip
