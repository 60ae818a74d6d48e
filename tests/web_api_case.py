"""A review in the middle of its work, and its programs: donk is handed in by both, wolschke is extracted blind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.testclient import TestClient
from web_case import PASSWORD, Site, copied, count, make_review, served

from curation.web.checking import checker
from store.proposed import Proposed
from store.review import Review

V1 = "/api/v1"
OWN = "ben-own-record"
"""A record of ben's that nobody else may see."""
SAYS = "27 (51.9%)"
"""What it says, and nothing else does."""


def busy_review(path: Path) -> Path:
    """Records of two extractors, differences, queries; checked."""
    return copied(_busy(), path)


@cache
def _busy() -> bytes:
    with TemporaryDirectory() as folder:
        path = make_review(Path(folder) / "review.duckdb")
        _fill(path)
        with served(path) as site:
            checker(site.desk).start()
            checker(site.desk).wait(60)
            assert site.review.findings()
        return path.read_bytes()


def _fill(path: Path) -> None:
    with Review.open(path) as review:
        for who, printed in (("ana", "22/52 (42.3%)"), ("ben", "23/52 (42.3%)")):
            review.add("count", [count("cr", printed), count("gvhd", "5/52 (19.6%)")], who=who, why="typed")
            review.submit(who, who=who, why="done")
        review.add(
            "count", [count("anemia", "9/30 (31.0%)", "wolschke", record="ana-own-record")], who="ana", why="typed"
        )
        review.add(
            "count", [count("anemia", "27/52 (59.1%)", "wolschke", record=OWN, quote=SAYS)], who="ben", why="typed"
        )
        review.revise("count", OWN, {"quote": f"{SAYS} of all"}, who="ben", why="typed better", extractor="ben")
        review.propose([Proposed("wolschke", "count", {"events": "9", "total": "30"})], why="scanned")
        review.decline_proposal(review.proposals()[0].id, who="ben", reason=f"I have {SAYS} already")
        subject = review.subject(OWN, kind="count", extractor="ben")
        review.open_query(subject, who="ben", message=f"is it {SAYS}?")
        review.open_query(review.subject("donk", kind="source"), who="ana", message="is this the last version?")


@contextmanager
def busy_site(path: Path) -> Iterator[Site]:
    """The app of such a review."""
    with served(busy_review(path)) as site:
        yield site


class Program:
    """A program with a token."""

    def __init__(self, site: Site, name: str) -> None:
        self.site = site
        self.client: TestClient = site.browser()
        answer = self.client.post(f"{V1}/session", json={"name": name, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        self.headers = {"Authorization": f"Bearer {answer.json()['token']}"}

    def call(self, method: str, path: str, body: object = None, **query: object):
        more = {} if body is None else {"json": body}
        return self.client.request(method, V1 + path, headers=self.headers, params=query, **more)
