"""The data and analyses of a RevMan 5 review, exported as CSV.

The same records as from the review file itself, but for what the export leaves out: confidence levels, numbers of
studies, risk of bias, studies outside the analyses. ``Q`` is the heterogeneity of the studies, ``Qint`` the test of the
subgroups. A row with an outcome number and a data type is an outcome or a subgroup, one without a type a study. Zeros in
columns that the data type does not use mean nothing. Levels of 90% and 99% are told by the standard errors.

Where the effect is typed with its standard error and stands without an interval, it is taken as a logarithm for ratios.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from curation.exchange.csv_text import header_of, read_csv
from curation.exchange.imported import Format, Imported
from curation.exchange.revman_numbers import decimal, is_zero, number
from curation.exchange.revman_records import records
from curation.exchange.revman_review import (
    RATIOS,
    Analysis,
    Group,
    Part,
    Result,
    Review,
    Row,
    Study,
    Type,
    measure_named,
    tell_what_has_no_estimate,
)
from curation.intake.problems import Problem, Refused, shown

_NEEDED = {"Comparison Number", "Outcome Number", "Name", "Data Type", "Effect Measure", "Events 1", "Total 1"}
_TYPES: tuple[tuple[str, Type], ...] = (
    ("D", "DICH"),
    ("C", "CONT"),
    ("IV", "IV"),
    ("G", "IV"),
    ("IPD", "IPD"),
    ("O-E", "IPD"),
    ("P", "IPD"),
)
"""How data types begin."""
_RESULT = {
    "estimate": "Effect Estimate", "lower": "CI Start", "upper": "CI End", "z": "Z", "p": "P(Z)", "q": "Q", "df": "df",
    "p_q": "P(Q)", "i2": "I²(Q)", "tau2": "Tau²", "q_between": "Qint", "p_between": "P(Qint)", "total_1": "Total 1",
    "total_2": "Total 2",
}  # fmt: skip
_READ = {
    *_NEEDED, *_RESULT.values(), "Subgroup Number", "Statistical Method", "Analysis Model", "Mean 1", "SD 1", "Events 2",
    "Mean 2", "SD 2", "SE", "Weight", "O-E", "Variance", "Group Label 1", "Group Label 2", "Left Graph Label",
    "Right Graph Label", "Year of study", "User defined order", "I²(Qint)",
}  # fmt: skip
_REACHES = {"90": 1.6449, "99": 2.5758}
"""Levels other than 95% that RevMan offers, and how many standard errors an interval then reaches."""
Cells = Mapping[str, str]


def _recognises(path: Path, start: bytes) -> bool:  # noqa: ARG001 - the content tells it
    return set(header_of(start)) >= _NEEDED


def read(path: Path) -> Imported:
    """The records of an export."""
    return records(review(path))


def review(path: Path) -> Review:
    """The review as it stands in the export. Raises Refused where the columns are not those of one."""
    table = read_csv(path)
    missing = sorted(_NEEDED - set(table.header))
    if missing:
        expected = "the columns of RevMan's export of data and analyses"
        raise Refused([Problem(path.name, 1, None, f"no column {', '.join(missing)}", expected)])
    one = Review(path, Imported(path.name, FORMAT.title), note="RevMan 5, export of data and analyses")
    for name in table.header:
        if name and name not in _READ and any(name in row for _, row in table.rows):
            one.account.left(f"column {name}", "a column", "its meaning in this export is not known here")
    comparison = ""
    for at, row in table.rows:
        if not row.get("Outcome Number") or is_zero(row["Outcome Number"]):
            comparison = row.get("Name", "")
        elif row.get("Data Type"):
            _heading(one, at, row, comparison)
        else:
            _study(one, at, row)
    for analysis in one.analyses:
        analysis.parts = [part for part in analysis.parts if part.rows or part.result]
        tell_what_has_no_estimate(analysis)
        analysis.level_study = next((level for row in analysis.rows if (level := _level(analysis, row))), "")
        analysis.level = _level(analysis, analysis.result)
        one.account.remarks += _lost(one, analysis)
    return one


def _heading(one: Review, at: int, row: Cells, comparison: str) -> None:
    """A row that begins an outcome or one of its subgroups."""
    name, kind = row.get("Name", ""), _type(row["Data Type"])
    if kind is None:
        one.account.left(f"row {at}", shown(name), f"analyses of the type {row['Data Type']} have no numbers to pool")
        return
    result = Result(at, **{ours: row.get(theirs, "") for ours, theirs in _RESULT.items()})  # type: ignore[arg-type]  # texts
    if row.get("Subgroup Number") and not is_zero(row["Subgroup Number"]) and one.analyses:
        one.analyses[-1].parts.append(Part(name or f"subgroup {row['Subgroup Number']}", result=result))
        return
    labels = row.get("Group Label 1") or "Experimental", row.get("Group Label 2") or "Control"
    one.analyses.append(
        Analysis(
            *_place(row), comparison, name, kind, row.get("Statistical Method", ""),
            measure_named(row.get("Effect Measure", "")), row.get("Analysis Model", "").startswith("Random"), labels, result,
            level="", level_study="", parts=[Part("")],
        )
    )  # fmt: skip


def _place(row: Cells) -> tuple[str, str]:
    return row.get("Comparison Number", ""), row.get("Outcome Number", "")


def _type(text: str) -> Type | None:
    return next((kind for begin, kind in _TYPES if text.upper().startswith(begin)), None)


def _study(one: Review, at: int, row: Cells) -> None:
    analysis = one.analyses[-1] if one.analyses else None
    name = row.get("Name", "")
    if analysis is None or _place(row) != (analysis.comparison, analysis.number):
        one.account.left(f"row {at}", shown(name), "no outcome with a data type stands above it")
        return
    key = f"{name} {row.get('Year of study', '')}" if _other_year(one, name, row) else name
    one.studies.setdefault(key, Study(at, name, row.get("Year of study", "")))
    groups = [
        Group(*(row.get(f"{column} {number}", "") for column in ("Events", "Total", "Mean", "SD"))) for number in "12"
    ]
    made = Row(
        at, key, groups[0], groups[1], estimate=row.get("Effect Estimate", ""), lower=row.get("CI Start", ""),
        upper=row.get("CI End", ""), se=row.get("SE", ""), weight=row.get("Weight", ""), o_e=row.get("O-E", ""),
        variance=row.get("Variance", ""),
    )  # fmt: skip
    analysis.parts[-1].rows.append(_typed(analysis, made))


def _other_year(one: Review, name: str, row: Cells) -> bool:
    """Whether another study has the name, told by its year."""
    return name in one.studies and one.studies[name].year != row.get("Year of study", "")


def _typed(analysis: Analysis, row: Row) -> Row:
    """The row with what was typed told from what was computed."""
    if analysis.type != "IV":
        return row
    logs = analysis.measure in RATIOS and not number(row.lower)
    return replace(row, effect=row.estimate, effect_se=row.se, estimate="" if logs else row.estimate)


def _level(analysis: Analysis, one: Row | Result) -> str:
    """The level of an interval where it is not 95%, told by the standard error or Z, as the export does not give it."""
    found = [_scaled(analysis, text) for text in (one.estimate, one.lower, one.upper)]
    estimate, low, high = (math.nan if each is None else each for each in found)
    spread = float(decimal(one.se) or 0) if isinstance(one, Row) else abs(estimate / float(decimal(one.z) or math.nan))
    reach = (high - low) / 2 / spread if spread else math.nan
    return next((level for level, usual in _REACHES.items() if abs(reach - usual) < 1e-3), "")


def _scaled(analysis: Analysis, text: str) -> float | None:
    """A number on the scale of analysis."""
    value = decimal(text)
    if value is None or (analysis.ratio and value <= 0):
        return None
    return math.log(value) if analysis.ratio else float(value)


def _lost(one: Review, analysis: Analysis) -> list[str]:
    if analysis.measure == "OTHER":
        return [f"{one.account.file}: the export does not say which measure analysis {analysis.place} has"]
    return []


FORMAT = Format("revman-5-csv", "RevMan 5 data and analyses (CSV)", (".csv",), _recognises, read)
