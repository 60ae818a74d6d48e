"""Settling differences in the web app: what is shown to whom, what a decision does, and that nothing is overwritten."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from web_case import count, make_review, served

from curation.reconcile.classes import CLASSES
from curation.web.routes import adjudicate
from store.adjudicate import Choice
from store.consensus import CONSENSUS
from store.errors import ChangedMeanwhile

BASE = {"source": "donk", "study": "donk", "section": "Table 2"}
MEAN = BASE | {"column": "mean", "mean": "10.0"}


def both(kind: str, key: str, one: dict[str, str], other: dict[str, str], **same: str) -> tuple[str, dict, dict]:
    row = BASE | {"record": key, "row": key, **same}
    return kind, row | one, row | other


DIFFERING = [
    both("count", "r-round", {"percent": "42.3%"}, {"percent": "42.30%"}, arm="all", outcome="cr", column="a"),
    both("count", "r-digits", {"events": "12"}, {"events": "21"}, arm="all", outcome="gvhd", column="b"),
    both("count", "r-zero", {"events": "0", "total": "9"}, {"total": "9"}, arm="all", outcome="anemia", column="c"),
    both("count", "r-missing", {"total": "9"}, {"total": "9", "events": "7"}, arm="all", outcome="anemia", column="d"),
    both("count", "r-place", {"page": "3"}, {"page": "4"}, arm="all", outcome="cr", column="e", events="1"),
    both("count", "r-value", {"events": "5"}, {"events": "8"}, arm="all", outcome="cr", column="f", total="52"),
    both("count", "arm-1", {"events": "31"}, {"events": "44"}, arm="all", outcome="gvhd", column="g"),
    both("count", "arm-2", {"events": "44"}, {"events": "31"}, arm="two", outcome="gvhd", column="g"),
    both("mean", "m-se", {"sd": "4.0", "n": "16"}, {"se": "4.0", "n": "16"}, arm="all", outcome="cr", column="h", mean="10"),
    both("mean", "m-sign", {"mean": "-1.2"}, {"mean": "1.2"}, arm="all", outcome="gvhd", column="i"),
    both("mean", "m-factor", {"mean": "12.5"}, {"mean": "1250"}, arm="all", outcome="anemia", column="j"),
    both("mean", "m-text", {"mean": "3", "unit": "mg"}, {"mean": "3", "unit": "gram"}, arm="two", outcome="anemia", column="k"),
]  # fmt: skip


def fill(path: Path, *pairs: tuple[str, dict, dict], handed: tuple[str, ...] = ("ana", "ben")) -> Path:
    make_review(path)
    with served(path) as site:
        site.review.add("arm", [{"study": "donk", "arm": "two", "label": "Second arm"}], who="olga", why="set up")
        for kind, one, other in pairs:
            for who, row in (("ana", one), ("ben", other)):
                if row:
                    site.review.add(kind, [row], who=who, why="extracted")
        for who in handed:
            site.review.submit(who, who=who, why="done")
    return path


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    with served(fill(tmp_path_factory.mktemp("many") / "review.duckdb", *DIFFERING)) as site:
        yield site


VALUE = both("count", "r-1", {"events": "5"}, {"events": "8"}, arm="all", outcome="cr", total="52")
ROUND = both("count", "r-2", {"percent": "42.3%"}, {"percent": "42.30%"}, arm="all", outcome="gvhd", events="22", total="52")  # fmt: skip
ALONE = ("count", count("anemia", "3/52", record="r-3"), {})


@pytest.fixture
def site(tmp_path):
    with served(fill(tmp_path / "review.duckdb", VALUE, ROUND, ALONE)) as one:
        yield one


@pytest.fixture
def cara(site):
    return site.sign_in("cara")


PAGE = "/adjudicate/source?id=donk"


def posted(page: str, **more: str) -> dict[str, str]:
    """The hidden fields of the form, and a reason."""
    seen = re.search(r'name="seen" value="(\d+)"', page)
    return {"id": "donk", "page": "1", "seen": seen[1] if seen else "", "why": "as printed", "record": tokens(page), **more}  # fmt: skip


def tokens(page: str) -> list[str]:
    return re.findall(r'name="record" value="([0-9a-f]+)"', page)


def of(page: str, field: str) -> str:
    """The first record that has this field to decide, as the form calls it."""
    found = re.search(rf'name="choose-([0-9a-f]+\.{field})"', page)
    assert found, page
    return found[1]


def settled(site, kind: str = "count") -> dict[str, dict]:
    return {each.record_key: each.cells for each in site.review.rows(kind, extractors=[CONSENSUS]).rows}


def test_every_class_of_difference_is_said_in_words(many):
    page = many.sign_in("cara").get(PAGE).text
    shown = {name for name, words in CLASSES.items() if words in page}
    assert {"rounding", "digits", "zero", "missing", "place", "value", "arms", "se_sd", "sign", "factor", "text"} <= shown  # fmt: skip
    assert "The numbers of two arms are exchanged" in page
    front = many.sign_in("cara").get("/adjudicate").text
    assert CLASSES["sign"] in front
    assert "<b>1</b> a minus sign lost" in front


def test_a_source_that_waits_shows_for_whom_and_no_value(tmp_path):
    with served(fill(tmp_path / "r.duckdb", VALUE, handed=("ana",))) as site:
        for name in ("cara", "olga"):
            person = site.sign_in(name)
            front = person.get("/adjudicate").text
            assert "waits for ben" in front
            assert "ana has handed in" in front
            page = person.get(PAGE)
            assert page.status_code == 403
            assert "it waits for ben" in page.text
            for word in ("r-1", "Complete response", 'value="by:'):
                assert word not in page.text + front
            assert person.get("/adjudicate?part=counts&id=donk").status_code == 404
            assert "Events" not in person.get("/adjudicate?part=agreement").text
            for address in ("/adjudicate/source", "/adjudicate/reopen"):
                assert person.post(address, {"id": "donk", "action": "agreed", "decision": "1"}).status_code == 403
        assert site.review.adjudications() == []


def test_an_extractor_is_refused(site):
    ana = site.sign_in("ana")
    for address in ("/adjudicate", PAGE, "/adjudicate?part=agreement"):
        assert ana.get(address).status_code == 403
    for address in ("/adjudicate/source", "/adjudicate/reopen"):
        assert ana.post(address, {"id": "donk"}).status_code == 403


def test_what_does_not_exist_is_not_there(cara):
    assert cara.get("/adjudicate/source?id=nil").status_code == 404
    assert cara.get("/adjudicate/source").status_code == 404
    assert cara.get(f"{PAGE}&page=99999").status_code == cara.get(f"{PAGE}&page=-4").status_code == 200
    assert cara.get(f"{PAGE}&page=x").status_code == 422
    assert cara.post("/adjudicate/reopen", {"id": "donk", "decision": "7", "why": "x"}).status_code == 404


def test_decisions_make_the_consensus_and_both_originals_stay(site, cara):
    page = cara.get(PAGE).text
    events, percent = of(page, "events"), of(page, "percent")
    answer = cara.post("/adjudicate/source", posted(page, **{f"choose-{events}": "by:ben", f"choose-{percent}": "by:ana"}))  # fmt: skip
    assert answer.status_code == 303
    assert settled(site)["r-1"]["events"] == "8"
    assert settled(site)["r-2"]["percent"] == "42.3%"
    assert [site.review.row("count", "r-1", who).cells["events"] for who in ("ana", "ben")] == ["5", "8"]
    assert {(each.made.who, each.made.why) for each in site.review.adjudications()} == {("cara", "as printed")}
    after = cara.get(PAGE).text
    assert "2 decisions on 2 records saved" in after
    assert events not in after
    decided = cara.get(f"{PAGE}&view=decided").text
    assert "decided by cara" in decided
    assert "as printed" in decided
    assert "ben had" in decided


def test_another_value_is_taken_and_a_malformed_one_refused_at_its_field(site, cara):
    page = cara.get(PAGE).text
    events = of(page, "events")
    other = lambda text: cara.post("/adjudicate/source", posted(page, **{f"choose-{events}": "other", f"other-{events}": text}))  # fmt: skip
    refused = other("about <b>nine</b>")
    assert refused.status_code == 422
    assert 'value="about &lt;b&gt;nine&lt;/b&gt;"' in refused.text
    assert "Events: found" in refused.text
    assert re.search(rf'name="choose-{re.escape(events)}" value="other" checked', refused.text)
    assert 'value="as printed"' in refused.text
    assert other("").status_code == 422
    assert site.review.adjudications() == []
    assert other("7").status_code == 303
    assert settled(site)["r-1"]["events"] == "7"


def test_a_field_can_be_left_blank(site, cara):
    page = cara.get(PAGE).text
    events = of(page, "events")
    answer = cara.post("/adjudicate/source", posted(page, **{f"choose-{events}": "other", f"other-{events}": "(blank)"}))  # fmt: skip
    assert answer.status_code == 303, answer.text
    assert settled(site)["r-1"]["events"] is None


def test_a_record_that_one_alone_has_is_kept_or_left_out(site, cara):
    page = cara.get(PAGE).text
    assert "Only ana has this record" in page
    alone = next(each for each in tokens(page) if f"choose-{each}" not in page)
    assert cara.post("/adjudicate/source", posted(page, **{f"whole-{alone}": "whole:ana"})).status_code == 303
    assert settled(site)["r-3"]["events"] == "3"
    number = site.review.adjudications()[-1].id
    cara.post("/adjudicate/reopen", {"id": "donk", "decision": str(number), "why": "look again"})
    assert "r-3" not in settled(site)
    page = cara.get(PAGE).text
    assert cara.post("/adjudicate/source", posted(page, **{f"whole-{alone}": "none"})).status_code == 303
    assert "r-3" not in settled(site)
    assert alone not in cara.get(PAGE).text


def test_a_reason_is_required_and_nothing_chosen_is_lost(site, cara):
    page = cara.get(PAGE).text
    events = of(page, "events")
    answer = cara.post("/adjudicate/source", posted(page, why="  ", **{f"choose-{events}": "by:ben"}))
    assert answer.status_code == 422
    assert "Say why" in answer.text
    assert re.search(rf'name="choose-{re.escape(events)}" value="by:ben" checked', answer.text)
    assert cara.post("/adjudicate/source", posted(page)).status_code == 422
    assert site.review.adjudications() == []


def test_what_is_equal_within_rounding_is_accepted_at_once(site, cara):
    assert cara.post("/adjudicate/source", {"id": "donk", "action": "agreed"}).status_code == 303
    assert settled(site)["r-2"]["percent"] == "42.30%"
    assert "r-1" not in settled(site)
    cara.post("/adjudicate/source", {"id": "donk", "action": "agreed"})
    assert "nothing left that is equal" in cara.get(PAGE).text


def test_a_decision_is_opened_again_with_a_reason_and_stays_on_record(site, cara):
    page = cara.get(PAGE).text
    cara.post("/adjudicate/source", posted(page, **{f"choose-{of(page, 'events')}": "by:ben"}))
    one = {"id": "donk", "decision": str(site.review.adjudications()[0].id)}
    assert cara.post("/adjudicate/reopen", one).status_code == 422
    assert cara.post("/adjudicate/reopen", one | {"why": "an erratum"}).status_code == 303
    assert "r-1" not in settled(site)
    decided = cara.get(f"{PAGE}&view=decided").text
    assert "opened again by cara" in decided
    assert "an erratum" in decided
    again = cara.post("/adjudicate/reopen", one | {"why": "twice"})
    assert again.status_code == 422
    assert "reopened already" in again.text


def test_an_extraction_changed_since_is_not_overwritten(site, cara):
    page = cara.get(PAGE).text
    events, percent = of(page, "events"), of(page, "percent")
    site.review.revise("count", "r-1", {"events": "9"}, who="ben", why="typing", extractor="ben")
    choices = {f"choose-{events}": "by:ben", f"choose-{percent}": "by:ben"}
    answer = cara.post("/adjudicate/source", posted(page, **choices))
    assert answer.status_code == 409
    assert "ben changed the count r-1 of ben just now" in answer.text
    assert "choose again" in answer.text
    assert not re.search(rf'name="choose-{re.escape(events)}" value="by:ben" checked', answer.text)
    assert re.search(rf'name="choose-{re.escape(percent)}" value="by:ben" checked', answer.text)
    assert site.review.adjudications() == []
    assert cara.post("/adjudicate/source", posted(answer.text, **choices)).status_code == 303
    assert settled(site)["r-1"]["events"] == "9"


def test_a_decision_made_meanwhile_by_another_is_not_overwritten(site, cara):
    olga = site.sign_in("olga")
    page = cara.get(PAGE).text
    events = of(page, "events")
    record = events.partition(".")[0]
    assert olga.post("/adjudicate/source", posted(page, **{f"choose-{events}": "by:ana"})).status_code == 303
    for late in ({f"choose-{events}": "by:ben"}, {f"whole-{record}": "whole:ben"}, {f"whole-{record}": "none"}):
        answer = cara.post("/adjudicate/source", posted(page, **late))
        assert answer.status_code == 409
        assert "olga decided on count" in answer.text
    assert settled(site)["r-1"]["events"] == "5"
    assert cara.post("/adjudicate/source", posted(page, **{f"choose-{of(page, 'percent')}": "by:ben"})).status_code == 303  # fmt: skip


def test_the_store_refuses_what_was_not_seen(site):
    keys = frozenset({("ana", "r-1"), ("ben", "r-1")})
    now = site.review.revision
    choose = lambda field, seen, who="ana": site.review.adjudicate([Choice("count", keys, "taken", field, who, seen=dict.fromkeys(keys, seen))], who="cara", why="x")  # fmt: skip
    with pytest.raises(ChangedMeanwhile, match="changed count 'r-1' meanwhile"):
        choose("events", 1)
    with pytest.raises(ChangedMeanwhile):
        site.review.adjudicate([Choice("count", keys, "taken", "events", "ana", seen={})], who="cara", why="x")
    choose("events", now)
    with pytest.raises(ChangedMeanwhile, match="cara decided on count 'r-1' meanwhile"):
        choose("events", now, "ben")
    with pytest.raises(ChangedMeanwhile, match="decided on"):
        choose(None, now, "ben")
    choose("total", now)
    assert settled(site)["r-1"]["events"] == "5"
    choose(None, site.review.revision, "ben")
    assert settled(site)["r-1"]["events"] == "8"
    site.review.retire("count", "r-2", who="ben", why="double", extractor="ben")
    pair = frozenset({("ana", "r-2"), ("ben", "r-2")})
    with pytest.raises(ChangedMeanwhile, match="ben retired count 'r-2'"):
        site.review.adjudicate([Choice("count", pair, "left_out", seen=dict.fromkeys(pair, now))], who="cara", why="x")


def test_agreement_says_how_often_and_of_how_many(site, cara):
    part = cara.get("/adjudicate?part=agreement", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "ana and ben" in part
    assert re.search(r"1 of 2 \(50\.0%, \d+\.\d% to \d+\.\d%\)", part)
    assert "<html" in cara.get("/adjudicate?part=agreement").text


def test_counts_that_take_long_come_after_the_page(site, cara, monkeypatch):
    monkeypatch.setattr(adjudicate, "AT_ONCE", -1)
    page = cara.get("/adjudicate").text
    assert "Counting" in page
    assert "part=counts&amp;id=donk" in page
    part = cara.get("/adjudicate?part=counts&id=donk", headers={"HX-Request": "true"}).text
    assert part.startswith("<tr")
    assert "another value" in part
    assert "Counting …" not in cara.get("/adjudicate").text


def test_texts_that_look_like_code_are_shown_as_texts(tmp_path):
    row = both("count", "x<script>alert(1)</script>", {"quote": "=HYPERLINK(1) <img src=x>", "unit_label": ""}, {}, arm="all", outcome="cr", events="1")  # fmt: skip
    row = (row[0], {k: v for k, v in row[1].items() if k != "unit_label"}, row[2] | {"events": "2"})
    with served(fill(tmp_path / "r.duckdb", row)) as site:
        page = site.sign_in("cara").get(PAGE).text
        assert "<img src=x>" not in page
        assert "=HYPERLINK(1) &lt;img src=x&gt;" in page
        assert "<script>alert" not in page
        assert "style=" not in page
        assert "onclick" not in page


def test_both_quotes_are_marked_in_the_text(tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "donk.txt").write_text("Before. Five of 52 responded. Later, eight of 52. <b>End</b>", encoding="utf-8")  # fmt: skip
    kind, one, other = VALUE
    path = fill(tmp_path / "r.duckdb", (kind, one | {"quote": "Five of 52 responded"}, other | {"quote": "eight of 52"}))  # fmt: skip
    with served(path, tmp_path / "texts") as site:
        site.review.revise("source", "donk", {"document": "donk.txt"}, who="olga", why="text")
        page = site.sign_in("cara").get(PAGE).text
        assert "<mark>Five of 52 responded</mark>" in page
        assert "<mark>eight of 52</mark>" in page
        assert "&lt;b&gt;End" in page


def test_what_rules_say_of_each_extraction_stands_beside_it(tmp_path):
    pair = both("count", "r-9", {"events": "60"}, {"events": "6"}, arm="all", outcome="cr", total="52")
    with served(fill(tmp_path / "r.duckdb", pair)) as site:
        page = site.sign_in("cara").get(PAGE).text
        assert "With the values of ana:" in page
        assert "With the values of ben:" not in page


def test_records_matched_under_different_ids_say_so(tmp_path):
    kind, one, other = VALUE
    with served(fill(tmp_path / "r.duckdb", (kind, one, other | {"record": "b/1 ü%"}))) as site:
        cara = site.sign_in("cara")
        page = cara.get(PAGE).text
        assert "their ids differ" in page
        assert "b/1 ü%" in page
        assert cara.post("/adjudicate/source", posted(page, **{f"choose-{of(page, 'events')}": "by:ben"})).status_code == 303  # fmt: skip
        assert [each["events"] for each in settled(site).values()] == ["8"]


def test_pages_have_twenty_records(tmp_path):
    pairs = [both("count", f"r-{n}", {"events": "5"}, {"events": "8"}, arm="all", outcome="cr", column=f"c{n}") for n in range(23)]  # fmt: skip
    with served(fill(tmp_path / "r.duckdb", *pairs)) as site:
        cara = site.sign_in("cara")
        assert len(tokens(cara.get(PAGE).text)) == 20
        last = cara.get(f"{PAGE}&page=2").text
        assert len(tokens(last)) == 3
