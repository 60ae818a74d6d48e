"""One rule over one batch: doubles decide what they can, exact rationals decide the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curation.engine.columns import Arguments, Batch, flat
from curation.engine.flagged import Argument
from curation.engine.rule import Rule
from schemas.kinds.base import Face, Record
from schemas.verdicts import Mask, Verdict

Sources = Mapping[str, str | None]
"""Argument -> column of the batch, '=constant', or None where there is none."""

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


def judge(rule: Rule, given: Arguments, sources: Sources, silenced: Mask | None = None) -> Judged:
    """Judge a batch, given as the arguments that rules ask of it. ``silenced`` rows were flagged by a prerequisite."""
    batch = given.batch
    columns = given.all_of(sources)
    asked = _asked(rule, batch, sources)
    codes = np.asarray(rule(**columns).codes).copy()
    codes[~asked] = Verdict.NOT_ASKED
    unknown = _unknown(rule, columns, len(codes)) & (codes != Verdict.NOT_ASKED)
    codes[unknown] = Verdict.CANNOT_TELL
    quiet = np.zeros(len(codes), dtype=bool) if silenced is None else silenced & (codes != Verdict.NOT_ASKED)
    codes[quiet] = Verdict.CANNOT_TELL
    _settle(rule, columns, codes)
    return Judged(codes, columns, _reasons(rule, batch, sources, columns, codes, quiet))


def _asked(rule: Rule, batch: Batch, sources: Sources) -> Mask:
    """A rule is asked of the rows in which the field it points at is entered."""
    column = sources.get(pointed_at(rule))
    if column is None or column.startswith("="):
        return np.ones(len(batch), dtype=bool)
    return np.array(flat(batch.column(column)).is_valid().to_numpy(zero_copy_only=False), dtype=bool)


def pointed_at(rule: Rule) -> str:
    """The argument a finding of this rule points at."""
    if rule.field:
        return rule.field
    required = rule.required
    return required[-1] if required else next(iter(rule.arguments))


def _unknown(rule: Rule, columns: Mapping[str, Argument], rows: int) -> Mask:
    masks = [~_known(columns[name]) for name in rule.required]
    return np.logical_or.reduce(masks) if masks else np.zeros(rows, dtype=bool)


def _known(column: Argument) -> Mask:
    return column.known if hasattr(column, "known") else np.ones(len(column.lengths), dtype=bool)


def _settle(rule: Rule, columns: Mapping[str, Argument], codes: np.ndarray) -> None:
    """Decide edges, and every flagged row once more, in exact rationals."""
    rows = np.flatnonzero((codes == Verdict.EDGE) | (codes == Verdict.CONTRADICTS))
    if not len(rows):
        return
    exact = rule(**{name: column.take(rows).rationals() for name, column in columns.items()}).codes
    codes[rows] = np.where(exact == Verdict.EDGE, np.int8(Verdict.CONSISTENT), exact)


def _reasons(
    rule: Rule, batch: Batch, sources: Sources, columns: Mapping[str, Argument], codes: np.ndarray, quiet: Mask
) -> dict[str, int]:
    left = codes == Verdict.CANNOT_TELL
    if not left.any():
        return {}
    found: dict[str, int] = {}
    if quiet.any():
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
    statuses = pc.if_else(array.is_valid(), array.field("status"), None).filter(pa.array(rows))
    counts = statuses.value_counts().to_pylist()
    return {f"{column} is {STATUS_WORDS.get(each['values'], 'not given')}": each["counts"] for each in counts}
