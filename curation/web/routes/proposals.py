"""What a scan of a document proposes: the list of a source, and accepting or declining each; everybody for themselves."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from curation.entry.live import Live
from curation.entry.proposals import enter
from curation.intake.problems import Refused
from curation.web.desk import Desk
from curation.web.guard import Extracting, Form, TheDesk
from curation.web.pages import href, note, render, went
from curation.web.people import Person
from curation.web.proposed import STATES, card, find, of_source, still_open
from curation.web.routes.entry import TOO_LONG, aside_to, draft_of
from curation.web.standing import paged, titles
from curation.web.told import moment
from curation.web.typing_in import PREFIX, Draft, asked, carried, judged, pane_of, sheet, text_in
from schemas.kinds.base import Record
from schemas.registry import RECORDS
from store.errors import StoreError
from store.proposed import ACCEPTED, OPEN, Proposal

router = APIRouter(include_in_schema=False)
PER_PAGE = 25
TAKEN_ALONG = ("study", "arm")
"""What the next proposal of the same source is likely to be about, too."""
NO_REASON = "Say why it is not taken; the reason is kept in the history of the review."


@router.get("/proposals")
def listing(request: Request, desk: TheDesk, person: Extracting, source: str = "", status: str = OPEN, page: int = 1) -> Response:  # fmt: skip
    """The sources of which something is proposed; or the proposals of one, by default those that are open."""
    if status not in ("", "all", *STATES):
        raise StoreError(f"{status!r} is nothing a proposal can be; choose among all, {', '.join(STATES)}")
    if source:
        return _list(request, desk, person, source, status=status, page=page)
    named = titles(desk)
    rows = [(each, named.get(each, ""), number) for each, number in still_open(desk, person).items()]
    return render(request, "proposal_sources.html.j2", rows=rows)


@router.get("/proposal")
def show(request: Request, desk: TheDesk, person: Extracting, id: str = "") -> Response:
    """The form of a record, filled in with what is proposed; to be completed and saved."""
    one = _there(desk, id)
    if desk.sight(person).why_not_extract(one.what.source) or one.status(person.name) == ACCEPTED:
        return went(_list_of(one))
    given = asked(RECORDS[one.what.kind], request.query_params)
    # Whoever comes back from making something new brings all fields along, those too that were cleared.
    cells = given if "source" in given else {**given, **one.what.row()}
    draft = Draft(one.what.kind, {**_defaults(RECORDS[one.what.kind]), **cells})
    said = judged(desk, draft, person.name)
    return _page(request, desk, person, one, draft, Live({}, said.remarks, said.derived))


@router.post("/proposal/accept")
def accept(request: Request, desk: TheDesk, person: Extracting, form: Form) -> Response:
    """Save what is proposed, as it is completed, as one's own record; and on to the next."""
    one = _there(desk, text_in(form, "proposal"))
    draft = draft_of(desk.review, form, person)
    if draft.kind != one.what.kind or draft.key:
        raise HTTPException(404)
    if field := text_in(form, "go"):
        address = aside_to(draft, field, href("/proposal", id=one.id, **carried(draft.cells)))
        return went(address) if address else _page(request, desk, person, one, draft, Live(), status=422, refused=TOO_LONG)  # fmt: skip
    said = judged(desk, draft, person.name)
    if (why := desk.sight(person).why_not_extract(one.what.source)) is not None:
        return _page(request, desk, person, one, draft, said, status=403, refused=f"Not saved: {why}.")
    if said.problems:
        return _page(request, desk, person, one, draft, said, status=422)
    try:
        done = enter(desk.review, one, draft.cells, desk.known(), who=person.name, extractor=person.name)
    except (StoreError, Refused) as problem:
        return _page(request, desk, person, one, draft, said, status=422, refused=f"Not saved: {problem}.")
    note(request, f"Accepted, as {done.record}.")
    return _next(desk, person, one, draft.cells)


