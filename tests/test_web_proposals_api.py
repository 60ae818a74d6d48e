"""Proposals through the API: as on the pages, and nothing of what others decided."""

from __future__ import annotations

import pytest
from web_api_case import Program
from web_case import make_review, served

from store.proposed import Proposed, Said

ROWS = [
    Proposed("donk", "count", {"events": "22", "total": "52"}, {"page": "3"}, "22 of 52", remarks=(Said("X-1", "note", "Look."),)),
    Proposed("donk", "effect", {"estimate": "0.66"}, joined=True),
    Proposed("wolschke", "test", {"p": "<0.001"}),
]  # fmt: skip
ABOUT = {"study": "donk", "arm": "all", "outcome": "cr"}


@pytest.fixture
def site(tmp_path):
    with served(make_review(tmp_path / "review.duckdb"), rules=["COUNT"]) as found:
        found.review.propose(ROWS, why="scanned")
        yield found


@pytest.fixture
def marks(site):
    return [each.id for each in site.review.proposals()]


def listed(who, **query):
    answer = who.call("GET", "/proposals", **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_list_says_what_is_printed_where_and_what_one_decided(site, marks):
    ana = Program(site, "ana")
    found = listed(ana, source="donk")
    assert found["total"] == 2
    first = found["proposals"][0]
    wanted = {"id": marks[0], "source": "donk", "kind": "count", "cells": ROWS[0].cells, "place": {"page": "3"}, "quote": "22 of 52", "joined": False, "status": "open", "decided": None}  # fmt: skip
    assert {name: first[name] for name in wanted} == wanted
    assert first["remarks"] == [{"rule": "X-1", "severity": "note", "sentence": "Look."}]
    assert [each["id"] for each in listed(ana, offset=1, limit=1)["proposals"]] == marks[1:2]
    assert ana.call("GET", "/proposals", status="new").status_code == 422


def test_accepting_enters_a_record_once_and_others_are_not_told(site, marks):
    ana, ben = Program(site, "ana"), Program(site, "ben")
    before = listed(ben)
    answer = ana.call("POST", f"/proposals/{marks[0]}/accept", {"changes": {**ABOUT, "quote": None, "events": "21"}})
    assert answer.status_code == 201
    row = site.review.row("count", answer.json()["record"], "ana")
    assert (row.cells["events"], row.cells["quote"], row.cells["outcome"]) == ("21", None, "cr")
    assert answer.json() == {"proposal": marks[0], "record": row.record_key, "revision": row.revision}
    again = ana.call("POST", f"/proposals/{marks[0]}/accept", {"changes": ABOUT})
    assert again.status_code == 422
    assert "ana has accepted the proposal" in again.json()["error"]
    assert ana.call("POST", f"/proposals/{marks[1]}/decline", {"reason": "of another trial"}).json() == {"proposal": marks[1], "status": "declined"}  # fmt: skip
    mine = listed(ana)["proposals"]
    assert [each["status"] for each in mine] == ["accepted", "declined", "open"]
    assert mine[0]["decided"]["record"] == row.record_key
    assert mine[1]["decided"]["reason"] == "of another trial"
    assert listed(ana, status="open")["total"] == 1
    assert listed(ben) == before


def test_what_is_malformed_is_refused_cell_by_cell(site, marks):
    ana = Program(site, "ana")
    answer = ana.call("POST", f"/proposals/{marks[0]}/accept", {"changes": {"events": "fifteen", "size": "3"}})
    assert answer.status_code == 422
    assert {each["field"] for each in answer.json()["problems"]} == {"events", None}
    assert "'size'" in " ".join(each["found"] for each in answer.json()["problems"])
    assert answer.json()["error"].startswith(f"nothing was saved: proposal {marks[0][:8]}")
    assert "measure" in ana.call("POST", f"/proposals/{marks[1]}/accept", {}).json()["error"]
    for path in ("accept", "decline"):
        assert ana.call("POST", f"/proposals/{marks[0][:8]}/{path}", {"reason": "x"} if path == "decline" else {}).status_code == 404  # fmt: skip
    assert ana.call("POST", f"/proposals/{marks[0]}/decline", {"reason": " "}).status_code == 422
    assert [each["status"] for each in listed(ana)["proposals"]] == ["open"] * 3


def test_neither_adjudicators_nor_those_who_have_handed_in_decide(site, marks):
    cara, ana = Program(site, "cara"), Program(site, "ana")
    assert cara.call("GET", "/proposals").status_code == 403
    assert cara.call("POST", f"/proposals/{marks[0]}/accept", {}).status_code == 403
    assert ana.call("POST", f"/proposals/{marks[0]}/accept", {"changes": ABOUT}).status_code == 201
    site.review.submit("ana", who="ana", why="done", sources=["donk"])
    for path, body in (("accept", {}), ("decline", {"reason": "x"})):
        answer = ana.call("POST", f"/proposals/{marks[1]}/{path}", body)
        assert answer.status_code == 403
        assert "handed in donk" in answer.json()["error"]
