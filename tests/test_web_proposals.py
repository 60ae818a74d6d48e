"""Proposals in the web app: the same for all, decided by each for themselves, and entered as what is typed."""

from __future__ import annotations

import os
import re
from html import unescape
from pathlib import Path

import pytest
from browsing import NARROW, WIDE, browser, overflow, too_small, violations
from serving import server
from web_case import PASSWORD, copied, make_review, served

from store.proposed import ACCEPTED, DECLINED, OPEN, Proposed, Said
from store.review import Review

QUOTE = "Of 52 patients, 22 (42.3%) had a complete response"
SCRIPT = "<script>alert('1')</script>"
ROWS = [
    Proposed("donk", "count", {"events": "22", "total": "52", "percent": "42.3%"}, {"section": "Results", "page": "3"}, QUOTE),
    Proposed(
        "donk", "test", {"statistic_type": "t", "statistic": "2.20", "df1": "28", "p": ".036"}, {"section": SCRIPT}, SCRIPT,
        joined=True, remarks=(Said("TEST-001", "warning", f"They do not go together. {SCRIPT}"),),
    ),
    Proposed("donk", "effect", {"estimate": "0.66", "lower": "0.52", "upper": "0.84"}, {"section": "Table 1", "row": "PFS", "column": "HR"}),
]  # fmt: skip
ABOUT = {"c-study": "donk", "c-arm": "all", "c-outcome": "cr"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = make_review(tmp_path_factory.mktemp("proposals") / "review.duckdb")
    with Review.open(path) as review:
        review.propose(ROWS, why="scanned donk.xml")
        review.revise("source", "donk", {"document": "donk.txt"}, who="olga", why="text found")
    return path.read_bytes()


@pytest.fixture
def site(made, tmp_path):
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "donk.txt").write_text(f"Background. {QUOTE}. It ended.", encoding="utf-8")
    with served(copied(made, tmp_path / "review.duckdb"), texts, rules=["COUNT"]) as found:
        yield found


@pytest.fixture
def ana(site):
    return site.sign_in("ana")


def marks(site):
    return [each.id for each in site.review.proposals()]


def states(site, who):
    return [each.status(who) for each in site.review.proposals()]


def filled_in(page):
    """What a form would send if nothing is changed."""
    sent = {unescape(name): unescape(text) for name, text in re.findall(r'<input type="(?:text|hidden)"[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', page)}  # fmt: skip
    sent |= {name: unescape(text) for name, text in re.findall(r'<textarea[^>]*? name="([^"]+)"[^>]*>([^<]*)</textarea>', page)}  # fmt: skip
    for name, inside in re.findall(r'<select[^>]*? name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected>', inside)
        sent[name] = unescape(chosen[1]) if chosen else ""
    return {name: text for name, text in sent.items() if name.startswith("c-") or name in ("kind", "proposal")}


def open_form(person, mark, **more):
    answer = person.get("/proposal", params={"id": mark, **more})
    assert answer.status_code == 200, answer.headers
    return answer.text


def take(person, mark, **more):
    return person.post("/proposal/accept", filled_in(open_form(person, mark)) | ABOUT | more)


def test_the_list_has_place_quote_fields_and_what_the_rules_say(site, ana):
    page = ana.get("/proposals?source=donk").text
    assert page.count('class="card proposal"') == 3
    for said in ("42.3%", "Page 3, Results", f"<blockquote>{QUOTE}</blockquote>", "Its pieces stand apart", "They do not go together", "TEST-001", "Table 1, row PFS, column HR"):  # fmt: skip
        assert said in unescape(page).replace("page 3", "Page 3")
    assert SCRIPT not in page
    assert "3 of 3 proposals" in page


def test_the_form_is_filled_in_with_the_passage_marked(site, ana):
    page = open_form(ana, marks(site)[0])
    sent = filled_in(page)
    wanted = {"source": "donk", "events": "22", "total": "52", "percent": "42.3%", "page": "3", "section": "Results", "quote": QUOTE}  # fmt: skip
    assert {name: sent[f"c-{name}"] for name in wanted} == wanted
    assert sent["kind"] == "count"
    assert sent["proposal"] == marks(site)[0]
    assert f"<mark>{QUOTE}</mark>" in page
    assert "Not accepted" not in page


