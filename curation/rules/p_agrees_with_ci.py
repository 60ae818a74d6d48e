"""EFFECT-006. Catalogue 25 and 26: P from the interval, and the decision."""

import numpy as np
from scipy import special

from curation.engine.rule import rule
from schemas.intervals import Column
from schemas.margins import STATISTICS_NEAR
from schemas.scales import (
    DIFFERENCE_MEASURES,
    RATIO_MEASURES,
    nominal_level,
    possible_p,
    scale_of,
    scaled,
    standard_errors,
)
from schemas.screens import p_of_difference, p_of_ratio
from schemas.verdicts import Verdicts

SYMMETRIC = ("wald", "adjusted", "unknown")


@rule(
    "EFFECT-006",
    severity="warning",
    source="the duality of a test and its confidence interval; z = estimate / standard error on the scale of analysis",
    kinds=["effect", "pooled"],
    after=["EFFECT-001", "EFFECT-002", "EFFECT-003", "EFFECT-004"],
    consistent=[
        dict(kind="effect", measure="HR", estimate="0.66", lower="0.52", upper="0.84", p="<0.001"),
        dict(kind="effect", measure="MD", estimate="1.20", lower="-0.31", upper="2.71", p="0.11"),
        dict(kind="pooled", measure="OR", estimate="1.50", lower="1.00", upper="2.25", p="0.05"),
        dict(kind="effect", measure="HR", estimate="0.66", lower="0.48", upper="0.91", level="99%", p="0.001"),
    ],
    inconsistent=[
        dict(kind="effect", measure="HR", estimate="0.66", lower="0.52", upper="0.84", p="0.12"),
        dict(kind="effect", measure="RR", estimate="0.80", lower="0.60", upper="1.07", p="0.03"),
        dict(kind="effect", measure="MD", estimate="1.20", lower="-0.31", upper="2.71", p="<0.01", interval_method="exact"),
    ],
    cannot_tell=[
        dict(kind="effect", measure="HR", estimate="0.66", lower="0.52", upper="0.84", p="NR"),
        dict(kind="effect", measure="HR", estimate="1", lower="1", upper="1", p="0.12"),
    ],
    look="whether P and interval belong to the same comparison and the same test",
    oracle="brute force: test_bruteforce_effects.py",
    thresholds=[STATISTICS_NEAR],
)  # fmt: skip
def p_agrees_with_ci(estimate, lower, upper, p, measure, level=None, interval_method=None, df=None):
    """The P value does not agree with the confidence interval.

    z = g(estimate) / SE with SE = (g(upper) - g(lower)) / (2 z_level), g the logarithm for ratios and Fisher's z for
    correlations; P is two-sided. All printed intervals are carried through. Mean differences may follow a t
    distribution with any df from 2 (or the printed df), correlations their t test. Besides, P is below 1 - level
    exactly if the interval leaves out the null value; of exact, score, profile and bootstrap intervals only this is
    asked, of Bayesian ones nothing. A customary other test of the same hypothesis explains small differences: a note.
    """
    ratio, percent, moved = _parts(estimate, lower, upper, measure, level)
    by_test = p.meets(_two_sided(ratio, percent, measure, df, moved))
    by_decision = Verdicts.of(_conflict(moved, percent, p), p.known & ratio.known)
    symmetric = interval_method.is_(*SYMMETRIC) | ~interval_method.known
    both = Verdicts(np.where(symmetric, (by_test & by_decision).codes, by_decision.codes))
    return both.cannot_tell(~possible_p(p)).only(
        measure.is_(*RATIO_MEASURES, *DIFFERENCE_MEASURES, "COR") & ~interval_method.is_("bayesian")
    )


@p_agrees_with_ci.screen
def surely_agrees(estimate, lower, upper, p, measure, level, interval_method, df):
    agrees = np.zeros(len(measure), dtype=bool)
    for measures, p_of in ((RATIO_MEASURES, p_of_ratio), (DIFFERENCE_MEASURES, p_of_difference)):
        rows = measure.is_(*measures)
        if rows.any():
            agrees |= rows & p_of(estimate, lower, upper, p)
    usual = ~df.known & (interval_method.is_(*SYMMETRIC) | ~interval_method.known)
    if level.known.any():
        usual &= ~level.known | (level.low + level.high == 190)
    asked = measure.is_(*RATIO_MEASURES, *DIFFERENCE_MEASURES, "COR") & ~interval_method.is_("bayesian")
    return Verdicts.surely(agrees & usual, ~asked)


def _parts(estimate, lower, upper, measure, level):
    """The estimate in half-widths of its interval, the level, and all three on the scale of analysis."""
    scale = scale_of(measure)
    estimate, lower, upper = (scaled(each, scale) for each in (estimate, lower, upper))
    ratio = abs(2 * estimate / (upper - lower))
    known = ratio.known & ~np.isnan(ratio.low) & ~np.isnan(ratio.high)
    return Column(ratio.low, ratio.high, known), nominal_level(level), (estimate, lower, upper)


