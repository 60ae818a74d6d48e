"""POOLED-015. Catalogue 41: the convex hull, for effects."""

from curation.engine.rule import rule
from schemas.forest import forest
from schemas.scales import DIFFERENCE_MEASURES, RATIO_MEASURES

_STUDIES = ("0.80 0.60 1.07", "0.70 0.50 0.98", "0.92 0.61 1.39")
_STATED = dict(pooling_method="inverse_variance", model="random")


@rule(
    "POOLED-015",
    severity="error",
    source="a weighted mean lies between the smallest and the greatest of its parts",
    oracle="R: oracles/pooled.csv",
    field="estimate",
    rows="""
        SELECT 'pooled' AS kind, record, effect_records AS records, 'estimate' AS field, estimate, measure, estimates, pooling_method, interval_method, names
        FROM pooled_studies WHERE complete = 'yes' AND effects > 1 AND estimate IS NOT NULL
    """,
    consistent=[forest(*_STUDIES, estimate="0.78", **_STATED), forest(*_STUDIES, estimate="0.70")],
    inconsistent=[
        forest(*_STUDIES, estimate="0.95", **_STATED),
        forest(*_STUDIES, estimate="0.55"),
        forest("1.2 0.3 2.1", "0.9 0.1 1.7", measure="MD", estimate="-1.1"),
    ],
    cannot_tell=[forest(*_STUDIES, estimate="NR"), forest(*_STUDIES, "NE NE NE", estimate="0.95")],
    look="whether the pooled result belongs to these studies, and whether a study or a sign was turned round",
)  # fmt: skip
def pooled_within_effects(estimate, measure, estimates, pooling_method=None):
    """The pooled effect lies outside the range of the studies pooled.

    min(y_i) <= pooled <= max(y_i), for a weighted mean on any monotone scale, common or random effects; compared as
    printed, in exact numbers. Asked only where all studies pooled are known: they are listed, or k is their number.
    Impossible with inverse-variance weights; mixed and Bayesian models, and Mantel-Haenszel with empty cells, may
    leave the range: a warning where the method is not stated.
    """
    judged = measure.is_(*RATIO_MEASURES, *DIFFERENCE_MEASURES, "COR")
    return (estimate.at_least(estimates.least()) & estimate.at_most(estimates.greatest())).only(judged)


@pooled_within_effects.reading(
    "how the studies were pooled is not stated, or in a way that may leave their range (mixed, Bayesian; Mantel-Haenszel or Peto with empty cells)",
    "warning",
)
def method_not_stated(row):
    return row.code("pooling_method") != "inverse_variance" or row.code("interval_method") == "bayesian"


@pooled_within_effects.expects
def the_range(row):
    printed = sorted((each.value, each.text.strip()) for each in row.several("estimates") if each.value is not None)
    return f"{printed[0][1]} to {printed[-1][1]}" if printed else ""


@pooled_within_effects.explain
def turned(row):
    low, high = row["estimate"].low, row["estimate"].high
    if row.code("measure") in RATIO_MEASURES:
        return (
            ["its inverse would fit: the groups turned round"]
            if low > 0 and row.holds(estimate=(1 / high, 1 / low))
            else []
        )
    return ["it would fit with the other sign"] if row.holds(estimate=(-high, -low)) else []
