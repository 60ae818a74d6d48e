"""The parts of a document as they are gathered: headings with the sections under them, paragraphs, captions, tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from curation.readers.citations import without_bare, without_citations
from curation.readers.document import Paragraph, Part, Role, Table

_NUMBERING = re.compile(r"^(?:\d+(?:\.\d+)*\.?|[IVX]+\.|[A-Z]\.)\s+(?=\w)")
MOST_TABLES = 2000
"""Tables of one document that are read."""

Sections = tuple[str, ...]


@dataclass
class Gathered:
    """Paragraphs and tables in reading order, and remarks about what could not be read.

    ``linked`` says that the document marks its citations itself; only where it does not are bare "[12]" taken out.
    """

    linked: bool = True
    parts: list[Part] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    page: str = ""
    _tables: int = 0

    def prose(self, text: str) -> str:
        """A text settled, its citations taken out."""
        text = without_citations(text)
        return text if self.linked else without_bare(text)

    def add(self, text: str, sections: Sections = (), role: Role = "paragraph") -> str:
        """Add a paragraph, unless nothing is left of it; returns what was added."""
        text = self.prose(text)
        if text:
            self.parts.append(Paragraph(text, named(sections), role, self.page))
        return text

    def heading(self, text: str, sections: Sections) -> Sections:
        """Add a heading; returns the sections that what follows stands under."""
        text = self.prose(text)
        if not text:
            return sections
        self.parts.append(Paragraph(text, named(sections), "heading", self.page))
        return (*sections, _NUMBERING.sub("", text).rstrip(" .:") or text)

    def table(self, table: Table) -> None:
        """Add a table; the first thousands of a document are read."""
        self._tables += 1
        if self._tables <= MOST_TABLES:
            self.parts.append(table)
        elif self._tables == MOST_TABLES + 1:
            self.remarks.append(f"Only the first {MOST_TABLES:,} tables were read.")


def named(sections: Sections) -> str:
    """The headings a text stands under, as a place names them."""
    return ", ".join(sections)


def joined(*texts: str) -> str:
    """Label, title and text of a caption in one, with a full stop after what has no sign at its end.

    >>> joined("Figure 1", "Flow of participants", "ITT, intention to treat.")
    'Figure 1. Flow of participants. ITT, intention to treat.'
    """
    filled = [text for text in texts if text]
    ended = [text if text[-1] in ".:;?!," else f"{text}." for text in filled[:-1]]
    return " ".join([*ended, *filled[-1:]])
