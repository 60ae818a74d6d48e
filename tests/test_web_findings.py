"""Findings in the web app: who sees which, what is decided, and the check in the background."""

from __future__ import annotations

import time

import pytest
from web_case import count, make_review, served

from curation.engine.findings import Finding
from curation.engine.registry import rules
from curation.web.checking import checker
from curation.web.seen_findings import seen_finding, seen_findings

WRONG = {"printed": "22 (44.3%)", "total": "52"}
"""22 of 52 is 42.3%."""


@pytest.fixture
def site(tmp_path):
    with served(make_review(tmp_path / "r.duckdb"), rules=["COUNT-"]) as served_site:
        yield served_site
        checker(served_site.desk).wait(60)


@pytest.fixture(scope="module")
def ana(tmp_path_factory):
    with served(make_review(tmp_path_factory.mktemp("findings") / "r.duckdb"), rules=["COUNT-"]) as one:
        add(one, "ana")
        checked(one)
        yield one.sign_in("ana")


def add(site, who, source="donk", outcome="cr", record=None, **more):
    row = count(outcome, **{**WRONG, **more}, source=source)
    return site.review.add("count", [row | ({"record": record} if record else {})], who=who, why="typed").keys[0]


def checked(site):
    assert checker(site.desk).start()
    checker(site.desk).wait(60)
    assert not checker(site.desk).problem


def hand_in(site, *names, source="donk"):
    for name in names:
        site.review.submit(name, who=name, why="done", sources=[source])


def mine(site, name):
    return seen_findings(site.desk, site.desk.person(name))


def plain(**more):
    return Finding("X-001", "x", **{"severity": "error", "message": "m", "source": "donk", **more}).as_dict()


def only(site, name):
    found = [each for each in mine(site, name) if each.finding.rule == "COUNT-002"]
    assert len(found) == 1
    return found[0]


def test_a_review_that_was_never_checked_says_so(site):
    page = site.sign_in("ana").get("/findings")
    assert page.status_code == 200
    assert "has not been checked yet" in page.text
    assert "Check now" in page.text


def test_the_check_runs_in_the_background_and_says_when_it_is_done(site):
    site.desk.rules = rules()
    add(site, "ana")
    browser = site.sign_in("ana")
    answer = browser.post("/check")
    assert (answer.status_code, answer.headers["location"]) == (303, "/findings")
    ended = time.monotonic() + 60
    while checker(site.desk).running and time.monotonic() < ended:
        assert "every 1s" in browser.get("/check/state").text or not checker(site.desk).running
        time.sleep(0.05)
    state = browser.get("/check/state?watched=yes").text
    assert "just now" in state
    assert "nothing has changed since" in state
    assert "Show the findings" in state
    assert "every 1s" not in state


def test_changes_since_the_check_are_counted(site):
    add(site, "ana")
    checked(site)
    add(site, "ana", outcome="gvhd")
    assert "1 change of the review since" in site.sign_in("ana").get("/findings").text


def test_a_change_during_the_check_counts_as_a_change_since(site):
    add(site, "ana")
    revision = site.review.revision
    site.review.save_findings([], {}, revision=revision - 1)
    assert site.review.last_check().revision == revision - 1


def test_a_check_that_cannot_be_made_says_why(site):
    add(site, "ana")
    site.review.add("setting", [{"setting": "no_such_threshold", "value": "3", "reason": "x"}], who="olga", why="x")
    assert checker(site.desk).start()
    checker(site.desk).wait(60)
    page = site.sign_in("ana").get("/findings")
    assert "no_such_threshold" in page.text
    assert page.status_code == 200


def test_a_check_of_a_review_that_is_closed_meanwhile_ends_quietly(tmp_path, capfd):
    with served(make_review(tmp_path / "r.duckdb")) as site:
        add(site, "ana")
        assert checker(site.desk).start()
    checker(site.desk).wait(60)
    assert not checker(site.desk).running
    assert checker(site.desk).problem == ""
    assert "Traceback" not in capfd.readouterr().err


