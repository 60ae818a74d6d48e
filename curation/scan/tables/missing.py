"""Columns in which some participants are missing from a variable: its percentages are of fewer than the header says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from curation.scan.fits import agrees, number
from curation.scan.tables.parts import Row

NEAR = 12
"""Rows above that may count the participants a row is about."""
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
                found[place] = _without_total(found[place])
    return [_of_a_row_above(row, found[:place]) for place, row in enumerate(found)]


def _of_a_row_above(row: Row, before: list[Row]) -> Row:
    """A row about the participants counted in a row above it ("of those who owned one") has that count as its total."""
    printed = row.cells.get("percent", "")
    if row.kind != "count" or row.cells.get("total_from") != "header" or not _fine(printed):
        return row
    if agrees(row.cells["events"], row.cells["total"], printed):
        return row
    return _without_total(row) if any(_counts_its_total(other, row) for other in before[-NEAR:]) else row


def _counts_its_total(other: Row, row: Row) -> bool:
    """Whether a row above in the same column counts the participants that a row is about."""
    events = other.cells.get("events", "")
    return (
        other.kind == "count"
        and other.column == row.column
        and number(events) >= number(row.cells["events"])
        and agrees(row.cells["events"], events, row.cells["percent"])
    )


def _fine(percent: str) -> bool:
    """Whether a percentage is printed finely enough for a chance fit to be rare."""
    return len(percent.rstrip("% ").replace("·", ".").partition(".")[2]) > 0


def _without_total(row: Row) -> Row:
    cells = {name: text for name, text in row.cells.items() if name not in {"total", "total_from"}}
    return replace(row, cells=cells, parts=row.parts[:1], joined=False)


def _of_fewer(group: list[Row]) -> bool:
    """Whether the total of the header does not fit and one smaller number fits all."""
    total = number(group[0].cells["total"])
    if len(group) < FEWEST_ROWS or all(_fits(row, total) for row in group):
        return False
    least = max(number(row.cells["events"]) for row in group)
    return any(all(_fits(row, fewer) for row in group) for fewer in range(total - 1, max(least, 1) - 1, -1))


def _fits(row: Row, total: int) -> bool:
    return agrees(row.cells["events"], str(total), row.cells["percent"])
