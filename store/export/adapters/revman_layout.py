"""What RevMan calls things: its data types, effect measures, methods and columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.measures import ESTIMATORS


@dataclass(frozen=True, slots=True)
class DataType:
    """A kind of RevMan analysis: its names in RevMan 5 and in RevMan Web, and our columns for theirs."""

    five: str
    web: str
    columns_five: Mapping[str, str]
    columns_web: Mapping[str, str]
    methods: tuple[str, ...]


DICHOTOMOUS = DataType(
    "DIC", "Dichotomous",
    {"Events 1": "ai", "Total 1": "n1i", "Events 2": "ci", "Total 2": "n2i"},
    {"Experimental cases": "ai", "Experimental N": "n1i", "Control cases": "ci", "Control N": "n2i"},
    ("MH", "PETO", "CE", *ESTIMATORS),
)  # fmt: skip
CONTINUOUS = DataType(
    "CON", "Continuous",
    {"Mean 1": "m1i", "SD 1": "sd1i", "Total 1": "n1i", "Mean 2": "m2i", "SD 2": "sd2i", "Total 2": "n2i"},
    {"Experimental mean": "m1i", "Experimental SD": "sd1i", "Experimental N": "n1i",
     "Control mean": "m2i", "Control SD": "sd2i", "Control N": "n2i"},
    ("CE", *ESTIMATORS),
)  # fmt: skip
INVERSE_VARIANCE = DataType(
    "IV", "Contrast level",
    {"Effect Estimate": "yi", "SE": "sei"}, {"GIV Mean": "yi", "GIV SE": "sei"}, ("CE", *ESTIMATORS),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EffectMeasure:
    """A measure in RevMan: its data type, and its names in RevMan 5 and in RevMan Web."""

    type: DataType
    five: str
    web: str


MEASURES = {
    "RR": EffectMeasure(DICHOTOMOUS, "RR", "Risk Ratio"),
    "OR": EffectMeasure(DICHOTOMOUS, "OR", "Odds Ratio"),
    "PETO": EffectMeasure(DICHOTOMOUS, "PETO_OR", "Peto Odds Ratio"),
    "RD": EffectMeasure(DICHOTOMOUS, "RD", "Risk Difference"),
    "MD": EffectMeasure(CONTINUOUS, "MD", "Mean Difference"),
    "SMD": EffectMeasure(CONTINUOUS, "SMD", "Std. Mean Difference"),
    "HR": EffectMeasure(INVERSE_VARIANCE, "HR", "Hazard Ratio"),
    "GEN": EffectMeasure(INVERSE_VARIANCE, "OTHER", ""),
}
"""Our measure -> RevMan's."""
METHODS = {"MH": "MH", "PETO": "PETO"}
"""Our pooling method -> RevMan's; every other one is IV."""

FIVE = {
    "Comparison Number": "integer", "Outcome Number": "integer", "Subgroup Number": "integer", "Name": "string",
    "Data Type": "string", "Statistical Method": "string", "Effect Measure": "string", "Analysis Model": "string",
    "Events 1": "integer", "Mean 1": "number", "SD 1": "number", "Total 1": "integer",
    "Events 2": "integer", "Mean 2": "number", "SD 2": "number", "Total 2": "integer",
    **dict.fromkeys(("Effect Estimate", "SE", "CI Start", "CI End", "Weight", "Q", "P(Q)", "I²(Q)", "Tau²", "Z", "P(Z)",
                     "Qint", "P(Qint)", "I²(Qint)"), "number"),
    "df": "integer", "Group Label 1": "string", "Group Label 2": "string",
    "Left Graph Label": "string", "Right Graph Label": "string",
    "Year of study": "string", "User defined order": "integer",
}  # fmt: skip
"""Columns of the CSV file of RevMan 5."""
UNUSED = ("Events 1", "Mean 1", "SD 1", "Total 1", "Events 2", "Mean 2", "SD 2", "Total 2")
"""Numbers of a study that are 0 in RevMan 5 where the data type does not use them."""

WEB_SETTINGS = {
    "Analysis group": "integer", "Analysis number": "integer",
    **dict.fromkeys(("Analysis name", "Analysis group name", "Data source", "Data source eligibility", "Data type",
                     "Log-scale data", "Outcome", "Intervention grouping", "Experimental intervention",
                     "Control intervention", "Subgroup by", "Filter criteria", "Experimental group label",
                     "Control group label", "Statistical method", "Effect measure", "Unit of effect measure",
                     "Analysis model", "Subgroup estimates", "Overall estimates", "Test for subgroup differences",
                     "Swap event and non-event", "Study CI", "Estimate CI"), "string"),
    **dict.fromkeys(("Experimental cases", "Experimental N", "Control cases", "Control N"), "integer"),
    **dict.fromkeys(("Mean", "CI start", "CI end", "Heterogeneity Tau²", "Heterogeneity Chi²", "Heterogeneity df",
                     "Heterogeneity P", "Heterogeneity I²", "Effect Z", "Effect P", "Subgroup Chi²", "Subgroup df",
                     "Subgroup P", "Subgroup I²"), "number"),
    "ID": "string",
}  # fmt: skip
"""Columns of overall-estimates-and-settings.csv of RevMan Web."""
WEB_ROWS = {
    "Analysis group": "integer", "Analysis number": "integer",
    **dict.fromkeys(("Analysis name", "Subgroup", "Applicability", "Study", "Study year"), "string"),
    "GIV Mean": "number", "GIV SE": "number",
    "Experimental mean": "number", "Experimental SD": "number",
    "Experimental cases": "integer", "Experimental N": "integer",
    "Control mean": "number", "Control SD": "number", "Control cases": "integer", "Control N": "integer",
    **dict.fromkeys(("O-E", "Variance", "Weight", "Mean", "CI start", "CI end"), "number"),
    "Footnotes": "string",
}  # fmt: skip
"""Columns of data-rows.csv of RevMan Web."""
WEB_STUDIES = dict.fromkeys(
    ("Study", "Year", "Data source", "Char: Methods", "Char: Participants", "Char: Interventions", "Char: Outcomes",
     "Char: Notes"), "string",
)  # fmt: skip
"""Columns of study-information.csv of RevMan Web."""
JUDGEMENTS = {
    "RoB 1": {"low": "Low risk", "unclear": "Unclear risk", "high": "High risk"},
    "RoB 2": {"low": "Low risk", "some_concerns": "Some concerns", "high": "High risk"},
}
"""Tool -> our judgement -> RevMan's."""
