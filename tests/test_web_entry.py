"""Typing records: the form, what is said meanwhile, and that it stores what an intake of files stores."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import unquote_plus

import pytest
from hypothesis import HealthCheck, given, settings
from sweep import cases
from test_entry_rows import from_csv, typed_rows
from web_case import count, make_review, served

from curation.entry.rows import read_rows, verbatim
from curation.intake.problems import Refused
from curation.web.pages import href
from curation.web.typing_in import fixed_fields
from schemas.registry import KINDS, RECORDS

SCRIPT = "<script>alert('1')</script>"


@pytest.fixture
def site(tmp_path):
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "donk.txt").write_text(
        f"Of 52 patients, 22 (42.3%) had a com-\nplete response. {SCRIPT}", encoding="utf-8"
    )
    with served(make_review(tmp_path / "r.duckdb"), texts) as found:
        found.review.revise("source", "donk", {"document": "donk.txt"}, who="olga", why="text found")
        yield found


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    with served(make_review(tmp_path_factory.mktemp("entry") / "r.duckdb")) as found:
        add = found.review.add
        add("source", [{"source": each, "title": each, "type": "article"} for each in "ab"], who="olga", why="x")
        add("study", [{"study": each, "label": each} for each in "ab"], who="olga", why="x")
        arms = [{"study": study, "arm": arm, "label": arm} for study, arm in ("aa", "ab", "ba")]
        add("arm", arms, who="olga", why="x")
        add("outcome", [{"outcome": each, "label": each} for each in "ab"], who="olga", why="x")
        yield found, found.sign_in("ana")


def posted(row, kind="count", **more):
    return {"kind": kind, **{f"c-{name}": text for name, text in row.items()}, **more}


def counts(site, who="ana"):
    return site.review.rows("count", extractors=[who]).rows


def said_at(page, field):
    found = re.search(rf'id="f-c-{field}-said"[^>]*>(.*?)</div>\s*(?:</div>|<div|$)', page, re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", "", found[1])) if found else None


def saved_in(location):
    """The id of the record that an address says was saved."""
    return unquote_plus(re.search(r"saved=([^&#]+)", location)[1])


@settings(
    max_examples=cases(40),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(given_rows=typed_rows())
def test_a_form_stores_the_texts_that_a_csv_intake_of_the_same_row_stores(lasting, given_rows):
    site, ana = lasting
    kind, rows = given_rows
    address = "/enter" if kind in RECORDS else "/entity"
    for row in rows:
        before = site.review.revision
        answer = ana.post(address, posted(row, kind))
        try:
            wanted = verbatim(from_csv(kind, [row]).tables[kind])
        except Refused:
            wanted = []
        if answer.status_code == 303 and site.review.revision > before:
            assert len(wanted) == 1
            found = site.review.history()[-1] if kind not in RECORDS else None
            key = saved_in(answer.headers["location"]) if found is None else found.record_key
            there = site.review.row(kind, key, "ana" if kind in RECORDS else None)
            texts, own = wanted[0], fixed_fields(KINDS[kind])
            texts |= {
                name: (texts[name] or "").strip() or None for name in own
            }  # a screen tidies ids, a file keeps them
            if not row.get("record", "").strip():
                texts |= {name: there.cells[name] for name in own if name == "record"}  # may have been taken
            assert there.cells == texts
        else:
            assert answer.status_code == 422
            assert site.review.revision == before
            fine = wanted and not read_rows(kind, [row], site.desk.known()).problems
            assert not fine or "already" in answer.text


def test_a_source_and_a_kind_are_chosen_first_and_nonsense_gets_a_sentence(site):
    ana = site.sign_in("ana")
    assert "Choose the source" in ana.get("/enter").text
    form = ana.get("/enter?source=donk&kind=count")
    assert form.status_code == 200
    for name in KINDS["count"].model_fields:
        assert f'name="c-{name}"' in form.text
    for address, words in (
        ("/enter?source=donk&kind=nonsense", "is not a kind of record"),
        ("/enter?source=nowhere&kind=count", "has no source"),
        ("/enter?source=donk&kind=arm", "is not a kind of record"),
    ):
        answer = ana.get(address)
        assert (answer.status_code, words in unescape(answer.text)) == (422, True)
    assert ana.post("/enter", posted(count("cr", "22 (42%)"), "nonsense")).status_code == 422
    assert ana.post("/enter/check", posted(count("cr", "22 (42%)"), "nonsense")).status_code == 422


def test_what_is_saved_leads_to_the_next_record_of_the_table(site):
    ana = site.sign_in("ana")
    answer = ana.post("/enter", posted(count("cr", "22 (42.3%)", total="52", quote="22 (42.3%)")))
    assert answer.status_code == 303
    (row,) = counts(site)
    assert (row.cells["events"], row.cells["percent"], row.cells["section"]) == ("22", "42.3%", "Table 2")
    page = ana.get(answer.headers["location"]).text
    assert unescape(page).count(href("/record", kind="count", by="ana", id=row.record_key)) == 1
    assert 'name="c-section" aria-describedby="f-c-section-help f-c-section-said" value="Table 2"' in page
    for name in ("row", "printed", "total"):
        assert re.search(rf'id="f-c-{name}"[^>]* value=""', page), name
    assert '<option value="donk" selected>Donk (donk)' in page
    assert '<option value="cr" selected>' not in page


def test_a_contradiction_is_said_and_does_not_hinder(site):
    ana = site.sign_in("ana")
    row = count("cr", "22 (50%)", total="52")
    said = ana.post("/enter/check", posted(row)).text
    assert "Split into Events 22, Percent 50%" in said_at(said, "printed")
    assert "COUNT-002" in said_at(said, "percent")
    assert "Would fit: 42" in said_at(said, "percent")
    answer = ana.post("/enter", posted(row))
    assert answer.status_code == 303
    assert "Saved, with something to explain" in ana.get(answer.headers["location"]).text


def test_what_cannot_be_read_is_refused_at_its_field_and_stays_typed(site):
    ana = site.sign_in("ana")
    row = count("cr", "22 (42%)", total="5x", p="maybe <b>", arm="nobody")
    for answer in (ana.post("/enter/check", posted(row)), ana.post("/enter", posted(row))):
        assert "found '5x', expected" in said_at(answer.text, "total")
        assert "expected the id of an arm" in said_at(answer.text, "arm")
    assert answer.status_code == 422
    assert 'value="maybe &lt;b&gt;"' in answer.text
    assert "nobody (not in the list)" in answer.text
    assert counts(site) == []


def test_cells_of_2001_signs_are_refused_and_kept_in_the_form(site):
    ana = site.sign_in("ana")
    long = "x" * 2001
    answer = ana.post("/enter", posted(count("cr", "22 (42%)", note=long)))
    assert answer.status_code == 422
    assert long in answer.text
    assert "2001" in said_at(answer.text, "note").replace(",", "") or "2,000" in said_at(answer.text, "note")
    assert ana.post("/enter", posted(count("cr", "22 (42%)", note="x" * 2000))).status_code == 303


def test_a_check_answers_with_what_has_changed_only(site):
    ana = site.sign_in("ana")
    row = count("cr", "22 (42%)", total="52")
    page = ana.get(
        href("/enter", source="donk", kind="count", **{f"c-{name}": text for name, text in row.items()})
    ).text
    shown = unescape(re.search(r'name="shown" value="([^"]*)"', page)[1])
    first = ana.post("/enter/check", posted(row, shown=shown)).text
    shown = unescape(re.search(r'name="shown" value="([^"]*)"', first)[1])
    assert ana.post("/enter/check", posted(row, shown=shown)).text.strip() == ""
    more = ana.post("/enter/check", posted({**row, "total": "5x"}, shown=shown)).text
    assert re.findall(r'id="f-c-(\w+)-said"', more) == ["total"]
    for nonsense in ("[", "[]", "7", json.dumps({"total": [1]})):
        assert ana.post("/enter/check", posted(row, shown=nonsense)).status_code == 200


def test_the_arms_offered_are_those_of_the_study(site):
    ana = site.sign_in("ana")
    site.review.add("arm", [{"study": "wolschke", "arm": "late", "label": "Late start"}], who="olga", why="x")
    assert "Late start" in ana.post("/enter/check", posted({"source": "donk", "study": "wolschke"})).text
    assert "Late start" not in ana.post("/enter/check", posted({"source": "donk", "study": "donk"})).text


def test_the_quote_is_looked_up_in_the_text_and_marked(site):
    ana = site.sign_in("ana")
    found = ana.post("/enter/check", posted(count("cr", "22 (42%)", quote="had a complete response")))
    assert "These words are in the text" in said_at(found.text, "quote")
    assert "<mark>had a com-\nplete response</mark>" in found.text
    assert SCRIPT not in found.text
    assert "not in the text" in said_at(
        ana.post("/enter/check", posted(count("cr", "22 (42%)", quote="of 53"))).text, "quote"
    )
    other = ana.post("/enter/check", posted(count("cr", "22 (42%)", source="wolschke", quote="of 53"))).text
    assert "in the text" not in other


def test_the_same_typed_twice_is_refused_and_another_at_the_same_place_gets_its_own_id(site):
    ana = site.sign_in("ana")
    assert ana.post("/enter", posted(count("cr", "22 (42%)"))).status_code == 303
    again = ana.post("/enter", posted(count("cr", "22 (42%)")))
    assert again.status_code == 422
    assert "exactly this already" in again.text
    assert ana.post("/enter", posted(count("cr", "23 (42%)"))).status_code == 303
    assert len({row.record_key for row in counts(site)}) == 2


def test_something_new_is_added_on_the_way_and_nothing_typed_is_lost(site):
    ana = site.sign_in("ana")
    row = count("cr", "22 & “more” %", note="a/b?c=d#e")
    to = ana.post("/enter", posted(row, go="arm")).headers["location"]
    assert to.startswith("/entity?kind=arm")
    page = ana.get(to).text
    assert '<option value="donk" selected>' in page
    back = unescape(re.search(r'name="back" value="([^"]*)"', page)[1])
    arm = {"study": "donk", "arm": "new one", "label": "New"}
    done = ana.post("/entity", posted(arm, "arm", back=back, field="arm"))
    assert done.headers["location"].startswith("/enter?")
    form = ana.get(done.headers["location"]).text
    assert '<option value="new one" selected>' in form
    assert 'value="22 &amp; “more” %"' in form
    assert "a/b?c=d#e</textarea>" in form
    too_long = ana.post("/enter", posted({**row, "note": "ö" * 1900}, go="arm"))
    assert (too_long.status_code, "too long" in too_long.text, "ööö" in too_long.text) == (422, True, True)


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere_afterwards(site, back):
    ana = site.sign_in("ana")
    outcome = {"outcome": "o1", "label": "O"}
    assert "evil" not in ana.get(href("/entity", kind="outcome", back=back)).text
    answer = ana.post("/entity", posted(outcome, "outcome", back=back))
    assert answer.headers["location"].split("?")[0] == "/"


def test_only_those_who_extract_enter_records_and_not_after_handing_in(site):
    cara = site.sign_in("cara")
    assert cara.get("/enter").status_code == 403
    assert cara.post("/enter", posted(count("cr", "22 (42%)"))).status_code == 403
    assert cara.post("/enter/check", posted(count("cr", "22 (42%)"))).status_code == 403
    ana = site.sign_in("ana")
    assert ana.post("/enter", posted(count("cr", "22 (42%)"))).status_code == 303
    site.review.submit("ana", who="ana", why="done", sources=["donk"])
    answer = ana.post("/enter", posted(count("gvhd", "7 (typed)")))
    assert answer.status_code == 403
    assert "7 (typed)" in answer.text
    assert "handed in" in ana.get("/enter?source=donk&kind=count").text
    assert len(counts(site)) == 1


def test_the_live_check_never_looks_at_what_others_have(site):
    ben = site.sign_in("ben")
    theirs = count("cr", "22 (42.3%)", total="52", note="only mine", record="own id")
    assert site.sign_in("ana").post("/enter", posted(theirs)).status_code == 303
    mine = posted({**count("cr", "9 (42%)"), "record": "own id"})
    alone = ben.post("/enter/check", mine).text
    assert "only mine" not in alone
    assert ben.post("/enter/check", {**mine, "id": "own id"}).text == alone
    assert ben.post("/enter", mine).status_code == 303


def test_texts_with_markup_are_shown_as_texts_on_every_page(site):
    ana = site.sign_in("ana")
    outcome = {"outcome": SCRIPT, "label": SCRIPT}
    assert ana.post("/entity", posted(outcome, "outcome")).status_code == 303
    row = count(SCRIPT, "22 (42%)", record=SCRIPT, note=SCRIPT, quote=SCRIPT, timepoint=f'"{SCRIPT}')
    assert ana.post("/enter", posted(row)).status_code == 303
    assert ana.post("/record", posted({**row, "note": SCRIPT * 2}, by="ana", id=SCRIPT, seen=str(counts(site)[0].revision), reason=SCRIPT)).status_code == 303  # fmt: skip
    who = {"kind": "count", "by": "ana", "id": SCRIPT}
    pages = [
        ana.get("/enter?source=donk&kind=count"), ana.get(href("/enter", source=SCRIPT, kind=SCRIPT)),
        ana.get(href("/record", **who)), ana.get(href("/record/history", **who)), ana.get("/entities?kind=outcome"),
        ana.get(href("/entities", kind="outcome", search=SCRIPT)), ana.get(href("/entities", kind=SCRIPT)),
        ana.get(href("/entity", kind="outcome", id=SCRIPT)), ana.get(href("/entity/history", kind="outcome", id=SCRIPT)),
        ana.post("/enter/check", posted(row)), ana.post("/enter", posted({**row, "total": SCRIPT})),
        ana.post("/record", posted(row, by="ana", id=SCRIPT, seen="1")),
    ]  # fmt: skip
    for page in pages:
        assert page.status_code in (200, 409, 422)
        assert "alert(" in page.text
        assert SCRIPT not in page.text


def test_another_source_brings_its_own_text(site):
    ana = site.sign_in("ana")
    page = ana.get("/enter?source=donk&kind=count").text
    assert "Of 52 patients" in page
    shown = unescape(re.search(r'name="shown" value="([^"]*)"', page)[1])
    same = ana.post("/enter/check", posted({"source": "donk", "total": "52"}, shown=shown)).text
    assert "Of 52 patients" not in same
    other = ana.post("/enter/check", posted({"source": "wolschke"}, shown=shown)).text
    assert 'id="pane"' in other
    assert "names no document" in other
