"""Which records contradict which rules, and nothing more: for more records than anybody wants sentences about."""

from __future__ import annotations

import contextvars
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from curation.engine.batches import Plan, answers, plans_for, row_plans
from curation.engine.findings import Tally
from curation.engine.rule import Rule
from schemas.verdicts import Verdict

FLAGGED = pa.schema([("kind", pa.string()), ("rule", pa.string()), ("row", pa.int64())])
"""One line per contradiction: the kind of record, the rule, and the row that the batch names."""
AHEAD = 4
"""Batches read ahead for every thread."""


@dataclass(slots=True)
class Flags:
    """The contradictions of a check, and how much it looked at. ``crashed``: rules that stopped, and with what."""

    records: int = 0
    tallies: dict[str, Tally] = field(default_factory=dict)
    flagged: pa.Table = field(default_factory=FLAGGED.empty_table)
    crashed: dict[str, str] = field(default_factory=dict)

    def add(self, other: Flags) -> None:
        """Count those of other records with these."""
        self.records += other.records
        for rule, tally in other.tallies.items():
            self.tallies.setdefault(rule, Tally()).add(
                consistent=tally.consistent, contradicts=tally.contradicts, reasons=tally.reasons
            )
        self.flagged = pa.concat_tables([self.flagged, other.flagged]) if len(self.flagged) else other.flagged
        self.crashed = other.crashed | self.crashed


@dataclass(slots=True)
class _Part:
    """What one batch came to."""

    rows: int
    counts: list[tuple[str, int, int, dict[str, int]]] = field(default_factory=list)
    found: list[tuple[str, np.ndarray]] = field(default_factory=list)
    crashed: dict[str, str] = field(default_factory=dict)


def flag(
    kind: str,
    batches: Iterable[pa.RecordBatch],
    rules: Sequence[Rule],
    *,
    threads: int | None = None,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Flags:
    """Judge a stream of batches of one kind by the rules for single rows, in bounded memory and in several threads.

    Args:
        kind: the kind of record.
        batches: batches with a column ``rowid`` and fields of the kind; a rule whose required field is missing in
            them is not asked. Printed fields may lack all but the ends of their intervals and their status.
        rules: rules in an order that puts prerequisites first; those that look across rows are passed over.
        threads: how many; by default one for every processor.
        progress: called with the number of rows judged so far.
    """
    plans = row_plans(kind, [each for each in rules if each.rows is None])
    out = Flags(tallies={rule.id: Tally() for rule, _ in plans})
    found: list[pa.Table] = []
    for part in _in_threads(lambda batch: _judged(plans, batch), batches, threads or os.cpu_count() or 1):
        out.records += part.rows
        for rule, consistent, contradicts, reasons in part.counts:
            out.tallies[rule].add(consistent=consistent, contradicts=contradicts, reasons=reasons)
        out.crashed = part.crashed | out.crashed
        found += [_lines(kind, rule, rows) for rule, rows in part.found]
        progress(out.records)
    out.flagged = pa.concat_tables(found).combine_chunks() if found else FLAGGED.empty_table()
    return out


def _judged(plans: Sequence[Plan], batch: pa.RecordBatch) -> _Part:
    part = _Part(len(batch))
    rowids = batch.column("rowid").to_numpy()
    for answer in answers(plans_for(plans, batch), batch):
        if answer.judged is None:
            part.crashed[answer.rule.id] = f"{type(answer.error).__name__}: {answer.error}"
            continue
        rows = answer.judged.rows(Verdict.CONTRADICTS)
        consistent = int(np.count_nonzero(answer.judged.codes == Verdict.CONSISTENT))
        part.counts.append((answer.rule.id, consistent, len(rows), dict(answer.judged.reasons)))
        if len(rows):
            part.found.append((answer.rule.id, rowids[rows]))
    return part


def _lines(kind: str, rule: str, rows: np.ndarray) -> pa.Table:
    words = [pa.array([word], pa.string()).take(pa.array(np.zeros(len(rows), np.int8))) for word in (kind, rule)]
    return pa.table([*words, pa.array(rows, pa.int64())], schema=FLAGGED)


def _in_threads(
    judge: Callable[[pa.RecordBatch], _Part], batches: Iterable[pa.RecordBatch], threads: int
) -> Iterator[_Part]:
    """The parts in the order of their batches; never more than a few batches are under way."""
    if threads <= 1:
        yield from (judge(batch) for batch in batches if len(batch))
        return
    waiting: deque[Future[_Part]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for batch in batches:
            if not len(batch):
                continue
            waiting.append(pool.submit(contextvars.copy_context().run, judge, batch))
            if len(waiting) > AHEAD * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