def test_only_one_check_runs_at_a_time(site):
    add(site, "ana")
    assert checker(site.desk).start()
    assert not checker(site.desk).start()


def test_the_card_says_what_where_and_what_would_fit(site):
    add(site, "ana")
    checked(site)
    page = site.sign_in("ana").get("/findings").text
    for said in (
        "Would fit",
        "row cr",
        "44.3%",
        "COUNT-002",
        "/record?kind=count&amp;by=ana",
        "/table?source=donk",
        "/query/open",
        "as ana has it",
    ):
        assert said in page


def test_findings_of_others_are_not_there_while_the_source_is_closed(site):
    key = add(site, "ana")
    checked(site)
    mark = only(site, "ana").finding.fingerprint
    for name in ("ben", "cara", "olga"):
        browser = site.sign_in(name)
        page = browser.get("/findings").text
        assert mine(site, name) == []
        for hidden in ("44.3", "COUNT-002", key, mark, "Would fit", "donk"):
            assert hidden not in page
        gone, never = browser.get(f"/finding?id={mark}"), browser.get("/finding?id=0123456789abcdef")
        assert (gone.status_code, never.status_code) == (404, 404)
        assert "44.3" not in gone.text


def test_nothing_in_filters_or_counts_tells_of_what_is_hidden(site):
    add(site, "ana")
    add(site, "ben", outcome="gvhd", printed="10 (42.3%)")
    checked(site)
    ana, ben = site.sign_in("ana").get("/findings").text, site.sign_in("ben").get("/findings").text
    assert "ben" not in ana.replace("benefit", "")
    assert "44.3" not in ben
    for address in ("/findings?by=ben", "/findings?search=gvhd", "/findings?source=wolschke"):
        assert "10 (42.3%)" not in site.sign_in("ana").get(address).text


def test_all_who_extracted_see_the_findings_when_all_have_handed_in(site):
    add(site, "ana")
    add(site, "ben", outcome="gvhd", printed="10 (42.3%)")
    hand_in(site, "ana")
    checked(site)
    assert {each.by for each in mine(site, "olga")} == set()
    assert all(each.by == ("ben",) for each in mine(site, "ben"))
    hand_in(site, "ben")
    for name in ("ana", "ben", "cara", "olga"):
        assert {who for each in mine(site, name) for who in each.by} == {"ana", "ben"}


def test_an_equal_finding_of_two_is_shown_once_with_both_names(site):
    add(site, "ana", record="one")
    add(site, "ben", record="one")
    checked(site)
    assert only(site, "ana").by == ("ana",)
    assert only(site, "ben").by == ("ben",)
    hand_in(site, "ana", "ben")
    assert only(site, "cara").by == ("ana", "ben")
    assert only(site, "ben").by == ("ben", "ana")
    assert "as ana and ben have it" in site.sign_in("cara").get("/findings").text


def test_a_finding_over_two_sources_needs_both_to_be_open(site):
    one = add(site, "ana", record="one")
    two = add(site, "ana", source="wolschke", record="two")
    made = plain(message="one and two", fingerprint="abcdef0123456789")
    site.review.save_findings([made | {"records": [one, two], "extractor": "ana"}], {})
    hand_in(site, "ana")
    assert len(mine(site, "ana")) == 1
    assert mine(site, "olga") == []
    hand_in(site, "ana", source="wolschke")
    assert len(mine(site, "olga")) == 1


def test_a_finding_whose_owner_or_record_is_unknown_is_hidden_from_the_blind(site):
    add(site, "ana", record="one")
    made = plain()
    site.review.save_findings(
        [
            made | {"records": ["one"], "fingerprint": "a" * 16},
            made | {"records": ["nowhere"], "fingerprint": "b" * 16, "extractor": "ben"},
            made | {"records": [], "source": "", "fingerprint": "c" * 16, "extractor": "ana"},
        ],
        {},
    )
    assert mine(site, "olga") == []
    assert mine(site, "ben") == []
    assert {each.finding.fingerprint for each in mine(site, "ana")} == {"a" * 16, "c" * 16}


