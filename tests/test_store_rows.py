"""Adding rows, and reading single rows, pages of rows and progress."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sweep import cases
from test_store_round_trip import entities, table

from schemas.identity import record_ids
from schemas.registry import KINDS, RECORDS
from store.adjudicate import Choice
from store.consensus import CONSENSUS
from store.errors import StoreError
from store.review import Review

NEW = {"source": "zhong-2021", "study": "coman-2013", "arm": "len-dex", "outcome": "cr", "section": "Table 2", "row": "CR", "events": "22", "total": "52"}  # fmt: skip
ROW = NEW | {"record": "z-cr"}
MADE = record_ids(KINDS["count"], [NEW])[0]
SOURCE = {"source": "late", "title": "Late", "type": "article"}


@pytest.fixture
def review(tmp_path):
    with Review.create(tmp_path / "review.duckdb") as made:
        made.intake(entities(), who="ana", why="entities")
        yield made


def add(review, *rows, kind="count", who="ana", **named):
    return review.add(kind, rows, who=who, why="typed in", **named)


def refused(call, *given, **named):
    with pytest.raises(StoreError) as problem:
        call(*given, **named)
    return str(problem.value)


def test_a_row_is_added_as_a_revision_with_the_id_an_intake_would_make(review):
    added = add(review, NEW)
    assert (added.revision, added.keys) == (2, [MADE])
    row = review.row("count", MADE)
    assert (row.extractor, row.revision, row.retired, row.cells["events"]) == ("ana", 2, False, "22")
    assert review.tables()["count"]["events"].to_pylist()[0]["low"] == 22
    last = review.revisions()[-1]
    assert (last.action, last.who, last.why) == ("add", "ana", "typed in")
    assert review.history(MADE)[0].changed["total"] == (None, "52")


@pytest.mark.parametrize("kind", RECORDS)
def test_an_intake_of_the_same_row_finds_it_added(review, kind):
    model = KINDS[kind]
    known = {name: table_.column(name)[0].as_py() for name, table_ in entities().items()}
    filled = {each.name: each.example for each in model.fields() if each.example and not each.refers_to}
    row = filled | {"source": known["source"], "record": ""}
    add(review, row, kind=kind)
    done = review.intake({kind: table(kind, row)}, who="ana", why="the same in a workbook")
    assert (done.revision, done.unchanged) == (None, {kind: 1})


def test_after_an_add_an_intake_takes_other_texts_and_leaves_decisions_alone(review):
    add(review, ROW)
    assert review.intake({"count": table("count", ROW)}, who="ana", why="same").unchanged == {"count": 1}
    assert review.intake({"count": table("count", ROW | {"events": "23"})}, who="ana", why="other").changed == {
        "count": 1
    }
    assert review.intake({"count": table("count", ROW)}, who="ana", why="back").changed == {"count": 1}


def test_a_decision_after_an_add_outlives_an_intake_of_what_was_added(review):
    add(review, ROW, ROW | {"record": "z-2"})
    review.revise("count", "z-cr", {"events": "20"}, who="cem", why="agreed")
    review.retire("count", "z-2", who="cem", why="double")
    done = review.intake({"count": table("count", ROW, ROW | {"record": "z-2"})}, who="ana", why="the same file")
    assert (done.revision, done.decided) == (None, {"count": 2})


def test_a_made_id_that_is_taken_is_numbered_also_after_retirement(review):
    assert add(review, NEW, NEW).keys == [MADE, f"{MADE}-2"]
    review.retire("count", f"{MADE}-2", who="ana", why="double")
    assert add(review, NEW, NEW | {"record": f"{MADE}-3"}).keys == [f"{MADE}-4", f"{MADE}-3"]
    assert add(review, NEW, who="ben").keys == [MADE]
    assert review.intake({"count": table("count", NEW)}, who="ana", why="in a file").unchanged == {"count": 1}


def test_an_id_that_was_typed_and_is_taken_is_refused(review):
    add(review, ROW)
    assert refused(add, review, NEW, ROW) == "row 2: record: the count 'z-cr' of ana is there already; give another id"
    assert "row 2: record: row 1 is count 'x' too" in refused(
        add, review, ROW | {"record": "x"}, ROW | {"record": " x "}
    )
    review.retire("count", "z-cr", who="ana", why="double")
    assert "'z-cr' of ana was retired and keeps its id" in refused(add, review, ROW)
    assert add(review, ROW, who="ben").keys == ["z-cr"]
    assert review.rows("count").total == 1


def test_entities_are_added_for_all_and_once(review):
    assert add(review, SOURCE, kind="source").keys == ["late"]
    assert review.row("source", "late", extractor="ben").extractor == ""
    assert "the source 'late' is there already" in refused(add, review, SOURCE, kind="source", who="ben")
    review.retire("source", "late", who="ana", why="double")
    assert "the source 'late' was retired" in refused(add, review, SOURCE, kind="source")
    assert "row 1: outcome: Field required" in refused(add, review, {"label": "x"}, kind="outcome")


def test_rows_of_one_addition_may_name_each_other(review):
    part = {"study": "coman-2013", "arm": "part", "label": "Part", "part_of": "whole"}
    whole = {"study": "coman-2013", "arm": "whole", "label": "Whole"}
    assert "row 1: part_of: the review has no arm 'coman-2013/whole'" in refused(add, review, part, kind="arm")
    assert add(review, part, whole, kind="arm").keys == ["coman-2013/part", "coman-2013/whole"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"events": "many"}, "row 2: events: 'many' is not a printed number"),
        ({"source": " "}, "row 2: source: Field required"),
        ({"evnts": "1"}, "row 2: a count has no field 'evnts'; its fields are record, source"),
        ({"outcome": "sd"}, "row 2: outcome: the review has no outcome 'sd'; take it in first"),
        ({"arm": "dex"}, "row 2: arm: the review has no arm 'coman-2013/dex'"),
        ({"estimator": "magic"}, "row 2: estimator: 'magic' is not one of"),
        ({"note": "x" * 3000}, "row 2: note holds 3000 characters"),
        ({"note": "a\ud800"}, "row 2: note: 'a\\ud800' holds half a character"),
        ({"note": 5}, "row 2: note: Input should be a valid string"),
    ],
)
def test_a_row_that_is_not_valid_adds_none(review, row, said):
    assert said in refused(add, review, NEW, NEW | row)
    assert (review.revision, review.rows("count").total) == (1, 0)
    assert add(review, NEW).keys == [MADE]


def test_nothing_is_added_for_nobody(review):
    assert "no count is given" in refused(add, review)
    assert "what settled records are kept under" in refused(add, review, NEW, extractor="Consensus")
    assert "'person' is not a kind" in refused(add, review, NEW, kind="person")
    assert "who is blank" in refused(add, review, NEW, who=" ")


def test_a_whole_cell_is_split(review):
    cells = {name: NEW[name] for name in ("source", "study", "arm", "outcome")} | {"printed": "22/52 (42.3%)"}
    (key,) = add(review, cells).keys
    assert [review.row("count", key).cells[name] for name in ("events", "total", "percent")] == ["22", "52", "42.3%"]


def test_a_row_is_read_as_it_is_and_was(review):
    add(review, ROW)
    review.revise("count", "z-cr", {"events": "20"}, who="ana", why="misread")
    review.retire("count", "z-cr", who="ana", why="double")
    assert review.row("count", "z-cr").retired
    assert [review.row("count", "z-cr", as_of=at) and review.row("count", "z-cr", as_of=at).cells["events"] for at in (1, 2, 3)] == [None, "22", "20"]  # fmt: skip
    assert review.row("count", "nil") is None
    assert review.row("count", "z-cr", "ben") is None


def test_a_row_of_several_needs_a_name_and_the_consensus_is_asked_for_by_its_own(review):
    add(review, ROW)
    add(review, ROW | {"events": "21"}, who="ben")
    assert "ana and ben have each extracted count 'z-cr'" in refused(review.row, "count", "z-cr")
    keys = frozenset({("ana", "z-cr"), ("ben", "z-cr")})
    review.adjudicate([Choice("count", keys, "taken", None, "ben")], who="cem", why="misread")
    assert [review.row("count", "z-cr", who).cells["events"] for who in ("ana", "ben", CONSENSUS)] == ["22", "21", "21"]
    review.retire("count", "z-cr", who="ben", why="double", extractor="ben")
    assert review.row("count", "z-cr").extractor == "ana"
    assert [each.extractor for each in review.rows("count").rows] == ["ana", CONSENSUS]
    assert [(each.extractor, each.records) for each in review.progress()] == [("ana", {"count": 1})]


def test_pages_cut_the_rows_in_their_order(review):
    keys = add(review, *(NEW | {"record": f"r{number}"} for number in range(7))).keys
    review.revise("count", "r0", {"note": "changed rows keep their place"}, who="ana", why="x")
    pages = [review.rows("count", offset=offset, limit=3) for offset in (0, 3, 6, 9)]
    assert [each.record_key for page in pages for each in page.rows] == keys
    assert {page.total for page in pages} == {7}
    assert (review.rows("count", limit=0).total, review.rows("count", limit=0).rows) == (7, [])
    assert review.rows("count", offset=-5, limit=1).rows[0].record_key == "r0"
    assert review.rows("count", extractors=[]).total == 0
    assert review.rows("source", extractors=[], source="nil").total == 1


def test_a_search_looks_into_ids_places_and_quotes_whatever_the_capitals(review):
    add(review, ROW | {"quote": "ÜBERALL 22%"}, NEW | {"record": "b", "row": "100% sicher"}, NEW | {"record": "c", "outcome": "pr"})  # fmt: skip
    for search, found in [("überall", ["z-cr"]), ("0% S", ["b"]), ("PR", ["c"]), ("Z-C", ["z-cr"]), ("_", []), ("table 2", ["z-cr", "b", "c"]), (" ", ["z-cr", "b", "c"])]:  # fmt: skip
        page = review.rows("count", search=search)
        assert ([each.record_key for each in page.rows], page.total) == (found, len(found))
    assert [each.record_key for each in review.rows("arm", search="WEBER").rows] == ["weber-2007/len-dex"]


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["ana", "ben"]), st.sampled_from(["r1", "r2", "r3"]), st.sampled_from(["s1", "s2", None])
    ),
    max_size=15,
)


@settings(max_examples=cases(6), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES)
def test_rows_tables_and_progress_agree_with_what_was_done(tmp_path_factory, steps):
    """Records are added, moved between sources and retired (None); every face says the same of every source."""
    now, gone = {}, set()
    with Review.create(tmp_path_factory.mktemp("rows") / "r.duckdb") as review:
        review.add("source", [SOURCE | {"source": each} for each in ("s1", "s2")], who="ana", why="x")
        for who, key, source in steps:
            if (who, key) in gone:
                continue
            if source is None:
                if now.pop((who, key), None):
                    review.retire("count", key, who=who, why="x", extractor=who)
                    gone.add((who, key))
            elif (who, key) in now:
                review.revise("count", key, {"source": source}, who=who, why="x", extractor=who)
                now[who, key] = source
            else:
                review.add("count", [{"record": key, "source": source, "events": "1"}], who=who, why="x")
                now[who, key] = source
        for source in ("s1", "s2"):
            expected = {place for place, here in now.items() if here == source}
            page = review.rows("count", source=source)
            assert {(each.extractor, each.record_key) for each in page.rows} == expected
            assert page.total == len(page.rows) == len(expected)
            rows = review.tables(sources=[source])["count"].select(["extractor", "record"]).to_pylist()
            assert {(each["extractor"], each["record"]) for each in rows} == expected
            for who in ("ana", "ben"):
                alone = {key for owner, key in expected if owner == who}
                assert {each.record_key for each in review.rows("count", source=source, extractors={who}).rows} == alone
                assert review.tables(extractor=who, sources=[source])["count"].num_rows == len(alone)
                counted = [each.records for each in review.progress() if (each.source, each.extractor) == (source, who)]
                assert counted == ([{"count": len(alone)}] if alone else [])
        assert review.tables(sources=[])["count"].num_rows == 0
        assert review.tables(sources=[])["source"].num_rows == 2
