"""EFFECT-008. Catalogue 25 and 45: the test statistic of an effect is the estimate in standard errors."""

import numpy as np

from curation.engine.rule import rule
from schemas.intervals import Column
from schemas.margins import STATISTICS_NEAR
from schemas.proportions import rounded_z, z_of
from schemas.scales import DIFFERENCE_MEASURES, RATIO_MEASURES, nominal_level, scale_of, scaled
from schemas.wording import decimals


@rule(
    "EFFECT-008",
    severity="warning",
    source="z = estimate / standard error on the scale of analysis",
    kinds=["effect"],
    field="statistic",
    after=["EFFECT-001", "EFFECT-003", "EFFECT-007"],
    consistent=[
        dict(kind="effect", measure="HR", estimate="0.66", se="0.12", statistic="-3.46"), dict(kind="effect", measure="MD", estimate="1.20", se="0.77", statistic="1.56"),
        dict(kind="effect", measure="HR", estimate="0.66", lower="0.52", upper="0.84", statistic="-3.40"),
        dict(kind="effect", measure="HR", estimate="0.66", se="0.12", statistic="11.9", df="1"),
    ],
    inconsistent=[
        dict(kind="effect", measure="HR", estimate="0.66", se="0.12", statistic="-2.20"), dict(kind="effect", measure="MD", estimate="1.20", se="0.77", statistic="2.56"),
        dict(kind="effect", measure="HR", estimate="0.66", se="0.12", statistic="3.46"),
    ],
    cannot_tell=[dict(kind="effect", measure="HR", estimate="0.66", se="NR", statistic="-3.46"), dict(kind="effect", measure="HR", estimate="0.66", statistic="-3.46")],
    look="which test the statistic is of",
    thresholds=[STATISTICS_NEAR],
    oracle="brute force: test_rules_two_groups.py",
)  # fmt: skip
def statistic_from_se(estimate, statistic, measure, se=None, lower=None, upper=None, level=None, df=None):
    """The test statistic is not the estimate divided by its standard error.

    z (or t) = g(estimate) / SE, g the logarithm for ratios and Fisher's z for correlations; where no SE is printed, it is
    (g(upper) - g(lower)) / (2 z_level). With one degree of freedom the statistic may be the square, a chi-square. All
    rounding is carried through.
    """
    z = _ratio(estimate, se, lower, upper, measure, level)
    judged = statistic.meets(z)
    with np.errstate(invalid="ignore"):
        one = df.known & np.asarray((df.low <= 1) & (df.high >= 1), dtype=bool)
    squared = statistic.meets(abs(z) * abs(z)).only(one)
    judged.codes[squared.codes == 0] = 0
    return judged.only(measure.is_(*RATIO_MEASURES, *DIFFERENCE_MEASURES, "COR"))


def _ratio(estimate, se, lower, upper, measure, level):
    """The estimate in standard errors, by the printed SE; else by the interval, but not where its quantile may be t's."""
    scale = scale_of(measure)
    y, width = scaled(estimate, scale), scaled(upper, scale) - scaled(lower, scale)
    exact, rounded = z_of(nominal_level(level)), rounded_z(nominal_level(level))
    quantile = Column.from_ends(np.minimum(exact, rounded), np.maximum(exact, rounded))
    by_se, by_width = y / se.rising(lambda x: x), 2 * y * quantile / width
    usable = by_width.known & ~se.known & ~measure.is_("MD", "SMD")
    low, high = (
        np.where(by_se.known, one, two) for one, two in ((by_se.low, by_width.low), (by_se.high, by_width.high))
    )
    known = (by_se.known | usable) & ~np.isnan(low) & ~np.isnan(high)
    return Column(low, high, known)


def _z(row):
    return _ratio(*(row.columns[name] for name in ("estimate", "se", "lower", "upper", "measure", "level")))


@statistic_from_se.reading("the sign is that of the comparison the other way round", "note")
def other_way_round(row):
    return row.holds(statistic=(-row["statistic"].high, -row["statistic"].low))


@statistic_from_se.reading("the statistic is the square, a chi-square with one degree of freedom", "note")
def chi_square(row):
    return not row["df"].known and row.holds(df=1)


@statistic_from_se.reading("another customary test of the same hypothesis (score, likelihood ratio, log-rank) may give this statistic", "note")  # fmt: skip
def near_enough(row):
    z, (low, high) = abs(_z(row)), sorted(abs(float(end)) for end in (row["statistic"].low, row["statistic"].high))
    return bool(
        low <= float(z.high[0]) * (1 + STATISTICS_NEAR.value) and high >= float(z.low[0]) * (1 - STATISTICS_NEAR.value)
    )


@statistic_from_se.reading("the standard error is that of the ratio itself, not of its logarithm", "warning")
def on_the_scale_of_the_ratio(row):
    if row.code("measure") not in RATIO_MEASURES or not row["se"].known or float(row["estimate"].low) <= 0:
        return False
    low, high = float(row["se"].low) / float(row["estimate"].high), float(row["se"].high) / float(row["estimate"].low)
    return row.holds(se=(low, high)) or row.holds(measure="MD", estimate=(row["estimate"].low - 1, row["estimate"].high - 1))  # fmt: skip


@statistic_from_se.expects
def the_statistic(row):
    z, places = _z(row), max(1, decimals(row["statistic"]))
    if not np.isfinite(float(z.low[0])) or not np.isfinite(float(z.high[0])):
        return ""
    low, high = (f"{float(end[0]):.{places}f}" for end in (z.low, z.high))
    return low if low == high else f"{low} to {high}"
