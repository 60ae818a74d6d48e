"""SPREAD-004. Catalogue 20: a standard deviation taken for a standard error."""

import math

import numpy as np

from curation.engine.rule import rule
from schemas.example_rows import pool_with
from schemas.intervals import Column
from schemas.spread_pool import KADLEC, THRESHOLDS, judged, log, pool_of, range_of_others


@rule(
    "SPREAD-004",
    severity="warning",
    source=KADLEC,
    oracle="brute force: test_bruteforce_combined.py",
    thresholds=THRESHOLDS,
    field="their_median",
    after=["SPREAD-001", "SPREAD-002", "MEAN-010", "MEAN-011"],
    rows="""
        SELECT 'mean' AS kind, record, CASE WHEN sd IS NULL THEN 'se' ELSE 'sd' END AS field, n, sd, se, other_studies, their_median, their_lowest, their_highest, their_scatter
        FROM spreads WHERE (sd IS NULL) <> (se IS NULL)
    """,
    consistent=[pool_with(n="40", se="1.4"), pool_with(n="40", sd="14"), pool_with(n="4", se="14")],
    inconsistent=[pool_with(n="40", se="9.0"), pool_with(n="40", sd="57"), pool_with(n="100", se="8.8")],
    cannot_tell=[pool_with(n="NR", se="9.0"), pool_with(n="40", se="NR"), pool_with(n="40", se="9.0")[2:]],
    limits="One value per study, of the same outcome, moment and unit; the timepoint and the population are not looked at.",
    look="the legend of the table: SD, SE and SEM are easily mixed up",
)
def se_looks_like_sd(n, other_studies, their_median, their_lowest, their_highest, their_scatter, sd=None, se=None):
    """The spread is larger than in the other studies, as if a standard deviation had been taken for a standard error.

    With SD as printed, or SE sqrt(n): log SD lies above the median of the others by more than log 3 and by more than 5
    times sqrt(scatter^2 + 1 / (2 (n - 1))), and log SD - log(n) / 2 lies within the range of the others.
    """
    pool, size = pool_of(other_studies, their_median, their_lowest, their_highest, their_scatter), log(n) / 2
    printed, made = log(sd), log(se) + size
    own = Column(np.where(printed.known, printed.low, made.low), np.where(printed.known, printed.high, made.high),
                 printed.known | made.known)  # fmt: skip
    mixed_up = pool.above(own, n) & pool.holds(own - size)
    return judged(mixed_up, own, n, enough=pool.enough)


@se_looks_like_sd.expects
def the_others(row):
    return f"a standard deviation of {range_of_others(row)}"


@se_looks_like_sd.explain
def the_other_way_round(row):
    n = float(row["n"].low)
    if row.columns["se"].known[0]:
        made = float(row["se"].low + row["se"].high) / 2 * math.sqrt(n)
        return [
            f"as a standard error it would stand for a standard deviation of {made:.3g}; as a standard deviation it is in line"
        ]
    made = float(row["sd"].low + row["sd"].high) / 2 / math.sqrt(n)
    return [f"divided by the root of {n:.0f} it is {made:.3g}, in line: it may have been converted once too often"]
