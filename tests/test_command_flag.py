"""The command flag: contradictions of a review counted, listed and told, from the file and in little memory."""

import csv

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from sweep import every

from curation.cli import curation
from curation.decisions import flag_review
from curation.engine.registry import rules
from curation.engine.run import check
from schemas.arrow import to_table
from schemas.registry import KINDS
from store.review import Review
from tests.odd_records import plain_records, records

ROW_RULES = tuple(each for each in rules() if each.rows is None)


def _count(record: str, percent: str) -> dict[str, str]:
    return {
        "record": record,
        "source": "p1",
        "study": "s1",
        "outcome": "o1",
        "events": "22",
        "total": "52",
        "percent": percent,
    }


def _tables(rows: list[dict[str, str]]):
    return {
        "source": to_table(KINDS["source"], [KINDS["source"](source="p1", title="P", type="article")]),
        "study": to_table(KINDS["study"], [KINDS["study"](study="s1", label="S")]),
        "outcome": to_table(
            KINDS["outcome"], [KINDS["outcome"](outcome="o1", label="O", family_kind="event", complete="no")]
        ),
        "count": to_table(KINDS["count"], [KINDS["count"](**row) for row in rows]),
    }


@pytest.fixture
def review(tmp_path):
    path = tmp_path / "review.duckdb"
    with Review.create(path) as store:
        store.intake(
            _tables([_count("r1", "42.3%"), _count("r2", "44.3%"), _count("r3", "42.3%")]), who="ana", why="first"
        )
    return path


def _run(*arguments: str):
    done = CliRunner().invoke(curation, ["flag", *map(str, arguments)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def test_contradictions_are_counted_listed_and_the_first_told_in_full(review, tmp_path):
    done = _run(review, "--out", tmp_path / "found.csv")
    assert done.exit_code == 0
    assert "3 records" in done.output
    assert "1 contradictions in 1 records" in done.output
    assert "The printed percentage is not events out of total" in done.output
    assert "Would fit" in done.output or "fits" in done.output
    assert list(csv.reader((tmp_path / "found.csv").read_text(encoding="utf-8").splitlines())) == [
        ["kind", "record", "rule"], ["count", "r2", "COUNT-002"],
    ]  # fmt: skip


def test_parquet_holds_the_same_lines(review, tmp_path):
    assert _run(review, "--out", tmp_path / "found.parquet", "--show", "0").exit_code == 0
    assert pq.read_table(tmp_path / "found.parquet").to_pylist() == [
        {"kind": "count", "record": "r2", "rule": "COUNT-002"}
    ]


def test_another_ending_is_refused_before_anything_is_read(tmp_path):
    done = _run(tmp_path / "none.duckdb", "--out", tmp_path / "found.txt")
    assert done.exit_code == 2
    assert "expected .csv or .parquet" in done.output


def test_rules_across_records_are_named_as_those_of_check(review):
    done = _run(review, "--select", "SUM")
    assert done.exit_code == 2
    assert "use check" in done.output


def test_only_the_last_word_on_each_record_counts(review):
    with Review.open(review) as store:
        store.revise("count", "r2", {"percent": "42.3%"}, who="ana", why="misread")
        store.revise("count", "r1", {"percent": "12.3%"}, who="ana", why="again")
        store.retire("count", "r3", who="ana", why="twice")
        flags = flag_review(store, ROW_RULES)
        assert flags.records == 2
        assert [(each["record"], each["rule"]) for each in flags.flagged.to_pylist()] == [("r1", "COUNT-002")]
        store.revise("count", "r1", {"percent": "42.3%"}, who="ana", why="back")
        assert len(flag_review(store, ROW_RULES).flagged) == 0


@pytest.mark.parametrize(
    ("kind", "made"),
    every(
        4,
        [
            (kind, made)
            for made in (records, plain_records)
            for kind in ("count", "effect", "mean", "pooled", "survival")
        ],
    ),
)
def test_what_streams_from_a_file_is_judged_as_the_tables_are(tmp_path, kind, made):
    table = made(kind, 150, 5)
    with Review.create(tmp_path / "review.duckdb") as store:
        store.intake({kind: table}, who="ana", why="first")
        flags = flag_review(store, ROW_RULES)
        tables = store.tables()
    for rule in ROW_RULES:
        whole = check({kind: tables[kind].drop_columns(["extractor"])}, [rule]).tallies[rule.id]
        if not rule.after:
            assert flags.tallies[rule.id] == whole, rule.id


@pytest.mark.parametrize("kind", ["count", "mean"])
def test_numbers_with_decimals_are_read_without_their_ends_where_no_other_record_needs_them(tmp_path, kind):
    read = {}
    for name, made in (("plain", plain_records), ("odd", records)):
        with Review.create(tmp_path / f"{name}.duckdb") as store:
            store.intake({kind: made(kind, 200, 4)}, who="ana", why="first")
            batch = next(store.stream(kind, {"lower", "events", "n"}, size=1000))
            read[name] = set(batch.schema.field("lower").type.names)
    assert read == {"plain": {"value", "decimals"}, "odd": {"low", "high", "status"}}


def test_numbers_with_very_many_decimals_are_judged_too(tmp_path):
    text = "0." + "0" * 30
    with Review.create(tmp_path / "review.duckdb") as store:
        store.intake(_tables([_count(f"r{each}", text) for each in range(3)]), who="ana", why="first")
        flags = flag_review(store, ROW_RULES)
    assert not flags.crashed
    assert len(flags.flagged.filter(pc.equal(flags.flagged.column("rule").cast("string"), "COUNT-002"))) == 3
