"""What every reader hands over: a document as paragraphs and tables, in reading order, each with its place.

Texts are as printed, with these settled by the reader: any run of spaces and line breaks is one space; raised and
lowered digits are Unicode ("m²", "10⁻³", "F₁,₅₈"); citations of references are left out, and so are the marks of table
footnotes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Role = Literal["title", "heading", "paragraph", "caption", "note", "list"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A piece of running text.

    ``section`` is the headings it stands under, outermost first, joined by ", " ("Abstract, Results"); ``page`` is the
    printed page or the page of the file, where the format has pages.
    """

    text: str
    section: str = ""
    role: Role = "paragraph"
    page: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: where its upper left corner stands (from 0) and how many rows and columns it spans.

    ``head`` says that the document marks it as a header; ``indent`` how deep it is set in, in steps, for rows that
    belong to the row above.
    """

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    head: bool = False
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its spans resolved: ``cells`` in reading order, no two of them over one another."""

    label: str
    cells: tuple[Cell, ...]
    caption: str = ""
    notes: tuple[str, ...] = ()
    section: str = ""
    page: str = ""

    @property
    def height(self) -> int:
        """Number of rows."""
        return max((each.row + each.rows for each in self.cells), default=0)

    @property
    def width(self) -> int:
        """Number of columns."""
        return max((each.column + each.columns for each in self.cells), default=0)

    def grid(self) -> list[list[Cell | None]]:
        """The cell that covers each position, row by row; None where the table has none."""
        found: list[list[Cell | None]] = [[None] * self.width for _ in range(self.height)]
        for each in self.cells:
            for row in range(each.row, each.row + each.rows):
                for column in range(each.column, each.column + each.columns):
                    found[row][column] = each
        return found


Part = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read.

    ``file`` is what messages call it; ``remarks`` are sentences about what could not be read (a page that is a
    picture, a table without cells).
    """

    file: str
    format: str
    parts: tuple[Part, ...]
    title: str = ""
    doi: str = ""
    year: str = ""
    citation: str = ""
    licence: str = ""
    remarks: Sequence[str] = ()

    def texts(self) -> Iterator[str]:
        """Every text of the document in reading order: paragraphs, captions, cells and notes."""
        for part in self.parts:
            if isinstance(part, Paragraph):
                yield part.text
                continue
            yield from (text for text in (part.label, part.caption) if text)
            yield from (each.text for each in part.cells if each.text)
            yield from part.notes

    @property
    def text(self) -> str:
        """The whole text, a line per piece, as the quote check reads it."""
        return "\n".join(self.texts())
