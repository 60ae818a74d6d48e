"""Bytes as text: the encoding that the file names, else UTF-8, else the Western one of Windows."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z][\w.:-]{1,30})""")
_OF_WINDOWS = re.compile(r"iso-8859-1|latin-?1|(?:us-)?ascii|windows-1252|cp1252")
_OF_PAGES = re.compile(r"utf-?8|iso-8859|windows-|cp\d|gb|big5|euc|shift|koi8|mac")
_CONTROLS = {code: None for code in range(0x20) if chr(code) not in "\t\n\r\f"}


def decoded(data: bytes, *, declared: bool = False) -> str:
    """The text of the bytes without control characters; ``declared``: a charset named in the first bytes counts."""
    return _decoded(data, declared=declared).removeprefix("\ufeff").translate(_CONTROLS)


def _decoded(data: bytes, *, declared: bool) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    if declared and (named := _named(data[:4096])):
        return data.decode(named, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _named(head: bytes) -> str:
    """The encoding that a page declares, if it is one in which pages are written."""
    for match in _DECLARED.finditer(head):
        name = match.group(1).decode("ascii", "replace").casefold()
        if _OF_WINDOWS.fullmatch(name):
            return "cp1252"  # what is called Latin-1 on pages has the quotation marks of Windows
        if _OF_PAGES.match(name):
            try:
                return codecs.lookup(name).name
            except LookupError:
                continue
    return ""


def is_text(head: bytes) -> bool:
    """Whether the first bytes of a file are text: no zero bytes (unless a mark says UTF-16), few control characters."""
    if any(head.startswith(mark) for mark, _ in _MARKS):
        return True
    if b"\x00" in head:
        return False
    odd = sum(1 for byte in head if byte < 0x20 and byte not in b"\t\n\r\f\x1b")
    return odd * 100 <= len(head)
