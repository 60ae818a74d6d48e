"""EFFECT-012. Catalogue 27 and 30: two means give their difference, standardised or not, and their ratio."""

import numpy as np

from curation.engine.rule import rule
from schemas.fits import reaches
from schemas.two_means import TwoMeans
from schemas.verdicts import Verdicts
from schemas.wording import decimals

MEANS = ("n", "mean", "sd", "comparator_n", "comparator_mean", "comparator_sd")


def _world(one="58.5", sd="9.1", two="54.2", **effect):
    key = dict(study="s", outcome="age")
    return [
        dict(kind="mean", arm="len", n="52", mean=one, sd=sd, **key), dict(kind="mean", arm="dex", n="48", mean=two, sd="8.7", **key),
        dict(kind="effect", arm="len", comparator="dex", **key) | effect,
    ]  # fmt: skip


@rule(
    "EFFECT-012",
    severity="warning",
    source="arithmetic; Hedges 1981, Journal of Educational Statistics 6:107, for the correction of standardised differences",
    rows="""
        SELECT c.*, e.measure, e.estimate, e.interval_method FROM compared_means c JOIN effect e USING (record)
        WHERE c.kind = 'effect' AND e.measure IN ('MD', 'SMD', 'ROM') AND e.estimate IS NOT NULL
    """,
    field="estimate",
    after=["EFFECT-003", "EFFECT-004", "COUNT-003"],
    consistent=[
        _world(measure="MD", estimate="4.3"), _world(measure="SMD", estimate="0.48"), _world(measure="SMD", estimate="0.47"), _world(measure="ROM", estimate="1.08"),
        _world(measure="MD", estimate="4.35"),
    ],
    inconsistent=[_world(measure="MD", estimate="4.9"), _world(measure="SMD", estimate="-0.48"), _world(measure="SMD", estimate="0.63"), _world(measure="ROM", estimate="1.20")],
    cannot_tell=[_world(measure="MD", estimate="NR"), _world(sd="NR", measure="SMD", estimate="0.48"), _world("-1", measure="ROM", estimate="1.08")],
    limits="A difference adjusted for baseline or other things need not be that of the means: a note where it says so.",
    look="whether the difference was adjusted, and which arm is subtracted from which",
    oracle="R: oracles/two_groups.csv",
)  # fmt: skip
def effect_from_means(
    estimate, measure, n, mean, comparator_n, comparator_mean, sd=None, comparator_sd=None, interval_method=None
):
    """The effect is not what the means of the two arms give.

    MD = m1 - m2; ROM = m1 / m2; SMD = (m1 - m2) / s with s the pooled SD, the root of the average variance, or one arm's
    SD, the first two with or without Hedges's correction J. Means and SDs are intervals of rounding: each custom gives
    a range whose ends lie at corners of the box, because s rises with both SDs. The printed estimate must reach one.
    """
    two = TwoMeans.of(n, mean, sd, comparator_n, comparator_mean, comparator_sd)
    ranges = {"MD": [two.difference()], "ROM": [two.ratio()], "SMD": list(two.standardised().values())}
    codes = np.full(len(estimate.low), 2, dtype=np.int8)
    for name, each in ranges.items():
        possible = np.logical_or.reduce([~np.isnan(low) & ~np.isnan(high) for low, high in each])
        usable = two.usable if name == "SMD" else mean.known & comparator_mean.known & (n.low >= 1)
        rows = measure.is_(name) & estimate.known & possible & np.asarray(usable, dtype=bool)
        fits = np.logical_or.reduce([reaches(estimate, low, high) for low, high in each])
        codes[rows] = ~fits[rows]
    return Verdicts(codes)


@effect_from_means.reading("an adjusted difference need not be that of the means", "note")
def adjusted(row):
    return row.code("interval_method") == "adjusted"


@effect_from_means.reading("the sign is turned round, as where lower values count as better", "note")
def turned_sign(row):
    low, high = row["estimate"].low, row["estimate"].high
    return row.code("measure") == "SMD" and row.holds(estimate=(-high, -low))


@effect_from_means.changes_conclusion
def direction(row):
    low, high = TwoMeans.of(*(row.columns[name] for name in MEANS)).difference()
    null = 1 if row.code("measure") == "ROM" else 0
    above, below = row["estimate"].low > null, row["estimate"].high < null
    return bool((above and high[0] < 0) or (below and low[0] > 0)) and row.code("measure") != "SMD"


@effect_from_means.expects
def the_effect(row):
    two = TwoMeans.of(*(row.columns[name] for name in MEANS))
    found = {"MD": two.difference, "ROM": two.ratio, "SMD": lambda: two.standardised()["Cohen's d"]}[
        row.code("measure")
    ]()
    places = decimals(row["estimate"])
    low, high = (f"{end[0]:.{places}f}" for end in found)
    return low if low == high else f"{low} to {high}"


@effect_from_means.explain
def swapped(row):
    if row.code("measure") != "SMD" and row.holds(
        mean=row.columns["comparator_mean"], comparator_mean=row.columns["mean"]
    ):
        return ["it fits with the two arms swapped"]
    return []


@effect_from_means.explain
def standard_errors(row):
    if not row["sd"].known or not row["comparator_sd"].known:
        return []
    sizes = {"sd": float(row["n"].low) ** 0.5, "comparator_sd": float(row["comparator_n"].low) ** 0.5}
    as_sd = {name: (float(row[name].low) * by, float(row[name].high) * by) for name, by in sizes.items()}
    return ["it fits if the standard deviations are standard errors"] if row.holds(**as_sd) else []


@effect_from_means.explain
def another_measure(row):
    words = {"MD": "difference of the means", "SMD": "standardised difference", "ROM": "ratio of the means"}
    return [f"it fits as the {words[one]}" for one in words if one != row.code("measure") and row.holds(measure=one)]
