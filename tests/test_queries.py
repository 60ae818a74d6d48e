"""The query log: what was asked about a finding or a record, what was said to it, and in which order that can happen."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep import cases

from curation.cli import curation
from curation.commands.reading import read_consistently
from store import migrate, opening
from store.errors import StoreError
from store.queries import CLOSED, MOVES, OPEN
from store.review import Review
from store.subjects import DIFFERENCE, Subject

ENTITIES = {
    "source.csv": "source,title,type\npaper,A trial,article\nother,Another,article\n",
    "study.csv": "study,label\ntrial,The trial\n",
    "outcome.csv": "outcome,label\ncr,Complete response\n",
}
COUNTS = (
    "record,source,study,outcome,events,total,percent\nr1,paper,trial,cr,36,30,120%\nr2,other,trial,cr,22,52,42.3%\n"
)


def tables(folder, counts=COUNTS):
    folder.mkdir(exist_ok=True)
    for name, text in (ENTITIES | {"count.csv": counts}).items():
        (folder / name).write_text(text, encoding="utf-8")
    return read_consistently([folder]).tables


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checked")
    with Review.create(folder / "review.duckdb") as review:
        review.intake(tables(folder / "in"), who="AB", why="first")
    assert run("check", folder / "review.duckdb", "--fail-on", "never").exit_code == 0
    return folder / "review.duckdb"


@pytest.fixture
def path(checked, tmp_path):
    return Path(shutil.copy(checked, tmp_path / "review.duckdb"))


@pytest.fixture
def review(path):
    with Review.open(path) as opened:
        yield opened


def run(*arguments):
    return CliRunner().invoke(curation, [str(each) for each in arguments])


def mark(review, rule="COUNT-001"):
    return next(str(each["fingerprint"]) for each in review.findings() if each["rule"] == rule)


def states(review, as_of=None):
    return {each.number: each.state for each in review.queries(as_of=as_of)}


def test_a_query_goes_from_open_to_answered_to_closed_and_can_come_back(review):
    query = review.open_query(review.subject(mark(review)[:8]), who="CD", message="is it 26?")
    assert states(review) == {query: "open"}
    assert review.answer_query(query, who="AB", message="36 is printed") == "answered"
    assert review.close_query(query, who="CD", message="as printed") == "closed"
    assert review.reopen_query(query, who="EF", message="an erratum came out") == "reopened"
    assert review.answer_query(query, who="AB", message="26 it is") == "answered"
    (one,) = review.queries()
    assert [(each.state, each.who, each.text) for each in one.messages] == [
        ("open", "CD", "is it 26?"),
        ("answered", "AB", "36 is printed"),
        ("closed", "CD", "as printed"),
        ("reopened", "EF", "an erratum came out"),
        ("answered", "AB", "26 it is"),
    ]
    times = [each.at for each in one.messages]
    assert times == sorted(times)
    assert (one.subject.source, one.stale, one.pending) == ("paper", False, True)
    assert one.subject.said.startswith("COUNT-001: ")


@pytest.mark.parametrize(
    ("steps", "step", "sentence"),
    [
        ([], "reopen", "query 1 is open; what can be done with it: answer, close"),
        (["answer"], "answer", "query 1 is answered; what can be done with it: close, reopen"),
        (["close"], "close", "query 1 is closed; what can be done with it: reopen"),
        (["close"], "answer", "query 1 is closed; what can be done with it: reopen"),
        (["close", "reopen"], "reopen", "query 1 is reopened; what can be done with it: answer, close"),
    ],
)
def test_a_move_that_cannot_be_made_is_refused_and_nothing_is_written(path, steps, step, sentence):
    run("query", path, "open", "r1", "why?", "--who", "CD")
    for each in steps:
        assert run("query", path, each, 1, "said", "--who", "AB").exit_code == 0
    with Review.open(path, read_only=True) as review:
        before = review.revisions()
    done = run("query", path, step, 1, "said", "--who", "AB")
    assert (done.exit_code, done.stderr) == (2, f"curation: {sentence}\n")
    with Review.open(path, read_only=True) as review:
        assert review.revisions() == before


@settings(max_examples=cases(8))
@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from([*MOVES, "ask"])), max_size=12))
def test_the_log_keeps_every_step_and_every_earlier_state_can_be_read(tmp_path_factory, steps):
    with Review.create(tmp_path_factory.mktemp("review") / "review.duckdb") as review:
        now: dict[int, str] = {}
        kept = [(review.revision, {})]
        for number, step in steps:
            if step == "ask":
                subject = Subject(DIFFERENCE, f"d{len(now)}")
                now |= {review.open_query(subject, who="CD", message="which?"): OPEN}
            elif number in now and now[number] in MOVES[step][1]:
                move = {"answer": review.answer_query, "close": review.close_query, "reopen": review.reopen_query}[step]
                now |= {number: move(number, who="AB", message=step)}
            else:
                with pytest.raises(StoreError, match=f"query {number}"):
                    review._move(number, step, "AB", step)
                continue
            kept.append((review.revision, dict(now)))
        for revision, then in kept:
            assert states(review, as_of=revision) == then
        steps_made = [each.action for each in review.revisions()]
        assert steps_made == [f"query {each.number} {one.state}" for each, one in in_order(review)]


def in_order(review):
    said = [(each, one) for each in review.queries() for one in each.messages]
    return sorted(said, key=lambda pair: pair[1].revision)


def test_a_query_is_about_a_record_or_one_of_its_fields_and_says_what_the_cell_said(review):
    field = review.subject("r1:events")
    assert (field.kind, field.field, field.source, field.said, field.extractor) == (
        "count", "events", "paper", "36", "AB",
    )  # fmt: skip
    review.open_query(field, who="CD", message="is it 24?")
    review.revise("count", "r1", {"events": "24"}, who="AB", why="misread")
    (one,) = review.queries()
    assert (one.subject.name, one.subject.said, one.stale) == ("r1:events", "36", False)
    assert review.subject("trial:label").kind == "study"


def test_a_record_of_two_extractors_is_asked_of_both_or_of_one(review, tmp_path):
    second = tables(tmp_path / "second", COUNTS.replace("36,30", "26,30"))
    review.intake(second, who="CD", why="second")
    both = review.subject("r1:events")
    assert (both.about, both.extractor, both.said) == ("difference", "", "AB: 36; CD: 26")
    assert review.subject("r1:total").about == "record"
    assert review.subject("r1:events", extractor="CD").said == "26"
    review.open_query(both, who="EF", message="who is right?")
    review.open_query(review.subject("r1:events", extractor="CD"), who="EF", message="sure?")
    review.retire("count", "r1", who="CD", why="double", extractor="CD")
    assert [each.stale for each in review.queries()] == [False, True]


def test_there_is_one_pending_query_about_one_thing(review):
    subject = review.subject("r1")
    review.open_query(subject, who="CD", message="why?")
    with pytest.raises(StoreError, match="query 1 about r1 is open; answer or close it before you open another"):
        review.open_query(subject, who="EF", message="why, too?")
    review.close_query(1, who="CD", message="found it")
    assert review.open_query(subject, who="EF", message="and now?") == 2


@pytest.mark.parametrize(
    ("about", "more", "sentence"),
    [
        ("r9", [], "the review has no finding and no record 'r9'"),
        ("r1:evnts", [], "a count has no field 'evnts'; its fields are record, source,"),
        ("r1", ["--kind", "cnt"], "'cnt' is not a kind of record; the kinds are source,"),
        ("r1", ["--extractor", "ZZ"], "no record 'r1' of extractor 'ZZ'"),
        ("r1", ["--kind", "mean"], "no mean 'r1'"),
        ("", [], "no record ''"),
        (":", [], "no record ':'"),
    ],
)
def test_what_a_query_is_about_must_be_there(path, about, more, sentence):
    done = run("query", path, "open", about, "why?", "--who", "CD", *more)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_query_needs_words_and_a_number_that_exists(path):
    assert "message is blank" in run("query", path, "open", "r1", " ", "--who", "CD").stderr
    assert "the review has no query 1; it has none yet" in run("query", path, "answer", 1, "x", "--who", "CD").stderr
    run("query", path, "open", "r1", "why?", "--who", "CD")
    assert "no query 7; they are numbered from 1 to 1" in run("query", path, "close", 7, "x", "--who", "CD").stderr


def test_closing_can_waive_the_finding_for_the_same_reason(path):
    with Review.open(path, read_only=True) as review:
        fingerprint = mark(review)
    run("query", path, "open", fingerprint[:10], "is it 26?", "--who", "CD")
    done = run("query", path, "close", 1, "as printed; the erratum says 26", "--who", "EF", "--waive")
    assert done.exit_code == 0, done.stderr
    with Review.open(path) as review:
        found = next(each for each in review.findings() if each["fingerprint"] == fingerprint)
        assert (found["status"], found["decided_by"], found["reason"]) == (
            "waived", "EF", "as printed; the erratum says 26",
        )  # fmt: skip
        review.reopen_query(1, who="CD", message="really?")
    again = run("query", path, "close", 1, "yes", "--who", "EF", "--waive")
    assert (again.exit_code, "waived already" in again.stderr) == (2, True)
    with Review.open(path, read_only=True) as review:
        assert states(review) == {1: "reopened"}


def test_only_a_finding_can_be_waived(path):
    run("query", path, "open", "r1", "why?", "--who", "CD")
    done = run("query", path, "close", 1, "so be it", "--who", "CD", "--waive")
    assert "query 1 is about a record, and only a finding can be waived" in done.stderr
    with Review.open(path, read_only=True) as review:
        assert (states(review), review.waivers()) == ({1: "open"}, [])


def test_the_list_is_filtered_and_shows_what_is_gone(path):
    with Review.open(path) as review:
        fingerprint = mark(review)
        review.open_query(review.subject(fingerprint), who="CD", message="is it 26?")
        review.open_query(review.subject("r2:events"), who="CD", message="is it 24?")
        review.answer_query(2, who="AB", message="22")
        review.revise("count", "r1", {"events": "26", "percent": "86.7%"}, who="AB", why="erratum")
    run("check", path, "--fail-on", "never")
    listed = json.loads(run("query", path, "list", "--format", "json").stdout)
    assert [(each["query"], each["state"], each["stale"]) for each in listed] == [
        (1, "open", True),
        (2, "answered", False),
    ]
    assert [each["who"] for each in listed[1]["messages"]] == ["CD", "AB"]
    for arguments, numbers in [
        (["--state", "answered"], [2]),
        (["--state", "open", "--state", "answered"], [1, 2]),
        (["--source", "other"], [2]),
        (["--about", "r2"], [2]),
        (["--about", "r2:events"], [2]),
        (["--about", "r2:total"], []),
        (["--about", fingerprint[:7]], [1]),
        (["--as-of", "2"], [1]),
    ]:
        told = json.loads(run("query", path, "list", "--format", "json", *arguments).stdout)
        assert [each["query"] for each in told] == numbers, arguments
    text = run("query", path).stdout
    assert "query 1  open  finding " + fingerprint in text
    assert "stale: it is there no more" in text
    assert "CD: is it 24?" in text


def test_the_text_report_shows_what_is_still_asked_about_a_finding(path):
    with Review.open(path) as review:
        review.open_query(review.subject(mark(review)), who="CD", message="is it 26?")
    asked = "query 1 open (CD: 'is it 26?')"
    assert asked in " ".join(run("check", path, "--fail-on", "never").stdout.split())
    run("query", path, "close", 1, "no", "--who", "CD")
    assert "query 1" not in run("check", path, "--fail-on", "never").stdout


def test_history_of_a_review_shows_the_steps_of_its_queries(path):
    run("query", path, "open", "r1", "why?", "--who", "CD")
    assert "CD  query 1 open  why?" in run("history", path).stdout


def test_waivers_are_listed_with_reasons_and_the_stale_ones_are_marked(path):
    assert run("waivers", path).stdout == "no finding has been waived\n"
    with Review.open(path) as review:
        fingerprint = mark(review)
        review.waive(fingerprint, who="CD", reason="as printed")
        review.revise("count", "r1", {"events": "26", "percent": "86.7%"}, who="AB", why="erratum")
    assert "in force" in run("waivers", path).stdout
    assert json.loads(run("waivers", path, "--stale", "--format", "json").stdout) == []
    run("check", path, "--fail-on", "never")
    (told,) = json.loads(run("waivers", path, "--stale", "--format", "json").stdout)
    assert (told["fingerprint"], told["state"], told["who"], told["reason"]) == (
        fingerprint, "stale", "CD", "as printed",
    )  # fmt: skip
    with Review.open(path) as review:
        review.withdraw_waiver(fingerprint, who="EF")
    assert "withdrawn by EF" in run("waivers", path).stdout
    assert run("waivers", path, "--stale").stdout == "no stale waiver\n"


def test_a_review_of_an_older_release_takes_queries_after_it_was_opened_for_writing(tmp_path):
    old = tmp_path / "migrations"
    old.mkdir()
    shutil.copy(migrate.FOLDER / "0001_fixed_tables.sql", old)
    file = tmp_path / "old.duckdb"
    connection = opening._connect(file, read_only=False)
    migrate.bring_up_to_date(connection, old)
    connection.close()
    with pytest.raises(StoreError, match="older release"):
        Review.open(file, read_only=True)
    with Review.open(file) as review:
        review.intake(tables(tmp_path / "in"), who="AB", why="first")
        assert review.open_query(review.subject("r1"), who="CD", message="why?") == 1


def test_closed_is_the_only_state_in_which_nobody_has_to_act():
    assert [state for state, _ in MOVES.values()].count(CLOSED) == 1
