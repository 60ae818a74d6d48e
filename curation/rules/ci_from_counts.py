"""EFFECT-010. Catalogue 28: a two-by-two table gives the interval of its effect."""

import numpy as np

from curation.engine.rule import rule
from schemas.fits import names, point
from schemas.proportions import z_of
from schemas.scales import nominal_level
from schemas.two_group_fits import MAKERS, closed_intervals, interval_fits
from schemas.verdicts import Verdicts
from schemas.wording import decimals

TABLE = ("events", "total", "comparator_events", "comparator_total")
LEVELS = (90.0, 95.0, 99.0)


def _world(one="12", of_one="40", two="20", of_two="42", **effect):
    key = dict(study="s", outcome="cr")
    return [
        dict(kind="count", arm="len", events=one, total=of_one, **key), dict(kind="count", arm="dex", events=two, total=of_two, **key),
        dict(kind="effect", arm="len", comparator="dex", **key) | effect,
    ]  # fmt: skip


@rule(
    "EFFECT-010",
    severity="warning",
    source="Miettinen and Nurminen 1985, Statistics in Medicine 4:213; Newcombe 1998, Statistics in Medicine 17:873",
    rows="""
        SELECT c.*, e.measure, e.estimate, e.lower, e.upper, e.level, e.interval_method FROM compared_counts c JOIN effect e USING (record)
        WHERE c.kind = 'effect' AND e.measure IN ('OR', 'RR', 'RD') AND e.lower IS NOT NULL AND e.upper IS NOT NULL
    """,
    field="lower",
    after=["COUNT-001", "COUNT-003", "EFFECT-001", "EFFECT-002", "EFFECT-003", "EFFECT-004", "EFFECT-009"],
    consistent=[
        _world(measure="OR", estimate="0.47", lower="0.19", upper="1.17"), _world(measure="RR", estimate="0.63", lower="0.36", upper="1.11"),
        _world(measure="RD", estimate="-17.6%", lower="-38.4%", upper="3.1%"),
        _world("1", "10", "6", "10", measure="OR", estimate="0.08", lower="0.00", upper="1.05", interval_method="exact"),
    ],
    inconsistent=[
        _world(measure="OR", estimate="0.47", lower="0.25", upper="0.90"), _world(measure="RR", estimate="0.63", lower="0.46", upper="0.87"),
        _world(measure="RD", estimate="-17.6%", lower="-44.8%", upper="9.6%"),
    ],
    cannot_tell=[_world(measure="OR", estimate="0.47", lower="NE", upper="1.17"), _world("3|9?", measure="OR", estimate="0.47", lower="0.19", upper="1.17")],
    limits=(
        "Tried: Wald with and without one half added, test-based, score, Miettinen-Nurminen, profile likelihood, and for the odds ratio Peto, "
        "Cornfield, exact conditional and mid-P, for the risk ratio the Poisson model, for the risk difference Newcombe, Agresti-Caffo, continuity "
        "correction and pooled variance. Exact unconditional intervals are not computed: exact intervals of RR and RD are not asked. "
        "Adjusted, bootstrap and Bayesian intervals are not asked either."
    ),
    look="whether table and interval belong to the same analysis, and which level the interval has",
    oracle="R: oracles/two_groups.csv",
)  # fmt: skip
def ci_from_counts(
    lower, upper, measure, events, total, comparator_events, comparator_total, level=None, interval_method=None
):
    """No usual method gives this interval for the events of the two arms.

    Both limits, as rounded, must be those of one of the customary methods at the level (95% where none is printed).
    Methods without a closed form are judged by their defining function, which must cross its value inside the rounding
    interval of each limit.
    """
    a, n1, c, n2 = (point(each) for each in (events, total, comparator_events, comparator_total))
    usable = (a >= 0) & (a <= n1) & (c >= 0) & (c <= n2) & (n1 >= 1) & (n2 >= 1) & lower.known & upper.known
    codes, percent = np.full(len(a), 2, dtype=np.int8), nominal_level(level)
    for name in MAKERS:
        rows = np.flatnonzero(usable & measure.is_(name))
        if len(rows):
            fits = interval_fits(
                name, (a[rows], n1[rows], c[rows], n2[rows]), percent[rows], lower.take(rows), upper.take(rows)
            )
            codes[rows] = ~np.logical_or.reduce(list(fits.values()))
    apart = interval_method.is_("exact") & ~measure.is_("OR")
    return Verdicts(codes).unless(interval_method.is_("adjusted", "bootstrap", "bayesian") | apart)


def _table(row):
    return tuple(point(row.columns[name]) for name in TABLE)


@ci_from_counts.expects
def the_wald_interval(row):
    z = z_of(nominal_level(row.columns["level"]))
    places = max(decimals(row["lower"]), decimals(row["upper"]))
    intervals = closed_intervals(row.code("measure"), _table(row), z)
    low, high = next(
        ((low[0], high[0]) for low, high in intervals.values() if np.isfinite(low[0] + high[0])), (np.nan, np.nan)
    )
    return "" if np.isnan(low) else f"{low:.{places}f} to {high:.{places}f} (Wald)"


@ci_from_counts.explain
def another_level(row):
    own, found = nominal_level(row.columns["level"])[0], []
    for level in LEVELS:
        if level != own and row.holds(level=level):
            fits = interval_fits(
                row.code("measure"), _table(row), np.array([level]), row.columns["lower"], row.columns["upper"]
            )
            found.append(f"it is a {level:g}% interval ({names(fits)[0]})")
    return found


@ci_from_counts.explain
def another_measure(row):
    words = {"OR": "odds ratio", "RR": "risk ratio", "RD": "risk difference"}
    return [
        f"it is the interval of the {name}"
        for code, name in words.items()
        if code != row.code("measure") and row.holds(measure=code)
    ]


@ci_from_counts.explain
def turned_round(row):
    a, n1, c, n2 = (row[name].value for name in TABLE)
    if row.holds(events=c, total=n2, comparator_events=a, comparator_total=n1):
        return ["it fits with the two arms swapped"]
    return []
