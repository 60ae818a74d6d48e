"""SPREAD-006. Catalogue 20: a standardised difference above 3."""

import math

from curation.engine.rule import rule
from schemas.spread import square, unusable
from schemas.spread_pool import KADLEC
from schemas.thresholds import threshold

LARGEST = threshold(
    "largest_standardised_difference", 3, least=0.5, most=100, source=KADLEC + ": 60% of those above 3 were mix-ups",
    meaning="difference of two arms in standard deviations above which a mix-up with standard errors is suspected",
)  # fmt: skip


FEWEST = 10
"""Participants per arm: in fewer, differences this large come about by chance."""


def _arms(first, second, **more):
    arms = [
        dict(kind="arm", study="s", arm=arm, label=arm, role=role)
        for arm, role in (("len", "experimental"), ("dex", "control"))
    ]
    numbers = zip(("len", "dex"), (first, second), strict=True)
    return [
        *arms,
        *(
            dict(kind="mean", study="s", outcome="age", arm=arm, n=n, mean=mean, sd=sd, **more)
            for arm, (n, mean, sd) in numbers
        ),
    ]


@rule(
    "SPREAD-006",
    severity="note",
    source=KADLEC,
    oracle="brute force: test_bruteforce_combined.py",
    thresholds=[LARGEST],
    field="mean",
    after=["SPREAD-001", "SPREAD-002", "SPREAD-003", "SPREAD-005", "MEAN-010", "MEAN-011", "MEAN-013", "MEAN-014"],
    rows="""
        SELECT 'mean' AS kind, e.record AS record, [e.record, c.record] AS records, 'mean' AS field,
               e.n AS n, e.mean AS mean, e.sd AS sd, c.n AS n_control, c.mean AS mean_control, c.sd AS sd_control
        FROM "mean" e JOIN arm a ON a.study = e.study AND a.arm = e.arm AND a.role = 'experimental'
        JOIN "mean" c ON c.study = e.study AND c.source = e.source AND c.moment = e.moment AND coalesce(c.outcome, '') = coalesce(e.outcome, '')
            AND coalesce(c.analysis_set, '') = coalesce(e.analysis_set, '') AND coalesce(c.timepoint, '') = coalesce(e.timepoint, '')
            AND coalesce(c.unit, '') = coalesce(e.unit, '')
        JOIN arm b ON b.study = c.study AND b.arm = c.arm AND b.role = 'control'
        WHERE e.mean IS NOT NULL AND c.mean IS NOT NULL AND e.sd IS NOT NULL AND c.sd IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY e.record, c.arm ORDER BY c.section IS DISTINCT FROM e.section, c.record) = 1
    """,
    consistent=[_arms(("40", "58", "9.1"), ("42", "61", "8.4")), _arms(("40", "58", "9.1"), ("42", "83", "8.4"))],
    inconsistent=[_arms(("40", "58", "1.4"), ("42", "64", "1.3")), _arms(("40", "58", "9.1"), ("42", "91", "8.4"))],
    cannot_tell=[
        _arms(("40", "58", "1.4"), ("NR", "64", "1.3")),
        _arms(("40", "58", "1.4"), ("42", "NR", "1.3")),
        _arms(("4", "58", "1.4"), ("4", "64", "1.3")),
    ],
    limits="Large differences exist, where a treatment acts directly on what is measured: a note. Arms of fewer than ten are left out.",
    look="whether the numbers beside the means are standard errors",
)
def difference_in_sds(n, mean, sd, n_control, mean_control, sd_control):
    """The two arms differ by more than three standard deviations, which is rarely true.

    (m1 - m2)^2 (n1 + n2 - 2) <= 9 ((n1 - 1) s1^2 + (n2 - 1) s2^2): |SMD| <= 3 with the pooled standard deviation (Cohen's d).
    """
    squares = square(sd) * (n - 1) + square(sd_control) * (n_control - 1)
    largest = squares * LARGEST.value * LARGEST.value
    small = (square(mean - mean_control) * (n + n_control - 2)).at_most(largest)
    return small.cannot_tell(unusable(n, FEWEST) | unusable(n_control, FEWEST))


def _difference(row, spread):
    sizes = [float(row[name].low) for name in ("n", "n_control")]
    squares = sum((size - 1) * spread(float(row[name].low + row[name].high) / 2, size) ** 2
                  for size, name in zip(sizes, ("sd", "sd_control"), strict=True))  # fmt: skip
    gap = abs(float(row["mean"].low + row["mean"].high) - float(row["mean_control"].low + row["mean_control"].high)) / 2
    return gap / math.sqrt(squares / (sum(sizes) - 2)) if squares > 0 else math.inf


@difference_in_sds.explain
def how_large(row):
    printed, mixed_up = _difference(row, lambda sd, _: sd), _difference(row, lambda se, n: se * math.sqrt(n))
    return [f"the arms differ by {printed:.1f} standard deviations; if the two are standard errors, by {mixed_up:.1f}"]
