"""A check of a review: every extractor judged alone, and waivers met with findings."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial, reduce
from itertools import chain, islice
from typing import Any

import pyarrow as pa

from curation.engine.batches import LOOKED_AT, row_plans
from curation.engine.findings import Tally
from curation.engine.flags import Flags, flag
from curation.engine.rule import Rule
from curation.engine.run import Checked, Progress, merged
from curation.engine.run import check as run_check
from schemas.registry import RECORDS
from schemas.thresholds import settings_in, using
from store.consensus import CONSENSUS, applied
from store.findings import Waiver
from store.review import Review

Judge = Callable[[Mapping[str, pa.Table], tuple[Rule, ...], pa.Table | None, Progress | None], Checked]
"""What judges tables: ``check_tables``, or something that does the same elsewhere."""
_BESIDE = 2
"""Kinds of records whose streams are open at a time: one is looked at, and the next is made ready."""


@dataclass(frozen=True, slots=True)
class ReviewCheck:
    """All findings of a review, each once; the findings of every extractor; and the waivers whose finding is gone."""

    checked: Checked
    alone: Mapping[str, Checked]
    stale: list[Waiver]


def check_review(
    review: Review,
    tables: Mapping[str, pa.Table],
    rules: tuple[Rule, ...],
    documents: pa.Table | None = None,
    progress: Progress | None = None,
    *,
    keep: bool,
    revision: int | None = None,
    judge: Judge | None = None,
) -> ReviewCheck:
    """Check the tables of an open review; with ``keep`` the findings are saved in it.

    Each extractor's records are judged alone, those that are settled as they were settled. ``revision`` is that of the
    tables, where the review may have changed since. ``judge`` takes the place of ``check_tables``.
    """
    asked = judge or check_tables
    decisions = review.adjudications(revision)
    alone = {each: asked(applied(tables, decisions, each), rules, documents, progress) for each in extractors(tables)}
    together = reduce(merged, alone.values()) if alone else asked(tables, rules, documents, progress)
    checked, stale = decide(together, review.waivers())
    if keep:
        review.save_findings(by_extractor(checked, alone), checked.summary(), revision)
    return ReviewCheck(checked, alone, stale)


def check_tables(
    tables: Mapping[str, pa.Table],
    rules: tuple[Rule, ...],
    documents: pa.Table | None = None,
    progress: Progress | None = None,
) -> Checked:
    """What the rules say of these tables, with the texts of the sources where there are any."""
    return run_check(dict(tables) | ({} if documents is None else {"document": documents}), rules, progress)


def flag_review(review: Review, rules: Sequence[Rule], *, progress: Progress | None = None) -> Flags:
    """Which current records contradict which rules for single rows, everybody's, streamed from the file.

    There are no sentences, no readings that make a contradiction milder, and no rules across rows; memory stays
    bounded however many records there are, above all where the review was opened with little ``memory``. The table
    ``flagged`` names the records.
    """
    out = Flags(tallies={each.id: Tally() for each in rules if each.rows is None})
    named = []
    with using(settings_in(review.table("setting"))), ThreadPoolExecutor(_BESIDE) as beside:
        for kind, total, batches in _opened(review, rules, beside):
            found = flag(kind, batches, rules, progress=partial(_said, progress, kind, total))
            named.append((found, beside.submit(review.record_ids, kind, found.flagged.column("row"))))
    for found, records in named:
        found.flagged = found.flagged.append_column("record", records.result())
        out.add(found)
    return out


def _opened(
    review: Review, rules: Sequence[Rule], beside: Executor
) -> Iterator[tuple[str, int, Iterator[pa.RecordBatch]]]:
    """Each kind with records, how many, and their batches; it is opened beside the work on the kinds before it."""

    def opened(kind: str) -> tuple[str, int, Iterator[pa.RecordBatch]]:
        fields = {name for _, sources in row_plans(kind, rules) for name in sources.values() if name}
        batches = review.stream(kind, fields, size=LOOKED_AT)
        return kind, review.number_of(kind), chain(list(islice(batches, 1)), batches)

    held = iter(review.kinds_with_records())
    coming = deque(beside.submit(opened, kind) for kind in islice(held, _BESIDE))
    while coming:
        yield coming.popleft().result()
        coming.extend(beside.submit(opened, kind) for kind in islice(held, 1))


def _said(progress: Progress | None, kind: str, total: int, done: int) -> None:
    if progress is not None:
        progress(kind, done, total)


def extractors(tables: Mapping[str, pa.Table]) -> list[str]:
    """Who extracted the records, by name."""
    named = (
        tables[kind].column("extractor").unique().to_pylist()
        for kind in RECORDS
        if "extractor" in tables[kind].column_names
    )
    return sorted({each for names in named for each in names} - {CONSENSUS})


def by_extractor(checked: Checked, alone: Mapping[str, Checked]) -> list[dict[str, Any]]:
    """The findings of every extractor with their name, in the order in which they are listed together."""
    if not alone:
        return [one.as_dict() for one in checked.findings]
    place = {one.fingerprint: number for number, one in enumerate(checked.findings)}
    # Of several findings with one fingerprint the last is listed when checks are merged; it is saved first here.
    named = [(who, one) for who in reversed(list(alone)) for one in alone[who].findings]
    named.sort(key=lambda each: place[each[1].fingerprint])
    return [one.as_dict() | {"extractor": who} for who, one in named]


def decide(checked: Checked, waivers: Iterable[Waiver]) -> tuple[Checked, list[Waiver]]:
    """The same check with waived findings marked, and the waivers whose finding is gone."""
    by_fingerprint = {each.fingerprint: each for each in waivers if each.withdrawn_at is None}
    findings = [
        replace(one, status="waived", decided_by=waiver.who, reason=waiver.reason)
        if (waiver := by_fingerprint.get(one.fingerprint))
        else one
        for one in checked.findings
    ]
    present = {one.fingerprint for one in findings}
    stale = [each for each in by_fingerprint.values() if each.fingerprint not in present]
    return replace(checked, findings=findings), stale
