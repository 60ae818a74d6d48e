"""SURVIVAL-007. Catalogue 33: the number of events against the curve."""

import math

from curation.engine.rule import rule


@rule(
    "SURVIVAL-007",
    severity="warning",
    source="arithmetic: at n at risk an event lowers the Kaplan-Meier curve by the factor 1 - 1/n",
    oracle="brute force: test_bruteforce_survival.py",
    kinds=["survival"],
    after=["COUNT-001", "SURVIVAL-006", "SURVIVAL-005"],
    field="events",
    consistent=[
        dict(total="52", events="31", time="2 years", rate="69.0%", at_risk="20"),
        dict(total="30", events="3", time="1 year", rate="90%", at_risk="27"),
    ],
    inconsistent=[
        dict(total="52", events="40", time="2 years", rate="69.0%", at_risk="20"),
        dict(total="52", events="5", time="2 years", rate="69.0%", at_risk="20"),
        dict(total="52", events="0", time="2 years", rate="69.0%"),
    ],
    cannot_tell=[
        dict(total="52", events="NR", time="2 years", rate="69.0%", at_risk="20"),
        dict(total="52", events="31", time="2 years", rate="69.0%"),
    ],
    limits="It needs the number at risk and the rate of one group at one time, beside the events, in one record.",
    look="whether the events are of another outcome, time or data cut",
)
def events_against_curve(events, rate, total=None, at_risk=None, estimator=None):
    """The number of events does not fit the survival curve.

    n (1 - S) / S <= D <= N (1 - S) + n, with n at risk just after t, N at the start, and D events by t or by the end
    of follow-up. Lower bound: every event happens at more than n at risk, so D of them leave S >= n / (n + D). Upper
    bound: D(t) <= N (1 - S(t)), and after t only those still at risk can have the event. Without n: a curve that has
    fallen needs one event. Rates are taken anywhere inside their rounding. A warning and no error: participants who
    enter late move the bounds, as do numbers at risk that count those who fail at exactly t.
    """
    fallen = rate.at_least(100) | events.at_least(1)
    enough = events.at_least(at_risk * (100 / rate - 1))
    few_enough = events.at_most(total * (100 - rate) / 100 + at_risk)
    nothing_else = ~(at_risk.known & rate.known)
    bounds = (enough & few_enough.checked_where_known()).checked_where_known()
    told = (fallen & bounds).codes
    return (
        (fallen & bounds)
        .cannot_tell(nothing_else & (told == 0))
        .unless(estimator.is_("cumulative_incidence", "rate", "proportion"))
    )


def _range(row):
    rate, at_risk, total = row["rate"], row["at_risk"], row["total"]
    if not at_risk.known or rate.low <= 0:
        return 1, None
    most = math.floor(total.high * (100 - rate.low) / 100 + at_risk.high) if total.known else None
    return max(math.ceil(at_risk.low * (100 / rate.high - 1)), 0), most


@events_against_curve.expects
def between(row):
    least, most = _range(row)
    return f"at least {least}" if most is None else f"from {least} to {most}"


@events_against_curve.explain
def complement(row):
    rate = row["rate"]
    fits = row["at_risk"].known and row.holds(rate=(100 - rate.high, 100 - rate.low))
    return [f"it fits if {rate} is the percentage with the event, not the percentage free of it"] if fits else []
