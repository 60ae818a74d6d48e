"""SURVIVAL-012. Catalogue 37: Greenwood's variance is never below the binomial one."""

import numpy as np
from scipy import special

from curation.engine.rule import rule
from schemas.scales import nominal_level
from schemas.verdicts import Verdicts

FLATTEST = 0.20318786997997992
"""The rate at which sqrt((1 - S) / S) / -log S, the spread on the log-log scale, is least."""


@rule(
    "SURVIVAL-012",
    severity="warning",
    source="Greenwood 1926, Reports on Public Health and Medical Subjects 33; arithmetic",
    oracle="R: oracles/survival_intervals.csv",
    kinds=["survival"],
    field="rate_upper",
    after=["EFFECT-001", "EFFECT-002", "SURVIVAL-011", "PERCENT-001"],
    consistent=[
        dict(total="52", time="2 years", rate="69.0%", rate_lower="56.0%", rate_upper="81.0%"),
        dict(total="52", time="2 years", rate="69.0%", rate_lower="30.0%", rate_upper="95.0%"),
        dict(total="52", time="2 years", rate="98.1%", rate_lower="94.4%", rate_upper="100%"),
    ],
    inconsistent=[
        dict(total="52", time="2 years", rate="69.0%", rate_lower="63.0%", rate_upper="75.0%"),
        dict(total="52", time="2 years", rate="69.0%", rate_lower="56.0%", rate_upper="81.0%", level="99%"),
    ],
    cannot_tell=[dict(total="NR", time="2 years", rate="69.0%", rate_lower="63.0%", rate_upper="75.0%")],
    limits="Late entry, weights and bootstrap intervals can be narrower.",
    look="the total, the level, and whether the limits are one standard error away",
)
def rate_interval_width(total, rate, rate_lower, rate_upper, level=None, estimator=None):
    """The confidence interval of the survival rate is narrower than so few participants allow.

    Greenwood: var S = S^2 sum d/(n (n - d)) >= S (1 - S) / N, with equality without censoring. Proof: just before an
    event n <= N S, so each term 1/(n - d) - 1/n = (1/q - 1)/n, with q = 1 - d/n, is at least (1/N)(1/(S q) - 1/S); these add
    up to (1/N)(1/S - 1). So on the scale of the interval (plain, log, log-log, logit, arcsine, or Wilson's) it spans at
    least 2 z times the binomial standard error. Contradicts only if it is too narrow on every one, each number anywhere
    inside its rounding. Of a limit cut off at 0% or 100% only the other side is looked at.
    """
    ends = [np.clip(np.asarray(each, dtype=np.float64) / 100, 0, 1) for each in (rate.low, rate.high)]
    s_low, s_high = ends
    least, most = (np.asarray(end, dtype=np.float64) / 100 for end in (rate_lower.low, rate_upper.high))
    with np.errstate(all="ignore"):
        n = np.asarray(total.high, dtype=np.float64)
        z = special.ndtri(0.5 + nominal_level(level) / 200)
        ratios = [_spread(scale, least, most, s_low, s_high) / need for scale, need in _needed(s_low, s_high, n, z)]
        widest = np.max(ratios, axis=0)
    known = total.known & rate.known & rate_lower.known & rate_upper.known
    unbounded = np.isnan(widest) | (n < 1) | (s_low <= 0) | (s_high >= 1)
    edge = np.abs(widest - 1) <= 1e-9
    verdicts = Verdicts.of((widest < 1) & ~unbounded, known, edge & ~unbounded)
    return verdicts.unless(estimator.is_("cumulative_incidence", "rate"))


def _spread(scale, least, most, s_low, s_high):
    """How much half an interval may span on a scale; infinite where both limits may be cut off."""
    low_side = np.where(least <= 0, np.inf, scale(s_high) - scale(np.clip(least, 1e-12, 1)))
    high_side = np.where(most >= 1, np.inf, scale(np.clip(most, 0, 1 - 1e-12)) - scale(s_low))
    together = (scale(np.clip(most, 0, 1 - 1e-12)) - scale(np.clip(least, 1e-12, 1))) / 2
    one_cut = (least <= 0) | (most >= 1)
    return np.where(one_cut, np.minimum(low_side, high_side), together)


def _needed(s_low, s_high, n, z):
    """Each scale with the least half-width that n participants and a rate in this interval allow."""
    middle = np.clip(0.5, s_low, s_high)
    flattest = np.clip(FLATTEST, s_low, s_high)
    root = z / np.sqrt(n)
    yield lambda s: s, root * np.minimum(np.sqrt(s_low * (1 - s_low)), np.sqrt(s_high * (1 - s_high)))
    yield np.log, root * np.sqrt((1 - s_high) / s_high)
    yield lambda s: -np.log(-np.log(s)), root * np.sqrt((1 - flattest) / flattest) / -np.log(flattest)
    yield special.logit, root / np.sqrt(middle * (1 - middle))
    yield lambda s: np.arcsin(np.sqrt(s)), root / 2
    yield special.logit, 2 * np.arcsinh(root / 2 / np.sqrt(middle * (1 - middle)))


@rate_interval_width.expects
def binomial_interval(row):
    s, n = float(row["rate"].value or 0) / 100, float(row["total"].high)
    z = float(special.ndtri(0.5 + nominal_level(row.columns["level"])[0] / 200))
    half = z * np.sqrt(s * (1 - s) / n)
    low, high = 100 * max(s - half, 0), 100 * min(s + half, 1)
    return f"limits no closer than about {low:.0f}% and {high:.0f}%, as with all {row['total'].text.strip()} followed to the end"


@rate_interval_width.explain
def participants_needed(row):
    low = high = int(row["total"].high)
    while high < 2**40 and not row.holds(total=high):
        low, high = high, 2 * high
    if high >= 2**40:
        return []
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if row.holds(total=middle) else (middle, high)
    return [f"an interval this narrow needs {high:,} participants or more"]
