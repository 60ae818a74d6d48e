"""What the pages for typing share: what is typed in a form, what is said of it, and what its lists offer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import pyarrow as pa
from starlette.datastructures import FormData

from curation.entry.documents import Segment, passages, source_text
from curation.entry.form import WHOLE, Widget, form
from curation.entry.live import Live, Remark, live
from curation.entry.rows import read_rows
from curation.web.desk import Desk
from schemas.identity import key_fields
from schemas.kinds.base import Declared, Record
from schemas.kinds.entities import ENTITIES
from schemas.registry import KINDS, RECORDS
from schemas.thresholds import UnknownSetting, settings_in

PREFIX = "c-"
"""Before the name of a field, so that no field is mistaken for what else a form sends."""
WHOLE_RECORD = "-record"
"""In the place of a field: what is said of the whole record."""
MOST_ADDRESS = 6000
"""Characters of typed text that an address takes along."""

Cells = dict[str, str]
Offered = Mapping[str, Sequence[tuple[tuple[str, ...], str]]]
"""By entity the parts of the key of each, and its name."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a form as it is shown."""

    widget: Widget
    value: str
    options: Mapping[str, str] | None
    problems: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    derived: str | None = None

    @property
    def said(self) -> str:
        """A short mark of what is said of the field; it changes when that does."""
        return _mark((self.problems, self.remarks, self.derived))

    @property
    def offered(self) -> str:
        """A short mark of what may be chosen, where that hangs on another field."""
        return _mark(sorted((self.options or {}).items())) if self.widget.within else ""


@dataclass(frozen=True, slots=True)
class Pane:
    """The text of a source beside a form, or why there is none."""

    title: str = ""
    pieces: tuple[tuple[str, bool], ...] = ()
    sentence: str = ""
    found: bool | None = None
    """Whether the quote occurs in the text; None without a quote or a text."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form as it is shown: its groups, and what is said of the record as a whole."""

    kind: str
    groups: tuple[tuple[str, tuple[Line, ...]], ...]
    problems: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()
    """Labels and texts of what cannot be changed, because it makes up the id."""
    quote: str = ""
    """The source and the quote, which decide what the text beside shows."""

    @property
    def lines(self) -> list[Line]:
        """All fields."""
        return [line for _, lines in self.groups for line in lines]

    @property
    def marks(self) -> dict[str, str]:
        """What is shown now, for telling what a check has changed."""
        shown = {line.widget.name: line.said for line in self.lines}
        shown |= {f"offered {line.widget.name}": line.offered for line in self.lines if line.widget.within}
        return {**shown, WHOLE_RECORD: _mark((self.problems, self.remarks)), "quoted": _mark(self.quote)}

    @property
    def shown(self) -> str:
        """The same as text, which the form sends along."""
        return json.dumps(self.marks)


@dataclass(frozen=True, slots=True)
class Draft:
    """A row as it is typed, and the row it is to change, if any."""

    kind: str
    cells: Cells
    key: str = ""
    was: Cells = field(default_factory=dict)

    @property
    def model(self) -> type[Declared]:
        """The model of its kind."""
        return KINDS[self.kind]

    def changes(self) -> dict[str, str]:
        """The fields typed otherwise than they were."""
        long = {each.name for each in _widgets(self.model) if each.control == "long"}
        return {
            name: text
            for name, text in self.cells.items()
            if name not in fixed_fields(self.model) and not _alike(self.was.get(name, ""), text, name in long)
        }

    def becoming(self) -> Cells:
        """All cells as they will be: those untouched as they were, and those that a new whole cell fills in blank."""
        if not self.key:
            return self.cells
        changed = self.changes()
        anew = _split_anew(self.kind, self.was, changed)
        return {name: "" if name in anew else text for name, text in {**self.was, **changed}.items()}


def typed_in(model: type[Declared], posted: FormData) -> Cells:
    """The cells of a posted form, by field; one without a field in the form is blank."""
    cells: Cells = {}
    for each in model.fields():
        given = [one for one in posted.getlist(PREFIX + each.name) if isinstance(one, str)]
        text = " ".join(one for one in given if one) if each.several else given[-1] if given else ""
        cells[each.name] = text.replace("\r\n", "\n").replace("\r", "\n")
    return cells


