"""The baseline: hand-written NumPy over Arrow batches streamed from DuckDB, all six checks in one pass, no temporaries.

It knows what general engines must find out: every percentage has one decimal, every ratio two, every P value three, and
every measure is a ratio.
"""

from __future__ import annotations

import duckdb
import numpy as np
import plain
from plain import CHECKS, DUST, PERCENT, RATIO, STEPS

BATCH = 16_384
QUERY = f"SELECT {plain.NUMBERS} FROM facts"
LEAST, MOST = (np.array(values) for values in plain.critical_values())


class Checks:
    """Six checks with scratch of their own, and how many rows failed each."""

    def __init__(self, rows: int) -> None:
        self.failed = np.zeros(len(CHECKS), dtype=np.int64)
        self._floats = [np.empty(rows) for _ in range(8)]
        self._bools = [np.empty(rows, dtype=bool) for _ in range(3)]
        self._steps = np.empty(rows, dtype=np.intp)

    def add(self, events, total, percent, estimate, lower, upper, p) -> None:
        """Check a batch, given as columns."""
        self.add_counts(events, total, percent)
        self.add_effects(estimate, lower, upper, p)

    def add_counts(self, events, total, percent) -> None:
        """Check the first three of the columns."""
        self._count(events, total, percent, *self._scratch(len(events)))

    def add_effects(self, estimate, lower, upper, p) -> None:
        """Check the other columns."""
        self._interval(estimate, lower, upper, p, *self._scratch(len(estimate)))

    def _scratch(self, rows):
        return [each[:rows] for each in self._floats], [each[:rows] for each in self._bools]

    def _count(self, events, total, percent, floats, bools) -> None:
        a, b, *_ = floats
        bad, also, _ = bools
        self.failed[0] += np.count_nonzero(np.greater(events, total, out=bad))
        np.greater(percent, 100 + PERCENT + DUST, out=bad)
        np.less(percent, -PERCENT - DUST, out=also)
        self.failed[1] += np.count_nonzero(np.logical_or(bad, also, out=bad))
        np.multiply(percent, total, out=a)  # |percent - 100 events / total| <= half a unit, multiplied out
        np.multiply(events, 100, out=b)
        np.abs(np.subtract(a, b, out=a), out=a)
        np.multiply(total, PERCENT + DUST, out=b)
        self.failed[2] += np.count_nonzero(np.greater(a, b, out=bad))

    def _interval(self, estimate, lower, upper, p, floats, bools) -> None:
        lower_low, lower_high, upper_low, upper_high, low, high, scratch, other = floats
        bad, also, ordered = bools
        np.subtract(lower, RATIO, out=lower_low)
        np.add(lower, RATIO, out=lower_high)
        np.subtract(upper, RATIO, out=upper_low)
        np.add(upper, RATIO, out=upper_high)
        np.subtract(estimate, RATIO, out=low)
        np.add(estimate, RATIO, out=high)
        np.less_equal(lower_low, upper_high, out=ordered)
        self.failed[3] += len(ordered) - np.count_nonzero(ordered)

        np.multiply(lower_low, upper_low, out=scratch)  # log lower + log upper = 2 log estimate, as products
        np.multiply(np.multiply(high, high, out=other), 1 + DUST, out=other)
        np.greater(scratch, other, out=bad)
        np.multiply(lower_high, upper_high, out=scratch)
        np.multiply(np.multiply(low, low, out=other), 1 - DUST, out=other)
        np.less(scratch, other, out=also)
        self.failed[4] += np.count_nonzero(np.logical_or(bad, also, out=bad))

        np.multiply(p, STEPS, out=scratch)
        np.rint(scratch, out=scratch)
        steps = self._steps[: len(bad)]
        np.copyto(steps, scratch, casting="unsafe")
        narrow, wide = upper_low, upper_high
        np.log(np.divide(upper_low, lower_high, out=narrow), out=narrow)
        np.log(np.divide(upper_high, lower_low, out=wide), out=wide)
        np.log(low, out=low)
        np.negative(np.log(high, out=high), out=high)
        LEAST.take(steps, out=scratch, mode="clip")
        np.multiply(scratch, narrow, out=narrow)
        MOST.take(steps, out=scratch, mode="clip")
        np.multiply(scratch, wide, out=wide)
        least, most = lower_low, lower_high
        np.maximum(np.maximum(low, high, out=least), 0, out=least)
        np.negative(np.minimum(low, high, out=most), out=most)
        np.greater(least, np.multiply(wide, 1 + DUST, out=wide), out=bad)
        np.less(most, np.multiply(narrow, 1 - DUST, out=narrow), out=also)
        np.logical_and(np.logical_or(bad, also, out=bad), ordered, out=bad)
        self.failed[5] += np.count_nonzero(bad)


def check(file: str) -> dict[str, int]:
    """How many rows fail each check."""
    checks = Checks(BATCH)
    with duckdb.connect(file, read_only=True) as connection:
        for batch in connection.sql(QUERY).to_arrow_reader(BATCH):
            checks.add(*(np.from_dlpack(column) for column in batch.columns))
    return dict(zip(CHECKS, checks.failed.tolist(), strict=True))
