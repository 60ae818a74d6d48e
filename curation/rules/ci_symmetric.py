"""EFFECT-005. Catalogue 23: symmetry, and the traps about intervals that need not have it."""

from collections.abc import Callable

import numpy as np
from scipy import special

from curation.engine.rule import rule
from schemas.intervals import Column
from schemas.ragged import Codes
from schemas.scales import DIFFERENCE_MEASURES, RATIO_MEASURES, STATED, double_arcsine, scale_of, scaled
from schemas.screens import even_difference, even_ratio
from schemas.verdicts import Verdict, Verdicts
from schemas.wording import decimals

ASYMMETRIC = ("exact", "score", "profile", "bootstrap", "bayesian")
"""Methods whose intervals are not symmetric on any scale."""
NAMED = ("OR", "RR", "HR", "IRR", "ROM", "RD", "MD", "SMD", "COR", "mean", "proportion", "survival_rate")
SAMPLE_SIZES = np.geomspace(1, 1e7, 150)
"""Harmonic-mean sample sizes at which Miller's inverse of the double arcsine is tried."""
BACK: dict[str, Callable[[float], float]] = {
    "none": lambda x: x, "log": np.exp, "logit": special.expit, "fisher_z": np.tanh,
    "arcsine": lambda x: np.sin(x) ** 2, "double_arcsine": lambda x: np.sin(x) ** 2,
}  # fmt: skip
WORDS = {
    "none": "as printed",
    "log": "on the logarithmic scale",
    "logit": "on the logit scale",
    "arcsine": "on the arcsine scale",
}


@rule(
    "EFFECT-005",
    severity="warning",
    source="an interval of estimate plus or minus a multiple of its standard error; Freeman and Tukey 1950, doi:10.1214/aoms/1177729756, and Miller 1978, doi:10.1080/00031305.1978.10479283, for the double arcsine",
    kinds=["effect", "pooled", "mean"],
    field="estimate",
    after=["EFFECT-001", "EFFECT-002", "EFFECT-003", "EFFECT-004"],
    consistent=[
        dict(kind="effect", measure="HR", estimate="0.66", lower="0.52", upper="0.84"),
        dict(kind="effect", measure="RR", estimate="0.10", lower="0.00", upper="2.50"),
        dict(kind="effect", measure="COR", estimate="0.80", lower="0.55", upper="0.92"),
        dict(kind="pooled", measure="proportion", estimate="0.390", lower="0.303", upper="0.480", transform="double_arcsine"),
        dict(kind="pooled", measure="proportion", estimate="0.036", lower="0.004", upper="0.097", transform="double_arcsine"),
        dict(kind="mean", n="52", mean="58.5", lower="55.9", upper="61.1"),
    ],
    inconsistent=[
        dict(kind="effect", measure="HR", estimate="0.66", lower="0.52", upper="0.80", interval_method="wald"),
        dict(kind="effect", measure="MD", estimate="1.25", lower="0.52", upper="3.01"),
        dict(kind="pooled", measure="proportion", estimate="0.390", lower="0.303", upper="0.580", transform="double_arcsine"),
        dict(kind="pooled", measure="OR", estimate="1.50", lower="1.00", upper="2.00"),
    ],
    cannot_tell=[
        dict(kind="pooled", measure="proportion", estimate="0.390", lower="0.303", upper="0.480"),
        dict(kind="effect", measure="HR", estimate="0.66", lower="NR", upper="0.84"),
    ],
    look="swapped digits, and limits that belong to another estimate",
    oracle="brute force: test_bruteforce_effects.py",
)  # fmt: skip
def ci_symmetric(estimate, lower, upper, measure, transform=None, interval_method=None):
    """The confidence limits do not lie evenly around the estimate.

    g(estimate) = (g(lower) + g(upper)) / 2 on the scale of analysis: logarithm for ratios, Fisher's z (or none) for
    correlations, none for differences and means, the stated transformation for pooled proportions. Double arcsine:
    contradicts only if neither sin(t/2)^2 nor Miller's inverse at any sample size brings the three in line.
    Not asked of exact, score, profile, bootstrap and Bayesian intervals; a note where the method is not stated.
    """
    scale = scale_of(measure, transform)
    doubled = scale.is_("double_arcsine")
    low, high = _open_below(lower, measure.is_("proportion")), _open_above(upper, measure.is_("proportion"))
    even = _even(estimate, low, high, _single(scale))
    correlation = measure.is_("COR") & scale.is_("fisher_z")
    if correlation.any():
        as_printed = Codes.of_words(["none"], np.zeros(len(scale), dtype=np.uint8))
        even |= _even(estimate, lower, upper, as_printed).only(correlation)
    rows = np.flatnonzero(doubled & np.isin(even.codes, (Verdict.CONTRADICTS, Verdict.EDGE)))
    codes = even.codes.copy()
    codes[rows] = np.where(
        _even_for_some_size(*(each.take(rows) for each in (estimate, lower, upper))), Verdict.CONSISTENT, codes[rows]
    )
    asked = (measure.is_(*NAMED) | ~scale.is_("")) & ~interval_method.is_(*ASYMMETRIC)
    return Verdicts(codes).cannot_tell(scale.is_("")).only(asked)


