"""EFFECT-002. Catalogue 22: containment."""

from curation.engine.rule import rule
from schemas.scales import DIFFERENCE_MEASURES
from schemas.screens import in_order
from schemas.verdicts import Verdicts

SIGNED = (*DIFFERENCE_MEASURES, "COR", "other")
LARGEST_LOG = 10
"""No printed logarithm of a ratio is larger: its ratio would be above 20,000."""


@rule(
    "EFFECT-002",
    oracle="brute force: test_bruteforce_effects.py",
    severity="error",
    source="arithmetic: an interval made around an estimate contains it",
    field="estimate",
    after=["EFFECT-001"],
    consistent=[
        dict(kind="effect", measure="HR", estimate="0.66", lower="0.52", upper="0.84"),
        dict(kind="effect", measure="MD", estimate="1.2", lower="1.24", upper="2.0"),
        dict(kind="survival", median="24.9 months", lower="12.5", upper="not reached"),
        dict(kind="mean", n="52", mean="58.5", lower="55.9", upper="61.1"),
    ],
    inconsistent=[
        dict(kind="effect", measure="HR", estimate="0.66", lower="0.72", upper="0.84"),
        dict(kind="count", events="22", total="52", percent="42.3%", lower="49.2%", upper="56.8%"),
        dict(kind="pooled", measure="proportion", estimate="39.0%", lower="0.303", upper="0.380"),
        dict(kind="survival", median="10.5", lower="12.5", upper="not reached"),
    ],
    cannot_tell=[dict(kind="effect", measure="HR", estimate="NR", lower="0.52", upper="0.84")],
    look="swapped digits, a lost minus sign, or an interval that belongs to another row",
)  # fmt: skip
def estimate_inside_ci(estimate, lower=None, upper=None, interval_method=None):
    """The estimate is outside its own confidence interval.

    lower <= estimate <= upper for some values inside the printed intervals. Where one limit is printed ("12.5 to not
    reached"), the other is passed over. A percentile bootstrap or a posterior interval need not hold an estimate that
    was made in another way; there the finding is a warning.
    """
    above = lower.at_most(estimate).checked_where_known()
    below = estimate.at_most(upper).checked_where_known()
    return (above & below).cannot_tell(~estimate.known).only(lower.known | upper.known)


@estimate_inside_ci.screen
def surely_inside(estimate, lower, upper, interval_method):
    inside = in_order(lower, estimate) & in_order(estimate, upper) & estimate.known
    return Verdicts.surely(inside, ~(lower.known | upper.known))


@estimate_inside_ci.reading(
    "a bootstrap or Bayesian interval may leave out an estimate that was made in another way", "warning"
)
def another_method(row):
    return row.code("interval_method") in ("bootstrap", "bayesian")


@estimate_inside_ci.expects
def between_the_limits(row):
    return " ".join(part for part in (
        f"at least {row['lower'].text.strip()}" if row["lower"].known else "",
        "and" if row["lower"].known and row["upper"].known else "",
        f"at most {row['upper'].text.strip()}" if row["upper"].known else "",
    ) if part)  # fmt: skip