def test_saving_enters_what_was_completed_and_goes_on_to_the_next(site, ana):
    mark = marks(site)[0]
    answer = take(ana, mark, **{"c-events": "21"})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/proposal?id={marks(site)[1]}&c-study=donk&c-arm=all"
    (row,) = site.review.rows("count", extractors=["ana"]).rows
    wanted = {"events": "21", "total": "52", "study": "donk", "outcome": "cr", "quote": QUOTE, "page": "3"}
    assert {name: row.cells[name] for name in wanted} == wanted
    assert states(site, "ana") == [ACCEPTED, OPEN, OPEN]
    following = ana.get(answer.headers["location"]).text
    assert f"Accepted, as {row.record_key}." in following
    assert {filled_in(following)[name] for name in ("c-study", "c-statistic")} == {"donk", "2.20"}
    page = ana.get("/proposals?source=donk&status=accepted").text
    assert f"/record?kind=count&amp;by=ana&amp;id={row.record_key}" in page
    assert ana.get(f"/proposal?id={mark}").headers["location"] == f"/proposals?source=donk&status=all#proposal-{mark}"


def test_after_the_last_one_the_list_says_that_all_is_decided(site, ana):
    for mark in marks(site)[1:]:
        ana.post("/proposal/decline", {"proposal": mark, "reason": "not needed"})
    answer = take(ana, marks(site)[0])
    assert answer.headers["location"] == "/proposals?source=donk"
    assert "You have decided everything that was found here." in ana.get("/proposals?source=donk").text
    assert "No proposal waits for you" in ana.get("/proposals").text


def test_accepting_twice_is_refused_with_a_sentence(site, ana):
    form = filled_in(open_form(ana, marks(site)[0])) | ABOUT
    assert ana.post("/proposal/accept", form).status_code == 303
    answer = ana.post("/proposal/accept", form)
    assert answer.status_code == 422
    assert "Not saved: ana has accepted the proposal" in answer.text
    assert len(site.review.rows("count").rows) == 1


def test_what_cannot_be_read_or_does_not_belong_is_refused_beside_its_field(site, ana):
    answer = take(ana, marks(site)[0], **{"c-events": "fifteen"})
    assert answer.status_code == 422
    assert "found &#39;fifteen&#39;" in answer.text
    assert "measure" in take(ana, marks(site)[2]).text
    answer = take(ana, marks(site)[0], **{"c-source": "wolschke", "c-study": "", "c-arm": ""})
    assert "is of the source &#39;donk&#39;" in answer.text
    assert take(ana, marks(site)[0], kind="rate").status_code == 404
    assert take(ana, marks(site)[0], kind="<b>").status_code == 422
    assert states(site, "ana") == [OPEN] * 3
    assert not site.review.rows("count").rows


def test_what_the_rules_say_is_said_while_the_form_is_typed(site, ana):
    form = filled_in(open_form(ana, marks(site)[0])) | ABOUT | {"c-events": "60"}
    said = ana.post("/enter/check", form).text
    assert "COUNT-001" in said


def test_something_new_is_made_aside_and_the_form_comes_back_as_it_was(site, ana):
    form = filled_in(open_form(ana, marks(site)[0])) | {"c-events": "", "c-total": "53"}
    answer = ana.post("/proposal/accept", form | {"go": "outcome"})
    assert answer.headers["location"].startswith("/entity?kind=outcome")
    made = ana.get(answer.headers["location"]).text
    sent = filled_in(made) | {"kind": "outcome", "field": "outcome", "c-outcome": "pr", "c-label": "Partial response"}
    sent["back"] = unescape(re.search(r'name="back" value="([^"]*)"', made)[1])
    back = ana.post("/entity", sent).headers["location"]
    assert back.startswith(f"/proposal?id={marks(site)[0]}")
    again = filled_in(ana.get(back).text)
    assert {name: again[f"c-{name}"] for name in ("events", "total", "outcome", "quote")} == {"events": "", "total": "53", "outcome": "pr", "quote": QUOTE}  # fmt: skip


def test_declining_asks_for_a_reason_and_keeps_what_was_typed(site, ana):
    mark = marks(site)[1]
    answer = ana.post("/proposal/decline", {"proposal": mark, "reason": "  "})
    assert answer.status_code == 422
    assert "Say why it is not taken" in answer.text
    answer = ana.post("/proposal/decline", {"proposal": mark, "reason": f"another trial {SCRIPT}", "status": "all"})
    assert answer.headers["location"] == "/proposals?source=donk&status=all"
    page = ana.get("/proposals?source=donk&status=declined").text
    assert "another trial &lt;script&gt;" in page
    assert "Accept after all" in page
    assert states(site, "ana") == [OPEN, DECLINED, OPEN]
    answer = ana.post("/proposal/decline", {"proposal": mark, "reason": "again"})
    assert answer.status_code == 422
    assert "it may still be accepted" in answer.text
    assert take(ana, mark).status_code == 303
    assert states(site, "ana") == [OPEN, ACCEPTED, OPEN]


