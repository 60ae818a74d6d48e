"""The same six checks in DuckDB's SQL on all cores, in one query."""

from __future__ import annotations

import duckdb
import plain
from plain import CHECKS, FAILS


def check(file: str) -> dict[str, int]:
    """How many rows fail each check."""
    counted = ", ".join(f"count(*) FILTER (WHERE {FAILS[each]})" for each in CHECKS)
    with duckdb.connect(file, read_only=True) as connection:
        connection.execute(f"CREATE TEMP TABLE critical AS {plain.CRITICAL}", plain.critical_values())
        found = connection.execute(f"SELECT {counted} FROM ({plain.WITH_CRITICAL})").fetchall()[0]
    return dict(zip(CHECKS, found, strict=True))
