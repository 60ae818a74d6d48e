"""SPREAD-002. Catalogue 20 and 24: the confidence interval of a mean."""

import numpy as np
from scipy import special

from curation.engine.rule import rule
from schemas.intervals import Column
from schemas.scales import nominal_level
from schemas.screens import interval_of_error, people
from schemas.spread import unusable
from schemas.verdicts import Verdicts
from schemas.wording import decimals

LEVELS = (50, 68.27, 80, 90, 95, 99, 99.9)


@rule(
    "SPREAD-002",
    severity="warning",
    source="a mean plus or minus a t or normal quantile times its standard error (Cochrane Handbook, chapter 6)",
    kinds=["mean"],
    field="upper",
    oracle="R: oracles/mean_intervals.csv",
    after=["EFFECT-001", "EFFECT-002", "SPREAD-001"],
    consistent=[
        dict(n="52", mean="58.5", sd="9.1", lower="56.0", upper="61.0"),
        dict(n="12", mean="5.00", sd="2.00", lower="3.73", upper="6.27"),
        dict(n="12", mean="5.00", sd="2.00", lower="3.87", upper="6.13"),
        dict(mean="5.00", se="0.58", n="12", lower="3.51", upper="6.49", level="90%") | dict(lower="3.96", upper="6.04"),
    ],
    inconsistent=[
        dict(n="52", mean="58.5", sd="1.3", lower="56.0", upper="61.0"),
        dict(n="52", mean="58.5", sd="9.1", lower="55.2", upper="61.8"),
        dict(n="52", mean="58.5", sd="9.1", lower="40.7", upper="76.3"),
        dict(mean="58.5", se="1.3", n="52", lower="57.2", upper="59.8"),
    ],
    cannot_tell=[dict(n="NR", mean="58.5", sd="9.1", lower="56.0", upper="61.0"), dict(n="52", mean="58.5", sd="9.1", lower="NR", upper="61.0")],
    limits="Adjusted, bootstrapped and log-scale intervals follow other arithmetic, so a misfit is a warning.",
    look="whether the number beside the mean is a standard deviation, and which interval is printed",
)  # fmt: skip
def ci_of_mean(mean, lower, upper, n=None, sd=None, se=None, level=None):
    """The confidence interval of the mean does not fit its standard deviation or standard error.

    (upper - lower) / 2 = q SE, with SE as printed or else SD / sqrt(n), and q the quantile of t with n - 1 degrees of
    freedom or of the normal distribution; either is accepted, as is a quantile rounded to two decimals, as in tables.
    """
    size = Column(n.low, n.high, n.known & ~unusable(n), n.clean)
    width = (upper - lower) / 2
    error = _first_known(se, sd / size.rising(np.sqrt))
    tail = 1 - (1 - nominal_level(level) / 100) / 2
    normal, student = _around(special.ndtri(tail)), _around(special.stdtrit(_degrees(size), tail))
    by_t = width.meets(error * student)
    return (width.meets(error * normal) | by_t).cannot_tell(~(width.known & error.known & student.known))


def _degrees(size):
    n = np.asarray(size.low, dtype=np.float64)
    return np.where(size.known, n - 1, np.nan)


def _around(quantile):
    """A quantile and its rounding to two decimals."""
    rounded = np.round(quantile, 2)
    return Column.from_ends(np.minimum(quantile, rounded), np.maximum(quantile, rounded))


def _first_known(one, other):
    return Column(
        np.where(one.known, one.low, other.low), np.where(one.known, one.high, other.high), one.known | other.known
    )


@ci_of_mean.screen
def surely_so_wide(mean, lower, upper, n, sd, se, level):
    error = (se.low, se.high)
    if not se.known.all():
        root = np.sqrt(n.low)
        error = tuple(np.where(se.known, own, other / root) for own, other in ((se.low, sd.low), (se.high, sd.high)))
    fits = interval_of_error(error, lower, upper, n) & people(n) & mean.known
    if level.known.any():
        fits &= ~level.known | (level.low + level.high == 190)
    return Verdicts.surely(fits)


@ci_of_mean.expects
def the_interval(row):
    size, tail = row.columns["n"], 1 - (1 - nominal_level(row.columns["level"])[0] / 100) / 2
    sd, se, mean = row.columns["sd"], row.columns["se"], row["mean"].value
    error = _first_known(se, sd / size.rising(np.sqrt))
    if mean is None:
        return ""
    half = special.stdtrit(float(size.low[0]) - 1, tail) * (float(error.low[0]) + float(error.high[0])) / 2
    low, high = (f"{float(mean) + side * half:.{decimals(row['upper'])}f}" for side in (-1, 1))
    return f"{low} to {high}"


@ci_of_mean.explain
def sd_is_an_se(row):
    if row.columns["se"].known[0] or not row.columns["sd"].known[0]:
        return []
    fits = row.holds(se=row.columns["sd"])
    return ["the standard deviation looks like a standard error: the interval fits it as one"] if fits else []


@ci_of_mean.explain
def another_level(row):
    stated = nominal_level(row.columns["level"])[0]
    fits = [f"{level:g}%" for level in (90, 95, 99) if level != stated and row.holds(level=level)]
    return [f"it fits a {fits[0]} interval"] if fits else []


@ci_of_mean.explain
def not_an_interval_of_the_mean(row):
    error = _first_known(row.columns["se"], row.columns["sd"] / row.columns["n"].rising(np.sqrt))
    width = (row.columns["upper"] - row.columns["lower"]) / 2
    others = [("one standard error", error, 1), ("two standard errors", error, 2), ("one standard deviation", row.columns["sd"], 1),
              ("two standard deviations", row.columns["sd"], 2), ("1.96 standard deviations (where 95% of the participants lie)", row.columns["sd"], 1.96)]  # fmt: skip
    fits = [name for name, spread, times in others if width.meets(spread * times).codes[0] in (0, 3)]
    return [f"the limits are the mean plus or minus {fits[0]}"] if fits else []
