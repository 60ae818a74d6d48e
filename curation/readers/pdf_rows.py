"""Rows of an aligned table put together again where the text of a cell takes several lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from curation.readers.document import Cell
from curation.readers.pdf_tables import together

_OPEN = re.compile(r"[(\[][^)\]]*$|[,–±/:=-]$|\b(?:of|and|or|the|to|in|for|with|at|per|by)$", re.IGNORECASE)
_NUMBER = re.compile(r"[<>≤≥=±~]?\s?[−–+-]?\d")
_UNIT = re.compile(r"\([^()]*[^\W\d][^()]*\)|[a-z%]")
_MOST_HEADS = 6
_LONGEST_REST = 8


def whole_rows(cells: Sequence[Cell]) -> list[Cell]:
    """The cells with lines that go on with the row above them taken into it."""
    rows: dict[int, list[Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell)
    heads = _heads(list(rows.values()))
    whole: list[list[Cell]] = []
    for number, row in enumerate(rows.values()):
        above = whole[-1] if whole else None
        if above is not None and (_continues_head(row, above) if number < heads else _continues(row, above)):
            whole[-1] = _with(above, row)
        else:
            whole.append(row)
    return [
        replace(cell, row=number)
        for number, row in enumerate(whole)
        for cell in sorted(row, key=lambda one: one.column)
    ]


def is_open(text: str) -> bool:
    """Whether the text of a cell cannot be at its end: a bracket is open, or it ends with "of" or a comma."""
    return _OPEN.search(text) is not None


def _heads(rows: Sequence[Sequence[Cell]]) -> int:
    """How many lines stand above the first with numbers in most of its cells."""
    for number, row in enumerate(rows[: _MOST_HEADS + 1]):
        values = [cell for cell in row if cell.column]
        if values and sum(1 for cell in values if _NUMBER.match(cell.text)) * 2 > len(values):
            return number
    return 0


def _continues_head(row: Sequence[Cell], above: Sequence[Cell]) -> bool:
    """Whether a line goes on with the line above it: each of its cells stands under one of the same columns."""
    columns = {(cell.column, cell.columns): cell.text for cell in above}
    if not all((cell.column, cell.columns) in columns for cell in row) or any(cell.columns > 1 for cell in row):
        return False
    if len(row) < len(above):
        return True
    return all(_OPEN.search(columns[cell.column, 1]) or _UNIT.match(cell.text) for cell in row)


def _continues(row: Sequence[Cell], above: Sequence[Cell]) -> bool:
    """Whether a line of the body is the rest of the row above: a label or values that were not at their end."""
    before = {cell.column: cell.text for cell in above}
    if not all(cell.column in before and len(cell.text.split()) <= _LONGEST_REST for cell in row):
        return False
    return all(_OPEN.search(before[cell.column]) or (not cell.column and _UNIT.match(cell.text)) for cell in row)


def _with(above: Sequence[Cell], row: Sequence[Cell]) -> list[Cell]:
    more = {cell.column: cell.text for cell in row}
    return [
        replace(cell, text=together(cell.text, more[cell.column])) if cell.column in more else cell for cell in above
    ]
