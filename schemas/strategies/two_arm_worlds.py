"""Worlds of two arms, true as printed: counts, means and rates of each, with the effects, intervals and tests of them."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy import special

from schemas import proportions
from schemas import two_groups as groups
from schemas.strategies.counts import normal_quantile
from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.effects import Effect, odds_ratio, risk_difference, risk_ratio
from schemas.strategies.others import p_of
from schemas.strategies.rates import PER

KEY = {"source": "source-1", "study": "study-1", "section": "Table 2", "outcome": "outcome-1"}
METHODS: tuple[tuple[Callable[..., proportions.Limits], str], ...] = (
    (proportions.mid_p, "level"), (proportions.clopper_pearson, "level"), (proportions.jeffreys, "level"),
    (proportions.wilson, "z"), (proportions.wilson_corrected, "z"), (proportions.wald, "z"), (proportions.wald_corrected, "z"),
    (proportions.agresti_coull, "z"), (proportions.plus_four, "z"), (proportions.logit, "z"), (proportions.arcsine, "z"),
)  # fmt: skip
"""How the interval of a percentage is made, and what it takes besides events and total; the first one is slow."""
_LEVEL, _Z = np.array([95.0]), np.array([proportions.z_of(np.array([95.0]))[0]])
RATE_METHODS: tuple[Callable[[groups.Floats], proportions.Limits], ...] = (
    lambda x: proportions.garwood(x, _LEVEL),
    lambda x: proportions.byar(x, _Z),
    lambda x: (x / np.exp(_Z / np.sqrt(x)), x * np.exp(_Z / np.sqrt(x))),
    lambda x: (x + _Z**2 / 2 - _Z * np.sqrt(x + _Z**2 / 4), x + _Z**2 / 2 + _Z * np.sqrt(x + _Z**2 / 4)),
)
"""Limits of the expected number of events."""
BETWEEN = KEY | {"arm": "one", "comparator": "two"}


def two_tables(draw: Draw) -> Tables:
    """Events of two arms, an effect with its interval and P value, and a P value of some customary test."""
    n1, n2 = max(3, draw.size), max(3, round(draw.size * draw.rng.choice([0.5, 1, 1, 2])))
    a, c = (int(draw.rng.binomial(n, draw.rng.beta(0.9, 1.2))) for n in (n1, n2))
    a += not a and not c
    a -= a == n1 and c == n2
    counts = [KEY | {"arm": arm, "events": str(x), "total": str(n)} for arm, x, n in (("one", a, n1), ("two", c, n2))]
    p = _p_of_counts(draw, a, n1, c, n2)
    tables: Tables = {"count": counts, "test": [BETWEEN | {"p": draw.to.p_value(min(p, 1.0))}]}
    return tables | {"effect": [BETWEEN | _effect_of_counts(draw, a, n1, c, n2)]}


def _p_of_counts(draw: Draw, a: int, n1: int, c: int, n2: int) -> float:
    """P by chi-square, with or without Yates's correction, by likelihood, or sometimes by Fisher's test."""
    if draw.maybe(0.1) and n1 + n2 < 400:
        return list(groups.fisher_tests(a, n1, c, n2).values())[draw.between(0, 3)]
    table = (np.array([float(each)]) for each in (a, n1, c, n2))
    which = draw.between(0, 2)
    chi = groups.likelihood_ratio(*table) if which == 2 else groups.chi_square(*table, continuity=which == 1)
    return float(special.chdtrc(1, max(0.0, chi[0])))


def _effect_of_counts(draw: Draw, a: int, n1: int, c: int, n2: int) -> Row:
    """Odds ratio (Woolf or Peto), risk ratio or risk difference, with the Wald interval and P; or without an interval."""
    which = draw.between(0, 3)
    one = (odds_ratio, risk_ratio, risk_difference, peto)[which](a, n1, c, n2)
    level, stated = draw.level()
    low, high = one.interval(level)
    if one.se == 0 or (one.measure == "RD" and not -1 < low < high < 1):
        one = odds_ratio(a, n1, c, n2)
        low, high = one.interval(level)
    number = draw.to.number
    row = {"measure": one.measure, "estimate": number(one.natural(one.y)), "lower": number(low), "upper": number(high)}
    return row | stated | {"p": draw.to.p_value(one.p()), "interval_method": "wald"}


def peto(a: int, n1: int, c: int, n2: int) -> Effect:
    """Peto's odds ratio."""
    one = groups.peto_log_odds_ratio(*(np.array([float(each)]) for each in (a, n1, c, n2)))
    return Effect("OR", float(one.y[0]), float(one.se[0]))


