"""POOLED-021. Catalogue 42: the prediction interval holds the confidence interval."""

from curation.engine.rule import rule


@rule(
    "POOLED-021",
    severity="error",
    source="the effect of a new study is at least as uncertain as the mean: tau2 + SE^2 >= SE^2 and t >= z; Higgins, Thompson and Spiegelhalter 2009, doi:10.1111/j.1467-985X.2008.00552.x",
    oracle="R: oracles/pooled.csv",
    field="pi_upper",
    kinds=["pooled"],
    after=["EFFECT-001"],
    consistent=[
        dict(kind="pooled", measure="OR", lower="0.64", upper="0.95", pi_lower="0.40", pi_upper="1.52"),
        dict(kind="pooled", measure="OR", lower="0.64", upper="0.95", pi_lower="0.6", pi_upper="1.0"),
    ],
    inconsistent=[
        dict(kind="pooled", measure="OR", lower="0.64", upper="0.95", pi_lower="0.70", pi_upper="0.87", interval_method="wald"),
        dict(kind="pooled", measure="MD", lower="-2.1", upper="0.4", pi_lower="-1.9", pi_upper="0.9"),
    ],
    cannot_tell=[dict(kind="pooled", measure="OR", lower="0.64", upper="0.95", pi_lower="0.40", pi_upper="NR")],
    look="whether the two intervals are swapped, and whether they have the same level",
)  # fmt: skip
def prediction_contains_interval(lower, upper, pi_lower, pi_upper):
    """The prediction interval does not contain the confidence interval.

    pi_lower <= lower and upper <= pi_upper: theta -/+ t sqrt(tau2 + SE^2) reaches at least as far as theta -/+ z SE.
    Impossible for Wald intervals; a Hartung-Knapp confidence interval of very few studies may be the wider one.
    """
    return pi_lower.at_most(lower) & pi_upper.at_least(upper)


@prediction_contains_interval.reading(
    "a Hartung-Knapp interval of few studies may be wider than a prediction interval without it", "warning"
)
def not_wald(row):
    return row.record.get("interval_method") != "wald"


@prediction_contains_interval.explain
def swapped(row):
    other = {"lower": "pi_lower", "upper": "pi_upper", "pi_lower": "lower", "pi_upper": "upper"}
    fits = row.holds(**{name: (row[by].low, row[by].high) for name, by in other.items()})
    return ["it fits if the two intervals are swapped"] if fits else []
