"""SURVIVAL-004. Catalogue 34: S(t) > 50% as long as t is before the median."""

import numpy as np

from curation.engine.rule import rule
from schemas.intervals import Column


@rule(
    "SURVIVAL-004",
    severity="warning",
    source="arithmetic: the median is the time at which the survival curve reaches 50%",
    oracle="brute force: test_bruteforce_survival.py",
    field="rate",
    rows="""
        WITH medians AS (
            SELECT source, of_whom, outcome,
                   unnest(list_distinct([min_by(one, long), max_by(one, long)])) AS one
            FROM (SELECT *, struct_pack(record, median, median_unit_days, calendar := coalesce(median.unit, '') IN ('years', 'months')) AS one,
                         CASE median.status WHEN 'not_reached' THEN 1e300 ELSE median.value * median_unit_days END AS long
                  FROM survivals WHERE median IS NOT NULL AND estimator <> 'cumulative_incidence')
            GROUP BY source, of_whom, outcome
        )
        SELECT 'survival' AS kind, s.record, list_distinct([s.record, m.one.record]) AS records, 'rate' AS field,
               s."time".text AS "time", s.rate, m.one.median AS median, m.one.median.status AS reached,
               m.one.median_unit_days AS unit_days,
               s.earliest / CASE WHEN s.calendar = m.one.calendar THEN 1 ELSE 1.1 END AS earliest,
               s.latest * CASE WHEN s.calendar = m.one.calendar THEN 1 ELSE 1.1 END AS latest
        FROM survivals s JOIN medians m ON s.source IS NOT DISTINCT FROM m.source AND s.of_whom = m.of_whom AND s.outcome = m.outcome
        WHERE s.days IS NOT NULL AND s.rate IS NOT NULL AND s.estimator <> 'cumulative_incidence' AND m.one IS NOT NULL
    """,
    consistent=[
        [dict(kind="survival", outcome="pfs", median="25.8 months"), dict(kind="survival", outcome="pfs", time="2 years", rate="52%")],
        [dict(kind="survival", outcome="pfs", median="24 months"), dict(kind="survival", outcome="pfs", time="2 years", rate="38%")],
        [dict(kind="survival", outcome="pfs", median="not reached"), dict(kind="survival", outcome="pfs", time="2 years", rate="56%")],
    ],
    inconsistent=[
        [dict(kind="survival", outcome="pfs", median="25.8 months"), dict(kind="survival", outcome="pfs", time="2 years", rate="38%")],
        [dict(kind="survival", outcome="pfs", median="100 weeks"), dict(kind="survival", outcome="pfs", time="3 years", rate="56%")],
        [dict(kind="survival", outcome="pfs", median="not reached"), dict(kind="survival", outcome="pfs", time="2 years", rate="38%")],
    ],
    cannot_tell=[[dict(kind="survival", outcome="pfs", median="25.8 months"), dict(kind="survival", outcome="pfs", time="2 years", rate="NR")]],
    limits="Compared within one source, group, outcome and origin, against the shortest and the longest median printed there.",
    look="whether the median and the rate are of the same group, outcome and data cut",
)  # fmt: skip
def median_and_landmark(time, rate, earliest, latest, unit_days, median=None, reached=None):
    """The median time and the percentage at a time lie on opposite sides of 50%.

    Before the median S(t) >= 50%, after it S(t) <= 50%, at it either; a median that is not reached means S(t) >= 50% at
    every time. Whatever the convention for a curve that is flat at 50%. A warning: the two may come from different data
    cuts, and a median may be called not reached where its interval is meant.
    """
    days = _endless(median, reached) * unit_days
    while_before = rate.at_least(50) | latest.at_least(days)
    when_after = rate.at_most(50) | earliest.at_most(days)
    return while_before & when_after


def _endless(median, status):
    """Medians, those not reached as infinitely long."""
    unreached = status.is_("not_reached")
    low, high = (np.where(unreached, np.inf, end) for end in (median.low, median.high))
    return Column(low, high, median.known | unreached)


@median_and_landmark.expects
def side_of_the_middle(row):
    return "at least 50%" if row["rate"].high < 50 else "at most 50%"
