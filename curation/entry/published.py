"""Documents as they are published, for the quote check: which reader is for a file, and the text it finds, once for each content."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from pathlib import Path

from curation.readers.formats import readers
from curation.readers.reader import HEAD, Reader, refused

_PLAIN = "text"
"""The reader of plain text, whose lines are kept as they are instead."""
_KEPT = 16
"""Texts that are remembered: reading a PDF file takes seconds, and a page asks for the same one again and again."""
_texts: OrderedDict[tuple[str, str], str] = OrderedDict()


def published(file: Path, data: bytes) -> Reader | None:
    """The reader of a file that is no plain text; None where there is none for it."""
    named_plain = any(one.name == _PLAIN and file.suffix.lower() in one.suffixes for one in readers())
    if named_plain and b"\0" not in data[:HEAD] and not data.lstrip().startswith(b"%PDF-"):
        return None
    fit = (one for one in readers() if one.name != _PLAIN and one.recognises(file, data[:HEAD]))
    return next(fit, None)


def text_by(reader: Reader, file: Path, data: bytes) -> str:
    """The text that a reader finds. Raises Refused where it finds none."""
    key = (reader.name, hashlib.sha256(data).hexdigest())
    found = _texts.pop(key, None)
    if found is None:
        try:
            found = reader.read(file, data).text
        except (RecursionError, MemoryError):
            raise refused(file, f"{reader.title} nested too deep to be read", "a document as it is published") from None
    _texts[key] = found
    while len(_texts) > _KEPT:
        _texts.popitem(last=False)
    return found
