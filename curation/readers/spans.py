"""Cells with spans put in their places: overruns and overlaps are clamped, what is too large is not laid out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from curation.readers.document import Cell

LARGEST_TABLE = 200_000
"""Positions of one table that are laid out; the largest printed tables have some thousands."""
WIDEST_SPAN = 1000
_MOST_STEPS = 20 * LARGEST_TABLE
"""Positions looked at while a table is laid out, spans as written; more are no table of any document."""


class TooLarge(Exception):
    """A table that would cover more positions than any printed table."""


@dataclass(frozen=True, slots=True)
class GivenCell:
    """A cell as the document gives it: its spans as written, and how wide it is set in."""

    text: str
    rows: int = 1
    columns: int = 1
    head: bool = False
    lead: int = 0


GivenRow = Sequence[GivenCell]


def laid_out(sections: Iterable[Sequence[GivenRow]]) -> tuple[Cell, ...]:
    """The cells of a table's sections (head, body, foot) in their places; spans end with their section.

    Rows without any text are left out unless a cell from above reaches through them.
    """
    kept = [list(rows) for rows in sections if rows]
    if sum(min(max(cell.columns, 1), WIDEST_SPAN) for rows in kept for row in rows for cell in row) > LARGEST_TABLE:
        raise TooLarge
    found: list[Cell] = []
    leads: dict[tuple[int, int], int] = {}
    first = 0
    for rows in kept:
        first = _section(rows, first, found, leads)
    found = _indented(_trimmed(found), leads)
    if found and first * max(each.column + each.columns for each in found) > LARGEST_TABLE:
        raise TooLarge
    return tuple(found)


def _section(rows: list[GivenRow], first: int, found: list[Cell], leads: dict[tuple[int, int], int]) -> int:
    """Lay one section out from the row ``first``; returns the row after it."""
    rows = _without_blank(rows)
    end = first + len(rows)
    busy: list[int] = []  # for each column the row at which it is free again
    for number, row in enumerate(rows, first):
        column = 0
        for cell in row:
            while column < len(busy) and busy[column] > number:
                column += 1
            columns = _free(busy, column, number, min(max(cell.columns, 1), WIDEST_SPAN))
            until = end if cell.rows == 0 else min(end, number + max(cell.rows, 1))
            busy.extend([0] * (column + columns - len(busy)))
            busy[column : column + columns] = [until] * columns
            if (number - first + 1) * len(busy) > _MOST_STEPS:
                raise TooLarge
            found.append(Cell(cell.text, number, column, until - number, columns, cell.head))
            leads[number, column] = cell.lead
            column += columns
    return end


def _free(busy: list[int], column: int, row: int, wanted: int) -> int:
    """How many of the wanted columns are free side by side."""
    for count in range(1, wanted):
        if column + count >= len(busy):
            return wanted
        if busy[column + count] > row:
            return count
    return wanted


def _without_blank(rows: list[GivenRow]) -> list[GivenRow]:
    """The rows that print something, or through which a cell reaches."""
    kept: list[GivenRow] = []
    reached = 0
    for number, row in enumerate(rows):
        reached = max([reached, *(number + cell.rows for cell in row if cell.rows > 1)])
        if number < reached or any(cell.text for cell in row):
            kept.append(row)
    return kept


def _trimmed(cells: list[Cell]) -> list[Cell]:
    """Spans cut where no cell begins any more: columns that nothing is printed in."""
    width = max((cell.column for cell in cells), default=0) + 1
    return [
        replace(cell, columns=width - cell.column) if cell.column + cell.columns > width else cell for cell in cells
    ]


def _indented(cells: list[Cell], leads: dict[tuple[int, int], int]) -> list[Cell]:
    """The row labels with how deep they are set in: the widths that occur, counted from the smallest."""
    body = {cell.row for cell in cells if not cell.head}
    labels = [cell for cell in cells if cell.column == 0 and cell.text and cell.row in body]
    steps = {width: step for step, width in enumerate(sorted({leads[cell.row, 0] for cell in labels}))}
    if len(steps) < 2:
        return cells
    return [
        replace(cell, indent=steps[leads[cell.row, 0]]) if cell.column == 0 and cell.text and cell.row in body else cell
        for cell in cells
    ]
