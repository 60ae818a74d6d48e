"""SURVIVAL-014. Catalogue 36: the direction of a hazard ratio against the medians."""

from curation.engine.rule import rule
from schemas.example_rows import trial_with_medians
from schemas.thresholds import threshold

MARGIN = threshold(
    "median_against_hazard_ratio", 1.25,
    meaning="how many times longer the median of the arm with the higher hazard may be before it is worth a look",
    source="this project's choice; medians of small arms vary, and curves may cross", least=1, most=10,
)  # fmt: skip


@rule(
    "SURVIVAL-014",
    severity="note",
    source="arithmetic for proportional hazards: the arm with the lower hazard is above the other at every time",
    oracle="R: oracles/survival_hazard_ratios.csv",
    after=["EFFECT-001", "EFFECT-002", "EFFECT-003"],
    field="estimate",
    thresholds=[MARGIN],
    rows="SELECT * FROM hazard_ratios_and_medians",
    consistent=[
        trial_with_medians("0.66", "0.52", "0.84", "35 months", "24 months"),
        trial_with_medians("0.66", "0.52", "1.10", "20 months", "35 months"),
        trial_with_medians("0.66", "0.52", "0.84", "23 months", "24 months"),
    ],
    inconsistent=[
        trial_with_medians("0.66", "0.52", "0.84", "24 months", "35 months"),
        trial_with_medians("1.52", "1.19", "1.92", "35 months", "24 months"),
        trial_with_medians("0.66", "0.52", "0.84", "2.0 years", "35 months"),
    ],
    cannot_tell=[trial_with_medians("0.66", "0.52", "0.84", "NR", "24 months"), trial_with_medians("0.66", "0.52", "0.84", "24 months", "not reached")],
    limits="Asked where each arm has one median in the source. Without an interval nothing is said.",
    look="which arm is compared with which, and whether the medians or the arms are swapped",
)  # fmt: skip
def hazard_ratio_direction(
    estimate,
    lower,
    upper,
    median_arm,
    median_other,
):
    """The hazard ratio favours one arm and the medians favour the other.

    HR < 1 (its whole interval) and m_arm < m_other, or HR > 1 and m_arm > m_other, with the longer median more than
    the threshold times the shorter one. Under proportional hazards S_arm = S_other^HR, so a lower hazard means a longer
    median. A note: curves may cross, hazard ratios may be adjusted, and medians vary by chance. Medians and limits
    anywhere inside their rounding. A median that is not reached is only longer than its own follow-up, so it says nothing.
    """
    lower_hazard = upper.at_least(1) | (median_arm * MARGIN.value).at_least(median_other)
    higher_hazard = lower.at_most(1) | (median_other * MARGIN.value).at_least(median_arm)
    return lower_hazard & higher_hazard


@hazard_ratio_direction.expects
def the_other_side(row):
    return f"a hazard ratio {'above' if row['upper'].high < 1 else 'below'} 1, or the longer median in the other arm"


@hazard_ratio_direction.explain
def exchanged(row):
    fits = row.holds(median_arm=row.columns["median_other"], median_other=row.columns["median_arm"])
    return ["it fits if the two arms are exchanged, in the medians or in the hazard ratio"] if fits else []
