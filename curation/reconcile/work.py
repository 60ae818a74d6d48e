"""What is left to settle in a review: its differences by source, seen only where everybody has handed in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from string import ascii_uppercase

import pyarrow as pa
import pyarrow.compute as pc

from curation.reconcile.agreement import Agreement, agreement
from curation.reconcile.classes import MINOR, Pair, differences
from curation.reconcile.matching import Group, matched
from schemas.identity import PLACE, key_fields
from schemas.kinds.base import Record
from schemas.registry import RECORDS
from store.consensus import CONSENSUS, Adjudication, Key, Submission, settled

ONE_SIDE = "one_side"
"""Class of a record that not everybody has: there is nothing to compare, but something to decide."""

Texts = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Source:
    """A source that people extracted, and who of them has handed in."""

    source: str
    extractors: tuple[str, ...]
    submitted: frozenset[str]

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """Who has not handed in."""
        return tuple(each for each in self.extractors if each not in self.submitted)

    @property
    def letters(self) -> dict[str, str]:
        """Letter -> extractor, in the order of their names."""
        return dict(zip(ascii_uppercase, self.extractors, strict=False))


@dataclass(frozen=True, slots=True)
class Matched:
    """One record as its extractors have it."""

    kind: str
    source: str
    record: str
    """Id of the first extraction, or of the consensus once something is decided."""
    about: str
    place: str
    keys: tuple[Key, ...]
    """Extractor and record id of every extraction."""
    fields: Mapping[str, str]
    """Field -> class of its difference, for what is left to decide."""
    texts: Mapping[str, Texts]
    """Field -> what each extractor says."""
    one_side: bool
    settled: bool
    decided: bool
    """Whether some of its fields are decided."""

    @property
    def renamed(self) -> bool:
        """Whether the extractors gave it different ids, so that only a decision makes it one record."""
        return len({key for _, key in self.keys}) > 1

    @property
    def open(self) -> bool:
        """Whether something is left to settle."""
        return not self.settled and bool(self.one_side or self.fields or self.renamed)


@dataclass(frozen=True, slots=True)
class Work:
    """The records of the sources that may be seen, the sources, and how well their extractors agree."""

    records: list[Matched] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    withheld: list[Source] = field(default_factory=list)
    agreement: list[Agreement] = field(default_factory=list)
    hidden: set[tuple[str, Key]] = field(default_factory=set)
    """By kind the extractions of sources that are withheld."""

    @property
    def open(self) -> list[Matched]:
        """The records of which something is left to settle."""
        return [each for each in self.records if each.open]


def work(
    tables: Mapping[str, pa.Table],
    decisions: Sequence[Adjudication],
    submissions: Iterable[Submission],
    *,
    kinds: Collection[str] = (),
    only: Collection[str] = (),
    all_open: bool = False,
) -> Work:
    """Compare all extractions of the sources that everybody has handed in; of all sources with ``all_open``."""
    originals = {kind: _originals(tables[kind]) for kind in RECORDS}
    sources = [each for each in _sources(originals, submissions) if not only or each.source in only]
    several = [each for each in sources if len(each.extractors) > 1]
    seen = [each for each in several if all_open or not each.waiting_for]
    done = Work(sources=seen, withheld=[each for each in sources if each not in seen and (each.waiting_for or each in several)])  # fmt: skip
    closed = pa.array([each.source for each in done.withheld], pa.string())
    for kind, table in originals.items():
        some = table.filter(pc.is_in(table.column("source"), closed)) if len(closed) else table.slice(0, 0)
        keys = zip(*(some.column(name).to_pylist() for name in ("extractor", "record")), strict=True)
        done.hidden.update((kind, key) for key in keys)
    places = settled(decisions, tables)
    for kind, model in RECORDS.items():
        if kinds and kind not in kinds:
            continue
        shown = pc.is_in(originals[kind].column("source"), pa.array([each.source for each in seen], pa.string()))
        table = originals[kind].filter(shown).combine_chunks()
        if len(table):
            _of_kind(done, model, table, [each for each in decisions if each.kind == kind], places.get(kind, {}))
    done.records.sort(key=lambda each: each.source)
    return done


def _originals(table: pa.Table) -> pa.Table:
    return table.filter(pc.not_equal(table.column("extractor"), CONSENSUS)).combine_chunks()


def _sources(tables: Mapping[str, pa.Table], submissions: Iterable[Submission]) -> list[Source]:
    who: dict[str, set[str]] = defaultdict(set)
    for table in tables.values():
        for row in table.select(["source", "extractor"]).group_by(["source", "extractor"]).aggregate([]).to_pylist():
            who[row["source"]].add(row["extractor"])
    handed: dict[str, set[str]] = defaultdict(set)
    for each in submissions:
        handed[each.source].add(each.extractor)
        who[each.source].add(each.extractor)
    return [Source(source, tuple(sorted(who[source])), frozenset(handed[source])) for source in sorted(who)]


def _of_kind(
    done: Work, model: type[Record], table: pa.Table, decisions: Sequence[Adjudication], places: Mapping[Key, str]
) -> None:
    standing = [each for each in decisions if each.reopened is None]
    groups = matched(model, table, {each.keys: None for each in reversed(standing)})
    pairs = [pair for group in groups for pair in combinations(group, 2)]
    found = differences(model, table, pairs)
    done.agreement.extend(agreement(model, table, pairs, found))
    classes: dict[Pair, dict[str, str]] = defaultdict(dict)
    for each in found:
        classes[pairs[each.pair]][each.field] = each.kind_of
    rows = _Rows(model, table)
    by_keys: dict[frozenset[Key], list[Adjudication]] = defaultdict(list)
    for one in standing:
        by_keys[one.keys].append(one)
    for group in groups:
        done.records.append(_matched(rows, group, classes, by_keys, places))


class _Rows:
    """Texts of single rows of a table, as they are asked for."""

    def __init__(self, model: type[Record], table: pa.Table) -> None:
        self.model = model
        self.columns = {each.name: table.column(each.name).combine_chunks() for each in model.fields()}
        who, record = table.column("extractor").to_pylist(), table.column("record").to_pylist()
        self.keys: list[Key] = list(zip(who, record, strict=True))
        source = table.column("source").to_pylist()
        self.source: list[str] = source

    def text(self, name: str, row: int) -> str | None:
        """The verbatim text of a cell."""
        cell = self.columns[name][row].as_py()
        found = cell["text"] if isinstance(cell, dict) else cell
        return None if found is None else str(found)

    def listed(self, names: Iterable[str], row: int) -> str:
        """What these cells say, with commas."""
        return ", ".join(text for text in (self.text(name, row) for name in names) if text)


def _matched(
    rows: _Rows,
    group: Group,
    classes: Mapping[Pair, Mapping[str, str]],
    by_keys: Mapping[frozenset[Key], Sequence[Adjudication]],
    places: Mapping[Key, str],
) -> Matched:
    keys = tuple(rows.keys[row] for row in group)
    decided = [each for each in by_keys.get(frozenset(keys), ()) if not each.stale]
    names = {places.get(key) for key in keys}
    is_settled = len(names) == 1 and None not in names
    done = {each.field for each in decided}
    fields = {} if is_settled else {name: kind for name, kind in _merged(group, classes).items() if name not in done}
    if not is_settled and not fields and decided and None not in done:
        fields = _changed_since(rows, group, decided)
    texts = {name: {rows.keys[row][0]: rows.text(name, row) for row in group} for name in fields}
    about = [name for name in key_fields(rows.model) if name != "source"]
    record = decided[-1].record_key if decided else keys[0][1]
    shown = (rows.listed(about, group[0]), rows.listed(PLACE, group[0])) if not is_settled else ("", "")
    return Matched(
        rows.model.kind, rows.source[group[0]], record, *shown, keys, fields, texts,
        len(group) == 1, is_settled, bool(decided),
    )  # fmt: skip


def _merged(group: Group, classes: Mapping[Pair, Mapping[str, str]]) -> dict[str, str]:
    """The differences of all pairs of a record: of a field the first class that does not say the same."""
    found: dict[str, str] = {}
    for pair in combinations(group, 2):
        for name, kind in classes.get(pair, {}).items():
            if found.get(name, MINOR[0]) in MINOR:
                found[name] = kind
    return found


def _changed_since(rows: _Rows, group: Group, decided: Sequence[Adjudication]) -> dict[str, str]:
    """Of a record whose originals were changed and agree now, a field to confirm: the first that is not decided."""
    done = {each.field for each in decided}
    free = [
        name for name in rows.columns if name not in done and name in {each.name for each in rows.model.own_fields()}
    ]
    filled = [name for name in free if rows.text(name, group[0]) is not None]
    return dict.fromkeys((filled or free)[:1], MINOR[0])
