"""The text of a source, read from one folder only, and where in it quotes occur."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Literal

from curation.entry.published import published, text_by
from curation.intake.problems import Refused, shown
from curation.readers.formats import readable
from curation.readers.reader import LARGEST_FILE, Reader
from schemas.typesetting import ELLIPSIS, LATEX, PASSED_OVER, SIGNS

LARGEST = 10_000_000
"""Bytes a plain text may have; a longer one is no text of one document."""
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Document:
    """The text that a source names, or why there is none, as a sentence."""

    result: Literal["read", "missing", "refused"]
    text: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text. ``mark`` is the first of the quotes (``marks``, by their places in the list) it lies in."""

    text: str
    marks: tuple[int, ...] = ()

    @property
    def mark(self) -> int | None:
        """The first quote in this piece, or None outside of quotes."""
        return self.marks[0] if self.marks else None


def source_text(folder: Path | None, document: str | None) -> Document:
    """The text of a document in the folder or below it; nothing outside is ever read.

    Plain text in UTF-8 is as it stands; a published document (JATS, HTML, PDF, Word) is the text that its reader finds.
    """
    name = (document or "").strip()
    if folder is None:
        return Document("missing", sentence="No folder with the texts of the documents was named.")
    if not name:
        return Document("missing", sentence="The source names no document; enter the name of its text file.")
    if _leads_elsewhere(name):
        return _refused(name, "a file in the folder of documents, named without a path that leads out of it")
    return _in_folder(folder, name)


def _in_folder(folder: Path, name: str) -> Document:
    try:
        home = folder.resolve(strict=True)
        file = (home / name).resolve(strict=True)
    except (FileNotFoundError, NotADirectoryError):
        return Document("missing", sentence=f"The document {shown(name)} is not in the folder of documents.")
    except (OSError, RuntimeError, ValueError):
        return _refused(name, "a file that can be opened")
    if not file.is_relative_to(home):
        return _refused(name, "a file in the folder of documents, not a link out of it")
    return _content(file, name)


def _refused(name: str, expected: str) -> Document:
    return Document("refused", sentence=f"The document {shown(name)} is not read: expected {expected}.")


def _leads_elsewhere(name: str) -> bool:
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    absolute = posix.is_absolute() or windows.drive or windows.root
    return bool(absolute) or ".." in {*posix.parts, *windows.parts} or any(ord(sign) < 32 for sign in name)


def _content(file: Path, name: str) -> Document:
    try:
        with os.fdopen(os.open(file, _OPEN), "rb") as opened:
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                return _refused(name, "a text file")
            data = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        return _refused(name, f"a file that can be read ({error.strerror})")
    reader = published(file, data)
    most = LARGEST_FILE if reader else LARGEST
    if len(data) > most:
        return _refused(name, f"at most {most:,} bytes")
    return _read_by(reader, file, data, name) if reader else _plain(data, name)


def _read_by(reader: Reader, file: Path, data: bytes, name: str) -> Document:
    try:
        return Document("read", text_by(reader, file, data))
    except Refused as refused:
        said = refused.problems[0]
        return Document(
            "refused", sentence=f"The document {shown(name)} is not read: found {said.found}, expected {said.expected}."
        )


def _plain(data: bytes, name: str) -> Document:
    if b"\0" in data or data.lstrip()[:5] == b"%PDF-":
        return _refused(name, f"plain text in UTF-8, {readable()}")
    text = data.decode("utf-8", errors="replace").removeprefix("\ufeff")
    return Document("read", text.replace("\r\n", "\n").replace("\r", "\n"))


_SIGNS = str.maketrans(SIGNS)
_LATEX = {found: meant.ljust(len(found)) for found, meant in LATEX.items()}
"""With spaces that keep every later sign at its place."""
_ELLIPSIS = re.compile(ELLIPSIS)
_JAMO = ("\u1160", "\u11ff")


@dataclass(frozen=True, slots=True)
class _Bare:
    """A text without its typesetting, and from where to where each of its signs stands in the text as it is."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def passages(text: str, quotes: Sequence[str]) -> list[Segment]:
    """The text in pieces, the first occurrence of each quote marked; together the pieces are the text.

    Quotes are found as the quote check finds them: spaces, line breaks, hyphens, dashes, case and emphasis do not
    matter, and the parts on both sides of an ellipsis may stand apart. Quotes that overlap are one piece.
    """
    bare = _bare(text)
    merged: list[tuple[int, int, set[int]]] = []
    for start, end, quote in sorted(span for at, each in enumerate(quotes) for span in _spans(bare, each, at)):
        if merged and start < merged[-1][1]:
            first, last, marks = merged[-1]
            merged[-1] = (first, max(last, end), marks | {quote})
        else:
            merged.append((start, end, {quote}))
    return list(_cut(text, merged))


def _cut(text: str, merged: Sequence[tuple[int, int, set[int]]]) -> Iterator[Segment]:
    done = 0
    for start, end, marks in merged:
        if done < start:
            yield Segment(text[done:start])
        yield Segment(text[start:end], tuple(sorted(marks)))
        done = end
    if done < len(text) or not text:
        yield Segment(text[done:])


def _spans(bare: _Bare, quote: str, at: int) -> list[tuple[int, int, int]]:
    """Where the parts of a quote stand, each after the one before if it does; nothing unless all of them occur."""
    spans, after = [], 0
    for part in (plain for piece in _ELLIPSIS.split(quote) if (plain := _bare(piece).text)):
        found = bare.text.find(part, after)
        found = bare.text.find(part) if found < 0 else found
        if found < 0:
            return []
        after = found + len(part)
        spans.append((bare.starts[found], bare.ends[after - 1], at))
    return spans


def _bare(text: str) -> _Bare:
    signs, starts, ends = _composed(text)
    low = _lowered(signs).translate(_SIGNS)
    for latex, sign in _LATEX.items():
        low = low.replace(latex, sign)
    kept = [place for place, sign in enumerate(low) if sign not in PASSED_OVER]
    last = [place + (4 if low[place] in "≥≤" and signs[place] == "\\" else 1) - 1 for place in kept]
    return _Bare(
        "".join([low[place] for place in kept]), [starts[each] for each in kept], [ends[each] for each in last]
    )


def _lowered(text: str) -> str:
    """Lower case sign by sign, so that every sign keeps its place."""
    low = text.lower()
    if len(low) == len(text) and "Σ" not in text:
        return low
    return "".join([sign.lower()[0] for sign in text])


def _composed(text: str) -> tuple[str, Sequence[int], Sequence[int]]:
    """The text with its accents composed (NFC), and where each of its signs stands in the text as it is."""
    if unicodedata.is_normalized("NFC", text):
        return text, range(len(text)), range(1, len(text) + 1)
    cuts = [place for place, sign in enumerate(text) if not place or not _joins(sign)] + [len(text)]
    made: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in pairwise(cuts):
        piece = text[start:end]
        signs = piece if end - start == 1 and piece < "\u00c0" else unicodedata.normalize("NFC", piece)
        made.append(signs)
        starts += [start] * len(signs)
        ends += [end] * len(signs)
    return "".join(made), starts, ends


def _joins(sign: str) -> bool:
    """Whether a sign may compose with the one before it."""
    return sign >= "\u0300" and (unicodedata.category(sign)[0] == "M" or _JAMO[0] <= sign <= _JAMO[1])
