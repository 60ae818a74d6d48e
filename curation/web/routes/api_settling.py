"""The API for double extraction: handing in, the differences of a source, and the decisions on them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.exceptions import HTTPException

from curation.reconcile.work import Matched
from curation.web import api_shapes as shapes
from curation.web import api_work_shapes as work
from curation.web.api_sent import StrictRoute
from curation.web.desk import Desk
from curation.web.guard import Adjudicating, Extracting, Refused, TheDesk
from curation.web.people import Person
from curation.web.settling import SAID, Settling, settling, token
from store.adjudicate import Choice
from store.errors import StoreError

router = APIRouter(route_class=StrictRoute, generate_unique_id_function=lambda route: route.name)
Source = Annotated[str, Query(max_length=shapes.LONGEST_ID)]
Why = Annotated[str, Query(max_length=2000, description="why; it stays on record")]


@router.post("/submissions", status_code=201)
def hand_in(desk: TheDesk, person: Extracting, given: work.Submission) -> work.Submitted:
    """Hand in your own extraction of a source; from then on it stays as it is."""
    if given.source not in desk.known()["source"]:
        raise HTTPException(404)
    done = desk.review.submit(person.name, who=person.name, why=given.why, sources=[given.source])
    return work.Submitted(handed_in=done)


@router.delete("/submissions")
def take_back(desk: TheDesk, person: Extracting, source: Source, why: Why) -> shapes.Changed:
    """Take back that you handed in a source, while its differences cannot have been seen."""
    revision = desk.review.withdraw_submission(person.name, source, who=person.name, why=why)
    return shapes.Changed(revision=revision, changed=True)


@router.get("/differences")
def differences(
    desk: TheDesk, person: Adjudicating, source: Source, offset: shapes.Offset = 0, limit: shapes.Limit = 100
) -> work.DifferencesShape:
    """What is left to settle of a source that everybody has handed in."""
    one = _opened(desk, person, source)
    return work.DifferencesShape(
        source=source, seen=one.revision, total=len(one.open), offset=offset,
        records=[_shape(each) for each in one.open[offset : offset + limit]],
    )  # fmt: skip


@router.post("/decisions", status_code=201)
def decide(desk: TheDesk, person: Adjudicating, given: work.Decisions) -> work.Decided:
    """Settle differences of one source, all of the decisions or none."""
    one = _opened(desk, person, given.source)
    choices = [_choice(one, each, given.seen) for each in given.decisions]
    return work.Decided(decisions=desk.review.adjudicate(choices, who=person.name, why=given.why))


@router.delete("/decisions")
def reopen(
    desk: TheDesk, person: Adjudicating, source: Source,
    decision: Annotated[int, Query(ge=0, le=shapes.LATEST, description="its number")], why: Why,
) -> shapes.Changed:  # fmt: skip
    """Open a decision again; it stays on record."""
    if all(each.id != decision for each in _opened(desk, person, source).decisions):
        raise HTTPException(404)
    return shapes.Changed(revision=desk.review.reopen_decision(decision, who=person.name, why=why), changed=True)


def _opened(desk: Desk, person: Person, source: str) -> Settling:
    sight = desk.sight(person)
    names = sight.desks.extractors.get(source, frozenset())
    if not names:
        raise HTTPException(404)
    if not sight.open(source):
        left = " and ".join(sorted(names - sight.desks.submitted.get(source, frozenset())))
        raise Refused(f"{source} is shown when everybody who extracts it has handed in; it waits for {left}")
    return settling(desk, source)


def _shape(one: Matched) -> work.ToSettle:
    return work.ToSettle(
        record=token(one), kind=one.kind, about=one.about, place=one.place, extractions=dict(one.keys),
        one_side=one.one_side,
        differences=[
            work.DifferenceShape(field=name, type=kind, meaning=SAID[kind], texts=dict(one.texts[name]))
            for name, kind in one.fields.items()
        ],
    )  # fmt: skip


def _choice(one: Settling, given: work.Decision, seen: int) -> Choice:
    found = one.tokens.get(given.record)
    if found is None:
        raise StoreError(f"{given.record!r} names no record of {one.source} as it is now; get its differences again")
    keys = frozenset(found.keys)
    return Choice(
        found.kind, keys, given.decision, given.field, given.taken_from if given.decision == "taken" else None,
        given.value if given.decision == "other" else None, seen=dict.fromkeys(keys, seen),
    )  # fmt: skip