def test_nobody_learns_what_others_have_decided(site, ana):
    ben, before = site.sign_in("ben"), site.review.revision
    pages = [
        "/",
        "/proposals",
        "/proposals?source=donk&status=all",
        f"/proposal?id={marks(site)[0]}",
        "/source?id=donk",
    ]
    seen = {each: without_tokens(ben.get(each).text) for each in pages}
    take(ana, marks(site)[0])
    ana.post("/proposal/decline", {"proposal": marks(site)[1], "reason": "secret reason"})
    assert site.review.revision > before
    for each in pages[1:4]:
        assert without_tokens(ben.get(each).text) == seen[each]
    for each in pages:
        assert "secret reason" not in ben.get(each).text
    assert states(site, "ben") == [OPEN] * 3
    assert take(ben, marks(site)[0]).status_code == 303
    assert sorted(row.extractor for row in site.review.rows("count").rows) == ["ana", "ben"]


def without_tokens(page):
    return re.sub(r'value="[^"]*"(?=>)|X-CSRF-Token[^}]*', "", page)


def test_after_handing_in_nothing_can_be_decided(site, ana):
    form = filled_in(open_form(ana, marks(site)[0])) | ABOUT
    assert ana.post("/proposal/accept", form).status_code == 303
    later = filled_in(open_form(ana, marks(site)[1]))
    site.review.submit("ana", who="ana", why="done", sources=["donk"])
    for address, sent in (("/proposal/accept", later), ("/proposal/decline", {"proposal": marks(site)[1], "reason": "x"})):  # fmt: skip
        answer = ana.post(address, sent)
        assert answer.status_code == 403
        assert "you have handed in donk" in answer.text
    page = ana.get("/proposals?source=donk&status=all").text
    assert "Nothing can be accepted now: you have handed in donk" in page
    assert "/proposal/decline" not in page
    assert ana.get(f"/proposal?id={marks(site)[1]}").status_code == 303
    assert "proposals from the document" not in ana.get("/").text


def test_the_overview_and_the_source_say_how_many_are_open(site, ana):
    assert "3 proposals from the document of donk not decided yet." in ana.get("/").text
    assert "Proposals (3 open)" in ana.get("/source?id=donk").text
    assert "Proposals" not in ana.get("/source?id=wolschke").text
    ana.post("/proposal/decline", {"proposal": marks(site)[0], "reason": "x"})
    assert "2 proposals from the document of donk" in ana.get("/").text
    assert '<td class="number">2</td>' in ana.get("/proposals").text


def test_handing_in_says_how_many_are_not_decided(site, ana):
    take(ana, marks(site)[0])
    page = ana.get("/source?id=donk&step=hand-in").text
    assert "2 proposals from the document are not decided, and will stay so." in page
    for mark in marks(site)[1:]:
        ana.post("/proposal/decline", {"proposal": mark, "reason": "x"})
    assert "not decided" not in ana.get("/source?id=donk&step=hand-in").text


def test_many_sources_are_summed_up_on_the_overview(site, ana):
    rows = [{"source": f"s{number}", "title": f"S{number}", "type": "article"} for number in range(4)]
    site.review.add("source", rows, who="olga", why="x")
    site.review.propose([Proposed(row["source"], "test", {"p": "0.1"}) for row in rows], why="scanned")
    page = ana.get("/").text
    assert len(re.findall(r"<span>\d+ proposals? from the document of", page)) == 3
    assert "7 proposals in all, from 5 sources." in page


def test_those_who_do_not_extract_are_neither_let_in_nor_told(site):
    cara = site.sign_in("cara")
    for address in ("/proposals", "/proposals?source=donk", f"/proposal?id={marks(site)[0]}"):
        assert cara.get(address).status_code == 403
    for address in ("/proposal/accept", "/proposal/decline"):
        assert cara.post(address, {"proposal": marks(site)[0], "reason": "x"}).status_code == 403
    assert "roposal" not in cara.get("/").text + cara.get("/source?id=donk").text
    olga = site.sign_in("olga")
    assert take(olga, marks(site)[0]).status_code == 303


