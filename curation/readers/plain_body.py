"""Blocks of plain text as headings, paragraphs, lines of flattened tables, and tables whose columns stand between tabs."""

from __future__ import annotations

import re

from curation.readers.captions import FLOAT, caption_before
from curation.readers.cell_text import cell_text
from curation.readers.document import Table
from curation.readers.headings import Outline, is_named, level_of
from curation.readers.lines import Joiner, mostly_numbers
from curation.readers.plain_blocks import Block
from curation.readers.prose import Gathered, named
from curation.readers.spans import GivenCell, TooLarge, laid_out
from curation.readers.typography import raised
from schemas.typesetting import LATEX

_POWER = re.compile(r"\^(?:\{([\d,–-]{1,30})\}|(\d))")
_LOOSE_POWER = re.compile(r"(?<=[A-Za-z)]) (?=[⁰¹²³⁴-⁹])")
_BULLET = re.compile(r"\s*(?:[•▪●◦‣·*–-]|\(?[0-9a-z]{1,2}[.)])\s+\S")
_PROSE = 45
"""Characters from which a block is prose that a heading may stand over."""


class Text:
    """Turns blocks into the parts of a document."""

    def __init__(self, gathered: Gathered) -> None:
        self.gathered = gathered
        self.outline = Outline(gathered)
        self._joiner = Joiner([])

    def read(self, blocks: list[Block]) -> None:
        """All blocks in order."""
        self._joiner = Joiner(line for block in blocks for line in block.lines)
        for place, block in enumerate(blocks):
            self.gathered.page = block.page
            following = blocks[place + 1] if place + 1 < len(blocks) else None
            self._block([_in_unicode(line) for line in block.lines], following)

    def _block(self, lines: list[str], following: Block | None) -> None:
        level = self._level(lines, following)
        if level:
            self.outline.heading(lines[0].strip(), level)
            return
        if FLOAT.match(lines[0].strip()):
            self.outline.passed_over = False  # tables at the end stand after the references
        run: list[str] = []
        for kind, group in _grouped(lines):
            if kind == "prose":
                run = group
                self._prose(run)
            elif kind == "table":
                self._table(group)
            else:
                for line in group:
                    self.outline.paragraph(line)

    def _level(self, lines: list[str], following: Block | None) -> int:
        if len(lines) > 1 or "\t" in lines[0]:
            return 0
        line = lines[0].strip()
        if level := level_of(line):
            return level
        over_prose = (
            following is not None and sum(map(len, following.lines)) >= _PROSE and "\t" not in following.lines[0]
        )
        words = line.split()
        fits = 1 <= len(words) <= 9 and line[:1].isupper() and line[-1:].isalnum() and not any(map(str.isdigit, line))
        return 3 if fits and over_prose and not FLOAT.match(line) and self.outline.sections else 0

    def _prose(self, lines: list[str]) -> None:
        """A paragraph; a first line that is a heading by its words is one, and points of a list stand alone."""
        if len(lines) > 1 and is_named(lines[0]):
            self.outline.heading(lines[0].strip(), 1)
            lines = lines[1:]
        if sum(1 for line in lines if _BULLET.match(line)) >= 2:
            for item in _items(lines):
                self.outline.paragraph(self._joiner.join(item), "list")
            return
        text = self._joiner.join(lines)
        self.outline.paragraph(text, "caption" if FLOAT.match(text) else "paragraph")

    def _table(self, lines: list[str]) -> None:
        if self.outline.passed_over:
            return
        label, caption = caption_before(self.gathered)
        rows = [[GivenCell(cell_text(each)) for each in line.split("\t")] for line in lines]
        try:
            cells = laid_out([rows])
        except TooLarge:
            self.gathered.remarks.append(
                f"{label or 'A table'} covers more positions than a printed table and was not read."
            )
            return
        if cells:
            self.gathered.table(Table(label, cells, caption, (), named(self.outline.sections), self.gathered.page))


def _in_unicode(line: str) -> str:
    """Powers and comparisons that were left in LaTeX, in Unicode; the tabs between columns stay."""
    for found, meant in LATEX.items():
        line = line.replace(found, meant)
    line = _POWER.sub(lambda match: raised(match[1] or match[2]), line)
    return _LOOSE_POWER.sub("", line)


def _kind(line: str) -> str:
    if "\t" in line:
        return "table"
    return "numbers" if mostly_numbers(line) else "prose"


def _grouped(lines: list[str]) -> list[tuple[str, list[str]]]:
    """Runs of lines of one kind; a single line with a tab in it is no table."""
    groups: list[tuple[str, list[str]]] = []
    for line in lines:
        kind = _kind(line)
        if groups and groups[-1][0] == kind:
            groups[-1][1].append(line)
        else:
            groups.append((kind, [line]))
    settled = [(_settled(kind, group, alone=len(groups) == 1), group) for kind, group in groups]
    merged: list[tuple[str, list[str]]] = []
    for kind, group in settled:
        if merged and kind == "prose" == merged[-1][0]:
            merged[-1][1].extend(group)
        else:
            merged.append((kind, group))
    return merged


def _settled(kind: str, group: list[str], *, alone: bool) -> str:
    """A single line with a tab is no table, and one with many numbers amid prose is prose."""
    if kind == "table" and len(group) < 2:
        return "numbers"
    return "prose" if kind == "numbers" and len(group) < 2 and not alone else kind


def _items(lines: list[str]) -> list[list[str]]:
    items: list[list[str]] = []
    for line in lines:
        if _BULLET.match(line) or not items:
            items.append([line])
        else:
            items[-1].append(line)
    return items