def _two_sided(ratio, percent, measure, df, moved):
    """P by the normal distribution; of mean differences by any t distribution too, of correlations by their t test."""
    critical = standard_errors(percent)
    fits = ratio.falling(lambda half_widths: 2 * special.ndtr(-critical * half_widths))
    means, correlation = measure.is_("MD", "SMD"), measure.is_("COR")
    if means.any():
        student = _student(ratio, percent, np.where(df.known, np.maximum(np.asarray(df.low, dtype=np.float64), 1), 2.0))
        fits = _widened(fits, student, means)
    if correlation.any():
        estimate, lower, upper = moved
        pearson = _pearson(estimate, upper - lower, critical)
        fits = _widened(fits, pearson, correlation & pearson.known)
    return Column(fits.low, fits.high, ratio.known)


def _widened(column, other, rows):
    """In these rows, the smallest interval that holds both."""
    both = column.hull(other)
    return Column(np.where(rows, both.low, column.low), np.where(rows, both.high, column.high), column.known)


def _student(ratio, percent, df):
    critical = special.stdtrit(df, 0.5 + percent / 200)
    return ratio.falling(lambda half_widths: 2 * special.stdtr(df, -critical * half_widths))


def _pearson(z, width, critical):
    """P of the t test of a correlation; the width of its interval gives the sample size: SE = 1 / sqrt(n - 3)."""
    precision = Column.from_ends(2 * critical, 2 * critical) / width
    size = precision * precision + 3
    r = abs(z).rising(np.tanh)
    ends = []
    for corr, n in ((r.high, size.high), (r.low, size.low)):
        with np.errstate(all="ignore"):
            t = corr * np.sqrt((n - 2) / (1 - corr**2))
            ends.append(2 * special.stdtr(n - 2, -t))
    return Column(ends[0], ends[1], r.known & size.known & ~np.isnan(ends[0]) & ~np.isnan(ends[1]))


def _conflict(moved, percent, p):
    """Rows in which the interval and P decide differently, beyond rounding."""
    _, low, high = moved
    alpha = 1 - percent / 100
    with np.errstate(invalid="ignore"):
        p_low, p_high = (np.asarray(end, dtype=np.float64) for end in (p.low, p.high))
        null_outside, null_inside = (low.low > 1e-11) | (high.high < -1e-11), (low.high < -1e-11) & (high.low > 1e-11)
        return (null_outside & (p_low > alpha + 1e-11)) | (null_inside & (p_high < alpha - 1e-11))


def _decides_differently(row):
    _, percent, moved = _of_row(row)
    return bool(_conflict(moved, percent, row.columns["p"])[0])


def _of_row(row):
    return _parts(*(row.columns[name] for name in ("estimate", "lower", "upper", "measure", "level")))


@p_agrees_with_ci.reading(
    "another customary test of the same hypothesis (score, log-rank, chi-square) may give this P value", "note"
)
def near_enough(row):
    ratio, percent, _ = _of_row(row)
    critical = special.ndtri(0.5 + percent[0] / 200)
    low, high = (critical * float(end[0]) for end in (ratio.low, ratio.high))
    p_low, p_high = (float(np.clip(float(end), 0.0, 1.0)) for end in (row["p"].low, row["p"].high))
    z_low, z_high = -special.ndtri(p_high / 2), -special.ndtri(p_low / 2)
    return (
        not _decides_differently(row)
        and z_low <= high * (1 + STATISTICS_NEAR.value)
        and z_high >= low * (1 - STATISTICS_NEAR.value)
    )


@p_agrees_with_ci.reading("a t distribution with few studies (Hartung-Knapp) would give this P value", "note")
def few_studies(row):
    if row.record.get("kind") != "pooled" or _decides_differently(row):
        return False
    ratio, percent, _ = _of_row(row)
    k = row["k"].value if isinstance(row.record.get("k"), type(row["p"])) else None
    sizes = [float(k - 1)] if k is not None and k > 1 else [1.0, np.inf]
    ends = [_student(ratio, percent, np.array([min(size, 1e9)])) for size in sizes]
    p = row.columns["p"]
    return bool(
        p.low[0] <= max(float(end.high[0]) for end in ends) and p.high[0] >= min(float(end.low[0]) for end in ends)
    )


@p_agrees_with_ci.expects
def the_p_value(row):
    ratio, percent, moved = _of_row(row)
    fits = _two_sided(ratio, percent, row.columns["measure"], row.columns["df"], moved)
    low, high = (f"{float(end[0]):.2g}" if end[0] >= 0.0001 else "0.0001" for end in (fits.low, fits.high))
    if float(fits.high[0]) < 0.0001:
        return "P below 0.0001"
    return f"P of {high}" if low == high else f"P of {low} to {high}"


@p_agrees_with_ci.changes_conclusion
def decision(row):
    return _decides_differently(row)


@p_agrees_with_ci.explain
def one_sided(row):
    return ["P fits a one-sided test"] if row.holds(p=(2 * row["p"].low, 2 * row["p"].high)) else []


@p_agrees_with_ci.explain
def on_the_scale_as_printed(row):
    if row.code("measure") not in RATIO_MEASURES:
        return []
    moved = {name: (row[name].low - 1, row[name].high - 1) for name in ("estimate", "lower", "upper")}
    return ["P fits if the interval was made on the ratio itself, not on its logarithm"] if row.holds(measure="RD", **moved) else []  # fmt: skip