def two_means(draw: Draw) -> Tables:
    """Means of two arms, their difference (plain, standardised or as a ratio) with interval, and a t test."""
    size = max(4, draw.size)
    means, sizes = draw.rng.normal([60.0, 58.0], 2), (size, max(4, round(size * draw.rng.uniform(0.5, 1.5))))
    sds = [9 * math.sqrt(draw.rng.chisquare(n - 1) / (n - 1)) for n in sizes]
    number = draw.to.number
    records = [
        KEY | {"arm": arm, "n": str(n), "mean": number(mean), "sd": number(sd), "unit": "points"}
        for arm, n, mean, sd in zip(("one", "two"), sizes, means, sds, strict=True)
    ]
    given = [np.array([float(each)]) for each in (sizes[0], means[0], sds[0], sizes[1], means[1], sds[1])]
    pooled = draw.maybe(0.5)
    raw = groups.mean_difference(*given, pooled=pooled)
    parts = [np.array([sd**2 / n]) for sd, n in zip(sds, sizes, strict=True)]
    df = sum(sizes) - 2.0 if pooled else float(groups.welch_df(given[0], parts[0], given[3], parts[1])[0])
    t = float(raw.y[0] / raw.se[0])
    test = {"statistic_type": "t", "statistic": number(t, 2), "df1": number(df, 0 if pooled else 1), "tails": "two"}
    test["p"] = draw.to.p_value(float(2 * special.stdtr(df, -abs(t))))
    effect = _effect_of_means(draw, given, raw, df)
    return {"mean": records, "test": [BETWEEN | test], "effect": [BETWEEN | effect]}


def _effect_of_means(draw: Draw, given: list[groups.Floats], raw: groups.Effects, df: float) -> Row:
    which, number = draw.one_of("MD", "MD", "SMD", "ROM"), draw.to.number
    made = {
        "MD": lambda: raw,
        "SMD": lambda: groups.standardised_mean_difference(*given, corrected=draw.maybe(0.7)),
        "ROM": lambda: groups.log_ratio_of_means(*given),
    }[which]()
    level, stated = draw.level()
    quantile = float(special.stdtrit(df, 0.5 + level / 200)) if which == "MD" else normal_quantile(level)
    y, half = float(made.y[0]), quantile * float(made.se[0])
    limits = [math.exp(end) if which == "ROM" else end for end in (y, y - half, y + half)]
    row = {"measure": which} | dict(zip(("estimate", "lower", "upper"), (number(end) for end in limits), strict=True))
    p = float(2 * special.stdtr(df, -abs(y / made.se[0]))) if which == "MD" else 1.0
    return row | stated | ({"p": draw.to.p_value(p)} if which == "MD" else {})


def several_means(draw: Draw) -> Tables:
    """Means of three or four arms, and the one-way analysis of variance."""
    k, number = draw.between(3, 4), draw.to.number
    sizes = [max(3, round(draw.size * draw.rng.uniform(0.5, 1.5))) for _ in range(k)]
    means, sds = draw.rng.normal(60, 2, k), [9 * math.sqrt(draw.rng.chisquare(n - 1) / (n - 1)) for n in sizes]
    names = [f"arm-{place}" for place in range(k)]
    total, n = sum(sizes), np.array(sizes)
    between = float((n * (means - (n * means).sum() / total) ** 2).sum()) / (k - 1)
    within = float(((n - 1) * np.array(sds) ** 2).sum()) / (total - k)
    f = between / within
    test = {"statistic_type": "F", "statistic": number(f, 2), "df1": str(k - 1), "df2": str(total - k)}
    test["p"] = draw.to.p_value(p_of("F", f, k - 1, total - k))
    return {
        "arm": [{"study": "study-1", "arm": name, "label": name, "role": "experimental"} for name in names],
        "mean": [
            KEY | {"arm": name, "n": str(size), "mean": number(mean), "sd": number(sd), "unit": "points"}
            for name, size, mean, sd in zip(names, sizes, means, sds, strict=True)
        ],
        "test": [KEY | test],
    }


