"""One record: to look at, to correct, to take back, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from curation.engine.findings import Finding
from curation.entry.live import Live, row_rules
from curation.entry.rows import read_rows, verbatim
from curation.web import told
from curation.web.blinding import Sight
from curation.web.desk import Desk
from curation.web.guard import Extracting, Form, Looking, TheDesk
from curation.web.pages import href, note, render, went
from curation.web.people import Person
from curation.web.routes.entry import TOO_LONG, aside_to, draft_of
from curation.web.seen_findings import seen_about
from curation.web.typing_in import (
    PREFIX,
    Draft,
    asked,
    carried,
    judged,
    pane_of,
    plain,
    sheet,
    text_in,
)
from curation.web.versions import conflict
from schemas.registry import KINDS, RECORDS
from store.consensus import CONSENSUS
from store.errors import ChangedMeanwhile, StoreError
from store.history import HistoryEntry
from store.queries import Query
from store.rows import Row

router = APIRouter(include_in_schema=False)
CORRECTION = "correction"
"""Why a record was changed, where nobody says."""
DONE = {"retire": "Retired", "revise": "Changed", "add": "Entered", "intake": "Taken in from files"}
"""What happened to a row, in words."""


@router.get("/record")
def record(request: Request, desk: TheDesk, person: Looking, kind: str = "", by: str = "", id: str = "") -> Response:
    """One record: a form for whose it is, words for everybody else who may see it."""
    row = _seen(desk, person, kind, by, id)
    typed = asked(RECORDS[kind], request.query_params) if _locked(desk.sight(person), row) is None else {}
    draft = Draft(kind, {**plain(row.cells), **typed}, row.record_key, plain(row.cells))
    given = request.query_params.get("seen", "")
    seen = int(given) if typed and given.isdecimal() and len(given) < 10 else row.revision
    return _page(request, desk, person, row, draft, seen=seen)


@router.post("/record")
def save(request: Request, desk: TheDesk, person: Extracting, form: Form) -> Response:
    """Save what was changed; refused where somebody else saved meanwhile, with both versions side by side."""
    kind, key = text_in(form, "kind"), text_in(form, "id")
    row = _own(desk, person, kind, text_in(form, "by"), key)
    draft, seen = draft_of(desk.review, form, person), _seen_at(form)
    if field := text_in(form, "go"):
        return _aside(request, desk, person, row, draft, field, seen)
    if seen != row.revision:
        return _conflict(request, desk, form, row, seen)
    why = _locked(desk.sight(person), row) or _elsewhere(desk.sight(person), row, draft)
    if why is not None:
        return _page(request, desk, person, row, draft, seen=seen, status=403, refused=f"Not saved: {why}.")
    return _written(request, desk, person, row, draft, form)


def _written(request: Request, desk: Desk, person: Person, row: Row, draft: Draft, form: FormData) -> Response:
    said = judged(desk, draft, person.name)
    if said.problems:
        return _page(request, desk, person, row, draft, seen=row.revision, status=422, said=said)
    try:
        done = desk.review.revise(
            row.kind, row.record_key, _changes(desk, draft), who=person.name, why=text_in(form, "reason") or CORRECTION,
            extractor=person.name, seen=row.revision,
        )  # fmt: skip
    except ChangedMeanwhile:
        now = _own(desk, person, row.kind, person.name, row.record_key)
        return _conflict(request, desk, form, now, row.revision)
    except StoreError as problem:
        return _page(request, desk, person, row, draft, seen=row.revision, status=422, said=said, refused=f"Not saved: {problem}.")  # fmt: skip
    note(request, "Saved." if done else "Nothing was changed, so nothing was saved.", "done" if done else "note")
    return went(href("/record", kind=row.kind, by=person.name, id=row.record_key))


@router.post("/record/retire")
def retire(request: Request, desk: TheDesk, person: Extracting, form: Form) -> Response:
    """Take a record back; its history stays."""
    kind, key, seen, reason = text_in(form, "kind"), text_in(form, "id"), _seen_at(form), text_in(form, "reason")
    row = _own(desk, person, kind, text_in(form, "by"), key)
    draft = Draft(kind, plain(row.cells), key, plain(row.cells))
    why = _locked(desk.sight(person), row)
    if why is not None or not reason:
        sentence = f"Not retired: {why}." if why is not None else "Not retired: say why the record is taken back."
        return _page(request, desk, person, row, draft, seen=seen, status=403 if why else 422, refused=sentence)
    desk.review.retire(kind, key, who=person.name, why=reason, extractor=person.name, seen=seen)
    note(request, f"The record {key} is retired; its history stays.")
    return went(href("/record", kind=kind, by=person.name, id=key))


@router.get("/record/history")
def history(request: Request, desk: TheDesk, person: Looking, kind: str = "", by: str = "", id: str = "") -> Response:
    """Every change of a record: what was and what became of it, who, when and why."""
    row = _seen(desk, person, kind, by, id)
    entries = [each for each in desk.review.history(id) if each.kind == kind and each.extractor == by]
    sight = desk.sight(person)
    sources = {text for each in entries for text in each.changed.get("source", ()) if text}
    if not all(sight.sees(each, by) for each in sources):
        raise HTTPException(404)
    decisions = []
    if sight.open(row.cells["source"] or ""):
        decisions = [each for each in desk.review.adjudications() if each.kind == kind and ((by, id) in each.keys or (by == CONSENSUS and each.record_key == id))]  # fmt: skip
    return render(
        request, "history.html.j2", title=f"{kind} {id}",
        back=("The record", href("/record", kind=kind, by=by, id=id)),
        lede=f"As {'settled' if by == CONSENSUS else f'extracted by {by}'}, from {row.cells['source']}.",
        entries=told_all(entries), decisions=[_decided(each) for each in reversed(decisions)],
    )  # fmt: skip


def told_all(entries: list[HistoryEntry]) -> list[dict[str, Any]]:
    """The changes of a row for a timeline, newest first."""
    return [_told(each) for each in reversed(entries)]


def _told(entry: HistoryEntry) -> dict[str, Any]:
    labels = told.labels(entry.kind)
    return {
        "when": told.moment(entry.at), "who": entry.who, "why": entry.why,
        "what": DONE.get(entry.action, entry.action.capitalize()),
        "changes": [(labels.get(name, name), old, new) for name, (old, new) in entry.changed.items()],
    }  # fmt: skip


def _decided(one: Any) -> dict[str, Any]:  # noqa: ANN401 - a decision of the store
    state = (
        "" if one.in_force else " (reopened)" if one.reopened else " (no longer in force: an extraction has changed)"
    )
    return {"when": told.moment(one.made.at), "who": one.made.who, "what": f"Decided: {one.said}{state}", "why": ""}


def _seen(desk: Desk, person: Person, kind: str, by: str, key: str) -> Row:
    """The record, if there is one and this person may see it; what may not be seen is not there."""
    row = desk.review.row(kind, key, by) if kind in RECORDS and key and by else None
    if row is None or not desk.sight(person).sees(row.cells["source"], by):
        raise HTTPException(404)
    return row


def _own(desk: Desk, person: Person, kind: str, by: str, key: str) -> Row:
    if by not in ("", person.name):
        raise HTTPException(404)
    return _seen(desk, person, kind, person.name, key)


def _locked(sight: Sight, row: Row) -> str | None:
    """Why this person cannot change the record, in a sentence; None where they can."""
    if row.extractor == CONSENSUS:
        return "it follows from the decisions on what the extractors have"
    if row.extractor != sight.person.name:
        return f"it is what {row.extractor} extracted"
    if row.retired:
        return "it is retired"
    return sight.why_not_extract(row.cells["source"] or "")


def _elsewhere(sight: Sight, row: Row, draft: Draft) -> str | None:
    """Why the record cannot be moved to the source that is typed."""
    source = draft.cells["source"].strip()
    return sight.why_not_extract(source) if source and source != row.cells["source"] else None


def _changes(desk: Desk, draft: Draft) -> dict[str, str | None]:
    """What was typed anew, as an intake would take it in."""
    table = read_rows(draft.kind, [draft.becoming()], desk.known()).table
    row: Mapping[str, str | None] = verbatim(table)[0] if table is not None and len(table) else {}
    return {name: row.get(name) for name in draft.changes()}


def _conflict(request: Request, desk: Desk, form: FormData, row: Row, seen: int) -> Response:
    before = desk.review.row(row.kind, row.record_key, row.extractor, as_of=seen) if 0 < seen < row.revision else None
    return conflict(request, desk, form, row, before, back=href("/record", kind=row.kind, by=row.extractor, id=row.record_key))  # fmt: skip


def _seen_at(form: FormData) -> int:
    text = text_in(form, "seen")
    if not text.isdecimal() or len(text) > 9:
        raise StoreError("the form does not say which version of the record it is about; load the page again")
    return int(text)


def _aside(request: Request, desk: Desk, person: Person, row: Row, draft: Draft, field: str, seen: int) -> Response:
    back = href("/record", kind=row.kind, by=row.extractor, id=row.record_key, seen=seen, **carried(draft.changes()))
    address = aside_to(draft, field, back)
    return went(address) if address else _page(request, desk, person, row, draft, seen=seen, status=422, refused=TOO_LONG)  # fmt: skip


def _page(
    request: Request, desk: Desk, person: Person, row: Row, draft: Draft, *,
    seen: int, status: int = 200, said: Live | None = None, refused: str = "",
) -> Response:  # fmt: skip
    sight, source = desk.sight(person), row.cells["source"] or ""
    said = judged(desk, draft, row.extractor) if said is None else said
    pane = pane_of(desk, source, draft.cells["quote"])
    words = [("error", refused)] if refused else []
    if status == 422 and not refused:
        words = [("error", "Not saved yet: some fields hold what cannot be read. What is wrong is said below them.")]
    return render(
        request, "record.html.j2", status=status, flash=words, sheet=sheet(desk, draft, said, pane), pane=pane,
        prefix=PREFIX, row=row, seen=seen, locked=_locked(sight, row), model=KINDS[row.kind], said=said,
        saved=told.last(desk, row), findings=_findings(desk, person, row), queries=_queries(desk, sight, row),
        labels=told.labels(row.kind), reason=CORRECTION, quote_into=None,
    )  # fmt: skip


def _findings(desk: Desk, person: Person, row: Row) -> list[Finding]:
    """What the last check says of this record together with others; what is said of it alone stands at its fields."""
    alone = {each.id for each in row_rules()}
    found = (each.finding for each in seen_about(desk, person, row.record_key, row.extractor))
    return [each for each in found if each.rule not in alone]


def _queries(desk: Desk, sight: Sight, row: Row) -> list[Query]:
    """The questions about this record; those about all its extractions only where all may be seen."""
    everybody = sight.open(row.cells["source"] or "")
    return [
        each
        for each in desk.review.queries()
        if (each.subject.kind, each.subject.target) == (row.kind, row.record_key)
        and (each.subject.extractor == row.extractor or (everybody and not each.subject.extractor))
    ]
