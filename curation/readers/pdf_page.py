"""One page of a PDF: its pieces of lines, its ruled tables, and the rules that other tables have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from curation.readers.pdf_lines import Char, Piece, pieces_of
from curation.readers.pdf_tables import Box, Found, inside, ruled_tables

_MOST_CHARS = 60_000
_MOST_RULES = 3000
_LONG = 50


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
    chars = _once(page.chars[:_MOST_CHARS])
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
        rules=joined_rules([_box(one) for one in drawn[:_MOST_RULES] if abs(one["bottom"] - one["top"]) < 2]),
    )


def _once(chars: Iterable[Char]) -> list[Char]:
    """The characters without those that are drawn twice over one another to look bold."""
    seen: set[tuple[str, int, int]] = set()
    kept = []
    for char in chars:
        key = str(char["text"]), round(char["x0"]), round(char["top"])
        if key not in seen:
            seen.add(key)
            kept.append(char)
    return kept


def joined_rules(boxes: Iterable[Box]) -> list[Box]:
    """The long horizontal rules: those that are drawn cell by cell are one."""
    found: list[Box] = []
    for box in sorted(boxes, key=lambda one: (round(one[1] / 2), one[0])):
        last = found[-1] if found else None
        if last is not None and abs(last[1] - box[1]) < 2 and box[0] <= last[2] + 3:
            found[-1] = (last[0], last[1], max(last[2], box[2]), last[3])
        else:
            found.append(box)
    return [box for box in found if box[2] - box[0] > _LONG]


def _box(drawn: Any) -> Box:  # noqa: ANN401 - a dictionary of pdfplumber
    return drawn["x0"], drawn["top"], drawn["x1"], drawn["bottom"]
