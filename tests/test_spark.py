"""Checks in a real Spark session on two cores: the same findings as one process, complete folders, clear refusals."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from spark_case import assert_same, broken_reviews, needs_spark, one_process

from curation import spark
from curation.cli import curation
from curation.commands.demo import corpus
from curation.commands.reading import read_consistently
from curation.engine.registry import rules, select
from curation.spark.results import SUMMARY
from schemas.registry import RECORDS


@pytest.fixture(scope="module")
def cores():
    needs_spark()
    from curation.spark.session import session

    running = session("local[2]")
    running.sparkContext.setLogLevel("ERROR")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def tables():
    return broken_reviews(2, ids=("COUNT-001", "COUNT-002", "SOURCE-001", "SOURCE-005", "SPREAD-003"))


@pytest.fixture(scope="module")
def few():
    return select(rules(), ["COUNT", "SOURCE-001", "SOURCE-005", "SPREAD-003", "SPREAD-006"])


def ids(chosen):
    return [each.id for each in chosen]


@pytest.mark.slow
def test_files_are_judged_as_in_one_process_and_findings_are_written_whole(cores, tables, few, tmp_path):
    alone = one_process(tables, few)
    spark.write(tables, tmp_path / "records", rows_per_file=400)
    checked = spark.check(tmp_path / "records", wanted=ids(few), rows_per_task=400, out=tmp_path / "findings")
    assert not checked.findings
    checked.findings = spark.read_folder(tmp_path / "findings")
    assert_same(alone, checked)
    said = spark.summary_of(tmp_path / "findings")
    assert said["tasks"] > 2
    assert said["findings"] == alone.summary()["findings"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["findings", "records"]
    by_spark = cores.read.parquet(str(tmp_path / "findings"))
    assert by_spark.count() == len(alone.findings)


@pytest.mark.slow
def test_an_earlier_folder_of_findings_is_replaced_and_a_strangers_is_left(cores, tables, few, tmp_path):
    spark.write(tables, tmp_path / "records")
    out = tmp_path / "findings"
    for wanted in (ids(few), ["COUNT-001"]):
        spark.check(tmp_path / "records", wanted=wanted, out=out)
    assert {each.rule for each in spark.read_folder(out)} == {"COUNT-001"}
    (out / "notes.txt").write_text("mine")
    with pytest.raises(spark.CannotCheck, match=r"notes\.txt"):
        spark.check(tmp_path / "records", wanted=["COUNT-001"], out=out)
    assert (out / "notes.txt").exists()


@pytest.mark.slow
def test_rows_of_frames_are_judged_as_in_one_process(cores, tables, few):
    tables = {kind: tables[kind] for kind in ("source", "study", "arm", "outcome", "count", "mean")}
    frames = {kind: cores.createDataFrame(plain(table)) if kind in RECORDS else table for kind, table in tables.items()}
    assert_same(one_process(tables, few), spark.check(frames, wanted=ids(few), rows_per_task=400))


def plain(table):
    """As frames take tables: numbers as they are typed."""
    texts = [
        pa.compute.struct_field(column, "text") if pa.types.is_struct(column.type) else column
        for column in table.columns
    ]
    return pa.table(texts, names=table.column_names)


@pytest.mark.slow
def test_one_frame_needs_its_kind_and_only_columns_of_it(cores):
    frame = cores.createDataFrame(pa.table({"record": ["r1"], "source": ["p"], "events": ["52"], "total": ["50"]}))
    found = spark.check(frame, kind="count", wanted=["COUNT-001"]).findings
    assert [each.records for each in found] == [("r1",)]
    with pytest.raises(spark.CannotCheck, match="say of what kind"):
        spark.check(frame)
    with pytest.raises(spark.CannotCheck, match="no mean has a field events"):
        spark.check(frame, kind="mean")


@pytest.mark.slow
def test_a_task_that_is_done_twice_counts_once(cores, tables, few, tmp_path):
    """Each task's first attempt is lost after it has written its findings, as when a machine goes away."""
    spark.write(tables, tmp_path / "records", rows_per_file=400)
    script = Path(__file__).with_name("spark_lost_tasks.py")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script), str(tmp_path), *ids(few)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    alone = one_process(tables, few)
    found = spark.read_folder(tmp_path / "findings")
    assert [each.as_dict() for each in found] == [each.as_dict() for each in alone.findings]
    assert int(done.stdout.split()[-1]) > 0


