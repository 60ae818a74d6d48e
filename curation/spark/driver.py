"""The driver: stages of tasks, their counts added up, their findings in one folder."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from curation.engine.findings import worst_first
from curation.engine.registry import rules as registered
from curation.engine.registry import select
from curation.engine.rule import Rule
from curation.engine.run import Checked
from curation.spark.errors import CannotCheck
from curation.spark.partitions import TOGETHER, Stage, kinds_read, stages
from curation.spark.plan import ENTITIES, Read, units_of
from curation.spark.results import Answer, crashes, finish, read_findings, together, workplace
from curation.spark.session import refusing_trouble, session
from curation.spark.shape import File, Files, files_in
from curation.spark.task import Work, as_lines, judged
from curation.spark.ties import ROWS_PER_TASK
from schemas.registry import KINDS, RECORDS

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ANSWER = "answer string"
MOST_BUCKETS = 256
Run = Callable[[Sequence[Sequence[Read]], Work], list[Answer]]
"""Runs a task for each list of files."""
FirstUnits = Callable[[Work, set[str] | None], list[Answer]]
"""Judges the records that are bound together, all kinds or some, and gives the answers of the tasks."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Records to be checked: how many units they fall into, their entities, and how their tasks are run."""

    units: int
    run: FirstUnits
    entities: tuple[Read, ...] = ()
    given: Mapping[str, pa.Table] | None = None


def check(
    records: str | Path | DataFrame | Mapping[str, DataFrame | pa.Table],
    *,
    kind: str | None = None,
    out: str | Path | None = None,
    wanted: Sequence[str] = (),
    rules: str | Path | None = None,
    work: str | Path | None = None,
    spark: SparkSession | None = None,
    rows_per_task: int = ROWS_PER_TASK,
) -> Checked:
    """Judge records by the same rules, through the same function, as one process does, in the tasks of a Spark session.

    Args:
        records: a folder of Parquet files by kind, as ``write`` makes it or as Spark writes it partitioned by study; or a
            frame of one kind; or frames by kind, sources, studies, arms, outcomes and settings among them. Of a
            folder the tasks are given references and read their own files; the rows of frames go through Spark.
        kind: the kind of a single frame, such as "count".
        out: folder for the findings as Parquet and for _summary.json; it is made complete or not at all, over an earlier
            one and over nothing else. Without it the findings are in the result; with it the result holds counts only.
        wanted: families, names or ids of rules; by default all.
        rules: folder with further rules of your own, which every machine sees.
        work: folder that every machine sees, for unfinished work; by default beside ``out``, else a temporary one.
        spark: the session; by default the one that is running, or a new one on this machine.
        rows_per_task: records that a task is given, at least 1; more only where more are bound together.

    Raises:
        CannotCheck: PySpark or Java is missing, no records are there, columns are wrong, or a task stopped.
        KeyError: no rule is called as wanted.
        MalformedRule: a file in the folder holds no rule.
    """
    if rows_per_task < 1:
        raise CannotCheck(f"rows_per_task is {rows_per_task}; a task is given at least one record")
    folders = () if rules is None else (str(Path(rules).resolve()),)
    chosen = _chosen(folders, wanted)
    running = spark or session()
    with _working(out, work) as place, refusing_trouble():
        if isinstance(records, str | Path):
            origin = of_files(partial(by_reference, running), files_in(Path(records)), rows_per_task)
        else:
            from curation.spark.frames import of_frames  # noqa: PLC0415 - frames need PySpark

            origin = of_frames(running, _by_kind(records, kind), rows_per_task)
        answers = staged(partial(by_reference, running), origin, chosen, folders, place)
        checked = together(answers, [each.id for each in chosen])
        if out is None:
            found = read_findings(each.file for each in answers if each.file)
            checked.findings = worst_first([*found, *crashes(answers)])
        else:
            finish(place, Path(out), answers, checked)
    return checked


def _chosen(folders: Sequence[str], wanted: Sequence[str]) -> tuple[Rule, ...]:
    return select(registered(*map(Path, folders)), wanted)


