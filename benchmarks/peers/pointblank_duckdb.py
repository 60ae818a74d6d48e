"""pointblank on a DuckDB table: a step per check; identities are columns derived in SQL, lazily, that must lie within bounds."""

from __future__ import annotations

import duckdb
import plain
import pointblank as pb
from plain import CHECKS, DUST, PERCENT, RATIO


def check(file: str) -> dict[str, int]:
    """How many rows fail each check."""
    with duckdb.connect(file, read_only=True) as connection:
        connection.execute(f"CREATE TEMP TABLE critical AS {plain.CRITICAL}", plain.critical_values())
        p_gap = connection.sql(f"SELECT {plain.P_GAP} AS p_gap FROM ({plain.WITH_CRITICAL})")
        validation = (
            pb.Validate(connection.table("facts"))
            .col_vals_le("events", pb.col("total"))
            .col_vals_between("percent", -PERCENT - DUST, 100 + PERCENT + DUST)
            .col_vals_le("gap", 0, pre=_derived(f"abs(percent * total - 100 * events) - {PERCENT + DUST} * total"))
            .col_vals_le("gap", 0, pre=_derived(f"lower - upper - {2 * RATIO + DUST}"))
            .col_vals_le("gap", 0, pre=_derived(plain.EVEN_GAP))
            .col_vals_le("p_gap", 0, pre=lambda _: p_gap)
            .interrogate()  # which also keeps the rows that fail, as curation lists them
        )
        return dict(zip(CHECKS, validation.n_failed().values(), strict=True))


def _derived(gap: str):
    return lambda table: table.project(f"{gap} AS gap")
