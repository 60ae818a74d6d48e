"""curation proposals on a review file: listed, accepted, declined, and refused in sentences."""

from __future__ import annotations

import json

import pytest
from test_commands import run
from web_case import make_review

from store.proposed import Proposed, Said
from store.review import Review

QUOTE = "Of 52 patients, 22 (42.3%) had a complete response"
ROWS = [
    Proposed("donk", "count", {"events": "22", "total": "52", "percent": "42.3%"}, {"section": "Results", "page": "3"}, QUOTE),
    Proposed("donk", "test", {"p": "<0.001"}, {"section": "Results"}, joined=True, remarks=(Said("TEST-001", "warning", "It does not fit."),)),
    Proposed("wolschke", "effect", {"estimate": "0.66"}, {"section": "Table 1", "row": "PFS"}),
]  # fmt: skip


@pytest.fixture
def path(tmp_path):
    made = make_review(tmp_path / "review.duckdb")
    with Review.open(made) as review:
        review.propose(ROWS, why="scanned")
    return made


@pytest.fixture
def marks(path):
    return [each["proposal"] for each in json.loads(run("proposals", path, "--format", "json").stdout)]


def records(path, kind="count"):
    with Review.open(path, read_only=True) as review:
        return [(row.extractor, row.cells) for row in review.rows(kind).rows]


def refused(path, *words):
    with Review.open(path, read_only=True) as review:
        before = review.revision
    said = run("proposals", path, *words, code=2).stderr
    with Review.open(path, read_only=True) as review:
        assert review.revision == before
    return said


def test_the_list_shows_place_print_and_what_the_rules_say(path, marks):
    said = run("proposals", path).stdout
    assert (
        f"{marks[0]}  count, donk, page 3, Results\n    events 22, total 52, percent 42.3%\n    printed: {QUOTE}"
        in said
    )
    assert "put together: its pieces stand apart in the document\n    WARNING  It does not fit. [TEST-001]" in said
    assert f"3 proposals; next: curation proposals {path} --accept ID --extractor NAME" in said
    assert marks[2] not in run("proposals", path, "--source", "donk").stdout


def test_accepting_completes_corrects_and_enters_it_once(path, marks):
    words = ["--accept", marks[0][:6], "--extractor", "AB", "--set", "study=donk", "--set", "arm=all", "--set", "outcome=cr", "--set", "events=21"]  # fmt: skip
    done = run("proposals", path, *words)
    ((extractor, cells),) = records(path)
    assert extractor == "AB"
    assert done.stdout == f"count {cells['record']} of AB is entered from the proposal {marks[0]}\n"
    wanted = {"events": "21", "total": "52", "outcome": "cr", "page": "3", "quote": QUOTE}
    assert {name: cells[name] for name in wanted} == wanted
    assert f"AB has accepted the proposal {marks[0]} already, as {cells['record']}" in refused(path, *words)
    assert "AB has accepted the proposal" in refused(path, "--accept", marks[0], "--extractor", "AB")
    assert "from the proposal" in run("proposals", path, "--accept", marks[0], "--extractor", "CD").stdout


def test_the_list_of_an_extractor_has_what_they_have_not_decided_and_nothing_of_others(path, marks):
    run("proposals", path, "--accept", marks[0], "--extractor", "AB")
    done = run("proposals", path, "--decline", marks[1], "--extractor", "AB", "--reason", "of another trial")
    assert done.stdout == f"AB has declined the proposal {marks[1]}: of another trial\n"
    said = run("proposals", path, "--extractor", "AB").stdout
    assert marks[2] in said
    assert marks[0] not in said
    assert "1 of 3 proposals; next" in said
    shown = run("proposals", path, "--extractor", "AB", "--all").stdout
    assert f"{marks[1]}  declined  test" in shown
    assert "declined by AB: of another trial" in shown
    assert f"accepted by AB: {records(path)[0][1]['record']}" in shown
    for others in (run("proposals", path).stdout, run("proposals", path, "--extractor", "CD", "--all").stdout):
        assert "AB" not in others
        assert "accepted by" not in others
        assert "declined" not in others
    listed = json.loads(run("proposals", path, "--extractor", "AB", "--all", "--format", "json").stdout)
    assert [each["status"] for each in listed] == ["accepted", "declined", "open"]
    assert listed[1]["decided"]["reason"] == "of another trial"
    run("proposals", path, "--decline", marks[2], "--extractor", "AB", "--reason", "seen")
    assert run("proposals", path, "--extractor", "AB").stdout == "AB has decided all of 3 proposals; --all lists them\n"


