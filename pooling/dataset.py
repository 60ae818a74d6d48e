"""Reading a clean dataset: the folder that ``curation export`` writes, or one of the same form made by hand.

Only the tables of the analyses are read: ``analyses.csv`` and ``analysis_*.csv``. CSV is what people open and change,
so CSV is what is pooled; a table that is no longer as it was exported is named.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pooling.errors import CannotPool
from schemas.dataset import ANALYSES, ANALYSIS_TABLES, Column, resource
from schemas.spreadsheet_text import unguarded

DESCRIPTOR = "datapackage.json"
MOST = 5
"""Faults named before the rest is counted."""


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
            are named at once, with file, row and column.
    """
    described = _descriptor(folder)
    faults: list[str] = []
    listed = _table(folder / "analyses.csv", ANALYSES, faults)
    rows = {}
    for name in dict.fromkeys(listed["table"]) if not faults else ():
        table = ANALYSIS_TABLES[name]
        rows[name] = _table(folder / f"{resource(name)}.csv", table.columns, faults)
        faults += _out_of_order(rows[name], resource(name), table.rises)
    if not faults:
        faults = _strangers(listed, rows)
    if faults:
        more = f"; and {len(faults) - MOST} more" if len(faults) > MOST else ""
        raise CannotPool(f"{folder} cannot be pooled: {'; '.join(faults[:MOST])}{more}")
    analyses = tuple(
        Analysis(facts, _own(rows[facts["table"]], facts["analysis"]))
        for facts in (
            dict(zip(listed.columns, each, strict=True)) for each in listed.itertuples(index=False, name=None)
        )
    )
    return Dataset(str(described.get("title") or folder.name), analyses, _changed(folder, described))


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


def _table(path: Path, columns: Sequence[Column], faults: list[str]) -> pd.DataFrame:
    """A table with its columns in order and of their types; what is wrong with it goes to ``faults``."""
    empty = pd.DataFrame({each.name: [] for each in columns})
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8-sig")
    except FileNotFoundError:
        faults.append(f"{path.name} is missing")
        return empty
    except (OSError, ValueError) as error:
        faults.append(f"{path.name} cannot be read: {str(error).strip()}")
        return empty
    absent = [each.name for each in columns if each.name not in frame.columns]
    if absent:
        faults.append(f"{path.name} has no column {', '.join(absent)}")
        return empty
    return pd.DataFrame({each.name: _column(frame[each.name], each, path.name, faults) for each in columns})


def _column(texts: pd.Series[str], column: Column, file: str, faults: list[str]) -> pd.Series[Any]:
    def fault(rows: Any, expected: str) -> None:  # noqa: ANN401 - a mask
        for at in np.flatnonzero(rows):
            faults.append(f"{file}, row {at + 2}, column {column.name}: found {texts.iloc[at]!r}, expected {expected}")  # noqa: PERF401 - reads better

    missing = texts.isna()
    if column.required:
        for at in np.flatnonzero(missing):
            faults.append(f"{file}, row {at + 2}, column {column.name} is blank")  # noqa: PERF401 - reads better
    if column.type == "string":
        if column.codes:
            fault(~missing & ~texts.isin(column.codes), f"one of {', '.join(column.codes)}")
        return texts.fillna("").map(unguarded)
    numbers = pd.to_numeric(texts, errors="coerce").astype(np.float64)
    odd = ~missing & ~np.isfinite(numbers)
    if column.type == "integer":
        odd |= np.isfinite(numbers) & (numbers != np.floor(numbers))
    fault(odd, "a whole number" if column.type == "integer" else "a number")
    fault(_beyond(numbers, column), _range(column))
    return numbers


def _beyond(numbers: pd.Series[float], column: Column) -> Any:  # noqa: ANN401 - a mask
    low = column.lowest
    below = False if low is None else (numbers <= low if column.above_zero else numbers < low)
    above = False if column.highest is None else numbers > column.highest
    return np.asarray(below | above, dtype=bool) & np.isfinite(numbers)


def _range(column: Column) -> str:
    low = (
        ""
        if column.lowest is None
        else f"above {column.lowest:g}"
        if column.above_zero
        else f"{column.lowest:g} or more"
    )
    high = "" if column.highest is None else f"{column.highest:g} or less"
    return "a number that is " + " and ".join(each for each in (low, high) if each)


def _out_of_order(frame: pd.DataFrame, name: str, rises: Sequence[tuple[str, str]]) -> list[str]:
    return [
        f"{name}.csv, row {at + 2}: {less} ({frame[less].iloc[at]:g}) is more than {more} ({frame[more].iloc[at]:g})"
        for less, more in rises
        for at in np.flatnonzero(frame[less] > frame[more])
    ]


def _strangers(listed: pd.DataFrame, rows: Mapping[str, pd.DataFrame]) -> list[str]:
    """Analyses listed twice or without rows, and rows of analyses that are not listed."""
    twice = [f"analyses.csv lists {each!r} twice" for each in listed["analysis"][listed["analysis"].duplicated()]]
    empty = [
        f"{resource(table)}.csv has no row of the analysis {each!r}"
        for each, table in zip(listed["analysis"], listed["table"], strict=True)
        if not (rows[table]["analysis"] == each).any()
    ]
    known = {table: set(group["analysis"]) for table, group in listed.groupby("table")}
    unlisted = [
        f"{resource(table)}.csv has rows of {each!r}, which analyses.csv does not list"
        for table, frame in rows.items()
        for each in sorted(set(frame["analysis"]) - known[table])
    ]
    return [*twice, *empty, *unlisted]


def _changed(folder: Path, described: Mapping[str, Any]) -> tuple[str, ...]:
    """The tables read here whose content is not the one that was exported."""
    found = []
    for each in described.get("resources", ()):
        path, known = str(each.get("path", "")), str(each.get("hash", ""))
        if Path(path).name.startswith("analys") and path.endswith(".csv") and (folder / path).is_file():
            now = "sha256:" + hashlib.sha256((folder / path).read_bytes()).hexdigest()
            if now != known:
                found.append(path)
    return tuple(found)
