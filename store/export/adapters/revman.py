"""RevMan: the CSV layout of RevMan 5, and the files of RevMan Web whose columns are known.

Only what RevMan computes itself is left blank: weights, pooled estimates, heterogeneity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemas.codes import CODES
from schemas.dataset import ANALYSIS_TABLES
from store.export.adapters import revman_layout as layout
from store.export.adapters.common import (
    Analysis,
    LeftOut,
    Row,
    Rows,
    Tables,
    analyses,
    csv,
    labels,
    left_out,
    rows_of,
)
from store.export.adapters.revman_bias import risk_of_bias

GROUPS = ("Experimental", "Control")
"""Labels of the groups where the studies of an analysis compare different ones."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """An analysis with its place in RevMan: the number of its comparison, its own number there, labels of its groups."""

    analysis: Analysis
    comparison: int
    number: int
    groups: tuple[str, str]

    @property
    def measure(self) -> layout.EffectMeasure:
        """Its measure as RevMan knows it."""
        return layout.MEASURES[self.analysis.measure.name]

    @property
    def versus(self) -> str:
        """Name of the comparison."""
        return " versus ".join(self.groups)

    @property
    def place(self) -> Row:
        """Its numbers as RevMan Web names them."""
        return {
            "Analysis group": self.comparison,
            "Analysis number": self.number,
            "Analysis name": self.analysis.row["title"],
        }


def make(tables: Tables) -> dict[str, bytes]:
    """revman-5.csv, four files for RevMan Web, and revman-left-out.csv."""
    everything = analyses(tables)
    without = [LeftOut("analysis", each.name, why) for each in everything if (why := why_not(each))]
    numbered = list(_numbered([each for each in everything if not why_not(each)], tables))
    names = labels(tables)
    bias, unbiased = risk_of_bias(tables)
    return {
        "revman-5.csv": csv(layout.FIVE, list(_five(numbered, names))),
        "revman-overall-estimates-and-settings.csv": csv(
            layout.WEB_SETTINGS, [_settings(each) for each in numbered], mark=True
        ),
        "revman-data-rows.csv": csv(
            layout.WEB_ROWS, [row for each in numbered for row in _web_rows(each, names)], mark=True
        ),
        "revman-study-information.csv": csv(layout.WEB_STUDIES, _studies(tables), mark=True),
        "revman-risk-of-bias.csv": bias,
        "revman-left-out.csv": left_out([*without, *unbiased]),
    }


def why_not(one: Analysis) -> str:
    """Why RevMan cannot take an analysis; empty where it can."""
    if one.measure.null is None:
        return f"RevMan pools comparisons of two groups only; this is one group's {one.measure.label}"
    known = layout.MEASURES.get(one.measure.name)
    if known is None or one.table not in {"two_group_counts", "two_group_means", "effects"}:
        what = ANALYSIS_TABLES[one.table].title
        return f"RevMan takes no {one.measure.label} from {what}; as effects with standard errors it would"
    if one.method not in known.type.methods:
        return f"RevMan has no method {one.method} for {known.type.web.lower()} data"
    if (one.method == "MH" and one.measure.name == "PETO") or (
        one.method == "PETO" and one.measure.name not in {"PETO", "OR"}
    ):
        return f"RevMan has no method {one.method} for the measure {one.measure.label}"
    return ""


def _numbered(chosen: list[Analysis], tables: Tables) -> Iterator[Numbered]:
    """Analyses of the same groups share a comparison; comparisons are numbered as they first come."""
    arms = {(row["study"], row["arm"]): row["label"] for row in rows_of(tables, "arm")}
    of_groups: dict[tuple[str, str], list[Analysis]] = {}
    for each in chosen:
        of_groups.setdefault(_groups(each, arms), []).append(each)
    for comparison, (groups, several) in enumerate(of_groups.items(), 1):
        for number, each in enumerate(several, 1):
            yield Numbered(each, comparison, number, groups)


def _groups(one: Analysis, arms: Mapping[tuple[str, str], str]) -> tuple[str, str]:
    """Labels of the two groups where all studies agree on them."""
    found = {
        tuple(
            " + ".join(arms.get((row["study"], arm), arm) for arm in (row[column] or "").split())
            for column in ("arm", "comparator")
        )
        for row in one.studies
    }
    first, second = next(iter(found)) if len(found) == 1 else GROUPS
    return first or GROUPS[0], second or GROUPS[1]


# RevMan 5


def _five(numbered: list[Numbered], names: Mapping[str, str]) -> Iterator[Row]:
    """A row per comparison, per analysis, per study; which is which shows in the numbers and in what is blank."""
    order = 0
    for each in numbered:
        if each.number == 1:
            yield _place(each, 0) | {"Name": each.versus}
        yield _place(each, each.number) | _outcome(each)
        for study in each.analysis.studies:
            order += 1
            numbers = {theirs: study[ours] for theirs, ours in each.measure.type.columns_five.items()}
            unused = dict.fromkeys(layout.UNUSED, 0)
            about = {"Name": _name(study, names), "Year of study": study["year"], "User defined order": order}
            yield _place(each, each.number) | unused | numbers | about


def _name(study: Row, names: Mapping[str, str]) -> str:
    return names.get(study["study"], study["label"])


def _place(one: Numbered, number: int) -> Row:
    return {"Comparison Number": one.comparison, "Outcome Number": number, "Subgroup Number": 0}


def _outcome(one: Numbered) -> Row:
    return {
        "Name": one.analysis.row["title"],
        "Data Type": one.measure.type.five,
        "Statistical Method": _method(one),
        "Effect Measure": _measure(one).five,
        "Analysis Model": _model(one),
        "Group Label 1": one.groups[0],
        "Group Label 2": one.groups[1],
    }


def _method(one: Numbered) -> str:
    return layout.METHODS.get(one.analysis.method, "IV")


def _measure(one: Numbered) -> layout.EffectMeasure:
    """Peto's method pools Peto's odds ratio, under whichever name the analysis has it."""
    return layout.MEASURES["PETO"] if one.analysis.method == "PETO" else one.measure


def _model(one: Numbered) -> str:
    return "Fixed" if one.analysis.method in {"CE", "MH", "PETO"} else "Random"


# RevMan Web


def _settings(one: Numbered) -> Row:
    level = f"{one.analysis.row['level']:g}%"
    return one.place | {
        "Analysis group name": one.versus,
        "Data source": "Custom input",
        "Data type": one.measure.type.web,
        "Log-scale data": "TRUE" if one.analysis.measure.ratio else "FALSE",
        "Outcome": one.analysis.row["title"],
        "Experimental group label": one.groups[0],
        "Control group label": one.groups[1],
        "Statistical method": _method(one),
        "Effect measure": _measure(one).web or one.analysis.row["effect"],
        "Unit of effect measure": one.analysis.row["unit"],
        "Analysis model": f"{_model(one)} effect",
        "Subgroup estimates": "FALSE",
        "Overall estimates": "TRUE",
        "Test for subgroup differences": "FALSE",
        "Swap event and non-event": "FALSE",
        "Study CI": level,
        "Estimate CI": level,
    }


def _web_rows(one: Numbered, names: Mapping[str, str]) -> Iterator[Row]:
    for study in one.analysis.studies:
        numbers = {theirs: study[ours] for theirs, ours in one.measure.type.columns_web.items()}
        about = {"Study": _name(study, names), "Study year": study["year"], "Footnotes": study["derived"]}
        yield one.place | numbers | about


def _studies(tables: Tables) -> Rows:
    names, designs = labels(tables), CODES["design"]
    return [
        {
            "Study": names[row["study"]],
            "Year": row["year"],
            "Char: Methods": None if row["design"] in {None, "unknown"} else designs[row["design"]],
            "Char: Notes": row["note"],
        }
        for row in rows_of(tables, "study")
    ]
