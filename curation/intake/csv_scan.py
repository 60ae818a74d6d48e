"""A first look at the bytes of a CSV file: may its cells be told apart quickly, or must the careful reader do it?

The quick reader (``curation.intake.csv_quick``) is given only files about which there can be no two opinions: UTF-8, rows
that end in a line feed, every quotation mark at the edge of its cell or doubled within it, no row out of proportion. All
others, and so everything that has to be complained of as a whole, go to Python's csv module.
"""

from __future__ import annotations

import codecs
import csv
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

BLOCK = 1 << 20
"""Bytes that are looked at together."""
_NUL, _LF, _CR, _QUOTE, _COMMA = 0, 10, 13, 34, 44
_EDGES = np.array([_LF, _CR, _QUOTE, _COMMA], np.uint8)

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.intp]


def told_apart_quickly(path: Path) -> bool:
    """Whether the quick reader reads this file as the careful one would. Raises OSError where it cannot be read."""
    with path.open("rb") as file:
        return _Look().over(file)


class _Look:
    """What is known of the bytes so far."""

    def __init__(self) -> None:
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.open = False  # inside quotation marks
        self.row = 0  # bytes since the last row ended
        self.rows = False  # whether one has ended
        self.longest = csv.field_size_limit()

    def over(self, file: BinaryIO) -> bool:
        if file.read(4).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
            return False
        file.seek(0)
        while block := file.read(BLOCK):
            if not block.endswith(b"\n"):  # so that no line ending and no pair of quotation marks is cut in two
                block += file.readline(self.longest)
            if not self._block(block):
                return False
        return self.rows and not self.open and self._decoded(b"", final=True)

    def _block(self, block: bytes) -> bool:
        signs = np.frombuffer(block, np.uint8)
        if not self._decoded(block, ascii_only=bool(signs.max() < 128)) or bool((signs == _NUL).any()):
            return False
        after = np.flatnonzero(signs == _CR) + 1
        if len(after) and (after[-1] == len(signs) or bool((signs[after] != _LF).any())):
            return False
        quotes = np.flatnonzero(signs == _QUOTE)
        if not self._at_edges(signs, quotes):
            return False
        ends = np.flatnonzero(signs == _LF)
        if len(quotes) or self.open:
            ends = ends[(np.searchsorted(quotes, ends) + self.open) % 2 == 0]
            self.open = (len(quotes) + self.open) % 2 == 1
        return self._in_proportion(ends, len(signs))

    def _decoded(self, block: bytes, *, ascii_only: bool = False, final: bool = False) -> bool:
        if ascii_only and not self.decoder.getstate()[0]:
            return True
        try:
            self.decoder.decode(block, final)
        except UnicodeDecodeError:
            return False
        return True

    def _at_edges(self, signs: Bytes, quotes: Places) -> bool:
        """Whether each opening mark begins a cell, each closing one ends it, or two together stand for one."""
        if not len(quotes):
            return True
        padded = np.concatenate([[_LF], signs, [_LF]]).astype(np.uint8)
        opening = (np.arange(len(quotes)) + self.open) % 2 == 0
        beside = np.where(opening, padded[quotes], padded[quotes + 2])
        return bool(np.isin(beside, _EDGES).all())

    def _in_proportion(self, ends: Places, size: int) -> bool:
        if not len(ends):
            self.row += size
        else:
            longest = max(self.row + int(ends[0]) + 1, int(np.diff(ends).max(initial=0)))
            if longest > self.longest:
                return False
            self.row, self.rows = size - 1 - int(ends[-1]), True
        return self.row <= self.longest
