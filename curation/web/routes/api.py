"""The JSON API: who is signed in, how far the review is, its sources and what can be entered."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Security
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException

from curation.web import api_shapes as shapes
from curation.web.api_sent import StrictRoute
from curation.web.blinding import Sight
from curation.web.desk import Desk
from curation.web.guard import Looking, TheDesk
from curation.web.people import EXTRACTOR, MAY, Person
from curation.web.routes import api_people, api_proposals, api_records, api_settling, api_talk, api_work
from curation.web.routes.login import address_of, verified
from curation.web.seen_findings import seen_findings
from curation.web.sessions import IDLE
from schemas.codes import CODES
from schemas.kinds.base import Declared
from schemas.registry import KINDS, RECORDS
from store.rows import Row

BEARER = Security(HTTPBearer(auto_error=False, scheme_name="token", description="from POST /api/v1/session"))
REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": shapes.Refusal, "description": "Nobody is signed in"},
    403: {"model": shapes.Refusal, "description": "You may not do this"},
    404: {"model": shapes.Refusal, "description": "There is no such thing, or none that you may see"},
    409: {"model": shapes.Conflict, "description": "Changed meanwhile"},
    413: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "More than is taken at once"},
    422: {"model": shapes.Malformed, "description": "Malformed, with what was found and what was expected"},
}
"""What every request may be answered with instead."""

router = APIRouter(
    prefix="/api/v1", tags=["api"], route_class=StrictRoute, responses=REFUSALS,
    generate_unique_id_function=lambda route: route.name,
)  # fmt: skip
router.include_router(api_records.router, dependencies=[BEARER])
router.include_router(api_settling.router, dependencies=[BEARER])
router.include_router(api_talk.router, dependencies=[BEARER])
router.include_router(api_proposals.router, dependencies=[BEARER])
router.include_router(api_work.router, dependencies=[BEARER])
router.include_router(api_people.router, dependencies=[BEARER])


@router.post("/session", status_code=201, response_model=shapes.Token, responses={429: {
    "model": shapes.Refusal, "description": "Too many attempts",
    "headers": {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer"}}},
}})  # fmt: skip
def sign_in(request: Request, desk: TheDesk, given: shapes.Credentials) -> Response | shapes.Token:
    """Sign in with name and password, for a token."""
    name, address = given.name.strip(), address_of(request)
    if desk.alone is not None:
        person, sentence, status = _by_key(desk, given.password, address)
    else:
        person, sentence, status = verified(desk, name, given.password, address)
    if person is None:
        headers = {"Retry-After": str(max(desk.attempts.wait(name, address), 1))} if status == 429 else None
        return JSONResponse({"error": sentence}, status, headers)
    _, token = desk.sessions.begin(person)
    return shapes.Token(token=token, name=person.name, role=person.role, idle_seconds=IDLE)


def _by_key(desk: Desk, key: str, address: str) -> tuple[Person | None, str, int]:
    wait = desk.attempts.wait("", address)
    if wait:
        return None, f"too many attempts; try again in {-(-wait // 60)} min", 429
    if not secrets.compare_digest(key.encode(), desk.key.encode()):
        desk.attempts.failed("", address)
        return None, "the review has no accounts; the password is the key in the link that the server printed", 401
    desk.attempts.succeeded("", address)
    return desk.alone, "", 200


@router.delete("/session", status_code=204, dependencies=[BEARER])
def sign_out(request: Request, desk: TheDesk, _: Looking) -> None:
    """End the session; its token is worth nothing from now on."""
    desk.sessions.end(request.state.session)


@router.get("/me", dependencies=[BEARER])
def me(person: Looking) -> shapes.Me:
    """Who is signed in."""
    return shapes.Me(name=person.name, role=person.role, may=[duty for duty in MAY if person.may(duty)])


@router.get("/overview", dependencies=[BEARER])
def overview(desk: TheDesk, person: Looking) -> shapes.Overview:
    """How far the review is, as far as you may see."""
    sight, run = desk.sight(person), desk.review.last_check()
    own: dict[str, int] = {}
    mine = [each for each in _progress(desk) if each.extractor == person.name]
    for each in mine:
        own |= {kind: own.get(kind, 0) + count for kind, count in each.records.items()}
    return shapes.Overview(
        review=desk.name, revision=desk.review.revision, sources=len(desk.known()["source"]),
        open_sources=sum(sight.open(each) for each in sight.desks.extractors), own_sources=len(mine), own_records=own,
        checked_at=run.at if run else None, findings=len(seen_findings(desk, person)) if run else None,
    )  # fmt: skip


@router.get("/sources", dependencies=[BEARER])
def sources(
    desk: TheDesk, person: Looking, offset: shapes.Offset = 0, limit: shapes.Limit = 100,
    search: Annotated[str, Query(max_length=200)] = "",
) -> shapes.SourcesShape:  # fmt: skip
    """The sources, and how far each of them is."""
    found = desk.review.rows("source", offset=offset, limit=limit, search=search or None)
    sight = desk.sight(person)
    return shapes.SourcesShape(
        total=found.total, offset=offset, sources=[_source(desk, sight, each) for each in found.rows]
    )


@router.get("/sources/{source:path}", dependencies=[BEARER])
def source(
    desk: TheDesk, person: Looking, source: Annotated[str, Path(max_length=shapes.LONGEST_ID)]
) -> shapes.SourceShape:
    """One source."""
    row = desk.review.row("source", source)
    if row is None or row.retired:
        raise HTTPException(404)
    return _source(desk, desk.sight(person), row)


@router.get("/kinds", dependencies=[BEARER])
def kinds(_: Looking) -> list[shapes.KindShape]:
    """What can be entered: every kind with its fields as they are declared."""
    return [_kind(each) for each in KINDS.values()]


@router.get("/kinds/{kind}", dependencies=[BEARER])
def kind(_: Looking, kind: shapes.KindName) -> shapes.KindShape:
    """One kind with its fields as they are declared."""
    return _kind(KINDS[kind])


def _kind(model: type[Declared]) -> shapes.KindShape:
    fields = [shapes.FieldShape.of(each, dict(CODES[each.codes]) if each.codes else None) for each in model.fields()]
    return shapes.KindShape(
        kind=model.kind, plural=model.label_plural, meaning=" ".join((model.__doc__ or "").split()),
        record=model.kind in RECORDS, fields=fields,
    )  # fmt: skip


def _progress(desk: Desk) -> Any:  # noqa: ANN401 - as the review gives it
    return desk.at_this_revision("progress", desk.review.progress)


def _source(desk: Desk, sight: Sight, row: Row) -> shapes.SourceShape:
    """A source; an extractor who works blind is not told who else extracts it."""
    key, person = row.record_key, sight.person
    names = sight.seen_of(key)
    if person.role != EXTRACTOR:
        names = (*names, *sorted(sight.desks.extractors.get(key, frozenset()) - set(names)))
    counts: dict[tuple[str, str], dict[str, int]] = desk.at_this_revision(
        "counts by source", lambda: {(each.source, each.extractor): each.records for each in _progress(desk)}
    )
    return shapes.SourceShape(
        source=key, revision=row.revision, cells=row.cells, open=sight.open(key),
        why_not_extract=sight.why_not_extract(key),
        extractors=[
            shapes.ExtractorShape(
                name=each, handed_in=each in sight.desks.submitted.get(key, frozenset()),
                records=counts.get((key, each), {}) if sight.sees(key, each) else None,
            )
            for each in names
        ],
    )  # fmt: skip
