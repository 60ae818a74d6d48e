"""Overview and sources: what everybody may know of where the review stands, handing in and taking back."""

from __future__ import annotations

import re
from html import unescape

import pytest
from web_case import count, make_review, served

from curation.decisions import check_review
from curation.web.pages import href

ALONE = "4711"
"""What ben alone has read."""


@pytest.fixture
def site(tmp_path):
    with served(make_review(tmp_path / "r.duckdb"), rules=["COUNT-"]) as found:
        add = found.review.add
        add("count", [count("cr", "22/52 (42.3%)"), count("gvhd", "40/52 (12%)")], who="ana", why="x")
        add(
            "count",
            [count("cr", f"{ALONE}/9000"), count("gvhd", "1/9000"), count("anemia", "2/9000")],
            who="ben",
            why="x",
        )
        yield found


def words(page):
    main = page.text.split('<main id="main"', 1)[1].split("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def hand_in(site, *names, source="donk"):
    for each in names:
        answer = site.sign_in(each).post("/source/submit", {"id": source})
        assert answer.status_code == 303, answer.text


def check(site):
    review = site.review
    check_review(review, review.tables(), site.desk.rules, keep=True)


def test_a_blind_extractor_sees_who_is_at_work_but_no_number_and_no_record_of_theirs(site):
    ana = site.sign_in("ana")
    for address in ("/", "/sources", "/source?id=donk"):
        page = ana.get(address)
        assert page.status_code == 200
        said = words(page)
        assert "ana At work 2 records" in said
        assert "ben At work" in said
        assert "3 records" not in said
        assert ALONE not in page.text
        assert "anemia" not in page.text


def test_another_extractor_of_a_blind_source_looks_like_one_that_does_not_exist(site):
    ana = site.sign_in("ana")
    blind, none = (ana.get(href("/source", id="donk", kind="count", by=each)) for each in ("ben", "nobody"))
    assert blind.status_code == none.status_code == 404
    assert words(blind) == words(none)


def test_an_adjudicator_sees_nothing_of_a_source_before_everybody_has_handed_in(site):
    cara = site.sign_in("cara")
    said = words(cara.get("/source?id=donk"))
    assert "There are no records of this source that you can see now" in said
    assert "record" not in words(cara.get("/sources")).split("donk")[1].split("Table")[0].replace(
        "records", "record", 0
    )
    hand_in(site, "ana", "ben")
    page = cara.get("/source?id=donk")
    assert ALONE in page.text
    assert "Handed in by ana and ben" in words(page)


def test_everybody_who_extracts_sees_all_once_all_have_handed_in_and_nobody_else_does(site):
    hand_in(site, "ana", "ben")
    assert ALONE in site.sign_in("ana").get("/source?id=donk").text
    site.review.set_account("dora", role="extractor", password=site.desk.accounts["ana"].password, who="olga")
    site.desk.accounts = site.review.accounts()
    dora = site.sign_in("dora").get("/source?id=donk")
    assert ALONE not in dora.text
    assert "5 record" not in words(dora)


def test_records_are_narrowed_by_kind_person_and_words_and_paged(site):
    rows = [count("cr", f"{number}/52", row=f"line {number}") for number in range(120)]
    site.review.add("count", rows, who="ana", why="x")
    ana = site.sign_in("ana")
    page = ana.get("/source?id=donk&page=3")
    assert page.text.count('href="/record?') == 22
    assert ana.get("/source?id=donk&page=99999999999999999").text.count('href="/record?') == 22
    found = ana.get(href("/source", id="donk", kind="count", search="line 117"))
    assert found.text.count('href="/record?') == 1
    assert "117/52" in words(found)


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/source?id=nothing", 404, "there is nothing at this address"),
        ("/source", 404, "there is nothing at this address"),
        ("/source?id=donk&kind=nonsense", 422, "'nonsense' is not a kind of record"),
        ("/source?id=donk&page=many", 422, "page"),
        ("/sources?state=lost", 422, "'lost' is nothing a source can be"),
        ("/?page=x", 422, "page"),
    ],
)
def test_an_address_that_makes_no_sense_gets_a_sentence(site, address, status, said):
    answer = site.sign_in("ana").get(address)
    assert answer.status_code == status
    assert said.lower() in words(answer).lower()


