"""MEAN-013. Catalogue 17: mean, standard deviation and quartiles."""

import numpy as np

from curation.engine.rule import rule
from schemas.screens import apart, near_enough, people, reach
from schemas.spread import (
    DIVIDED_BY_N,
    FROM_A_MODEL,
    above_zero,
    beyond_quartile,
    modelled,
    square,
    unusable,
    with_n_minus_1,
    within_quartile,
)  # fmt: skip
from schemas.verdicts import Verdicts


@rule(
    "MEAN-013",
    severity="error",
    source="arithmetic of any sample (Cantelli's inequality in its form for samples); Hyndman and Fan 1996 Am Stat 50:361 for definitions of quartiles",
    kinds=["mean"],
    field="sd",
    oracle="brute force: test_bruteforce_spread.py",
    after=["SPAN-002", "MEAN-012"],
    consistent=[
        dict(n="52", mean="58.5", sd="9.1", q1="52", q3="66"),
        dict(n="4", mean="3.0", sd="2.0", q1="0.0"),
        dict(n="52", mean="58.5", sd="9.1", q3="74"),
    ],
    inconsistent=[
        dict(n="52", mean="58.5", sd="9.1", q3="75"),
        dict(n="52", mean="58.5", sd="1.3", q1="52", q3="66"),
        dict(n="52", mean="58.5", sd="9.1", q1="65"),
        dict(n="5", mean="3.00", sd="1.0", q1="3.9"),
    ],
    cannot_tell=[dict(n="NR", mean="58.5", sd="9.1", q3="75"), dict(n="52", mean="58.5", sd="NR", q3="75")],
    look="whether the standard deviation is a standard error, and whether mean and quartiles are of the same participants",
)  # fmt: skip
def quartiles_against_mean(n, mean, sd, q1=None, q3=None):
    """The quartiles are further from the mean than the standard deviation allows.

    If k of n values lie at or beyond a point at distance d from the mean, k n d^2 <= (n - k) (n - 1) SD^2. At or below the
    lower quartile lie at least n/4 values, rounded down; at or above it at least 3n/4, rounded down; both
    hold for every customary definition of quartiles; likewise for the upper one. Compared as squares, so exactly.
    """
    outside, inside, squares = beyond_quartile(n), within_quartile(n), square(sd) * (n - 1)

    def near(gap, beyond):
        return (square(above_zero(gap)) * n * beyond).at_most(squares * (n - beyond)).checked_where_known()

    held = near(mean - q1, outside) & near(q3 - mean, outside) & near(q1 - mean, inside) & near(mean - q3, inside)
    known = n.known & mean.known & sd.known
    return held.cannot_tell(unusable(n) | ~known).only(q1.known | q3.known)


@quartiles_against_mean.screen
def surely_near(n, mean, sd, q1, q3):
    outside = reach(sd, n, np.maximum(np.floor(n.low / 4), 1))
    inside = reach(sd, n, np.floor(n.low * 0.75))
    near = people(n) & mean.known & sd.known
    for one, two, within in ((mean, q1, outside), (q3, mean, outside), (q1, mean, inside), (mean, q3, inside)):
        near &= near_enough(apart(one, two), within)
    return Verdicts.surely(near, ~(q1.known | q3.known))


@quartiles_against_mean.reading(DIVIDED_BY_N, "warning")
def divided_by_n(row):
    return row.holds(sd=with_n_minus_1(row))


@quartiles_against_mean.reading(FROM_A_MODEL, "warning")
def from_a_model(row):
    return modelled(row)


@quartiles_against_mean.explain
def the_range_instead(row):
    n = row["n"].low
    ends = [row.columns[name] for name in ("q1", "q3")]
    gaps = [abs(each - row.columns["mean"]).low[0] for each in ends if each.known[0]]
    if row["sd"].high <= 0 or max(gaps) ** 2 * n > row["sd"].high ** 2 * (n - 1) ** 2:
        return []
    return ["it would fit if the two numbers were the smallest and the largest value, not quartiles"]
