"""PERCENT-003. Catalogue 2: denominators that fit."""

import math

import numpy as np

from curation.engine.rule import rule
from schemas.verdicts import Verdict, Verdicts
from schemas.wording import decimals, show


@rule(
    "PERCENT-003",
    severity="error",
    source="arithmetic",
    after=["PERCENT-001", "COUNT-003"],
    consistent=[
        dict(events="22", percent="42.3%"), dict(events="5", percent="100%"), dict(events="0", percent="0.0%"), dict(events="5", percent="<1%"),
        dict(events="0|9?", percent="50%"),
    ],
    inconsistent=[dict(events="5", percent="83.0%"), dict(events="0", percent="3%"), dict(events="3", percent="98%")],
    cannot_tell=[dict(events="NR", percent="42.3%")],
    limits="From about 10 events on (one decimal: 100) some total can nearly always be found.",
    look="the events, and transposed digits of the percentage",
    oracle="brute force: test_percent_bruteforce.py",
)  # fmt: skip
def percent_without_total(events, percent, total=None, estimator=None):
    """No total gives this percentage with these events.

    Some whole N >= e must have 100 e / N inside the rounding interval of the percentage, that is a whole number between
    100 e / upper end and 100 e / lower end; no events are 0%. Asked only where no total is printed.
    """
    some_total = (100 * events / percent).may_be_whole()
    open_upwards = percent.known & np.asarray((percent.low <= 0) & (percent.high > 0), dtype=bool)
    codes = np.where(open_upwards, np.int8(Verdict.CONSISTENT), some_total.codes)
    none = Verdicts(np.where(events.is_(0), percent.meets(0).codes, codes))
    return (none & percent.at_most(100)).only(estimator.is_("proportion")).unless(total.known)


@percent_without_total.screen
def surely_not_asked(events, percent, total, estimator):
    asked = estimator.is_("proportion") & ~total.known
    return Verdicts.left_open(~asked) if asked.any() else Verdicts.nobody(len(asked))


@percent_without_total.expects
def with_neighbouring_totals(row):
    events, percent = row["events"], row["percent"]
    if events.value is None or percent.value is None or percent.low <= 0:
        return ""
    if events.value == 0:
        return "0%"
    e, n = events.low, math.floor(100 * events.low / percent.high)
    return " or ".join(f"{show(100 * e / one, decimals(percent))}% ({e}/{one})" for one in (n, n + 1) if one >= e)
