"""Which records contradict which rules, and nothing more: for more records than anybody wants sentences about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curation.engine.ahead import ahead
from curation.engine.batches import BATCH, Plan, answers, plans_for, row_plans
from curation.engine.findings import Tally
from curation.engine.rule import Rule
from curation.engine.sieve import sieve
from schemas.verdicts import Verdict

FLAGGED = pa.schema([("kind", pa.string()), ("rule", pa.string()), ("row", pa.int64())])
"""One line per contradiction: the kind of record, the rule, and the row that the batch names."""


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


def flag(
    kind: str,
    batches: Iterable[pa.RecordBatch],
    rules: Sequence[Rule],
    *,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Flags:
    """Judge a stream of batches of one kind by the rules for single rows, in bounded memory.

    Args:
        kind: the kind of record.
        batches: batches with a column ``rowid`` and fields of the kind; a rule whose required field is missing in
            them is not asked. Printed fields may lack all but the ends of their intervals and their status.
        rules: rules in an order that puts prerequisites first; those that look across rows are passed over.
        progress: called with the number of rows judged so far.
    """
    work = _Work(kind, row_plans(kind, [each for each in rules if each.rows is None]))
    with ahead(batches) as read:
        for batch in read:
            work.take(batch)
            progress(work.out.records)
    return work.done()


class _Work:
    """Rows that a first look leaves open wait until there are enough of them to be judged together."""

    def __init__(self, kind: str, plans: Sequence[Plan]) -> None:
        self.kind = kind
        self.plans = plans
        self.out = Flags(tallies={rule.id: Tally() for rule, _ in plans})
        self.found: list[pa.Table] = []
        self.waiting: list[pa.RecordBatch] = []
        self.rows_waiting = 0

    def take(self, batch: pa.RecordBatch) -> None:
        """Look at a batch, count what is plainly fine, and keep the rest for later."""
        if not len(batch):
            return
        self.out.records += len(batch)
        try:
            settled, left = sieve(plans_for(self.plans, batch), batch)
        except Exception:  # whichever rule it was is named when the rules are asked one by one
            settled, left = [], np.arange(len(batch))
        for each in settled:
            self.out.tallies[each.rule].add(consistent=each.consistent, reasons=each.reasons)
        if len(left):
            self.waiting.append(batch if len(left) == len(batch) else batch.take(pa.array(left)))
            self.rows_waiting += len(left)
        if self.rows_waiting >= BATCH:
            self.judge()

    def judge(self) -> None:
        """Ask all rules in full of the rows that wait."""
        for batch in pa.Table.from_batches(self.waiting).combine_chunks().to_batches(BATCH):
            rowids = batch.column("rowid").to_numpy()
            for answer in answers(plans_for(self.plans, batch), batch):
                if answer.judged is None:
                    self.out.crashed.setdefault(answer.rule.id, f"{type(answer.error).__name__}: {answer.error}")
                    continue
                rows = answer.judged.rows(Verdict.CONTRADICTS)
                consistent = int(np.count_nonzero(answer.judged.codes == Verdict.CONSISTENT))
                self.out.tallies[answer.rule.id].add(
                    consistent=consistent, contradicts=len(rows), reasons=answer.judged.reasons
                )
                if len(rows):
                    self.found.append(_lines(self.kind, answer.rule.id, rowids[rows]))
        self.waiting, self.rows_waiting = [], 0

    def done(self) -> Flags:
        """Judge what still waits, and put the contradictions in the order of the rows."""
        if self.waiting:
            self.judge()
        if self.found:
            self.out.flagged = pa.concat_tables(self.found).sort_by([("row", "ascending"), ("rule", "ascending")])
        return self.out


def _lines(kind: str, rule: str, rows: NDArray[np.int64]) -> pa.Table:
    words = [pa.repeat(pa.scalar(word), len(rows)) for word in (kind, rule)]
    return pa.table([*words, pa.array(rows, pa.int64())], schema=FLAGGED)
