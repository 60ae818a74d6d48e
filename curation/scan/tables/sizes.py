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
    r"\b(?:of\s(?:those|these|whom|which|the)|among|amongst|per\b|for\sthose|responders|evaluable|assessed|excluding)\b",
    re.IGNORECASE,
)


_OF_THINGS = re.compile(
    r"^(?:total\s)?(?:no\.\s?(?:of\s)?|no\sof\s|numbers?\s(?:of\s)?)(?:the\s)?(?!(?:\w+\s){0,2}(?:patients?|participants?|subjects?|women|men|males?|females?|children|infants?|"
    r"newborns?|cases|individuals|people|persons?|adults|boys|girls|deaths?|responders?|smokers?|couples|respondents?|students?|pupils|mothers))\w+",
    re.IGNORECASE,
)
"""A count of things that one participant may have several of: embryos, lesions, episodes."""


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
        self.last = -2

    def note(self, line: Line) -> bool:
        """Whether a line gives the sizes of the columns; they then hold for the lines below it."""
        if not _ROW_OF_SIZES.match(plain(line.label).strip()):
            return False
        counts = {column: cell for column, cell in line.cells.items() if re.fullmatch(COUNT, plain(cell.text).strip())}
        if not counts or len(counts) < len(line.cells) - 1:
            return False
        twice = line.row == self.last + 1  # "Number" twice: it cannot be told which holds for which row
        self.last = line.row
        sizes = {column: Size(cell.text.strip(), cell, 0, len(cell.text)) for column, cell in counts.items()}
        self.by_row = {} if twice else sizes
        return True

    def of(self, line: Line, column: int) -> Size | None:
        """The size of a column for one line; None where the line is about a part of the participants."""
        own = (line.label, *line.above)
        if any(_OWN_SIZE.search(text) or _PART.search(text) for text in own):
            return None
        if _OF_THINGS.search(plain(line.label)):
            return None
        found = [head for head in line.heads.get(column, ()) if _OWN_SIZE.search(head.text)]
        if not found:
            return self.by_row.get(column)
        if len({size_in(head.text) for head in found}) > 1 or not size_in(found[-1].text):
            return None  # several numbers of participants: it cannot be told which
        start, end = size_span(found[-1].text)
        return Size(found[-1].text[start:end], found[-1].cell, start, end)
