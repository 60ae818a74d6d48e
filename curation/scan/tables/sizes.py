"""How many participants the columns of a table are about, and where that is printed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from curation.readers.document import Cell, Table
from curation.scan.grammar.text import COUNT, plain
from curation.scan.tables.hints import size_in, size_span
from curation.scan.tables.layout import Line

_ROW_OF_SIZES = re.compile(
    r"^(?:total\s)?(?:n|no\.?|numbers?|sample\ssize)(?:\s(?:of|in)\s(?:the\s)?(?:all\s)?(?:patients?|participants?|subjects?|women|men|children|cases|individuals|people|group))?"
    r"(?:\s?[(,]?\s?n\s?\)?)?$",
    re.IGNORECASE,
)
_OWN_SIZE = re.compile(r"(?<![A-Za-z])[nN]\s?=\s?\d")
_PART = re.compile(
    r"\b(?:of\s(?:those|these|whom|which|the)|among|amongst|if\s|per\b|for\sthose|responders|available|evaluable|assessed|excluding)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Size:
    """A number of participants as printed, and the cell and characters it stands in."""

    text: str
    cell: Cell
    start: int
    end: int


class Sizes:
    """The number of participants of each column, as the rows go by."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.by_row: dict[int, Size] = {}

    def note(self, line: Line) -> bool:
        """Whether a line gives the sizes of the columns; they then hold for the lines below it."""
        if not _ROW_OF_SIZES.match(plain(line.label).strip()):
            return False
        counts = {column: cell for column, cell in line.cells.items() if re.fullmatch(COUNT, plain(cell.text).strip())}
        if not counts or len(counts) < len(line.cells) - 1:
            return False
        self.by_row = {column: Size(cell.text.strip(), cell, 0, len(cell.text)) for column, cell in counts.items()}
        return True

    def of(self, line: Line, column: int) -> Size | None:
        """The size of a column for one line; None where the line is about a part of the participants."""
        own = (line.label, *line.above)
        if any(_OWN_SIZE.search(text) or _PART.search(text) for text in own):
            return None
        for head in reversed(line.heads.get(column, ())):
            if size_in(head.text):
                start, end = size_span(head.text)
                return Size(head.text[start:end], head.cell, start, end)
        return self.by_row.get(column)
