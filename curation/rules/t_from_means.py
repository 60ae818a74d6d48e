"""EFFECT-013. Catalogue 27: two means with their SDs give the t test."""

import numpy as np

from curation.engine.rule import rule
from schemas.fits import reaches
from schemas.scales import possible_p
from schemas.two_means import TwoMeans
from schemas.verdicts import Verdicts

MEANS = ("n", "mean", "sd", "comparator_n", "comparator_mean", "comparator_sd")


def _world(kind="test", sd="9.1", **result):
    key = dict(study="s", outcome="age")
    return [
        dict(kind="mean", arm="len", n="52", mean="58.5", sd=sd, **key), dict(kind="mean", arm="dex", n="48", mean="54.2", sd="8.7", **key),
        dict(kind=kind, arm="len", comparator="dex", **key) | result,
    ]  # fmt: skip


@rule(
    "EFFECT-013",
    severity="warning",
    source="Student 1908, Biometrika 6:1; Welch 1947, Biometrika 34:28",
    rows="""
        SELECT c.*, e.p, 'mean difference' AS test, e.interval_method FROM compared_means c JOIN effect e USING (record)
        WHERE c.kind = 'effect' AND e.measure IN ('MD', 'SMD') AND e.p IS NOT NULL
        UNION ALL
        SELECT c.*, t.p, coalesce(t.statistic_type, 'unknown'), NULL FROM compared_means c JOIN "test" t USING (record)
        WHERE c.kind = 'test' AND coalesce(t.statistic_type, 't') IN ('t', 'z') AND t.p IS NOT NULL
    """,
    field="p",
    after=["P-001", "COUNT-003"],
    consistent=[
        _world(p="0.02"), _world(p="0.018", statistic_type="t"), _world(p="<0.05"), _world(kind="effect", measure="MD", estimate="4.3", p="0.018"),
    ],
    inconsistent=[_world(p="0.25", statistic_type="t"), _world(p="<0.001"), _world(kind="effect", measure="MD", estimate="4.3", p="0.35")],
    cannot_tell=[_world(p="NR"), _world(sd="NR", p="0.02")],
    limits="A P value whose test is not named may come from a rank test or an adjusted model: a note. Adjusted effects are not asked.",
    look="which test P is of, and whether the standard deviations are standard deviations",
    oracle="R: oracles/two_groups.csv",
)  # fmt: skip
def t_from_means(p, n, mean, sd, comparator_n, comparator_mean, comparator_sd, test=None, interval_method=None):
    """The P value is not that of a t test of the two means.

    t = (m1 - m2) / SE, with SE from the pooled SD and n1 + n2 - 2 degrees of freedom (Student), or from both SDs with
    Welch's degrees of freedom, or z. Means and SDs are intervals of rounding; the range of P is exact for each test, for SE
    rises with both SDs and P falls with t. P two-sided.
    """
    two = TwoMeans.of(n, mean, sd, comparator_n, comparator_mean, comparator_sd)
    fits = np.logical_or.reduce([reaches(p, *each) for each in two.p_values().values()])
    judged = Verdicts.of(~fits, two.usable & possible_p(p))
    return judged.unless(interval_method.is_("adjusted", "bootstrap", "bayesian"))


def _range(row):
    found = TwoMeans.of(*(row.columns[name] for name in MEANS)).p_values().values()
    return min(float(low[0]) for low, _ in found), max(float(high[0]) for _, high in found)


@t_from_means.reading("which test it was is not stated; a rank test or an adjusted model need not agree", "note")
def test_not_named(row):
    return row.code("test") == "unknown"


@t_from_means.reading("it fits a one-sided test", "note")
def one_sided(row):
    return row["p"].high <= 0.5 and row.holds(p=(2 * row["p"].low, 2 * row["p"].high))


@t_from_means.changes_conclusion
def decision(row):
    low, high = _range(row)
    return bool((row["p"].low >= 0.05 and high < 0.05) or (row["p"].high <= 0.05 and low > 0.05))


@t_from_means.expects
def the_p_value(row):
    low, high = _range(row)
    if high < 0.0001:
        return "P below 0.0001"
    texts = [f"{max(end, 0.0001):.2g}" for end in (low, high)]
    return f"P of {texts[0]}" if texts[0] == texts[1] else f"P of {texts[0]} to {texts[1]}"


@t_from_means.explain
def standard_errors(row):
    sizes = {"sd": float(row["n"].low) ** 0.5, "comparator_sd": float(row["comparator_n"].low) ** 0.5}
    as_sd = {name: (float(row[name].low) * by, float(row[name].high) * by) for name, by in sizes.items()}
    return ["it fits if the standard deviations are standard errors"] if row.holds(**as_sd) else []
