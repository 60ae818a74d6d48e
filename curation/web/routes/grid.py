"""Many records at once: one per row, or as the table is published; typed or pasted, saved all or none."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from curation.entry.rows import verbatim
from curation.entry.table_layout import HEAD, PRINTED, ROWS, Judged, Mark, input_name, values, widgets
from curation.report.wording import amount
from curation.web import grid_form
from curation.web.desk import Desk
from curation.web.grid_form import Form as Table
from curation.web.guard import Extracting, Form, TheDesk
from curation.web.pages import href, note, render, went
from curation.web.people import Person
from curation.web.routes.tables import anchor_of
from curation.web.typing_in import asked, offered, text_in
from schemas.registry import RECORDS
from store.errors import StoreError

router = APIRouter(include_in_schema=False)


@router.get("/grid")
def grid(request: Request, desk: TheDesk, person: Extracting, source: str = "", kind: str = "", layout: str = ROWS) -> Response:  # fmt: skip
    """Choose a source, a kind and a layout, then type a table."""
    trouble = _trouble(desk, person, source, kind, layout)
    if trouble or not (source and kind):
        return _choose(request, desk, person, trouble, source=source, kind=kind, layout=layout)
    given = asked(RECORDS[kind], request.query_params)
    table = grid_form.new_form(kind, printed=layout == PRINTED, source=source, above=given)
    return _page(request, desk, table)


@router.post("/grid")
def save(request: Request, desk: TheDesk, person: Extracting, form: Form) -> Response:
    """Save the whole table, or lay it out anew."""
    kind = text_in(form, "kind")
    if kind not in RECORDS:
        raise StoreError(f"{kind!r} is not a kind of record; the kinds are {', '.join(RECORDS)}")
    go = text_in(form, "go")
    table = grid_form.form_in(form, kind, anew=go == "columns")
    if go:
        return _laid_out(request, desk, person, table, go, form)
    table = grid_form.recognised(table, desk)
    said = grid_form.judge(desk, table, person.name)
    if refused := _why_not(desk, person, table, said):
        return _page(request, desk, table, said, status=refused[0], refused=refused[1])
    try:
        number = _added(desk, table, said, person)
    except StoreError as problem:
        return _page(request, desk, table, grid_form.judge(desk, table, person.name), status=422, refused=f"Not saved, and nothing is lost: {problem}.")  # fmt: skip
    return _saved(request, person, table, said, number)


@router.post("/grid/check")
def check(request: Request, desk: TheDesk, person: Extracting, form: Form) -> Response:
    """What is to be said of the table as it is now: only what differs from what is shown."""
    kind = text_in(form, "kind")
    if kind not in RECORDS:
        raise StoreError(f"{kind!r} is not a kind of record; the kinds are {', '.join(RECORDS)}")
    table = grid_form.form_in(form, kind)
    said = grid_form.judge(desk, table, person.name)
    before, marks = grid_form.shown_in(form), _marks(table, said, desk)
    now = grid_form.marks_shown(marks)
    differs = sorted(name for name in {*before, *now} if before.get(name, "") != now.get(name, ""))
    gone = {name: "" for name in before if name not in now}
    return render(
        request, "grid_check_part.html.j2", marks=marks, differs=differs, before=before,
        shown=json.dumps({**now, **gone}), **_list(table, said, marks),
    )  # fmt: skip


def _why_not(desk: Desk, person: Person, table: Table, said: Judged) -> tuple[int, str] | None:
    """Why nothing is saved: the status of the answer, and a sentence."""
    source = table.sheet.above.get("source", "").strip()
    if (why := desk.sight(person).why_not_extract(source)) is not None:
        return 403, f"Not saved: {why}."
    if (rows := len(table.sheet.rows)) > grid_form.MOST_ROWS:
        return 422, f"Not saved: the table has {rows} rows, and at most {grid_form.MOST_ROWS} are saved at a time; save it in parts."  # fmt: skip
    if not said.records:
        return 422, "Not saved: nothing is typed yet."
    if said.refused:
        return 422, "Not saved yet, and nothing is lost: some cells cannot be taken in. They are marked, and listed below the table."  # fmt: skip
    return None


def _laid_out(request: Request, desk: Desk, person: Person, table: Table, go: str, form: FormData) -> Response:
    flash: list[tuple[str, str]] = []
    if go == "columns" and text_in(form, "was") == PRINTED and not table.laid.printed:
        table = grid_form.as_rows(grid_form.form_in(form, table.laid.kind), desk)
    elif go == "rows":
        table = grid_form.more_rows(table, grid_form.MORE_ROWS)
    elif go == "column":
        table = grid_form.more_columns(table)
    elif go == "paste":
        table, sentence = grid_form.paste(table, text_in(form, "pasted"))
        flash.append(("warning" if sentence.startswith("Nothing") else "done", sentence))
    if table.carried:
        flash.append(("note", f"{amount(len(table.carried), 'cell')} that you typed {'belongs' if len(table.carried) == 1 else 'belong'} to what is not shown now. {'It is' if len(table.carried) == 1 else 'They are'} kept while this page is open, and not saved."))  # fmt: skip
    table = grid_form.recognised(table, desk)
    return _page(request, desk, table, grid_form.judge(desk, table, person.name), flash=flash)


def _added(desk: Desk, table: Table, said: Judged, person: Person) -> int:
    """Add the records under the ids that an intake would give them; where one was retired, under a new one."""
    rows = verbatim(said.typed.good)
    given = [said.records[at] for at in said.typed.indices]
    defaults = {name: one.default for name, one in widgets(table.laid.model).items() if one.default}
    tidy = [
        {name: text for name, text in row.items() if text != defaults.get(name, "") or (typed.get(name) or "").strip()}
        for row, typed in zip(rows, given, strict=True)
    ]
    why = "typed in a table"
    try:
        return len(desk.review.add(table.laid.kind, tidy, who=person.name, why=why).keys)
    except StoreError as problem:
        if "was retired" not in str(problem):
            raise
    fresh = [{**row, "record": typed.get("record") or None} for row, typed in zip(tidy, given, strict=True)]
    return len(desk.review.add(table.laid.kind, fresh, who=person.name, why=why).keys)


def _saved(request: Request, person: Person, table: Table, said: Judged, number: int) -> Response:
    source = table.sheet.above.get("source", "").strip()
    wrong = sum(each.kind == "error" for some in said.marks.values() for each in some)
    words = f"{amount(number, table.laid.kind)} {'is' if number == 1 else 'are'} saved."
    note(request, f"{words} {amount(wrong, 'contradiction')} {'was' if wrong == 1 else 'were'} found on the way; {'it is' if wrong == 1 else 'they are'} marked below." if wrong else words)  # fmt: skip
    sections = [row["section"] or (f"page {row['page']}" if row["page"] else "Place not given") for row in verbatim(said.typed.good.slice(0, 1))]  # fmt: skip
    return went(f"{href('/table', source=source, by=person.name)}#{anchor_of(sections[0])}")


def _marks(table: Table, said: Judged, desk: Desk) -> dict[str, list[Mark]]:
    """The marks of the cells, and beside a blank outcome the one that the heading of its row names."""
    marks = {name: list(some) for name, some in said.marks.items()}
    if table.laid.printed and table.laid.place("outcome"):
        labels = {parts[-1]: label for parts, label in offered(desk)["outcome"]}
        for spot, cells in zip(said.spots, said.records, strict=True):
            name = input_name(table.laid, spot, "outcome")
            if cells.get("outcome") and not table.sheet.rows[spot.row].get("outcome") and name not in marks:
                marks[name] = [Mark("note", f"Taken as {labels.get(cells['outcome'], cells['outcome'])}, as the row says.")]  # fmt: skip
    return marks


def _list(table: Table, said: Judged, marks: dict[str, list[Mark]]) -> dict[str, Any]:
    found = grid_form.listed(table, marks)
    counted = {kind: sum(each.mark.kind == kind for each in found) for kind in grid_form.GRAVEST}
    words = [amount(counted["malformed"], "cell") + " not accepted"] if counted["malformed"] else []
    words += [amount(counted[kind], kind) for kind in ("error", "warning", "note") if counted[kind]]
    filled = amount(len(said.records), "record")
    first, most = grid_form.SHOWN_FIRST, grid_form.SHOWN_FIRST + grid_form.MOST_REST
    return {"found": found[:first], "rest": found[first:most], "left_out": max(0, len(found) - most), "tally": f"{filled} typed: {', '.join(words)}." if words else f"{filled} typed; nothing to remark."}  # fmt: skip


def _page(
    request: Request, desk: Desk, table: Table, said: Judged | None = None, *, status: int = 200, refused: str = "",
    flash: list[tuple[str, str]] | None = None,
) -> Response:  # fmt: skip
    source = table.sheet.above.get("source", "").strip()
    marks = _marks(table, said, desk) if said else {}
    known = widgets(table.laid.model)
    titles = {parts[0]: name for parts, name in offered(desk)["source"]}
    places = {key: text for key, text in grid_form.PLACES.items() if table.laid.printed or key != HEAD}
    fixed = ("source", "row", "column", table.laid.value) if table.laid.printed else ("source",)
    tally = _list(table, said, marks) if said else {"found": [], "rest": [], "left_out": 0, "tally": ""}
    return render(
        request, "grid.html.j2", status=status, flash=[*(flash or []), *([("error", refused)] if refused else [])],
        table=table, source=source, title=titles.get(source, source), kind=table.laid.kind, model=table.laid.model,
        above=grid_form.above_fields(table, desk), columns=grid_form.grid_columns(table, desk), marks=marks,
        shown=json.dumps(grid_form.marks_shown(marks)), places=places,
        choosable=[(one, table.laid.place(name)) for name, one in known.items() if name not in fixed],
        values=[known[name] for name in values(table.laid.model)], most_columns=grid_form.MOST_COLUMNS, **tally,
    )  # fmt: skip


def _trouble(desk: Desk, person: Person, source: str, kind: str, layout: str) -> str:
    if kind and kind not in RECORDS:
        return f"{kind!r} is not a kind of record; choose one from the list."
    if layout not in (ROWS, PRINTED):
        return f"{layout!r} is not a layout; choose one from the list."
    if source and source not in {parts[0] for parts, _ in offered(desk)["source"]}:
        return f"The review has no source {source!r}; choose one from the list, or add it."
    why = desk.sight(person).why_not_extract(source) if source else None
    return f"Nothing can be entered from {source}: {why}." if why else ""


def _choose(request: Request, desk: Desk, person: Person, trouble: str, **chosen: str) -> Response:
    sight = desk.sight(person)
    sources = {parts[0]: name or parts[0] for parts, name in offered(desk)["source"] if sight.why_not_extract(parts[0]) is None}  # fmt: skip
    return render(
        request, "grid.html.j2", status=422 if trouble else 200, flash=[("error", trouble)] if trouble else [],
        table=None, sources=sources, kinds={kind: model.label_plural for kind, model in RECORDS.items()}, **chosen,
    )  # fmt: skip
