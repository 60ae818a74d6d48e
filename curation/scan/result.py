"""What a scan of one document gives: the statistics found, what could not be read, and what the rules say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from curation.engine.run import Checked
from curation.readers.document import Document, Paragraph, Table


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in a document a text stands.

    ``part`` is the place in ``Document.parts``. In a table, ``cell`` is the upper left corner of the cell (row and
    column, from 0), or None for its caption (``note`` is None) or one of its notes (``note`` counts from 0). ``start`` and
    ``end`` are characters of that text.
    """

    part: int
    start: int
    end: int
    cell: tuple[int, int] | None = None
    note: int | None = None

    def text_of(self, document: Document) -> str:
        """The whole text the spot lies in."""
        part = document.parts[self.part]
        if isinstance(part, Paragraph):
            return part.text
        if self.cell is not None:
            return next((each.text for each in part.cells if (each.row, each.column) == self.cell), "")
        return part.notes[self.note] if self.note is not None else part.caption

    def words(self, document: Document) -> str:
        """The characters of the spot, as printed."""
        return self.text_of(document)[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statistic as found: the kind of record it is, its fields as printed, and where its pieces stand.

    ``spots`` has the place of the statistic first; the others are pieces that stand elsewhere (a total in a header, a
    limit in the next cell). ``joined`` says that the scanner has brought pieces together that the document does not
    print together: what then contradicts is at most a warning.
    """

    record: str
    kind: str
    cells: Mapping[str, str]
    spots: tuple[Spot, ...]
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that looks like a statistic and could not be read, with the reason."""

    spot: Spot
    why: str


@dataclass(slots=True)
class Scan:
    """One scanned document. The findings of ``checked`` name statements by their ``record``."""

    document: Document
    statements: Sequence[Statement] = ()
    unread: Sequence[Unread] = ()
    checked: Checked = field(default_factory=Checked)


def where(document: Document, spot: Spot) -> Mapping[str, str]:
    """The place of a spot as records have it: page, section, row and column."""
    part = document.parts[spot.part]
    if isinstance(part, Table):
        return {"page": part.page, "section": part.label or part.section}
    return {"page": part.page, "section": part.section}
