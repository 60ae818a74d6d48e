"""A table of records on a page: what a posted form holds, and what the page shows of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa
from starlette.datastructures import FormData

from curation.entry.form import Widget
from curation.entry.table_layout import (
    ABOVE,
    BESIDE,
    FIXED,
    HEAD,
    PRINTED,
    Judged,
    Layout,
    Mark,
    Sheet,
    judged,
    layout,
    records,
    same_name,
    split,
    widgets,
)
from curation.web.desk import Desk
from curation.web.typing_in import PREFIX, offered, settings, text_in
from schemas.registry import RECORDS

MOST_ROWS, MOST_COLUMNS = 500, 15
"""Rows of a table that are saved at a time, and columns of a table as published."""
MORE_ROWS, FIRST_ROWS, FIRST_COLUMNS = 20, 15, 2
LISTED_OPTIONS, LISTED_IN_ALL = 60, 12_000
"""Choices of one list, and of all lists of a column, beyond which the cells are typed with suggestions."""
SHOWN_FIRST, MOST_REST = 30, 300
"""What is wrong is listed below the table: so many entries at once, and so many more when asked for."""
_CELL = re.compile(r"cell-([0-9]{1,6})-([a-z][a-z0-9_]{0,40})\Z")
_HEADING = re.compile(r"head-([0-9]{1,3})-([a-z][a-z0-9_]{0,40})\Z")
GRAVEST = ("malformed", "error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Form:
    """A posted table: how it is laid out, what it holds, and what it carries along without showing it."""

    laid: Layout
    sheet: Sheet
    columns: int
    carried: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Field:
    """One input of the page, and what may be chosen in it."""

    widget: Widget
    name: str
    value: str
    options: Mapping[str, str] | None
    listed: str = ""
    """The id of the list of suggestions."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the grid; ``heads`` are the inputs in its head."""

    name: str
    label: str
    size: str
    numeric: bool
    options: Mapping[str, str] | None = None
    listed: str = ""
    unit: str = ""
    heads: tuple[Field, ...] = ()
    number: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of the list below the table."""

    name: str
    where: str
    mark: Mark


def new_form(kind: str, *, printed: bool, source: str, above: Mapping[str, str]) -> Form:
    """An empty table."""
    laid = layout(kind, printed=printed)
    defaults = {name: one.default or "" for name, one in widgets(laid.model).items() if name in laid.above}
    rows = {str(number): dict[str, str]() for number in range(1, FIRST_ROWS + 1)}
    columns = FIRST_COLUMNS if printed else 0
    heads = {number: dict[str, str]() for number in range(1, columns + 1)}
    return Form(laid, Sheet({**defaults, **above, FIXED: source}, heads, rows), columns)


def form_in(posted: FormData, kind: str, *, anew: bool = False) -> Form:
    """The table that a form holds; laid out ``anew``, in the layout that is chosen in it."""
    places = {name: text_in(posted, f"at-{name}") for name in widgets(RECORDS[kind])}
    given = any(f"at-{name}" in posted for name in places)
    was = text_in(posted, "was") == PRINTED
    printed = text_in(posted, "layout") == PRINTED if anew else was
    given = given and printed == was  # the other layout begins with its usual places
    laid = layout(kind, printed=printed, places=places if given else None, value=text_in(posted, "value"))
    columns = min(_number(text_in(posted, "columns"), FIRST_COLUMNS), MOST_COLUMNS) if laid.printed else 0
    above: dict[str, str] = {}
    heads: dict[int, dict[str, str]] = {number: {} for number in range(1, columns + 1)}
    rows: dict[str, dict[str, str]] = {}
    carried: dict[str, str] = {}
    defaults = {f"{PREFIX}{name}": one.default or "" for name, one in widgets(laid.model).items()}
    shown = {*laid.beside, *(f"v{number}" for number in heads)}
    for name, text in posted.multi_items():
        if not isinstance(text, str):
            continue
        if (found := _CELL.match(name)) and found[2] in shown:
            rows.setdefault(found[1], {})[found[2]] = text
        elif (heading := _HEADING.match(name)) and int(heading[1]) in heads and heading[2] in laid.heads:
            heads[int(heading[1])][heading[2]] = text
        elif name.startswith(PREFIX) and name.removeprefix(PREFIX) in (FIXED, *laid.above):
            above[name.removeprefix(PREFIX)] = text
        elif text.strip() and (found or heading or text != defaults.get(name, text)):
            carried[name] = text
            if found:
                rows.setdefault(found[1], {})
    return Form(laid, Sheet(above, heads, rows or {"1": {}}), columns, carried)


def more_rows(form: Form, number: int) -> Form:
    """The table with empty rows at its end."""
    last = max((int(each) for each in form.sheet.rows), default=0)
    fresh = {str(each): dict[str, str]() for each in range(last + 1, last + 1 + number)}
    return replace(form, sheet=replace(form.sheet, rows={**form.sheet.rows, **fresh}))


def more_columns(form: Form) -> Form:
    """A table as published with one column more, of the same study, arm and participants as the last is not."""
    columns = min(form.columns + 1, MOST_COLUMNS)
    return replace(form, columns=columns, sheet=replace(form.sheet, heads={**form.sheet.heads, columns: form.sheet.heads.get(columns, {})}))  # fmt: skip


def paste(form: Form, text: str) -> tuple[Form, str]:
    """The table with a pasted one in its first blank rows; and a sentence on what became of it."""
    cells = split(text)
    if not cells:
        return form, "Nothing was pasted: there is no cell in the text."
    return _paste_printed(form, cells) if form.laid.printed else _paste_rows(form, cells)


def _paste_printed(form: Form, cells: list[list[str]]) -> tuple[Form, str]:
    wide = max(len(row) for row in cells) - 1
    if wide > MOST_COLUMNS:
        return form, f"Nothing was pasted: the text has {wide} columns beside the row headings, and at most {MOST_COLUMNS} fit; paste it in two parts."  # fmt: skip
    head, *rest = cells
    head = head if len(head) > wide else ["", *head]
    columns = max(form.columns, wide)
    heads = {number: dict(form.sheet.heads.get(number, {})) for number in range(1, columns + 1)}
    for number, title in enumerate(head[1:], 1):
        heads[number]["column"] = title
    beside = {"row": 0, **{f"v{number}": number for number in range(1, wide + 1)}}
    filled = [{name: row[at] if at < len(row) else "" for name, at in beside.items()} for row in rest]
    done = _placed(replace(form, columns=columns, sheet=replace(form.sheet, heads=heads)), filled)
    return done, f"{len(rest)} rows and {wide} columns were laid out; the first line became the heads."


def _paste_rows(form: Form, cells: list[list[str]]) -> tuple[Form, str]:
    known = {each.label.casefold(): name for name, each in widgets(form.laid.model).items()}
    known |= {name: name for name in widgets(form.laid.model)}
    named = [known.get(cell.casefold(), "") for cell in cells[0]]
    if all(named) and len(set(named)) == len(named):
        form, names, cells = _showing(form, named), named, cells[1:]
    else:
        names = list(form.laid.beside)
    if any(len(row) > len(names) for row in cells):
        return form, f"Nothing was pasted: the text has more cells in a row than the {len(names)} columns that are shown; show more fields first."  # fmt: skip
    return _placed(form, [dict(zip(names, row, strict=False)) for row in cells]), f"{len(cells)} rows were laid out."


def _showing(form: Form, names: Sequence[str]) -> Form:
    """The table with these fields as columns, those that stood above it too."""
    if set(names) <= set(form.laid.beside):
        return form
    places = dict.fromkeys(form.laid.above, ABOVE) | dict.fromkeys((*form.laid.beside, *names), BESIDE)
    laid = layout(form.laid.kind, printed=False, places=places)
    above = {name: text for name, text in form.sheet.above.items() if name in (FIXED, *laid.above)}
    moved = {name: form.sheet.above[name] for name in names if form.sheet.above.get(name, "").strip()}
    rows = {row: {**moved, **held} if any(held.values()) else held for row, held in form.sheet.rows.items()}
    return replace(form, laid=laid, sheet=replace(form.sheet, above=above, rows=rows))


def _placed(form: Form, filled: list[dict[str, str]]) -> Form:
    free = [row for row, held in form.sheet.rows.items() if not any(text.strip() for text in held.values())]
    form = more_rows(form, max(0, len(filled) - len(free)))
    free = [row for row, held in form.sheet.rows.items() if not any(text.strip() for text in held.values())]
    rows = {**form.sheet.rows, **dict(zip(free, filled, strict=False))}
    return replace(form, sheet=replace(form.sheet, rows=rows))


def recognised(form: Form, desk: Desk) -> Form:
    """The table with the outcome chosen where the heading of a row names it."""
    if form.laid.place("outcome") != BESIDE or "row" not in form.laid.beside:
        return form
    names = offered(desk)["outcome"]
    rows = {
        row: cells if cells.get("outcome", "").strip() else {**cells, "outcome": same_name(names, cells.get("row", "")) or ""}
        for row, cells in form.sheet.rows.items()
    }  # fmt: skip
    return replace(form, sheet=replace(form.sheet, rows=rows))


def as_rows(form: Form, desk: Desk) -> Form:
    """A table as published as one record per row, nothing lost; the fields that hold anything are shown."""
    found = [cells for _, cells in records(form.laid, form.sheet, offered(desk))]
    usual = layout(form.laid.kind, printed=False)
    used = {name for cells in found for name, text in cells.items() if text.strip()} - {FIXED, *usual.above}
    places = dict.fromkeys(usual.above, ABOVE) | dict.fromkeys((*usual.beside, *used), BESIDE)
    for name in usual.above:
        if len({cells.get(name, "") for cells in found}) > 1:
            places[name] = BESIDE
    laid = layout(form.laid.kind, printed=False, places=places)
    above = {**form.sheet.above, **{name: found[0].get(name, "") for name in laid.above if found}}
    rows = {str(at): {name: cells.get(name, "") for name in laid.beside} for at, cells in enumerate(found, 1)}
    return Form(laid, Sheet(above, {}, rows or {"1": {}}), 0, form.carried)


def own_records(desk: Desk, kind: str, source: str, extractor: str) -> pa.Table | None:
    """What a person has of this kind from a source already."""
    if not source:
        return None
    kept: dict[str, dict[str, pa.Table]] = desk.at_this_revision(f"grid {extractor}", dict)
    if source not in kept:
        found = desk.review.tables(extractor=extractor, sources=[source])
        kept[source] = {each: found[each] for each in RECORDS}
    return kept[source][kind]


def judge(desk: Desk, form: Form, extractor: str) -> Judged:
    """What can be said of the table as it is typed."""
    source = form.sheet.above.get(FIXED, "").strip()
    own = own_records(desk, form.laid.kind, source, extractor)
    return judged(form.laid, form.sheet, offered(desk), desk.known(), settings(desk), own)


def above_fields(form: Form, desk: Desk) -> list[Field]:
    """The inputs above the table."""
    known = widgets(form.laid.model)
    return [_field(form, desk, known[name], f"c-{name}", form.sheet.above) for name in form.laid.above]


def grid_columns(form: Form, desk: Desk) -> list[Column]:
    """The columns of the table."""
    known = widgets(form.laid.model)
    rows = len(form.sheet.rows)
    made = [_column(form, desk, known[name], rows) for name in form.laid.beside]
    for number in range(1, form.columns + 1):
        held = known[form.laid.value]
        head = form.sheet.heads.get(number, {})
        heads = tuple(_field(form, desk, known[name], f"head-{number}-{name}", head) for name in form.laid.heads)
        options = _options(held, form, desk, {})
        made.append(Column(f"v{number}", f"{held.label}, column {number}", "text", held.printed, options, heads=heads, number=number))  # fmt: skip
    return made


def _column(form: Form, desk: Desk, widget: Widget, rows: int) -> Column:
    options = _options(widget, form, desk, form.sheet.above)
    long = options is not None and (len(options) > LISTED_OPTIONS or len(options) * rows > LISTED_IN_ALL)
    listed = f"list-{widget.name}" if long and widget.entity else ""
    size = "long" if widget.control == "long" or (form.laid.printed and widget.name == "row") else "listed" if options and not listed else "short" if widget.printed else "text"  # fmt: skip
    label = "Heading of the row" if form.laid.printed and widget.name == "row" else widget.label
    return Column(widget.name, label, size, widget.printed, options, listed, widget.unit)


def _field(form: Form, desk: Desk, widget: Widget, name: str, cells: Mapping[str, str]) -> Field:
    return Field(widget, name, cells.get(widget.name, ""), _options(widget, form, desk, {**form.sheet.above, **cells}))


def _options(widget: Widget, form: Form, desk: Desk, cells: Mapping[str, str]) -> dict[str, str] | None:
    if widget.control == "choice":
        return {code: code.replace("_", " ") for code in widget.options}
    if widget.control != "reference":
        return None
    over = cells.get(widget.within, "").strip() if widget.within else ""
    if widget.within and not over and form.laid.place(widget.within) == ABOVE:
        over = form.sheet.above.get(widget.within, "").strip()
    rows = [(parts, name) for parts, name in offered(desk).get(widget.entity or "", ()) if not over or parts[0] == over]
    return {parts[-1]: name or parts[-1] for parts, name in rows}


def listed(form: Form, marks: Mapping[str, list[Mark]]) -> list[Found]:
    """What is said of the table, what cannot be read first, each in the order of the table."""
    order = _order(form)
    found = [Found(name, order.get(name, (0, name))[1], each) for name, some in marks.items() for each in some]
    return sorted(found, key=lambda one: (GRAVEST.index(one.mark.kind), order.get(one.name, (0, ""))[0]))


def _order(form: Form) -> dict[str, tuple[int, str]]:
    known = widgets(form.laid.model)
    names: list[tuple[str, str]] = [(f"c-{name}", known[name].label) for name in (FIXED, *form.laid.above)]
    names += [(f"head-{at}-{name}", f"Column {at}, {known[name].label}") for at in form.sheet.heads for name in form.laid.heads]  # fmt: skip
    beside = [(name, known[name].label) for name in form.laid.beside]
    beside += [
        (f"v{at}", (form.sheet.heads[at].get("column") or "").strip() or f"column {at}") for at in form.sheet.heads
    ]
    for number, (row, cells) in enumerate(form.sheet.rows.items(), 1):
        heading = cells.get("row", "").strip() if form.laid.printed else ""
        where = f"Row {number}{f' ({heading})' if heading else ''}"
        names += [(f"cell-{row}-{name}", f"{where}, {label}") for name, label in beside]
    return {name: (at, where) for at, (name, where) in enumerate(names)}


def marks_shown(marks: Mapping[str, Iterable[Mark]]) -> dict[str, str]:
    """A short mark of what is said of each input."""
    return {name: hashlib.blake2s(repr(list(some)).encode("utf-8", "surrogatepass"), digest_size=4).hexdigest() for name, some in marks.items()}  # fmt: skip


def shown_in(posted: FormData) -> dict[str, str]:
    """The same as the page has it now."""
    try:
        found = json.loads(text_in(posted, "shown"))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: str(mark) for name, mark in found.items() if _CELL.match(name) or _HEADING.match(name) or re.fullmatch(r"c-[a-z0-9_]{1,40}", name)}  # fmt: skip


def _number(text: str, otherwise: int) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else otherwise


PLACES = {"": "not shown", ABOVE: "above, once for all", HEAD: "in the heads of the columns", BESIDE: "in every row"}
"""Where a field may stand, in words."""
