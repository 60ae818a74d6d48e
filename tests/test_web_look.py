"""Every page in a real browser, for every role: readable for all, nothing sideways, nothing on the console."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from browsing import NARROW, WIDE, browser, overflow, too_small, violations
from click.testing import CliRunner
from serving import server
from walk_case import SOURCE, first_extraction, make, second_extraction
from web_case import PASSWORD

from curation.commands.check import check
from store.review import Review

pytestmark = pytest.mark.browser
LOOKS = ((WIDE, "light"), (NARROW, "dark"))
OPEN = "editorial"
"""A source that ana has not handed in."""


def filled(path):
    """Two extractions that are open, one at work, a decision, findings, a waiver and a question."""
    with Review.open(make(path)) as review:
        review.add("source", [{"source": OPEN, "title": "An editorial", "type": "article"}], who="olga", why="set up")
        for who, rows in (("ana", first_extraction()), ("ben", second_extraction())):
            review.add("count", [{"source": SOURCE, **row} for row in rows], who=who, why="read")
            review.submit(who, who=who, why="done", sources=[SOURCE])
        review.add("count", [{"source": OPEN, **first_extraction()[0]}], who="ana", why="read")
        key = review.rows("count", source=SOURCE, extractors=["ana"]).rows[0].record_key
    done = CliRunner().invoke(check, [str(path)])
    assert done.exit_code in (0, 1), done.output
    with Review.open(path) as review:
        marks = [str(each["fingerprint"]) for each in review.findings_of_each()]
        review.waive(marks[1], who="cara", reason="Confirmed by the authors.")
        query = review.open_query(review.subject(marks[0]), who="cara", message="Is it printed so?")
    return key, marks[:2], query


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    path = tmp_path_factory.mktemp("look") / "Lenalidomide in relapsed myeloma.duckdb"
    key, marks, query = filled(path)
    with server(path) as address:
        yield address.rstrip("/"), key, marks, query


def details(key, marks, query, role):
    """The pages behind those of the navigation; what looks the same to all is looked at as the owner."""
    source, record = quote(SOURCE), f"kind=count&by=ana&id={quote(key)}"
    settling = [f"/adjudicate/source?id={source}", f"/adjudicate/source?id={source}&view=decided"]
    if role == "extractor":
        return [
            f"/source?id={OPEN}", f"/source?id={OPEN}&step=hand-in", f"/record?{record}", f"/finding?id={marks[0]}",
            f"/enter?source={OPEN}&kind=count", f"/grid?source={OPEN}&kind=count&layout=printed",
            f"/grid?source={OPEN}&kind=effect", "/grid", "/upload", "/entities?kind=outcome",
            "/entity?kind=outcome&id=cr", "/entity?kind=outcome", "/entity/history?kind=outcome&id=cr",
        ]  # fmt: skip
    if role == "adjudicator":
        return [*settling, f"/finding?id={marks[1]}", f"/query?number={query}"]
    return [
        f"/source?id={source}", f"/record?{record}", f"/record/history?{record}", f"/table?source={source}&by=ben",
        *(f"/finding?id={mark}" for mark in marks), f"/query?number={query}", "/rules", "/rules/PERCENT-002", *settling,
        "/no-such-page", f"/record?kind=count&by=ana&id={quote('no/such record')}",
    ]  # fmt: skip


def seen(page, address):
    """What is wrong with a page at 1440 px and light, and at 375 px and dark; one line each."""
    page.said.clear()
    answer = page.goto(address)
    page.wait_for_selector(".htmx-request, #drawn[hx-get]", state="detached")
    wrong = [] if answer.status in (200, 404) else [f"status {answer.status}"]
    for (width, height), scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = [*violations(page), *(f"too small: {each}" for each in too_small(page))]
        if wide := overflow(page):
            found.append(f"{wide} pixels wider than the window")
        wrong += [f"{width} px, {scheme}: {each}" for each in found]
    wrong += [f"said: {each}" for each in page.said if not (answer.status == 404 and "404" in each)]
    return [f"{address}: {each}" for each in wrong]


def sign_in(page, at, name):
    page.goto(f"{at}/login")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{at}/")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "role"), [("ana", "extractor"), ("cara", "adjudicator"), ("olga", "owner")])
def test_every_page_can_be_read_by_all(site, name, role):
    at, key, marks, query = site
    with browser() as open_page:
        page = open_page(WIDE)
        wrong = seen(page, f"{at}/login") if name == "ana" else []
        sign_in(page, at, name)
        nav = page.eval_on_selector_all("nav.nav a", "links => links.map((each) => each.getAttribute('href'))")
        assert len(nav) >= 6
        for address in dict.fromkeys([*nav, *details(key, marks, query, role)]):
            wrong += seen(page, at + address)
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_the_pages_that_were_looked_at_are_those_that_there_are(site):
    at, key, marks, query = site
    with browser() as open_page:
        page = open_page(WIDE)
        sign_in(page, at, "olga")
        for address in details(key, marks, query, "owner"):
            answer = page.request.get(at + address)
            gone = "such" in address
            assert answer.status == (404 if gone else 200), address
            assert re.search(r"<h1[ >]", answer.text()), address
