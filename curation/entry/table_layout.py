"""Many records typed as one table: one per row, or as the table is published, one per cell."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from curation.entry.form import WHOLE, Widget, form
from curation.entry.live import judge_rows
from curation.entry.rows import Known, Typed, read_rows, verbatim
from schemas.identity import PLACE
from schemas.kinds.base import Record
from schemas.registry import RECORDS

ROWS, PRINTED = "rows", "printed"
ABOVE, HEAD, BESIDE = "above", "head", "row"
"""Where a field is filled in: once for all, in the head of each printed column, in each row."""
FIXED = "source"
"""The field that a whole table shares."""
NEVER = ("record", "legibility", "note", "quote")
"""Fields that are shown only where somebody asks for them."""
Cells = Mapping[str, str]
Names = Mapping[str, Sequence[tuple[tuple[str, ...], str]]]
"""By entity the parts of the key of each, and its label."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which fields are filled in where. Only a table as published has ``heads`` and a ``value``, the field its cells hold."""

    kind: str
    printed: bool
    above: tuple[str, ...]
    heads: tuple[str, ...]
    beside: tuple[str, ...]
    value: str = ""

    @property
    def model(self) -> type[Record]:
        """The model of its kind."""
        return RECORDS[self.kind]

    def place(self, name: str) -> str:
        """Where a field is filled in; blank where it is not."""
        places = ((ABOVE, self.above), (HEAD, self.heads), (BESIDE, self.beside))
        return next((place for place, names in places if name in names), "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is typed: above by field, in heads by column and field, in rows by row and field (or "v1" for column 1)."""

    above: Cells = field(default_factory=dict)
    heads: Mapping[int, Cells] = field(default_factory=dict)
    rows: Mapping[str, Cells] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a record is typed: its row, and its column of a table as published."""

    row: str
    column: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """What is said of a cell; ``kind`` is malformed, error, warning or note."""

    kind: str
    sentence: str
    rule: str = ""
    explanations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """The records of a sheet, where each is typed, what became of them, and what is said of which input."""

    records: list[dict[str, str]]
    spots: list[Spot]
    typed: Typed
    marks: dict[str, list[Mark]]

    @property
    def refused(self) -> bool:
        """Whether anything cannot be taken in."""
        return any(each.kind == "malformed" for some in self.marks.values() for each in some)


def widgets(model: type[Record]) -> dict[str, Widget]:
    """The fields of a kind by name, in the order of its form."""
    return {each.name: each for group in form(model) for each in group.fields}


def layout(kind: str, *, printed: bool, places: Mapping[str, str] | None = None, value: str = "") -> Layout:
    """A layout: the usual one, or with fields where ``places`` says (blank: nowhere)."""
    model = RECORDS[kind]
    chosen = _usual(model, printed=printed) if places is None else dict(places)
    chosen |= {"row": BESIDE, "column": HEAD} if printed else {}
    chosen.pop(FIXED, None)
    held = value if value in values(model) else values(model)[0]
    chosen |= {held: ""} if printed else {}
    order = [*(("row",) if printed else ()), *(name for name in widgets(model) if not (printed and name == "row"))]
    heads = [name for name in ("column", *(each for each in order if each != "column")) if chosen.get(name) == HEAD]
    kept = {place: tuple(name for name in order if chosen.get(name) == place) for place in (ABOVE, BESIDE)}
    return Layout(kind, printed, kept[ABOVE], tuple(heads) if printed else (), kept[BESIDE], held if printed else "")


def values(model: type[Record]) -> list[str]:
    """The fields that the cells of a published table may hold, the usual one first."""
    own = [each.name for each in model.own_fields() if not each.key]
    return [WHOLE, *own] if model.composite else own


def _usual(model: type[Record], *, printed: bool) -> dict[str, str]:
    keys = {each.name: ABOVE for each in model.fields() if each.key or each.name in (*PLACE, "decimal_mark")}
    needed = {each.name: BESIDE for each in model.own_fields() if each.required}
    if printed:
        total = {model.composite["total"]: HEAD} if "total" in model.composite else {}
        return {**keys, **needed, "outcome": BESIDE, "study": HEAD, "arm": HEAD, "analysis_set": HEAD, **total}
    own = [WHOLE] if model.composite else [each.name for each in model.own_fields() if not each.key]
    return {**keys, **needed, **dict.fromkeys(("outcome", "arm", *own, "row", "column"), BESIDE)}


def input_name(laid: Layout, spot: Spot, name: str) -> str:
    """The input in which a field of a record is typed, or the one that stands for the record."""
    place = laid.place(name)
    if place == ABOVE or name == FIXED:
        return f"c-{name}"
    if place == HEAD:
        return f"head-{spot.column}-{name}"
    if place == BESIDE:
        return f"cell-{spot.row}-{name}"
    if laid.printed:
        return f"cell-{spot.row}-v{spot.column}"
    return f"cell-{spot.row}-{WHOLE if WHOLE in laid.beside else laid.beside[0]}"


def records(laid: Layout, sheet: Sheet, names: Names) -> Iterator[tuple[Spot, dict[str, str]]]:
    """The records of a sheet; rows and cells that hold nothing are passed over. Labels become ids."""
    above = {name: sheet.above.get(name, "") for name in (FIXED, *laid.above)}
    for row, cells in sheet.rows.items():
        own = {name: cells.get(name, "") for name in laid.beside}
        if not laid.printed:
            if any(text.strip() for text in own.values()):
                yield Spot(row), _named(laid, {**above, **own}, names)
            continue
        for column, head in sheet.heads.items():
            text = cells.get(f"v{column}", "")
            if text.strip():
                whole = {**above, **{name: head.get(name, "") for name in laid.heads}, **own, laid.value: text}
                yield Spot(row, column), _named(laid, _total_from_head(laid, whole), names)


def _total_from_head(laid: Layout, cells: dict[str, str]) -> dict[str, str]:
    """A total typed in the head of a column is printed there."""
    total = laid.model.composite.get("total", "")
    said = widgets(laid.model).get(f"{total}_from")
    if total in laid.heads and cells.get(total, "").strip() and said and "header" in said.options and not laid.place(said.name):  # fmt: skip
        return {**cells, said.name: "header"}
    return cells


def _named(laid: Layout, cells: dict[str, str], names: Names) -> dict[str, str]:
    given = dict(cells)
    if not given.get("outcome", "").strip() and laid.place("outcome") == BESIDE:
        given["outcome"] = same_name(names.get("outcome", ()), given.get("row", "")) or ""
    for each in widgets(laid.model).values():
        text = given.get(each.name, "").strip()
        if each.control == "reference" and text:
            over = given.get(each.within, "").strip() if each.within else ""
            among = [one for one in names.get(each.entity or "", ()) if not over or one[0][0] == over]
            given[each.name] = same_name(among, text) or text
    return given


def same_name(among: Iterable[tuple[tuple[str, ...], str]], text: str) -> str | None:
    """The id that a text is or whose label it is; case and blanks do not matter, two of one label are none."""
    wanted = " ".join(text.split()).casefold()
    if not wanted:
        return None
    labelled = set[str]()
    for parts, label in among:
        if parts[-1] == text or parts[-1].casefold() == wanted:
            return parts[-1]
        if " ".join((label or "").split()).casefold() == wanted:
            labelled.add(parts[-1])
    return labelled.pop() if len(labelled) == 1 else None


def judged(
    laid: Layout,
    sheet: Sheet,
    names: Names,
    known: Known,
    settings: Mapping[str, float] | None = None,
    own: pa.Table | None = None,
) -> Judged:
    """Read the records of a sheet and say what is wrong with its cells.

    ``own`` are the records of this kind that the person has of the source: what is there already is refused.
    """
    found = list(records(laid, sheet, names))
    spots, rows = [spot for spot, _ in found], [cells for _, cells in found]
    typed = read_rows(laid.kind, rows, known)
    marks: dict[str, list[Mark]] = {}
    for one in typed.problems:
        _add(marks, input_name(laid, spots[one.row], one.field or ""), Mark("malformed", one.sentence))
    if own is not None:
        for at, mark in _there(laid, typed, own):
            _add(marks, input_name(laid, spots[at], laid.value or WHOLE), mark)
    for at, said in zip(typed.readable_indices, judge_rows(laid.kind, typed.readable, settings, own), strict=True):
        for each in said:
            name = next((one for one in each.fields if laid.place(one) in (BESIDE, HEAD)), "") if not laid.printed else laid.value  # fmt: skip
            _add(marks, input_name(laid, spots[at], name), Mark(each.severity, each.sentence, each.rule, each.explanations))  # fmt: skip
    _without_outcome(laid, spots, rows, marks)
    return Judged(rows, spots, typed, marks)


def _add(marks: dict[str, list[Mark]], name: str, mark: Mark) -> None:
    some = marks.setdefault(name, [])
    if mark not in some:
        some.append(mark)


def _there(laid: Layout, typed: Typed, own: pa.Table) -> Iterator[tuple[int, Mark]]:
    """Rows that are there already, under the same id at the same place."""
    ids = own.column("record").to_pylist()
    wanted = set(typed.good.column("record").to_pylist())
    among = pa.array([each in wanted for each in ids], pa.bool_())
    there = {row["record"]: row for row in verbatim(own.select(typed.good.column_names).filter(among))}
    for at, row in zip(typed.indices, verbatim(typed.good), strict=True):
        old = there.get(row["record"])
        if old is None:
            continue
        held = old.get(laid.value or WHOLE) or ""
        so = "exactly this" if old == row else f"this at the same place{f' as {held}' if held else ''}"
        yield at, Mark("malformed", f"You have entered {so} already ({row['record']}); change it there, or leave this cell blank.")  # fmt: skip


def _without_outcome(laid: Layout, spots: Sequence[Spot], rows: Sequence[Cells], marks: dict[str, list[Mark]]) -> None:
    for spot, cells in zip(spots, rows, strict=True):
        if laid.printed and laid.place("outcome") == BESIDE and not cells.get("outcome", "").strip() and laid.kind not in _OF_NO_OUTCOME:  # fmt: skip
            _add(marks, input_name(laid, spot, "outcome"), Mark("note", "No outcome is chosen for this row."))


_OF_NO_OUTCOME = frozenset(kind for kind, model in RECORDS.items() if any(each.required for each in model.own_fields()))
"""Kinds that say by a field of their own what they are about."""


def split(text: str) -> list[list[str]]:
    """The cells of a table pasted as text: tabs between cells, or else two blanks or more."""
    tabbed = "\t" in text
    if tabbed:
        rows = list(csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")), delimiter="\t"))
    else:
        rows = [re.split(r" {2,}", line.strip()) for line in text.splitlines()]
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    return [row for row in cells if any(row)]
