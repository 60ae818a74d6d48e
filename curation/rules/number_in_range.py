"""RANGE-001. Catalogue 22: numbers that cannot be negative, and shares of at most 100%."""

from curation.engine.rule import rule
from schemas.quantities import NONNEGATIVE, PERCENT, TIME
from schemas.registry import RECORD_MODELS

ELSEWHERE = {("count", "percent")}
"""Fields that a rule of their own looks at."""


def _bounds():
    for model in RECORD_MODELS:
        for field in model.printed_fields():
            if field.quantity in (NONNEGATIVE, PERCENT, TIME) and (model.kind, field.name) not in ELSEWHERE:
                most = "100" if field.quantity == PERCENT else "'infinity'::DOUBLE"
                yield f"('{model.kind}', '{field.name}', 0::DOUBLE, {most}::DOUBLE)"


@rule(
    "RANGE-001",
    severity="error",
    source="arithmetic",
    oracle="brute force: test_number_in_range.py",
    rows=f"""
        SELECT kind, record, field, printed, least, most
        FROM facts JOIN (VALUES {", ".join(_bounds())}) AS bounds(kind, field, least, most) USING (kind, field)
    """,
    consistent=[
        dict(kind="pooled", i2="100%"), dict(kind="pooled", i2="-0.0%"), dict(kind="mean", sd="0"), dict(kind="effect", weight="100.0%"),
    ],
    inconsistent=[
        dict(kind="pooled", i2="619%"), dict(kind="pooled", tau2="-0.01"), dict(kind="mean", sd="-1.3"), dict(kind="effect", se="-0.12"),
        dict(kind="survival", rate="640%"),
    ],
    cannot_tell=[dict(kind="pooled", i2="NR")],
    look="a minus sign or a decimal point that does not belong there",
)  # fmt: skip
def number_in_range(printed, least, most):
    """The number cannot be so small or so large.

    Standard deviations, standard errors, Q, tau2, H2, rates, times and degrees of freedom are not negative; I2, weights,
    confidence levels and survival rates lie between 0 and 100%. All values that print as printed must lie outside for
    the number to be impossible.
    """
    return printed.at_least(least) & printed.at_most(most)
