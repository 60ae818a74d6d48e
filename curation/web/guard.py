"""Who is asking, and may they: every route names what it is for, and nothing is served without an answer."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import FormData

from curation.web.desk import Desk
from curation.web.people import DUTIES, MAY, Person, who_may
from curation.web.sessions import Session

SAFE = {"GET", "HEAD", "OPTIONS"}
MOST_FIELDS = 50_000
"""Fields of one form: a grid of a thousand rows."""

CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"


class NotSignedIn(Exception):
    """Nobody is signed in."""


class Refused(Exception):
    """Somebody may not do what they ask for; the message is a sentence for them."""


async def form_of(request: Request) -> FormData:
    """The fields of a posted form; empty where none was posted."""
    if request.headers.get("content-type", "").startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        return await request.form(max_files=20, max_fields=MOST_FIELDS, max_part_size=4_000_000)
    return FormData()


Form = Annotated[FormData, Depends(form_of)]


def desk_of(request: Request) -> Desk:
    """The review that is served."""
    desk = request.app.state.desk
    assert isinstance(desk, Desk)  # noqa: S101 - set when the app is made
    return desk


TheDesk = Annotated[Desk, Depends(desk_of)]


class Needs:
    """Dependency of a route: somebody signed in whose role may do this. Its value is the person."""

    def __init__(self, duty: str) -> None:
        if duty not in MAY:
            raise ValueError(f"{duty!r} is no duty; the duties are {', '.join(MAY)}")
        self.duty = duty

    async def __call__(self, request: Request) -> Person:
        """The person. Raises NotSignedIn or Refused."""
        session, by_cookie = _session(request)
        if session is None:
            raise NotSignedIn
        request.state.session = session
        if by_cookie and request.method not in SAFE:
            await _from_our_page(request, session)
        if not session.person.may(self.duty):
            raise Refused(f"only an {who_may(self.duty)} may {DUTIES[self.duty]}, and {session.person.name} is {session.person.role}")  # fmt: skip
        return session.person


def _session(request: Request) -> tuple[Session | None, bool]:
    desk = desk_of(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return desk.sessions.find(token.strip()), False
    return desk.sessions.find(request.cookies.get(desk.cookie)), True


async def _from_our_page(request: Request, session: Session) -> None:
    """Refuse what another site made the browser send."""
    given = request.headers.get(CSRF_HEADER)
    if given is None:
        field = (await form_of(request)).get(CSRF_FIELD)
        given = field if isinstance(field, str) else ""
    if not secrets.compare_digest(given.encode(), session.csrf.encode()) or not same_site(request):
        raise Refused("this form is out of date or did not come from this page; load the page again, then send it once more")  # fmt: skip


def same_site(request: Request) -> bool:
    """Whether the page that sent this request is ours, as far as the browser says."""
    origin = request.headers.get("origin")
    return origin in (None, "null") or urlsplit(origin).netloc == request.headers.get("host")


Looking = Annotated[Person, Depends(Needs("look"))]
Extracting = Annotated[Person, Depends(Needs("extract"))]
Adjudicating = Annotated[Person, Depends(Needs("adjudicate"))]
Asking = Annotated[Person, Depends(Needs("ask"))]
Deciding = Annotated[Person, Depends(Needs("decide"))]
Managing = Annotated[Person, Depends(Needs("manage"))]
