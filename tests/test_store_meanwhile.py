"""Two people at one row: nobody overwrites what they have not seen, and every earlier state comes back."""

from __future__ import annotations

import random
import shutil
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sweep import cases
from test_store_round_trip import entities, table

from store.errors import ChangedMeanwhile, StoreError
from store.review import Review

ROW = {"record": "z-cr", "source": "zhong-2021", "study": "coman-2013", "arm": "len-dex", "outcome": "cr", "events": "22", "total": "52"}  # fmt: skip


@pytest.fixture
def review(tmp_path):
    with Review.create(tmp_path / "review.duckdb") as made:
        made.intake({**entities(), "count": table("count", ROW)}, who="ana", why="first")
        yield made


def revise(review, text, seen, **named):
    return review.revise("count", "z-cr", {"events": text}, who="cem", why="misread", seen=seen, **named)


def test_a_change_of_what_was_seen_is_written(review):
    seen = review.row("count", "z-cr").revision
    assert revise(review, "20", seen) == 2
    assert review.retire("count", "z-cr", who="cem", why="double", seen=2) == 3


def test_a_row_changed_meanwhile_is_not_overwritten_and_the_error_says_by_whom(review):
    review.revise("count", "z-cr", {"events": "20"}, who="dea", why="erratum")
    for change in (
        lambda: revise(review, "21", 1),
        lambda: review.retire("count", "z-cr", who="cem", why="double", seen=1),
        lambda: revise(review, "20", 1),
    ):
        with pytest.raises(ChangedMeanwhile) as problem:
            change()
        said = problem.value
        assert (said.kind, said.record_key, said.extractor, said.revision, said.who) == (
            "count",
            "z-cr",
            "ana",
            2,
            "dea",
        )
        assert said.now["events"] == "20"
        assert datetime.now(UTC) - said.at < timedelta(minutes=1)
        assert str(said) == said.sentence == (
            f"dea changed count 'z-cr' meanwhile, at {said.at:%Y-%m-%d %H:%M} UTC (revision 2); "
            "nothing was overwritten: look at it as it is now and decide again"
        )  # fmt: skip
        assert isinstance(said, StoreError)
    assert (review.revision, review.row("count", "z-cr").cells["events"]) == (2, "20")


def test_a_row_retired_meanwhile_says_so(review):
    review.retire("count", "z-cr", who="dea", why="double")
    with pytest.raises(ChangedMeanwhile, match="dea retired count 'z-cr' meanwhile") as problem:
        revise(review, "21", 1)
    assert problem.value.now is None
    with pytest.raises(StoreError, match="has been retired") as problem:
        revise(review, "21", 2)
    assert not isinstance(problem.value, ChangedMeanwhile)


def test_a_change_of_another_row_is_no_change_of_this_one(review):
    review.add("count", [ROW], who="ben", why="second")
    review.revise("count", "z-cr", {"events": "9"}, who="ben", why="x", extractor="ben")
    assert revise(review, "21", 1, extractor="ana") == 4
    with pytest.raises(StoreError, match="ana and ben have each extracted"):
        revise(review, "21", 1)


def test_entities_are_guarded_too(review):
    review.revise("study", "weber-2007", {"label": "Weber"}, who="dea", why="x", seen=1)
    with pytest.raises(ChangedMeanwhile, match="dea changed study 'weber-2007'"):
        review.revise("study", "weber-2007", {"label": "Webber"}, who="cem", why="x", seen=1)


def test_what_was_not_seen_is_not_asked_for(review):
    revise(review, "20", None)
    assert revise(review, "21", None) == 3


KEYS = st.sampled_from(["a", "b"])
WHO = st.sampled_from(["ana", "ben"])
BACK = st.sampled_from([None, 0, 0, 1, 2])
"""How many changes of the review ago the person looked; None: they do not say."""


