"""EFFECT-007. Catalogue 24: the standard error against the interval."""

import math

import numpy as np
from scipy import special

from curation.engine.rule import rule
from schemas.intervals import Column
from schemas.proportions import rounded_z, z_of
from schemas.scales import DIFFERENCE_MEASURES, RATIO_MEASURES, nominal_level, scale_of, scaled
from schemas.wording import decimals

SYMMETRIC = ("wald", "adjusted", "hartung_knapp", "unknown")


@rule(
    "EFFECT-007",
    severity="error",
    source="an interval of estimate plus or minus z standard errors; Altman and Bland 2005, BMJ 331:903",
    kinds=["effect", "pooled"],
    field="se",
    after=["EFFECT-001", "EFFECT-003"],
    consistent=[
        dict(kind="effect", measure="HR", lower="0.52", upper="0.84", se="0.12"), dict(kind="effect", measure="MD", lower="-0.31", upper="2.71", se="0.77"),
        dict(kind="effect", measure="MD", lower="-0.31", upper="2.71", se="0.65", df="8"), dict(kind="effect", measure="RR", lower="0.00", upper="2.50", se="3.1"),
        dict(kind="effect", measure="HR", lower="0.48", upper="0.91", level="99%", se="0.124"),
    ],
    inconsistent=[
        dict(kind="effect", measure="HR", lower="0.52", upper="0.84", se="0.24", interval_method="wald"),
        dict(kind="effect", measure="MD", lower="-0.31", upper="2.71", se="1.51"), dict(kind="effect", measure="HR", lower="0.52", upper="0.84", se="0.08"),
    ],
    cannot_tell=[dict(kind="effect", measure="HR", lower="NR", upper="0.84", se="0.12"), dict(kind="effect", measure="HR", lower="0.52", upper="0.84", se="NR")],
    limits="Of exact, score, profile, bootstrap and Bayesian intervals nothing is asked. Single proportions are not asked: which scale their SE is on is not said.",
    look="whether the standard error is that of the logarithm, and whether it is a standard error at all",
    oracle="brute force: test_rules_two_groups.py",
)  # fmt: skip
def se_against_ci(lower, upper, se, measure, level=None, df=None, interval_method=None, k=None, transform=None):
    """The standard error does not go with the width of the confidence interval.

    g(upper) - g(lower) = 2 q SE, with g the logarithm for ratios, Fisher's z for correlations, and q the normal quantile of
    the level (exact, or rounded to 1.96 or 2). Mean differences may use the t distribution with the printed degrees of
    freedom, or any from 2; Hartung-Knapp intervals that with k - 1. Rounding of all three numbers is carried through.
    """
    scale = scale_of(measure)
    width = scaled(upper, scale) - scaled(lower, scale)
    low, high = _quantiles(nominal_level(level), measure, df, interval_method, k)
    judged = width.meets(2 * _doubles(se) * Column.from_ends(low, high))
    known_scale = measure.is_(*RATIO_MEASURES, *DIFFERENCE_MEASURES, "COR")
    analysed_so = transform.is_("log", "none", "unknown") | ~transform.known
    symmetric = interval_method.is_(*SYMMETRIC) | ~interval_method.known
    return judged.only(known_scale & symmetric & analysed_so)


def _doubles(column):
    return column.rising(lambda x: x)


def _quantiles(percent, measure, df, interval_method, k):
    exact, rounded = z_of(percent), rounded_z(percent)
    low, high = np.minimum(exact, rounded), np.maximum(exact, np.maximum(rounded, np.round(exact, 1)))
    ends = np.asarray(df.low, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        student = special.stdtrit(np.where(df.known & (ends >= 1), ends, 2.0), 0.5 + percent / 200)
        studies = np.asarray(k.low, dtype=np.float64) - 1
        knapp = special.stdtrit(np.where(k.known & (studies >= 1), studies, 1.0), 0.5 + percent / 200)
    high = np.where(measure.is_("MD", "SMD"), np.maximum(high, student), high)
    return low, np.where(interval_method.is_("hartung_knapp"), np.maximum(high, knapp), high)


@se_against_ci.reading("how the interval was made is not stated, so it need not be estimate plus or minus z SE", "warning")  # fmt: skip
def method_not_stated(row):
    return row.code("interval_method") != "wald"


@se_against_ci.reading("the standard error is that of the ratio itself, not of its logarithm", "warning")
def on_the_scale_of_the_ratio(row):
    if row.code("measure") not in RATIO_MEASURES:
        return False
    return _by_width(row) or _by_the_delta_method(row)


def _by_width(row):
    """The SE is the width of the printed interval over 2 z."""
    (low, high), se = _q(row), row["se"]
    width = row["upper"].low - row["lower"].high, row["upper"].high - row["lower"].low
    return 2 * se.low * low <= width[1] and 2 * se.high * high >= width[0]


def _by_the_delta_method(row):
    """The SE of the ratio is the ratio times that of its logarithm; the ratio is near the geometric middle."""
    low, high = float(row["lower"].low), float(row["upper"].high)
    if low <= 0 or not np.isfinite(high) or float(row["lower"].high) <= 0:
        return False
    middle = math.sqrt(low * float(row["upper"].low)), math.sqrt(float(row["lower"].high) * high)
    return bool(row.holds(se=(float(row["se"].low) / middle[1], float(row["se"].high) / middle[0])))


def _q(row):
    names = ("measure", "df", "interval_method", "k")
    low, high = _quantiles(nominal_level(row.columns["level"]), *(row.columns[name] for name in names))
    return low[0], high[0]


@se_against_ci.reading("the t distribution with few studies (Hartung-Knapp) gives this interval", "note")
def few_studies(row):
    return row.record.get("kind") == "pooled" and row.holds(interval_method="hartung_knapp")


@se_against_ci.expects
def the_standard_error(row):
    scale = scale_of(row.columns["measure"])
    width = scaled(row.columns["upper"], scale) - scaled(row.columns["lower"], scale)
    z, places = z_of(nominal_level(row.columns["level"]))[0], max(2, decimals(row["se"]))
    low, high = (float(end[0]) / (2 * z) for end in (width.low, width.high))
    if not np.isfinite(high) or not np.isfinite(low):
        return ""
    texts = [f"{max(end, 0):.{places}f}" for end in (low, high)]
    return f"SE of {texts[0]}" if texts[0] == texts[1] else f"SE of {texts[0]} to {texts[1]}"


@se_against_ci.explain
def another_level(row):
    if row["level"].known:
        return []
    fits = [level for level in (90, 99) if row.holds(level=level)]
    return [f"it fits if the interval is a {fits[0]}% one"] if fits else []


@se_against_ci.explain
def half_a_width(row):
    z = float(z_of(nominal_level(row.columns["level"]))[0])
    se = float(row["se"].low), float(row["se"].high)
    if row.holds(se=(se[0] / z, se[1] / z)):
        return ["half the width of the interval may be printed for the standard error"]
    return ["the variance may be printed for the standard error"] if row.holds(se=(max(se[0], 0) ** 0.5, max(se[1], 0) ** 0.5)) else []  # fmt: skip
