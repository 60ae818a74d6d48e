"""Columns in which some participants are missing from a variable: its percentages are of fewer than the header says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from curation.scan.tables.fits import agrees, number
from curation.scan.tables.parts import Row

FEWEST_ROWS = 2
"""Rows of one variable that must agree on a smaller number before it is believed."""


def without_missing(rows: Iterable[Row]) -> list[Row]:
    """The rows, those of a variable with missing participants without the total of the header.

    The categories of one variable in one column have one denominator. Where it is not that of the header, but one
    smaller number fits all of them, the header is not their total.
    """
    found = list(rows)
    groups: dict[tuple[tuple[str, ...], int], list[int]] = defaultdict(list)
    for place, row in enumerate(found):
        if (
            row.kind == "count"
            and row.cells.get("total_from") == "header"
            and "percent" in row.cells
            and row.line.above
        ):
            groups[row.line.above, row.column].append(place)
    for places in groups.values():
        if _of_fewer([found[place] for place in places]):
            for place in places:
                cells = {name: text for name, text in found[place].cells.items() if name not in {"total", "total_from"}}
                found[place] = replace(found[place], cells=cells, parts=found[place].parts[:1], joined=False)
    return found


def _of_fewer(group: list[Row]) -> bool:
    """Whether the total of the header does not fit and one smaller number fits all."""
    total = number(group[0].cells["total"])
    if len(group) < FEWEST_ROWS or all(_fits(row, total) for row in group):
        return False
    least = max(number(row.cells["events"]) for row in group)
    return any(all(_fits(row, fewer) for row in group) for fewer in range(total - 1, max(least, 1) - 1, -1))


def _fits(row: Row, total: int) -> bool:
    return agrees(row.cells["events"], str(total), row.cells["percent"])
