"""A published table redrawn: its spans, header cells and indents, with what was read in it marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from curation.readers.document import Cell, Table
from curation.scan.page.marks import gravest, marked
from curation.scan.page.places import Placed

MOST_ROWS = 500
"""Rows of a table that are drawn; those with a finding always are."""
DEEPEST = 4
"""Steps of indent that are told apart."""


@dataclass(frozen=True, slots=True)
class Square:
    """One cell as drawn. ``scope`` says of what it is the header; empty for a cell of data."""

    html: Markup
    rows: int = 1
    columns: int = 1
    scope: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A table as drawn: the rows of its head, the others, and how many are left out."""

    name: str
    caption: Markup
    head: list[list[Square]]
    body: list[list[Square]]
    notes: list[Markup]
    left_out: int


def drawn(table: Table, place: int, scan: Placed) -> Drawn:
    """Redraw a table.

    Args:
        table: as the reader gave it.
        place: its place in the parts of the document.
        scan: what stands where in the document.
    """
    grid = table.grid()
    kept = _kept(table, place, scan)
    cut = _head(table)
    rows = {row: list(_row(grid, kept, row, cut, place, scan)) for row in kept}
    return Drawn(
        table.label or "Table",
        marked(table.caption, scan.stretches.get((place, None, None), ())),
        [rows[row] for row in kept if row < cut],
        [rows[row] for row in kept if row >= cut],
        [marked(note, scan.stretches.get((place, None, at), ())) for at, note in enumerate(table.notes)],
        table.height - len(kept),
    )


def _kept(table: Table, place: int, scan: Placed) -> list[int]:
    named = {
        cell[0] for (part, cell, _), several in scan.stretches.items()
        if part == place and cell is not None and any(each.severity for each in several)
    }  # fmt: skip
    return [row for row in range(table.height) if row < MOST_ROWS or row in named]


def _head(table: Table) -> int:
    """How many rows are the head: those of header cells only, with whatever reaches down from them."""
    plain = min((each.row for each in table.cells if not each.head), default=table.height)
    cut = plain if plain < table.height else min(1, table.height)
    while True:
        reach = max((each.row + each.rows for each in table.cells if each.row < cut), default=0)
        if reach <= cut:
            return cut
        cut = reach


def _row(
    grid: Sequence[Sequence[Cell | None]], kept: Sequence[int], row: int, cut: int, place: int, scan: Placed
) -> Iterator[Square]:
    """The cells that begin in a row, as far as the rows between are drawn."""
    for column, cell in enumerate(grid[row]):
        if cell is None:
            yield Square(Markup(""), look="empty")
            continue
        mine = [each for each in kept if cell.row <= each < cell.row + cell.rows]
        if column == cell.column and row == mine[0]:
            yield _square(cell, len(mine), _scope(cell, cut, len(grid[row])), place, scan)


def _scope(cell: Cell, cut: int, width: int) -> str:
    if not cell.text:
        return ""
    if cell.row < cut:
        return "col"
    return "row" if cell.column == 0 and cell.columns < width else ""


def _square(cell: Cell, rows: int, scope: str, place: int, scan: Placed) -> Square:
    stretches = scan.stretches.get((place, (cell.row, cell.column), None), ())
    looks = [
        gravest(each.severity for each in stretches),
        f"in{min(cell.indent, DEEPEST)}" if cell.indent > 0 else "",
        "strong" if cell.head else "",
    ]
    return Square(marked(cell.text, stretches), rows, cell.columns, scope, " ".join(filter(None, looks)))
