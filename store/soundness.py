"""Whether what a review file holds goes together: nothing names what is not there, and the history has no gap."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from schemas.fields import FieldFacts
from schemas.identity import key_fields
from schemas.kinds.base import Declared
from schemas.registry import KINDS
from store import asof, ddl
from store.query import number

_NAMES = (
    ("adjudicated", "id", "adjudication"),
    ("reopening", "id", "adjudication"),
    ("query_message", "query", "query"),
    ("query", "query", "query_message"),
    ("proposal_decision", "proposal", "proposal"),
)
"""Table, column, and the table in whose column of that name it must stand."""


def faults(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """What does not go together in an open review, a sentence each; none in every review that this program wrote."""
    return [*_revisions(connection), *_rows(connection), *_references(connection), *_findings(connection)]


def _revisions(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Revisions are numbered from 1 on without a gap, and time does not go backwards between them."""
    last = asof.latest(connection)
    if number(connection, "SELECT count(DISTINCT revision) FROM revision WHERE revision > 0") != last:
        yield f"the revisions are not those from 1 to {last}, each once"
    if number(connection, "SELECT count(*) - count(DISTINCT revision) FROM revision"):
        yield "a revision is there twice"
    back = 'SELECT count(*) FROM (SELECT "at" < lag("at") OVER (ORDER BY revision) AS back FROM revision) WHERE back'
    if number(connection, back):
        yield "a revision is dated before the one that it follows"
    tables = [row[0] for row in connection.execute(_WITH_REVISION).fetchall()]
    written = " UNION ALL ".join(f"SELECT DISTINCT revision FROM {ddl.quoted(each)}" for each in tables)
    for table in tables:
        if lost := number(connection, f"SELECT count(*) FROM {ddl.quoted(table)} WHERE revision NOT IN (SELECT revision FROM revision)"):  # fmt: skip
            yield f"{lost} rows of {table} are of revisions that are not there"
    if empty := number(connection, f"SELECT count(*) FROM revision WHERE revision NOT IN ({written})"):
        yield f"{empty} revisions changed nothing that is there"


_WITH_REVISION = """
    SELECT DISTINCT table_name FROM duckdb_columns()
    WHERE database_name = current_database() AND schema_name = 'main' AND column_name = 'revision'
      AND table_name NOT IN ('revision', 'check_run', 'adjudicated')
      AND table_name IN (SELECT table_name FROM duckdb_tables() WHERE NOT temporary)
"""


def _rows(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Every row of a kind is there once for each of its revisions, and what names a row of another table finds it."""
    for kind in KINDS:
        twice = f"SELECT count(*) FROM (SELECT 1 FROM {ddl.quoted(kind)} GROUP BY record_key, extractor, revision HAVING count(*) > 1)"
        if found := number(connection, twice):
            yield f"{found} rows of {kind} are there twice at a revision"
    for table, column, other in _NAMES:
        lost = f"SELECT count(*) FROM {ddl.quoted(table)} WHERE {ddl.quoted(column)} NOT IN (SELECT {ddl.quoted(column)} FROM {ddl.quoted(other)})"
        if found := number(connection, lost):
            yield f"{found} rows of {table} name what is not in {other}"


def _references(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Every current row names sources, studies, arms and outcomes that are current."""
    for kind, model in KINDS.items():
        for field in model.fields():
            if field.refers_to and (found := number(connection, _lost(model, field), [asof.latest(connection)] * 2)):
                yield f"{found} rows of {kind} name a {field.refers_to} that is not there"


def _lost(model: type[Declared], field: FieldFacts) -> str:
    entity, name = KINDS[field.refers_to or ""], ddl.quoted(field.name)
    own = f"unnest(string_split_regex(trim({name}), '\\s+'))" if field.several else name
    parts = [*(ddl.quoted(each) for each in key_fields(entity)[:-1]), "own"]
    return f"""
        SELECT count(*) FROM (
            SELECT {" || '/' || ".join(parts)} AS named FROM (
                SELECT *, {own} AS own FROM {ddl.quoted(model.kind)}
                WHERE {name} IS NOT NULL AND rowid IN ({asof.current_rows(model)})
            )
        ) WHERE named NOT IN (
            SELECT record_key FROM {ddl.quoted(entity.kind)} WHERE rowid IN ({asof.current_rows(entity)})
        )
    """


def _findings(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Findings are of a check and of records that are there, and are waived exactly where a waiver is in force."""
    if number(connection, "SELECT count(*) FROM finding") and not number(connection, "SELECT count(*) FROM check_run"):
        yield "there are findings without a check"
    last = asof.latest(connection)
    if number(connection, "SELECT count(*) FROM check_run WHERE revision > ?", [last]):
        yield "a check is of a revision that is not there"
    keys = " UNION ALL ".join(f"SELECT record_key FROM {ddl.quoted(each)}" for each in KINDS)
    named = "SELECT unnest(CAST(records AS VARCHAR[])) AS named FROM finding"
    if found := number(connection, f"SELECT count(*) FROM ({named}) WHERE named NOT IN ({keys})"):
        yield f"{found} records of findings are not there"
    in_force = "fingerprint IN (SELECT fingerprint FROM waiver WHERE withdrawn_at IS NULL)"
    if found := number(connection, f"SELECT count(*) FROM finding WHERE (status = 'waived') <> ({in_force})"):
        yield f"{found} findings do not say what their waivers say"
