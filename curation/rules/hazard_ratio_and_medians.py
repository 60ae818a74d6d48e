"""SURVIVAL-015. Catalogue 36: the size of a hazard ratio against the medians."""

import numpy as np

from curation.engine.rule import rule
from schemas.example_rows import trial_with_medians
from schemas.scales import log
from schemas.thresholds import threshold

FACTOR = threshold(
    "hazard_ratio_from_medians", 2.0,
    meaning="how far the ratio of the medians may lie outside the interval of the hazard ratio, as a factor",
    source="this project's choice; the ratio of medians is the hazard ratio only for exponential times", least=1, most=100,
)  # fmt: skip


@rule(
    "SURVIVAL-015",
    severity="note",
    source="arithmetic for exponential times: the median is ln 2 over the hazard",
    oracle="R: oracles/survival_hazard_ratios.csv",
    after=["EFFECT-001", "EFFECT-002", "EFFECT-003", "SURVIVAL-014"],
    field="estimate",
    thresholds=[FACTOR],
    rows="SELECT * FROM hazard_ratios_and_medians",
    consistent=[
        trial_with_medians("0.66", "0.52", "0.84", "35 months", "24 months"),
        trial_with_medians("0.66", "0.52", "0.84", "50 months", "24 months"),
        trial_with_medians("0.66", "0.52", "0.84", "3 years", "24 months"),
    ],
    inconsistent=[
        trial_with_medians("0.66", "0.52", "0.84", "100 months", "24 months"),
        trial_with_medians("0.66", "0.52", "0.84", "35 months", "24 years"),
    ],
    cannot_tell=[trial_with_medians("0.66", "0.52", "0.84", "not reached", "24 months")],
    limits="Asked where each arm has one median in the source, and both are reached.",
    look="the unit of the medians, a shifted decimal point, and whether they are of the same outcome",
)  # fmt: skip
def hazard_ratio_and_medians(estimate, lower, upper, median_arm, median_other):
    """The hazard ratio is far from what the two medians suggest.

    m_other / m_arm = HR for exponential times, and HR^(1/k) for Weibull times of shape k. A note where the ratio of the
    medians lies outside the interval of HR by more than the threshold, as a factor: chance in the hazard ratio is in its
    interval; the rest is left to chance in the medians and to the shape. All numbers anywhere inside their rounding.
    """
    margin = float(np.log(FACTOR.value))
    implied = log(median_other) - log(median_arm)
    return implied.at_most(log(upper) + margin) & implied.at_least(log(lower) - margin)


@hazard_ratio_and_medians.expects
def the_ratio(row):
    one, two = (row.columns[name] for name in ("median_arm", "median_other"))
    low, high = (float(one.low[0] + one.high[0]), float(two.low[0] + two.high[0]))
    if not low > 0:
        return ""
    ratio = high / low
    return f"a hazard ratio near {ratio:.2f} ({row['median_other'].text.strip()} / {row['median_arm'].text.strip()}), if hazards are constant"


@hazard_ratio_and_medians.explain
def what_else(_row):
    return ["hazards that change over time, or few events about the medians, pull the two apart"]
