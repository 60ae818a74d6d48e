"""Bring the tables of a review file up to date: numbered SQL for the fixed tables, the models for the kinds' tables.

A numbered file that touches a kind's table writes ``ALTER TABLE IF EXISTS``: in a new review those tables are made
from the models after all numbered files have run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from schemas.registry import KINDS
from store import ddl
from store.errors import StoreError
from store.transaction import transaction

MAGIC = "curation review"
"""Value of ``meta.magic`` by which a review file is recognised."""

FOLDER = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered SQL file."""

    number: int
    path: Path


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """The numbered SQL files in their order."""
    found = [Migration(int(path.name.split("_")[0]), path) for path in sorted(folder.glob("[0-9]*_*.sql"))]
    return sorted(found, key=lambda each: each.number)


def latest_version(folder: Path = FOLDER) -> int:
    """The schema version this release writes."""
    return migrations(folder)[-1].number


def schema_version(connection: duckdb.DuckDBPyConnection) -> int | None:
    """The schema version of an open file, or None if it is no review."""
    return _version(connection, _columns(connection))


def _version(connection: duckdb.DuckDBPyConnection, columns: Mapping[str, Sequence[str]]) -> int | None:
    if not {"name", "value"} <= set(columns.get("meta", ())):
        return None
    meta = dict(connection.execute("SELECT name, value FROM meta").fetchall())
    version = meta.get("schema_version", "")
    return int(version) if meta.get("magic") == MAGIC and version.isdecimal() else None


def _sign_of_newer(version: int, columns: Mapping[str, Sequence[str]]) -> str | None:
    """What shows that a file was written by a newer release, or None."""
    if version > latest_version():
        return f"schema version {version}; this one knows {latest_version()}"
    for kind, present in _of_kinds(columns).items():
        known = {*ddl.BOOKKEEPING, *(each.name for each in KINDS[kind].fields())}
        if unknown := sorted(present - known):
            return f"{kind} has the field {unknown[0]}, which this one does not know"
    return None


def bring_up_to_date(connection: duckdb.DuckDBPyConnection, folder: Path = FOLDER) -> None:
    """Apply what the file lacks, in one transaction: numbered files above its version, then new kinds and fields."""
    version = schema_version(connection) or 0
    pending = [each for each in migrations(folder) if each.number > version]
    statements = [each.path.read_text(encoding="utf-8") for each in pending]
    if not statements and not _missing(connection):
        return
    with transaction(connection):
        for statement in statements:
            connection.execute(statement)
        for statement in _missing(connection):
            connection.execute(statement)
        connection.execute("DELETE FROM meta WHERE name IN ('magic', 'schema_version')")
        connection.execute(
            "INSERT INTO meta VALUES ('magic', ?), ('schema_version', ?)", [MAGIC, str(latest_version(folder))]
        )


def kind_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, frozenset[str]]:
    """The columns that each kind's table has in this file; empty where the file has no such table."""
    return _of_kinds(_columns(connection))


def _of_kinds(columns: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    return {kind: frozenset(columns.get(kind, ())) for kind in KINDS}


def _missing(connection: duckdb.DuckDBPyConnection) -> list[str]:
    present = kind_columns(connection)
    statements = [ddl.create_table(model) for kind, model in KINDS.items() if not present[kind]]
    for kind, model in KINDS.items():
        absent = [each for each in model.fields() if each.name not in present[kind]] if present[kind] else []
        statements += [ddl.add_column(model, each) for each in absent]
    return statements


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    rows = connection.execute("""
        SELECT table_name, list(column_name) FROM duckdb_columns()
        WHERE database_name = current_database() AND schema_name = 'main' GROUP BY 1
    """).fetchall()
    return dict(rows)


def check_known(connection: duckdb.DuckDBPyConnection, path: Path, *, read_only: bool) -> None:
    """Raise StoreError unless the file is a review that this release can work with."""
    columns = _columns(connection)
    version = _version(connection, columns)
    if version is None:
        raise StoreError(
            f"{path} is a DuckDB file but not a review; create a review under another name with: curation init"
        )
    if sign := _sign_of_newer(version, columns):
        raise StoreError(f"{path} was written by a newer release of curation ({sign}); upgrade curation to open it")
    if read_only and version < latest_version():
        raise StoreError(
            f"{path} was written by an older release of curation; open it once for writing to bring it up to date"
        )
