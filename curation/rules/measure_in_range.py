"""EFFECT-004. Catalogue 22: ranges."""

import numpy as np

from curation.engine.rule import rule
from schemas.intervals import Column
from schemas.verdicts import Verdicts

RANGES = {"proportion": (0, 1), "survival_rate": (0, 1), "RD": (-1, 1), "COR": (-1, 1)}
"""Measures with a bounded range."""
PERCENTAGE = "it is a percentage printed without its % sign; enter it as a percentage"


@rule(
    "EFFECT-004",
    oracle="brute force: test_bruteforce_effects.py",
    severity="error",
    source="arithmetic: a proportion lies in 0 to 1, a risk difference and a correlation in -1 to 1",
    kinds=["effect", "pooled"],
    field="estimate",
    consistent=[
        dict(kind="pooled", measure="proportion", estimate="39.0%", lower="0.303", upper="0.480"),
        dict(kind="effect", measure="RD", estimate="-0.12", lower="-0.31", upper="0.07"),
        dict(kind="effect", measure="COR", estimate="1.00"),
    ],
    inconsistent=[
        dict(kind="effect", measure="COR", estimate="1.31", lower="0.12", upper="0.48"),
        dict(kind="pooled", measure="proportion", estimate="39.0", lower="30.3", upper="48.0"),
        dict(kind="pooled", measure="proportion", estimate="0.02", lower="-0.03", upper="0.07", transform="logit"),
    ],
    cannot_tell=[dict(kind="effect", measure="RD", estimate="NR")],
    look="the measure, a percentage without its % sign, and a shifted decimal point",
)  # fmt: skip
def measure_in_range(measure, estimate, lower=None, upper=None, transform=None, tau2_estimator=None):
    """The estimate, or a limit of its interval, is outside the range of its measure.

    Limits computed without a transformation can leave the range; they are then a note. Correlations corrected for
    attenuation (Hunter and Schmidt) can leave it too.
    """
    low, high = (_bounds(measure, end) for end in (0, 1))
    within = [column.at_least(low) & column.at_most(high) for column in (estimate, lower, upper)]
    together = within[0] & within[1].checked_where_known() & within[2].checked_where_known()
    return together.only(measure.is_(*RANGES))


@measure_in_range.screen
def surely_not_bounded(measure, estimate, lower, upper, transform, tau2_estimator):
    return Verdicts.left_open(~measure.is_(*RANGES))


def _bounds(measure, end):
    values = np.zeros(len(measure.values))
    for name, ends in RANGES.items():
        values[measure.is_(name)] = ends[end]
    return Column.from_ends(values, values)


@measure_in_range.reading("limits computed without a transformation can leave the range", "note")
def untransformed_limits(row):
    estimate = row["estimate"]
    low, high = RANGES[row.code("measure")]
    return row.code("transform") in ("", "none", "unknown") and low <= estimate.high and estimate.low <= high


@measure_in_range.reading("a correlation corrected for attenuation can leave the range", "note")
def corrected_correlation(row):
    return row.code("measure") == "COR" and row.code("tau2_estimator") == "HS"


@measure_in_range.reading(PERCENTAGE, "warning")
def percentage(row):
    printed = [name for name in ("estimate", "lower", "upper") if row[name].value is not None]
    if (
        row.code("measure") == "COR"
        or any("%" in row[name].text for name in printed)
        or abs(row["estimate"].value or 0) <= 1
    ):
        return False
    return row.holds(**{name: (row[name].low / 100, row[name].high / 100) for name in printed})


@measure_in_range.expects
def the_range(row):
    low, high = RANGES[row.code("measure")]
    return f"{low} to {high}"