@pytest.mark.parametrize("address", ["/proposal?id=", "/proposal?id=abcdef", "/proposals?source=nothing", "/proposals?source=<b>"])  # fmt: skip
def test_what_there_is_not_is_not_found(site, ana, address):
    assert ana.get(address).status_code == 404


def test_a_status_that_there_is_not_is_refused_and_a_page_too_far_is_the_last(site, ana):
    assert ana.get("/proposals?source=donk&status=new").status_code == 422
    assert "3 of 3" in ana.get("/proposals?source=donk&page=99").text
    assert "Nothing is proposed from this source." in ana.get("/proposals?source=wolschke").text


def test_many_proposals_come_in_pages_and_the_refused_one_is_on_its_own(site, ana):
    rows = [Proposed("wolschke", "test", {"p": f"0.{number:03}"}) for number in range(60)]
    site.review.propose(rows, why="scanned")
    last = site.review.proposals("wolschke")[-1].id
    assert ana.get("/proposals?source=wolschke").text.count('class="card proposal"') == 25
    page = ana.post("/proposal/decline", {"proposal": last, "reason": ""}).text
    assert page.count('class="card proposal"') == 10
    assert f'id="reason-{last}-said"' in page
    sent = {"proposal": last, "reason": "x", "status": "open", "page": "3"}
    assert ana.post("/proposal/decline", sent).headers["location"] == "/proposals?source=wolschke&status=open&page=3"
    sent = {"proposal": site.review.proposals("wolschke")[0].id, "reason": "x", "status": "//evil", "page": "٣x"}
    assert ana.post("/proposal/decline", sent).headers["location"] == "/proposals?source=wolschke&status=open"


@pytest.mark.slow
@pytest.mark.browser
def test_the_pages_can_be_read_and_used_by_all(made, tmp_path):
    path = copied(made, tmp_path / "Lenalidomide.duckdb")
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "donk.txt").write_text(f"Background. {QUOTE}. It ended.", encoding="utf-8")
    with Review.open(path) as review:
        first, second, _ = (each.id for each in review.proposals())
        review.decline_proposal(second, who="ana", reason="It is of another trial.")
    with server(path, "--documents", str(texts)) as address, browser() as open_page:
        page = open_page(WIDE)
        at = address.rstrip("/")
        page.goto(f"{at}/login")
        page.fill("[name=name]", "ana")
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(f"{at}/")
        wrong = []
        for name in (
            "/proposals",
            "/proposals?source=donk&status=all",
            f"/proposal?id={first}",
            "/source?id=donk",
            "/",
        ):
            wrong += looked_at(page, at + name)
        assert not wrong, "\n".join(wrong)
        accept_in(page, at, first)
    with Review.open(path, read_only=True) as review:
        assert [each.status("ana") for each in review.proposals()] == [ACCEPTED, DECLINED, OPEN]


def looked_at(page, address):
    """What is wrong with a page wide and light, narrow and dark."""
    page.said.clear()
    page.goto(address)
    wrong = []
    for (width, height), scheme in ((WIDE, "light"), (NARROW, "dark")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        wrong += [*violations(page), *(f"too small: {each}" for each in too_small(page))]
        wrong += [f"{overflow(page)} pixels too wide"] if overflow(page) else []
        keep(page, address, width)
    return [f"{address}: {each}" for each in [*wrong, *page.said]]


def keep(page, address, width):
    """A picture, where CURATION_SCREENSHOTS names a folder for them."""
    if where := os.environ.get("CURATION_SCREENSHOTS"):
        name = re.sub(r"\W+", "-", address.split("/", 3)[3]) or "overview"
        page.screenshot(path=Path(where) / f"proposals-{name}-{width}.png", full_page=True)


def accept_in(page, at, mark):
    """Decline is folded away; the form says at once what contradicts; saving goes on to the next."""
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.goto(f"{at}/proposals?source=donk")
    page.click(f"#proposal-{mark} a.button")
    page.fill("[name=c-events]", "60")
    page.wait_for_selector("#f-c-events-said .message")
    page.fill("[name=c-events]", "22")
    page.wait_for_selector("#f-c-events-said .message", state="detached")
    page.select_option("[name=c-study]", "donk")
    page.wait_for_selector("[name=c-arm] option[value=all]", state="attached")
    page.select_option("[name=c-arm]", "all")
    page.select_option("[name=c-outcome]", "cr")
    page.click(".save-bar button.main")
    page.wait_for_selector("text=Accepted, as count-")
