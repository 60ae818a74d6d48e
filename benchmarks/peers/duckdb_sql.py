"""The same six checks in DuckDB's SQL on all cores, in one query."""

from __future__ import annotations

import duckdb
import plain
from plain import CHECKS, FAILS


def check(file: str) -> dict[str, int]:
    """How many rows fail each check."""
    counted = ", ".join(f"count(*) FILTER (WHERE {FAILS[each]})" for each in CHECKS)
    with duckdb.connect(file, read_only=True) as connection:
        connection.execute(
            "CREATE TEMP TABLE critical AS SELECT unnest(?) AS least, unnest(?) AS most, unnest(range(?)) AS step",
            [*plain.critical_values(), plain.STEPS + 1],
        )
        found = connection.execute(f"SELECT {counted} FROM facts JOIN critical ON step = {plain.P_STEP}").fetchall()[0]
    return dict(zip(CHECKS, found, strict=True))
