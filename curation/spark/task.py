"""One task: read what the references name, judge it by the same function as one process does, write the findings."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curation.engine.registry import rules as registered
from curation.engine.rule import Rule
from curation.engine.run import Checked, check
from curation.spark.errors import CannotCheck
from curation.spark.partitions import PARTITIONINGS, Partitioning, Stage
from curation.spark.plan import Read
from curation.spark.results import Answer, records_found, write_findings
from curation.spark.shape import DOCUMENT, read
from schemas.arrow import table_schema
from schemas.registry import KINDS
from store.locked import locked

Tables = dict[str, pa.Table]


@dataclass(frozen=True, slots=True)
class Work:
    """What every task of a stage knows.

    ``work`` is a folder that all machines see; ``hand_on`` are the partitionings that later stages need; ``findings`` are
    the files of earlier stages. ``entities`` are references to sources, studies, arms and the rest, or ``given`` their rows.
    """

    stage: Stage
    folders: tuple[str, ...]
    work: str
    entities: tuple[Read, ...] = ()
    given: Mapping[str, pa.Table] = field(default_factory=dict)
    hand_on: tuple[str, ...] = ()
    buckets: int = 1
    findings: tuple[str, ...] = ()
    first: bool = False


def judged(number: int, reads: Sequence[Read], work: Work) -> Answer:
    """Judge the records these files hold. Never raises for bad input: ``refused`` says it."""
    try:
        return judged_tables(number, rows_of(reads), work)
    except CannotCheck as error:
        return Answer(number, refused=str(error))


def judged_tables(number: int, records: Tables, work: Work) -> Answer:
    """Judge these records with the entities they name."""
    tables = {kind: table.combine_chunks() for kind, table in {**_entities(records, work), **records}.items()}
    chosen = {each.id: each for each in registered(*map(Path, work.folders))}
    found = records_found(work.findings, work.stage.found) if work.stage.found else {}
    wanted = {*work.stage.asked, *work.stage.again}
    rules = [
        each if each.id in wanted else flagged_before(each, found[each.id])
        for each in chosen.values()
        if each.id in wanted or found.get(each.id)
    ]
    answer = _answer(number, check(tables, rules), work)
    if work.hand_on:
        answer.handed_on = [*_handed_on(number, records, work)]
    return answer


def _answer(number: int, checked: Checked, work: Work) -> Answer:
    asked = set(work.stage.asked)
    findings = [each for each in checked.findings if each.rule in asked]
    answer = Answer(number, settings=checked.settings)
    if work.first:
        answer.records, answer.printed_numbers = checked.records, checked.printed_numbers
    answer.tallies = {
        rule: {"consistent": one.consistent, "contradicts": one.contradicts, "reasons": one.reasons}
        for rule, one in checked.tallies.items()
        if rule in asked and one.checked
    }
    answer.crashes = [each.as_dict() for each in findings if each.place == "rule"]
    kept = [each for each in findings if each.place != "rule"]
    if kept:
        answer.findings = len(kept)
        answer.file = str(Path(work.work) / f"found-{number}-{uuid.uuid4().hex}.parquet")
        write_findings(kept, Path(answer.file))
    return answer


def _entities(records: Tables, work: Work) -> Tables:
    """The sources, studies and arms that these records name, whole where the partitioning wants them, and the rest."""
    every = PARTITIONINGS[work.stage.partitioning].every_entity
    tables: Tables = dict(work.given) or rows_of(work.entities)
    if every:
        return tables
    sources = _ids(records.values(), "source")
    studies = _ids(records.values(), "study")
    listed = pc.list_flatten(pc.utf8_split_whitespace(records["pooled"]["studies"])) if "pooled" in records else None
    if "study" in tables:
        named = [studies, *([listed.combine_chunks()] if listed is not None else [])]
        wanted = pc.is_in(tables["study"]["study"], pa.concat_arrays(named))
        tables["study"] = tables["study"].filter(pc.or_(wanted, pc.is_in(tables["study"]["included_in"], sources)))
        studies = pa.concat_arrays([*named, tables["study"]["study"].combine_chunks()])
    for kind, name, ids in (("arm", "study", studies), ("source", "source", sources), (DOCUMENT, "source", sources)):
        if kind in tables:
            tables[kind] = tables[kind].filter(pc.is_in(tables[kind][name], ids))
    return tables


def rows_of(reads: Sequence[Read]) -> Tables:
    """The tables that these references name, by kind."""
    found: dict[str, list[pa.Table]] = {}
    for each in reads:
        found.setdefault(each.kind, []).append(read(each.kind, each.file, each.sources))
    return {kind: pa.concat_tables(parts) for kind, parts in found.items()}


def _ids(tables: Any, name: str) -> pa.Array:  # noqa: ANN401 - any iterable of tables
    found = [pc.unique(table[name]) for table in tables if name in table.column_names]
    return pc.drop_null(pa.concat_arrays([pa.array([], pa.string()), *found]))


def flagged_before(rule: Rule, records: Sequence[str]) -> Rule:
    """A rule in the place of a prerequisite that was judged elsewhere: it flags the records that were flagged there."""

    def found_before(found):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - as rules are written
        """It was found before."""
        return found.at_most(0)

    listed = ", ".join("'" + each.replace("'", "''") + "'" for each in dict.fromkeys(records))
    rows = f"SELECT DISTINCT kind, record, 1 AS found FROM records WHERE record IN ({listed})"
    return Rule(rule.id, "note", "found before", found_before, (), (), (), rows=rows, field="found")


def _handed_on(number: int, records: Tables, work: Work) -> Iterator[tuple[str, str, int, str, int]]:
    with duckdb.connect(config=locked()) as connection:
        for kind, table in records.items():
            connection.register(kind, table)
        for name in work.hand_on:
            one = PARTITIONINGS[name]
            for kind in (each for each in one.rows if each in records):
                rows = connection.sql(_keyed(one, kind, work.buckets)).to_arrow_table()
                for bucket in pc.unique(rows["#bucket"]).to_pylist():
                    part = (
                        rows.filter(pc.equal(rows["#bucket"], bucket))
                        .drop_columns("#bucket")
                        .cast(table_schema(KINDS[kind]))
                    )
                    file = str(Path(work.work) / f"handed-{number}-{uuid.uuid4().hex}.parquet")
                    pq.write_table(part, file)
                    yield name, kind, bucket, file, len(part)


def _keyed(one: Partitioning, kind: str, buckets: int) -> str:
    rows = one.rows[kind]
    inner = f'SELECT *, {rows.key} AS "#key" FROM "{kind}" WHERE {rows.where} QUALIFY {rows.qualify}'
    if rows.qualify == "true":
        inner = f'SELECT *, {rows.key} AS "#key" FROM "{kind}" WHERE {rows.where}'
    return f'SELECT * EXCLUDE ("#key"), (hash("#key") % {buckets})::INT AS "#bucket" FROM ({inner})'


def as_lines(answers: Iterator[Answer]) -> Iterator[pa.RecordBatch]:
    """Answers as Spark takes them from a task."""
    for each in answers:
        yield pa.RecordBatch.from_pydict({"answer": [each.as_json()]})
