"""The captions of tables on a PDF page, found above them whatever the columns of the text are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from curation.readers.captions import OF_TABLE
from curation.readers.pdf_lines import Piece
from curation.readers.pdf_tables import Found

_MOST_LINES = 8


def with_captions(tables: Sequence[Found], pieces: list[Piece]) -> tuple[list[Found], list[Piece]]:
    """The tables with what stands between "Table N" and them as their caption, and the pieces that are left."""
    found = []
    for table in tables:
        lines = _caption(table, pieces)
        pieces = [one for one in pieces if not any(one is line for line in lines)]
        found.append(_captioned(table, lines) if lines else table)
    return found, pieces


def _captioned(table: Found, lines: Sequence[Piece]) -> Found:
    x0, _, x1, bottom = table.box
    box = (min(x0, *(one.x0 for one in lines)), min(one.top for one in lines), x1, bottom)
    return replace(table, box=box, caption=" ".join(one.text for one in lines))


def _caption(table: Found, pieces: Sequence[Piece]) -> list[Piece]:
    """The lines of the caption, or none: from the nearest "Table N" above the table down to it."""
    x0, top, x1, _ = table.box
    above = [one for one in pieces if one.bottom <= top + 3 and one.x0 < x1 and one.x1 > x0 - 5]
    starts = [one for one in above if OF_TABLE.match(one.text) and top - one.bottom < _MOST_LINES * one.size * 1.3]
    if not starts:
        return []
    start = max(starts, key=lambda one: one.top)
    lines = sorted((one for one in above if one.top >= start.top - 1), key=lambda one: (round(one.bottom), one.x0))
    if any(abs(one.size - start.size) > 1.5 for one in lines) or len(lines) > _MOST_LINES:
        return [start]
    return lines