def test_what_an_intake_would_refuse_is_refused_with_all_its_problems(path, marks):
    said = refused(path, "--accept", marks[0], "--extractor", "AB", "--set", "events=fifteen", "--set", "outcome=rc", "--set", "size=3")  # fmt: skip
    assert f"proposal {marks[0][:8]}, column events: found 'fifteen'" in said
    assert "column outcome: found 'rc'" in said
    assert "size" in said
    assert "curation: 3 problems; nothing was taken in" in said
    assert "column measure" in refused(path, "--accept", marks[2], "--extractor", "AB")
    assert "column arm" in refused(path, "--accept", marks[0], "--extractor", "AB", "--set", "arm=all")
    assert "column source" in refused(path, "--accept", marks[0], "--extractor", "AB", "--set", "source=")
    assert "is of the source 'donk'" in refused(path, "--accept", marks[0], "--extractor", "AB", "--set", "source=wolschke")  # fmt: skip
    assert records(path) == []


def test_what_the_extractor_has_typed_already_is_not_entered_again(path, marks):
    run("proposals", path, "--accept", marks[0], "--extractor", "AB")
    with Review.open(path) as review:
        review.propose([ROWS[0], ROWS[0]], why="printed twice")
        mark = review.proposals()[-1].id
    said = refused(path, "--accept", mark, "--extractor", "AB")
    assert "AB has entered exactly this already" in said
    assert f"decline the proposal {mark[:8]}" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--accept", "abcdef", "--decline", "abcdef", "--reason", "x"], "accepted or declined"),
        (["--set", "outcome=cr"], "give --accept ID with it"),
        (["--reason", "x"], "give --decline ID with it"),
        (["--decline", "abcdef"], "say why with --reason"),
        (["--accept", "abcdef", "--set", "outcome"], "write it as FIELD=TEXT"),
        (["--accept", "abcdef"], "no proposal 'abcdef'"),
        (["--accept", "abc"], "too short for a proposal"),
        (["--source", "dnok"], "no source 'dnok'"),
    ],
)
def test_a_call_that_means_nothing_is_refused_in_a_sentence(path, words, said):
    assert said in refused(path, *words)


def test_a_review_without_proposals_says_how_to_get_some(tmp_path):
    path = make_review(tmp_path / "review.duckdb")
    assert run("proposals", path).stdout.startswith("nothing is proposed; find statistics in an article with: curation scan")  # fmt: skip
    assert run("proposals", path, "--format", "json").stdout == "[]\n"


def test_from_an_article_to_a_record_by_commands_alone(tmp_path):
    """Scanned twice it is proposed once; what is accepted stands in the review with place and words, and nothing else does."""
    path, article = make_review(tmp_path / "review.duckdb"), tmp_path / "article.html"
    article.write_text(
        "<html><head><title>A trial</title></head><body><article><h2>Results</h2>"
        "<p>The groups differed in fatigue, t(28) = 2.20, p = .036, and not in sleep, t(28) = 0.50, p = .621.</p>"
        "</article></body></html>",
        encoding="utf-8",
    )
    for _ in range(2):
        run("scan", article, "--to", path, "--source", "donk", "--fail-on", "never")
    found = json.loads(run("proposals", path, "--format", "json").stdout)
    assert [each["cells"]["statistic"] for each in found] == ["2.20", "0.50"]
    assert records(path, "test") == []
    run("proposals", path, "--accept", found[0]["proposal"], "--extractor", "AB", "--set", "study=donk")
    ((extractor, cells),) = records(path, "test")
    wanted = {"source": "donk", "study": "donk", "statistic": "2.20", "df1": "28", "p": ".036"}
    assert (extractor, {name: cells[name] for name in wanted}) == ("AB", wanted)
    assert "t(28) = 2.20, p = .036" in cells["quote"]
    assert "1 of 2 proposals" in run("proposals", path, "--extractor", "AB").stdout
    said = run("history", path, cells["record"]).stdout
    assert f"AB  add  test {cells['record']}  proposal {found[0]['proposal']} accepted" in said
    assert "QUOTE" not in run("check", path, "--fail-on", "never").stdout
