"""Submitting, deciding, reopening: both originals stay, every earlier state comes back, and the export obeys."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from older_reviews import made_older
from sweep import cases
from test_store_round_trip import entities, table

from curation.cli import curation
from curation.reconcile.choose import agreed
from curation.reconcile.work import work
from store.adjudicate import Choice
from store.consensus import CONSENSUS, applied
from store.errors import StoreError
from store.export import export
from store.review import Review

BASE = {"source": "zhong-2021", "study": "coman-2013", "arm": "len-dex", "outcome": "cr", "section": "Table 2", "total": "50"}  # fmt: skip
ROW = BASE | {"record": "z-cr", "events": "21", "percent": "42%"}
PR = BASE | {"record": "z-pr", "outcome": "pr", "events": "10", "percent": "20%"}
KEYS = frozenset({("ana", "z-cr"), ("ben", "z-cr")})


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "review.duckdb"
    with Review.create(made) as review:
        review.intake({**entities(), "count": table("count", ROW, PR)}, who="ana", why="first")
        review.intake({"count": table("count", ROW | {"events": "12", "percent": "24%"}, PR | {"percent": "20.0%"})}, who="ben", why="second")  # fmt: skip
    return made


@pytest.fixture
def review(path):
    with Review.open(path) as opened:
        yield opened


def rows(review, **named):
    found = review.tables(**named)["count"].to_pylist()
    return {(row["record"], row["extractor"]): (row["events"]["text"], row["percent"]["text"]) for row in found}


def take(field, who, **more):
    return Choice("count", KEYS, "taken", field, who, **more)


def called(path, *arguments, code=0):
    done = CliRunner().invoke(curation, ["reconcile", str(path), *arguments])
    assert done.exit_code == code, done.output
    return done


def test_a_record_becomes_consensus_once_nothing_is_left_to_decide_and_both_originals_stay(review):
    before = rows(review)
    assert review.adjudicate([take("events", "ana")], who="cem", why="B read the row below") == [1]
    assert rows(review) == before
    review.adjudicate([Choice("count", KEYS, "other", "percent", None, "42.0%")], who="cem", why="the text has it")
    assert rows(review) == before | {("z-cr", CONSENSUS): ("21", "42.0%")}
    assert [each.said for each in review.adjudications()] == [
        "events as ana has it (cem: B read the row below)", "percent is '42.0%' (cem: the text has it)",
    ]  # fmt: skip
    assert [(each.extractor, each.text, each.revision) for each in review.adjudications()[0].originals] == [("ana", "21", 1), ("ben", "12", 2)]  # fmt: skip


def test_a_decision_for_the_whole_record_takes_one_extraction_or_leaves_it_out(review):
    review.adjudicate([take(None, "ben")], who="cem", why="A has the other table")
    assert rows(review)["z-cr", CONSENSUS] == ("12", "24%")
    keys = frozenset({("ana", "z-pr"), ("ben", "z-pr")})
    review.adjudicate([Choice("count", keys, "left_out")], who="cem", why="not in the paper")
    assert ("z-pr", CONSENSUS) not in rows(review)


def test_a_reopened_decision_stays_on_record_and_takes_the_consensus_back(review):
    review.adjudicate([take("events", "ana"), take("percent", "ana")], who="cem", why="misread")
    review.reopen_decision(1, who="dan", why="erratum")
    assert ("z-cr", CONSENSUS) not in rows(review)
    first, second = review.adjudications()
    assert (first.reopened.who, first.reopened.why, second.reopened) == ("dan", "erratum", None)
    review.adjudicate([take("events", "ben")], who="dan", why="erratum")
    assert rows(review)["z-cr", CONSENSUS] == ("12", "42%")
    assert [each.in_force for each in review.adjudications()] == [False, True, True]
    with pytest.raises(StoreError, match="reopened already, by dan: erratum"):
        review.reopen_decision(1, who="dan", why="again")


def test_a_decision_is_not_overwritten(review):
    review.adjudicate([take("events", "ana")], who="cem", why="misread")
    with pytest.raises(StoreError, match=r"decided already .*; reopen decision 1 to decide again"):
        review.adjudicate([take("events", "ben")], who="dan", why="no")
    assert len(review.adjudications()) == 1


def test_a_decision_about_what_is_no_longer_said_is_stale_and_can_be_made_again(review):
    review.adjudicate([take("events", "ana"), take("percent", "ana")], who="cem", why="misread")
    review.revise("count", "z-cr", {"note": "looked again"}, who="ben", why="remark", extractor="ben")
    assert [each.stale for each in review.adjudications()] == [False, False]
    review.revise("count", "z-cr", {"events": "13"}, who="ben", why="typing", extractor="ben")
    assert [each.stale for each in review.adjudications()] == [True, False]
    open_ = work(review.tables(), review.adjudications(), [], all_open=True).open
    assert [(each.record, dict(each.fields)) for each in open_ if each.record == "z-cr"] == [("z-cr", {"events": "value"})]  # fmt: skip
    review.adjudicate([take("events", "ana")], who="cem", why="still misread")
    assert [each.in_force for each in review.adjudications()] == [False, True, True]


@pytest.mark.parametrize(("choice", "said"), [
    (take("events", "eve"), "'eve' has not extracted this count"),
    (take("quote", "ana"), "no field 'quote' to decide on"),
    (Choice("count", KEYS, "other", "events", None, "many"), "cannot be settled so: events"),
    (Choice("count", frozenset({("ana", "nil")}), "agreed"), "no count 'nil' of extractor 'ana'"),
    (Choice("person", KEYS, "agreed"), "'person' is not a kind"),
    (Choice("count", KEYS, "left_out", "events"), "a decision is one of"),
    (Choice("count", KEYS, "other"), "name the field"),
])  # fmt: skip
def test_a_choice_that_makes_no_sense_is_refused_and_nothing_is_written(review, choice, said):
    with pytest.raises(StoreError, match=said):
        review.adjudicate([take("percent", "ana"), choice], who="cem", why="why not")
    assert review.adjudications() == []
    assert review.revision == 2


def test_the_consensus_belongs_to_nobody(review):
    with pytest.raises(StoreError, match="what settled records are kept under"):
        review.intake({"count": table("count", ROW)}, who="Consensus", why="trick")
    review.adjudicate([take(None, "ana")], who="cem", why="misread")
    with pytest.raises(StoreError, match="follows from decisions"):
        review.revise("count", "z-cr", {"events": "1"}, who="cem", why="x", extractor=CONSENSUS)
    with pytest.raises(StoreError, match="ana and ben have each extracted"):
        review.revise("count", "z-cr", {"events": "1"}, who="cem", why="x")


def test_two_records_of_one_id_keep_two_consensus_ids(review):
    one, other = (frozenset({(who, "z-cr")}) for who in ("ana", "ben"))
    review.adjudicate([Choice("count", one, "taken", None, "ana"), Choice("count", other, "taken", None, "ben")], who="cem", why="two facts")  # fmt: skip
    assert sorted(key for key, who in rows(review) if who == CONSENSUS) == ["z-cr-2", "z-cr-3"]


@settings(max_examples=cases(6), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["events", "percent", "whole", "reopen", "revise", "retake", "submit", "agree"]), min_size=2, max_size=7))  # fmt: skip
def test_history_rebuilds_every_earlier_state(tmp_path, path, steps):
    copied = tmp_path / "copy.duckdb"
    shutil.copy(path, copied)
    acts = {
        "events": lambda r, n: r.adjudicate([take("events", "ana")], who="cem", why=f"step {n}"),
        "percent": lambda r, n: r.adjudicate([take("percent", "ben")], who="cem", why=f"step {n}"),
        "whole": lambda r, n: r.adjudicate([take(None, "ben")], who="cem", why=f"step {n}"),
        "reopen": lambda r, _: r.reopen_decision(max((each.id for each in r.adjudications() if not each.reopened), default=0), who="dan", why="no"),
        "revise": lambda r, n: r.revise("count", "z-cr", {"events": str(n + 1)}, who="ben", why="typing", extractor="ben"),
        "retake": lambda r, n: r.intake({"count": table("count", ROW | {"percent": f"{n}%"})}, who="ana", why="again"),
        "submit": lambda r, _: r.submit("ana", who="ana", why="done"),
        "agree": lambda r, _: r.adjudicate(list(agreed(work(r.tables(), r.adjudications(), [], all_open=True))), who="cem", why="equal"),
    }  # fmt: skip
    with Review.open(copied) as review:
        states = {review.revision: state(review)}
        for number, step in enumerate(steps):
            try:
                acts[step](review, number)
            except StoreError:
                assert state(review) == states[review.revision]
            states[review.revision] = state(review)
        for revision, seen in states.items():
            assert state(review, as_of=revision) == seen


def state(review, **named):
    return review.tables(**named), review.adjudications(**named), review.submissions(**named)


def test_a_review_from_before_double_extraction_opens_and_can_be_settled(path):
    made_older(path, 1)
    with Review.open(path) as review:
        assert rows(review)["z-cr", "ben"] == ("12", "24%")
        review.adjudicate([take(None, "ana")], who="cem", why="misread")
        assert rows(review)["z-cr", CONSENSUS] == ("21", "42%")


def test_rules_judge_what_was_settled_in_place_of_what_was_typed(review):
    review.adjudicate([take(None, "ana")], who="cem", why="misread")
    seen = applied(review.tables(), review.adjudications(), "ben")["count"].to_pylist()
    assert [(row["record"], row["events"]["text"]) for row in seen] == [("z-pr", "10"), ("z-cr", "21")] or [(row["record"], row["events"]["text"]) for row in seen] == [("z-cr", "21"), ("z-pr", "10")]  # fmt: skip


def test_the_export_takes_what_was_adjudicated_first_and_says_who_and_why(review, tmp_path):
    review.adjudicate([take("events", "ana"), take("percent", "ana")], who="cem", why="B read the row below")
    export(review.tables(), [], tmp_path / "out", review="R", adjudications=review.adjudications())
    with (tmp_path / "out" / "account.csv").open(encoding="utf-8") as file:
        said = {(row["record"], row["extractor"]): (row["exported"], row["reason"]) for row in csv.DictReader(file)}
    assert said["z-cr", CONSENSUS] == ("yes", "adjudicated: events as ana has it (cem: B read the row below); percent as ana has it (cem: B read the row below)")  # fmt: skip
    assert said["z-cr", "ana"][0] == said["z-cr", "ben"][0] == "no"
    assert said["z-pr", "ana"] == ("no", "the extractors differ (settle it with 'curation reconcile')")
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["adjudicatedRecords"] == 1
    assert package["extraction"] == "consensus of ana, ben"
    review.revise("count", "z-cr", {"total": "51"}, who="ben", why="typing", extractor="ben")
    export(review.tables(), [], tmp_path / "out", review="R", adjudications=review.adjudications())
    assert "adjudicatedRecords" not in json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))


def test_the_command_is_blind_until_all_have_handed_in(path):
    assert "zhong-2021 waits for ana, ben" in called(path, code=2).output
    assert "zhong-2021 waits for ana, ben" in called(path, "--format", "json", "--source", "zhong-2021", code=2).output
    assert "events" not in called(path, "--submit", "ana", "--by", "ana", code=1).stdout
    assert "zhong-2021 waits for ben" in called(path, code=2).output
    assert "events" in called(path, "--owner", code=1).stdout
    called(path, "--submit", "ben", code=1)
    listed = called(path, code=1).stdout
    assert max(map(len, listed.splitlines())) <= 100
    assert "digits" in listed


def test_from_the_first_difference_to_none_on_the_command_line(path):
    for who in ("ana", "ben"):
        called(path, "--submit", who, code=1)
    document = json.loads(called(path, "--format", "json", code=1).stdout)
    assert {(each["record"], each["field"], each["class"]) for each in document["differences"]} == {
        ("z-cr", "events", "digits"), ("z-cr", "percent", "digits"), ("z-pr", "percent", "rounding"),
    }  # fmt: skip
    assert "needs --reason" in called(path, "--decide", "z-cr", "events", "A", code=2).output
    called(path, "--agree", "--by", "cem", code=1)
    called(path, "--decide", "z-cr", "events", "A", "--reason", "row", "--by", "cem", code=1)
    called(path, "--decide", "z-cr", "percent", "42.0%", "--reason", "text", "--by", "cem")
    assert "[in force]" in called(path, "--decided").stdout
    called(path, "--reopen", "2", "--reason", "erratum", "--by", "dan", code=1)
    assert "reopened by dan" in called(path, "--decided", code=1).stdout
    with Review.open(path, read_only=True) as review:
        assert rows(review)["z-pr", CONSENSUS] == ("10", "20.0%")


@pytest.mark.parametrize(("arguments", "said"), [
    (["--source", "nil"], "no source 'nil'"),
    (["--submit", "eve"], "no extraction by 'eve'"),
    (["--reopen", "7", "--reason", "x"], "no decision 7"),
    (["--owner", "--decide", "nil", "events", "A", "--reason", "x"], "no record 'nil'"),
    (["--owner", "--decide", "z-", "events", "A", "--reason", "x"], "fits 2 records"),
    (["--owner", "--decide", "z-cr", "record", "Z", "--reason", "x"], "no choice for a whole record"),
])  # fmt: skip
def test_a_call_that_is_wrong_is_refused_in_a_sentence(path, arguments, said):
    assert said in called(path, *arguments, code=2).output


def test_a_record_that_one_person_alone_has_is_kept_or_left_out(path):
    with Review.open(path) as review:
        review.intake({"count": table("count", ROW, PR, BASE | {"record": "more", "arm": None, "events": "1", "percent": "2%", "section": "Text"})}, who="ana", why="one more")  # fmt: skip
    assert "only A has it" in called(path, "--owner", code=1).stdout
    called(path, "--owner", "--decide", "more", "record", "A", "--reason", "it is there", "--by", "cem", code=1)
    with Review.open(path) as review:
        assert rows(review)["more", CONSENSUS] == ("1", "2%")
        review.reopen_decision(1, who="cem", why="no")
    called(path, "--owner", "--decide", "more", "record", "B", "--reason", "it is not there", "--by", "cem", code=1)
    assert "only A has it" not in called(path, "--owner", code=1).stdout


def test_the_example_of_the_help_names_the_options():
    assert "--decide" in called(Path("x"), "--help").output
