"""POOLED-022. Catalogue 42: the prediction interval, computed again."""

import functools
import operator

import numpy as np

from curation.engine.rule import rule
from schemas.pooling_arithmetic import in_words, on_scale, pooled_se, student, widened
from schemas.scales import DIFFERENCE_MEASURES, RATIO_MEASURES
from schemas.wording import decimals

CUSTOMS = (
    ("t with k - 2 degrees of freedom", 2),
    ("t with k - 1 degrees of freedom", 1),
    ("the normal distribution", None),
)


@rule(
    "POOLED-022",
    severity="warning",
    source="theta -/+ t sqrt(tau2 + SE^2), t with k - 2 degrees of freedom; Higgins, Thompson and Spiegelhalter 2009, doi:10.1111/j.1467-985X.2008.00552.x",
    oracle="R: oracles/pooled.csv",
    field="pi_upper",
    kinds=["pooled"],
    after=["EFFECT-001", "POOLED-021"],
    consistent=[
        dict(kind="pooled", measure="OR", estimate="0.78", lower="0.60", upper="1.01", k="8", tau2="0.050", pi_lower="0.41", pi_upper="1.49"),
        dict(kind="pooled", measure="MD", estimate="1.0", lower="0.0", upper="2.0", k="10", tau2="1.00", pi_lower="-1.6", pi_upper="3.6"),
    ],
    inconsistent=[
        dict(kind="pooled", measure="OR", estimate="0.78", lower="0.60", upper="1.01", k="8", tau2="0.050", pi_lower="0.21", pi_upper="2.90"),
        dict(kind="pooled", measure="MD", estimate="1.0", lower="0.0", upper="2.0", k="10", tau2="1.00", pi_lower="-3.6", pi_upper="5.6"),
    ],
    cannot_tell=[dict(kind="pooled", measure="OR", estimate="0.78", lower="0.60", upper="1.01", tau2="0.050", pi_lower="0.41", pi_upper="1.49")],
    look="whether tau2, the interval and the prediction interval are of one model",
)  # fmt: skip
def prediction_from_tau2(estimate, lower, upper, measure, k, tau2, pi_lower, pi_upper, level=None):
    """The prediction interval does not follow from the estimate, its interval and tau2.

    PI = theta -/+ c sqrt(tau2 + SE^2) on the scale of analysis, with c from t on k - 2 or k - 1 degrees of freedom or
    from the normal distribution, and SE from an interval made with z or with t on k - 1. A warning: bootstrap and
    Bayesian prediction intervals are made otherwise.
    """
    theta, low, high = (on_scale(each, measure) for each in (estimate, pi_lower, pi_upper))
    by_custom = [
        low.meets(theta - half) & high.meets(theta + half) for half in _halves(lower, upper, measure, k, tau2, level)
    ]
    return functools.reduce(operator.or_, by_custom).only(measure.is_(*RATIO_MEASURES, *DIFFERENCE_MEASURES))


def _halves(lower, upper, measure, k, tau2, level):
    """Half the width of the prediction interval by every custom."""
    studies = np.asarray(k.low, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        known = k.known & (studies > 2)
    quantiles = [None, np.where(known, student(level, np.where(known, studies - 1, 1.0)), 1.0)]
    normal = pooled_se(lower, upper, measure, level)
    for quantile in quantiles:
        se = normal if quantile is None else pooled_se(lower, upper, measure, level, quantile)
        least, most = (
            np.sqrt(np.maximum(np.asarray(between, dtype=np.float64), 0) + np.asarray(end, dtype=np.float64) ** 2)
            for between, end in ((tau2.low, se.low), (tau2.high, se.high))
        )
        for _, lost in CUSTOMS:
            df = np.full(len(studies), 1e9) if lost is None else np.where(known, studies - lost, 1.0)
            factor = student(level, df)
            yield widened(factor * least, factor * most, known & tau2.known & se.known)


@prediction_from_tau2.expects
def the_interval(row):
    names = ("lower", "upper", "measure", "k", "tau2", "level")
    half = next(_halves(*(row.columns[name] for name in names)))
    theta, places = on_scale(row.columns["estimate"], row.columns["measure"]), decimals(row["pi_upper"])
    ratio, middle = row.code("measure") in RATIO_MEASURES, (float(half.low[0]) + float(half.high[0])) / 2
    centre = (float(theta.low[0]) + float(theta.high[0])) / 2
    ends = [in_words(centre + sign * middle, centre + sign * middle, places, ratio=ratio) for sign in (-1, 1)]
    return f"about {ends[0]} to {ends[1]}"


@prediction_from_tau2.explain
def tau_itself(row):
    low, high = row["tau2"].low, row["tau2"].high
    return (
        ["it fits if tau and not its square is printed"]
        if low >= 0 and row.holds(tau2=(low * low, high * high))
        else []
    )
