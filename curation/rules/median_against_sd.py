"""MEAN-012. Catalogue 17: mean and median."""

import numpy as np

from curation.engine.rule import rule
from schemas.screens import apart, near_enough, people, reach
from schemas.spread import DIVIDED_BY_N, FROM_A_MODEL, half, modelled, root, square, unusable, with_n_minus_1
from schemas.verdicts import Verdicts
from schemas.wording import decimals


@rule(
    "MEAN-012",
    severity="error",
    source="arithmetic of any sample (mean and median: Hotelling and Solomons 1932 Ann Math Stat 3:141)",
    kinds=["mean"],
    field="median",
    oracle="brute force: test_bruteforce_spread.py",
    after=["SPAN-002"],
    consistent=[
        dict(n="52", mean="58.5", sd="9.1", median="59"),
        dict(n="4", mean="1.0", sd="1.15", median="0"),
        dict(n="3", mean="1", sd="1.7", median="0"),
    ],
    inconsistent=[
        dict(n="52", mean="58.5", sd="9.1", median="48"),
        dict(n="4", mean="1.00", sd="1.10", median="0.00"),
        dict(n="52", mean="58.5", sd="9.1", median="85"),
    ],
    cannot_tell=[dict(n="NR", mean="58.5", sd="9.1", median="48"), dict(n="52", mean="58.5", sd="NR", median="48")],
    look="whether the standard deviation is a standard error, and whether mean and median are of the same participants",
)
def median_against_sd(n, mean, sd, median):
    """The mean and the median are further apart than the standard deviation allows.

    k n (mean - median)^2 <= (n - k) (n - 1) SD^2, where k is half of n, rounded up: so many values lie on the far side of the
    median. For even n this is |mean - median| <= SD sqrt((n - 1) / n); it holds for any median between the two middle
    values, both included. Compared as squares, so exactly.
    """
    beyond, squares = half(n), square(sd) * (n - 1)
    return (square(mean - median) * n * beyond).at_most(squares * (n - beyond)).cannot_tell(unusable(n))


@median_against_sd.screen
def surely_near(n, mean, sd, median):
    gap = np.maximum(apart(mean, median), apart(median, mean))
    near = near_enough(gap, reach(sd, n, np.ceil(n.low / 2)))
    return Verdicts.surely(near & people(n) & mean.known & median.known & sd.known)


@median_against_sd.reading(DIVIDED_BY_N, "warning")
def divided_by_n(row):
    return row.holds(sd=with_n_minus_1(row))


@median_against_sd.reading(FROM_A_MODEL, "warning")
def from_a_model(row):
    return modelled(row)


@median_against_sd.expects
def the_bound(row):
    n, gap = row["n"].low, abs(row.columns["mean"] - row.columns["median"]).low[0]
    beyond = -(-n // 2)
    least = root(gap**2 * n * beyond / ((n - beyond) * (n - 1)), 0)[0]
    return f"a standard deviation of {least:.{max(1, decimals(row['sd']))}f} or more"