@pytest.mark.slow
def test_the_bundled_corpus_is_judged_as_in_one_process(cores, tmp_path):
    tables = dict(read_consistently([corpus()]).tables)
    alone = one_process(tables)
    spark.write(tables, tmp_path / "records", rows_per_file=300)
    assert_same(alone, spark.check(tmp_path / "records", rows_per_task=300))


@pytest.mark.slow
def test_command_check_says_the_same_with_either_engine(cores, tmp_path):
    run = CliRunner()
    said = [
        run.invoke(curation, ["check", "examples/one-table", "--engine", engine, "--format", "json"])
        for engine in ("local", "spark")
    ]
    assert [each.exit_code for each in said] == [1, 1], said[1].output
    assert json.loads(said[1].stdout) == json.loads(said[0].stdout)
    review = tmp_path / "one.duckdb"
    assert run.invoke(curation, ["init", str(review)]).exit_code == 0
    assert run.invoke(curation, ["intake", str(review), "examples/one-table", "--extractor", "AB"]).exit_code == 0
    said = [run.invoke(curation, ["check", str(review), "--engine", engine]) for engine in ("local", "spark")]
    assert said[0].stdout == said[1].stdout


@pytest.mark.slow
def test_command_check_writes_findings_of_parquet_files(cores, tables, tmp_path):
    spark.write(tables, tmp_path / "records")
    call = ["check", str(tmp_path / "records"), "--select", "COUNT-001", "--findings", str(tmp_path / "found")]
    refused = CliRunner().invoke(curation, call)
    assert refused.exit_code == 2
    assert "say --engine spark as well" in refused.stderr
    done = CliRunner().invoke(curation, [*call, "--engine", "spark"])
    assert done.exit_code == 1, done.output
    assert "records checked: 1 error" in done.stdout
    assert (tmp_path / "found" / SUMMARY).exists()
    assert pq.read_table(next((tmp_path / "found").glob("part-*.parquet"))).column("rule").to_pylist() == ["COUNT-001"]


@pytest.mark.slow
def test_a_number_that_cannot_be_read_stops_the_check_with_its_place(cores, tmp_path):
    pq.write_table(pa.table({"record": ["r"], "source": ["p"], "events": ["fifteen"]}), tmp_path / "count.parquet")
    with pytest.raises(spark.CannotCheck, match=r"count\.parquet, column events: .*fifteen"):
        spark.check(tmp_path, wanted=["COUNT-001"])


def test_an_unknown_engine_is_refused_with_those_there_are():
    said = CliRunner().invoke(curation, ["check", "examples/one-table", "--engine", "dask"])
    assert said.exit_code == 2
    assert "'dask' is not one of 'local', 'spark'" in said.stderr


@pytest.mark.parametrize(
    ("hidden", "expected"), [("pyspark", "PySpark, which is not installed"), ("java", "Java 17 or newer")]
)
def test_what_is_not_installed_is_named(tmp_path, hidden, expected):
    if hidden == "java":
        pytest.importorskip("pyspark", reason="needs PySpark") if not os.environ.get("CURATION_REQUIRE_SPARK") else None
    hide = "import sys; sys.modules['pyspark'] = None; " if hidden == "pyspark" else ""
    code = f"{hide}import sys; sys.argv = ['curation', 'check', 'examples/one-table', '--engine', 'spark']; from curation.cli import main; main()"
    without = {name: value for name, value in os.environ.items() if name not in ("JAVA_HOME", "SPARK_REMOTE")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=without | {"PATH": str(tmp_path)}
    )
    assert done.returncode == 2, done.stderr
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
