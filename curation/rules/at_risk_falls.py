"""SURVIVAL-009. Catalogue 33: numbers at risk at two times of one curve."""

import math

import numpy as np

from curation.engine.rule import rule
from schemas.wording import show


def _times(*rows):
    return [
        dict(kind="survival", outcome="os", time=time, at_risk=at_risk) | ({"rate": rate} if rate else {})
        for time, rate, at_risk in rows
    ]


@rule(
    "SURVIVAL-009",
    severity="warning",
    source="arithmetic: events and losses take participants away, and events take away their share of the curve",
    oracle="brute force: test_bruteforce_survival.py",
    after=["SURVIVAL-001", "SURVIVAL-005", "SURVIVAL-006"],
    field="at_risk",
    rows="""
        WITH timed AS (
            SELECT *, struct_pack(record, rate, at_risk, "time", latest, calendar) AS one
            FROM survivals WHERE days IS NOT NULL AND at_risk IS NOT NULL AND estimator IN ('kaplan_meier', 'unknown')
            QUALIFY row_number() OVER (PARTITION BY source, of_whom, outcome, days
                                       ORDER BY at_risk.value, rate.value DESC NULLS LAST, record) = 1
        ), pairs AS (
            SELECT *, lag(one) OVER (PARTITION BY source, of_whom, outcome ORDER BY days) AS before FROM timed
        )
        SELECT 'survival' AS kind, record, [before.record, record] AS records, 'at_risk' AS field, "time".text AS "time",
               rate, at_risk, before."time".text AS time_before, before.rate AS rate_before, before.at_risk AS at_risk_before
        FROM pairs
        WHERE before IS NOT NULL AND earliest > before.latest * CASE WHEN calendar = before.calendar THEN 1 ELSE 1.1 END
    """,
    consistent=[
        _times(("1 year", "", "40"), ("2 years", "", "20")),
        _times(("1 year", "90%", "40"), ("2 years", "45%", "20")),
        _times(("1 year", "90%", "40"), ("2 years", "90%", "40")),
    ],
    inconsistent=[
        _times(("1 year", "", "20"), ("2 years", "", "40")),
        _times(("1 year", "90%", "40"), ("2 years", "45%", "30")),
    ],
    cannot_tell=[_times(("1 year", "", "NR"), ("2 years", "", "40"))],
    limits="Each time is held against the one before it of the same group, outcome and origin. Late entries are not foreseen.",
    look="whether the two numbers at risk are swapped, or belong to two groups",
)
def at_risk_falls(at_risk, at_risk_before, rate=None, rate_before=None):
    """More participants are at risk later than the survival curve leaves of those before.

    n(t) <= n(s) for t > s, and where both rates are printed n(t) / n(s) <= S(t) / S(s): seen from s on, the curve is a
    Kaplan-Meier curve of the n(s) at risk. Rates anywhere inside their rounding. A warning and no error, since
    participants who enter late add to those at risk, and numbers at risk are often counted just before t.
    """
    kept = (at_risk * rate_before).at_most(at_risk_before * rate)
    return at_risk.at_most(at_risk_before) & kept.checked_where_known()


def _most(row):
    before, rate, rate_before = row["at_risk_before"], row["rate"], row["rate_before"]
    share = min(1, rate.high / rate_before.low) if rate.known and rate_before.known and rate_before.low > 0 else 1
    return before.high * share, share


@at_risk_falls.expects
def no_more_than_are_left(row):
    most, share = _most(row)
    before = f"{row['at_risk_before'].text.strip()} at {row.code('time_before')}"
    of = f"of the {before} the curve leaves {show(100 * share, 1)}% at most" if share < 1 else before
    return f"at most {math.floor(most)} ({of})"


@at_risk_falls.explain
def swapped(row):
    one, two = row["at_risk_before"], row["at_risk"]
    fits = row.holds(at_risk=(one.low, one.high), at_risk_before=(two.low, two.high))
    told = f"{two.text.strip()} at {row.code('time_before')} and {one.text.strip()} at {row.code('time')} would fit"
    return [told] if fits and np.isfinite(float(two.high)) else []
