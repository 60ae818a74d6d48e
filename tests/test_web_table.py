"""The published tables of a source, redrawn with marks; nobody sees another's before the time."""

from __future__ import annotations

import pytest
from web_case import count, make_review, served


@pytest.fixture
def site(tmp_path):
    with served(make_review(tmp_path / "r.duckdb"), rules=["COUNT-"]) as found:
        yield found


def enter(site, who, *rows):
    return site.review.add("count", list(rows), who=who, why="test").keys


def test_a_table_is_redrawn_with_marks_and_ways_to_its_records(site):
    keys = enter(site, "ana", count("cr", "22/52 (52.3%)"), count("gvhd", "10/52 (19.2%)"))
    page = site.sign_in("ana").get("/table?source=donk").text
    assert "Table 2" in page
    assert "22/52 (52.3%)" in page
    assert "10/52 (19.2%)" in page
    assert 'class="flag error" href="#finding-' in page
    assert 'id="finding-' in page
    assert "COUNT-002" in page
    assert f"id={keys[0]}" in page
    assert "by=ana" in page
    assert "Would fit" in page


def test_a_record_that_prints_hostile_text_is_shown_as_text(site):
    enter(site, "ana", count("cr", "1/5", row="<script>alert(1)</script>", section="<b>T"))
    page = site.sign_in("ana").get("/table?source=donk").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "<b>T" not in page


def test_numbers_outside_tables_are_listed(site):
    enter(site, "ana", {**count("cr", "22/52"), "row": "", "column": "", "section": "Results"})
    page = site.sign_in("ana").get("/table?source=donk").text
    assert "Numbers outside tables" in page
    assert "Results" in page
    assert "22/52" in page


@pytest.mark.parametrize("address", ["/table", "/table?source=nowhere", "/table?source=donk&by=ben", "/table?source=donk&by=nobody", "/table?source=donk&by=consensus"])  # fmt: skip
def test_what_is_not_there_and_what_may_not_be_seen_look_the_same(site, address):
    enter(site, "ben", count("cr", "33/52 (63.5%)"))
    enter(site, "ana", count("cr", "22/52"))
    answer = site.sign_in("ana").get(address)
    assert answer.status_code == 404
    assert "here is nothing at this address" in answer.text
    assert "33/52" not in answer.text


def test_others_are_seen_once_everybody_has_handed_in(site):
    enter(site, "ben", count("cr", "33/52 (63.5%)"))
    enter(site, "ana", count("cr", "22/52"))
    ana, cara = site.sign_in("ana"), site.sign_in("cara")
    site.review.submit("ana", who="ana", why="done", sources=["donk"])
    assert ana.get("/table?source=donk&by=ben").status_code == cara.get("/table?source=donk&by=ben").status_code == 404
    assert "33/52" not in ana.get("/table?source=donk").text
    assert "ben" not in ana.get("/table?source=donk").text
    site.review.submit("ben", who="ben", why="done", sources=["donk"])
    assert "33/52" in ana.get("/table?source=donk&by=ben").text
    assert "33/52" in cara.get("/table?source=donk&by=ben").text
    assert "Enter a table" not in ana.get("/table?source=donk").text


def test_a_waiver_of_somebody_else_is_not_shown_before_the_time(site):
    enter(site, "ana", count("cr", "22/52 (52.3%)"))
    enter(site, "ben", count("cr", "22/52 (52.3%)"))
    from curation.decisions import check_review

    check_review(site.review, site.review.tables(), site.desk.rules, keep=True)
    site.review.waive(str(site.review.findings()[0]["fingerprint"]), who="olga", reason="printed so")
    page = site.sign_in("ana").get("/table?source=donk").text
    assert "printed so" not in page
    assert "olga" not in page
    assert 'class="flag error"' in page


def test_a_source_without_records_says_so(site):
    page = site.sign_in("ana").get("/table?source=wolschke").text
    assert "No record of this source has been entered by you yet" in page
    assert "/grid?source=wolschke" in page


def test_a_source_with_five_thousand_records_answers(site):
    rows = [count("cr", f"{at % 50}/52", section=f"Table {at // 200}", analysis_set=f"group {at}", row=f"Row {at % 100}", column=f"Column {at // 100 % 2}") for at in range(5000)]  # fmt: skip
    enter(site, "ana", *rows)
    ana = site.sign_in("ana")
    page = ana.get("/table?source=donk")
    assert page.status_code == 200
    assert "are not drawn" in page.text
    whole = ana.get("/table?source=donk&whole=1", headers={"hx-request": "true"})
    assert whole.status_code == 200
    assert "<html" not in whole.text


def test_the_rows_are_first_checked_alone_then_against_each_other(site):
    enter(site, "ana", count("cr", "22/52 (42.3%)"), count("cr", "23/52 (44.2%)", row="again"))
    ana = site.sign_in("ana")
    page = ana.get("/table?source=donk").text
    assert 'hx-trigger="load"' in page
    assert "SOURCE-001" not in page
    assert "checked against each other" in page
    part = ana.get("/table?source=donk&by=ana&whole=1", headers={"hx-request": "true"}).text
    assert "SOURCE-001" in part
    assert 'hx-trigger="load"' not in part
    assert "SOURCE-001" in ana.get("/table?source=donk").text
