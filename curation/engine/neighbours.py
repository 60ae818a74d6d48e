"""Slips between rows: another set of participants, a column shifted by one row, the numbers of two arms exchanged."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curation.engine.case import SETTLED, Candidate, Case, number
from curation.engine.columns import cell
from curation.engine.flagged import Cell
from schemas.granularity import achievable
from schemas.intervals import Column
from schemas.ragged import Codes

AROUND = 20
"""Rows before and after the flagged one among which the same participants are looked for."""
Candidates = Iterator[Candidate]


def denominators(case: Case) -> Candidates:
    """The total of another set of participants, if it fits all percentages of these participants together."""
    total = case.cell("total")
    if case.across or total is None or case.cell("percent") is None or number(total) < 1:
        return
    printed = int(number(total))
    rows, own = case.flagged.nearby(("source", "study", "arm", "analysis_set"), AROUND)
    shares = {at: _share(each) for at, each in enumerate(rows) if at == own or _same_total(each, total)}
    known = {at: each for at, each in shares.items() if each is not None}
    if own not in known or len(known) < 2:
        return
    totals = np.arange(1, 2 * printed + 10, dtype=np.int64)
    gives = {at: _gives(totals, *each) for at, each in known.items()}
    if all(mask[printed - 1] for at, mask in gives.items() if at != own):
        return  # the others fit the printed total
    fits = [int(n) for n in totals[np.logical_and.reduce(list(gives.values()))] if n != printed]
    for n in fits:
        text = f"a total of {n} would fit, and with it all {len(known)} percentages of these participants"
        yield Candidate("other_denominator", text, {"total": (Fraction(n), Fraction(n))})


def _same_total(row: Mapping[str, Any], total: Cell) -> bool:
    given = row.get("total") or {}
    return row.get("estimator") == "proportion" and given.get("value") == float(total.value or 0)


def _share(row: Mapping[str, Any]) -> tuple[Cell | None, Cell] | None:
    events, percent = (cell(row.get(name)) for name in ("events", "percent"))
    if percent.value is None or math.isinf(percent.low - percent.high):
        return None
    return (events if events.value is not None and events.low == events.high else None), percent


def _gives(totals: NDArray[np.int64], events: Cell | None, percent: Cell) -> NDArray[np.bool_]:
    if events is None or events.value is None:
        return achievable((percent.low, percent.high), totals)
    low, high = Fraction(percent.low), Fraction(percent.high)
    if high <= 0 or events.value <= 0:
        return np.full(len(totals), low <= 0 <= high and events.value == 0)
    least = max(int(events.value), math.ceil(100 * events.value / high))
    most = math.floor(100 * events.value / low) if low > 0 else len(totals)
    return np.asarray((totals >= least) & (totals <= most), dtype=np.bool_)


def rows(case: Case) -> Candidates:
    """The numbers of two arms exchanged, and the value of the row above or below."""
    if case.across:
        return
    record = case.flagged.record
    if record.get("section") and record.get("row"):
        table, own = case.flagged.nearby(("source", "section", "column"), 2)
        for step, where in ((-1, "above"), (1, "below")):
            beside, beyond = (_at(table, own, times * step) for times in (1, 2))
            if beside is not None:
                yield from _of_neighbour(case, beside, beyond, where)
    if record.get("study") and record.get("arm"):
        keys = ("source", "study", "outcome", "analysis_set", "timepoint", "section")
        arms, _ = case.flagged.nearby(keys, 3)
        for other in arms:
            if other.get("arm") not in (None, record["arm"]):
                yield from _exchanged(case, other)


def _at(table: Sequence[Mapping[str, Any]], own: int | None, step: int) -> Mapping[str, Any] | None:
    return None if own is None or not 0 <= own + step < len(table) else table[own + step]


def _of_neighbour(case: Case, other: Mapping[str, Any], beyond: Mapping[str, Any] | None, where: str) -> Candidates:
    for name, one in case.scalars():
        theirs = _other_cell(case, other, name)
        if theirs is None or case.field(name) in SETTLED or theirs.value == one.value or not _same_unit(one, theirs):
            continue
        next_one = _other_cell(case, beyond, name) if beyond is not None else None
        if next_one is not None and _contradicts(case, other, {name: next_one}):
            continue  # a shifted column would have shifted that row as well
        text = f"the {case.label(name)} of the row {where} ({theirs.text.strip()}) would fit: the column may be shifted by one"
        yield Candidate("row_shifted", text, {name: (theirs.low, theirs.high)})


def _exchanged(case: Case, other: Mapping[str, Any]) -> Candidates:
    for name, one in case.scalars():
        theirs = _other_cell(case, other, name)
        if theirs is None or case.field(name) in SETTLED or theirs.value == one.value or not _same_unit(one, theirs):
            continue
        if not _contradicts(case, other, {name: one}):
            text = f"{case.label(name)} of the arms {case.flagged.record['arm']} and {other['arm']} exchanged would fit"
            yield Candidate("arms_swapped", text, {name: (theirs.low, theirs.high)})


def _other_cell(case: Case, other: Mapping[str, Any], name: str) -> Cell | None:
    given = other.get(case.field(name))
    one = cell(given) if isinstance(given, dict) else None
    return one if one is not None and one.value is not None and one.low + one.high == 2 * one.value else None


def _same_unit(one: Cell, two: Cell) -> bool:
    return one.unit == two.unit or {one.unit, two.unit} <= {"", "%"}


def _contradicts(case: Case, other: Mapping[str, Any], given: Mapping[str, Cell]) -> bool:
    """Whether another row of the table would contradict the rule with these numbers in place of its own."""
    changed: dict[str, Any] = {}
    for name, source in case.sources.items():
        if source is None or source.startswith("="):
            continue
        theirs = given.get(name) or other.get(source)
        if isinstance(case.flagged.columns[name], Codes):
            changed[name] = Codes(np.array([theirs], dtype=object))
        else:
            one = theirs if isinstance(theirs, Cell) else cell(theirs)
            ends = (one.low, one.high) if one.known else (math.nan, math.nan)
            low, high = (np.array([end], dtype=object) for end in ends)
            changed[name] = Column(low, high, np.array([one.known]), clean=True)
    return case.flagged.contradicts(**changed)
