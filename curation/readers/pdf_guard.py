"""What a PDF file may cost: how far its streams unpack, and how much a page draws when its forms are drawn in turn."""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from typing import Any, TypeAlias

from curation.readers.reader import refused

LARGEST_UNPACKED = 400 << 20
"""Bytes that all streams of a file may have unpacked, pictures among them."""
LARGEST_PAGE = 6 << 20
"""Bytes of drawing commands of one page; a page full of text has some tens of thousands."""
_STREAM = re.compile(rb"stream\r?\n")
_PIECE = 1 << 20
_DRAWS = re.compile(rb"/([^\s/<>\[\]()%]+)\s+Do\b")
_DEEPEST = 30
_Pdf: TypeAlias = Any
"""An object of pdfminer, which has no types."""


def check_streams(path: Path, data: bytes) -> None:
    """Refuse a file whose packed streams would fill the memory."""
    total = 0
    for match in _STREAM.finditer(data):
        if _is_packed(data[match.end() : match.end() + 2]):
            total += _unpacked(memoryview(data)[match.end() :], LARGEST_UNPACKED - total, 3)
        if total > LARGEST_UNPACKED:
            found = f"a PDF that unpacks to more than {LARGEST_UNPACKED:,} bytes"
            raise refused(path, found, "an article as it was published; print it to a new PDF")


def _is_packed(start: bytes) -> bool:
    """Whether two bytes begin a packed stream."""
    return len(start) == 2 and start[0] & 15 == 8 and not (start[0] * 256 + start[1]) % 31


def _unpacked(packed: memoryview | bytes, most: int, depth: int) -> int:
    """Bytes in a stream, also when it was packed more than once; what is not packed counts as nothing."""
    total, first = 0, b""
    unpacker = zlib.decompressobj()
    given: memoryview | bytes = packed[:_PIECE]
    read = len(given)
    try:
        while given and not unpacker.eof and total <= most:
            piece = unpacker.decompress(given, _PIECE)
            total += len(piece)
            first = first or piece
            given = unpacker.unconsumed_tail
            if not given:
                given = packed[read : read + _PIECE]
                read += len(given)
    except zlib.error:
        return total
    if depth > 1 and _is_packed(first[:2]):
        return total + _unpacked(first, most, depth - 1) * max(1, total // max(len(first), 1))
    return total


def weight(page: _Pdf) -> int:
    """Bytes of drawing commands of a page, forms counted as often as they are drawn."""
    from pdfminer.pdftypes import resolve1, stream_value  # noqa: PLC0415 - only when a PDF is read

    known: dict[int, int] = {}

    def forms_of(resources: _Pdf) -> dict[str, _Pdf]:
        given = resolve1(resolve1(resources or {}).get("XObject")) or {}
        return {str(name): form for name, form in given.items()}

    def drawn(data: bytes, resources: _Pdf, depth: int) -> int:
        total, forms = len(data), forms_of(resources)
        for match in _DRAWS.finditer(data):
            form = forms.get(match[1].decode("latin-1"))
            if form is not None and depth < _DEEPEST:
                total += once(form, depth)
            if total > LARGEST_PAGE:
                break
        return total

    def once(form: _Pdf, depth: int) -> int:
        key = getattr(form, "objid", id(form))
        if key not in known:
            known[key] = LARGEST_PAGE + 1  # a form that draws itself never ends
            stream = stream_value(form)
            is_form = str(getattr(stream.get("Subtype"), "name", "")) == "Form"
            known[key] = drawn(stream.get_data(), stream.get("Resources"), depth + 1) if is_form else 0
        return known[key]

    contents = [stream_value(each).get_data() for each in page.contents]
    return drawn(b"\n".join(contents), page.resources, 0)
