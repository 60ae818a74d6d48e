"""The examples of a rule, run through the same engine as everything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from curation.engine.findings import Tally
from curation.engine.judge import face_sources
from curation.engine.rule import Example, Rule
from curation.engine.run import Checked, check
from schemas.arrow import to_table
from schemas.identity import record_ids
from schemas.registry import KINDS, RECORD_MODELS, RECORDS

DEFAULTS = {
    "source": "example",
    "measure": "OR",
    "diagram": "prisma",
    "node": "identified",
    "characteristic": "other",
    "tool": "RoB 2",
}
"""Required fields an example may leave out."""


def verdict_of(rule: Rule, example: Example) -> Tally:
    """What the rule alone answers to an example."""
    return found_in(rule, example).tallies[rule.id]


def found_in(rule: Rule, example: Example) -> Checked:
    """What the rule alone finds in an example."""
    alone = Rule(**{name: getattr(rule, name) for name in Rule.__dataclass_fields__} | {"after": ()})
    return check(tables_of(rule, example), [alone])


def examples(rule: Rule) -> Iterator[tuple[str, Example]]:
    """Every example with the outcome it shows."""
    for outcome in ("consistent", "inconsistent", "cannot_tell"):
        for example in getattr(rule, outcome):
            yield outcome, example


def tables_of(rule: Rule, example: Example) -> dict[str, pa.Table]:
    """The record tables of an example."""
    rows = [dict(example)] if isinstance(example, Mapping) else [dict(row) for row in example]
    by_kind: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_kind.setdefault(row.pop("kind", "") or _kind_for(rule, row), []).append(row)
    return {kind: _table(kind, rows) if kind in KINDS else pa.Table.from_pylist(rows) for kind, rows in by_kind.items()}


def _table(kind: str, rows: Sequence[dict[str, str]]) -> pa.Table:
    model = KINDS[kind]
    required = {each.name for each in model.fields() if each.required}
    full = [{name: value for name, value in DEFAULTS.items() if name in required} | row for row in rows]
    if kind in RECORDS:
        full = [row | {"record": made} for row, made in zip(full, record_ids(RECORDS[kind], full), strict=True)]
    return to_table(model, [model(**row) for row in full])


def _kind_for(rule: Rule, row: Mapping[str, str]) -> str:
    for model in RECORD_MODELS:
        if set(row) <= set(model.model_fields) and any(face_sources(rule, model, face) for face in model.faces):
            return model.kind
    raise ValueError(f"{rule.id}: no record kind has all of {', '.join(row)}; name one with kind=...")
