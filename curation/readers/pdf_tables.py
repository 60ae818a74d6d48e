"""Tables of a PDF page whose cells are ruled: the lines give the cells, and cells that reach over several."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from curation.readers.cell_text import cell_text
from curation.readers.document import Cell
from curation.readers.pdf_lines import Char, Piece, pieces_of

Box = tuple[float, float, float, float]
_NEAR = 2.0
"""Points within which two rules are one."""
_OPEN_END = re.compile(r"(?:[^\s/]/|[^\s–-][–-]|[(:/][–−-]|\()$")
_MOST_CELLS = 20_000


@dataclass(frozen=True, slots=True)
class Found:
    """A table that was found on a page, where it stands, and its columns: between ``edges`` if they are ruled."""

    box: Box
    cells: tuple[Cell, ...]
    edges: tuple[float, ...] = ()
    columns: tuple[tuple[float, float], ...] = ()
    caption: str = ""

    @property
    def width(self) -> int:
        """Number of columns."""
        return max(cell.column + cell.columns for cell in self.cells)


def ruled_tables(page: Any, chars: Sequence[Char]) -> list[Found]:  # noqa: ANN401 - a page of pdfplumber
    """The tables with ruled lines on a page; a frame around text is none."""
    found = []
    for table in page.find_tables({"vertical_strategy": "lines", "horizontal_strategy": "lines"}):
        boxes = [tuple(box) for box in table.cells]
        if 2 <= len(boxes) <= _MOST_CELLS:
            cells = _cells(boxes, [char for char in chars if inside(char, table.bbox)])
            if _is_table(cells, fewest=1 if _at_edge(table.bbox, float(page.height)) else 2):
                edges = _edges(edge for box in boxes for edge in (box[0], box[2]))
                found.append(Found(tuple(table.bbox), tuple(cells), tuple(edges)))
    return found


def with_columns(cells: Iterable[Cell], old: Sequence[float], new: Sequence[float]) -> list[Cell]:
    """The cells of a table whose columns are told by other edges, so that two parts of it have the same ones."""
    at = [_at(new, edge) for edge in old]
    return [
        replace(cell, column=at[cell.column], columns=at[cell.column + cell.columns] - at[cell.column])
        for cell in cells
    ]


def all_edges(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """The edges of two parts of a table, those that are nearly one as one."""
    return _edges([*one, *other])


def inside(char: Char, box: Box) -> bool:
    """Whether the middle of a character is within a box."""
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _cells(boxes: Sequence[Any], chars: Sequence[Char]) -> list[Cell]:
    columns = _edges(edge for box in boxes for edge in (box[0], box[2]))
    rows = _edges(edge for box in boxes for edge in (box[1], box[3]))
    by_place: dict[tuple[int, int], Box] = {}
    for box in boxes:
        by_place.setdefault((_at(rows, box[1]), _at(columns, box[0])), box)
    texts, leads = _filled(by_place, chars)
    cells = []
    for (row, column), box in sorted(by_place.items()):
        height, width = _at(rows, box[3]) - row, _at(columns, box[2]) - column
        if height > 0 and width > 0:
            cells.append(Cell(texts[row, column], row, column, height, width))
    return without_blank_rows(_indented(_without_overlap(cells), leads))


def _edges(given: Iterable[float]) -> list[float]:
    edges: list[float] = []
    for edge in sorted(given):
        if not edges or edge - edges[-1] > _NEAR:
            edges.append(edge)
    return edges


def _at(edges: Sequence[float], edge: float) -> int:
    return min(range(len(edges)), key=lambda place: abs(edges[place] - edge))


def _filled(
    boxes: dict[tuple[int, int], Box], chars: Sequence[Char]
) -> tuple[dict[tuple[int, int], str], dict[int, int]]:
    """The text of every cell, and how far the row labels are set in, in points."""
    by_middle = sorted(enumerate(chars), key=lambda one: one[1]["top"] + one[1]["bottom"])
    middles = [(char["top"] + char["bottom"]) / 2 for _, char in by_middle]
    texts: dict[tuple[int, int], str] = {}
    leads: dict[int, int] = {}
    for place, box in boxes.items():
        near = by_middle[bisect_left(middles, box[1]) : bisect_right(middles, box[3])]
        pieces = pieces_of([char for _, char in sorted(near, key=lambda one: one[0]) if inside(char, box)], "cell")
        texts[place] = cell_text(_in_cell(pieces))
        if place[1] == 0 and place[0] and pieces:  # heads are centred
            leads[place[0]] = round(min(piece.x0 for piece in pieces) - box[0])
    return texts, leads


def _in_cell(pieces: Sequence[Piece]) -> str:
    """The lines of a cell as one text; "0.3–" and "1.38" are one interval."""
    text = ""
    for piece in sorted(pieces, key=lambda one: (round(one.bottom / 2), one.x0)):
        text = together(text, piece.text)
    return text


def together(text: str, more: str) -> str:
    """Two lines of a cell as one text.

    >>> together("0.8 (0.5–", "1.1)"), together("Blood", "loss")
    ('0.8 (0.5–1.1)', 'Blood loss')
    """
    close = _OPEN_END.search(text) and more[:1].isalnum()
    return text + more if close or not text else f"{text} {more}"


def _without_overlap(cells: list[Cell]) -> list[Cell]:
    """The cells that lie over no earlier one."""
    taken: set[tuple[int, int]] = set()
    kept = []
    for cell in cells:
        covers = {
            (row, col)
            for row in range(cell.row, cell.row + cell.rows)
            for col in range(cell.column, cell.column + cell.columns)
        }
        if not covers & taken:
            taken |= covers
            kept.append(cell)
    return kept


def _indented(cells: list[Cell], leads: dict[int, int]) -> list[Cell]:
    """Row labels with their depth: the distances from the rule that occur, those within a point or two as one."""
    widths = _edges(leads.values())
    if len(widths) < 2 or len(widths) > 5:
        return cells
    return [
        replace(cell, indent=_at(widths, leads[cell.row]))
        if cell.column == 0 and cell.row in leads and cell.columns == 1
        else cell
        for cell in cells
    ]


def without_blank_rows(cells: Sequence[Cell]) -> list[Cell]:
    """The cells without rows that print nothing and that no cell reaches through."""
    kept = {row for cell in cells if cell.text or cell.rows > 1 for row in range(cell.row, cell.row + cell.rows)}
    places = {row: place for place, row in enumerate(sorted(kept))}
    return [replace(cell, row=places[cell.row]) for cell in cells if cell.row in kept]


def _at_edge(box: Box, height: float) -> bool:
    """Whether a table may go on over the page, before or behind."""
    return box[1] < 0.2 * height or box[3] > 0.8 * height


def _is_table(cells: Sequence[Cell], fewest: int) -> bool:
    filled = [cell for cell in cells if cell.text]
    rows, columns = {cell.row for cell in filled}, {cell.column for cell in filled}
    return len(rows) >= fewest and len(columns) >= 2 and len(filled) * 4 >= len(cells)
