"""The baseline over a review file, which curation reads too: counts and effects are two tables there, a number is part of a struct.

It knows what the baseline knows, and that the middle of the interval around "<0.001" is half of it.
"""

from __future__ import annotations

import duckdb
import numpy as np
from numpy_by_hand import BATCH, Checks
from plain import CHECKS

COUNTS = "SELECT events.value, total.value, percent.value FROM count"
EFFECTS = "SELECT estimate.value, lower.value, upper.value, (p.low + p.high) / 2 FROM effect"


def check(file: str) -> dict[str, int]:
    """How many records fail each check."""
    checks = Checks(BATCH)
    with duckdb.connect(file, read_only=True) as connection:
        for query, add in ((COUNTS, checks.add_counts), (EFFECTS, checks.add_effects)):
            for batch in connection.sql(query).to_arrow_reader(BATCH):
                add(*(np.from_dlpack(column) for column in batch.columns))
    return dict(zip(CHECKS, checks.failed.tolist(), strict=True))
