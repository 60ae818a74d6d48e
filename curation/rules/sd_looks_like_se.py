"""SPREAD-003. Catalogue 20: a standard error entered as a standard deviation."""

import math

from curation.engine.rule import rule
from schemas.example_rows import pool_with
from schemas.spread_pool import KADLEC, THRESHOLDS, judged, log, pool_of, range_of_others


@rule(
    "SPREAD-003",
    severity="warning",
    source=KADLEC,
    oracle="brute force: test_bruteforce_combined.py",
    thresholds=THRESHOLDS,
    field="sd",
    after=["SPREAD-001", "SPREAD-002", "MEAN-010", "MEAN-011", "MEAN-013", "MEAN-014"],
    rows="""
        SELECT 'mean' AS kind, record, 'sd' AS field, n, sd, other_studies, their_median, their_lowest, their_highest, their_scatter
        FROM spreads WHERE sd IS NOT NULL AND se IS NULL
    """,
    consistent=[pool_with(n="40", sd="8.8"), pool_with(n="40", sd="5.1"), pool_with(n="5", sd="2.9")],
    inconsistent=[pool_with(n="40", sd="1.4"), pool_with(n="100", sd="0.9")],
    cannot_tell=[pool_with(n="NR", sd="1.4"), pool_with(n="40", sd="NR"), pool_with(n="40", sd="1.4")[2:]],
    limits="One value per study, of the same outcome, moment and unit; the timepoint and the population are not looked at.",
    look="the legend of the table: SD, SE and SEM are easily mixed up",
)
def sd_looks_like_se(n, sd, other_studies, their_median, their_lowest, their_highest, their_scatter):
    """The standard deviation looks like a standard error beside those of the other studies.

    On the logarithmic scale: log SD lies below the median of the others by more than log 3 and by more than 5 times
    sqrt(scatter^2 + 1 / (2 (n - 1))), the scatter being the scaled median absolute deviation of the pool and the rest the
    error of log SD itself; and log SD + log(n) / 2 lies within the range of the others.
    """
    pool, own = pool_of(other_studies, their_median, their_lowest, their_highest, their_scatter), log(sd)
    mixed_up = pool.below(own, n) & pool.holds(own + log(n) / 2)
    return judged(mixed_up, own, n, enough=pool.enough)


@sd_looks_like_se.expects
def the_others(row):
    return range_of_others(row)


@sd_looks_like_se.explain
def as_a_standard_error(row):
    n, sd = float(row["n"].low), row["sd"].value
    if sd is None:
        return []
    made, times = float(sd) * math.sqrt(n), float(row["their_median"].low) / float(sd)
    return [f"as a standard error of {n:.0f} participants it stands for a standard deviation of {made:.3g}; "
            f"the other studies have {times:.1f} times as much"]  # fmt: skip
