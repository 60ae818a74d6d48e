"""One rule over one batch: doubles decide what they can, exact rationals decide the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from curation.engine.columns import Arguments, Batch, flat
from curation.engine.flagged import Argument
from curation.engine.rule import Rule
from schemas.intervals import Column
from schemas.kinds.base import Face, Record
from schemas.ragged import Ragged
from schemas.verdicts import Mask, Verdict

Sources = Mapping[str, str | None]
"""Argument -> column of the batch, '=constant', or None where there is none."""
Codes = NDArray[np.int8]
"""A verdict per row."""

FEW = 16
"""So many edges and contradictions of one batch are decided in exact rationals straight away."""
WIDER = 1e-9
"""Part by which rounded numbers are widened to see whether a contradiction could rest on rounding error of doubles."""
_NOBODY = np.empty(0, dtype=np.intp)
_TO_SETTLE = np.array([each in (Verdict.EDGE, Verdict.CONTRADICTS) for each in Verdict], dtype=bool)

STATUS_WORDS = {
    "not_reported": "not reported", "not_applicable": "not applicable", "not_reached": "not reached",
    "not_estimable": "not estimable", "unclear": "unreadable", "reported": "only approximate",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule's answers for a batch: a verdict per row, and why it could not tell."""

    codes: np.ndarray
    columns: Mapping[str, Argument]
    reasons: Mapping[str, int]

    def rows(self, verdict: Verdict) -> np.ndarray:
        """The rows with this verdict."""
        return np.flatnonzero(self.codes == verdict)


def face_sources(rule: Rule, model: type[Record], face: Face) -> Sources | None:
    """Where each argument of the rule comes from in this kind, or None if a required one is missing."""
    if rule.kinds and model.kind not in rule.kinds:
        return None
    fields = model.model_fields
    found: dict[str, str | None] = {}
    for name, required in rule.arguments.items():
        column = face.get(name) or (name if name in fields else None)
        if column is None and required:
            return None
        found[name] = column
    return found


def judge(
    rule: Rule, given: Arguments, sources: Sources, silenced: Mask | None = None, seen: Codes | None = None
) -> Judged:
    """Judge a batch, given as the arguments that rules ask of it.

    ``silenced`` rows were flagged by a prerequisite. ``seen``: what the rule said of the rows at a glance, where it has
    been asked already; written over.
    """
    columns = given.all_of(sources)
    if seen is None:
        asked = asked_of(rule, given.batch, sources)
        if asked is not None and not asked.any():
            return Judged(np.full(len(asked), Verdict.NOT_ASKED, dtype=np.int8), columns, {})
        seen, _ = at_a_glance(rule, columns, asked)
    codes = _in_doubles(rule, columns, seen)
    quiet = None if silenced is None else silenced & (codes != Verdict.NOT_ASKED)
    if quiet is not None:
        codes[quiet] = Verdict.CANNOT_TELL
    _settle(rule, columns, codes)
    return Judged(codes, columns, reasons(rule, given.batch, sources, columns, codes, quiet))


def at_a_glance(rule: Rule, columns: Mapping[str, Argument], asked: Mask | None) -> tuple[Codes, bool]:
    """What the screen of a rule says of each row, EDGE where it leaves it open; of a rule without one, what the rule says.

    Besides, whether in any row something is missing that the rule must know.
    """
    unknown = _unknown(rule, columns)
    if rule.surely is None:
        codes = np.asarray(rule(**columns).codes).copy()
    else:
        with np.errstate(all="ignore"):
            codes = rule.surely(**columns).codes
    if unknown is not None:
        codes[unknown & (codes != Verdict.NOT_ASKED)] = Verdict.CANNOT_TELL
    if asked is not None:
        codes[~asked] = Verdict.NOT_ASKED
    return codes, unknown is not None


def _in_doubles(rule: Rule, columns: Mapping[str, Argument], codes: Codes) -> Codes:
    """The codes with what the rule itself says, in doubles, of the rows that its screen leaves open."""
    rows = np.flatnonzero(codes == Verdict.EDGE) if rule.surely else _NOBODY
    if len(rows):
        every = len(rows) == len(codes)
        codes[rows] = rule(**columns if every else {name: each.take(rows) for name, each in columns.items()}).codes
    return codes