@ci_symmetric.screen
def surely_symmetric(estimate, lower, upper, measure, transform, interval_method):
    ratio, plain = measure.is_(*RATIO_MEASURES), measure.is_(*DIFFERENCE_MEASURES, "mean")
    even = np.zeros(len(ratio), dtype=bool)
    if ratio.any():
        even |= ratio & even_ratio(estimate, lower, upper)
    if plain.any():
        even |= plain & even_difference(estimate, lower, upper)
    asked = (measure.is_(*NAMED) | transform.is_(*STATED)) & ~interval_method.is_(*ASYMMETRIC)
    return Verdicts.surely(even & ~transform.known, ~asked)


def _open_below(lower, rows):
    """A limit printed as 0 may have been cut off there."""
    cut = rows & np.asarray(lower.low <= 0, dtype=bool)
    return Column(np.where(cut, -np.inf, lower.low), lower.high, lower.known, clean=lower.clean)


def _open_above(upper, rows):
    """A limit printed as 1 may have been cut off there."""
    cut = rows & np.asarray(upper.high >= 1, dtype=bool)
    return Column(upper.low, np.where(cut, np.inf, upper.high), upper.known, clean=upper.clean)


def _single(scale):
    """The same scales, the double arcsine as if it were the arcsine."""
    return scale.reworded({"double_arcsine": "arcsine"})


def _even(estimate, lower, upper, scale):
    middle = (scaled(lower, scale) + scaled(upper, scale)) / 2
    return middle.meets(scaled(estimate, scale))


def _even_for_some_size(estimate, lower, upper):
    """Whether some sample size brings the three in line: the gap is continuous in it, so a change of sign is enough."""
    (e_low, e_high), (l_low, l_high), (u_low, u_high) = (
        _double_arcsine_ends(each) for each in (estimate, lower, upper)
    )
    return (((l_low + u_low) / 2 <= e_high + 1e-12) & np.isfinite(e_high)).any(axis=0) & (
        (l_high + u_high) / 2 >= e_low - 1e-12
    ).any(axis=0)


def _double_arcsine_ends(column):
    """Both ends on the double arcsine scale, one line per sample size; a printed 0 or 1 may be a clamped value beyond."""
    ends = []
    for end in (np.asarray(column.low, dtype=np.float64), np.asarray(column.high, dtype=np.float64)):
        p = np.clip(end, 0, 1)[None, :]
        t = np.concatenate([double_arcsine(p, SAMPLE_SIZES[:, None]), 2 * np.arcsin(np.sqrt(p))])
        ends.append(np.where(end[None, :] <= 0, -np.inf, np.where(end[None, :] >= 1, np.inf, t)))
    return ends


@ci_symmetric.reading(
    "how the interval was made is not stated; exact, profile and bootstrap intervals are not symmetric", "note"
)
def method_not_stated(row):
    return row.record.get("kind") != "pooled" and row.code("interval_method") != "wald"


@ci_symmetric.expects
def the_middle(row):
    scale = scale_of(row.columns["measure"], row.columns["transform"])
    limits = [scaled(row.columns[name], _single(scale)) for name in ("lower", "upper")]
    ends = [(limits[0].low[0] + limits[1].low[0]) / 2, (limits[0].high[0] + limits[1].high[0]) / 2]
    if not np.isfinite(ends).all():
        return ""
    low, high = (f"{BACK[scale.values[0]](end):.{decimals(row['estimate'])}f}" for end in ends)
    return f"an estimate of {low}" if low == high else f"an estimate of {low} to {high}"


def _above_zero(row):
    """Whether the numbers have logarithms at all."""
    return all(bool(row.columns[name].low[0] > 0) for name in ("estimate", "lower", "upper"))


@ci_symmetric.explain
def another_scale(row):
    own = scale_of(row.columns["measure"], row.columns["transform"]).values[0]
    fits = [
        words
        for scale, words in WORDS.items()
        if scale != own
        and (scale != "log" or _above_zero(row))
        and (scale in ("none", "log")) >= (own in ("none", "log"))
        and row.holds(transform=scale)
    ]
    return [f"the limits lie evenly around the estimate {' and '.join(fits)}"] if fits else []
