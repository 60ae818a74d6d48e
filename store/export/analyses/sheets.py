"""The analyses and their tables on their way out, and the contract they are held to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from schemas.dataset import ANALYSES, ANALYSIS_TABLES, AnalysisTable, resource
from store.export.analyses.build import Analyses
from store.export.contract import ContractViolation, all_true, structure, validate
from store.export.sheets import Reference, Sheet

if TYPE_CHECKING:
    from collections.abc import Collection

KINDS_OF = {"counts": "count", "rates": "rate", "means": "mean", "correlations": "effect", "effects": "effect"}
"""Last word of an analysis table's name -> the kind of its records."""
_ONE_STUDY = ("analysis", "study", "arm", "comparator")
_CLOSE = 1e-12


def sheets(found: Analyses) -> list[Sheet]:
    """The table ``analyses`` and the analysis tables that have rows."""
    meaning = (
        "Sets of studies that can be pooled, each with a proposal for measure and method; whoever pools may change it."
    )
    named = (Reference(("outcome",), "outcome", ("outcome",)), Reference(("tabulated_by",), "source", ("source",)))
    first = Sheet("analyses", "analyses", meaning, ANALYSES, found.analyses, ("analysis",), named)
    return [first, *(_sheet(ANALYSIS_TABLES[name], table) for name, table in found.tables.items())]


def _sheet(design: AnalysisTable, table: pa.Table) -> Sheet:
    refers = (Reference(("analysis",), "analyses", ("analysis",)), Reference(("study",), "study", ("study",)))
    title = f"data for analysis: {design.title}"
    return Sheet(resource(design.name), title, design.meaning, design.columns, table, ("analysis", "study"), refers)


def check(
    found: Analyses, made: list[Sheet], kept: Mapping[str, pa.Table], exported: Collection[tuple[str, str]]
) -> None:
    """Raise ContractViolation, naming the rows, if analyses or their tables break their contract.

    Args:
        found: the analyses.
        made: their sheets.
        kept: the exported records and all entities, by kind.
        exported: kind and id of every exported record; each feeds an analysis, or there is a reason why not.
    """
    _check_account(found, set(exported))
    studies = _names(kept["study"], "study")
    tables = {resource(name): design for name, design in ANALYSIS_TABLES.items()}
    rows = {}
    for sheet in made[1:]:
        frame, design = _frame(sheet), tables[sheet.name]
        validate(structure(sheet), frame, sheet.name)
        facts = _design_facts(frame, design)
        facts["one row per study"] = ~frame.duplicated(list(_ONE_STUDY), keep=False)
        facts["study is defined"] = frame["study"].isin(studies)
        ids = kept[KINDS_OF[design.name.rsplit("_", 1)[-1]]].column("record").to_pylist()
        facts["records are exported"] = _all_named(frame["records"], ids)
        validate(all_true(facts), pd.DataFrame(facts), sheet.name)
        rows[design.name] = frame.groupby("analysis").size()
    _check_analyses(made[0], rows)


def _check_analyses(sheet: Sheet, rows: Mapping[str, pd.Series[int]]) -> None:
    frame = _frame(sheet)
    validate(structure(sheet), frame, sheet.name)
    counted = pd.concat(rows, names=["table", "analysis"]) if rows else pd.Series([], dtype="int64")
    keys = list(zip(frame["table"], frame["analysis"], strict=True))
    facts = {
        "studies is the number of rows": np.array([counted.get(key) for key in keys])
        == frame["studies"].to_numpy(object)
    }
    facts["every row has its analysis"] = np.full(len(frame), len(counted) == len(frame))
    validate(all_true(facts), pd.DataFrame(facts, index=frame.index), sheet.name)
    if len(counted) != len(frame):
        raise ContractViolation(
            "The analysis tables hold analyses that the table 'analyses' does not. Nothing was written."
        )


def _design_facts(frame: pd.DataFrame, design: AnalysisTable) -> dict[str, pd.Series[bool]]:
    facts = {f"{lesser} at most {greater}": frame[lesser] <= frame[greater] for lesser, greater in design.rises}
    facts |= {f"{a} + {b} = {n}": frame[a] + frame[b] == frame[n] for a, b, n in design.adds_up}
    if "sei" in frame:
        facts["vi is the square of sei"] = (frame["sei"] ** 2 - frame["vi"]).abs() <= _CLOSE * frame["vi"]
    numbers = frame[[each.name for each in design.numbers]].to_numpy(np.float64)
    facts["numbers are finite"] = pd.Series(np.isfinite(numbers).all(axis=1), index=frame.index, dtype=bool)
    return {name: each.astype(bool) for name, each in facts.items()}


def _frame(sheet: Sheet) -> pd.DataFrame:
    frame: pd.DataFrame = sheet.table.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    keys = [sheet.table.column(name).to_pylist() for name in sheet.key]
    frame.index = pd.Index(["/".join(key) for key in zip(*keys, strict=True)], dtype=object)
    return frame


def _all_named(cells: pd.Series[str], ids: list[str]) -> pd.Series[bool]:
    """Whether every id in each cell is one of these. An id may hold a space, so its words are compared."""
    known = {word for each in ids for word in each.split()}
    return cells.map(lambda cell: bool(cell) and known.issuperset(cell.split()))


def _names(table: pa.Table, column: str) -> list[str]:
    found: list[str] = table.column(column).to_pylist()
    return found


def _check_account(found: Analyses, exported: set[tuple[str, str]]) -> None:
    used, unused = set(found.used), set(found.unused)
    lost = exported - used - unused
    twice = used & unused
    strange = (used | unused) - exported
    blank = {key for key, why in found.unused.items() if not why}
    for records, what in (
        (lost, "lost"),
        (twice, "both used and not"),
        (strange, "not exported"),
        (blank, "not pooled without a reason"),
    ):
        if records:
            raise ContractViolation(
                f"Records of the clean dataset are {what} in the analyses, such as {min(records)[1]!r}. Nothing was written. "
                "This is a mistake in the export, not in your data; please report it with this message."
            )
