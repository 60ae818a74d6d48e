"""EFFECT-001. Catalogue 22: order."""

from curation.engine.rule import rule
from schemas.verdicts import Verdicts


@rule(
    "EFFECT-001",
    oracle="brute force: test_bruteforce_effects.py",
    severity="error",
    source="arithmetic: the lower limit of an interval is not above its upper limit",
    consistent=[
        dict(kind="effect", measure="HR", estimate="0.66", lower="0.52", upper="0.84"),
        dict(kind="survival", median="24.9 months", lower="12.5", upper="not reached", rate="69%", rate_lower="56%", rate_upper="81%"),
        dict(kind="effect", measure="RR", lower="1.0", upper="0.98"),
    ],
    inconsistent=[
        dict(kind="effect", measure="HR", estimate="0.66", lower="0.84", upper="0.52"),
        dict(kind="effect", measure="MD", estimate="0.3", lower="0.9", upper="-0.3"),
        dict(kind="count", events="22", total="52", percent="42.3%", lower="56.8%", upper="29.2%"),
        dict(kind="survival", rate="69%", rate_lower="81%", rate_upper="56%"),
    ],
    cannot_tell=[dict(kind="survival", median="24.9", lower="12.5", upper="not reached")],
    look="whether the limits are swapped, or a minus sign is lost",
)  # fmt: skip
def ci_ordered(lower, upper, estimate=None):
    """The lower confidence limit is above the upper one.

    Contradicts when no values inside the two printed intervals are in order: 1.0 and 0.98 may both be 0.98.
    """
    return lower.at_most(upper)


@ci_ordered.screen
def surely_in_order(lower, upper, estimate):
    return Verdicts.surely(lower.low_at_hand <= upper.high_at_hand)
