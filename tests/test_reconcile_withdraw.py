"""A hand-in is taken back from the command line while nobody can have seen how the extractors differ."""

import pytest
from click.testing import CliRunner
from web_case import count, make_review

from curation.cli import curation
from store.review import Review


@pytest.fixture
def path(tmp_path):
    made = make_review(tmp_path / "review.duckdb", people=False)
    with Review.open(made) as review:
        for who in ("ana", "ben"):
            review.add("count", [count("cr", "22 (42.3%)")], who=who, why="typed")
    return made


def reconcile(path, *options):
    return CliRunner().invoke(curation, ["reconcile", str(path), *options])


def test_what_was_handed_in_is_taken_back_with_a_reason(path):
    reconcile(path, "--submit", "ana")
    assert "--withdraw needs --reason" in reconcile(path, "--withdraw", "ana", "--source", "donk").stderr
    assert "--withdraw needs --source" in reconcile(path, "--withdraw", "ana", "--reason", "x").stderr
    said = reconcile(path, "--withdraw", "ana", "--source", "donk", "--reason", "a row is missing")
    assert "ana took back donk" in said.stderr
    with Review.open(path, read_only=True) as review:
        assert review.submissions() == []


def test_it_stays_handed_in_once_all_have(path):
    reconcile(path, "--submit", "ana")
    reconcile(path, "--submit", "ben")
    said = reconcile(path, "--withdraw", "ana", "--source", "donk", "--reason", "a row is missing")
    assert said.exit_code == 2
    assert "may have been seen" in said.stderr
