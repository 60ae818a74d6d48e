"""Questions in the web app: who sees which, and what can be done to them."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

import pytest
from test_web_adjudicate import VALUE, both, fill
from web_case import count, served

GONE = "there is nothing at this address"
FOUND = {"rule": "COUNT-001", "severity": "error", "source": "donk", "message": "60 of 52 (secret 60)", "field": "events", "kind": "count"}  # fmt: skip


def finding(fingerprint: str, extractor: str, **more: object) -> dict[str, object]:
    return FOUND | {"fingerprint": fingerprint, "extractor": extractor, "records": ["r-1"], "status": "open"} | more


@pytest.fixture
def blind(tmp_path):
    """A source that ana has handed in and ben has not."""
    pair = both("count", "r-1", {"events": "5"}, {"events": "8"}, arm="all", outcome="cr", total="52")
    with served(fill(tmp_path / "review.duckdb", pair, handed=("ana",))) as site:
        yield site


@pytest.fixture
def site(tmp_path):
    with served(fill(tmp_path / "review.duckdb", VALUE)) as one:
        yield one


def about(**more: str) -> dict[str, str]:
    return {"kind": "count", "by": "ana", "id": "r-1", "message": "is it 5?", **more}


def test_a_question_is_asked_answered_closed_and_opened_again(site):
    cara, ana = site.sign_in("cara"), site.sign_in("ana")
    assert "Ask a question" in cara.get("/query?kind=count&by=ana&id=r-1&field=events").text
    asked = cara.post("/query/open", about(field="events", back="/adjudicate/source?id=donk"))
    assert (asked.status_code, asked.headers["location"]) == (303, "/adjudicate/source?id=donk")
    page = ana.get("/query?number=1").text
    assert "is it 5?" in page
    assert ">Answer</button>" in page
    assert 'value="close"' not in page
    assert step(ana, page, "answer", "5 it is").status_code == 303
    page = cara.get("/query?number=1").text
    assert "5 it is" in page
    assert step(cara, page, "close", "settled").status_code == 303
    assert step(cara, cara.get("/query?number=1").text, "reopen", "an erratum").status_code == 303
    messages = site.review.queries()[0].messages
    assert [(each.state, each.who) for each in messages] == [("open", "cara"), ("answered", "ana"), ("closed", "cara"), ("reopened", "cara")]  # fmt: skip


def step(person, page: str, action: str, message: str, number: str = "1"):
    seen = re.search(r'name="seen" value="(\d+)"', page)
    return person.post("/query/step", {"number": number, "seen": seen[1] if seen else "", "action": action, "message": message})  # fmt: skip


def test_an_extractor_may_answer_and_not_decide(site):
    site.sign_in("cara").post("/query/open", about())
    ana = site.sign_in("ana")
    page = ana.get("/query?number=1").text
    for action in ("close", "waive", "reopen"):
        assert step(ana, page, action, "done").status_code == 403
    assert step(ana, page, "delete", "done").status_code == 422
    assert site.review.queries()[0].state == "open"


@pytest.mark.parametrize("opened", [
    ("r-1", "count", "ana"), ("r-1:events", "count", "ana"), ("r-1:events", "count", None), ("r-1", "count", None), ("a1b2c3d4", None, None),
])  # fmt: skip
def test_what_others_extracted_is_not_seen_in_a_question_before_all_have_handed_in(blind, opened):
    name, kind, extractor = opened
    blind.review.save_findings([finding("a1b2c3d4", "ana")], {})
    subject = blind.review.subject(name, kind=kind, extractor=extractor)
    blind.review.open_query(subject, who="ana", message="secret message")
    for who in ("ben", "cara", "olga"):
        person = blind.sign_in(who)
        listing = person.get("/queries").text
        assert "secret" not in listing
        assert "0 questions" in listing
        assert 'value="donk"' not in listing
        missing, hidden = person.get("/query?number=99"), person.get("/query?number=1")
        assert (missing.status_code, hidden.status_code) == (404, 404)
        assert missing.text == hidden.text
        assert person.post("/query/step", {"number": "1", "action": "answer", "message": "x"}).status_code == 404


def test_one_sees_questions_about_ones_own_record_and_finding_while_blind(blind):
    blind.review.save_findings([finding("a1b2c3d4", "ana"), finding("ffffffff", "ben", message="of ben")], {})
    blind.review.open_query(
        blind.review.subject("r-1", kind="count", extractor="ben"), who="olga", message="which row?"
    )
    ben, ana = blind.sign_in("ben"), blind.sign_in("ana")
    page = ben.get("/query?number=1").text
    assert "which row?" in page
    assert step(ben, page, "answer", "the second").status_code == 303
    assert ana.get("/query?number=1").status_code == 404
    assert ana.post("/query/open", {"finding": "a1b2c3d4", "message": "really?"}).status_code == 303
    assert "really?" in ana.get("/queries").text
    assert "really?" not in ben.get("/queries").text
    blind.review.save_findings([], {})
    assert "really?" in ana.get("/queries").text


@pytest.mark.parametrize("asked", [
    {"kind": "count", "by": "ana", "id": "r-1"}, {"kind": "count", "by": "ana", "id": "r-1", "field": "events"},
    {"kind": "count", "id": "r-1", "field": "events"}, {"kind": "count", "id": "r-1"}, {"finding": "a1b2c3d4"},
    {"kind": "count", "by": "ana", "id": "nil"}, {"kind": "nil", "id": "r-1"}, {"finding": "00000000"}, {"finding": "r-1"}, {},
    {"kind": "count", "by": "ben", "id": "r-1", "field": "nil"},
])  # fmt: skip
def test_what_one_may_not_see_and_what_is_not_there_cannot_be_asked_about_alike(blind, asked):
    blind.review.save_findings([finding("a1b2c3d4", "ana")], {})
    ben = blind.sign_in("ben")
    shown, sent = ben.get(f"/query?{urlencode(asked)}"), ben.post("/query/open", {**asked, "message": "?"})
    assert (shown.status_code, sent.status_code) == (404, 404)
    assert GONE.casefold() in shown.text.casefold()
    assert blind.review.queries() == []


def test_everybody_may_ask_about_an_entity(blind):
    assert blind.sign_in("ben").post("/query/open", {"kind": "outcome", "id": "cr", "message": "also CRi?"}).status_code == 303  # fmt: skip
    assert "also CRi?" in blind.sign_in("ana").get("/queries").text


def test_a_finding_is_accepted_with_the_question_about_it(site):
    site.review.save_findings([finding("a1b2c3d4", "ana")], {})
    cara = site.sign_in("cara")
    assert cara.post("/query/open", {"finding": "a1b2c3d4", "message": "60 of 52?"}).headers["location"] == "/query?number=1"  # fmt: skip
    page = cara.get("/query?number=1").text
    assert "accept the finding" in page
    assert step(cara, page, "waive", "printed so").status_code == 303
    assert site.review.findings()[0]["status"] == "waived"
    assert site.review.queries()[0].state == "closed"
    cara.post("/query/open", about())
    refused = step(cara, cara.get("/query?number=2").text, "waive", "no finding", "2")
    assert refused.status_code == 422
    assert "only a finding can be waived" in refused.text


def test_nothing_typed_is_lost(site):
    cara, ana = site.sign_in("cara"), site.sign_in("ana")
    assert cara.post("/query/open", about(message=" ")).status_code == 422
    cara.post("/query/open", about())
    again = cara.post("/query/open", about(message="and <i>this</i>?"))
    assert again.status_code == 422
    assert "answer or close it" in again.text
    assert "and &lt;i&gt;this&lt;/i&gt;?" in again.text
    late = cara.get("/query?number=1").text
    step(ana, ana.get("/query?number=1").text, "answer", "five")
    answer = step(cara, late, "close", "never mind")
    assert answer.status_code == 409
    assert "ana has said something" in answer.text
    assert "never mind" in answer.text
    assert "five" in answer.text
    assert step(cara, answer.text, "close", "").status_code == 422
    assert step(cara, answer.text, "close", "never mind").status_code == 303


def test_the_list_is_narrowed_and_nonsense_is_said(site):
    cara = site.sign_in("cara")
    cara.post("/query/open", about(message="first one"))
    cara.post("/query/open", about(by="ben", message="second one"))
    step(cara, cara.get("/query?number=1").text, "close", "done")
    shown = lambda query: [each for each in ("first one", "second one") if each in cara.get(f"/queries?{query}").text]  # fmt: skip
    assert shown("") == shown("source=donk") == shown("about=r-1") == ["first one", "second one"]
    assert shown("state=closed") == ["first one"]
    assert shown("state=pending") == shown("about=ben") == ["second one"]
    assert shown("source=wolschke") == shown("about=nil") == []
    assert cara.get("/queries?page=999").status_code == 200
    assert cara.get("/queries?state=nil").status_code == 422
    assert cara.get("/queries?page=x").status_code == 422
    assert cara.get("/query?number=x").status_code == 422
    assert cara.get("/query").status_code == 404


def test_ids_may_hold_any_character_and_nobody_is_sent_elsewhere(site):
    name = 'a/b c%:ü"<x>:events'
    site.review.add("count", [count("anemia", "3/52", record=name)], who="ana", why="x")
    ana = site.sign_in("ana")
    assert ana.get(f"/query?kind=count&by=ana&id={quote(name, safe='')}").status_code == 200
    asked = ana.post("/query/open", about(id=name, back="//evil.example/"))
    assert asked.headers["location"] == "/"
    page = ana.get("/query?number=1").text
    assert "<x>" not in page
    assert "a/b c%:ü&#34;&lt;x&gt;" in page
    assert ana.post("/query/open", about(id=name, field="events", message="?")).status_code == 303