@contextmanager
def _working(out: str | Path | None, work: str | Path | None) -> Iterator[Path]:
    """A folder for unfinished work: beside what is to be made, in ``work``, or a temporary one."""
    if out is not None:
        with workplace(Path(out)) as place:
            yield place
        return
    if work is not None and not Path(work).is_dir():
        raise CannotCheck(f"{work} is no folder; name one that every machine sees")
    with tempfile.TemporaryDirectory(prefix="curation-", dir=work) as made:
        yield Path(made)


def _by_kind(
    given: DataFrame | Mapping[str, DataFrame | pa.Table], kind: str | None
) -> Mapping[str, DataFrame | pa.Table]:
    frames = given if isinstance(given, Mapping) else {kind: given}
    unknown = sorted(str(each) for each in frames if each not in KINDS)
    if None in frames:
        raise CannotCheck(f"say of what kind the records are: kind= one of {', '.join(RECORDS)}")
    if unknown:
        raise CannotCheck(f"there is no kind {', '.join(unknown)}; kinds are {', '.join(KINDS)}")
    return {str(each): frame for each, frame in frames.items()}


def of_files(run_references: Run, files: Files, rows_per_task: int) -> Origin:
    """Records that tasks read themselves."""
    units = [reads for _, reads in units_of(files, rows_per_task)]

    def run(work: Work, kinds: set[str] | None) -> list[Answer]:
        wanted = [[each for each in reads if kinds is None or each.kind in kinds] for reads in units]
        return run_references([each for each in wanted if each], work)

    entities = tuple(Read(kind, file) for kind in ENTITIES for file in files.get(kind, ()))
    return Origin(len(units), run, entities)


def by_reference(spark: SparkSession, references: Sequence[Sequence[Read]], work: Work) -> list[Answer]:
    """A task for each of these lists of files; rows do not pass through Spark."""
    if not references:
        return []

    def judge(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        numbers = (number for batch in batches for number in batch.column(0).to_pylist())
        return as_lines(judged(number, references[number], work) for number in numbers)

    lines = spark.range(0, len(references), 1, len(references)).mapInArrow(judge, ANSWER).collect()
    return answers_of(line.answer for line in lines)


def answers_of(lines: Iterable[str]) -> list[Answer]:
    """What the tasks report. Raises CannotCheck with everything that they refused."""
    answers = sorted(map(Answer.from_json, lines), key=lambda each: each.number)
    refused = [each.refused for each in answers if each.refused]
    if refused:
        raise CannotCheck("\n".join(dict.fromkeys(refused)))
    return answers


def staged(run: Run, origin: Origin, rules: Sequence[Rule], folders: tuple[str, ...], place: Path) -> list[Answer]:
    """Judge stage after stage; the answers of all tasks. ``place`` is a folder that every machine sees."""
    by_id, planned = {each.id: each for each in rules}, stages(rules)
    hand_on = tuple(dict.fromkeys(each.partitioning for each in planned if each.partitioning != TOGETHER.name))
    base = Work(planned[0], folders, str(place), origin.entities, origin.given or {})
    buckets = max(1, min(MOST_BUCKETS, origin.units))
    answers = origin.run(replace(base, hand_on=hand_on, buckets=buckets, first=True), None)
    handed = [each for answer in answers for each in answer.handed_on]
    for stage in planned[1:]:
        before = tuple(each.file for each in answers if each.file and set(each.tallies) & set(stage.found))
        work = replace(base, stage=stage, findings=before)
        if stage.partitioning == TOGETHER.name:
            answers += origin.run(work, kinds_read(by_id[each] for each in (*stage.asked, *stage.again)))
        else:
            answers += run(_buckets(handed, stage), work)
    return answers


def _buckets(handed: Iterable[tuple[str, str, int, str, int]], stage: Stage) -> list[list[Read]]:
    found: dict[int, list[Read]] = {}
    for name, kind, bucket, file, rows in handed:
        if name == stage.partitioning:
            found.setdefault(bucket, []).append(Read(kind, File(file, rows)))
    return [found[each] for each in sorted(found)]
