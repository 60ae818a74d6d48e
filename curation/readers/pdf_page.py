"""One page of a PDF: its pieces of lines, its ruled tables, and the rules that other tables have."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from curation.readers.pdf_lines import Piece, pieces_of
from curation.readers.pdf_tables import Box, Found, inside, ruled_tables

_MOST_CHARS = 60_000
_MOST_RULES = 3000


@dataclass(slots=True)
class ReadPage:
    """What was found on a page."""

    number: int
    height: float = 0
    chars: int = 0
    pictures: bool = False
    pieces: list[Piece] = field(default_factory=list)
    tables: list[Found] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)


def read_page(page: Any, number: int) -> ReadPage:  # noqa: ANN401 - a page of pdfplumber
    """Read a page."""
    chars = page.dedupe_chars().chars[:_MOST_CHARS]
    drawn = [*page.lines, *page.rects]
    tables = ruled_tables(page, chars) if len(drawn) + len(page.curves) <= _MOST_RULES else []
    outside = [char for char in chars if not any(inside(char, table.box) for table in tables)]
    return ReadPage(
        number=number,
        height=float(page.height),
        chars=sum(1 for char in chars if char["text"].strip()),
        pictures=bool(page.images),
        pieces=pieces_of(outside),
        tables=tables,
        rules=[
            _box(one)
            for one in drawn[:_MOST_RULES]
            if one["x1"] - one["x0"] > 50 and abs(one["bottom"] - one["top"]) < 2
        ],
    )


def _box(drawn: Any) -> Box:  # noqa: ANN401 - a dictionary of pdfplumber
    return drawn["x0"], drawn["top"], drawn["x1"], drawn["bottom"]