class Meanwhile(RuleBasedStateMachine):
    """Adding, revising and retiring against plain dictionaries: (extractor, key) -> (revision, events or None)."""

    @initialize()
    def create(self):
        self.folder = Path(tempfile.mkdtemp())
        self.review = Review.create(self.folder / "r.duckdb")
        self.review.intake(entities(), who="ana", why="entities")
        self.states = [{}, {}]

    @property
    def now(self):
        return self.states[-1]

    def written(self, place, events):
        self.states.append(self.now | {place: (len(self.states), events)})

    def seen(self, place, back):
        if back is None:
            return None
        return self.states[max(len(self.states) - 1 - back, 0)].get(place, (0,))[0]

    def expected(self, place, seen):
        if place not in self.now:
            return StoreError
        revision, events = self.now[place]
        if seen is not None and seen != revision:
            return ChangedMeanwhile
        return StoreError if events is None else None

    def tried(self, expected, call):
        """What the call returns, or None where it was refused as expected."""
        if expected is None:
            return call()
        with pytest.raises(StoreError) as problem:
            call()
        assert problem.type is expected
        return None

    @rule(who=WHO, key=KEYS, events=st.integers(0, 3))
    def add(self, who, key, events):
        taken = StoreError if (who, key) in self.now else None
        row = ROW | {"record": key, "events": str(events)}
        if self.tried(taken, lambda: self.review.add("count", [row], who=who, why="x")):
            self.written((who, key), str(events))

    @rule(who=WHO, key=KEYS, events=st.integers(0, 3), back=BACK)
    def revise(self, who, key, events, back):
        seen = self.seen((who, key), back)
        cells = {"events": str(events)}
        call = lambda: self.review.revise("count", key, cells, who="cem", why="x", extractor=who, seen=seen)
        if self.tried(self.expected((who, key), seen), call):
            assert self.now[who, key][1] != str(events)
            self.written((who, key), str(events))

    @rule(who=WHO, key=KEYS, back=BACK)
    def retire(self, who, key, back):
        seen = self.seen((who, key), back)
        call = lambda: self.review.retire("count", key, who="cem", why="x", extractor=who, seen=seen)
        if self.tried(self.expected((who, key), seen), call):
            self.written((who, key), None)

    @invariant()
    def the_review_is_where_the_dictionaries_are(self):
        if hasattr(self, "states"):
            assert self.review.revision == len(self.states) - 1
            for (who, key), (revision, events) in self.now.items():
                row = self.review.row("count", key, who)
                assert (row.revision, row.retired) == (revision, events is None)
                assert events is None or row.cells["events"] == events

    def teardown(self):
        if not hasattr(self, "states"):
            return
        for number, state in enumerate(self.states):
            rows = self.review.tables(as_of=number)["count"].to_pylist()
            then = {(row["extractor"], row["record"]): row["events"]["text"] for row in rows}
            assert then == {place: events for place, (_, events) in state.items() if events is not None}
            for (who, key), (revision, events) in state.items():
                row = self.review.row("count", key, who, as_of=number)
                assert (row.revision, row.retired) == (revision, events is None)
        self.review.close()
        shutil.rmtree(self.folder)


Meanwhile.TestCase.settings = settings(max_examples=cases(6), stateful_step_count=14, deadline=None)
test_adding_revising_and_retiring_with_what_was_seen = Meanwhile.TestCase


def test_many_threads_lose_no_update_and_leave_no_gap(review):
    """Eight people count up numbers in shared rows, each only from what they saw; every success must be in the end."""
    shared = review.add("count", [ROW | {"record": f"s{n}", "events": "0"} for n in range(3)], who="ana", why="x").keys
    start, until = review.revision, time.monotonic() + 3
    counted, added, meanwhile, problems = Counter(), Counter(), Counter(), []

    def work(who):
        draw = random.Random(who)  # noqa: S311 - which row is tried next, no secret
        try:
            while time.monotonic() < until:
                if draw.random() < 0.3:
                    added[who] += len(review.add("count", [ROW | {"record": ""}] * 2, who=who, why="x").keys)
                    continue
                key = draw.choice(shared)
                row = review.row("count", key, "ana")
                try:
                    more = {"events": str(int(row.cells["events"]) + 1)}
                    review.revise("count", key, more, who=who, why="x", extractor="ana", seen=row.revision)
                    counted[who, key] += 1
                except ChangedMeanwhile:
                    meanwhile[who] += 1
                page = review.rows("count", extractors=[who], limit=5)
                assert page.total == added[who]
                review.progress()
                review.tables(extractor="ana", sources=["zhong-2021"])
        except BaseException as problem:  # a thread's error has to reach the test
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(f"p{n}",)) for n in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert problems == []
    assert meanwhile.total() > 0
    revisions = review.revisions()
    assert [each.revision for each in revisions] == list(range(1, len(revisions) + 1))
    assert len(revisions) - start == counted.total() + added.total() // 2
    for key in shared:
        done = sum(number for (_, of), number in counted.items() if of == key)
        assert review.row("count", key, "ana").cells["events"] == str(done)
        texts = [entry.changed["events"] for entry in review.history(key)]
        assert texts == [(None, "0"), *((str(n), str(n + 1)) for n in range(done))]
    for who in added:
        keys = [each.record_key for each in review.rows("count", extractors=[who], limit=10_000).rows]
        assert len(keys) == len(set(keys)) == added[who]
