"""Intake, revisions, and reading any earlier state."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from test_store_round_trip import entities, table

from schemas.registry import KINDS
from store.errors import StoreError
from store.review import Review
from store.transaction import transaction

ROW = {"record": "z-cr", "source": "zhong-2021", "study": "coman-2013", "arm": "len-dex", "outcome": "cr", "events": "22", "total": "52", "percent": "42.3%"}  # fmt: skip
OTHER = ROW | {"record": "z-pr", "outcome": "pr", "events": "9", "percent": "17.3%"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "review.duckdb"


@pytest.fixture
def review(path):
    with Review.create(path) as made:
        made.intake({**entities(), "count": table("count", ROW, OTHER)}, who="ana", why="first extraction")
        yield made


def events(review, **named):
    return [None if one is None else one["text"] for one in review.tables(**named)["count"]["events"].to_pylist()]


def ids(review, **named):
    return review.tables(**named)["count"]["record"].to_pylist()


def test_an_intake_says_what_it_added(path):
    with Review.create(path) as review:
        done = review.intake({**entities(), "count": table("count", ROW, OTHER)}, who="ana", why="first")
    assert done.revision == 1
    assert done.added == {"source": 1, "study": 2, "arm": 2, "outcome": 2, "count": 2}
    assert set(done.changed.values()) == set(done.unchanged.values()) == {0}


def test_the_same_intake_twice_writes_nothing(review):
    done = review.intake({**entities(), "count": table("count", ROW, OTHER)}, who="ana", why="again")
    assert done.revision is None
    assert done.unchanged == {"source": 1, "study": 2, "arm": 2, "outcome": 2, "count": 2}
    assert review.revision == 1
    assert len(review.revisions()) == 1


def test_a_changed_row_makes_a_revision_and_keeps_its_place(review):
    done = review.intake({"count": table("count", ROW | {"events": "23"}, OTHER)}, who="ana", why="misread")
    assert (done.revision, done.added["count"], done.changed["count"], done.unchanged["count"]) == (2, 0, 1, 1)
    assert ids(review) == ["z-cr", "z-pr"]
    assert events(review) == ["23", "9"]


def test_a_trailing_zero_is_a_change(review):
    assert review.intake({"count": table("count", ROW | {"percent": "42.30%"})}, who="ana", why="digits").revision == 2


def test_a_cell_that_is_blanked_or_filled_is_a_change(review):
    blank = {name: cell for name, cell in ROW.items() if name != "percent"}
    assert review.intake({"count": table("count", blank)}, who="ana", why="not printed").changed["count"] == 1
    assert review.tables()["count"]["percent"].to_pylist()[0] is None
    assert review.intake({"count": table("count", ROW)}, who="ana", why="printed").changed["count"] == 1


def test_each_extractor_has_rows_of_their_own(review):
    done = review.intake(
        {**entities(), "count": table("count", ROW | {"events": "21"})}, who="ben", why="second extraction"
    )
    assert (done.added["count"], done.unchanged["study"]) == (1, 2)
    assert events(review, extractor="ben") == ["21"]
    assert events(review, extractor="ana") == ["22", "9"]
    assert review.tables(extractor="ben")["study"].num_rows == 2
    assert (
        review.tables()["count"]["extractor"].to_pylist() == ["ana", "ben", "ana"]
        or review.tables()["count"].num_rows == 3
    )


def test_any_earlier_state_is_rebuilt_exactly(review):
    states = {review.revision: review.tables()}
    for step in (
        lambda: review.intake({"count": table("count", OTHER | {"events": "8"})}, who="ana", why="corrected"),
        lambda: review.revise("count", "z-cr", {"events": "20", "note": "read again"}, who="cem", why="misread"),
        lambda: review.retire("count", "z-pr", who="cem", why="the same fact twice"),
        lambda: review.intake({"count": table("count", ROW | {"record": "z-new"})}, who="ana", why="one more"),
    ):
        step()
        states[review.revision] = review.tables()
    assert list(states) == [1, 2, 3, 4, 5]
    for revision, tables in states.items():
        assert review.tables(as_of=revision) == tables
    for made in review.revisions():
        assert review.tables(as_of=made.at) == states[made.revision]
    assert review.tables(as_of=datetime.now(UTC) - timedelta(days=1))["count"].num_rows == 0


def test_earlier_states_survive_reopening(path):
    with Review.create(path) as review:
        review.intake({"count": table("count", ROW)}, who="ana", why="first")
        before = review.tables()
        review.intake({"count": table("count", ROW | {"events": "1"})}, who="ana", why="second")
    with Review.open(path, read_only=True) as review:
        assert review.tables(as_of=1) == before


def test_a_revision_that_does_not_exist_is_refused(review):
    with pytest.raises(StoreError, match=r"^there is no revision 7; name one from 0 .* to 1$"):
        review.tables(as_of=7)


def test_times_never_run_backwards(review):
    review.reader().execute("UPDATE revision SET at = at + INTERVAL 1 DAY".replace(" at", ' "at"'))
    review.retire("count", "z-pr", who="cem", why="double")
    first, second = review.revisions()
    assert first.at <= second.at


def test_a_revision_by_hand_is_parsed_and_kept(review):
    assert review.revise("count", "z-cr", {"percent": "44.3%"}, who="cem", why="misread") == 2
    row = review.tables()["count"].to_pylist()[0]
    assert row["percent"]["text"] == "44.3%"
    assert row["percent"]["low"] == pytest.approx(44.25)
    assert row["extractor"] == "ana"
    assert review.revise("count", "z-cr", {"percent": "44.3%"}, who="cem", why="misread") is None


def test_a_new_whole_cell_is_split_anew(review):
    whole = {name: cell for name, cell in ROW.items() if name not in ("events", "percent")}
    review.intake({"count": table("count", whole | {"record": "w", "printed": "22 (42.3%)"})}, who="ana", why="table")
    review.revise("count", "w", {"printed": "21 (40.4%)"}, who="cem", why="misread")
    row = review.tables()["count"].to_pylist()[-1]
    assert (row["events"]["text"], row["percent"]["text"], row["total"]["text"]) == ("21", "40.4%", "52")
    review.revise("count", "w", {"percent": None}, who="cem", why="not this one")
    review.revise("count", "w", {"note": "seen"}, who="cem", why="note")
    row = review.tables()["count"].to_pylist()[-1]
    assert (row["events"]["text"], row["percent"]) == ("21", None)


@pytest.mark.parametrize(
    ("kind", "key", "changes", "said"),
    [
        (
            "count",
            "z-cr",
            {"events": "fifteen"},
            "count 'z-cr' stays as it was: events: 'fifteen' is not a printed number",
        ),
        ("count", "z-cr", {"estimator": "magic"}, "estimator: 'magic' is not one of proportion"),
        ("count", "z-cr", {"evnts": "1"}, "a count has no field 'evnts'; its fields are record, source"),
        ("count", "z-cr", {"source": None}, "source: Field required"),
        ("count", "z-cr", {"record": "new"}, "record is the id of count 'z-cr' and stays"),
        ("count", "z-cr", {"outcome": "sd"}, "outcome: the review has no outcome 'sd'; take it in first"),
        ("count", "z-cr", {"arm": "dex"}, "arm: the review has no arm 'coman-2013/dex'; take it in first"),
        ("count", "nobody", {"events": "1"}, "the review has no count 'nobody'"),
        ("counts", "z-cr", {"events": "1"}, "'counts' is not a kind of record; the kinds are source, study"),
    ],
)
def test_a_revision_that_is_not_valid_changes_nothing(review, kind, key, changes, said):
    before = review.tables()
    with pytest.raises(StoreError) as refused:
        review.revise(kind, key, changes, who="cem", why="try")
    assert said in str(refused.value)
    assert review.tables() == before
    assert review.revision == 1


def test_two_extractions_of_one_record_need_a_name(review):
    review.intake({"count": table("count", ROW)}, who="ben", why="second extraction")
    with pytest.raises(StoreError, match="ana and ben have each extracted count 'z-cr'; name the extractor"):
        review.revise("count", "z-cr", {"events": "1"}, who="cem", why="try")
    review.revise("count", "z-cr", {"events": "1"}, who="cem", why="try", extractor="ben")
    assert events(review, extractor="ben") == ["1"]


def test_a_retired_row_is_gone_and_says_so(review):
    review.retire("count", "z-pr", who="cem", why="double")
    assert ids(review) == ["z-cr"]
    with pytest.raises(StoreError, match="count 'z-pr' has been retired"):
        review.revise("count", "z-pr", {"events": "1"}, who="cem", why="try")


def test_an_entity_in_use_cannot_be_retired(review):
    with pytest.raises(StoreError, match="2 counts still name the arm 'coman-2013/len-dex' as arm; retire or change"):
        review.retire("arm", "coman-2013/len-dex", who="cem", why="try")
    review.retire("arm", "weber-2007/len-dex", who="cem", why="unused")
    assert review.tables()["arm"]["study"].to_pylist() == ["coman-2013"]


def test_a_decision_outlives_the_next_intake_of_the_same_file(review):
    review.revise("count", "z-cr", {"events": "20"}, who="cem", why="agreed")
    review.retire("count", "z-pr", who="cem", why="double")
    done = review.intake({"count": table("count", ROW, OTHER)}, who="ana", why="the same file")
    assert (done.revision, done.decided["count"]) == (None, 2)
    assert events(review) == ["20"]
    done = review.intake({"count": table("count", ROW | {"events": "21"}, OTHER)}, who="ana", why="read again")
    assert (done.changed["count"], done.decided["count"]) == (1, 1)
    assert events(review) == ["21"]


def test_history_names_who_what_when_why_with_old_and_new_text(review):
    review.revise("count", "z-cr", {"events": "20", "note": "ü"}, who="cem", why="agreed")
    review.retire("count", "z-cr", who="dea", why="double")
    first, second, third = review.history("z-cr")
    assert (first.action, first.who, first.changed["events"]) == ("intake", "ana", (None, "22"))
    assert (second.action, second.who, second.why) == ("revise", "cem", "agreed")
    assert second.changed == {"events": ("22", "20"), "note": (None, "ü")}
    assert (third.revision, third.action, third.kind, third.changed) == (3, "retire", "count", {})
    assert datetime.now(UTC) - first.at < timedelta(minutes=1)
    assert len(review.history("z-cr", as_of=1)) == 1
    assert len(review.history()) == 11
    assert review.history("nobody") == []


class Breaks(dict):
    """Tables of which the one that is asked for last cannot be read."""

    def __init__(self, tables, problem):
        super().__init__(tables)
        self.problem = problem

    def __getitem__(self, kind):
        if kind == "test":
            raise self.problem("disk on fire")
        return super().__getitem__(kind)


@pytest.mark.parametrize("problem", [KeyboardInterrupt, RuntimeError])
def test_a_broken_intake_leaves_the_review_as_it_was(review, problem):
    before = review.tables()
    more = Breaks({"count": table("count", ROW | {"record": "x"}), "test": None}, problem)
    with pytest.raises(problem):
        review.intake(more, who="ana", why="interrupted")
    assert review.tables() == before
    assert review.revision == 1
    assert review.intake({"count": more["count"]}, who="ana", why="again").added == {"count": 1}


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"test": table("source", {})}, "the test table does not have the columns of a test"),
        ({"tests": table("source", {})}, "'tests' is not a kind of record"),
        ({"source": table("source", {"source": "a"}, {"source": "b"}, {"source": "a"})}, "rows 1 and 3 of the source table are both 'a'"),
        ({"count": table("count", ROW).set_column(0, "record", [[None]])}, "row 1 of the count table has no record"),
        ({"arm": table("arm", {"study": "a/b", "arm": "c"}, {"study": "a", "arm": "b/c"})}, "both 'a/b/c'"),
    ],
)  # fmt: skip
def test_tables_that_fit_no_kind_are_refused_as_a_whole(review, tables, said):
    with pytest.raises(StoreError) as refused:
        review.intake({"outcome": table("outcome", {"outcome": "new"})} | tables, who="ana", why="bad")
    assert said in str(refused.value)
    assert review.tables()["outcome"].num_rows == 2


def test_two_arms_that_share_a_key_are_not_taken_for_one(review):
    review.intake({"arm": table("arm", {"study": "a/b", "arm": "c"})}, who="ana", why="slash")
    with pytest.raises(StoreError, match="arm 'a/b/c' could be two different ones; use ids without '/'"):
        review.intake({"arm": table("arm", {"study": "a", "arm": "b/c"})}, who="ana", why="slash")


def test_who_must_be_named(review):
    with pytest.raises(StoreError, match="who is blank"):
        review.retire("count", "z-pr", who=" ", why="double")
    with pytest.raises(StoreError, match="why is blank"):
        review.retire("count", "z-pr", who="ana", why="")


def run(script, *args):
    code = textwrap.dedent(script)
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, args)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def test_a_killed_intake_leaves_the_review_as_it_was(path):
    with Review.create(path) as review:
        review.intake({**entities(), "count": table("count", ROW)}, who="ana", why="first")
        before = review.tables()
    done = run(
        """
        import os, signal, sys
        from test_store_history import ROW, table
        from store.review import Review
        import pyarrow as pa

        many = table("count", ROW).take([0] * 60_000)
        many = many.set_column(0, "record", pa.array([f"r{n}" for n in range(len(many))]))

        class Killed(dict):
            def __getitem__(self, kind):
                if kind == "test":
                    os.kill(os.getpid(), signal.SIGKILL)
                return super().__getitem__(kind)

        review = Review.open(sys.argv[1])
        review.revise("count", "z-cr", {"note": "written just before"}, who="ana", why="in the log, not yet in the file")
        review.intake(Killed({"count": many, "test": None}), who="ana", why="killed")
        """,
        path,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    with Review.open(path) as review:
        assert review.tables(as_of=1) == before
        assert review.revision == 2
        assert review.tables()["count"]["note"].to_pylist() == ["written just before"]
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_an_interrupted_query_is_undone_and_is_a_keyboard_interrupt():
    connection = duckdb.connect()
    connection.execute("CREATE TABLE a (i BIGINT)")
    stop = threading.Timer(0.2, connection.interrupt)
    stop.start()
    with pytest.raises(KeyboardInterrupt), transaction(connection):
        connection.execute(
            "INSERT INTO a VALUES (1); INSERT INTO a SELECT range FROM range(1000000000000) WHERE range % 1000003 = 7"
        )
    stop.join()
    assert connection.execute("SELECT count(*) FROM a").fetchall() == [(0,)]
    with pytest.raises(KeyboardInterrupt), transaction(connection):
        raise RuntimeError("Query interrupted")  # what Ctrl-C looks like when DuckDB itself notices it
    connection.close()


def test_reads_in_other_threads_see_whole_revisions(review):
    seen, stop = [], threading.Event()

    def read():
        while not stop.is_set():
            tables = review.tables()
            seen.append((tables["count"].num_rows, tables["outcome"].num_rows))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(5):
        both = {
            "count": table("count", ROW | {"record": f"n{number}"}),
            "outcome": table("outcome", {"outcome": f"n{number}"}),
        }
        review.intake(both, who="ana", why="more")
    stop.set()
    reader.join()
    assert seen
    assert all(counts == outcomes for counts, outcomes in seen)


def test_a_cursor_reads_with_parameters(review):
    rows = review.reader().execute('SELECT record_key FROM "count" WHERE events.text = ?', ["22"]).fetchall()
    assert rows == [("z-cr",)]


def test_every_kind_has_a_table(review):
    for kind in KINDS:
        assert review.reader().execute(f'SELECT count(*) FROM "{kind}"').fetchone() is not None
