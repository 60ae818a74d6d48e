"""A review with people, served to a test client: two extractors, an adjudicator and an owner."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from argon2 import PasswordHasher
from starlette.testclient import TestClient

from curation.web.app import create_app
from curation.web.desk import Desk
from store.review import Review

PASSWORD = "correct horse battery"  # noqa: S105 - of people who exist in tests only
PEOPLE = {"ana": "extractor", "ben": "extractor", "cara": "adjudicator", "olga": "owner"}
SOURCES = {"donk": "Phase I/II study of lenalidomide after transplantation", "wolschke": "Lenalidomide as maintenance"}

ENTITIES: dict[str, list[dict[str, str]]] = {
    "source": [{"source": key, "title": title, "type": "article"} for key, title in SOURCES.items()],
    "study": [{"study": key, "label": key.title()} for key in SOURCES],
    "arm": [{"study": key, "arm": "all", "label": "All participants"} for key in SOURCES],
    "outcome": [
        {"outcome": key, "label": label}
        for key, label in (("cr", "Complete response"), ("gvhd", "Acute GVHD"), ("anemia", "Anaemia"))
    ],
}


@cache
def _password() -> str:
    """With parameters that cost nothing: signing in is done hundreds of times."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def count(outcome: str, printed: str, source: str = "donk", **more: str) -> dict[str, str]:
    """A count record as somebody types it."""
    place = {"section": "Table 2", "row": outcome, "column": "n (%)"}
    return {"source": source, "study": source, "arm": "all", "outcome": outcome, "printed": printed, **place, **more}


def make_review(path: Path, *, people: bool = True) -> Path:
    """A review with sources, studies, arms and outcomes, and nobody's records."""
    return copied(_made(people=people), path)


@cache
def _made(*, people: bool) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "review.duckdb"
        with Review.create(path) as review:
            for kind, rows in ENTITIES.items():
                review.add(kind, rows, who="olga", why="set up")
            for name, role in sorted(PEOPLE.items(), key=lambda each: each[1] != "owner") if people else ():
                review.set_account(name, role=role, password=_password(), who="olga")
        return path.read_bytes()


def copied(review: bytes, path: Path) -> Path:
    """A review that was made before, as a file of one's own."""
    assert not path.exists()
    path.write_bytes(review)
    return path


@contextmanager
def served(path: Path, documents: Path | None = None, *, rules: Collection[str] = ()) -> Iterator[Site]:
    """The app of this review file, without a network. ``rules``: how the rules begin that are asked; blank is all."""
    with Review.open(path) as review:
        desk = Desk(review, documents=documents, alone="solo")
        if rules:
            desk.rules = tuple(each for each in desk.rules if each.id.startswith(tuple(rules)))
        with ExitStack() as opened:
            yield Site(desk, opened)


class Site:
    """An app, and the people at their browsers."""

    def __init__(self, desk: Desk, opened: ExitStack) -> None:
        self.desk = desk
        self.app = create_app(desk)
        self._opened = opened

    @property
    def review(self) -> Review:
        """The review that is served."""
        return self.desk.review

    def browser(self, *, raising: bool = True) -> TestClient:
        """A browser in which nobody is signed in. Redirects are not followed; failures of the server are raised."""
        client = TestClient(self.app, follow_redirects=False, raise_server_exceptions=raising)
        return self._opened.enter_context(client)  # one thread for all its requests, instead of one for each

    def sign_in(self, name: str) -> Browser:
        """A browser in which this person is signed in."""
        client = self.browser()
        page = client.get("/login")
        answer = client.post("/login", data={"name": name, "password": PASSWORD, "csrf": csrf_in(page.text)})
        assert answer.status_code == 303, answer.text
        session = self.desk.sessions.find(client.cookies[self.desk.cookie])
        assert session is not None
        return Browser(client, session.csrf)


class Browser:
    """A signed-in browser that sends its token along."""

    def __init__(self, client: TestClient, csrf: str) -> None:
        self.client = client
        self.csrf = csrf

    def get(self, address: str, **more):
        return self.client.get(address, **more)

    def post(self, address: str, data: dict[str, str] | None = None, **more):
        return self.client.post(address, data={"csrf": self.csrf, **(data or {})}, **more)


def csrf_in(page: str) -> str:
    """The token of a page's forms."""
    found = re.search(r'name="csrf" value="([^"]+)"', page) or re.search(r"X-CSRF-Token&#34;: &#34;([^&]+)&#34;", page)
    assert found, page
    return found[1]
