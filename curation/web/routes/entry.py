"""New records, one at a time, the text of their source beside them; and what is said while somebody types."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from curation.entry.form import form as form_of_kind
from curation.entry.live import Live
from curation.entry.rows import read_rows, verbatim
from curation.web.desk import Desk
from curation.web.guard import Extracting, Form, TheDesk
from curation.web.pages import href, note, render, went
from curation.web.people import Person
from curation.web.typing_in import (
    MOST_ADDRESS,
    PREFIX,
    Cells,
    Draft,
    asked,
    carried,
    judged,
    offered,
    pane_of,
    plain,
    sheet,
    text_in,
    typed_in,
)
from schemas.identity import PLACE, key_fields
from schemas.kinds.base import Record
from schemas.registry import KINDS, RECORDS
from store.errors import StoreError
from store.review import Review

router = APIRouter(include_in_schema=False)
NEXT_ONE = ("outcome", "row")
"""What differs from one record of a table to the next."""
AMISS = {"error": "a contradiction", "warning": "something to explain", "note": "something worth a look"}
"""What a rule has to say of a record, by severity."""
TOO_LONG = "what is typed here is too long to be taken along; save the record first, or add the new one in another window"  # fmt: skip


@router.get("/enter")
def enter(request: Request, desk: TheDesk, person: Extracting, source: str = "", kind: str = "", saved: str = "") -> Response:  # fmt: skip
    """Choose a source and a kind, then type a record."""
    sources = {parts[0]: name for parts, name in offered(desk)["source"]}
    trouble = _trouble(desk, person, source, kind, sources)
    if trouble or not (source and kind):
        return _choose(request, desk, person, trouble, source=source, kind=kind)
    cells = {**_defaults(RECORDS[kind]), **asked(RECORDS[kind], request.query_params), "source": source}
    done = desk.review.row(kind, saved, person.name) if saved else None
    return _page(request, desk, Draft(kind, cells), Live(), saved=done)


@router.post("/enter")
def save(request: Request, desk: TheDesk, person: Extracting, form: Form) -> Response:
    """Save a record, and on to the next one of the same table."""
    kind = text_in(form, "kind")
    if kind not in RECORDS:
        raise StoreError(f"{kind!r} is not a kind of record; the kinds are {', '.join(RECORDS)}")
    draft = _new(kind, form)
    if field := text_in(form, "go"):
        return _aside(request, desk, draft, field)
    source = draft.cells["source"].strip()
    if (why := desk.sight(person).why_not_extract(source)) is not None:
        return _page(request, desk, draft, judged(desk, draft, person.name), status=403, refused=f"Not saved: {why}.")
    said = judged(desk, draft, person.name)
    if said.problems:
        return _page(request, desk, draft, said, status=422)
    try:
        key, sentence = _added(desk, draft, person)
    except StoreError as problem:
        return _page(request, desk, draft, said, status=422, refused=f"Not saved: {problem}.")
    if sentence:
        return _page(request, desk, draft, said, status=422, refused=sentence)
    if said.remarks:
        note(request, f"Saved, with {AMISS[said.remarks[0].severity]}: {said.remarks[0].sentence}", said.remarks[0].severity)  # fmt: skip
    kept = carried(draft.cells, _kept(RECORDS[kind]))
    first = next(each.name for group in form_of_kind(RECORDS[kind]) for each in group.fields if each.name in NEXT_ONE)
    return went(f"{href('/enter', source=source, kind=kind, saved=key, **_short(kept))}#f-{PREFIX}{first}")


@router.post("/enter/check")
def check(request: Request, desk: TheDesk, person: Extracting, form: Form) -> Response:
    """What is to be said of the fields as they are now: the parts of the page that differ from what is shown."""
    draft = draft_of(desk.review, form, person)
    pane = pane_of(desk, draft.cells.get("source", "").strip(), draft.cells.get("quote", "")) if draft.kind in RECORDS else None  # fmt: skip
    now = sheet(desk, draft, judged(desk, draft, person.name), pane)
    shown = _shown(text_in(form, "shown"))
    differs = {name for name, mark in now.marks.items() if shown.get(name) != mark}
    return render(request, "enter_check_part.html.j2", sheet=now, pane=pane, differs=differs, prefix=PREFIX, beside=draft.kind in RECORDS)  # fmt: skip


def draft_of(review: Review, form: FormData, person: Person) -> Draft:
    """What a form holds: a new row, or changes of one; a record is always the person's own."""
    kind, key = text_in(form, "kind"), text_in(form, "id")
    if kind not in KINDS:
        raise StoreError(f"{kind!r} is not a kind of record; the kinds are {', '.join(KINDS)}")
    row = review.row(kind, key, person.name if kind in RECORDS else None) if key else None
    if row is None:
        return _new(kind, form)
    typed = typed_in(KINDS[kind], form)
    was = plain(row.cells)
    from_form = {name for name in typed if PREFIX + name in form}
    several = {each.name for each in KINDS[kind].fields() if each.several}
    cells = {name: text if name in from_form or name in several else was[name] for name, text in typed.items()}
    return Draft(kind, cells, key, was)