@router.post("/proposal/decline")
def decline(request: Request, desk: TheDesk, person: Extracting, form: Form) -> Response:
    """Note that one does not take what is proposed, with the reason; it stays in the list of what was declined."""
    one, reason = _there(desk, text_in(form, "proposal")), text_in(form, "reason")
    why = desk.sight(person).why_not_extract(one.what.source)
    sentence = f"Not declined: {why}." if why else "" if reason else NO_REASON
    if not sentence:
        try:
            desk.review.decline_proposal(one.id, who=person.name, reason=reason)
        except StoreError as problem:
            sentence = f"Not declined: {problem}."
    if sentence:
        wrong = {one.id: (sentence, reason)}
        return _list(request, desk, person, one.what.source, status="all", code=403 if why else 422, wrong=wrong)
    note(request, "Declined. It stays among what you have declined, and you may still accept it.")
    status, page = text_in(form, "status"), text_in(form, "page")
    back = {"status": status if status in ("all", *STATES) else OPEN, "page": page if page.isdecimal() and len(page) < 6 else ""}  # fmt: skip
    return went(href("/proposals", source=one.what.source, **back))


def _there(desk: Desk, id_: str) -> Proposal:
    found = find(desk, id_)
    if found is None:
        raise HTTPException(404)
    return found


def _list_of(one: Proposal) -> str:
    return f"{href('/proposals', source=one.what.source, status='all')}#proposal-{one.id}"


def _next(desk: Desk, person: Person, one: Proposal, cells: Mapping[str, str]) -> Response:
    """The form of the next proposal that is open, in the order of the document; without any, the list."""
    every = of_source(desk, one.what.source)
    at = next(place for place, each in enumerate(every) if each.id == one.id)
    left = next((each for each in (*every[at + 1 :], *every[:at]) if each.status(person.name) == OPEN), None)
    if left is None:
        return went(href("/proposals", source=one.what.source))
    return went(href("/proposal", id=left.id, **carried(cells, TAKEN_ALONG)))


def _list(
    request: Request, desk: Desk, person: Person, source: str, *,
    status: str, page: int = 1, code: int = 200, wrong: Mapping[str, tuple[str, str]] | None = None,
) -> Response:  # fmt: skip
    if source not in titles(desk):
        raise HTTPException(404)
    every = [card(each, person.name) for each in of_source(desk, source)]
    shown = [each for each in every if status in ("", "all", each.status)]
    at = next((place for place, each in enumerate(shown) if each.id in (wrong or {})), None)
    page, pages, part = paged(page if at is None else at // PER_PAGE + 1, len(shown), PER_PAGE)
    numbers = {state: sum(each.status == state for each in every) for state in STATES}
    states = {state: f"{words} ({numbers[state]:,})" for state, words in STATES.items()}
    return render(
        request, "proposals.html.j2", status=code, cards=shown[part], total=len(shown), whole=len(every), page=page,
        pages=pages, source=source, title=titles(desk)[source], asked=status, wrong=wrong or {},
        moment=moment, states=states | {"all": f"All ({len(every):,})"}, why_not=desk.sight(person).why_not_extract(source),
    )  # fmt: skip


def _defaults(model: type[Record]) -> dict[str, str]:
    return {each.name: each.default or "" for each in model.fields()}


def _page(
    request: Request, desk: Desk, person: Person, one: Proposal, draft: Draft, said: Live, *, status: int = 200,
    refused: str = "",
) -> Response:  # fmt: skip
    pane = pane_of(desk, one.what.source, draft.cells.get("quote", ""))
    words = [("error", refused)] if refused else []
    if status == 422 and not refused:
        words = [("error", "Not saved yet: some fields hold what cannot be read. What is wrong is said below them.")]
    return render(
        request, "proposal.html.j2", status=status, flash=words, one=card(one, person.name), pane=pane, prefix=PREFIX,
        sheet=sheet(desk, draft, said, pane), title=titles(desk).get(one.what.source, one.what.source),
    )  # fmt: skip
