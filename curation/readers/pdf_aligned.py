"""Tables of a PDF page without vertical rules: under a caption "Table N" the columns are told by their alignment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from curation.readers.captions import OF_TABLE
from curation.readers.cell_text import cell_text
from curation.readers.document import Cell
from curation.readers.pdf_lines import Piece
from curation.readers.pdf_rows import is_open, whole_rows
from curation.readers.pdf_tables import Box, Found

_NOTE = re.compile(
    r"(?:[*†‡§¶]|Abbreviations?|Notes?[:.]|Data (?:are|presented)|Values (?:are|given)|[a-z]\s)", re.IGNORECASE
)
_WORDY = 6
_MOST_LINES = 6
"""Lines of a caption."""

Row = list[Piece]


def is_caption(text: str) -> bool:
    """Whether a line begins the caption of a table."""
    return OF_TABLE.match(text) is not None


def aligned_table(caption: Piece, pieces: Sequence[Piece], rules: Sequence[Box]) -> Found | None:
    """The table under a caption, or None when what stands there has no columns."""
    end = min((one.top for one in pieces if one.top > caption.bottom and is_caption(one.text)), default=float("inf"))
    rules = [rule for rule in rules if rule[1] < end]
    below = [one for one in pieces if caption.top + 1 < one.top < end and _in_column(one, caption, rules)]
    rows = _rows(below)
    first = next((place for place, row in enumerate(rows[:_MOST_LINES]) if len(row) >= 2), None)
    if first is None or _runs_on(rows[first], rows):
        return None
    rows = _until_end(rows[first:], _bottom(caption, rules))
    columns = _columns(rows)
    if len(rows) < 3 or len(columns) < 2 or _is_prose(rows):
        return None
    return _found(rows, columns)


def rest_of_table(found: Found, pieces: Sequence[Piece]) -> Found | None:
    """What goes on of an aligned table at the top of the next page: rows whose cells stand in the same columns."""
    rows: list[Row] = []
    for row in _rows(pieces):
        if _is_note(row) or is_caption(row[0].text) or not all(_fits(one, found.columns) for one in row):
            break
        rows.append(row)
    if rows and _is_rest(rows[0], found):
        return _found(rows[:1], found.columns)
    while rows and len(rows[-1]) == 1:
        rows.pop()
    return _found(rows, found.columns) if sum(1 for row in rows if len(row) >= 2) >= 2 else None


def _is_rest(row: Row, found: Found) -> bool:
    """Whether a line alone at the top of a page ends cells that the page before it left open."""
    last = max(cell.row for cell in found.cells)
    above = {cell.column: cell.text for cell in found.cells if cell.row == last}
    return all(is_open(above.get(_nearest(one, found.columns), "")) for one in row)


def _fits(piece: Piece, columns: Sequence[tuple[float, float]]) -> bool:
    return sum(1 for x0, x1 in columns if min(x1, piece.x1) - max(x0, piece.x0) > 1) == 1


def _found(rows: Sequence[Row], columns: Sequence[tuple[float, float]]) -> Found:
    cells = whole_rows(_cells(rows, columns))
    used = [piece for row in rows for piece in row]
    box = (
        min(one.x0 for one in used) - 1,
        min(one.top for one in used) - 1,
        max(one.x1 for one in used) + 1,
        max(one.bottom for one in used) + 1,
    )
    return Found(box, tuple(cells), columns=tuple(columns))


def _in_column(piece: Piece, caption: Piece, rules: Sequence[Box]) -> bool:
    """Whether a piece stands under the caption, as wide as the rules there are; else as wide as the page."""
    near = [
        rule
        for rule in rules
        if caption.top - 2 <= rule[1] <= caption.bottom + 12 * caption.size and rule[0] <= caption.x0 + 20
    ]
    if not near:
        return True
    return piece.x0 >= min(rule[0] for rule in near) - 8 and piece.x1 <= max(rule[2] for rule in near) + 8


def _bottom(caption: Piece, rules: Sequence[Box]) -> float | None:
    """The last rule of the table, where it has at least two of one width."""
    under = sorted((rule for rule in rules if rule[1] > caption.top), key=lambda rule: rule[1])
    if not under:
        return None
    alike = [rule for rule in under if abs(rule[0] - under[0][0]) < 6 and abs(rule[2] - under[0][2]) < 6]
    if not 2 <= len(alike) <= 5 or alike[-1][1] - alike[0][1] < _MOST_LINES * caption.size:
        return None
    return alike[-1][1]


def _is_prose(rows: Sequence[Row]) -> bool:
    """Whether what stands there is text in two columns: most of its pieces are long."""
    pieces = [piece for row in rows for piece in row]
    return sum(1 for piece in pieces if len(piece.text.split()) >= _WORDY) * 3 > len(pieces)


def _rows(pieces: Sequence[Piece]) -> list[Row]:
    rows: list[Row] = []
    for piece in sorted(pieces, key=lambda one: one.bottom):
        if rows and abs(rows[-1][0].bottom - piece.bottom) <= 0.3 * piece.size:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda one: one.x0) for row in rows]


def _until_end(rows: list[Row], bottom: float | None) -> list[Row]:
    """The rows of the table: to its last rule, or to a gap, a note, or running text."""
    if bottom is not None:
        return [row for row in rows if row[0].middle <= bottom]
    kept: list[Row] = []
    for row in rows:
        if kept and (_is_note(row) or row[0].top - kept[-1][0].bottom > 2.2 * row[0].size or _runs_on(row, kept)):
            break
        kept.append(row)
    while kept and len(kept[-1]) == 1:
        kept.pop()
    return kept


def _is_note(row: Row) -> bool:
    return len(row) == 1 and _NOTE.match(row[0].text) is not None


def _runs_on(row: Row, kept: Sequence[Row]) -> bool:
    """Whether a row is of the text around the table: long pieces, as wide as much of it."""
    wide = 0.4 * _width(kept)
    return len(row) <= 2 and all(len(one.text.split()) >= _WORDY and one.x1 - one.x0 > wide for one in row)


def _width(rows: Sequence[Row]) -> float:
    return max(one.x1 for row in rows for one in row) - min(one.x0 for row in rows for one in row)


def _columns(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """The stretches in which the cells of the fullest rows stand."""
    most = max((len(row) for row in rows), default=0)
    full = [row for row in rows if len(row) >= max(2, most - 1)]
    found: list[tuple[float, float]] = []
    for x0, x1 in sorted((one.x0, one.x1) for row in full for one in row):
        if found and x0 < found[-1][1] - 0.5:
            found[-1] = (found[-1][0], max(found[-1][1], x1))
        else:
            found.append((x0, x1))
    return found


def _cells(rows: Sequence[Row], columns: Sequence[tuple[float, float]]) -> list[Cell]:
    found: list[Cell] = []
    for number, row in enumerate(rows):
        by_column: dict[int, Cell] = {}
        for piece in row:
            covered = [place for place, (x0, x1) in enumerate(columns) if min(x1, piece.x1) - max(x0, piece.x0) > 1]
            first = covered[0] if covered else _nearest(piece, columns)
            width = len(covered) if len(covered) > 1 else 1
            if first in by_column:
                by_column[first] = replace(by_column[first], text=f"{by_column[first].text} {piece.text}")
            elif not any(cell.column <= first < cell.column + cell.columns for cell in by_column.values()):
                by_column[first] = Cell(piece.text, number, first, 1, width)
            else:
                near = max(column for column in by_column if column <= first)
                by_column[near] = replace(by_column[near], text=f"{by_column[near].text} {piece.text}")
        found += _clamped(by_column)
    return _indented([replace(cell, text=cell_text(cell.text)) for cell in found], rows, columns)


def _clamped(row: dict[int, Cell]) -> list[Cell]:
    """The cells of a row, none reaching over the next."""
    cells = [row[column] for column in sorted(row)]
    for place, cell in enumerate(cells[:-1]):
        following = cells[place + 1].column
        if cell.column + cell.columns > following:
            cells[place] = replace(cell, columns=following - cell.column)
    return cells


def _nearest(piece: Piece, columns: Sequence[tuple[float, float]]) -> int:
    middle = (piece.x0 + piece.x1) / 2
    return min(range(len(columns)), key=lambda place: abs((columns[place][0] + columns[place][1]) / 2 - middle))


def _indented(cells: list[Cell], rows: Sequence[Row], columns: Sequence[tuple[float, float]]) -> list[Cell]:
    left = columns[0][0]
    return [
        replace(cell, indent=min(4, round((rows[cell.row][0].x0 - left) / rows[cell.row][0].size)))
        if cell.column == 0 and rows[cell.row][0].x0 > left
        else cell
        for cell in cells
    ]
