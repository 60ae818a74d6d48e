"""APPRAISAL-003."""

import numpy as np

from curation.engine.rule import rule
from schemas.verdicts import Verdicts

_OBSERVATIONAL = ("cohort", "case_control", "cross_sectional", "database", "single_arm")
NOT_MEANT_FOR = {
    "QUADAS-2": ("randomised", "dose_finding", "systematic_review", *_OBSERVATIONAL),
    "RoB 2": ("diagnostic", "systematic_review", *_OBSERVATIONAL),
    "RoB 1": ("diagnostic", "systematic_review", *_OBSERVATIONAL),
    "Jadad": ("diagnostic", "systematic_review", *_OBSERVATIONAL),
    "ROBINS-I": ("randomised", "diagnostic", "systematic_review"),
    "Newcastle-Ottawa": ("randomised", "diagnostic", "systematic_review"),
    "MINORS": ("randomised", "diagnostic", "systematic_review"),
    "AMSTAR 2": ("randomised", "dose_finding", "diagnostic", *_OBSERVATIONAL),
}
"""Designs a tool does not fit. What is left out is either what it is meant for or a matter of debate."""
MEANT_FOR = {
    "QUADAS-2": ("diagnostic",), "RoB 2": ("randomised",), "RoB 1": ("randomised",), "Jadad": ("randomised",),
    "ROBINS-I": ("cohort", "case_control", "database"), "Newcastle-Ottawa": ("cohort", "case_control"),
    "MINORS": ("cohort", "single_arm", "database"), "AMSTAR 2": ("systematic_review",),
    "JBI": ("randomised", "diagnostic", "systematic_review", *_OBSERVATIONAL),
}  # fmt: skip


@rule(
    "APPRAISAL-003",
    severity="warning",
    oracle="published: oracles/appraisal_tools.csv",
    source=(
        "the instruments: QUADAS-2 (Whiting 2011), RoB 1 (Higgins 2011), RoB 2 (Sterne 2019), Jadad 1996, ROBINS-I (Sterne 2016), "
        "Newcastle-Ottawa (Wells et al), MINORS (Slim 2003), AMSTAR 2 (Shea 2017)"
    ),
    field="designs",
    rows="""
        SELECT 'appraisal' AS kind, min(record) AS record, list(record ORDER BY record) AS records, 'applied_to' AS field,
               tool, string_agg(DISTINCT applied_to, '; ' ORDER BY applied_to) AS designs
        FROM appraisal WHERE applied_to IS NOT NULL GROUP BY source, study, tool
    """,
    consistent=[dict(kind="appraisal", tool="QUADAS-2", applied_to="diagnostic"), dict(kind="appraisal", tool="Newcastle-Ottawa", applied_to="cohort"), dict(kind="appraisal", tool="JBI", applied_to="single_arm")],
    inconsistent=[dict(kind="appraisal", tool="QUADAS-2", applied_to="cohort"), dict(kind="appraisal", tool="Newcastle-Ottawa", applied_to="randomised")],
    cannot_tell=[dict(kind="appraisal", tool="RoB 2", applied_to="unknown"), dict(kind="appraisal", tool="other", applied_to="cohort")],
    look="which tool was used for which studies",
)  # fmt: skip
def tool_meant_for_design(tool, designs):
    """The risk-of-bias tool is not made for the design of the studies it was applied to.

    A tool asks about the biases of certain designs; QUADAS-2, for instance, about index test and reference standard.
    """
    rows = [(each, set((several or "").split("; "))) for each, several in zip(tool.values, designs.values, strict=True)]
    wrong = np.array([bool(found & set(NOT_MEANT_FOR.get(each, ()))) for each, found in rows], dtype=bool)
    right = np.array([found <= set(MEANT_FOR.get(each, ())) for each, found in rows], dtype=bool)
    return Verdicts.of(wrong, wrong | right)


@tool_meant_for_design.expects
def another_tool(row):
    wanted = [each for each in row.code("designs").split("; ") if each in NOT_MEANT_FOR.get(row.code("tool"), ())]
    fitting = [tool for tool, designs in MEANT_FOR.items() if set(wanted) <= set(designs)]
    return " or ".join(fitting)
