"""SPREAD-005. Catalogue 20: another measure of spread entered as a standard deviation."""

import numpy as np

from curation.engine.rule import rule
from schemas.example_rows import pool_with
from schemas.spread_pool import KADLEC, THRESHOLDS, judged, log, pool_of, range_of_others
from schemas.verdicts import Verdict


@rule(
    "SPREAD-005",
    severity="warning",
    source=KADLEC + "; the other measures of spread: this project's choice",
    oracle="brute force: test_bruteforce_combined.py",
    thresholds=THRESHOLDS,
    field="sd",
    after=["SPREAD-001", "SPREAD-002", "SPREAD-003", "SPREAD-004", "MEAN-010", "MEAN-011", "MEAN-013", "MEAN-014"],
    rows="""
        SELECT 'mean' AS kind, record, 'sd' AS field, n, sd, q1, q3, minimum, maximum, other_studies, their_median, their_lowest, their_highest, their_scatter
        FROM spreads WHERE sd IS NOT NULL
    """,
    consistent=[pool_with(n="40", sd="8.8"), pool_with(n="40", sd="20")],
    inconsistent=[pool_with(n="40", sd="79.2"), pool_with(n="40", sd="41", minimum="34", maximum="75")],
    cannot_tell=[pool_with(n="NR", sd="79.2"), pool_with(n="40", sd="79.2")[2:]],
    limits="It speaks only if a variance, or the quartiles or the range printed beside it, explain the number.",
    look="what the number is called in the table or its legend",
)
def sd_looks_like_other_spread(
    n,
    sd,
    other_studies,
    their_median,
    their_lowest,
    their_highest,
    their_scatter,
    q1=None,
    q3=None,
    minimum=None,
    maximum=None,
):
    """The standard deviation looks like another measure of spread beside those of the other studies.

    It is out of line with the median of the others (by more than log 3 and 5 times the scatter, see SPREAD-003), and its
    root lies within their range (a variance), or it is the distance of the quartiles, the range, or half of either.
    """
    pool, own = pool_of(other_studies, their_median, their_lowest, their_highest, their_scatter), log(sd)
    far = pool.below(own, n) | pool.above(own, n)
    as_printed = np.zeros(len(far), dtype=bool)
    for _, width in _widths(q1, q3, minimum, maximum):
        as_printed |= np.isin(sd.meets(width).codes, (Verdict.CONSISTENT, Verdict.EDGE))
    return judged(far & (pool.holds(own / 2) | as_printed), own, n, enough=pool.enough)


def _widths(q1, q3, minimum, maximum):
    between, whole = q3 - q1, maximum - minimum
    return (("the distance of the quartiles", between), ("half the distance of the quartiles", between / 2), ("the range", whole),
            ("half the range", whole / 2))  # fmt: skip


@sd_looks_like_other_spread.expects
def the_others(row):
    return range_of_others(row)


@sd_looks_like_other_spread.explain
def which(row):
    sd, found = row["sd"], []
    if sd.value is not None and sd.value > 0:
        own = float(sd.value) ** 0.5
        if float(row["their_lowest"].low) <= own <= float(row["their_highest"].low):
            found.append(f"as a variance it stands for a standard deviation of {own:.3g}")
    ends = [row.columns[name] for name in ("q1", "q3", "minimum", "maximum")]
    return found + [
        f"it is {name} printed beside it"
        for name, width in _widths(*ends)
        if row.columns["sd"].meets(width).codes[0] in (0, 3)
    ]