def test_a_record_moved_to_another_source_stays_hidden_for_where_it_was(site):
    key = add(site, "ana")
    checked(site)
    site.review.revise(
        "count", key, {"source": "wolschke", "study": "wolschke"}, who="ana", why="wrong source", extractor="ana"
    )
    hand_in(site, "ana", source="wolschke")
    assert mine(site, "cara") == []


def test_a_retired_record_does_not_open_its_finding(site):
    key = add(site, "ana")
    checked(site)
    site.review.retire("count", key, who="ana", why="twice", extractor="ana")
    assert mine(site, "ben") == []
    assert len(mine(site, "ana")) >= 1


def test_extractors_waive_nothing(site):
    add(site, "ana")
    checked(site)
    hand_in(site, "ana")
    browser = site.sign_in("ana")
    mark = only(site, "ana").finding.fingerprint
    for address in ("/finding/waive", "/finding/withdraw"):
        answer = browser.post(address, {"id": mark, "reason": "x"})
        assert answer.status_code == 403
        assert "adjudicator or owner" in answer.text
    assert "Why it is accepted" not in browser.get("/findings").text
    assert only(site, "ana").finding.status == "open"


def test_a_waiver_needs_a_reason_and_keeps_who_and_why(site):
    add(site, "ana")
    hand_in(site, "ana")
    checked(site)
    browser = site.sign_in("cara")
    mark = only(site, "cara").finding.fingerprint
    refused = browser.post("/finding/waive", {"id": mark, "reason": "  "})
    assert refused.status_code == 422
    assert "Say why the finding is accepted" in refused.text
    done = browser.post(
        "/finding/waive", {"id": mark, "reason": "<b>the authors</b> say so", "back": "/findings?page=1"}
    )
    assert (done.status_code, done.headers["location"]) == (303, "/findings?page=1")
    page = browser.get("/findings").text
    assert "&lt;b&gt;the authors&lt;/b&gt; say so" in page
    assert "(cara)" in page
    assert only(site, "cara").finding.status == "waived"
    again = browser.post("/finding/waive", {"id": mark, "reason": "typed twice"})
    assert again.status_code == 422
    assert "waived already" in again.text
    browser.post("/finding/withdraw", {"id": mark})
    assert only(site, "cara").finding.status == "open"


def test_what_cannot_be_seen_cannot_be_waived(site):
    add(site, "ana")
    checked(site)
    mark = only(site, "ana").finding.fingerprint
    for address in ("/finding/waive", "/finding/withdraw"):
        assert site.sign_in("olga").post(address, {"id": mark, "reason": "x"}).status_code == 404
    assert site.review.waivers() == []


def test_nobody_waives_while_another_works_blind_on_the_source(site):
    """A waiver of the owner's own finding would tell the other that the owner reads the same."""
    add(site, "olga", record="one")
    add(site, "ana", record="one")
    checked(site)
    mark = only(site, "olga").finding.fingerprint
    browser = site.sign_in("olga")
    answer = browser.post("/finding/waive", {"id": mark, "reason": "it is so"})
    assert answer.status_code == 422
    assert "without knowing yours" in answer.text
    site.review.waive(mark, who="olga", reason="secret reason")
    assert only(site, "ana").finding.status == "open"
    assert "secret reason" not in site.sign_in("ana").get("/findings").text
    assert only(site, "olga").finding.status == "waived"


def test_a_waiver_whose_finding_is_gone_is_listed_and_can_be_withdrawn(site):
    key = add(site, "ana")
    hand_in(site, "ana")
    checked(site)
    browser = site.sign_in("cara")
    mark = only(site, "cara").finding.fingerprint
    browser.post("/finding/waive", {"id": mark, "reason": "as printed"})
    site.review.revise("count", key, {"percent": "42.3%"}, who="ana", why="misread", extractor="ana")
    checked(site)
    page = browser.get("/findings").text
    assert "Waivers whose finding is gone" in page
    assert "as printed" in page
    assert browser.post("/finding/withdraw", {"id": mark}).status_code == 303
    assert "Waivers whose finding is gone" not in browser.get("/findings").text


