"""The analyses and their tables on their way out, and the contract they are held to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from schemas.dataset import ANALYSES, ANALYSIS_TABLES, AnalysisTable, resource
from schemas.registry import RECORDS
from store.export.analyses.build import Analyses
from store.export.analyses.reading import Mask
from store.export.contract import ContractViolation, all_true, row_names, structure, validate
from store.export.sheets import Reference, Sheet
from store.export.tidy import defined, mask

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


def check(found: Analyses, made: list[Sheet], kept: Mapping[str, pa.Table]) -> None:
    """Raise ContractViolation, naming the rows, if analyses or their tables break their contract.

    Args:
        found: the analyses.
        made: their sheets.
        kept: the exported records and all entities, by kind. Each record feeds an analysis, or there is a reason why
            not.
    """
    _check_account(found.account, kept)
    tables = {resource(name): design for name, design in ANALYSIS_TABLES.items()}
    rows = {}
    for sheet in made[1:]:
        frame, design = _frame(sheet), tables[sheet.name]
        validate(structure(sheet), frame, sheet.name)
        facts: dict[str, Any] = _design_facts(frame, design)
        facts["one row per study"] = ~frame.duplicated(list(_ONE_STUDY), keep=False)
        facts["study is defined"] = mask(pc.is_in(sheet.table.column("study"), _ids(kept["study"], "study")))
        ids = _ids(kept[KINDS_OF[design.name.rsplit("_", 1)[-1]]], "record")
        facts["records are exported"] = _all_named(sheet.table.column("records"), ids)
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
    frame.index = row_names(sheet)
    return frame


def _all_named(cells: pa.ChunkedArray, ids: pa.Array) -> Mask:
    """Whether every id in each cell is one of these. An id may hold a space, so its words are compared."""
    known = pc.list_flatten(pc.split_pattern(ids, " "))
    words = pc.split_pattern(pc.fill_null(cells, "").combine_chunks(), " ")
    named = mask(pc.is_in(pc.list_flatten(words), known))
    unknown = np.bincount(pc.list_parent_indices(words).to_numpy()[~named], minlength=len(words))
    return np.asarray((unknown == 0) & mask(pc.is_valid(cells)))


def _ids(table: pa.Table, column: str) -> pa.Array:
    return table.column(column).combine_chunks().cast(pa.string())


def _check_account(account: pa.Table, kept: Mapping[str, pa.Table]) -> None:
    feeds, says = (mask(pc.is_valid(account.column(name))) for name in ("analyses", "not_pooled"))
    _refuse(account, feeds & says, "both pooled and not")
    _refuse(account, ~(feeds | says), "not pooled without a reason")
    exported = pa.concat_tables([_named(kind, kept[kind]) for kind in RECORDS if kind in kept])
    for one, other, what in ((exported, account, "lost"), (account, exported, "not exported")):
        _refuse(one, ~defined(one, other, Reference(("kind", "record"), "", ("kind", "record"))), what)


def _named(kind: str, table: pa.Table) -> pa.Table:
    return pa.table({"kind": pa.array([kind] * len(table), pa.string()), "record": _ids(table, "record")})


def _refuse(records: pa.Table, hit: Mask, what: str) -> None:
    if hit.any():
        first = pc.min(records.column("record").filter(pa.array(hit))).as_py()
        raise ContractViolation(
            f"Records of the clean dataset are {what} in the analyses, such as {first!r}. Nothing was written. "
            "This is a mistake in the export, not in your data; please report it with this message."
        )
