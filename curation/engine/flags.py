"""Which records contradict which rules, and nothing more: for more records than anybody wants sentences about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curation.engine.batches import LOOKED_AT, Plan, answers, plans_for, row_plans
from curation.engine.findings import Tally
from curation.engine.reuse import memory_reused
from curation.engine.rule import Rule
from curation.engine.sieve import sieve
from schemas.verdicts import Verdict

_WORD = pa.dictionary(pa.int16(), pa.string())
FLAGGED = pa.schema([("kind", _WORD), ("rule", _WORD), ("row", pa.int64())])
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
    with memory_reused():
        for batch in batches:
            work.take(batch)
            progress(work.out.records)
    return work.done()


class _Work:
    """Rows that a first look leaves open wait until there are enough of them to be judged together."""

    def __init__(self, kind: str, plans: Sequence[Plan]) -> None:
        self.kind = kind
        self.plans = plans
        self.asked: dict[tuple[str, ...], list[Plan]] = {}
        self.out = Flags(tallies={rule.id: Tally() for rule, _ in plans})
        self.found: dict[str, list[NDArray[np.int64]]] = {}
        self.waiting: list[tuple[pa.RecordBatch, NDArray[np.int8]]] = []
        self.rows_waiting = 0

    def take(self, batch: pa.RecordBatch) -> None:
        """Look at a batch, count what is plainly fine, and keep the rest for later."""
        if not len(batch):
            return
        self.out.records += len(batch)
        try:
            settled, left = sieve(self._plans_for(batch), batch)
        except Exception:  # whichever rule it was is named when the rules are asked one by one
            self._judge(batch, None)
            return
        for each in settled:
            self.out.tallies[each.rule].add(consistent=each.consistent, reasons=each.reasons)
        if len(left.rows):
            self.waiting.append((_at(batch, pa.array(left.rows)), left.seen))
            self.rows_waiting += len(left.rows)
        if self.rows_waiting >= LOOKED_AT:
            self.judge()

    def _plans_for(self, batch: pa.RecordBatch) -> list[Plan]:
        names = tuple(batch.schema.names)
        if names not in self.asked:
            self.asked[names] = plans_for(self.plans, batch)
        return self.asked[names]

    def judge(self) -> None:
        """Ask all rules in full of the rows that wait."""
        batches, seen = zip(*self.waiting, strict=True)
        whole = pa.Table.from_batches(batches).combine_chunks().to_batches()[0]
        self.waiting, self.rows_waiting = [], 0
        self._judge(whole, np.concatenate(seen, axis=1))

    def _judge(self, batch: pa.RecordBatch, seen: NDArray[np.int8] | None) -> None:
        rowids = batch.column("rowid").to_numpy()
        for answer in answers(self._plans_for(batch), batch, seen):
            if answer.judged is None:
                self.out.crashed.setdefault(answer.rule.id, f"{type(answer.error).__name__}: {answer.error}")
                continue
            rows = answer.judged.rows(Verdict.CONTRADICTS)
            consistent = int(np.count_nonzero(answer.judged.codes == Verdict.CONSISTENT))
            self.out.tallies[answer.rule.id].add(
                consistent=consistent, contradicts=len(rows), reasons=answer.judged.reasons
            )
            if len(rows):
                self.found.setdefault(answer.rule.id, []).append(rowids[rows])

    def done(self) -> Flags:
        """Judge what still waits, and put the contradictions in the order of the rows."""
        if self.waiting:
            self.judge()
        if self.found:
            self.out.flagged = _lines(self.kind, self.found)
        return self.out


def _at(batch: pa.RecordBatch, rows: pa.Array) -> pa.RecordBatch:
    """The batch at these rows. A column that is the same in all of them is taken from its start, which is quicker."""
    if len(rows) == len(batch):
        return batch
    columns = [each.slice(0, len(rows)) if _alike(each) else each.take(rows) for each in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _alike(column: pa.Array) -> bool:
    if column.null_count:
        return bool(column.null_count == len(column))
    return pa.types.is_dictionary(column.type) and len(column.dictionary) == 1


def _lines(kind: str, found: Mapping[str, Sequence[NDArray[np.int64]]]) -> pa.Table:
    """The rows that contradict each rule, in the order of the rows and of the ids of the rules."""
    rules = sorted(found)
    rows = np.concatenate([each for rule in rules for each in found[rule]])
    places = np.repeat(np.arange(len(rules), dtype=np.int16), [sum(map(len, found[rule])) for rule in rules])
    order = np.argsort(rows, kind="stable")
    kinds = pa.DictionaryArray.from_arrays(np.zeros(len(rows), np.int16), pa.array([kind], pa.string()))
    named = pa.DictionaryArray.from_arrays(places[order], pa.array(rules, pa.string()))
    return pa.table([kinds, named, pa.array(rows[order], pa.int64())], schema=FLAGGED)
