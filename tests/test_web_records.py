"""Looking at records and correcting them: nobody's work is overwritten unseen, and nothing of others leaks."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
from web_case import count, make_review, served

from curation.web.pages import href

ODD = ("a/b", "50% & more #1?x=y", "Ä'ö\"ü 数", "..", "%2F <i>")


@pytest.fixture
def site(tmp_path):
    with served(make_review(tmp_path / "r.duckdb")) as found:
        yield found


def cells(row):
    return {f"c-{name}": text or "" for name, text in row.items()}


def added(site, who="ana", outcome="cr", printed="22 (42.3%)", **more):
    key = site.review.add("count", [count(outcome, printed, **more)], who=who, why="typed in").keys[0]
    return site.review.row("count", key, who)


def of(row):
    return {"kind": row.kind, "by": row.extractor, "id": row.record_key}


def sent(row, reason="", **changes):
    return {**of(row), "seen": str(row.revision), "reason": reason, **cells({**row.cells, **changes})}


def test_a_correction_is_saved_with_its_reason_and_stands_in_the_history(site):
    ana, row = site.sign_in("ana"), added(site)
    assert ana.get(href("/record", **of(row))).status_code == 200
    answer = ana.post("/record", sent(row, "misread the row", total="53"))
    assert answer.headers["location"] == href("/record", **of(row))
    now = site.review.row("count", row.record_key, "ana")
    assert now.cells == {**row.cells, "total": "53"}
    history = unescape(ana.get(href("/record/history", **of(row))).text)
    assert "misread the row" in history
    assert re.search(r"<dt>Total</dt><dd><span class=\"none\">blank</span>.*53", history)
    assert "Last saved by ana, just now" in ana.get(answer.headers["location"]).text


def test_saving_without_a_change_writes_nothing_even_where_browsers_drop_line_breaks(site):
    ana, row = site.sign_in("ana"), added(site, section="Table\n2", note="one\ntwo")
    before = site.review.revision
    data = sent(row, section="Table2", note="one\r\ntwo\r\n")
    assert ana.post("/record", data).status_code == 303
    assert site.review.revision == before
    ana.post("/record", {**data, "c-note": "one\r\nthree"})
    now = site.review.row("count", row.record_key, "ana").cells
    assert (now["section"], now["note"]) == ("Table\n2", "one\nthree")


def test_a_new_whole_cell_is_split_anew(site):
    ana, row = site.sign_in("ana"), added(site)
    said = ana.post("/enter/check", sent(row, printed="23 (44.2%)")).text
    assert "Becomes 23, from the whole cell as printed" in said
    assert ana.post("/record", sent(row, printed="23 (44.2%)")).status_code == 303
    now = site.review.row("count", row.record_key, "ana").cells
    assert (now["events"], now["percent"]) == ("23", "44.2%")


def test_what_cannot_be_read_stays_typed_and_the_record_as_it_was(site):
    ana, row = site.sign_in("ana"), added(site)
    answer = ana.post("/record", sent(row, total="5x <b>"))
    assert (answer.status_code, "5x &lt;b&gt;" in answer.text) == (422, True)
    assert site.review.row("count", row.record_key, "ana") == row
    assert ana.post("/record", {**sent(row), "seen": "soon"}).status_code == 422


def test_an_update_is_never_lost_and_both_versions_are_shown(site):
    ana, row = site.sign_in("ana"), added(site, total="52", note="as first typed")
    assert ana.post("/record", sent(row, total="53", note="elsewhere")).status_code == 303
    clash = ana.post("/record", sent(row, "mine", total="54", p="0.03"))
    assert clash.status_code == 409
    for text in ("52", "53", "54", "0.03", "as first typed", "elsewhere", "Save mine over it", "Keep what ana saved"):
        assert text in clash.text
    now = site.review.row("count", row.record_key, "ana")
    assert (now.cells["total"], now.cells["p"]) == ("53", None)
    form = {
        name: unescape(text)
        for name, text in re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', clash.text)
        + re.findall(r'<textarea name="([\w-]+)" hidden>\n(.*?)</textarea>', clash.text, re.DOTALL)
    }
    assert ana.post("/record", form).status_code == 303
    final = site.review.row("count", row.record_key, "ana").cells
    assert (final["total"], final["p"], final["note"]) == ("54", "0.03", "elsewhere")
    assert ana.post("/record", form).status_code == 409


def test_of_many_who_save_at_once_one_succeeds(site):
    row, browsers = added(site), [site.sign_in("ana") for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        saved = pool.map(lambda each: each[1].post("/record", sent(row, total=f"{60 + each[0]}")), enumerate(browsers))
        answers = [(each.status_code, number) for number, each in enumerate(saved)]
    assert sorted(status for status, _ in answers) == [303] + [409] * 5
    winner = next(number for status, number in answers if status == 303)
    assert site.review.row("count", row.record_key, "ana").cells["total"] == f"{60 + winner}"


def test_a_record_that_was_retired_meanwhile_is_not_brought_back(site):
    ana, row = site.sign_in("ana"), added(site)
    assert ana.post("/record/retire", {**of(row), "seen": str(row.revision), "reason": " "}).status_code == 422
    assert ana.post("/record/retire", {**of(row), "seen": str(row.revision - 1), "reason": "x"}).status_code == 409
    assert (
        ana.post("/record/retire", {**of(row), "seen": str(row.revision), "reason": "a duplicate"}).status_code == 303
    )
    clash = ana.post("/record", sent(row, total="99"))
    assert (clash.status_code, "99" in clash.text, "Save mine" in clash.text) == (409, True, False)
    page = ana.get(href("/record", **of(row))).text
    assert "it is retired" in page
    assert "a duplicate" in ana.get(href("/record/history", **of(row))).text
    assert site.review.row("count", row.record_key, "ana").retired


@pytest.mark.parametrize("who", ["ben", "cara", "olga"])
def test_what_may_not_be_seen_is_as_if_it_were_not_there(site, who):
    blind, row = site.sign_in(who), added(site, note="secret words")
    site.review.revise("count", row.record_key, {"total": "52"}, who="ana", why="secret reason", extractor="ana")
    row = site.review.row("count", row.record_key, "ana")
    site.review.open_query(site.review.subject(row.record_key, kind="count"), who="ana", message="secret question")
    before = site.review.revision
    for address in ("/record", "/record/history"):
        there = blind.get(href(address, **of(row)))
        nowhere = blind.get(href(address, **{**of(row), "id": "nowhere"}))
        assert there.status_code == nowhere.status_code == 404
        assert there.text == nowhere.text
    if who == "cara":
        return
    for address, data in (("/record", sent(row, total="1")), ("/record/retire", {**sent(row), "reason": "x"})):
        there, nowhere = blind.post(address, data), blind.post(address, {**data, "id": "nowhere"})
        assert there.status_code == nowhere.status_code == 404
        assert there.text == nowhere.text
        assert blind.post(address, {**data, "by": who}).status_code == 404
    assert site.review.revision == before
    own = added(site, who)
    assert own.record_key == row.record_key
    for address in ("/record", "/record/history"):
        assert "secret" not in blind.get(href(address, **of(own))).text


def test_when_all_have_handed_in_others_may_be_read_and_nothing_changed(site):
    ben, mine, theirs = site.sign_in("ben"), added(site, "ben", printed="23 (44%)"), added(site, note="a remark")
    for who in ("ana", "ben"):
        site.review.submit(who, who=who, why="done", sources=["donk"])
        seen = ben.get(href("/record", **of(theirs))).status_code
        assert seen == (404 if who == "ana" else 200)
    page = ben.get(href("/record", **of(theirs))).text
    assert "a remark" in page
    assert "it is what ana extracted" in page
    assert 'action="/record"' not in page
    assert ben.post("/record", sent(mine, total="60")).status_code == 403
    assert ben.post("/record/retire", {**of(mine), "seen": str(mine.revision), "reason": "x"}).status_code == 403
    assert site.review.row("count", mine.record_key, "ben") == mine
    assert site.sign_in("cara").get(href("/record/history", **of(theirs))).status_code == 200


def test_a_record_once_of_a_source_that_is_still_blind_shows_no_history(site):
    row = added(site, source="wolschke")
    site.review.revise("count", row.record_key, {"source": "donk", "study": "donk"}, who="ana", why="wrong source", extractor="ana")  # fmt: skip
    added(site, "ben")
    added(site, outcome="gvhd", source="wolschke")
    for who in ("ana", "ben"):
        site.review.submit(who, who=who, why="done", sources=["donk"])
    ben = site.sign_in("ben")
    assert ben.get(href("/record", **of(row))).status_code == 200
    assert ben.get(href("/record/history", **of(row))).status_code == 404


def test_a_record_is_not_moved_to_a_source_that_was_handed_in(site):
    row = added(site)
    added(site, source="wolschke")
    site.review.submit("ana", who="ana", why="done", sources=["wolschke"])
    answer = site.sign_in("ana").post("/record", sent(row, source="wolschke", study="wolschke"))
    assert (answer.status_code, "handed in" in answer.text) == (403, True)


@pytest.mark.slow
def test_records_and_entities_may_have_any_id(site):
    ana = site.sign_in("ana")
    for odd in ODD:
        row = added(site, record=odd)
        for address in ("/record", "/record/history"):
            assert ana.get(href(address, **of(row))).status_code == 200
        assert ana.post("/record", sent(row, total="52")).status_code == 303
        assert ana.post("/entity", {"kind": "outcome", "c-outcome": odd, "c-label": "L"}).status_code == 303
        assert ana.post("/entity", {"kind": "arm", "c-study": "donk", "c-arm": odd, "c-label": "L"}).status_code == 303
        for kind, key in (("outcome", odd), ("arm", f"donk/{odd}")):
            there = site.review.row(kind, key)
            assert ana.get(href("/entity", kind=kind, id=key)).status_code == 200
            assert ana.get(href("/entity/history", kind=kind, id=key)).status_code == 200
            data = {"kind": kind, "id": key, "seen": str(there.revision), "c-label": odd}
            assert ana.post("/entity", data).status_code == 303
            assert site.review.row(kind, key).cells["label"] == odd


def test_questions_and_findings_about_a_record_stand_beside_it(site):
    ana, row = site.sign_in("ana"), added(site)
    other = added(site, outcome="gvhd")
    site.review.open_query(site.review.subject(row.record_key, kind="count", extractor="ana"), who="cara", message="All treated?")  # fmt: skip
    finding = {
        "rule": "COUNT-009", "severity": "warning", "message": "The parts exceed the whole", "source": "donk",
        "records": [row.record_key], "explanations": [], "fingerprint": "abc123", "extractor": "ana", "status": "open",
    }  # fmt: skip
    site.review.save_findings(
        [finding, {**finding, "fingerprint": "def456", "extractor": "ben", "message": "of ben"}], {}
    )
    page = ana.get(href("/record", **of(row))).text
    assert "All treated?" in page
    assert "The parts exceed the whole" in page
    assert "of ben" not in page
    assert 'action="/query/open"' in page
    beside = ana.get(href("/record", **of(other))).text
    assert "All treated?" not in beside
    assert "The parts exceed the whole" not in beside


def test_nonsense_in_addresses_gets_a_sentence(site):
    ana = site.sign_in("ana")
    for address, status in (
        ("/record", 404), ("/record?kind=nonsense&by=ana&id=x", 404), ("/record?kind=arm&by=ana&id=donk/all", 404),
        ("/record/history?kind=count&by=ana", 404), ("/entities?kind=count", 422), ("/entity?kind=nonsense", 422),
        ("/entity?kind=arm&id=nowhere", 404), ("/entities?kind=arm&page=-1", 200), ("/entities?kind=arm&page=x", 200),
        ("/entities?kind=arm&page=99999999", 303), ("/entities?kind=arm&page=" + "9" * 40, 200),
        ("/entity/history?kind=arm&id=nowhere", 404),
    ):  # fmt: skip
        assert ana.get(address).status_code == status, address


def test_an_entity_changed_meanwhile_is_not_overwritten(site):
    ana, ben, row = site.sign_in("ana"), site.sign_in("ben"), site.review.row("outcome", "cr")
    data = {"kind": "outcome", "id": "cr", "seen": str(row.revision), **cells(row.cells)}
    assert ana.post("/entity", {**data, "c-label": "Complete remission"}).status_code == 303
    clash = ben.post("/entity", {**data, "c-note": "IMWG", "c-label": "CR"})
    assert clash.status_code == 409
    for text in ("Complete remission", "IMWG", "As ana saved it"):
        assert text in clash.text
    assert site.review.row("outcome", "cr").cells["label"] == "Complete remission"


def test_entities_are_read_by_all_and_changed_by_those_who_extract(site):
    cara = site.sign_in("cara")
    assert "Complete response" in cara.get("/entities?kind=outcome&search=cr").text
    assert "Acute GVHD" not in cara.get("/entities?kind=outcome&search=anemia").text
    assert "change nothing here" in cara.get("/entity?kind=outcome&id=cr").text
    assert cara.get("/entity?kind=outcome").status_code == 404
    assert cara.post("/entity", {"kind": "outcome", "c-outcome": "x", "c-label": "x"}).status_code == 403
    ana = site.sign_in("ana")
    twice = ana.post("/entity", {"kind": "outcome", "c-outcome": "cr", "c-label": "again"})
    assert (twice.status_code, "is there already" in unescape(twice.text)) == (422, True)
    assert ana.post("/entity", {"kind": "outcome"}).status_code == 422
    several = {"kind": "outcome", "c-outcome": "any", "c-label": "Any", "c-contains": ["cr", "gvhd"]}
    assert ana.post("/entity", several).status_code == 303
    assert site.review.row("outcome", "any").cells["contains"] == "cr gvhd"
