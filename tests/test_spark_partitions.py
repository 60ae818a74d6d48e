"""Whatever is shared out to tasks, and however, the findings and counts of a check are those of one process."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spark_case import assert_same, broken_reviews, in_this_process, one_process

from curation.engine.registry import rules, select
from curation.engine.rule import rule
from curation.spark.errors import CannotCheck
from curation.spark.layout import write
from curation.spark.partitions import EVERYTHING, FURTHER, TOGETHER, partitioning, stages
from curation.spark.results import workplace
from curation.spark.shape import files_in
from curation.spark.ties import Held, Ties, groups, shared_out
from schemas.registry import RECORDS

ACROSS_STUDIES = ("SPREAD-003", "SPREAD-006", "SOURCE-005", "SOURCE-007", "SOURCE-008", "SOURCE-010", "POOLED-009")


def test_rules_that_compare_studies_have_a_partitioning_of_their_own_and_the_others_stay_together():
    far = {each.id: partitioning(each).name for each in rules() if partitioning(each) is not TOGETHER}
    assert far == {
        "SOURCE-005": "counts alike",
        "SOURCE-007": "names",
        "SOURCE-008": "means alike",
        "SPREAD-003": "outcome",
        "SPREAD-004": "outcome",
        "SPREAD-005": "outcome",
    }
    assert {each.name for each in FURTHER} == set(far.values())


def test_a_rule_across_rows_that_is_not_ours_is_given_everything():
    @rule("MINE-001", severity="note", source="arithmetic", consistent=[[]], inconsistent=[[]], cannot_tell=[],
          rows="SELECT 'count' AS kind, min(record) AS record, count(*) AS copies FROM \"count\"")  # fmt: skip
    def few(copies):
        """There are many counts."""
        return copies.at_most(3)

    assert partitioning(few) is EVERYTHING
    assert [each.partitioning for each in stages([few])] == ["together", "everything"]


def test_every_rule_is_asked_in_one_stage_after_the_stages_of_its_prerequisites():
    planned, asked = stages(rules()), {}
    for number, stage in enumerate(planned):
        for each in stage.asked:
            assert each not in asked
            asked[each] = number
        assert all(asked[each] < number for each in stage.found)
    assert set(asked) == {each.id for each in rules()}
    assert planned[asked["SPREAD-006"]].found == ("SPREAD-003", "SPREAD-005")


edges = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 8)), max_size=20)


@pytest.mark.slow
@given(
    edges=edges,
    rows=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4), st.integers(1, 9)), min_size=1, max_size=30),
    limit=st.integers(1, 40),
)
def test_units_hold_every_row_once_and_nothing_that_is_bound_is_in_two(edges, rows, limit):
    rows = sorted({(f"p{source}", file): many for source, file, many in rows}.items(), key=lambda each: each[0][1])
    files = {number: place for place, number in enumerate(dict.fromkeys(file for (_, file), _ in rows))}
    held = Held(
        pa.array([source for (source, _), _ in rows]),
        np.array([files[file] for (_, file), _ in rows]),
        np.array([many for _, many in rows]),
    )
    ties = [
        Ties(
            pa.array([f"p{one}" for one, _ in edges], pa.string()),
            pa.array([f"s{two}" for _, two in edges], pa.string()),
        )
    ]
    units = shared_out(held, ties, limit)
    taken = {}
    for number, unit in enumerate(units):
        for file, sources in unit.files.items():
            for (source, place), many in rows:
                if files[place] == file and (sources is None or source in sources):
                    assert (source, file) not in taken
                    taken[source, file] = (number, many)
    assert len(taken) == len(rows)
    assert [sum(many for number, many in taken.values() if number == each) for each in range(len(units))] == [
        each.rows for each in units
    ]
    bound = dict(zip(held.source.to_pylist(), groups(held.source, ties).tolist(), strict=True))
    where = {}
    for (source, _), (number, _) in taken.items():
        assert where.setdefault(bound[source], number) == number


def test_rules_that_look_beyond_a_study_find_the_same_however_small_the_parts(tmp_path):
    tables = broken_reviews(7, ids=ACROSS_STUDIES)
    chosen = select(rules(), ["SPREAD", "SOURCE-005", "SOURCE-007", "SOURCE-008", "SOURCE-010", "POOLED-009"])
    alone = one_process(tables, chosen)
    assert {"SPREAD-003", "SOURCE-005", "SOURCE-007", "SOURCE-008", "SOURCE-010"} <= {
        each.rule for each in alone.findings
    }
    assert alone.tallies["SPREAD-006"].reasons == {"another finding about the same numbers comes first": 1}
    write(tables, tmp_path / "records", rows_per_file=40)
    (tmp_path / "work").mkdir()
    assert_same(alone, in_this_process(tmp_path / "records", tmp_path / "work", 40, chosen))


@pytest.mark.slow
@pytest.mark.slow
def test_every_kind_of_contradiction_is_found_alike_in_several_partitionings(tmp_path):
    tables = broken_reviews(1)
    alone = one_process(tables)
    assert len(alone.findings) > 100
    for rows in (100_000, 1500):
        write(tables, tmp_path / f"{rows}", rows_per_file=rows)
        (tmp_path / f"work-{rows}").mkdir()
        assert_same(alone, in_this_process(tmp_path / f"{rows}", tmp_path / f"work-{rows}", rows))


def test_rows_scattered_over_files_are_brought_together(tmp_path):
    tables = broken_reviews(3, ids=("COUNT-001", "SOURCE-001", "SPREAD-003"))
    chosen = select(rules(), ["COUNT", "SOURCE", "SPREAD-003"])
    for kind, table in tables.items():
        folder = tmp_path / "records" / kind
        folder.mkdir(parents=True)
        pieces = [table.slice(start, 7) for start in range(0, len(table), 7)] if kind in RECORDS else [table]
        for number, piece in enumerate(pieces):
            pq.write_table(piece, folder / f"{number:03}.parquet")
    (tmp_path / "work").mkdir()
    assert_same(one_process(tables, chosen), in_this_process(tmp_path / "records", tmp_path / "work", 60, chosen))


def test_folders_named_by_study_as_spark_writes_them_are_read(tmp_path):
    tables = broken_reviews(4, ids=("COUNT-001", "COUNT-002"))
    folder = tmp_path / "records" / "count"
    for study in tables["count"]["study"].unique().to_pylist():
        there = folder / f"study={study}"
        there.mkdir(parents=True)
        mine = tables["count"].filter(pa.compute.equal(tables["count"]["study"], study))
        pq.write_table(mine.drop_columns("study"), there / "part.parquet")
    (tmp_path / "work").mkdir()
    chosen = select(rules(), ["COUNT"])
    alone = one_process({"count": tables["count"]}, chosen)
    other = in_this_process(tmp_path / "records", tmp_path / "work", 50, chosen)
    assert alone.findings
    assert_same(alone, other)


def test_numbers_given_as_text_are_read_as_they_are_typed(tmp_path):
    table = pa.table({"record": ["r1", "r2"], "source": ["p", "p"], "events": ["52", "7"], "total": ["50", "50"]})
    (tmp_path / "work").mkdir()
    (tmp_path / "records").mkdir()
    pq.write_table(table, tmp_path / "records" / "count.parquet")
    found = in_this_process(tmp_path / "records", tmp_path / "work", 10, select(rules(), ["COUNT-001"]))
    assert [(each.rule, each.records) for each in found.findings] == [("COUNT-001", ("r1",))]


def test_all_wrong_columns_are_named_at_once(tmp_path):
    pq.write_table(pa.table({"record": ["r1"], "evnets": ["1"], "total": [5]}), tmp_path / "count.parquet")
    pq.write_table(pa.table({"record": ["r1"], "source": [1], "mean": ["2"]}), tmp_path / "mean.parquet")
    with pytest.raises(CannotCheck) as refused:
        files_in(tmp_path)
    lines = str(refused.value).splitlines()
    assert [line.partition(": ")[2].split(";")[0] for line in lines] == [
        "the column source is missing",
        "no count has a field evnets",
        "the column total holds int64",
        "the column source holds int64",
    ]
    assert str(tmp_path / "count.parquet") in lines[0]


@pytest.mark.parametrize("there", ["nothing", "no folder", "broken"])
def test_a_place_without_records_in_parquet_is_refused_with_what_was_expected(tmp_path, there):
    folder = tmp_path / "records"
    if there != "no folder":
        folder.mkdir()
    if there == "broken":
        (folder / "count.parquet").write_bytes(b"PAR1 and no more")
    expected = {
        "nothing": "no records in Parquet",
        "no folder": "no such folder",
        "broken": "cannot be read as Parquet",
    }
    with pytest.raises(CannotCheck, match=expected[there]):
        files_in(folder)


def test_records_are_written_over_nothing_that_is_there(tmp_path):
    tables = broken_reviews(5, ids=("COUNT-001",))
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "notes.txt").write_text("mine")
    with pytest.raises(CannotCheck, match="not empty"):
        write(tables, tmp_path / "records")
    assert [each.name for each in tmp_path.iterdir()] == ["records"]


def test_unfinished_work_is_gone_when_it_stops(tmp_path):
    def broken_off():
        with workplace(tmp_path / "findings") as work:
            (work / "found-0.parquet").write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    assert not list(tmp_path.iterdir())
