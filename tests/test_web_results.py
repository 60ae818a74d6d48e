"""Pooled results and the export in the web app: of what a person may see, and of nothing else."""

from __future__ import annotations

import csv
import io
import time
import zipfile

import pytest
from click.testing import CliRunner
from web_case import count, make_review, served

from curation.commands.export import export as command
from curation.engine.registry import rules
from curation.web.pooled import asked_for
from curation.web.routes.export import file_name


@pytest.fixture
def site(tmp_path):
    with served(make_review(tmp_path / "my review.duckdb"), rules=["COUNT-"]) as served_site:
        yield served_site


def add(site, who, source, outcome="cr", printed="22 (42.3%)", record=None, **more):
    row = count(outcome, printed, source=source, total="52", **more)
    return site.review.add("count", [row | {"record": record or f"{source}-{outcome}"}], who=who, why="typed").keys[0]


def both(site):
    """donk is open; wolschke is extracted by ben alone, who has not handed in."""
    for who in ("ana", "ben"):
        add(site, who, "donk")
    add(site, "ben", "wolschke", printed="7 (13.5%)", quote="secretword", row="hidden row")
    for who in ("ana", "ben"):
        site.review.submit(who, who=who, why="done", sources=["donk"])


def exported(site, name, **fields):
    answer = site.sign_in(name).post("/export", fields)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        return {each: packed.read(each) for each in packed.namelist()}, answer


def rows(content):
    return list(csv.DictReader(io.StringIO(content.decode())))


def results(site, name, query=""):
    browser = site.sign_in(name)
    ended = time.monotonic() + 60
    while True:
        page = browser.get(f"/results{query}")
        assert page.status_code == 200
        if "being computed" not in page.text or time.monotonic() > ended:
            return browser, page.text
        time.sleep(0.1)


@pytest.mark.parametrize("name", ["ana", "cara", "olga"])
def test_the_export_holds_nothing_of_what_is_hidden(site, name):
    both(site)
    files, answer = exported(site, name)
    whole = b"".join(files.values()) + answer.content
    for hidden in (b"secretword", b"hidden row", b"13.5", b"wolschke-cr"):
        assert hidden not in whole
    assert {each["record"] for each in rows(files["account.csv"])} == {"donk-cr"}
    assert [each["source"] for each in rows(files["withheld.csv"])] == ["wolschke"]
    assert list(rows(files["withheld.csv"])[0]) == ["source", "reason"]


def test_ben_gets_his_own_closed_extraction_too(site):
    both(site)
    files, _ = exported(site, "ben")
    assert {each["record"] for each in rows(files["account.csv"])} == {"donk-cr", "wolschke-cr"}
    assert "your own" in rows(files["withheld.csv"])[0]["reason"]


def test_the_page_counts_what_may_be_seen_and_nothing_else(site):
    both(site)
    assert "2 records that you may see" in site.sign_in("ana").get("/export").text
    assert "3 records that you may see" in site.sign_in("ben").get("/export").text
    assert "1 of 2 sources is not in it" in site.sign_in("cara").get("/export").text


def test_what_is_withheld_does_not_tell_whether_others_have_begun(site):
    before = site.sign_in("ana").get("/export").text
    add(site, "ben", "wolschke")
    after = site.sign_in("ana").get("/export").text
    strip = lambda page: page.split("<main", 1)[1].split("csrf", 1)[0]
    assert strip(before) == strip(after)


