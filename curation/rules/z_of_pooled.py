"""POOLED-023. Catalogue 45: z of the pooled effect."""

import numpy as np

from curation.engine.rule import rule
from schemas.intervals import Column
from schemas.pooling_arithmetic import on_scale, pooled_se, student
from schemas.scales import DIFFERENCE_MEASURES, RATIO_MEASURES


@rule(
    "POOLED-023",
    severity="warning",
    source="z = theta / SE on the scale of analysis",
    oracle="R: oracles/pooled.csv",
    field="z",
    kinds=["pooled"],
    after=["EFFECT-001", "EFFECT-002", "EFFECT-005"],
    consistent=[
        dict(kind="pooled", measure="OR", estimate="0.78", lower="0.64", upper="0.95", z="2.47"),
        dict(kind="pooled", measure="MD", estimate="1.20", lower="-0.31", upper="2.71", z="1.56"),
    ],
    inconsistent=[
        dict(kind="pooled", measure="OR", estimate="0.78", lower="0.64", upper="0.95", z="4.27"),
        dict(kind="pooled", measure="MD", estimate="1.20", lower="-0.31", upper="2.71", z="2.56"),
    ],
    cannot_tell=[dict(kind="pooled", measure="OR", estimate="0.78", lower="0.64", upper="0.95", z="NR")],
    look="whether z, the estimate and the interval are of one analysis",
)  # fmt: skip
def z_of_pooled(estimate, lower, upper, measure, z, level=None, k=None):
    """The printed z is not the pooled effect divided by its standard error.

    |z| = |theta| / SE, SE = (upper - lower) / 2c with c from the normal distribution, or from t on k - 1 degrees of
    freedom (Hartung-Knapp). The sign of z is not judged: some papers print its size. A warning: score tests differ.
    """
    theta = abs(on_scale(estimate, measure))
    fits = _over(theta, pooled_se(lower, upper, measure, level))
    studies = np.asarray(k.low, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        few = k.known & (studies > 1)
    knapp = _over(theta, pooled_se(lower, upper, measure, level, student(level, np.where(few, studies - 1, 1e9))))
    return (abs(z).meets(fits) | abs(z).meets(knapp)).only(measure.is_(*RATIO_MEASURES, *DIFFERENCE_MEASURES))


def _over(theta, se):
    """A quotient that is unbounded where the standard error may be 0."""
    ends = [np.asarray(end, dtype=np.float64) for end in (theta.low, theta.high, se.low, se.high)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return Column(ends[0] / ends[3], np.where(ends[2] > 0, ends[1] / ends[2], np.inf), theta.known & se.known)


@z_of_pooled.expects
def the_statistic(row):
    theta = abs(on_scale(row.columns["estimate"], row.columns["measure"]))
    fits = _over(theta, pooled_se(*(row.columns[name] for name in ("lower", "upper", "measure", "level"))))
    low, high = (f"{float(end[0]):.2f}" for end in (fits.low, fits.high))
    return f"z of {low}" if low == high else f"z of {low} to {high}"
