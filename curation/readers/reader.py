"""What a reader declares, and how the files it is given are opened: within a size, with one sentence when they cannot be."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curation.intake.problems import Problem, Refused
from curation.readers.document import Document

LARGEST_FILE = 50 << 20
"""Bytes of a file that is read; a published article has a few of them, with its pictures."""
HEAD = 64 << 10
"""Bytes by which a format is recognised."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A format that can be read: declared once, as ``FORMAT`` of a module of this package.

    ``recognises`` looks at the path and the first 64 KiB of the file; the ``rank`` says who is asked first. ``read``
    gets the path and the whole content, and hands over the document or raises Refused.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Path, bytes], bool]
    read: Callable[[Path, bytes], Document]
    rank: int = 0


def refused(path: Path, found: str, expected: str, row: int | None = None) -> Refused:
    """The one sentence about a file that cannot be read, to be raised."""
    return Refused([Problem(called(path), row, None, found, expected)])


def called(path: Path) -> str:
    """What messages call a file: its name, whatever bytes it has."""
    return path.name.encode(errors="replace").decode() or str(path)


def library(name: str, path: Path) -> Any:  # noqa: ANN401 - a module; lxml has no types
    """A library that only reading documents needs, imported when it is used."""
    try:
        return importlib.import_module(name)
    except ImportError:
        found = f"a file whose reading needs {name.partition('.')[0]}, which is not installed"
        raise refused(path, found, "that library; run: pip install 'curation[scan]'") from None


def content(path: Path) -> bytes:
    """The bytes of a file, or Refused: no such file, a folder, empty, too large, not readable."""
    try:
        if not path.exists():
            raise refused(path, "no such file", "a document that can be read")
        if not path.is_file():
            raise refused(path, "something that is not a file", "a document that can be read")
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise refused(path, f"a file of {size:,} bytes", f"a document of at most {LARGEST_FILE:,} bytes")
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name cannot be used"
        raise refused(path, f"a file that cannot be read ({why})", "a readable file") from None
    if not data.strip(b"\xef\xbb\xbf\x00 \t\r\n"):
        raise refused(path, "an empty file", "a document with text")
    return data