def test_a_stale_waiver_is_not_shown_to_those_who_do_not_see_the_review(site):
    add(site, "ana", record="one")
    made = plain(message="secret 44.3", fingerprint="a" * 16)
    site.review.save_findings([made | {"records": ["one"], "extractor": "ana"}], {})
    site.review.waive("a" * 16, who="cara", reason="it is so")
    site.review.save_findings([], {})
    for name in ("ben", "olga", "ana"):
        assert "secret 44.3" not in site.sign_in(name).get("/findings").text
    assert site.sign_in("olga").post("/finding/withdraw", {"id": "a" * 16}).status_code == 404
    assert "secret 44.3" in site.sign_in("cara").get("/findings").text


@pytest.mark.parametrize(
    "query",
    ["severity=huge", "family=NOPE", "source=%00%2F", "by=nobody", "status=maybe", "conclusion=no", "page=0", "page=-1", "page=abc", "page=99999999999999999999", "page=%C2%B2", "page="],
)  # fmt: skip
def test_nonsense_in_the_address_gives_a_sentence(ana, query):
    page = ana.get(f"/findings?{query}")
    assert page.status_code == 200
    assert "that filter is left out" in page.text or "There is no page" in page.text


def test_filters_narrow_the_list(site):
    add(site, "ana")
    add(site, "ana", source="wolschke", outcome="gvhd")
    checked(site)
    browser = site.sign_in("ana")
    assert ">Acute GVHD" not in browser.get("/findings?source=donk").text
    both, one = (
        browser.get("/findings").text,
        browser.get("/findings?source=wolschke&severity=error&family=COUNT&status=open").text,
    )
    assert both.count("<article") > one.count("<article") > 0
    assert "No finding fits" in browser.get("/findings?search=zebra").text
    assert "No finding fits" in browser.get("/findings?status=waived").text


def test_the_list_comes_in_pages_of_fifty(site):
    made = plain(severity="note") | {"extractor": "ana"}
    add(site, "ana", record="one")
    site.review.save_findings(
        [made | {"message": f"number {at}", "records": ["one"], "fingerprint": f"{at:016x}"} for at in range(120)], {}
    )
    browser = site.sign_in("ana")
    assert browser.get("/findings").text.count("<article") == 50
    last = browser.get("/findings?page=3").text
    assert last.count("<article") == 20
    assert "page=2" in last


def test_a_finding_has_a_page_with_its_rule(site):
    add(site, "ana")
    checked(site)
    page = site.sign_in("ana").get(f"/finding?id={only(site, 'ana').finding.fingerprint}").text
    assert "The rule" in page
    assert "/rules/COUNT-002" in page
    assert "Source" in page
    assert "cannot be true as printed" in page


def test_hostile_texts_stay_texts(site):
    hostile = "<script>alert(1)</script>"
    add(site, "ana", record="a/b %&", row=hostile)
    checked(site)
    browser = site.sign_in("ana")
    page = browser.get("/findings").text
    assert hostile not in page
    assert "id=a%2Fb+%25%26" in page
    assert browser.get(f"/findings?search={hostile}").text.count("<script>alert") == 0


def test_a_blind_extractor_learns_nothing_of_what_is_being_checked(site, monkeypatch):
    add(site, "ben")
    one = checker(site.desk)
    monkeypatch.setattr(type(one), "running", property(lambda _: True))
    one.step, one.share = "hazard ratios", 0.4
    part = site.sign_in("ana").get("/check/state").text
    assert "40 of 100" in part
    assert "hazard" not in part
    monkeypatch.undo()


def test_a_prefix_of_a_fingerprint_is_not_enough(site):
    add(site, "ana")
    hand_in(site, "ana")
    checked(site)
    mark = only(site, "cara").finding.fingerprint
    assert seen_finding(site.desk, site.desk.person("cara"), mark[:8]) is None
    assert site.sign_in("cara").post("/finding/waive", {"id": mark[:8], "reason": "x"}).status_code == 404
