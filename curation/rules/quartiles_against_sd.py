"""MEAN-014. Catalogue 17: the distance of the quartiles against the standard deviation."""

import numpy as np

from curation.engine.rule import rule
from schemas.screens import ROOM, apart, people
from schemas.spread import DIVIDED_BY_N, above_zero, beyond_quartile, root, square, unusable, with_n_minus_1
from schemas.verdicts import Verdicts
from schemas.wording import decimals


@rule(
    "MEAN-014",
    severity="error",
    source="arithmetic of any sample; Hyndman and Fan 1996 Am Stat 50:361 for definitions of quartiles",
    kinds=["mean"],
    field="sd",
    oracle="brute force: test_bruteforce_spread.py",
    after=["SPAN-002", "MEAN-013"],
    consistent=[dict(n="52", sd="9.1", q1="52", q3="66"), dict(n="4", sd="1.41", q1="0.00", q3="3.46")],
    inconsistent=[dict(n="52", sd="4.2", q1="52", q3="66"), dict(n="52", sd="1.3", q1="52", q3="66")],
    cannot_tell=[dict(n="NR", sd="1.3", q1="52", q3="66"), dict(n="52", sd="NR", q1="52", q3="66")],
    look="whether the standard deviation is a standard error, and whether the two numbers are quartiles",
)
def quartiles_against_sd(q1, q3, n, sd):
    """The quartiles are further apart than the standard deviation allows.

    k (q3 - q1)^2 / 2 <= (n - 1) SD^2 with k = n/4, rounded down, and one at least: by every customary definition so many values
    lie at or below q1, and as many at or above q3; all others half-way make the least. Compared as squares, so exactly.
    """
    least = square(above_zero(q3 - q1)) * beyond_quartile(n)
    return least.at_most(square(sd) * (n - 1) * 2).cannot_tell(unusable(n)).only(q1.known & q3.known)


@quartiles_against_sd.screen
def surely_near(q1, q3, n, sd):
    gap = apart(q3, q1)
    least, most = gap * gap * np.maximum(np.floor(n.low / 4), 1), sd.high * sd.high * ((n.low - 1) * (2 * (1 - ROOM)))
    return Verdicts.surely((least <= most) & people(n), ~(q1.known & q3.known))


@quartiles_against_sd.reading(DIVIDED_BY_N, "warning")
def divided_by_n(row):
    return row.holds(sd=with_n_minus_1(row))


@quartiles_against_sd.expects
def the_bound(row):
    n, gap = row["n"].low, (row.columns["q3"] - row.columns["q1"]).low[0]
    least = root(gap**2 * max(1, n // 4) / (2 * (n - 1)), 0)[0]
    return f"a standard deviation of {least:.{max(1, decimals(row['sd']))}f} or more"


@quartiles_against_sd.explain
def the_range_instead(row):
    gap, n = (row.columns["q3"] - row.columns["q1"]).low[0], row["n"].low
    fits = row["sd"].high > 0 and gap**2 <= row["sd"].high ** 2 * 2 * (n - 1)
    return ["it would fit if the two numbers were the smallest and the largest value, not quartiles"] if fits else []
