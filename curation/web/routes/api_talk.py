"""The API for findings, what is decided about them, and questions; only of what the person may see."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response, StreamingResponse
from starlette.exceptions import HTTPException

from curation.web import api_shapes as shapes
from curation.web import api_work_shapes as work
from curation.web.api_sent import StrictRoute
from curation.web.desk import Desk
from curation.web.guard import Asking, Deciding, Looking, TheDesk
from curation.web.people import Person
from curation.web.routes import export as dataset
from curation.web.routes import queries as talk
from curation.web.routes.api_records import seen_row
from curation.web.seen_findings import SeenFinding, seen_finding, seen_findings
from schemas.registry import RECORDS
from schemas.thresholds import UnknownSetting
from store import queries as log
from store.subjects import Subject

router = APIRouter(route_class=StrictRoute, generate_unique_id_function=lambda route: route.name)
Text = Annotated[str, Query(max_length=shapes.LONGEST_ID)]
Print = Annotated[str, Path(max_length=100, description="the whole fingerprint of a finding")]
Number = Annotated[int, Path(ge=1, le=shapes.LATEST)]


@router.get("/findings")
def findings(
    desk: TheDesk, person: Looking, source: Text = "", rule: Text = "", severity: Text = "", status: Text = "",
    record: Text = "", offset: shapes.Offset = 0, limit: shapes.Limit = 100,
) -> work.FindingsShape:  # fmt: skip
    """The findings of the last check that you may see, gravest first within each source."""
    wanted = {"source": source, "rule": rule, "severity": severity, "status": status}
    found = [
        each
        for each in seen_findings(desk, person)
        if all(text in ("", getattr(each.finding, name)) for name, text in wanted.items())
        and (not record or record in each.finding.records)
    ]
    shown = [work.FindingShape.of(each.finding, each.by) for each in found[offset : offset + limit]]
    return work.FindingsShape(total=len(found), offset=offset, findings=shown)


@router.post("/findings/{fingerprint}/waiver", status_code=201)
def waive(desk: TheDesk, person: Deciding, fingerprint: Print, given: work.Reason) -> work.Waived:
    """Accept a finding, with the reason."""
    found = _found(desk, person, fingerprint)
    desk.review.waive(found.finding.fingerprint, who=person.name, reason=given.reason)
    return work.Waived(fingerprint=fingerprint, status="waived")


@router.delete("/findings/{fingerprint}/waiver")
def withdraw_waiver(desk: TheDesk, person: Deciding, fingerprint: Print) -> work.Waived:
    """Withdraw a waiver, which stays on record; the finding is open again."""
    found = _found(desk, person, fingerprint)
    desk.review.withdraw_waiver(found.finding.fingerprint, who=person.name)
    return work.Waived(fingerprint=fingerprint, status="open")


def _found(desk: Desk, person: Person, fingerprint: str) -> SeenFinding:
    found = seen_finding(desk, person, fingerprint)
    if found is None:
        raise HTTPException(404)
    return found


@router.get("/queries")
def list_queries(
    desk: TheDesk, person: Looking, state: Text = "", source: Text = "", offset: shapes.Offset = 0,
    limit: shapes.Limit = 100,
) -> work.QueriesShape:  # fmt: skip
    """The questions about what you may see, newest first."""
    found = [
        each
        for each in talk.Seen(desk, person).queries()
        if state in ("", each.state) and source in ("", each.subject.source)
    ]
    return work.QueriesShape(total=len(found), offset=offset, queries=[_shape(each) for each in found[offset : offset + limit]])  # fmt: skip


@router.get("/queries/{number}")
def read_query(desk: TheDesk, person: Looking, number: Number) -> work.QueryShape:
    """One question with everything that was said."""
    return _shape(talk.Seen(desk, person).find(number))


@router.post("/queries", status_code=201)
def ask(desk: TheDesk, person: Asking, given: work.Asked) -> work.QueryShape:
    """Ask about a finding, a row or a field of it."""
    number = desk.review.open_query(_subject(desk, person, given), who=person.name, message=given.message)
    return _shape(talk.Seen(desk, person).find(number))


@router.post("/queries/{number}/answer")
def answer(desk: TheDesk, person: Asking, number: Number, given: work.Said) -> work.QueryShape:
    """Answer a question."""
    talk.Seen(desk, person).find(number)
    desk.review.answer_query(number, who=person.name, message=given.message)
    return _shape(talk.Seen(desk, person).find(number))


@router.post("/queries/{number}/close")
def close(desk: TheDesk, person: Deciding, number: Number, given: work.Said) -> work.QueryShape:
    """Close a question."""
    talk.Seen(desk, person).find(number)
    desk.review.close_query(number, who=person.name, message=given.message, waive=given.waive)
    return _shape(talk.Seen(desk, person).find(number))


@router.post("/queries/{number}/reopen")
def send_back(desk: TheDesk, person: Deciding, number: Number, given: work.Said) -> work.QueryShape:
    """Send an answered question back, or open a closed one again."""
    talk.Seen(desk, person).find(number)
    desk.review.reopen_query(number, who=person.name, message=given.message)
    return _shape(talk.Seen(desk, person).find(number))


@router.post("/export", response_class=StreamingResponse, responses={
    200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}, "description": "A zip file"},
    503: {"model": shapes.Refusal, "description": "Others are exporting"},
})  # fmt: skip
def export(desk: TheDesk, person: Looking, given: work.Dataset) -> Response:
    """The clean dataset of what you may see, as a zip file."""
    if not given.licence.isprintable():
        raise HTTPException(422, "the licence is a short name, such as CC-BY-4.0")
    asked = dataset.Asked(given.extraction, tuple(dict.fromkeys(map(str, given.programs))), given.licence.strip())
    try:
        file = dataset.zipped(desk, person, asked)
    except dataset.Busy as problem:
        raise HTTPException(503, str(problem)) from None
    except UnknownSetting as problem:
        raise HTTPException(422, str(problem)) from None
    return StreamingResponse(dataset.pieces(file), media_type="application/zip")


def _subject(desk: Desk, person: Person, given: work.Asked) -> Subject:
    """What is asked about. Raises HTTPException 404 alike where it is not there and where it may not be seen."""
    if given.finding is not None:
        mark = _found(desk, person, given.finding).finding.fingerprint
        found = desk.review.subject(mark)
        if found.target != mark:
            raise HTTPException(404)
    else:
        kind, key, field = given.kind, given.id or "", given.field
        if kind is None or not key:
            raise HTTPException(422, "name what you ask about: a finding, or the kind and the id of a row")
        row = seen_row(desk, person, kind, key, given.extractor or "")
        if row.retired or (field is not None and field not in row.cells):
            raise HTTPException(404)
        by = row.extractor if kind in RECORDS else None
        found = desk.review.subject(f"{key}:{field}" if field else key, kind=kind, extractor=by)
        if (found.target, found.field) != (key, field or ""):
            raise HTTPException(404)
    if not talk.Seen(desk, person).sees(found):
        raise HTTPException(404)
    return found


def _shape(one: log.Query) -> work.QueryShape:
    about = one.subject
    return work.QueryShape(
        number=one.number, state=one.state, about=about.about, target=about.target, kind=about.kind, field=about.field,
        extractor=about.extractor, source=about.source, said=about.said, gone=one.stale,
        messages=[work.MessageShape(state=each.state, who=each.who, at=each.at, text=each.text, revision=each.revision) for each in one.messages],
    )  # fmt: skip
