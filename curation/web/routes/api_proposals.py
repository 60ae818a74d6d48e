"""The API for what is proposed from documents: the list, and accepting or declining; everybody for themselves."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from curation.entry.proposals import enter
from curation.intake.problems import Refused
from curation.web import api_proposal_shapes as offers
from curation.web import api_shapes as shapes
from curation.web.api_sent import StrictRoute
from curation.web.desk import Desk
from curation.web.guard import Extracting, TheDesk
from curation.web.proposed import find
from curation.web.routes.api_records import refuse_closed
from store.proposed import DECLINED, Proposal

router = APIRouter(route_class=StrictRoute, generate_unique_id_function=lambda route: route.name)
Mark = Annotated[str, Path(max_length=100, description="the whole id of a proposal")]


@router.get("/proposals", name="list_proposals")
def listed(
    desk: TheDesk, person: Extracting, source: Annotated[str, Query(max_length=shapes.LONGEST_ID)] = "",
    status: Literal["", "open", "accepted", "declined"] = "", offset: shapes.Offset = 0, limit: shapes.Limit = 100,
) -> offers.ProposalsShape:  # fmt: skip
    """What is proposed from the documents, in their order, and what you have decided about it."""
    found = desk.review.proposals(source or None, extractor=person.name, status=status or None)
    shown = [offers.ProposalShape.of(each, person.name) for each in found[offset : offset + limit]]
    return offers.ProposalsShape(total=len(found), offset=offset, proposals=shown)


@router.post("/proposals/{proposal}/accept", name="accept_proposal", status_code=201, response_model=offers.AcceptedShape)  # fmt: skip
def accept(desk: TheDesk, person: Extracting, proposal: Mark, given: offers.Accept) -> Response | offers.AcceptedShape:
    """Enter a proposal as your record, once."""
    one = _there(desk, proposal)
    refuse_closed(desk, person, [one.what.source])
    cells = one.what.row() | {name: text or "" for name, text in given.changes.items()}
    try:
        done = enter(desk.review, one, cells, desk.known(), who=person.name, extractor=person.name)
    except Refused as refused:
        problems = [
            shapes.ProblemShape(row=0, field=each.column, found=each.found, expected=each.expected, sentence=each.sentence)
            for each in refused.problems
        ]  # fmt: skip
        said = {
            "error": f"nothing was saved: {problems[0].sentence}",
            "problems": [each.model_dump() for each in problems],
        }
        return JSONResponse(said, 422)
    return offers.AcceptedShape(**asdict(done))


@router.post("/proposals/{proposal}/decline", name="decline_proposal")
def decline(desk: TheDesk, person: Extracting, proposal: Mark, given: offers.Decline) -> offers.DeclinedShape:
    """Note that you do not take a proposal; you may still accept it later."""
    one = _there(desk, proposal)
    refuse_closed(desk, person, [one.what.source])
    desk.review.decline_proposal(one.id, who=person.name, reason=given.reason)
    return offers.DeclinedShape(proposal=one.id, status=DECLINED)


def _there(desk: Desk, id_: str) -> Proposal:
    found = find(desk, id_)
    if found is None:
        raise HTTPException(404)
    return found
