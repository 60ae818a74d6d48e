"""COUNT-003. Catalogue 1: event bound."""

import numpy as np

from curation.engine.rule import rule
from schemas.registry import RECORD_MODELS
from schemas.verdicts import Verdict, Verdicts

_COUNTS = sorted(
    {
        each.name
        for model in RECORD_MODELS
        for each in model.printed_fields()
        if each.quantity and each.quantity.name == "count"
    }
)


@rule(
    "COUNT-003",
    severity="error",
    source="arithmetic: people are counted whole",
    rows=f"""
        SELECT kind, record, field, printed AS number FROM facts
        WHERE field IN ({", ".join(f"'{name}'" for name in _COUNTS)})
    """,
    consistent=[dict(kind="count", events="0", total="1,623"), dict(kind="count", events="<5", total="24|9?")],
    inconsistent=[
        dict(kind="count", events="12.5", total="30"), dict(kind="count", events="-3"),
        dict(kind="survival", outcome="os", at_risk="20.5"),
    ],
    cannot_tell=[dict(kind="count", events="NR"), dict(kind="count", events="~20")],
    limits="It looks at one number; whether it is the right one is for the other rules.",
    look="whether a percentage or a mean was typed as a count, and the decimal mark",
    oracle="brute force: test_bruteforce_effects.py",
)  # fmt: skip
def count_is_whole(number):
    """A number of people or things is not a whole number, or is negative.

    Some whole number k >= 0 must lie in the interval of the print; a count is not rounded, so its interval is one point.
    """
    with np.errstate(invalid="ignore"):  # a plain 22 needs no arithmetic; everything else is decided exactly
        plain = number.is_point & np.asarray((number.low % 1 == 0) & (number.low >= 0), dtype=bool)
    other = number.may_be_whole() & number.at_least(0)
    return Verdicts(np.where(plain, np.int8(Verdict.CONSISTENT), other.codes))


@count_is_whole.reading(
    "counts that are weighted or averaged (survey weights, matching, imputation) need not be whole", "warning"
)
def weighted(row):
    return row["number"].high >= 0


@count_is_whole.expects
def whole_numbers(row):
    if row["number"].low < 0:
        return "0 or more"
    return f"{int(row['number'].low)} or {int(row['number'].low) + 1}"
