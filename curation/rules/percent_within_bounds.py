"""PERCENT-001. Catalogue 1 and 22: bounds."""

from curation.engine.rule import rule
from schemas.screens import within
from schemas.verdicts import Verdicts


@rule(
    "PERCENT-001",
    severity="error",
    source="arithmetic",
    field="estimate",
    consistent=[
        dict(kind="count", percent="100%"), dict(kind="count", percent="0%", lower="0%", upper="3.4%"),
        dict(kind="survival", outcome="os", rate="88%", rate_lower="70%", rate_upper="95%"),
    ],
    inconsistent=[
        dict(kind="count", percent="423%"), dict(kind="count", percent="-4%"),
        dict(kind="survival", outcome="os", rate="103%"), dict(kind="count", percent="96%", lower="91%", upper="101.2%"),
    ],
    cannot_tell=[dict(kind="count", percent="NR")],
    look="the decimal mark, and whether the number is a percentage of people at all",
    oracle="brute force: test_bruteforce_effects.py",
)  # fmt: skip
def percent_within_bounds(estimate, measure, lower=None, upper=None, estimator=None):
    """A percentage of participants lies outside 0% to 100%.

    0 <= p <= 100, and the same for both limits of its interval. The print is rounded: 100% may stand for 99.5%.
    """
    limits = [(end.at_least(0) & end.at_most(100)).checked_where_known() for end in (lower, upper)]
    bounded = estimate.at_least(0) & estimate.at_most(100) & limits[0] & limits[1]
    return bounded.only(measure.is_("percent", "survival_rate")).unless(estimator.is_("rate"))


@percent_within_bounds.screen
def surely_within(estimate, measure, lower, upper, estimator):
    asked = measure.is_("percent", "survival_rate") & ~estimator.is_("rate")
    if not asked.any():
        return Verdicts.nobody(len(asked))
    possible = within(estimate, 0, 100) & within(lower, 0, 100) & within(upper, 0, 100)
    return Verdicts.surely(possible & estimate.known, ~asked)


@percent_within_bounds.reading(
    "only a limit of the interval lies outside, as limits of the form estimate ± z SE can", "note"
)
def symmetric_limits(row):
    return row["estimate"].high >= 0 and row["estimate"].low <= 100


@percent_within_bounds.expects
def zero_to_hundred(row):
    return "0% to 100%"
