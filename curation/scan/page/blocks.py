"""The article block by block: headings, paragraphs and tables, each with what stands beside it in the margin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from markupsafe import Markup

from curation.readers.document import Document, Paragraph, Table
from curation.report.wording import amount
from curation.scan.page.margin import Card, shown_and_folded
from curation.scan.page.marks import marked
from curation.scan.page.places import Entry, Placed, Reading
from curation.scan.page.tables import Drawn, drawn

DEEPEST = 6
"""The lowest heading that HTML has."""
OPEN_NOTES = 3
"""Notes that are open beside a paragraph; beside a table there is room for one more every few rows."""
ROWS_FOR_A_NOTE = 5
LONGEST_RUN = 8
"""Blocks beside which the notes of the first may run on; the style has a grid for each number up to this."""


@dataclass(slots=True)
class Block:
    """A heading, a paragraph or a table, with what its margin says."""

    role: str
    name: str
    html: Markup
    level: int = 0
    """Of a heading, on the page."""
    depth: int = 0
    """Of a heading, in the article, from 1."""
    anchor: str = ""
    page: str = ""
    table: Drawn | None = None
    entries: list[Entry] = field(default_factory=list)
    again: list[Entry] = field(default_factory=list)
    """Findings that are about this block too and are explained beside another."""
    readings: list[Reading] = field(default_factory=list)

    @property
    def noted(self) -> bool:
        """Whether something stands beside it."""
        return bool(self.entries or self.again)

    @property
    def margin(self) -> tuple[list[Card], list[Card]]:
        """The notes that are open, and those that are folded in below them."""
        return shown_and_folded(
            self.entries, OPEN_NOTES + (len(self.table.body) // ROWS_FOR_A_NOTE if self.table else 0)
        )

    @property
    def tally(self) -> str:
        """How much was read here, and how much could not be."""
        unread = sum(each.unread for each in self.readings)
        said = [amount(len(self.readings) - unread, "statistic") + " read"] if len(self.readings) > unread else []
        return ", ".join([*said, f"{unread:,} not read"] if unread else said)


def blocks(document: Document, scan: Placed, first_level: int, prefix: str) -> Iterator[Block]:
    """The blocks of a document in reading order.

    Args:
        document: as the reader gave it.
        scan: what stands where in it.
        first_level: the level of its first headings on the page.
        prefix: what the ids of this document begin with on the page.
    """
    levels: dict[str, int] = {}
    deepest, page = first_level - 1, ""
    for place, part in enumerate(document.parts):
        if _is_title(part, document) and not scan.readings.get(place):
            continue
        block = _block(part, place, scan)
        block.entries, block.again = scan.notes.get(place, []), scan.again.get(place, [])
        block.readings = scan.readings.get(place, [])
        if part.page != page:
            page = block.page = part.page
        if isinstance(part, Paragraph) and part.role in {"heading", "title"}:
            # a heading is at most one level below the heading before it, as readers of headings expect
            block.level = min(levels.get(part.section, first_level - 1) + 1, deepest + 1, DEEPEST)
            levels[f"{part.section}, {part.text}" if part.section else part.text] = deepest = block.level
            block.depth, block.anchor = block.level - first_level + 1, f"{prefix}-h{place}"
        yield block


def runs(every: Iterable[Block]) -> list[list[Block]]:
    """Blocks grouped so that the notes of one run on beside those after it that have none of their own."""
    found: list[list[Block]] = []
    for block in every:
        if not found or block.noted or (found[-1][0].noted and len(found[-1]) == LONGEST_RUN):
            found.append([])
        found[-1].append(block)
    return found


def _is_title(part: Paragraph | Table, document: Document) -> bool:
    return isinstance(part, Paragraph) and part.role == "title" and part.text == document.title


def _block(part: Paragraph | Table, place: int, scan: Placed) -> Block:
    if isinstance(part, Table):
        table = drawn(part, place, scan)
        return Block("table", table.name, table.caption, table=table)
    role = "heading" if part.role == "title" else part.role
    return Block(role, part.section or "the text", marked(part.text, scan.stretches.get((place, None, None), ())))
