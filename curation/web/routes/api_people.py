"""The API for the owner of a review: who may sign in, and as what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.exceptions import HTTPException

from curation.web import api_work_shapes as work
from curation.web.api_sent import StrictRoute
from curation.web.desk import Desk
from curation.web.guard import Managing, TheDesk
from curation.web.passwords import hashed

router = APIRouter(route_class=StrictRoute, generate_unique_id_function=lambda route: route.name)
Name = Annotated[str, Path(max_length=200, description="name of a person")]
ALONE = "the review is served for one person, without accounts; stop the server, add the first account, and serve it again"  # fmt: skip


@router.get("/accounts")
def accounts(desk: TheDesk, _: Managing) -> list[work.AccountShape]:
    """The people who may sign in."""
    return [work.AccountShape(name=each.name, role=each.role) for each in desk.accounts.values()]


@router.put("/accounts/{name}")
def set_account(desk: TheDesk, person: Managing, name: Name, given: work.Account) -> work.AccountShape:
    """Add somebody, or give them another role or password; whoever is changed has to sign in again."""
    _of_several(desk)
    password = None if given.password is None else hashed(given.password)
    desk.review.set_account(name, role=given.role, password=password, who=person.name)
    changed = _renewed(desk, name)
    found = next(each for each in desk.accounts.values() if each.name == changed)
    return work.AccountShape(name=found.name, role=found.role)


@router.delete("/accounts/{name}", status_code=204)
def remove_account(desk: TheDesk, person: Managing, name: Name) -> None:
    """Take somebody's account away; what they did stays on record."""
    _of_several(desk)
    desk.review.remove_account(name, who=person.name)
    _renewed(desk, name)


def _of_several(desk: Desk) -> None:
    if desk.alone is not None:
        raise HTTPException(422, ALONE)


def _renewed(desk: Desk, name: str) -> str:
    """Make what was changed count at once; the name as it is kept."""
    kept = name.strip()
    desk.accounts = desk.review.accounts()
    desk.sessions.end_all_of(kept)
    return kept
