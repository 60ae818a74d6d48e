"""One batch of records of one kind before every rule for single rows: the unit that threads and clusters share out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curation.engine.columns import Arguments
from curation.engine.judge import Judged, Sources, face_sources, judge
from curation.engine.rule import Rule
from schemas.registry import RECORDS
from schemas.verdicts import Mask, Verdict

BATCH = 16_384
"""Rows judged at a time: large enough for NumPy, small enough to stay in the processor's cache."""
LOOKED_AT = 122_880
"""Rows looked at together where most are settled at a glance: what each look costs besides is shared by more of them."""
Plan = tuple[Rule, Sources]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one rule said of a batch. Where it stopped with an exception, ``error`` holds it and nothing was judged."""

    rule: Rule
    sources: Sources
    judged: Judged | None = None
    error: Exception | None = None


def row_plans(kind: str, rules: Sequence[Rule]) -> list[Plan]:
    """Which rules are asked of this kind, and where each finds its arguments."""
    model = RECORDS[kind]
    found = ((rule, face_sources(rule, model, face)) for rule in rules for face in model.faces)
    plans = [(rule, sources) for rule, sources in found if sources is not None]
    return [plan for number, plan in enumerate(plans) if plan not in plans[:number]]


def plans_for(plans: Sequence[Plan], batch: pa.RecordBatch) -> list[Plan]:
    """The plans whose required fields the batch has; optional ones that it lacks are not given."""
    names = set(batch.schema.names)
    present = [
        (rule, {name: column if _has(names, column) else None for name, column in sources.items()})
        for rule, sources in plans
    ]
    return [(rule, sources) for rule, sources in present if all(sources[name] is not None for name in rule.required)]


def _has(names: set[str], column: str | None) -> bool:
    return column is not None and (column.startswith("=") or column in names)


def answers(plans: Sequence[Plan], batch: pa.RecordBatch, seen: NDArray[np.int8] | None = None) -> Iterator[Answer]:
    """What each rule says of a batch. Rows that a prerequisite has flagged are silent for the rules after it.

    ``seen``: what each rule has said of the rows at a glance, a line per rule; written over.
    """
    given = Arguments(batch, own=True)
    flagged: dict[str, Mask] = {}
    for number, (rule, sources) in enumerate(plans):
        before = [flagged[each] for each in rule.after if each in flagged]
        try:
            judged = judge(
                rule,
                given,
                sources,
                np.logical_or.reduce(before) if before else None,
                None if seen is None else seen[number],
            )
        except Exception as error:
            yield Answer(rule, sources, error=error)
            continue
        contradicts = judged.codes == Verdict.CONTRADICTS
        if contradicts.any():
            flagged[rule.id] = contradicts | flagged.get(rule.id, np.zeros(len(contradicts), dtype=bool))
        yield Answer(rule, sources, judged)


def sliced(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of at most BATCH; empty ones are left out."""
    return (batch.slice(start, BATCH) for batch in batches for start in range(0, len(batch), BATCH))