def asked(model: type[Declared], query: Mapping[str, str]) -> Cells:
    """Cells that an address carries."""
    names = [each.name for each in model.fields()]
    return {name: query[PREFIX + name] for name in names if query.get(PREFIX + name)}


def carried(cells: Mapping[str, str], names: Iterable[str] | None = None) -> dict[str, str]:
    """Cells for an address."""
    wanted = list(cells) if names is None else names
    return {PREFIX + name: cells[name] for name in wanted if cells.get(name)}


def text_in(posted: FormData, name: str) -> str:
    """One text of a posted form, without the blanks around it."""
    given = posted.get(name)
    return given.strip() if isinstance(given, str) else ""


def plain(cells: Mapping[str, str | None]) -> Cells:
    """Cells of a stored row as a form holds them."""
    return {name: text or "" for name, text in cells.items()}


def fixed_fields(model: type[Declared]) -> tuple[str, ...]:
    """The fields that make up the id of a row and stay."""
    return ("record",) if issubclass(model, Record) else key_fields(model)


def judged(desk: Desk, draft: Draft, extractor: str) -> Live:
    """What can be said of a row while it is typed."""
    cells, around = draft.becoming(), surroundings(desk, extractor)
    beside = around.beside(draft.kind, cells.get("source", "")) if draft.kind in RECORDS else None
    return live(draft.kind, cells, around.known, around.settings, beside)


def sheet(desk: Desk, draft: Draft, said: Live, pane: Pane | None = None) -> Sheet:
    """The form of a row as it is typed, with what is said of it."""
    lists = offered(desk)
    fixed = fixed_fields(draft.model) if draft.key else ()
    groups = [
        (group.title, tuple(_line(draft, each, said, lists, pane) for each in group.fields if each.name not in fixed))
        for group in form(draft.model)
    ]
    names = {line.widget.name for _, lines in groups for line in lines}
    return Sheet(
        draft.kind,
        tuple(each for each in groups if each[1]),
        tuple(one.sentence for name, some in said.problems.items() if name not in names for one in some),
        tuple(one for one in said.remarks if one.field not in names),
        tuple((each.label, draft.was.get(each.name, "")) for each in _widgets(draft.model) if each.name in fixed),
        f"{draft.cells.get('source', '').strip()}\n{draft.cells.get('quote', '').strip()}",
    )


def _line(draft: Draft, widget: Widget, said: Live, lists: Offered, pane: Pane | None) -> Line:
    name = widget.name
    remarks = [one for one in said.remarks if one.field == name]
    derived = _derived(draft, name, said)
    if name == "quote" and pane and pane.found is not None and draft.cells.get("quote", "").strip():
        if pane.found:
            derived = "These words are in the text."
        else:
            remarks.insert(0, Remark("", "warning", "These words are not in the text of the source as it is in the folder of documents. Copy them word for word, or mark them in the text.", (), ("quote",)))  # fmt: skip
    return Line(
        widget, draft.cells.get(name, ""), _options(widget, draft.cells, lists),
        tuple(one.sentence for one in said.problems.get(name, ())), tuple(remarks), derived,
    )  # fmt: skip


def _derived(draft: Draft, name: str, said: Live) -> str | None:
    """How the whole cell was read: at the cell itself, and at each field that it fills in."""
    labels = {each.name: each.label for each in _widgets(draft.model)}
    if name == WHOLE and said.derived:
        return "Split into " + ", ".join(f"{labels[each]} {text}" for each, text in said.derived.items())
    if name not in said.derived:
        return None
    return f"{'Becomes ' if draft.cells.get(name) else ''}{said.derived[name]}, from the whole cell as printed"


def offered(desk: Desk) -> Offered:
    """What fields that refer to something may hold."""
    return desk.at_this_revision("offered", lambda: _offered(desk))


