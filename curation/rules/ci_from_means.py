"""EFFECT-014. Catalogue 24 and 27: two means with their SDs give the width of the interval of their difference."""

import numpy as np
from scipy import special

from curation.engine.rule import rule
from schemas.fits import ends, reaches
from schemas.intervals import Column
from schemas.proportions import rounded_z, z_of
from schemas.scales import nominal_level
from schemas.two_means import TwoMeans
from schemas.verdicts import Verdicts
from schemas.wording import decimals

MEANS = ("n", "mean", "sd", "comparator_n", "comparator_mean", "comparator_sd")


def _world(sd="9.1", **effect):
    key = dict(study="s", outcome="age")
    return [
        dict(kind="mean", arm="len", n="52", mean="58.5", sd=sd, **key), dict(kind="mean", arm="dex", n="48", mean="54.2", sd="8.7", **key),
        dict(kind="effect", arm="len", comparator="dex", **key) | effect,
    ]  # fmt: skip


@rule(
    "EFFECT-014",
    severity="warning",
    source="Welch 1947, Biometrika 34:28; Hedges and Olkin 1985, Statistical Methods for Meta-Analysis, for standardised differences",
    rows="""
        SELECT c.*, e.measure, e.lower, e.upper, e.level, e.interval_method FROM compared_means c JOIN effect e USING (record)
        WHERE c.kind = 'effect' AND e.measure IN ('MD', 'SMD', 'ROM') AND e.lower IS NOT NULL AND e.upper IS NOT NULL
    """,
    field="lower",
    after=["EFFECT-001", "EFFECT-002", "EFFECT-012", "COUNT-003"],
    consistent=[
        _world(measure="MD", estimate="4.3", lower="0.8", upper="7.8"), _world(measure="SMD", estimate="0.48", lower="0.08", upper="0.88"),
        _world(measure="ROM", estimate="1.08", lower="1.01", upper="1.15"),
    ],
    inconsistent=[
        _world(measure="MD", estimate="4.3", lower="2.1", upper="6.5"), _world(measure="SMD", estimate="0.48", lower="0.28", upper="0.68"),
        _world(measure="ROM", estimate="1.08", lower="1.00", upper="1.30"),
    ],
    cannot_tell=[_world(sd="NR", measure="MD", estimate="4.3", lower="0.8", upper="7.8"), _world(measure="MD", estimate="4.3", lower="NR", upper="7.8")],
    limits="Only the width is judged; EFFECT-005 judges the middle. Adjusted, exact, bootstrap, profile and Bayesian intervals are not asked.",
    look="whether the difference was adjusted, and whether the standard deviations are standard deviations",
    oracle="R: oracles/two_groups.csv",
)  # fmt: skip
def ci_from_means(
    lower, upper, measure, n, mean, sd, comparator_n, comparator_mean, comparator_sd, level=None, interval_method=None
):
    """The confidence interval is not as wide as the standard deviations of the two arms make it.

    (upper - lower) / 2 = q SE: for MD Student, Welch or z; for SMD SE2 = 1/n1 + 1/n2 + d2 / (2 (n1 + n2)) with its customary
    variants; for ROM, on the logarithm, SE2 = s1^2 / (n1 m1^2) + s2^2 / (n2 m2^2). Means and SDs are intervals of
    rounding and are carried through to a range for each custom.
    """
    two, percent = TwoMeans.of(n, mean, sd, comparator_n, comparator_mean, comparator_sd), nominal_level(level)
    half, log_half = _half(lower, upper), _half(_log(lower), _log(upper))
    codes = np.full(len(percent), 2, dtype=np.int8)
    for name, printed, widths in (
        ("MD", half, two.half_widths(percent)),
        ("SMD", half, _standardised(two, percent)),
        ("ROM", log_half, {"log": _times(two.log_ratio_error(), percent, two)}),
    ):
        rows = measure.is_(name) & two.usable & printed.known
        if name == "ROM":
            rows &= ~np.isnan(two.ratio()[0])
        fits = np.logical_or.reduce([reaches(printed, *each) for each in widths.values()])
        codes[rows] = ~fits[rows]
    asked = ~interval_method.is_("adjusted", "exact", "bootstrap", "profile", "bayesian")
    return Verdicts(codes).only(asked)


def _half(lower, upper):
    (l_low, l_high), (u_low, u_high) = ends(lower), ends(upper)
    with np.errstate(invalid="ignore"):
        low, high = (u_low - l_high) / 2, (u_high - l_low) / 2
    known = lower.known & upper.known & ~np.isnan(low) & ~np.isnan(high)
    return Column(np.where(known, low, np.nan), np.where(known, high, np.nan), known)


def _log(column):
    return column.rising(lambda x: np.where(x > 0, np.log(x), -np.inf))


def _times(error, percent, two):
    """Standard errors times a quantile: z, or t with the degrees of freedom of both groups."""
    exact, rounded = z_of(percent), rounded_z(percent)
    student = special.stdtrit(two.n1 + two.n2 - 2, 0.5 + percent / 200)
    return error[0] * np.minimum(exact, rounded), error[1] * np.maximum(np.maximum(exact, rounded), student)


def _standardised(two, percent):
    """Half-widths of standardised differences: the smallest and the greatest of the customary variances."""
    sizes = [np.abs(end) for each in two.standardised().values() for end in each]
    crosses = np.logical_or.reduce([(low <= 0) & (high >= 0) for low, high in two.standardised().values()])
    least, most = np.where(crosses, 0.0, np.nanmin(sizes, axis=0)), np.nanmax(sizes, axis=0)
    together, plain = two.n1 + two.n2, 1 / two.n1 + 1 / two.n2
    correction = 1 - 3 / (4 * (together - 2) - 1)
    low = correction * np.sqrt(plain + least**2 / (2 * together))
    smaller = np.minimum(two.n1, two.n2)
    with np.errstate(all="ignore"):
        worst = most**2 / (2 * np.maximum(np.minimum(together - 3.94, smaller - 1), 0.06))
    return {"large-sample": _times((low, np.sqrt(np.maximum(plain, 2 / smaller) + worst)), percent, two)}


def _two(row):
    return TwoMeans.of(*(row.columns[name] for name in MEANS))


@ci_from_means.expects
def the_width(row):
    if row.code("measure") != "MD":
        return ""
    low, high = _two(row).half_widths(nominal_level(row.columns["level"]))["Welch's t"]
    places = max(decimals(row["lower"]), decimals(row["upper"]))
    texts = [f"{end[0]:.{places}f}" for end in (low, high)]
    return "limits " + (texts[0] if texts[0] == texts[1] else f"{texts[0]} to {texts[1]}") + " from the estimate"


@ci_from_means.explain
def standard_errors(row):
    sizes = {"sd": float(row["n"].low) ** 0.5, "comparator_sd": float(row["comparator_n"].low) ** 0.5}
    as_sd = {name: (float(row[name].low) * by, float(row[name].high) * by) for name, by in sizes.items()}
    return ["it fits if the standard deviations are standard errors"] if row.holds(**as_sd) else []


@ci_from_means.explain
def another_level(row):
    if row["level"].known:
        return []
    return [f"it fits if the interval is a {level}% one" for level in (90, 99) if row.holds(level=level)]
