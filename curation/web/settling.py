"""The differences of one source as its adjudicator sees them: counted, and record by record with what each one says."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import takewhile

import pyarrow as pa
import pyarrow.compute as pc

from curation.entry.documents import passages, source_text
from curation.entry.form import Widget, form
from curation.entry.live import Remark, judge_rows
from curation.entry.rows import verbatim
from curation.reconcile.classes import CLASSES
from curation.reconcile.work import ONE_SIDE, Matched, Work, work
from curation.web.desk import Desk
from schemas.identity import PLACE, key_fields
from schemas.kinds.entities import ENTITIES
from schemas.registry import KINDS, RECORDS
from schemas.thresholds import UnknownSetting, settings_in
from store import ddl
from store.consensus import Adjudication, Key

KEPT = 8
"""Sources whose differences are kept in memory at a time."""
SAID = CLASSES | {ONE_SIDE: "only one extractor has this record", "alike": "alike, but under different ids"}
"""Class of a difference -> what it is, in words."""

_keeping = threading.Lock()


@dataclass(frozen=True)
class Settling:
    """Everything about one source: its extractions, their differences and the decisions, at a revision."""

    source: str
    revision: int
    work: Work
    tables: Mapping[str, pa.Table]
    decisions: Sequence[Adjudication]
    """Of this source, oldest first; those that were reopened too."""

    @cached_property
    def open(self) -> list[Matched]:
        """The records of which something is left to settle, worst first within a kind: differing, then alone."""
        return sorted(self.work.open, key=lambda each: (list(RECORDS).index(each.kind), each.one_side))

    @cached_property
    def tokens(self) -> dict[str, Matched]:
        """Every record by a name that can stand in a form."""
        return {token(each): each for each in self.work.records}

    @cached_property
    def rows(self) -> dict[tuple[str, Key], int]:
        """By kind and extraction the row of its table."""
        found: dict[tuple[str, Key], int] = {}
        for kind in RECORDS:
            names = (self.tables[kind].column(each).to_pylist() for each in ("extractor", "record"))
            found |= {(kind, key): row for row, key in enumerate(zip(*names, strict=True))}
        return found

    @cached_property
    def labels(self) -> dict[str, dict[str, str]]:
        """Label of every entity that has one, by kind and key."""
        found: dict[str, dict[str, str]] = {}
        for model in ENTITIES:
            name = next((each for each in ("label", "title") if each in model.model_fields), None)
            keys = list(ddl.key_columns(model))
            rows = self.tables[model.kind].select([*keys, name]).to_pylist() if name else []
            found[model.kind] = {ddl.record_key(model, row): row[name] for row in rows if row[name]}
        return found

    @cached_property
    def settings(self) -> dict[str, float]:
        """The limits that the review sets itself."""
        try:
            return settings_in(self.tables.get("setting"))
        except UnknownSetting:
            return {}

    def cells(self, kind: str, keys: Iterable[Key]) -> dict[Key, dict[str, str | None]]:
        """What these extractions say, verbatim."""
        wanted = [key for key in keys if (kind, key) in self.rows]
        table = self.tables[kind].drop_columns(["extractor"])
        some = table.take(pa.array([self.rows[kind, key] for key in wanted], pa.int64()))
        return dict(zip(wanted, verbatim(some), strict=True))


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of a source is left to settle."""

    records: int
    classes: Mapping[str, int]
    """Class -> fields (or records, where the class is about a whole record)."""
    one_side: int
    settled: int

    @property
    def words(self) -> list[tuple[int, str]]:
        """How many differences there are of each class, in words, in the order in which they are explained."""
        return [(self.classes[each], SAID[each]) for each in SAID if self.classes.get(each)]