def _offered(desk: Desk) -> Offered:
    tables = desk.review.tables(sources=())
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for model in ENTITIES:
        keys = key_fields(model)
        name = next((each for each in ("label", "title") if each in model.model_fields), keys[-1])
        rows = tables[model.kind].select(list(dict.fromkeys([*keys, name]))).to_pylist()
        found[model.kind] = [(tuple(row[each] for each in keys), row[name]) for row in rows]
    return found


def _options(widget: Widget, cells: Mapping[str, str], lists: Offered) -> dict[str, str] | None:
    if not widget.entity:
        return None
    over = cells.get(widget.within, "").strip() if widget.within else ""
    rows = [(parts, name) for parts, name in lists.get(widget.entity, ()) if not over or parts[0] == over]
    return {parts[-1]: name if name == parts[-1] else f"{name} ({parts[-1]})" for parts, name in rows}


def settings(desk: Desk) -> dict[str, float]:
    """The limits that the review sets itself."""
    return desk.at_this_revision("settings", lambda: _settings(desk))


def _settings(desk: Desk) -> dict[str, float]:
    try:
        return settings_in(desk.review.tables(sources=())["setting"])
    except UnknownSetting:  # the full check says so
        return {}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a record of an extractor is judged by besides itself: ids it may name, limits of the review, other records."""

    desk: Desk
    extractor: str
    known: Mapping[str, set[str]]
    settings: Mapping[str, float]
    kept: dict[tuple[str, str], pa.Table] = field(default_factory=dict)

    def beside(self, kind: str, source: str | None) -> pa.Table | None:
        """The records of this kind that the extractor has of a source."""
        if not source:
            return None
        if (kind, source) not in self.kept:
            found = self.desk.review.tables(extractor=self.extractor, sources=[source])
            self.kept.update({(each, source): found[each] for each in RECORDS})
        return self.kept[kind, source]


def surroundings(desk: Desk, extractor: str) -> Surroundings:
    """The surroundings as the review is now: the review is asked once whether it has changed, which takes longest."""
    make = lambda: Surroundings(desk, extractor, desk.known(), settings(desk))  # noqa: E731 - made only when the review has changed
    return desk.at_this_revision(f"surroundings {extractor}", make)


def pane_of(desk: Desk, source: str, quote: str) -> Pane | None:
    """The text of a source with the quote marked; None where no folder of documents is served or no source named."""
    row = desk.review.row("source", source) if source and desk.documents is not None else None
    if row is None:
        return None
    read = source_text(desk.documents, row.cells.get("document"))
    if read.result != "read":
        return Pane(source, sentence=read.sentence)
    pieces = _passages(read.text, quote.strip())
    marked = any(each.mark is not None for each in pieces)
    return Pane(
        source, tuple((each.text, each.mark is not None) for each in pieces), found=marked if quote.strip() else None
    )


@lru_cache(maxsize=8)
def _passages(text: str, quote: str) -> tuple[Segment, ...]:
    return tuple(passages(text, [quote] if quote else []))


def _widgets(model: type[Declared]) -> list[Widget]:
    return [each for group in form(model) for each in group.fields]


def _split_anew(kind: str, was: Cells, changed: Mapping[str, str]) -> set[str]:
    """The fields that follow a new whole cell: untouched ones that are blank, or only repeat the old one."""
    model = KINDS[kind]
    if WHOLE not in changed or not issubclass(model, Record):
        return set()
    parts = set(model.composite.values())
    old = read_rows(kind, [{name: "" if name in parts else text for name, text in was.items()}], {}).derived[0]
    return {name for name in parts - changed.keys() if not was.get(name) or was[name] == old.get(name)}


def _alike(before: str, typed: str, long: bool) -> bool:  # noqa: FBT001 - of a field, not an option
    """Whether a form sent back what it was given: browsers drop line breaks of short fields."""
    if long:
        return before.replace("\r\n", "\n").replace("\r", "\n").strip("\n") == typed.strip("\n")
    return "".join(before.splitlines()) == "".join(typed.splitlines())


def _mark(what: object) -> str:
    return hashlib.blake2s(repr(what).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
