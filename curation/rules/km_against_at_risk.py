"""SURVIVAL-005. Catalogue 33: the number at risk against the curve."""

from curation.engine.rule import rule
from schemas.wording import show


@rule(
    "SURVIVAL-005",
    severity="warning",
    source="arithmetic: each event lowers the number at risk by at least the share by which it lowers the curve",
    oracle="brute force: test_bruteforce_survival.py",
    kinds=["survival"],
    after=["SURVIVAL-006"],
    field="at_risk",
    consistent=[
        dict(total="52", time="2 years", rate="69.0%", at_risk="20"),
        dict(total="30", time="1 year", rate="90%", at_risk="27"),
        dict(total="30", time="1 year", rate="33%", at_risk="10"),
    ],
    inconsistent=[dict(total="52", time="2 years", rate="69.0%", at_risk="40")],
    cannot_tell=[
        dict(total="NR", time="2 years", rate="69.0%", at_risk="40"),
        dict(time="2 years", rate="69.0%", at_risk="40"),
    ],
    limits="It needs the number at risk, the rate and the starting number of one group at one time, in one record.",
    look="whether the number at risk belongs to another time or group",
)
def km_against_at_risk(total, rate, at_risk, estimator=None):
    """More participants are at risk than the survival curve leaves.

    n(t+) <= N S(t) for a Kaplan-Meier curve that starts with N participants: an event at n at risk multiplies S by
    1 - 1/n and takes one of n away; censoring takes from n only. A warning and no error: numbers at risk are often
    counted just before t, where those who fail at exactly t are still in, and participants who enter late add to them.
    """
    return at_risk.at_most(total * rate / 100).only(estimator.is_("kaplan_meier"))


@km_against_at_risk.expects
def at_most(row):
    most = row["total"].high * row["rate"].high / 100
    return f"at most {int(most)} ({row['total']} x {row['rate']} is {show(most, 1)} at most)"
