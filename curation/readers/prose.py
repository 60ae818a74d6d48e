"""The parts of a document as they are gathered: headings with the sections under them, paragraphs, captions, tables."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, replace

from curation.readers.citations import without_bare, without_citations
from curation.readers.document import Document, Paragraph, Part, Role, Table
from curation.readers.facts import Facts

_NUMBERING = re.compile(r"^(?:\d+(?:\.\d+)*\.?|[IVX]+\.|[A-Z]\.)\s+(?=\w)")
_NOTE = re.compile(
    r"[*†‡§¶#‖]|[a-z]\s?[A-Z]|\(?[a-z]\)|Abbreviations?\b|Notes?\s*[:.]|(?:Data|Values|Numbers|Figures|Results) (?:are|is)\b|"
    r"[^\s:=]{1,12}\s?[:=]\s|(?=\S*[A-Z]\S*[A-Z])[^\s,]{2,12},\s[a-z]"
)
"""How a note under a table begins: its mark, what it is, or an abbreviation that it explains."""
_LONGEST_NOTE = 1500
_MOST_NOTES = 40
MOST_TABLES = 2000
"""Tables of one document that are read."""

Sections = tuple[str, ...]


@dataclass
class Gathered:
    """Paragraphs and tables in reading order, and remarks about what could not be read.

    ``linked`` says that the document marks its citations itself; only where it does not are bare "[12]" taken out.
    ``notes_follow`` says that it does not mark the notes of tables: what stands under a table and reads like one is one.
    """

    linked: bool = True
    notes_follow: bool = False
    parts: list[Part] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    page: str = ""
    _tables: int = 0

    def document(self, file: str, format_name: str, facts: Facts) -> Document:
        """The document of everything gathered, under the facts it is cited by."""
        return Document(
            file=file, format=format_name, parts=tuple(self.parts), remarks=tuple(self.remarks), **asdict(facts)
        )

    def prose(self, text: str) -> str:
        """A text settled, its citations taken out."""
        text = without_citations(text)
        return text if self.linked else without_bare(text)

    def add(self, text: str, sections: Sections = (), role: Role = "paragraph") -> str:
        """Add a paragraph, unless nothing is left of it; returns what was added."""
        text = self.prose(text)
        if text and not (role == "paragraph" and self._is_note(text)):
            self.parts.append(Paragraph(text, named(sections), role, self.page))
        return text

    def _is_note(self, text: str) -> bool:
        """Whether a paragraph is a note of the table just before it; it then belongs to that."""
        last = self.parts[-1] if self.parts and self.notes_follow else None
        if (
            not isinstance(last, Table)
            or len(text) > _LONGEST_NOTE
            or len(last.notes) >= _MOST_NOTES
            or not _NOTE.match(text)
        ):
            return False
        self.parts[-1] = replace(last, notes=(*last.notes, text))
        return True

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
