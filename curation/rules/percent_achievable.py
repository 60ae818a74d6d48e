"""PERCENT-002. Catalogue 3 and 51: granularity of percentages, and the denominators that fit."""

import numpy as np

from curation.engine.rule import rule
from schemas.granularity import achievable, common_totals, steps_around
from schemas.intervals import exact
from schemas.verdicts import Verdicts
from schemas.wording import decimals, show

SHOWN = 3


@rule(
    "PERCENT-002",
    severity="error",
    source="Brown and Heathers 2017, Social Psychological and Personality Science 8:363, doi:10.1177/1948550616673876, for percentages",
    after=["PERCENT-001"],
    consistent=[
        dict(total="24", percent="17%"), dict(total="200", percent="33%"), dict(total="7", percent="<1%"), dict(total="0|9?", percent="50%"),
        dict(total="8", percent="12%"), dict(total="8", percent="13%"), dict(total="27", percent="100%"), dict(total="27", percent="0.0%"),
    ],
    inconsistent=[dict(total="27", percent="17%"), dict(total="44", percent="50.1%"), dict(total="8", percent="12.4%")],
    cannot_tell=[dict(total="NR", percent="17%"), dict(total="27", percent="~17%"), dict(total="0", percent="17%")],
    limits=(
        "Whole percentages of 100 people or more, and percentages with one decimal of 1,000 or more, can always be reached. Kaplan-Meier "
        "and cumulative-incidence percentages and rates are no shares of a total and are never tested."
    ),
    look="the number of participants the percentage was taken of",
    oracle="brute force: test_percent_bruteforce.py",
)  # fmt: skip
def percent_achievable(total, percent, events=None, estimator=None):
    """No whole number of participants gives this percentage of the total.

    There must be a whole k with 0 <= k <= N and 100 k / N inside the rounding interval of the percentage. Where the events
    are given, COUNT-002 tests them instead. A total that can be read in several ways is taken as all numbers in between.
    """
    people = percent * total / 100
    tested = (people.may_be_whole() & percent.at_least(0) & percent.at_most(100)).cannot_tell(~_positive(total))
    return tested.only(estimator.is_("proportion")).unless(events.known)


def _positive(total):
    return total.known & np.asarray(total.low >= 1, dtype=bool) | (total.low < total.high)


@percent_achievable.screen
def surely_not_asked(total, percent, events, estimator):
    asked = estimator.is_("proportion") & ~events.known
    return Verdicts.left_open(~asked) if asked.any() else Verdicts.nobody(len(asked))


@percent_achievable.expects
def neighbours(row):
    total, percent = row["total"], row["percent"]
    if total.value is None or percent.value is None:
        return ""
    n, places = int(total.low), decimals(percent)
    return " or ".join(
        f"{show(100 * exact(k) / n, places)}% ({k}/{n})" for k in steps_around((percent.low, percent.high), n)
    )


@percent_achievable.reading(
    "a smaller number of participants fits: the total is not printed with the percentage, and some may be missing",
    "warning",
)
def some_missing(row):
    if row.code("total_from") == "cell" or row["total"].low < 2:
        return False
    percent, fewer = row["percent"], np.arange(1, int(row["total"].low), dtype=np.int64)
    return bool(achievable((percent.low, percent.high), fewer).any())


@percent_achievable.explain
def other_denominator(row):
    if row["total"].value is None:
        return []
    total = int(row["total"].low)
    for keys in (
        ("source", "study", "arm", "analysis_set"),
        ("source", "study", "arm", "analysis_set", "section", "row"),
    ):
        together = _percentages(row, row.siblings(*keys))
        fits = common_totals(list(together.values()), total)
        if fits:
            return [_sentence(total, together, fits)]
    return []


def _percentages(row, siblings):
    """The proportions of the same people, by what is printed; the flagged one first."""
    found = {row["percent"].text.strip(): (row["percent"].low, row["percent"].high)}
    for each in siblings:
        percent, total = each["percent"] or {}, each["total"] or {}
        plain = percent.get("status") == "reported" and percent.get("relation") == "="
        if plain and each["estimator"] == "proportion" and total.get("value") in {None, float(row["total"].value)}:
            found.setdefault(percent["text"].strip(), (exact(percent["low"]), exact(percent["high"])))
    return found


def _sentence(total, together, fits):
    misfits = [text for text, percent in together.items() if not achievable(percent, np.array([total])).any()]
    none = f"none of {', '.join(misfits)} is" if len(misfits) > 1 else f"{misfits[0]} is not"
    shown = ", ".join(str(n) for n in fits[:SHOWN]) + (" and others" if len(fits) > SHOWN else "")
    count = "both" if len(together) == 2 else "all three" if len(together) == 3 else f"all {len(together)}"
    whom = f"{count} percentages of these participants" if len(together) > 1 else "it"
    return f"of N = {total}, {none} possible; {shown} {'fits' if len(fits) == 1 else 'fit'} {whom}"
