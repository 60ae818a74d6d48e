"""SURVIVAL-006. Catalogue 33: the number at risk and the number at the start."""

from curation.engine.rule import rule


@rule(
    "SURVIVAL-006",
    severity="error",
    source="arithmetic: whoever is at risk is one of the participants",
    oracle="brute force: test_bruteforce_survival.py",
    kinds=["survival"],
    field="at_risk",
    consistent=[dict(total="52", time="2 years", at_risk="20"), dict(total="52", time="1 month", at_risk="52")],
    inconsistent=[dict(total="52", time="2 years", at_risk="53")],
    cannot_tell=[dict(total="NR", time="2 years", at_risk="20"), dict(time="2 years", at_risk="20")],
    look="whether the number at risk belongs to another group, or the total to a part of it",
)
def at_risk_within_total(total, at_risk):
    """More participants are at risk than there are participants.

    n(t) <= N at every time t, whatever the censoring and however late participants enter. Both are whole numbers, so
    there is no rounding. It cannot see whether fewer are at risk than should be.
    """
    return at_risk.at_most(total)


@at_risk_within_total.expects
def at_most_everyone(row):
    return f"at most {row['total'].text.strip()}"