def test_an_id_of_any_signs_leads_to_its_source(site):
    name = "a/b c%2F<é>&?#"
    site.review.add("source", [{"source": name, "title": "<b>Odd</b> & even", "type": "article"}], who="olga", why="x")
    ana = site.sign_in("ana")
    listed = ana.get("/sources")
    address = re.search(r'href="(/source\?id=a%2Fb[^"]+)"', listed.text)[1]
    page = ana.get(unescape(address))
    assert page.status_code == 200
    assert "<b>Odd</b>" not in page.text
    assert "Source a/b c%2F<é>&?#" in words(page)


def test_where_a_source_stands_is_said_in_words(site):
    ana, olga = site.sign_in("ana"), site.sign_in("olga")
    said = lambda each: words(each.get("/sources"))
    assert "You are at work, and so is ben." in said(ana)
    assert "At work: ana and ben." in said(olga)
    assert "Nobody extracts it yet." in said(olga)
    hand_in(site, "ben")
    assert "You are at work. Handed in by ben." in said(ana)
    hand_in(site, "ana")
    assert "Handed in by you and ben." in said(ana)


def test_the_list_is_searched_narrowed_and_paged(site):
    rows = [{"source": f"s{number:03}", "title": f"Trial {number}", "type": "article"} for number in range(120)]
    site.review.add("source", rows, who="olga", why="x")
    ana = site.sign_in("ana")
    assert "122 of 122 sources" in words(ana.get("/sources"))
    assert ana.get("/sources?page=3").text.count('href="/source?') == 22
    assert "1 of 122 sources" in words(ana.get("/sources?search=TRIAL+117"))
    mine = words(ana.get("/sources?state=mine"))
    assert "1 of 122 sources" in mine
    assert "donk" in mine
    assert "No source fits" in words(ana.get("/sources?search=nowhere"))
    assert ana.get("/?page=2").text.count('href="/source?id=s') == 50


