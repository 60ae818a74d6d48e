"""POOLED-019. Catalogue 41: the pooled interval, computed again."""

import numpy as np
from scipy import special

from curation.engine.rule import rule
from schemas.between_studies import possible_tau2
from schemas.forest import forest
from schemas.intervals import Column
from schemas.margins import OTHER_WEIGHTS_SE
from schemas.pooling_arithmetic import other_model, pooled_se, q_range, se_range, student, studies_of, widened
from schemas.scales import DIFFERENCE_MEASURES, RATIO_MEASURES, nominal_level

_STUDIES = ("0.80 0.60 1.07", "0.70 0.50 0.98", "0.92 0.61 1.39")
_LISTS = ("measure", "estimates", "lowers", "uppers", "levels", "ses")


@rule(
    "POOLED-019",
    severity="warning",
    source="SE = 1 / sqrt(sum of 1 / (v + tau2)); Hartung and Knapp 2001, doi:10.1002/sim.1009, for its other form",
    oracle="R: oracles/pooled.csv",
    thresholds=[OTHER_WEIGHTS_SE],
    field="upper",
    after=["POOLED-018", "EFFECT-001"],
    rows="""
        SELECT 'pooled' AS kind, record, effect_records AS records, 'upper' AS field, lower, upper, level, measure, estimates, lowers, uppers, levels, ses,
               model, tau2, tau2_estimator, pooling_method, interval_method
        FROM pooled_studies WHERE complete = 'yes' AND effects > 1 AND lower IS NOT NULL AND upper IS NOT NULL
    """,
    consistent=[
        forest(*_STUDIES, lower="0.64", upper="0.95", model="common"),
        forest(*_STUDIES, lower="0.64", upper="0.95", model="random", tau2="0.00"),
        forest("0.50 0.40 0.62", "1.50 0.60 3.75", lower="0.20", upper="2.60", model="random"),
    ],
    inconsistent=[
        forest(*_STUDIES, lower="0.45", upper="1.39", model="common"),
        forest(*_STUDIES, lower="0.50", upper="1.20", model="random", tau2="0.00", interval_method="wald"),
    ],
    cannot_tell=[forest(*_STUDIES, lower="NR", upper="0.83", model="common")],
    look="which model and level the interval is of",
)  # fmt: skip
def pooled_interval_from_studies(
    lower, upper, measure, estimates, lowers, uppers,
    level=None, levels=None, ses=None, model=None, tau2=None, tau2_estimator=None, pooling_method=None, interval_method=None,
):  # fmt: skip
    """The pooled interval is not as wide as the studies' intervals give.

    Width over 2z = SE = 1 / sqrt(sum 1 / (v_i + tau2)), which rises with every v_i and with tau2, so that its range is
    exact; tau2 is 0 under a common effect, the printed one, DerSimonian-Laird's, or any. Hartung-Knapp intervals are
    t SE sqrt(Q(tau2) / (k - 1)), and judged so where they are stated. Mixed and Bayesian models are not judged.
    """
    studies = studies_of(measure, estimates, lowers, uppers, levels, ses)
    inverse = pooling_method.is_("inverse_variance") | ~measure.is_("OR", "RR", "RD")
    ends = possible_tau2(studies, model, tau2, tau2_estimator, inverse)
    plain, knapp = widened(*se_range(studies, *ends), studies.known), _hartung_knapp(studies, ends, level)
    stated = interval_method.is_("hartung_knapp")
    fits = Column(np.where(stated, knapp.low, plain.low), np.where(stated, knapp.high, plain.high), plain.known)
    judged = measure.is_(*RATIO_MEASURES, *DIFFERENCE_MEASURES)
    other = pooling_method.is_("mantel_haenszel", "peto", "glmm", "bayesian", "crude")
    other = other | interval_method.is_("exact", "bayesian", "profile", "bootstrap", "score")
    return pooled_se(lower, upper, measure, level).meets(fits).only(judged).unless(other)


def _hartung_knapp(studies, ends, level):
    """Half the width over the normal quantile; also with the factor kept from falling below 1."""
    factor = student(level, studies.k - 1) / special.ndtri(0.5 + nominal_level(level) / 200)
    least, most = se_range(studies, *ends)
    with np.errstate(invalid="ignore", divide="ignore"):
        smallest = np.sqrt(q_range(studies, ends[1])[0] / (studies.k - 1))
        greatest = np.sqrt(np.maximum(q_range(studies, ends[0])[1] / (studies.k - 1), 1.0))
        return widened(factor * least * smallest, factor * most * greatest, studies.known)


@pooled_interval_from_studies.reading("a Hartung-Knapp interval, with t, would be as wide", "note")
def knapp_not_stated(row):
    free = row.code("interval_method") in ("", "unknown") and row.code("model") != "common"
    return free and row.holds(interval_method="hartung_knapp")


@pooled_interval_from_studies.reading(
    "the standard error of Mantel-Haenszel or Peto, which needs the counts, may differ a little", "note"
)
def mantel_haenszel(row):
    stated = row.code("pooling_method") not in ("", "unknown") or row.code("model") == "random"
    if row.code("measure") not in ("OR", "RR", "RD") or stated:
        return False
    studies = studies_of(*(row.columns[name] for name in _LISTS))
    fits, se = se_range(studies), pooled_se(*(row.columns[name] for name in ("lower", "upper", "measure", "level")))
    more = 1 + OTHER_WEIGHTS_SE.value
    return bool(studies.known[0] and se.high[0] >= fits[0][0] / more and se.low[0] <= fits[1][0] * more)


pooled_interval_from_studies.explain(other_model)


@pooled_interval_from_studies.explain
def another_level(row):
    if row["level"].known:
        return []
    return [f"it fits if the interval is a {level}% one" for level in (90, 99) if row.holds(level=level)][:1]
