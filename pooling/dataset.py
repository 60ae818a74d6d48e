"""Reading a clean dataset: the folder that ``curation export`` writes, or one of the same form made by hand.

Only the tables of the analyses are read: ``analyses.csv`` and ``analysis_*.csv``. CSV is what people open and change,
so CSV is what is pooled; a table that is no longer as it was exported is named.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pooling import cells
from pooling.errors import CannotPool
from schemas.dataset import ANALYSES, ANALYSIS_TABLES, AnalysisTable, resource
from schemas.measures import MEASURES

DESCRIPTOR = "datapackage.json"
MOST = 40
"""Faults named before the rest is counted."""
SAME_VARIANCE = 0.01
"""How far the square of a standard error may be from the variance, by rounding, as a share of it."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """One set of studies to pool, how it is proposed to pool them, and their rows under metafor's names."""

    facts: Mapping[str, Any]
    rows: pd.DataFrame

    @property
    def id(self) -> str:
        """Id of the analysis."""
        return str(self.facts["analysis"])

    @property
    def title(self) -> str:
        """What is pooled, in words."""
        return str(self.facts["title"])


@dataclass(frozen=True, slots=True)
class Dataset:
    """The analyses of a clean dataset. ``changed`` names the files that are not as they were exported."""

    title: str
    analyses: tuple[Analysis, ...]
    changed: tuple[str, ...] = ()

    def only(self, wanted: Sequence[str]) -> Dataset:
        """The dataset with these analyses alone. Raises CannotPool for ids that it does not have."""
        known = {each.id: each for each in self.analyses}
        if strangers := [each for each in wanted if each not in known]:
            near = [close for each in strangers for close in get_close_matches(each, known, 3)] or sorted(known)[:3]
            raise CannotPool(
                f"there is no analysis {', '.join(strangers)}; analyses.csv lists {len(known)}, such as {', '.join(near)}"
            )
        return replace(self, analyses=tuple(known[each] for each in dict.fromkeys(wanted)))


def read(folder: Path) -> Dataset:
    """Read the analyses of a dataset.

    Raises:
        CannotPool: the folder is no dataset, a table is missing, or cells are not what their columns hold; all faults
            are named at once, each with file, row, column, what was found and what was expected.
    """
    described = _descriptor(folder)
    faults: list[str] = []
    listed = cells.table(folder / "analyses.csv", ANALYSES, faults)
    rows = {
        name: cells.table(folder / f"{resource(name)}.csv", table.columns, faults)
        for name, table in ANALYSIS_TABLES.items()
        if (listed["table"] == name).any()
    }
    faults += [each for name, table in rows.items() for each in _contradictions(table, ANALYSIS_TABLES[name])]
    faults += _strangers(listed, {name: each for name, each in rows.items() if not (faults and each.empty)})
    if faults:
        raise CannotPool(_refusal(folder, faults))
    if listed.empty:
        raise CannotPool(f"{folder} has no analysis to pool; its account.csv says of every record why it feeds none")
    analyses = tuple(
        Analysis(facts, _own(rows[facts["table"]], facts["analysis"]))
        for facts in (
            dict(zip(listed.columns, each, strict=True)) for each in listed.itertuples(index=False, name=None)
        )
    )
    return Dataset(str(described.get("title") or folder.resolve().name), analyses, _changed(folder, described))


def _refusal(folder: Path, faults: Sequence[str]) -> str:
    if len(faults) == 1:
        return f"{folder} cannot be pooled: {faults[0]}"
    more = [f"and {len(faults) - MOST} more"] if len(faults) > MOST else []
    return "\n  ".join([f"{folder} cannot be pooled, {len(faults)} faults:", *faults[:MOST], *more])


def _own(rows: pd.DataFrame, analysis: str) -> pd.DataFrame:
    return rows[rows["analysis"] == analysis].reset_index(drop=True)