def aside_to(draft: Draft, field: str, back: str) -> str | None:
    """The address at which something new is made for a field, and which comes back; None where the way is too long."""
    facts = next((each for each in KINDS[draft.kind].fields() if each.name == field and each.refers_to), None)
    if facts is None:
        raise StoreError(f"a {draft.kind} has no field {field!r} that names something; go back and try again")
    over = key_fields(KINDS[facts.refers_to or ""])[:-1]
    address = href("/entity", kind=facts.refers_to, field=field, back=back, **carried(draft.cells, over))
    return address if len(address) <= MOST_ADDRESS else None


def _aside(request: Request, desk: Desk, draft: Draft, field: str) -> Response:
    back = href("/enter", source=draft.cells["source"].strip(), kind=draft.kind, **carried(draft.cells))
    address = aside_to(draft, field, back)
    return went(address) if address else _page(request, desk, draft, Live(), status=422, refused=TOO_LONG)


def _new(kind: str, form: FormData) -> Draft:
    """A new row as typed. Fields that a whole cell fills in, and that the form only shows at their default, are left to it."""
    model = KINDS[kind]
    typed = typed_in(model, form)
    implied = model.implied if issubclass(model, Record) else ()
    untouched = {each.name: "" for each in model.fields() if each.name in implied and typed[each.name] == each.default}
    return Draft(kind, typed | untouched)


def _added(desk: Desk, draft: Draft, person: Person) -> tuple[str, str]:
    """The key of the record that was added; or a sentence where the same is there already."""
    table = read_rows(draft.kind, [draft.cells], desk.known()).table
    if table is None or not len(table):
        return "", "Not saved: nothing is typed yet."
    row = verbatim(table)[0]
    own = bool(draft.cells["record"].strip())
    there = None if own else desk.review.row(draft.kind, row["record"] or "", person.name)
    if there is not None and not there.retired and there.cells == row:
        return "", f"Not saved: you have entered exactly this already, as {there.record_key}."
    given = {name: text for name, text in row.items() if own or name != "record"}
    added = desk.review.add(draft.kind, [given], who=person.name, why="typed in")
    return added.keys[0], ""


def _kept(model: type[Record]) -> list[str]:
    """The fields that stay for the next record of the same table."""
    names = [name for name in (*key_fields(model), *PLACE, "decimal_mark") if name not in (*NEXT_ONE, "source")]
    return [each.name for each in model.fields() if each.name in names]


def _short(kept: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in kept.items() if len(text) <= 200}


def _defaults(model: type[Record]) -> Cells:
    return {each.name: each.default or "" for each in model.fields()}


def _trouble(desk: Desk, person: Person, source: str, kind: str, sources: dict[str, str]) -> str:
    if kind and kind not in RECORDS:
        return f"{kind!r} is not a kind of record; choose one from the list."
    if source and source not in sources:
        return f"The review has no source {source!r}; choose one from the list, or add it."
    why = desk.sight(person).why_not_extract(source) if source else None
    return f"Nothing can be entered from {source}: {why}." if why else ""


def _choose(request: Request, desk: Desk, person: Person, trouble: str, **chosen: str) -> Response:
    sight = desk.sight(person)
    sources = {
        parts[0]: f"{name} ({parts[0]})"
        for parts, name in offered(desk)["source"]
        if sight.why_not_extract(parts[0]) is None
    }
    words: list[tuple[str, str]] = [("error", trouble)] if trouble else []
    return render(
        request, "enter.html.j2", status=422 if trouble else 200, flash=words, sheet=None, sources=sources,
        kinds={kind: model.label_plural for kind, model in RECORDS.items()}, **chosen,
    )  # fmt: skip


def _page(
    request: Request, desk: Desk, draft: Draft, said: Live, *, status: int = 200, refused: str = "", **more: Any  # noqa: ANN401 - for the template
) -> Response:  # fmt: skip
    source = draft.cells["source"].strip()
    pane = pane_of(desk, source, draft.cells.get("quote", ""))
    words = [("error", refused)] if refused else []
    if status == 422 and not refused:
        words = [("error", "Not saved yet: some fields hold what cannot be read. What is wrong is said below them.")]
    return render(
        request, "enter.html.j2", status=status, flash=words, sheet=sheet(desk, draft, said, pane), pane=pane,
        prefix=PREFIX, source=source, kind=draft.kind, model=draft.model,
        title={parts[0]: name for parts, name in offered(desk)["source"]}.get(source, source),
        **{"saved": None, **more},
    )  # fmt: skip


def _shown(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
