"""From a template and what it says to a page: the same frame, navigation and tokens on every one."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from curation.report.html.listing import SYMBOL
from curation.web.people import Person

HERE = Path(__file__).parent
NAVIGATION = (
    ("Overview", "look", ("/",)),
    ("Sources", "look", ("/sources", "/source", "/upload", "/table")),
    ("Enter", "extract", ("/enter", "/grid", "/proposals", "/proposal", "/record", "/entities", "/entity")),
    ("Findings", "look", ("/findings", "/finding", "/rules")),
    ("Adjudicate", "adjudicate", ("/adjudicate",)),
    ("Questions", "look", ("/queries", "/query")),
    ("Results", "look", ("/results",)),
    ("Export", "look", ("/export",)),
)
"""Label, the duty without which the pages are not offered, and their addresses, the one that is linked first."""

ENVIRONMENT = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.globals["SYMBOL"] = SYMBOL


def href(path: str, **query: object) -> str:
    """An address of ours; blank parts of the query are left out.

    >>> href("/record", kind="arm", id="a/b c", page=None)
    '/record?kind=arm&id=a%2Fb+c'
    """
    said = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(said)}" if said else path


ENVIRONMENT.globals["href"] = href


def render(request: Request, template: str, *, status: int = 200, flash: list[tuple[str, str]] | None = None, **said: Any) -> HTMLResponse:  # noqa: ANN401 - whatever the template shows  # fmt: skip
    """A page (or, for a template without the frame, a part of one).

    ``flash`` are (severity, sentence) shown at the top, after those left by ``note``.
    """
    session = getattr(request.state, "session", None)
    person: Person | None = session.person if session else None
    desk = request.app.state.desk
    path = request.url.path
    nav = [
        (label, addresses[0], any(path == each or path.startswith(f"{each}/") for each in addresses))
        for label, duty, addresses in NAVIGATION
        if person and person.may(duty)
    ]
    context = {
        "person": person,
        "review_name": desk.name,
        "nav": nav,
        "csrf": session.csrf if session else "",
        "flash": [*_left(request), *(flash or [])],
        **said,
    }
    return HTMLResponse(ENVIRONMENT.get_template(template).render(context), status_code=status)


def note(request: Request, sentence: str, severity: str = "done") -> None:
    """Leave a sentence for the next page this person is shown ("done" or a severity)."""
    request.state.session.notes.append((severity, sentence))


def _left(request: Request) -> list[tuple[str, str]]:
    session = getattr(request.state, "session", None)
    if session is None or is_part(request):
        return []
    left, session.notes = session.notes, []
    return list(left)


def went(address: str) -> RedirectResponse:
    """After something was saved: on to this page of ours, with GET."""
    return RedirectResponse(address, status_code=303)


def is_part(request: Request) -> bool:
    """Whether htmx asks for a part of a page."""
    return request.headers.get("hx-request") == "true"


def local(address: str | None) -> str:
    """An address within this server, or the front page: nobody is sent elsewhere by a link to the sign-in."""
    plain = address or "/"
    fine = plain.startswith("/") and not plain.startswith(("//", "/\\")) and plain.isprintable() and "\\" not in plain
    return plain if fine else "/"