def _descriptor(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise CannotPool(f"{folder} is no folder; give the folder that 'curation export REVIEW DIR' wrote")
    if not (folder / "analyses.csv").is_file():
        raise CannotPool(f"{folder} holds no analyses.csv; give the folder that 'curation export REVIEW DIR' wrote")
    try:
        found = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise CannotPool(f"{folder / DESCRIPTOR} cannot be read ({error}); export the dataset again") from None
    if not isinstance(found, dict):
        raise CannotPool(f"{folder / DESCRIPTOR} is no data package; export the dataset again")
    return found


def _contradictions(frame: pd.DataFrame, table: AnalysisTable) -> list[str]:
    """Numbers of one row that do not go together, and studies that an analysis has twice."""
    file, found = f"{resource(table.name)}.csv", []
    said = partial(cells.fault, file)
    for less, more in table.rises:
        above = frame[less] > frame[more]
        found += [
            said(row, less, _printed(own), f"{limit:g} ({more}) or less")
            for row, own, limit in _rows(frame[above], less, more)
        ]
        frame = frame[~above]
    for one, other, both in table.adds_up:
        gap = frame[one] + frame[other] - frame[both]
        found += [
            said(row, both, _printed(total), f"{left + right:g} ({one} and {other} together)")
            for row, left, right, total in _rows(frame[gap.notna() & (gap != 0)], one, other, both)
        ]
    if {"vi", "sei"} <= set(frame):
        off = (frame["sei"] ** 2 / frame["vi"] - 1).abs() > SAME_VARIANCE
        found += [
            said(row, "sei", _printed(se), f"{np.sqrt(v):.4g}, the root of vi, which is what is pooled")
            for row, v, se in _rows(frame[off], "vi", "sei")
        ]
    twice = frame.duplicated(["analysis", "study"]) & (frame["analysis"] != "")
    return found + [
        said(row, "study", study, f"one row of a study in {analysis!r}")
        for row, study, analysis in _rows(frame[twice], "study", "analysis")
    ]


def _rows(frame: pd.DataFrame, *columns: str) -> Iterator[Any]:
    """The number of each row and its cells in these columns."""
    return frame[list(columns)].itertuples(name=None)


def _printed(number: float) -> str:
    return f"{number:g}"


def _strangers(listed: pd.DataFrame, rows: Mapping[str, pd.DataFrame]) -> list[str]:
    """What the list of analyses and the tables say of each other, where it is not the same.

    Analyses listed twice, without rows, with another number of them, or with a measure that their table cannot give;
    rows of analyses that are not listed.
    """
    said = partial(cells.fault, "analyses.csv")
    twice = listed[listed["analysis"].duplicated() & (listed["analysis"] != "")]
    found = [said(row, "analysis", each, "an id that no other row has") for row, each in _rows(twice, "analysis")]
    counts = {name: frame["analysis"].value_counts() for name, frame in rows.items()}
    columns = ("analysis", "table", "measure", "studies")
    for row, each, name, measure, studies in _rows(listed[listed["table"].isin(list(counts))], *columns):
        file, have, able = f"{resource(name)}.csv", counts[name].get(each, 0), ANALYSIS_TABLES[name].measures
        if have == 0:
            found.append(said(row, "analysis", each, f"an analysis that has rows in {file}"))
        elif np.isfinite(studies) and have != studies:
            found.append(said(row, "studies", _printed(studies), f"{have}, the rows it has in {file}"))
        if measure in MEASURES and measure not in able:
            found.append(said(row, "measure", measure, f"one that {file} gives: {', '.join(able)}"))
    for name, frame in rows.items():
        known = set(listed["analysis"][listed["table"] == name])
        first = frame[~frame["analysis"].isin([*known, ""])].drop_duplicates("analysis")
        found += [
            cells.fault(f"{resource(name)}.csv", row, "analysis", each, f"one that analyses.csv lists with {name}")
            for row, each in _rows(first, "analysis")
        ]
    return found


def _changed(folder: Path, described: Mapping[str, Any]) -> tuple[str, ...]:
    """The tables read here whose content is not the one that was exported."""
    resources = described.get("resources")
    known = {str(each.get("path")): each.get("hash") for each in resources or () if isinstance(each, dict)}
    names = ["analyses.csv", *(f"{resource(each)}.csv" for each in ANALYSIS_TABLES)]
    return tuple(
        name
        for name in names
        if name in known and (folder / name).is_file() and known[name] != _digest((folder / name).read_bytes())
    )


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()