def token(one: Matched) -> str:
    """A name of a record that is the same as long as the same extractions are matched."""
    said = json.dumps([one.kind, sorted(one.keys)], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def settling(desk: Desk, source: str) -> Settling:
    """The differences of a source that is open; made once per revision, while it is among the last ones asked for."""
    recent: dict[str, Settling] = desk.at_this_revision("settling", dict)
    with _keeping:
        kept = recent.get(source)
    if kept is not None:
        return kept
    made = _made(desk, source)
    with _keeping:
        recent[source] = made
        while len(recent) > KEPT:
            del recent[next(iter(recent))]
    return made


def _made(desk: Desk, source: str) -> Settling:
    revision = desk.review.revision  # read first: what is written while we read counts as not seen
    tables = desk.review.tables(sources=[source])
    decisions = desk.at_this_revision("decisions", desk.review.adjudications)
    done = work(tables, decisions, desk.review.submissions(), only=[source])
    made = Settling(source, revision, done, tables, ())
    return replace(made, decisions=[each for each in decisions if any((each.kind, key) in made.rows for key in each.keys)])  # fmt: skip


def counts(desk: Desk, source: str) -> Counts:
    """How much of a source is left; made once per revision."""
    known: dict[str, Counts] = desk.at_this_revision("counts", dict)
    if source not in known:
        known[source] = _counted(settling(desk, source))
    return known[source]


def counted(desk: Desk, source: str) -> bool:
    """Whether the counts of a source are known without work."""
    known: dict[str, Counts] = desk.at_this_revision("counts", dict)
    return source in known


def _counted(one: Settling) -> Counts:
    classes: Counter[str] = Counter()
    for each in one.open:
        classes.update(each.fields.values())
        if each.one_side or not each.fields:
            classes[ONE_SIDE if each.one_side else "alike"] += 1
    alone = sum(each.one_side for each in one.open)
    return Counts(len(one.open), classes, alone, sum(each.settled for each in one.work.records))


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a difference, as the form sends it."""

    value: str
    who: str
    text: str
    pieces: tuple[tuple[str, bool], ...] = ()
    """The text in stretches, and whether the answers differ there."""


def options(texts: Mapping[str, str]) -> list[Option]:
    """What each extractor says, with the stretch marked in which the texts that are given differ.

    >>> [each.pieces for each in options({"ana": "14.1%", "ben": "11.4%"})]
    [(('1', False), ('4.1', True), ('%', False)), (('1', False), ('1.4', True), ('%', False))]
    """
    given = [text for text in texts.values() if text]
    start = _alike(given)
    end = _alike([text[start:][::-1] for text in given])
    return [Option(f"by:{who}", who, text, _stretches(text, start, end)) for who, text in texts.items()]


def _alike(texts: Sequence[str]) -> int:
    """How many characters all of them begin with."""
    return sum(1 for _ in takewhile(lambda each: len(set(each)) == 1, zip(*texts, strict=False)))


def _stretches(text: str, start: int, end: int) -> tuple[tuple[str, bool], ...]:
    """The text before, within and after what differs; nothing where all of it does."""
    found = ((text[:start], False), (text[start : len(text) - end], True), (text[len(text) - end :], False))
    return tuple(each for each in found if each[0]) if start or end else ()


@dataclass(slots=True)
class Line:
    """A field that differs; ``note`` says how."""

    name: str
    label: str
    unit: str
    note: str
    options: list[Option]
    chosen: str = ""
    other: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def field(self) -> str:
        """The field, as the record names it."""
        return self.name.partition(".")[2]


@dataclass(slots=True)
class Card:
    """One record to settle. ``remarks`` are (of whom, what a rule says); of nobody where it is the same for all."""

    token: str
    one: Matched
    heading: str
    place: str
    lines: list[Line]
    agreed: list[tuple[str, str]]
    quotes: list[tuple[str, str]]
    lacking: list[str]
    remarks: list[tuple[str, Remark]] = field(default_factory=list)
    whole: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def people(self) -> list[Option]:
        """The extractors, as heads of the columns."""
        return [Option(f"by:{who}", who, "") for who, _ in self.one.keys]

    @property
    def exchanged(self) -> bool:
        """Whether the numbers of two arms are exchanged."""
        return "arms" in self.one.fields.values()


def cards(one: Settling, records: Sequence[Matched]) -> list[Card]:
    """What an adjudicator is shown of these records."""
    made = [_card(one, each) for each in records]
    for kind in dict.fromkeys(each.one.kind for each in made):
        _judge(one, kind, [each for each in made if each.one.kind == kind])
    return made


def _card(one: Settling, record: Matched) -> Card:
    widgets = widgets_of(record.kind)
    cells = one.cells(record.kind, record.keys)
    name = token(record)
    lines = [
        Line(
            f"{name}.{each}", widgets[each].label, widgets[each].unit, SAID[kind],
            options({who: record.texts[each].get(who) or "" for who, _ in record.keys}),
        )
        for each, kind in record.fields.items()
    ]  # fmt: skip
    first = cells[record.keys[0]]
    hidden = {*record.fields, *PLACE, "record", "source", "quote", "printed"}
    agreed = [(widgets[each].label, text) for each, text in first.items() if text and each not in hidden]
    quotes = [(key[0], text) for key, row in cells.items() if (text := row.get("quote"))]
    extractors = next((each.extractors for each in one.work.sources), ())
    lacking = [each for each in extractors if each not in {who for who, _ in record.keys}]
    place = ", ".join(first[each] or "" for each in PLACE if first.get(each))
    return Card(name, record, heading(one, record.kind, first), place, lines, agreed, quotes, lacking)


def widgets_of(kind: str) -> dict[str, Widget]:
    """The fields of a kind as its form shows them."""
    return {each.name: each for group in form(KINDS[kind]) for each in group.fields}


def heading(one: Settling, kind: str, cells: Mapping[str, str | None]) -> str:
    """What a record is about, with the labels of its study, arm and outcome."""
    words = []
    facts = {each.name: each for each in KINDS[kind].fields()}
    for name in key_fields(KINDS[kind]):
        text = cells.get(name)
        if name == "source" or not text:
            continue
        known = one.labels.get(facts[name].refers_to or "", {})
        words.append(known.get(text) or known.get(f"{cells.get('study')}/{text}") or text)
    return ", ".join(words)


def _judge(one: Settling, kind: str, of: Sequence[Card]) -> None:
    """Say of every card what the rules for single records would say of each extraction as it is."""
    asked = [(card, key) for card in of for key in card.one.keys]
    table = one.tables[kind].take(pa.array([one.rows[kind, key] for _, key in asked], pa.int64()))
    numbered = pa.array([str(at) for at in range(len(table))], pa.string())
    table = table.set_column(table.column_names.index("record"), "record", numbered)
    said: dict[str, dict[tuple[str, str], tuple[Remark, list[str]]]] = defaultdict(dict)
    for (card, key), remarks in zip(asked, judge_rows(kind, table, one.settings), strict=True):
        for each in remarks:
            said[card.token].setdefault((each.rule, each.sentence), (each, []))[1].append(key[0])
    for card in of:
        for each, who in said[card.token].values():
            card.remarks.append(("" if len(who) == len(card.one.keys) else " and ".join(who), each))


def highlighted(desk: Desk, one: Settling, quotes: Collection[str]) -> tuple[list[tuple[str, bool]], str]:
    """The text of a source in pieces, those of the quotes marked; and, where there is none, why."""
    rows = one.tables["source"].filter(pc.equal(one.tables["source"].column("source"), one.source)).to_pylist()
    found = source_text(desk.documents, rows[0]["document"] if rows else None)
    if found.result != "read":
        return [], found.sentence
    return [(each.text, each.mark is not None) for each in passages(found.text, list(quotes))], ""


def decided(one: Settling) -> list[Adjudication]:
    """The decisions of a source, newest first."""
    return sorted(one.decisions, key=lambda each: -each.id)


def original(one: Settling, made: Adjudication) -> str:
    """What a decided record is about, as its first extraction says."""
    found = one.cells(made.kind, sorted(made.keys))
    return heading(one, made.kind, next(iter(found.values()))) if found else made.record_key
