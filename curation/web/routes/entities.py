"""Sources, studies, arms, outcomes and settings: the lists, and one of them to add or to correct."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from curation.entry.live import Live
from curation.entry.rows import read_rows, verbatim
from curation.web import told
from curation.web.desk import Desk
from curation.web.guard import Extracting, Form, Looking, TheDesk
from curation.web.pages import href, local, note, render, went
from curation.web.people import Person
from curation.web.routes.entry import TOO_LONG, aside_to, draft_of
from curation.web.routes.records import told_all
from curation.web.typing_in import PREFIX, Draft, asked, carried, judged, plain, sheet, text_in
from curation.web.versions import conflict
from schemas.identity import key_fields
from schemas.kinds.base import Declared
from schemas.kinds.entities import ENTITIES
from schemas.registry import KINDS
from store.errors import ChangedMeanwhile, StoreError
from store.rows import Row

router = APIRouter(include_in_schema=False)
SHARED: dict[str, type[Declared]] = {model.kind: model for model in ENTITIES}
"""The kinds that belong to nobody, with their models."""
SIZE = 50
"""Rows of a page."""
CORRECTION = "correction"


@router.get("/entities")
def entities(
    request: Request, desk: TheDesk, person: Looking, kind: str = "source", search: str = "", page: str = "1"
) -> Response:
    """A page of the sources, studies, arms, outcomes or settings."""
    model = _model(kind)
    number = int(page) if page.isdecimal() and int(page[:9]) > 0 and len(page) < 10 else 1
    found = desk.review.rows(kind, offset=(number - 1) * SIZE, limit=SIZE, search=search[:200] or None)
    pages = max(1, -(-found.total // SIZE))
    if number > pages:
        return went(href("/entities", kind=kind, search=search[:200], page=pages))
    own = key_fields(model)
    columns = [*own, *(each.name for each in model.fields() if each.name not in own and (each.required or each.codes))]
    labels = told.labels(kind)
    return render(
        request, "entities.html.j2", kind=kind, model=model, page=number, pages=pages, total=found.total,
        search=search[:200], kinds={name: each.label_plural.capitalize() for name, each in SHARED.items()},
        columns=[labels[name] for name in columns], rows=[_listed(each, columns, own[-1]) for each in found.rows],
        may=person.may("extract"),
    )  # fmt: skip


def _listed(row: Row, columns: list[str], own: str) -> list[object]:
    address = href("/entity", kind=row.kind, id=row.record_key)
    linked: object = {"text": row.cells[own], "href": address}
    return [linked, *(row.cells[name] for name in columns if name != own)]


@router.get("/entity")
def entity(
    request: Request, desk: TheDesk, person: Looking, kind: str = "", id: str = "", back: str = "", field: str = ""
) -> Response:
    """One of them, or a form for a new one."""
    model = _model(kind)
    if not id:
        if not person.may("extract"):
            raise HTTPException(404)
        cells = {each.name: each.default or "" for each in model.fields()} | asked(model, request.query_params)
        return _page(request, desk, person, Draft(kind, cells), None, said=Live(), back=back, field=field)
    row = _there(desk, kind, id)
    typed = asked(model, request.query_params)
    given = request.query_params.get("seen", "")
    seen = int(given) if typed and given.isdecimal() and len(given) < 10 else row.revision
    draft = Draft(kind, {**plain(row.cells), **typed}, id, plain(row.cells))
    return _page(request, desk, person, draft, row, seen=seen, back=back, field=field)


@router.post("/entity")
def save(request: Request, desk: TheDesk, person: Extracting, form: Form) -> Response:
    """Add one, or save what was changed of one; then back to the form from which somebody came."""
    kind, key = text_in(form, "kind"), text_in(form, "id")
    _model(kind)
    row = _there(desk, kind, key) if key else None
    draft = draft_of(desk.review, form, person)
    given = text_in(form, "seen")
    back, field = text_in(form, "back"), text_in(form, "field")
    seen = int(given) if given.isdecimal() and len(given) < 10 else 0
    if go := text_in(form, "go"):
        typed = carried(draft.changes() if key else draft.cells)
        address = aside_to(
            draft, go, href("/entity", kind=kind, id=key, seen=seen or None, back=back, field=field, **typed)
        )
        return went(address) if address else _page(request, desk, person, draft, row, seen=seen, status=422, refused=TOO_LONG, back=back, field=field)  # fmt: skip
    said = judged(desk, draft, person.name)
    if said.problems:
        return _page(request, desk, person, draft, row, seen=seen, status=422, said=said, back=back, field=field)
    try:
        made = _changed(desk, draft, person, seen, text_in(form, "reason")) if row else _added(desk, draft, person)
    except ChangedMeanwhile:
        now = _there(desk, kind, key)
        before = desk.review.row(kind, key, as_of=seen) if 0 < seen < now.revision else None
        return conflict(request, desk, form, now, before, back=href("/entity", kind=kind, id=key))
    except StoreError as problem:
        return _page(request, desk, person, draft, row, seen=seen, status=422, said=said, refused=f"Not saved: {problem}.", back=back, field=field)  # fmt: skip
    note(request, f"The {kind} {made} is saved." if made else "Nothing was changed, so nothing was saved.")
    if back:
        return went(_returned(local(back), kind, draft.becoming(), field))
    return went(href("/entity", kind=kind, id=made or key))


@router.get("/entity/history")
def history(request: Request, desk: TheDesk, _: Looking, kind: str = "", id: str = "") -> Response:
    """Every change of one of them."""
    _model(kind)
    _there(desk, kind, id)
    entries = [each for each in desk.review.history(id) if each.kind == kind]
    return render(
        request, "history.html.j2", title=f"{kind} {id}", lede="What was changed, by whom and why.",
        back=(f"The {kind}", href("/entity", kind=kind, id=id)), entries=told_all(entries), decisions=[],
    )  # fmt: skip


def _model(kind: str) -> type[Declared]:
    if kind not in SHARED:
        raise StoreError(f"{kind!r} is none of {', '.join(SHARED)}; choose one of them")
    return SHARED[kind]


def _there(desk: Desk, kind: str, key: str) -> Row:
    row = desk.review.row(kind, key)
    if row is None:
        raise HTTPException(404)
    return row


def _added(desk: Desk, draft: Draft, person: Person) -> str:
    table = read_rows(draft.kind, [draft.cells], desk.known()).table
    if table is None or not len(table):
        raise StoreError("nothing is typed yet")
    return desk.review.add(draft.kind, verbatim(table), who=person.name, why="typed in").keys[0]


def _changed(desk: Desk, draft: Draft, person: Person, seen: int, reason: str) -> str:
    table = read_rows(draft.kind, [draft.becoming()], desk.known()).table
    row = verbatim(table)[0] if table is not None and len(table) else {}
    changes = {name: row.get(name) for name in draft.changes()}
    done = desk.review.revise(draft.kind, draft.key, changes, who=person.name, why=reason or CORRECTION, seen=seen)
    return draft.key if done else ""


def _returned(back: str, kind: str, cells: dict[str, str], field: str) -> str:
    """The address of the form, with the new id in the field for which it was made."""
    own = key_fields(KINDS[kind])
    parts = urlsplit(back)
    asked_for = dict(parse_qsl(parts.query))
    asked_for |= {PREFIX + name: cells[name].strip() for name in own[:-1]}
    asked_for[PREFIX + (field if field.isidentifier() else own[-1])] = cells[own[-1]].strip()
    return href(parts.path, **asked_for)


def _page(
    request: Request, desk: Desk, person: Person, draft: Draft, row: Row | None, *, back: str, field: str,
    seen: int = 0, said: Live | None = None, status: int = 200, refused: str = "",
) -> Response:  # fmt: skip
    said = judged(desk, draft, person.name) if said is None else said
    words = [("error", refused)] if refused else []
    if status == 422 and not refused:
        words = [("error", "Not saved yet: some fields hold what cannot be read. What is wrong is said below them.")]
    name = draft.cells.get("label") or draft.cells.get("title") or draft.key
    return render(
        request, "entity.html.j2", status=status, flash=words, kind=draft.kind, model=draft.model, row=row, seen=seen,
        sheet=sheet(desk, draft, said), prefix=PREFIX, back=local(back) if back else "", field=field,
        title=f"{draft.kind.capitalize()} {name}" if row else f"Add {'an' if draft.kind[0] in 'aeiou' else 'a'} {draft.kind}",
        saved=told.last(desk, row) if row else None, reason=CORRECTION,
        locked="" if person.may("extract") and not (row and row.retired) else "it is retired" if row and row.retired else f"{person.role}s change nothing here",
    )  # fmt: skip
