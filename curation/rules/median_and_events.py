"""SURVIVAL-008. Catalogue 33 and 34: how many events a median needs."""

import math

import numpy as np

from curation.engine.rule import rule
from schemas.verdicts import Verdicts


@rule(
    "SURVIVAL-008",
    severity="warning",
    source="arithmetic: D events by the end leave a Kaplan-Meier curve at 1 - D/N or below",
    oracle="brute force: test_bruteforce_survival.py",
    after=["COUNT-001"],
    rows="""
        SELECT 'survival' AS kind, record, [record] AS records, 'median' AS field, events, total, median,
               median.status AS reached, estimator
        FROM survival WHERE median IS NOT NULL AND events IS NOT NULL AND "time" IS NULL
    """,
    field="median",
    consistent=[
        dict(kind="survival", total="52", events="31", median="24.9 months"),
        dict(kind="survival", total="52", events="26", median="not reached"),
        dict(kind="survival", total="52", events="3", median="24.9 months"),
    ],
    inconsistent=[
        dict(kind="survival", total="52", events="31", median="not reached"),
        dict(kind="survival", total="52", events="0", median="24.9 months"),
    ],
    cannot_tell=[
        dict(kind="survival", total="52", events="31", median="NR"),
        dict(kind="survival", events="31", median="not reached"),
    ],
    limits="It reads records without a landmark time, whose events are those of the whole follow-up.",
    look="whether the median, the events and the total are of one outcome and one data cut",
)  # fmt: skip
def median_and_events(events, total=None, median=None, reached=None, estimator=None):
    """The number of events does not go with the median.

    If the median is not reached, S >= 1/2 at the end of follow-up, and D <= N (1 - S) gives D <= N/2. If it is
    reached, the curve has fallen, so D >= 1. Exact for a Kaplan-Meier curve whatever the censoring; counts and not
    rounded. A warning and no error: where participants enter late N is never followed all at once, and "not reached"
    is also said where only the upper limit is.
    """
    unreached = reached.is_("not_reached")
    at_most_half = (2 * events).at_most(total)
    at_least_one = events.at_least(1).cannot_tell(~median.known)
    codes = np.where(unreached, at_most_half.codes, at_least_one.codes)
    return Verdicts(codes).unless(estimator.is_("cumulative_incidence", "rate"))


@median_and_events.expects
def events_that_would_fit(row):
    if row.code("reached") != "not_reached":
        return "at least one event"
    return f"at most {math.floor(row['total'].high / 2)} events, half of {row['total'].text.strip()}, or a median"


@median_and_events.explain
def those_without(row):
    events, total = row["events"], row["total"]
    if row.code("reached") != "not_reached" or not row.holds(events=total.high - events.low):
        return []
    left = int(total.high - events.low)
    return [f"it fits if {events.text.strip()} is the number without the event; then {left} had it"]
