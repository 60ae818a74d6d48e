"""Check tables of records: every rule, every row, three counted outcomes, findings out."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curation.engine.batches import BATCH, answers, plans_for, row_plans, sliced
from curation.engine.columns import Arguments, Batch
from curation.engine.describe import Describer
from curation.engine.findings import Finding, Tally, fingerprint, worst_first
from curation.engine.flagged import Nearby
from curation.engine.judge import Judged, Sources, judge
from curation.engine.offers import Companions, Offers
from curation.engine.registry import rules as bundled
from curation.engine.rule import SEVERITIES, Rule
from schemas.arrow import table_schema
from schemas.registry import KINDS, RECORDS
from schemas.thresholds import settings_in, using
from schemas.verdicts import Mask, Verdict
from store import views
from store.scratch import scratch

_NO_DOCUMENTS = pa.table({"source": pa.array([], pa.string()), "text": pa.array([], pa.string())})
Tables = Mapping[str, pa.Table]
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Checked:
    """What a check found, and how much it looked at."""

    records: int = 0
    printed_numbers: int = 0
    findings: list[Finding] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)
    crashed: int = 0
    repeated: int = 0
    """Contradictions that two extractors share, counted for each and listed once."""
    settings: dict[str, float] = field(default_factory=dict)
    """Limits that the review sets itself."""

    def summary(self) -> dict[str, Any]:
        """The counts of findings.json: checked = consistent + cannot_tell + contradicts."""
        tallies = list(self.tallies.values())
        open_ones = Counter(one.severity for one in self.findings if one.status == "open")
        return {
            "records": self.records,
            "printed_numbers": self.printed_numbers,
            "checked": sum(each.checked for each in tallies),
            "consistent": sum(each.consistent for each in tallies),
            "cannot_tell": sum(each.cannot_tell for each in tallies),
            "contradicts": sum(each.contradicts for each in tallies),
            "crashed": self.crashed,
            "repeated": self.repeated,
            "findings": {severity: open_ones[severity] for severity in SEVERITIES},
            "waived": sum(1 for one in self.findings if one.status == "waived"),
            "settings": dict(self.settings),
        }


def merged(one: Checked, two: Checked) -> Checked:
    """Two checks as one: the counts add up, a finding of both is listed once."""
    tallies = {each: Tally() for each in (*one.tallies, *two.tallies)}
    for part in (one, two):
        for each, tally in part.tallies.items():
            tallies[each].add(consistent=tally.consistent, contradicts=tally.contradicts, reasons=tally.reasons)
    findings = {each.fingerprint: each for each in (*one.findings, *two.findings)}
    repeated = len(one.findings) + len(two.findings) - len(findings)
    return Checked(
        one.records + two.records,
        one.printed_numbers + two.printed_numbers,
        worst_first(findings.values()),
        tallies,
        one.crashed + two.crashed,
        one.repeated + two.repeated + repeated,
        one.settings | two.settings,
    )


class _Run:
    def __init__(self, tables: Tables, rules: Sequence[Rule], progress: Progress | None) -> None:
        self.tables = {kind: tables.get(kind, nothing) for kind, nothing in _nothing().items()}
        self.documents = tables.get("document")
        self.rules = rules
        self.progress = progress or (lambda *_: None)
        self.out = Checked(tallies={each.id: Tally() for each in rules}, settings=settings_in(self.tables["setting"]))
        self.describer = Describer(self._siblings, self._nearby, Offers(Companions(companions)))
        self.flagged: defaultdict[str, set[str]] = defaultdict(set)
        self.crashes: set[str] = set()
        self.places: dict[str, Mapping[str, int]] = {}
        self.groups: dict[tuple[str, tuple[str, ...]], Mapping[tuple[object, ...], list[int]]] = {}

    def run(self) -> Checked:
        row_rules = [each for each in self.rules if each.rows is None]
        for kind in RECORDS:
            table = self.tables[kind]
            self.out.records += len(table)
            self.out.printed_numbers += printed_numbers(kind, table)
            self._rows(kind, table.to_batches(max_chunksize=BATCH), row_rules)
        self._across([each for each in self.rules if each.rows is not None])
        self._crashes()
        self.out.findings = worst_first(self.out.findings)
        return self.out

    def stream(self, kind: str, batches: Iterable[pa.RecordBatch]) -> None:
        """Judge batches as they come, by the rules for single rows."""
        row_rules = [each for each in self.rules if each.rows is None]
        self._rows(kind, sliced(iter(batches)), row_rules)
        self._crashes()

    def _rows(self, kind: str, batches: Iterable[pa.RecordBatch], rules: Sequence[Rule]) -> None:
        plans = row_plans(kind, rules)
        for number, batch in enumerate(batches):
            self.progress(kind, number * BATCH, len(self.tables[kind]))
            for answer in answers(plans_for(plans, batch), batch) if len(batch) else ():
                if answer.judged is None:
                    self._crash(answer.rule, "its identity", answer.error)
                else:
                    self._note(answer.rule, answer.judged, batch, answer.sources, kind)

    def _across(self, rules: Sequence[Rule]) -> None:
        rules = self._with_rows(rules)
        if not rules:
            return
        with self._connection([rule.rows for rule in rules if rule.rows]) as connection:
            for number, rule in enumerate(rules):
                self.progress(rule.name, number, len(rules))
                try:
                    rows = connection.sql(rule.rows or "").to_arrow_table()
                except duckdb.Error as error:
                    self._crash(rule, "its query", error)
                    continue
                sources = {name: name if name in rows.column_names else None for name in rule.arguments}
                if not len(rows):
                    continue
                try:
                    judged = judge(rule, Arguments(rows), sources, self._silenced(rule, rows))
                except Exception as error:
                    self._crash(rule, "its identity", error)
                    continue
                self._note(rule, judged, rows, sources, None)

    def _note(self, rule: Rule, judged: Judged, batch: Batch, sources: Sources, kind: str | None) -> None:
        """Count what a rule said of a batch, and describe what it flagged."""
        contradicts = judged.rows(Verdict.CONTRADICTS)
        consistent = int(np.count_nonzero(judged.codes == Verdict.CONSISTENT))
        self.out.tallies[rule.id].add(consistent=consistent, contradicts=len(contradicts), reasons=judged.reasons)
        for row in contradicts:
            try:
                record = self._record(batch, int(row), kind)
                self.out.findings.append(self.describer.finding(rule, judged, int(row), batch, sources, record))
            except Exception as error:
                self._crash(rule, "its message", error)
                continue
            self.flagged[rule.id] |= set(self.out.findings[-1].records)

    def _silenced(self, rule: Rule, batch: Batch) -> Mask | None:
        """Rows about a record that a prerequisite has flagged."""
        named = set().union(*(self.flagged.get(each, set()) for each in rule.after))
        if not named:
            return None
        hit = np.array(pc.is_in(batch.column("record"), pa.array(sorted(named), pa.string())).to_pylist(), dtype=bool)
        if "records" in batch.schema.names:
            hit |= np.array([bool(named & set(each or ())) for each in batch.column("records").to_pylist()], dtype=bool)
        return hit

    def _record(self, batch: Batch, row: int, kind: str | None) -> dict[str, Any]:
        if kind is not None:
            return {"kind": kind, **batch.slice(row, 1).to_pylist()[0]}
        kind, record = (str(batch.column(name)[row].as_py()) for name in ("kind", "record"))
        return {"kind": kind, **self.tables[kind].slice(self._index(kind)[record], 1).to_pylist()[0]}

    def _index(self, kind: str) -> Mapping[str, int]:
        """Where each record of a kind stands."""
        if kind not in self.places:
            self.places[kind] = {
                record: place for place, record in enumerate(self.tables[kind].column("record").to_pylist())
            }
        return self.places[kind]

    def _siblings(self, record: Mapping[str, Any]) -> Callable[[Sequence[str]], list[Mapping[str, object]]]:
        def find(keys: Sequence[str]) -> list[Mapping[str, object]]:
            groups = self._groups(str(record["kind"]), tuple(keys))
            places = groups.get(tuple(record.get(key) for key in keys), [])
            return list(self.tables[str(record["kind"])].take(pa.array(places, pa.int64())).to_pylist())

        return find

    def _nearby(self, record: Mapping[str, Any]) -> Nearby:
        def find(keys: Sequence[str], reach: int) -> tuple[list[Mapping[str, object]], int | None]:
            kind = str(record["kind"])
            places = self._groups(kind, tuple(keys)).get(tuple(record.get(key) for key in keys), [])
            own = self._index(kind).get(str(record.get("record"))) if places else None
            at = None if own is None else bisect_left(places, own)
            if at is None or at == len(places) or places[at] != own:
                return [], None
            first = max(0, at - reach)
            chosen = pa.array(places[first : at + reach + 1], pa.int64())
            return list(self.tables[kind].take(chosen).to_pylist()), at - first

        return find

    def _groups(self, kind: str, keys: tuple[str, ...]) -> Mapping[tuple[object, ...], list[int]]:
        """The records of a kind that agree in these fields."""
        if (kind, keys) not in self.groups:
            found: dict[tuple[object, ...], list[int]] = {}
            columns = (self.tables[kind].column(key).to_pylist() for key in keys)
            for place, values in enumerate(zip(*columns, strict=True)):
                found.setdefault(values, []).append(place)
            self.groups[kind, keys] = found
        return self.groups[kind, keys]

    def _with_rows(self, rules: Sequence[Rule]) -> list[Rule]:
        """The rules across rows whose queries can give any; those of one's own are always asked, for they may be wrong."""
        empty = {kind for kind, table in self.tables.items() if not len(table)}
        empty |= {"document"} if self.documents is None or not len(self.documents) else set()
        queries = views.with_rows([rule.rows for rule in rules if rule.rows], empty)
        return [rule for rule in rules if rule.rows in queries or not rule.is_bundled]

    def _filled(self, kind: str, field: str) -> bool:
        column = self.tables[kind].column(field)
        return bool(column.null_count < len(column))

    @contextmanager
    def _connection(self, asked: Sequence[str]) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection with the tables that some queries read."""
        documents = _NO_DOCUMENTS if self.documents is None else self.documents
        words = views.words_in(asked, self._filled)
        with scratch() as connection:
            for name, table in {**self.tables, "document": documents}.items():
                if name in words:
                    connection.register(name, table)
            views.create_for(connection, asked, self._filled)
            yield connection

    def _crash(self, rule: Rule, what: str, error: Exception | None) -> None:
        key = fingerprint(rule.id, "crash", what, type(error).__name__)
        if key in self.crashes:
            return
        self.crashes.add(key)
        self.out.crashed += 1
        message = (
            f"Rule {rule.id} ({rule.name}) stopped in {what} with {type(error).__name__}: {error}. "
            "Its checks are missing from this report; the other rules ran."
        )
        self.out.findings.append(
            Finding(rule.id, rule.name, "warning", message, place="rule", field=what, fingerprint=key)
        )

    def _crashes(self) -> None:
        seen = set()
        for crash in self.describer.crashes:
            if (crash.rule.id, crash.what) not in seen:
                seen.add((crash.rule.id, crash.what))
                self._crash(crash.rule, crash.what, crash.error)


@cache
def _nothing() -> Mapping[str, pa.Table]:
    return {kind: table_schema(model).empty_table() for kind, model in KINDS.items()}


@cache
def companions(kind: str) -> Sequence[tuple[Rule, Sources]]:
    """The bundled rules that any record of this kind must pass, whatever rules a run has selected."""
    return row_plans(kind, [each for each in bundled() if each.rows is None])


def printed_numbers(kind: str, table: pa.Table) -> int:
    """How many printed cells the records of a kind hold."""
    return sum(len(table) - table.column(each.name).null_count for each in RECORDS[kind].printed_fields())


def check(tables: Tables, rules: Sequence[Rule], progress: Progress | None = None) -> Checked:
    """Judge tables of one or many studies by these rules.

    Args:
        tables: Arrow tables by kind, as ``schemas.arrow.to_table`` makes them; optionally "document" with the columns
            source and text, for the quote check.
        rules: rules in an order that puts prerequisites first, as ``registry.rules`` gives them.
        progress: called with what is being checked, how far, of how many.
    """
    run = _Run(tables, rules, progress)
    with using(run.out.settings):
        return run.run()


def check_batches(
    kind: str, batches: Iterable[pa.RecordBatch], rules: Sequence[Rule], beside: pa.Table | None = None
) -> Checked:
    """Judge a stream of record batches of one kind by the rules that look at single rows, in bounded memory.

    Each batch has the schema of ``schemas.arrow.table_schema`` (columns that no rule reads may be missing).
    ``beside`` holds the records among which explanations look around, the judged ones with them.
    """
    run = _Run({} if beside is None else {kind: beside}, rules, None)
    run.stream(kind, batches)
    return run.out
