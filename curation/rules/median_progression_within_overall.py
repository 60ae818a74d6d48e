"""SURVIVAL-003. Catalogue 34: median PFS at most median OS."""

import numpy as np

from curation.engine.rule import rule
from schemas.intervals import Column

_FAMILY = [
    dict(
        kind="outcome", outcome="os", label="Overall survival", family="survival", family_kind="time_to_event", rank="1"
    ),
    dict(
        kind="outcome",
        outcome="pfs",
        label="Progression-free survival",
        family="survival",
        family_kind="time_to_event",
        rank="2",
    ),
]


@rule(
    "SURVIVAL-003",
    severity="warning",
    source="arithmetic: progression-free survival ends no later than overall survival",
    oracle="brute force: test_bruteforce_survival.py",
    field="median",
    rows="""
        WITH pairs AS (
            SELECT *, min_by(struct_pack(record, median, outcome), coalesce(median.value * median_unit_days, 1e300))
                          OVER (PARTITION BY source, of_whom, family ORDER BY place_in_family
                                RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS overall
            FROM survivals
            WHERE median IS NOT NULL AND family IS NOT NULL AND family_kind = 'time_to_event' AND place_in_family IS NOT NULL
        )
        SELECT 'survival' AS kind, record, [record, overall.record] AS records, 'median' AS field,
               outcome, median, overall.median AS median_overall, median.status AS reached,
               overall.median.status AS reached_overall, overall.outcome AS overall
        FROM pairs WHERE overall IS NOT NULL
    """,
    consistent=[
        [*_FAMILY, dict(kind="survival", outcome="pfs", median="43 months"), dict(kind="survival", outcome="os", median="75 months")],
        [*_FAMILY, dict(kind="survival", outcome="pfs", median="40 weeks"), dict(kind="survival", outcome="os", median="1 year")],
        [*_FAMILY, dict(kind="survival", outcome="pfs", median="12 months"), dict(kind="survival", outcome="os", median="not reached")],
    ],
    inconsistent=[
        [*_FAMILY, dict(kind="survival", outcome="pfs", median="75 months"), dict(kind="survival", outcome="os", median="43 months")],
        [*_FAMILY, dict(kind="survival", outcome="pfs", median="not reached"), dict(kind="survival", outcome="os", median="43 months")],
    ],
    cannot_tell=[
        [*_FAMILY, dict(kind="survival", outcome="pfs", median="NA"), dict(kind="survival", outcome="os", median="26 months")],
        [*_FAMILY, dict(kind="survival", outcome="pfs", median="9.5 months"), dict(kind="survival", outcome="os", median="NR")],
    ],
    limits="Outcomes are compared only within a family of survival outcomes that have ranks, a lower place against a higher one.",
    look="whether the two outcomes, or two columns, are swapped",
)  # fmt: skip
def median_progression_within_overall(outcome, median=None, median_overall=None, reached=None, reached_overall=None):
    """The median time to progression or death is longer than the median survival.

    S_PFS <= S_OS at every time, so the curve of PFS reaches 50% no later; a median PFS that is not reached beside a
    median OS that is reached is the same contradiction. A warning: under censoring two estimated curves can cross, and the
    two may have different follow-up.
    """
    return _endless(median, reached).at_most(_endless(median_overall, reached_overall))


def _endless(median, status):
    """Medians, those not reached as infinitely long."""
    unreached = status.is_("not_reached")
    low, high = (np.where(unreached, np.inf, end) for end in (median.low, median.high))
    return Column(low, high, median.known | unreached)


@median_progression_within_overall.expects
def at_most_overall(row):
    return f"at most {row['median_overall']}, the median of {row.code('overall')}"


@median_progression_within_overall.explain
def fields_swapped(row):
    other = {"median": row.columns["median_overall"], "median_overall": row.columns["median"]}
    status = {"reached": row.code("reached_overall"), "reached_overall": row.code("reached")}
    fits = row.holds(**other, **status)
    return [f"the medians fit if {row.code('outcome')} and {row.code('overall')} are swapped"] if fits else []