def asked_of(rule: Rule, batch: Batch, sources: Sources) -> Mask | None:
    """A rule is asked of the rows in which the field it points at is entered; None for all rows."""
    column = sources.get(pointed_at(rule))
    if column is None or column.startswith("="):
        return None
    array = flat(batch.column(column))
    if not array.null_count:
        return None
    if array.null_count == len(array):
        return np.zeros(len(array), dtype=bool)
    return np.array(array.is_valid().to_numpy(zero_copy_only=False), dtype=bool)


def pointed_at(rule: Rule) -> str:
    """The argument a finding of this rule points at."""
    if rule.field:
        return rule.field
    required = rule.required
    return required[-1] if required else next(iter(rule.arguments))


def _unknown(rule: Rule, columns: Mapping[str, Argument]) -> Mask | None:
    """Rows in which a required argument is not known; None for no row."""
    missing = [~_known(column) for column in map(columns.__getitem__, rule.required) if not _all_known(column)]
    return np.logical_or.reduce(missing) if missing else None


def _all_known(column: Argument) -> bool:
    return isinstance(column, Ragged) or column.all_known


def _known(column: Argument) -> Mask:
    return np.ones(len(column.lengths), dtype=bool) if isinstance(column, Ragged) else column.known


def _settle(rule: Rule, columns: Mapping[str, Argument], codes: np.ndarray) -> None:
    """Decide edges, and every flagged row once more, in exact rationals."""
    rows = np.flatnonzero(_TO_SETTLE[codes])
    if len(rows) > FEW:
        rows = rows[~_plainly_contradicts(rule, columns, codes, rows)]
    if not len(rows):
        return
    exact = rule(**{name: column.take(rows).rationals() for name, column in columns.items()}).codes
    codes[rows] = np.where(exact == Verdict.EDGE, np.int8(Verdict.CONSISTENT), exact)


def _plainly_contradicts(
    rule: Rule, columns: Mapping[str, Argument], codes: np.ndarray, rows: NDArray[np.intp]
) -> Mask:
    """Which of these rows contradict the rule by far more than the rounding error of doubles.

    They still do with every rounded number widened by a billionth, many times what doubles can be off by; so they do
    in exact numbers, which are asked only of the others.
    """
    widened = {name: _widened(column.take(rows)) for name, column in columns.items()}
    still: Mask = (rule(**widened).codes == Verdict.CONTRADICTS) & (codes[rows] == Verdict.CONTRADICTS)
    return still


def _widened(column: Argument) -> Argument:
    if isinstance(column, Ragged):
        return Ragged(_wider(column.items), column.starts)
    return _wider(column) if isinstance(column, Column) else column


def _wider(column: Column) -> Column:
    if column.rational or column.clean:
        return column
    with np.errstate(invalid="ignore"):
        rounded = column.low < column.high
        sizes = [np.where(np.isfinite(end), np.abs(end), 0.0) for end in (column.low, column.high)]
        margin = np.where(rounded, WIDER * np.maximum(*sizes), 0.0)
        return Column(column.low - margin, column.high + margin, column.known)


def reasons(
    rule: Rule, batch: Batch, sources: Sources, columns: Mapping[str, Argument], codes: np.ndarray, quiet: Mask | None
) -> dict[str, int]:
    """Why the rule cannot tell of the rows with that code, and of how many; ``quiet``: rows silenced by a prerequisite."""
    left = codes == Verdict.CANNOT_TELL
    if not left.any():
        return {}
    found: dict[str, int] = {}
    if quiet is not None and quiet.any():
        found["another finding about the same numbers comes first"] = int((quiet & left).sum())
        left &= ~quiet
    for name in rule.required:
        missing = left & ~_known(columns[name])
        if missing.any():
            for reason, count in _missing(batch, sources[name], name, missing).items():
                found[reason] = found.get(reason, 0) + count
            left &= ~missing
    if left.any():
        found["the numbers leave it open"] = int(left.sum())
    return found


def _missing(batch: Batch, column: str | None, name: str, rows: Mask) -> dict[str, int]:
    if column is None or column.startswith("="):
        return {f"{name} is not given": int(rows.sum())}
    array = flat(batch.column(column))
    if not pa.types.is_struct(array.type):
        return {f"{column} is not given": int(rows.sum())}
    if array.type.get_field_index("status") < 0:
        return {f"{column} is not given": int(rows.sum())}
    given = array.field("status")
    given = given.dictionary_decode() if pa.types.is_dictionary(given.type) else given
    statuses = pc.if_else(array.is_valid(), given, None).filter(pa.array(rows))
    counts = statuses.value_counts().to_pylist()
    return {f"{column} is {STATUS_WORDS.get(each['values'], 'not given')}": each["counts"] for each in counts}