def two_rates(draw: Draw) -> Tables:
    """Rates of two arms, each with an interval by some method, and their ratio with its interval."""
    per = PER[draw.between(0, len(PER) - 1)]
    times = [round(max(10, draw.size) * draw.rng.uniform(0.5, 8), 1) for _ in range(2)]
    events = [1 + int(draw.rng.poisson(draw.rng.uniform(0, 0.2) * time)) for time in times]
    records = []
    for arm, x, time in zip(("one", "two"), events, times, strict=True):
        low, high = RATE_METHODS[draw.between(0, 3)](np.array([float(x)]))
        shown = {name: draw.to.number(per * value / time, 3) for name, value in (("rate", x), ("lower", low[0]), ("upper", high[0]))}  # fmt: skip
        records.append(KEY | {"arm": arm, "events": str(x), "person_time": draw.to.number(time, 1), "per": str(per)} | shown)  # fmt: skip
    one = Effect("IRR", math.log(events[0] / times[0] * times[1] / events[1]), math.sqrt(1 / events[0] + 1 / events[1]))
    level, stated = draw.level()
    lower, upper = one.interval(level)
    row = {"measure": "IRR", "estimate": draw.to.number(one.natural(one.y)), "lower": draw.to.number(lower)}
    row |= {"upper": draw.to.number(upper), "p": draw.to.p_value(one.p()), "interval_method": "wald"} | stated
    return {"rate": records, "effect": [BETWEEN | row]}


def one_proportion(draw: Draw) -> Tables:
    """Participants with an event, the events they had, and the interval of the percentage by some method."""
    total = max(1, draw.size)
    events = int(draw.rng.binomial(total, draw.rng.beta(0.7, 0.9)))
    level, stated = draw.level()
    which = draw.between(0, len(METHODS) - 1)
    method, by = METHODS[which if draw.maybe(0.1) or which else 1]
    if method is proportions.logit and events in (0, total):
        method = proportions.wilson
    size = np.array([level]) if by == "level" else proportions.z_of(np.array([level]))
    low, high = method(np.array([float(events)]), np.array([float(total)]), size)
    cells = {"events": str(events), "total": str(total), "episodes": str(events + bool(events) * draw.between(0, 9))}
    cells |= {"lower": draw.to.percent(100 * max(0.0, low[0])), "upper": draw.to.percent(100 * min(1.0, high[0]))}
    return {"count": [KEY | {"arm": "one"} | cells | stated]}


def standard_errors(draw: Draw) -> Tables:
    """An effect with all that can be printed of it: interval, standard error, statistic and P value."""
    se = float(draw.rng.uniform(0.05, 0.6))
    one = Effect(draw.one_of("OR", "RR", "HR", "IRR", "MD", "SMD"), float(draw.rng.normal(0, 2)) * se, se)
    level, stated = draw.level()
    low, high = one.interval(level)
    number = draw.to.number
    row = {"measure": one.measure, "estimate": number(one.natural(one.y)), "lower": number(low), "upper": number(high)}
    row |= {"se": number(se, 3), "statistic": number(one.statistic, 2), "p": draw.to.p_value(one.p())} | stated
    return {"effect": [BETWEEN | row | {"interval_method": "wald"}]}


WORLDS = {
    "two_tables": two_tables, "two_means": two_means, "several_means": several_means, "two_rates": two_rates,
    "one_proportion": one_proportion, "standard_errors": standard_errors,
}  # fmt: skip
"""Name -> world."""
