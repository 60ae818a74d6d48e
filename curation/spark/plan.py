"""From Parquet files to what each task reads: references only, no rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from curation.spark.errors import CannotCheck
from curation.spark.partitions import TIES
from curation.spark.shape import DOCUMENT, File, Files
from curation.spark.ties import Held, Ties, Unit, distinct, shared_out
from schemas.registry import KINDS, RECORDS
from store.locked import locked

ENTITIES = (*(kind for kind in KINDS if kind not in RECORDS), DOCUMENT)


@dataclass(frozen=True, slots=True)
class Read:
    """Files of one kind that a task reads; ``sources`` is None for all rows of the file."""

    kind: str
    file: File
    sources: tuple[str, ...] | None = None


def units_of(files: Files, rows_per_task: int) -> list[tuple[int, list[Read]]]:
    """How many rows each task has, and the files it reads. Raises CannotCheck where a record has no source."""
    numbered = [(kind, file) for kind in RECORDS for file in files.get(kind, ())]
    with duckdb.connect(config=locked(files=True)) as connection:
        held = _held(connection, numbered, files)
        ties = _ties(connection, files)
    units = shared_out(held, ties, rows_per_task)
    return [(unit.rows, _reads(unit, numbered)) for unit in units]


def _reads(unit: Unit, numbered: Sequence[tuple[str, File]]) -> list[Read]:
    return [Read(*numbered[number], sources) for number, sources in unit.files.items()]


def _held(connection: duckdb.DuckDBPyConnection, numbered: Sequence[tuple[str, File]], files: Files) -> Held:
    parts = []
    for kind in RECORDS:
        if not files.get(kind):
            continue
        rows = _rows_of(files[kind])
        found = connection.sql(f"SELECT source, filename, count(*) AS rows FROM {rows} GROUP BY ALL").to_arrow_table()
        without = sum(found["rows"].filter(found["source"].is_null()).to_pylist())
        if without:
            raise CannotCheck(f"{without} rows of {kind} have no source; every record names the source it was read in")
        parts.append(found)
    table = pa.concat_tables(parts)
    number = {file.path: place for place, (_, file) in enumerate(numbered)}
    of_file = [number[path] for path in table["filename"].to_pylist()]
    order = np.argsort(of_file, kind="stable")
    table = table.take(pa.array(order))
    sources = table["source"].cast(pa.string()).combine_chunks()
    return Held(sources, np.array(of_file, np.int64)[order], table["rows"].to_numpy().astype(np.int64))


def _ties(connection: duckdb.DuckDBPyConnection, files: Files) -> list[Ties]:
    return _bound(connection, {kind: _rows_of(each) for kind, each in files.items() if each})


def ties_of(tables: Mapping[str, pa.Table]) -> list[Ties]:
    """What binds sources and studies in these tables, by kind."""
    with duckdb.connect(config=locked()) as connection:
        for kind, table in tables.items():
            connection.register(kind, table)
        return _bound(connection, {kind: f'"{kind}"' for kind in tables})


def _bound(connection: duckdb.DuckDBPyConnection, rows_of: Mapping[str, str]) -> list[Ties]:
    found = []
    for kind, sql in TIES:
        if kind not in rows_of:
            continue
        columns = connection.sql(f"SELECT * FROM {rows_of[kind]} LIMIT 0").columns
        blank = [f"NULL::VARCHAR AS {each}" for each in ("study", "included_in", "studies") if each not in columns]
        given = f"(SELECT {', '.join(['*', *blank])} FROM {rows_of[kind]})"
        query = (
            f"SELECT DISTINCT source, study FROM ({sql.format(rows=given)}) WHERE source IS NOT NULL AND study <> ''"
        )
        found.append(distinct(connection.sql(query).to_arrow_table()))
    return found


def _rows_of(files: Sequence[File]) -> str:
    paths = ", ".join("'" + each.path.replace("'", "''") + "'" for each in files)
    hive = str(any(each.given for each in files)).lower()
    return f"read_parquet([{paths}], filename = true, union_by_name = true, hive_partitioning = {hive}, hive_types_autocast = false)"