def test_the_export_of_an_owner_who_sees_all_is_that_of_the_command(site, tmp_path):
    site.desk.rules = rules()
    both(site)
    add(site, "ana", "donk", outcome="gvhd", printed="22 (44.3%)")
    add(site, "ana", "wolschke", printed="7 (13.5%)")
    for who in ("ana", "ben"):
        site.review.submit(who, who=who, why="done")
    files, _ = exported(site, "olga", programs="metafor", licence="CC-BY-4.0")
    path = site.review.path
    site.review.close()
    folder = tmp_path / "out"
    done = CliRunner().invoke(command, [str(path), str(folder), "--for", "metafor", "--licence", "CC-BY-4.0"])
    assert done.exit_code == 0, done.output
    there = {each.relative_to(folder).as_posix(): each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    assert files == there


def test_an_extraction_of_ones_own(site):
    both(site)
    files, answer = exported(site, "ben", whose="own")
    assert b"single extraction by ben" in files["README.txt"]
    assert "withheld.csv" not in files
    assert "my-review-own-dataset.zip" in answer.headers["content-disposition"]
    assert site.sign_in("cara").post("/export", {"whose": "own"}).status_code == 422


@pytest.mark.parametrize(
    "fields", [{"programs": "excel"}, {"whose": "ben"}, {"licence": "x" * 101}, {"licence": "a\nb"}]
)
def test_nonsense_is_refused_in_words(site, fields):
    answer = site.sign_in("olga").post("/export", fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_texts_that_start_a_formula_are_guarded_in_the_zip(site):
    add(site, "ana", "donk", quote="=HYPERLINK(1)", row="@cmd")
    files, _ = exported(site, "ana")
    assert rows(files["count.csv"])[0]["quote"] == "'=HYPERLINK(1)"
    assert rows(files["count.csv"])[0]["row"] == "'@cmd"
    assert "apostrophe" in site.sign_in("ana").get("/export").text


def test_a_source_named_like_a_formula_is_guarded_among_the_withheld(site):
    site.review.add("source", [{"source": "=1+1", "title": "x", "type": "article"}], who="olga", why="x")
    files, _ = exported(site, "ana")
    assert "'=1+1" in {each["source"] for each in rows(files["withheld.csv"])}


def test_exports_of_the_same_state_are_the_same_bytes(site):
    both(site)
    assert exported(site, "cara")[1].content == exported(site, "olga")[1].content


@pytest.mark.parametrize(
    ("name", "safe"),
    [('a"b\r\nX: y', "a-b-X-y"), ("../../etc/passwd", "etc-passwd"), ("Ü", "review"), ("ok_1.2", "ok_1.2")],
)
def test_the_name_of_the_file_is_safe(name, safe):
    assert file_name(name) == safe


def test_nobody_exports_without_signing_in(site):
    assert site.browser().get("/export").status_code == 303
    assert site.browser().post("/export").status_code in (303, 401, 403)


@pytest.mark.parametrize("name", ["ana", "ben", "cara", "olga"])
def test_results_rest_on_what_may_be_seen(site, name):
    both(site)
    browser, page = results(site, name)
    assert "Complete response" in page
    listed = browser.get("/results/analysis?id=donk-cr").text
    assert "13.5" not in page + listed or name == "ben"
    job = asked_for(site.desk, site.desk.person(name), "settled")
    studies = {label for each in job.results.outcomes for label in each.analysis.rows["study"]}
    assert "wolschke" not in studies or name == "ben"


def test_results_of_another_visibility_are_not_shared(site):
    both(site)
    _, mine = results(site, "ben", "?whose=own")
    _, other = results(site, "ana", "?whose=own")
    assert "2 of 2 records" in mine
    assert "1 of 1 records" in other


def test_results_open_with_the_source(site):
    both(site)
    assert "1 of 2 records" in results(site, "cara")[1]
    add(site, "ana", "wolschke", printed="7 (13.5%)", quote="secretword", row="hidden row")
    for who in ("ana", "ben"):
        site.review.submit(who, who=who, why="done")
    browser, page = results(site, "cara")
    assert "2 of 4 records" in page
    job = asked_for(site.desk, site.desk.person("cara"), "settled")
    one = next(each for each in job.results.outcomes if len(each.analysis.rows) == 2)
    analysis = browser.get(f"/results/analysis?id={one.analysis.id}")
    assert analysis.status_code == 200
    assert "Heterogeneity" in analysis.text
    assert "/results/plot?" in analysis.text
    plot = browser.get(f"/results/plot?id={one.analysis.id}&plot=forest")
    assert plot.headers["content-type"].startswith("image/svg+xml")
    assert "default-src 'none'" in plot.headers["content-security-policy"]
    assert plot.content.lstrip().startswith(b"<?xml") or b"<svg" in plot.content[:500]


@pytest.mark.parametrize(
    "address",
    [
        "/results/analysis?id=nothing",
        "/results/analysis",
        "/results/plot?id=nothing&plot=forest",
        "/results/plot?id=&plot=../x",
    ],
)
def test_what_is_not_there_is_not_there(site, address):
    both(site)
    browser, _ = results(site, "ana")
    assert browser.get(address).status_code == 404


def test_without_matplotlib_the_numbers_stay(site, monkeypatch):
    both(site)
    monkeypatch.setattr("curation.web.routes.results.with_plots", lambda: False)
    browser, page = results(site, "ana")
    assert "matplotlib is not installed" in page
    job = asked_for(site.desk, site.desk.person("ana"), "settled")
    page = browser.get(f"/results/analysis?id={job.results.outcomes[0].analysis.id}").text
    assert "matplotlib is not installed" in page
    assert "The studies behind it" in page


def test_an_empty_review_has_no_results_and_says_so(site):
    assert "Nothing can be pooled" in results(site, "ana")[1]


def test_nonsense_in_whose_gives_a_sentence(site):
    answer = site.sign_in("ana").get("/results?whose=ben")
    assert answer.status_code == 422
    assert "choose what is settled" in answer.text
