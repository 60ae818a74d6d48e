"""Frames that are not files: their rows go through Spark to the tasks, packed by what is bound together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curation.spark.driver import ANSWER, Origin, answers_of
from curation.spark.errors import CannotCheck
from curation.spark.partitions import TIES
from curation.spark.results import Answer
from curation.spark.shape import problems_of, shaped
from curation.spark.task import Tables, Work, as_lines, judged_tables
from curation.spark.ties import Held, Ties, distinct, shared_out
from schemas.registry import RECORDS

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

Frames = Mapping[str, "DataFrame | pa.Table"]
PACKED = "unit int, kind string, place long, rows binary"


def of_frames(spark: SparkSession, frames: Frames, rows_per_task: int) -> Origin:
    """Records of frames, whose sources and studies are asked of Spark first. Raises CannotCheck for wrong columns."""
    records = {kind: _frame(spark, frame) for kind, frame in frames.items() if kind in RECORDS}
    if not records:
        raise CannotCheck(f"no records are given; expected a frame of one of {', '.join(RECORDS)}")
    given = {kind: _table(frame) for kind, frame in frames.items() if kind not in RECORDS}
    problems = [
        problem
        for kind, sort in [*((kind, frame.schema) for kind, frame in records.items())]
        for problem in problems_of(kind, f"the frame of {kind}", _arrow_types(sort))
    ]
    problems += [
        problem
        for kind, table in given.items()
        for problem in problems_of(
            kind, f"the frame of {kind}", dict(zip(table.column_names, table.schema.types, strict=True))
        )
    ]
    if problems:
        raise CannotCheck("\n".join(problems))
    given = {kind: shaped(kind, table, f"the frame of {kind}") for kind, table in given.items()}
    units, of_source = _units(records, given, rows_per_task)
    packed = {kind: _packed(kind, frame, of_source) for kind, frame in records.items()}

    def run(work: Work, kinds: set[str] | None) -> list[Answer]:
        chosen = [each for kind, each in packed.items() if kinds is None or kind in kinds]
        return _judged(chosen, work) if chosen else []

    return Origin(units, run, given=given)


def _frame(spark: SparkSession, given: DataFrame | pa.Table) -> DataFrame:
    return spark.createDataFrame(given) if isinstance(given, pa.Table) else given


def _table(given: DataFrame | pa.Table) -> pa.Table:
    return given if isinstance(given, pa.Table) else given.toArrow()


def _arrow_types(schema: StructType) -> dict[str, pa.DataType]:
    from pyspark.sql.pandas.types import to_arrow_schema  # noqa: PLC0415 - an extra

    return {each.name: each.type for each in to_arrow_schema(schema)}


def _units(records: Mapping[str, DataFrame], given: Tables, rows_per_task: int) -> tuple[int, pa.Table]:
    counted = pa.concat_tables(_named(frame.groupBy("source").count().toArrow()) for frame in records.values())
    counted = counted.group_by("source").aggregate([("count", "sum")]).sort_by("source")
    if counted["source"].null_count:
        raise CannotCheck("some records have no source; every record names the source it was read in")
    sources = counted["source"].combine_chunks()
    held = Held(sources, np.arange(len(sources), dtype=np.int64), counted["count_sum"].to_numpy().astype(np.int64))
    units = shared_out(held, _ties(records, given), rows_per_task)
    unit_of = np.empty(len(sources), np.int32)
    for number, unit in enumerate(units):
        unit_of[list(unit.files)] = number
    return len(units), pa.table({"source": sources, "unit": pa.array(unit_of)})


def _named(table: pa.Table) -> pa.Table:
    return table.select(["source", "count"]).cast(pa.schema([("source", pa.string()), ("count", pa.int64())]))


def _ties(records: Mapping[str, DataFrame], given: Tables) -> list[Ties]:
    found = []
    for kind, sql in TIES:
        if kind in records:
            frame = _with_columns(records[kind])
            rows = frame.sparkSession.sql(_spark_words(sql).format(rows="{rows}"), rows=frame)
            found.append(distinct(rows.where("source IS NOT NULL AND study <> ''").distinct().toArrow()))
        elif kind in given:
            bound = given[kind].select(["included_in", "study"]).rename_columns(["source", "study"])
            found.append(distinct(bound.filter(pc.is_valid(bound["source"]))))
    return found


def _with_columns(frame: DataFrame) -> DataFrame:
    from pyspark.sql.functions import lit  # noqa: PLC0415 - an extra

    missing = [each for each in ("study", "studies") if each not in frame.columns]
    return frame.withColumns({each: lit(None).cast("string") for each in missing}) if missing else frame


def _spark_words(sql: str) -> str:
    """The same query as Spark writes it."""
    return sql.replace("unnest(string_split_regex(trim(studies), '\\s+'))", r"explode(split(trim(studies), '\\s+'))")


def _packed(kind: str, frame: DataFrame, units: pa.Table) -> DataFrame:
    """Every batch of rows as one binary cell for each unit it has rows of, with its place in the frame."""
    from pyspark.sql.functions import monotonically_increasing_id  # noqa: PLC0415 - an extra

    sources, of = units["source"].combine_chunks(), units["unit"].combine_chunks()

    def pack(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            table = pa.table(batch)
            unit = of.take(pc.index_in(table["source"].combine_chunks().cast(pa.string()), sources))
            for number in pc.unique(unit).to_pylist():
                part = table.filter(pc.equal(unit, number)).combine_chunks()
                place = part["#place"][0].as_py()
                packed = pa.BufferOutputStream()
                with pa.ipc.new_stream(packed, part.schema) as stream:
                    stream.write_table(part)
                cells = {"kind": [kind], "place": [place], "rows": [packed.getvalue().to_pybytes()]}
                yield pa.RecordBatch.from_pydict({"unit": pa.array([number], pa.int32()), **cells})

    return frame.withColumn("#place", monotonically_increasing_id()).mapInArrow(pack, PACKED)


def _judged(packed: list[DataFrame], work: Work) -> list[Answer]:
    rows = packed[0]
    for each in packed[1:]:
        rows = rows.unionAll(each)

    def judge(table: pa.Table) -> pa.Table:
        number = table["unit"][0].as_py()
        try:
            answer = judged_tables(number, _unpacked(table), work)
        except CannotCheck as error:
            answer = replace(Answer(number), refused=str(error))
        return pa.Table.from_batches(as_lines(iter([answer])))

    return answers_of(line.answer for line in rows.groupBy("unit").applyInArrow(judge, ANSWER).collect())


def _unpacked(table: pa.Table) -> Tables:
    found: dict[str, list[pa.Table]] = {}
    for row in (
        table.select(["kind", "place", "rows"]).sort_by([("kind", "ascending"), ("place", "ascending")]).to_pylist()
    ):
        with pa.ipc.open_stream(row["rows"]) as stream:
            found.setdefault(row["kind"], []).append(stream.read_all())
    return {
        kind: shaped(kind, pa.concat_tables(parts).sort_by("#place").drop_columns("#place"), f"the frame of {kind}")
        for kind, parts in found.items()
    }
