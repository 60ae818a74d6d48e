"""One decision on many rows is one revision: all of it or none, with the history of every row."""

from __future__ import annotations

import pytest
from whole_tables import table

from store import together
from store.errors import StoreError
from store.review import Review
from store.together import Change

COUNTS = dict(
    record=["one", "two"],
    study=["s", "s"],
    arm=["a", "a"],
    outcome=["o", "o"],
    printed=["22/52 (42.3%)", None],
    events=["22", "3"],
    total=["50", "9"],
)


@pytest.fixture
def review(tmp_path):
    entities = {
        "source": dict(source=["example"], title=["Example"], type=["article"]),
        "study": dict(study=["s"], label=["S"]),
        "arm": dict(study=["s", "s"], arm=["a", "b"], label=["A", "B"]),
        "outcome": dict(outcome=["o"], label=["O"]),
    }
    with Review.create(tmp_path / "review.duckdb") as store:
        store.intake({kind: table(kind, columns) for kind, columns in entities.items()}, who="ana", why="start")
        store.intake({"count": table("count", COUNTS)}, who="ana", why="start")
        yield store


def revise(review, *changes):
    with review._changing() as connection:
        return together.revise(connection, changes, who="eva", why="one decision")


def arms(review):
    return {row["record"]: row["arm"] for row in review.tables()["count"].to_pylist()}


def test_many_rows_change_under_one_revision(review):
    assert revise(review, *(Change("count", each, "ana", {"arm": "b"}) for each in ("one", "two"))) == (3, 2)
    assert arms(review) == {"one": "b", "two": "b"}
    entries = [review.history(each)[-1] for each in ("one", "two")]
    assert [(each.revision, each.who, each.changed) for each in entries] == [(3, "eva", {"arm": ("a", "b")})] * 2


def test_what_a_person_typed_stays_beside_the_whole_cell_it_differs_from(review):
    revise(review, Change("count", "one", "ana", {"arm": "b"}))
    [row] = [each for each in review.tables()["count"].to_pylist() if each["record"] == "one"]
    assert (row["total"]["text"], row["percent"], row["printed"]) == ("50", None, "22/52 (42.3%)")


def test_nothing_changes_where_one_change_cannot_be(review):
    for wrong in (
        Change("count", "two", "ana", {"arm": "nobody"}),
        Change("count", "two", "ana", {"events": "many"}),
        Change("count", "two", "ben", {"arm": "b"}),
        Change("count", "three", "ana", {"arm": "b"}),
        Change("arm", "s/a", "", {"arm": "c"}),
    ):
        with pytest.raises(StoreError):
            revise(review, Change("count", "one", "ana", {"arm": "b"}), wrong)
        assert arms(review) == {"one": "a", "two": "a"}
        assert review.revision == 2


def test_rows_that_are_what_they_should_be_make_no_revision(review):
    assert revise(review, Change("count", "one", "ana", {"arm": "a"})) == (None, 0)
    assert review.revision == 2
