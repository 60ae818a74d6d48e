"""POOLED-006. Catalogue 40."""

import numpy as np
from scipy import special

from curation.engine.rule import rule
from schemas.intervals import Column
from schemas.scales import DIFFERENCE_MEASURES, RATIO_MEASURES, nominal_level, scale_of, scaled
from schemas.thresholds import threshold

UNEVEN = threshold(
    "uneven_variances",
    100,
    meaning="how many times the mean variance of the studies a typical one may be before weights that uneven are unheard of",
    source="this project's choice: wide, so that only tau2 and I2 that cannot sensibly be of one analysis are named",
    least=1,
    most=1e6,
)


@rule(
    "POOLED-006",
    severity="warning",
    source="I2 = tau2 / (tau2 + s2), so tau2 = 0 exactly if I2 = 0; Higgins and Thompson 2002, doi:10.1002/sim.1186",
    oracle="brute force: test_bruteforce_pooled.py",
    thresholds=[UNEVEN],
    field="tau2",
    consistent=[
        dict(kind="pooled", measure="OR", lower="0.60", upper="1.07", k="8", i2="45%", tau2="0.07", tau2_estimator="DL"),
        dict(kind="pooled", measure="OR", lower="0.60", upper="1.07", k="8", i2="0%", tau2="0.00", tau2_estimator="DL"),
        dict(kind="pooled", measure="OR", lower="0.95", upper="1.05", k="8", i2="45%", tau2="0.00", tau2_estimator="DL"),
    ],
    inconsistent=[
        dict(kind="pooled", measure="OR", lower="0.60", upper="1.07", k="8", i2="65%", tau2="0.00", tau2_estimator="DL"),
        dict(kind="pooled", measure="OR", lower="0.60", upper="1.07", k="3", i2="0.0%", tau2="0.25", tau2_estimator="DL"),
    ],
    cannot_tell=[
        dict(kind="pooled", measure="OR", lower="0.60", upper="1.07", k="8", i2="65%", tau2="0.00", tau2_estimator="REML"),
        dict(kind="pooled", measure="OR", k="8", i2="65%", tau2="0.00", tau2_estimator="DL"),
    ],
    look="whether tau2 and I2 belong to the same analysis",
)  # fmt: skip
def tau2_and_i2(lower, upper, measure, i2, tau2, k, level=None, transform=None, tau2_estimator=None):
    """The between-study variance tau2 and I2 do not go together.

    Under DerSimonian-Laird I2 = tau2 / (tau2 + s2). "0.00" may be 0.004, so the size of s2 decides. No study can be
    more precise than the pooled result, so s2 >= SE^2 - tau2 and I2 <= tau2 / SE^2, SE being at most the width of the
    interval over 2 z. And if I2 is printed as zero, s2 would have to be at least tau2 (1 - I2) / I2; that is taken for
    wrong only beyond 100 k SE^2. Other estimators, and arcsine scales (two customs of the variance), are not judged.
    """
    scale = scale_of(measure, transform)
    widest, narrowest = _squared_error(lower, upper, scale, level, k)
    share = Column(np.asarray(i2.low, float) / 100, np.asarray(i2.high, float) / 100, i2.known)
    too_small = (tau2 / narrowest).at_least(share)
    too_large = _typical(tau2, share).at_most(widest * k * UNEVEN.value)
    judged = tau2_estimator.is_("DL") & scale.is_("log", "none", "logit")
    return (
        (too_small & too_large)
        .cannot_tell(~judged | ~narrowest.known)
        .only(measure.is_(*RATIO_MEASURES, *DIFFERENCE_MEASURES, "proportion"))
    )


def _squared_error(lower, upper, scale, level, k):
    """Squared standard error of the pooled result: with a normal quantile, and with that of t on k - 1 (Hartung-Knapp)."""
    width = scaled(upper, scale) - scaled(lower, scale)
    tail = 0.5 + nominal_level(level) / 200
    studies = np.maximum(np.nan_to_num(np.asarray(k.low, dtype=np.float64), nan=2.0), 2.0)
    normal, student = (2 * quantile for quantile in (special.ndtri(tail), special.stdtrit(studies - 1, tail)))
    errors = [width / Column.from_ends(each, each) for each in (normal, student)]
    known = width.known & np.asarray(width.low > 0, dtype=bool) & np.isfinite(np.asarray(width.high, dtype=np.float64))
    squared = [error * error for error in errors]
    return tuple(Column(each.low, each.high, known) for each in squared)


def _typical(tau2, share):
    """The least typical within-study variance, given tau2 and a share that may be zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        most = np.minimum(share.high, 1.0)
        low = np.where(most > 0, np.maximum(np.asarray(tau2.low, float), 0) * (1 - most) / most, 0.0)
    return Column(low, np.full(len(low), np.inf), tau2.known & share.known)


@tau2_and_i2.explain
def which_way(row):
    if row["tau2"].low > 0:
        return ["with I2 this small, tau2 should be close to 0"]
    return ["with I2 this large and an interval this wide, tau2 would not round to what is printed"]
