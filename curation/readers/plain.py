"""Plain text: what pdftotext makes of an article, or what somebody copied out of one."""

from __future__ import annotations

import re
from pathlib import Path

from curation.readers.document import Document
from curation.readers.encodings import decoded, is_text
from curation.readers.facts import Facts
from curation.readers.plain_blocks import blocks_of
from curation.readers.plain_body import Text
from curation.readers.prose import Gathered
from curation.readers.reader import Reader, called, refused
from curation.readers.typography import settled

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+[^\s\"<>.,;)\]]")
_YEAR = re.compile(r"(?:©|\(c\)|copyright|published|accepted)[^\n]{0,40}?\b((?:19|20)\d\d)\b", re.IGNORECASE)
_NO_TITLE = re.compile(r"doi|https?:|volume|open access|journal|copyright|received|©", re.IGNORECASE)
_TOP = 6000
LARGEST_TEXT = 5 << 20
"""Bytes of a plain text; a thick book has three million."""


def _recognises(path: Path, head: bytes) -> bool:
    return path.suffix.lower() in FORMAT.suffixes and is_text(head) and not head.startswith((b"%PDF", b"PK\x03\x04"))


def _read(path: Path, data: bytes) -> Document:
    if len(data) > LARGEST_TEXT:
        raise refused(path, f"a text of {len(data):,} bytes", f"an article, of at most {LARGEST_TEXT:,} bytes")
    text = decoded(data)
    if not text.strip():
        raise refused(path, "an empty file", "a document with text")
    gathered = Gathered(linked=False, notes_follow=True)
    blocks = blocks_of(text)
    Text(gathered).read(blocks)
    facts = _facts(text, [settled(" ".join(block.lines)) for block in blocks[:12]])
    return gathered.document(called(path), FORMAT.name, facts)


def _facts(text: str, first: list[str]) -> Facts:
    """Title, DOI and year as far as the first page shows them."""
    doi, year = _DOI.search(text[:_TOP]), _YEAR.search(text[:_TOP])
    title = next((each for each in first if _may_be_title(each)), "")
    return Facts(title=title, doi=doi.group() if doi else "", year=year.group(1) if year else "")


def _may_be_title(text: str) -> bool:
    return 30 <= len(text) <= 300 and len(text.split()) >= 5 and not text.endswith(".") and not _NO_TITLE.search(text)


FORMAT = Reader("text", "plain text", (".txt", ".text", ".md"), _recognises, _read, rank=8)
