"""Signing in and out."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from curation.web import passwords
from curation.web.desk import Desk
from curation.web.guard import Form, Looking, Refused, TheDesk, same_site
from curation.web.pages import local, render, went
from curation.web.people import Person

router = APIRouter(include_in_schema=False)
_BEFORE = "curation_sign_in"
"""Cookie that proves that the sign-in form was ours, before there is a session."""


@router.get("/login")
def form(request: Request, desk: TheDesk, next: str = "/", key: str = "") -> Response:
    """The form; in a review without accounts, the door for those who have the link."""
    if desk.alone is not None:
        if secrets.compare_digest(key.encode(), desk.key.encode()):
            return signed_in(request, desk, desk.alone, "/")
        return _page(request, 403, key_needed=True)
    return _page(request, 200, next=local(next))


@router.post("/login")
def sign_in(request: Request, desk: TheDesk, form: Form) -> Response:
    """Check name and password."""
    name, password, token, target = (str(form.get(each) or "") for each in ("name", "password", "csrf", "next"))
    ours = request.cookies.get(_BEFORE, "")
    if not ours or not secrets.compare_digest(token.encode(), ours.encode()) or not same_site(request):
        raise Refused("this form is out of date; load the sign-in page again")
    found, sentence, status = verified(desk, name.strip(), password, address_of(request))
    if found is None:
        return _page(request, status, next=local(target), sentence=sentence, name=name.strip()[:60])
    answer = signed_in(request, desk, found, local(target))
    answer.delete_cookie(_BEFORE)
    return answer


@router.post("/logout")
def sign_out(request: Request, desk: TheDesk, _: Looking) -> Response:
    """End the session."""
    desk.sessions.end(request.state.session)
    answer = went("/login")
    answer.delete_cookie(desk.cookie)
    return answer


def verified(desk: Desk, name: str, password: str, address: str) -> tuple[Person | None, str, int]:
    """The person with this name and password; or None, a sentence and the status of the answer."""
    wait = desk.attempts.wait(name, address)
    if wait:
        return None, f"too many attempts; try again in {-(-wait // 60)} min", 429
    account = desk.accounts.get(name)
    fits = passwords.matches(account.password if account else None, password)
    if not fits or desk.accounts.get(name) is not account:  # it may have been changed while the hash was made
        desk.attempts.failed(name, address)
        return None, "the name or the password is wrong; the owner of the review can set a new password", 401
    desk.attempts.succeeded(name, address)
    return desk.person(name), "", 200


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ""


def signed_in(request: Request, desk: Desk, person: Person, target: str) -> RedirectResponse:
    """Begin a session of its own for the person, whatever cookie came along, and go on."""
    if old := desk.sessions.find(request.cookies.get(desk.cookie)):
        desk.sessions.end(old)
    _, token = desk.sessions.begin(person)
    answer = went(target)
    answer.set_cookie(desk.cookie, token, httponly=True, samesite="lax", secure=request.url.scheme == "https", path="/")
    return answer


def _page(request: Request, status: int, **said: str | bool) -> Response:
    token = secrets.token_urlsafe(24)
    words: dict[str, Any] = {"next": "/", "sentence": "", "name": "", "key_needed": False, "token": token, **said}
    page = render(request, "login.html.j2", status=status, **words)
    page.set_cookie(_BEFORE, token, httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return page