def test_before_handing_in_the_numbers_and_what_contradicts_are_shown(site):
    ana = site.sign_in("ana")
    page = ana.get("/source?id=donk&step=hand-in")
    assert "Counts 2" in words(page)
    assert "when ben has handed in" in words(page)
    assert not site.review.submissions()
    part = ana.get("/source?id=donk&part=findings", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "error open in your records" in part.text
    assert ALONE not in part.text
    whole = ana.get("/source?id=donk&part=findings")
    assert "error open in your records" in words(whole)
    assert 'action="/source/submit"' in whole.text


def test_a_waiver_of_somebody_else_does_not_show_that_they_have_the_same_finding(site):
    row = count("anemia", "40/52 (12%)", "wolschke")
    for each in ("ana", "ben"):
        site.review.add("count", [row], who=each, why="x")
    check(site)
    alike = {each["fingerprint"] for each in site.review.findings("ana")} & {each["fingerprint"] for each in site.review.findings("ben")}  # fmt: skip
    ana = site.sign_in("ana")
    part = lambda: ana.get("/source?id=wolschke&part=findings", headers={"HX-Request": "true"}).text
    before = part()
    for each in alike:
        site.review.waive(each, who="ben", reason="as printed")
    assert alike
    assert part() == before
    for each in alike:
        site.review.withdraw_waiver(each, who="ben")
        site.review.waive(each, who="ana", reason="as printed")
    assert part() != before


def test_handing_in_closes_the_source_and_can_be_taken_back_until_all_have(site):
    ana = site.sign_in("ana")
    answer = ana.post("/source/submit", {"id": "donk"})
    assert answer.headers["location"] == "/source?id=donk"
    page = words(ana.get("/source?id=donk"))
    assert (
        "You have handed in donk. You have handed in; it waits for ben." in ana.get("/source?id=donk").text
        or "it waits for ben" in page
    )
    assert "Enter records" not in page
    assert ana.post("/source/submit", {"id": "donk"}).status_code == 422
    refused = ana.post("/source/withdraw", {"id": "donk", "why": " "})
    assert refused.status_code == 422
    assert "say why" in refused.text
    assert ana.post("/source/withdraw", {"id": "donk", "why": "one table is missing"}).status_code == 303
    assert not site.review.submissions()
    assert site.review.revisions()[-1].why == "one table is missing"
    hand_in(site, "ana", "ben")
    assert "Take it back" not in words(ana.get("/source?id=donk"))
    late = ana.post("/source/withdraw", {"id": "donk", "why": "late"})
    assert late.status_code == 422
    assert "may have been seen" in late.text
    assert len(site.review.submissions()) == 2


def test_handing_in_without_records_is_refused_in_words(site):
    ana = site.sign_in("ana")
    for answer in (ana.post("/source/submit", {"id": "wolschke"}), ana.get("/source?id=wolschke&step=hand-in")):
        assert answer.status_code == 422
        assert "You have no records of wolschke" in unescape(answer.text)
    assert ana.post("/source/submit", {"id": "nothing"}).status_code == 404
    assert ana.post("/source/submit", {}).status_code == 404


def test_adjudicators_hand_nothing_in(site):
    cara = site.sign_in("cara")
    assert cara.post("/source/submit", {"id": "donk"}).status_code == 403
    assert cara.post("/source/withdraw", {"id": "donk", "why": "x"}).status_code == 403
    assert cara.get("/source?id=donk&step=hand-in").status_code == 422


def test_handing_in_needs_the_token_of_our_page(site):
    ana = site.sign_in("ana")
    assert ana.client.post("/source/submit", data={"id": "donk"}).status_code == 403
    assert not site.review.submissions()


def test_the_overview_counts_only_findings_that_may_be_seen(site):
    check(site)
    ana, cara = site.sign_in("ana"), site.sign_in("cara")
    own = sum(each["severity"] == "error" for each in site.review.findings("ana"))
    assert own == 1
    assert "Error open: 1" in ana.get("/").text
    assert "Errors open: 0" in cara.get("/").text
    hand_in(site, "ana", "ben")
    assert "Errors open: 0" not in cara.get("/").text


def test_the_overview_says_what_to_do_next_for_each_role(site):
    ana, cara, olga = (site.sign_in(each) for each in ("ana", "cara", "olga"))
    assert "You have 2 records of donk." in words(ana.get("/"))
    assert "The findings are not up to date." in words(cara.get("/"))
    hand_in(site, "ben")
    assert "Everybody but you has handed in donk." in words(ana.get("/"))
    hand_in(site, "ana")
    for each in (cara, olga):
        assert "1 source can be compared and settled." in words(each.get("/"))
    assert "settled" not in words(ana.get("/"))
    assert "1 source that nobody extracts yet." in words(olga.get("/"))


def test_the_overview_says_when_the_last_check_was_and_how_much_changed_since(site):
    ana = site.sign_in("ana")
    assert "has not been checked yet" in words(ana.get("/"))
    check(site)
    assert "nothing has changed since" in words(ana.get("/"))
    site.review.add("count", [count("anemia", "5/52")], who="ana", why="x")
    assert "1 change" in words(ana.get("/"))


def test_the_consensus_is_listed_once_a_source_is_open(site):
    hand_in(site, "ana", "ben")
    page = site.sign_in("cara").get("/source?id=donk")
    assert '<option value="consensus"' in page.text


def test_an_empty_review_says_what_to_do(tmp_path):
    from store.review import Review

    path = tmp_path / "empty.duckdb"
    Review.create(path).close()
    with served(path) as site:
        client = site.browser()
        client.get(f"/login?key={site.desk.key}")
        assert "The review has no source yet." in words(client.get("/"))
        assert "The review has no source yet." in words(client.get("/sources"))
