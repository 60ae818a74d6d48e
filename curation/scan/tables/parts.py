"""What the reading of a table gives: statistics with the cells they were read from, and cells that were not read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from curation.readers.document import Cell
from curation.scan.tables.layout import Line


@dataclass(frozen=True, slots=True)
class Part:
    """Characters of a cell."""

    cell: Cell
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """A statistic found in a table: its record, the line and column it stands in, and the cells it was read from."""

    kind: str
    cells: Mapping[str, str]
    line: Line
    column: int
    parts: tuple[Part, ...]
    joined: bool = False
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class UnreadCell:
    """A cell with numbers whose meaning could not be told."""

    cell: Cell
    why: str
