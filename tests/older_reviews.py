"""A review file as an earlier release wrote it: what later migrations made is taken away again, as their own SQL says."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from store import migrate


def made_older(file: Path, version: int) -> None:
    """Take the tables and columns of all migrations above this version out of a review."""
    with duckdb.connect(str(file)) as connection:
        for each in migrate.migrations():
            if each.number > version:
                _undo(connection, each.path.read_text(encoding="utf-8"))
        connection.execute("UPDATE meta SET value = ? WHERE name = 'schema_version'", [str(version)])


def _undo(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    steps = {
        r"CREATE TABLE (\w+)": 'DROP TABLE "{0}"',
        r"ALTER TABLE (\w+) ADD COLUMN (\w+)": 'ALTER TABLE "{0}" DROP COLUMN "{1}"',
    }
    done = 0
    for pattern, statement in steps.items():
        for found in re.finditer(pattern, sql):
            connection.execute(statement.format(*found.groups()))
            done += 1
    said = re.sub(r"--[^\n]*", "", sql)
    assert done == said.count(";"), "a migration does something that is not undone here"
