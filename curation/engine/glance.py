"""Of a few records as they are typed: which of them any rule for single rows may have something to say of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curation.engine.batches import row_plans
from curation.engine.columns import Arguments
from curation.engine.flagged import Argument
from curation.engine.judge import Sources, asked_of, pointed_at
from curation.engine.registry import rules
from curation.engine.rule import Rule
from schemas.ragged import Ragged
from schemas.verdicts import Mask, Verdict

_OPEN = np.array([each in (Verdict.EDGE, Verdict.CONTRADICTS) for each in Verdict], dtype=bool)


@dataclass(frozen=True, slots=True)
class _Question:
    """A rule as it is asked of a kind, and the columns without which it has nothing to say."""

    rule: Rule
    sources: Sources
    needs: frozenset[str]


@cache
def _questions(kind: str) -> tuple[_Question, ...]:
    plans = row_plans(kind, [each for each in rules() if each.rows is None])
    return tuple(_Question(rule, sources, _needs(rule, sources)) for rule, sources in plans)


def _needs(rule: Rule, sources: Sources) -> frozenset[str]:
    named = (sources[name] for name in {*rule.required, pointed_at(rule)})
    return frozenset(each for each in named if each and not each.startswith("="))


def open_rows(kind: str, batch: pa.RecordBatch) -> NDArray[np.intp]:
    """The rows that contradict some rule as long as no other is asked before it; no rule has a word on any other row.

    A rule that stops leaves all rows open: whoever then asks the rules in full hears of it.
    """
    blank = {name for name, column in zip(batch.schema.names, batch.columns, strict=True) if column.null_count == len(batch)}  # fmt: skip
    given, found = Arguments(batch, own=True), np.zeros(len(batch), dtype=bool)
    for each in _questions(kind):
        if each.needs.isdisjoint(blank):
            try:
                found |= _open(each, given)
            except Exception:
                return np.arange(len(batch))
    return np.flatnonzero(found)


def _open(each: _Question, given: Arguments) -> Mask:
    columns = given.all_of(each.sources)
    left = np.ones(len(given.batch), dtype=bool)
    for known in [asked_of(each.rule, given.batch, each.sources), *(_known(columns[name]) for name in each.rule.required)]:  # fmt: skip
        if known is not None:
            left &= known
    for ask in (_by_screen, _in_doubles, _in_rationals):
        if not left.any():
            break
        rows = np.flatnonzero(left)
        left[rows] = _OPEN[ask(each.rule, columns if len(rows) == len(left) else _taken(columns, rows))]
    return left


def _known(column: Argument) -> Mask | None:
    return None if isinstance(column, Ragged) else column.known


def _taken(columns: Mapping[str, Argument], rows: NDArray[np.intp]) -> Mapping[str, Argument]:
    return {name: column.take(rows) for name, column in columns.items()}


def _by_screen(rule: Rule, columns: Mapping[str, Argument]) -> NDArray[np.int8] | Verdict:
    if rule.surely is None:
        return Verdict.EDGE
    with np.errstate(all="ignore"):
        return rule.surely(**columns).codes


def _in_doubles(rule: Rule, columns: Mapping[str, Argument]) -> NDArray[np.int8]:
    return rule(**columns).codes


def _in_rationals(rule: Rule, columns: Mapping[str, Argument]) -> NDArray[np.int8]:
    codes = rule(**{name: column.rationals() for name, column in columns.items()}).codes
    return np.where(codes == Verdict.EDGE, np.int8(Verdict.CONSISTENT), codes)
