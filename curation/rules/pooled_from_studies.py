"""POOLED-016. Catalogue 41: the pooled estimate, computed again."""

import numpy as np

from curation.engine.rule import rule
from schemas.between_studies import possible_tau2
from schemas.forest import forest
from schemas.pooling_arithmetic import in_words, on_scale, other_model, pooled_range, studies_of, widened
from schemas.scales import RATIO_MEASURES
from schemas.wording import decimals

_STUDIES = ("0.80 0.60 1.07", "0.70 0.50 0.98", "0.92 0.61 1.39")


@rule(
    "POOLED-016",
    severity="warning",
    source="theta = sum(w y) / sum(w), w = 1 / (v + tau2); DerSimonian and Laird 1986, doi:10.1016/0197-2456(86)90046-2",
    oracle="R: oracles/pooled.csv",
    field="estimate",
    after=["POOLED-015"],
    rows="""
        SELECT 'pooled' AS kind, record, effect_records AS records, 'estimate' AS field, estimate, measure, estimates, lowers, uppers, levels, ses,
               model, tau2, tau2_estimator, pooling_method, names
        FROM pooled_studies WHERE complete = 'yes' AND effects > 1 AND estimate IS NOT NULL
    """,
    consistent=[
        forest(*_STUDIES, estimate="0.79", model="common"),
        forest(*_STUDIES, estimate="0.79", model="random", tau2="0.00"),
        forest("0.50 0.40 0.62", "1.50 0.60 3.75", estimate="0.86", model="random"),
    ],
    inconsistent=[
        forest(*_STUDIES, estimate="0.88", model="common", pooling_method="inverse_variance"),
        forest("0.50 0.40 0.62", "1.50 0.60 3.75", estimate="1.10", model="random"),
        forest("0.50 0.40 0.62", "1.50 0.60 3.75", estimate="0.86", model="random", tau2="0.00"),
    ],
    cannot_tell=[forest("1 1 1", "0.70 0.50 0.98", estimate="0.8", model="common")],
    look="whether the pooled result belongs to these studies, and which model it is of",
)  # fmt: skip
def pooled_from_studies(
    estimate, measure, estimates, lowers, uppers,
    levels=None, ses=None, model=None, tau2=None, tau2_estimator=None, pooling_method=None,
):  # fmt: skip
    """The pooled effect does not follow from the studies' effects and intervals.

    theta = sum(w_i y_i) / sum(w_i) with w_i = 1 / (v_i + tau2) on the scale of analysis (log for ratios); tau2 is 0
    under a common effect, the printed one, DerSimonian-Laird's, or any where it is not known. The range holds theta
    for every true number behind the prints. Weights of another kind are not judged.
    """
    theta, known = _theta(measure, estimates, lowers, uppers, levels, ses, model, tau2, tau2_estimator, pooling_method)
    other = pooling_method.is_("mantel_haenszel", "peto", "glmm", "bayesian", "crude")
    return on_scale(estimate, measure).meets(theta).cannot_tell(~known).unless(other)


def _theta(measure, estimates, lowers, uppers, levels, ses, model, tau2, tau2_estimator, pooling_method):
    studies = studies_of(measure, estimates, lowers, uppers, levels, ses)
    inverse = pooling_method.is_("inverse_variance") | ~measure.is_("OR", "RR", "RD")
    ends = possible_tau2(studies, model, tau2, tau2_estimator, inverse)
    return widened(*pooled_range(studies, *ends), studies.known), studies.known


@pooled_from_studies.reading("Mantel-Haenszel or Peto weights, which need the counts, may give it", "note")
def mantel_haenszel(row):
    stated = row.code("pooling_method") not in ("", "unknown") or row.code("model") == "random"
    return row.code("measure") in ("OR", "RR", "RD") and not stated


def _range(row, **changed):
    theta, _ = _theta(**{name: value for name, value in (row.columns | changed).items() if name != "estimate"})
    places, ratio = decimals(row["estimate"]) + 1, row.code("measure") in RATIO_MEASURES
    return in_words(float(theta.low[0]), float(theta.high[0]), places, ratio=ratio)


@pooled_from_studies.expects
def the_estimate(row):
    return _range(row)


pooled_from_studies.explain(other_model)


@pooled_from_studies.explain
def plain_mean(row):
    studies = studies_of(*(row.columns[name] for name in ("measure", "estimates", "lowers", "uppers", "levels", "ses")))
    equal = widened(*pooled_range(studies, np.full(1, np.inf), np.full(1, np.inf)), studies.known)
    fits = on_scale(row.columns["estimate"], row.columns["measure"]).meets(equal).codes[0] == 0
    return ["it fits the plain mean of the studies, with equal weights"] if fits else []
