"""What to say of a mean and SD that no whole numbers have: which part fails, what would fit, and a sample that does."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isfinite, sqrt
from typing import Any, Protocol

import numpy as np

from schemas.intervals import Column
from schemas.samples import Box, a_sample, flattest, widest
from schemas.verdicts import Verdict
from schemas.wording import Shown, decimals, show

NEAR = 25
"""How many units of the last printed place are searched on either side."""
PEOPLE = 10
"""How many participants more or fewer are tried."""


class Tried(Protocol):
    """A flagged row: its cells and columns, and whether it would hold with other numbers."""

    columns: Any
    identity: Any

    def __getitem__(self, name: str) -> Any: ...  # noqa: ANN401 - a cell
    def code(self, name: str) -> str: ...  # noqa: D102 - see Flagged
    def holds(self, **changed: Any) -> bool: ...  # noqa: ANN401, D102 - named by its protocol


def neighbours(row: Tried, name: str) -> list[tuple[str, Box]]:
    """The nearest printed values of an argument below and above with which the row holds, with their intervals."""
    cell = row[name]
    if cell.value is None or not cell.step or not isfinite(float(cell.low)) or not isfinite(float(cell.high)):
        return []
    found = []
    for sign in (-1, 1):
        steps = [sign * by for by in range(1, NEAR + 1) if name != "sd" or cell.high + sign * by * cell.step > 0]
        boxes = [(cell.low + by * cell.step, cell.high + by * cell.step) for by in steps]
        for by, box in _holding(row, name, steps, boxes)[:1]:
            found.append((show(cell.value + by * cell.step, decimals(cell)), box))
    return found


def _holding(row: Tried, name: str, steps: Sequence[int], boxes: Sequence[Box]) -> list[tuple[int, Box]]:
    """The boxes with which the row holds, all asked at once."""
    if not boxes:
        return []
    same = np.zeros(len(boxes), dtype=np.intp)
    columns = {other: column.take(same) for other, column in row.columns.items()}
    low, high = np.empty(len(boxes), dtype=object), np.empty(len(boxes), dtype=object)
    low[:], high[:] = [box[0] for box in boxes], [box[1] for box in boxes]
    columns[name] = Column(low, high, np.ones(len(boxes), dtype=bool), clean=True)
    fits = np.isin(row.identity(**columns).codes, (Verdict.CONSISTENT, Verdict.EDGE))
    return [pair for pair, fit in zip(zip(steps, boxes, strict=True), fits, strict=True) if fit]


def participants(row: Tried) -> list[str]:
    """Which numbers of participants near the printed one would fit."""
    n = row.columns["n"]
    if not n.is_point[0]:
        return []
    printed = int(n.low[0])
    tried = sorted(range(max(2, printed - PEOPLE), printed + PEOPLE + 1), key=lambda each: (abs(each - printed), each))
    points = [(Fraction(each), Fraction(each)) for each in tried]
    fits = [str(each) for each, _ in _holding(row, "n", tried, points)][:3]
    return [f"with {' or '.join(fits)} participants it would fit"] if fits else []


def what_fails(row: Tried, limits: tuple[int | None, int | None]) -> list[str]:
    """Whether the SD is too small, too large, or between two that are possible; then samples that fit."""
    n, items = _whole(row, "n"), _whole(row, "items") or 1
    if not n or n < 2:
        return []
    mean, sd = (row.columns[name] for name in ("mean", "sd"))
    box = (Fraction(mean.low[0]), Fraction(mean.high[0]))
    found = [_which(box, sd, n, items, limits, row["sd"])]
    for text, other in neighbours(row, "sd")[:1]:
        sample = a_sample(box, other, n, *limits, items)
        if sample.totals:
            found.append(f"a sample that would print like this with SD {text}: {sample}")
    means = [text for text, _ in neighbours(row, "mean")]
    if means:
        found.append(f"with this SD the mean could be {' or '.join(means)}")
    return found


def unknown(column: Column) -> Column:
    """A column of one row in which nothing is known."""
    return Column(column.low, column.high, np.zeros_like(column.known), clean=True)


def _whole(row: Tried, name: str) -> int:
    column = row.columns[name]
    return int(column.low[0]) if column.known[0] and column.is_point[0] else 0


def _which(
    box: Box, sd: Any, n: int, items: int, limits: tuple[int | None, int | None], cell: Shown  # noqa: ANN401 - a column of one row
) -> str:  # fmt: skip
    least, most = -(-box[0] * n * items // 1), box[1] * n * items // 1
    totals = range(least, most + 1)[:2000]
    smallest = min(_spread(flattest(total, n), total, n, items) for total in totals)
    places = decimals(cell) + 1
    if sd.high[0] < smallest - 1e-9:
        return f"the SD is too small: whole numbers with this mean have an SD of at least {show(smallest, places)}"
    low, high = limits
    if low is not None and high is not None:
        inside = [total for total in totals if n * items * low <= total <= n * items * high]
        largest = max((_spread(widest(t, n, items * low, items * high), t, n, items) for t in inside), default=-1.0)
        if 0 <= largest < float(sd.low[0]) - 1e-9:
            return f"the SD is too large: whole numbers from {low} to {high} with this mean have an SD of at most {show(largest, places)}"
    return "whole numbers with this mean have SDs in steps, and none of the steps falls on the printed SD"


def _spread(square: int, total: int, n: int, items: int) -> float:
    return sqrt(Fraction(n * square - total**2, n * (n - 1))) / items
