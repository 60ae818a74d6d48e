"""EFFECT-015. Catalogue 25: P from the estimate and its standard error."""

import numpy as np
from scipy import special

from curation.engine.rule import rule
from schemas.intervals import Column
from schemas.margins import STATISTICS_NEAR
from schemas.scales import DIFFERENCE_MEASURES, RATIO_MEASURES, possible_p, scale_of, scaled
from schemas.verdicts import Verdicts


@rule(
    "EFFECT-015",
    severity="warning",
    source="z = estimate / standard error on the scale of analysis; Altman and Bland 2011, BMJ 343:d2304",
    kinds=["effect"],
    field="p",
    after=["EFFECT-003", "EFFECT-006", "EFFECT-007", "P-001"],
    consistent=[
        dict(kind="effect", measure="HR", estimate="0.66", se="0.12", p="<0.001"), dict(kind="effect", measure="MD", estimate="1.20", se="0.77", p="0.12"),
        dict(kind="effect", measure="MD", estimate="1.20", se="0.77", p="0.16", df="8"),
    ],
    inconsistent=[dict(kind="effect", measure="HR", estimate="0.66", se="0.12", p="0.12"), dict(kind="effect", measure="MD", estimate="1.20", se="0.77", p="<0.01")],
    cannot_tell=[dict(kind="effect", measure="HR", estimate="0.66", se="NR", p="0.12")],
    limits="Bayesian probabilities are not P values and are not asked.",
    look="whether estimate, standard error and P belong to the same analysis",
    thresholds=[STATISTICS_NEAR],
    oracle="brute force: test_rules_two_groups.py",
)  # fmt: skip
def p_from_se(estimate, se, p, measure, df=None, interval_method=None):
    """The P value is not that of the estimate in standard errors.

    P = 2 Phi(-|z|), z = g(estimate) / SE with g the logarithm for ratios and Fisher's z for correlations. Differences
    of means may use the t distribution with the printed degrees of freedom, or any from 2. All rounding is carried through.
    """
    low, high, known = _range(estimate, se, measure, df)
    found = p.meets(Column(low, high, known))
    named = measure.is_(*RATIO_MEASURES, *DIFFERENCE_MEASURES, "COR")
    return found.cannot_tell(~possible_p(p)).only(named & ~interval_method.is_("bayesian"))


def _range(estimate, se, measure, df):
    scale = scale_of(measure)
    z = abs(scaled(estimate, scale) / se.rising(lambda x: x))
    normal = z.falling(lambda one: 2 * special.ndtr(-one))
    ends = np.asarray(df.low, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        sizes = np.where(df.known & (ends >= 1), ends, 2.0)
        student = z.falling(lambda one: 2 * special.stdtr(sizes, -one))
        loose = measure.is_("MD", "SMD") | (measure.is_("COR") & df.known)
        low = np.where(loose, np.minimum(normal.low, student.low), normal.low)
        high = np.where(loose, np.maximum(normal.high, student.high), normal.high)
    return low, high, z.known & ~np.isnan(low) & ~np.isnan(high)


def _ends(row):
    low, high, _ = _range(*(row.columns[name] for name in ("estimate", "se", "measure", "df")))
    return float(low[0]), float(high[0])


@p_from_se.screen
def surely_not_asked(estimate, se, p, measure, df, interval_method):
    named = measure.is_(*RATIO_MEASURES, *DIFFERENCE_MEASURES, "COR")
    return Verdicts.left_open(~named | interval_method.is_("bayesian"))


@p_from_se.changes_conclusion
def decision(row):
    low, high = _ends(row)
    return bool((row["p"].low >= 0.05 and high < 0.05) or (row["p"].high <= 0.05 and low > 0.05))


@p_from_se.reading(
    "another customary test of the same hypothesis (score, log-rank, chi-square) may give this P value", "note"
)
def near_enough(row):
    low, high = _ends(row)
    own_low, own_high = (float(np.clip(float(end), 0, 1)) for end in (row["p"].low, row["p"].high))
    z, printed = (-special.ndtri(high / 2), -special.ndtri(low / 2)), (-special.ndtri(own_high / 2), -special.ndtri(own_low / 2))  # fmt: skip
    return (
        not decision(row)
        and printed[0] <= z[1] * (1 + STATISTICS_NEAR.value)
        and printed[1] >= z[0] * (1 - STATISTICS_NEAR.value)
    )


@p_from_se.reading("it fits a one-sided test", "note")
def one_sided(row):
    return row["p"].high <= 0.5 and row.holds(p=(2 * row["p"].low, 2 * row["p"].high))


@p_from_se.reading("the standard error is that of the ratio itself, not of its logarithm", "warning")
def on_the_scale_of_the_ratio(row):
    if row.code("measure") not in RATIO_MEASURES or float(row["estimate"].low) <= 0:
        return False
    low, high = float(row["se"].low) / float(row["estimate"].high), float(row["se"].high) / float(row["estimate"].low)
    return row.holds(se=(low, high))


@p_from_se.expects
def the_p_value(row):
    low, high = _ends(row)
    if high < 0.0001:
        return "P below 0.0001"
    texts = [f"{max(end, 0.0001):.2g}" for end in (low, high)]
    return f"P of {texts[0]}" if texts[0] == texts[1] else f"P of {texts[0]} to {texts[1]}"
