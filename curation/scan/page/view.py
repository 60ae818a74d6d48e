"""One scanned document as the page shows it: its figures, its findings, and as much of the article as is drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from curation.engine.findings import ORDER
from curation.engine.rule import Rule
from curation.report.wording import severities
from curation.scan.page.blocks import Block, blocks, runs
from curation.scan.page.places import Entry, placed, unread_once
from curation.scan.result import Scan
from schemas.registry import RECORDS

Extent = Literal["full", "passages", "none"]
"""How much of an article is drawn: all of it, only what has findings, or nothing."""
_WEB = ("http://", "https://")


@dataclass(slots=True)
class View:
    """A document on the page."""

    scan: Scan
    number: int
    entries: list[Entry]
    blocks: list[Block]
    extent: Extent
    counts: dict[str, int] = field(default_factory=dict)
    """Findings by severity."""

    @property
    def prefix(self) -> str:
        """What the ids of this document begin with."""
        return f"d{self.number}"

    @property
    def name(self) -> str:
        """The title, or else the file."""
        return self.scan.document.title or self.scan.document.file

    @property
    def licence_link(self) -> str:
        """The address of the licence, where it is given as one."""
        licence = self.scan.document.licence
        return licence if licence.startswith(_WEB) and " " not in licence else ""

    @property
    def found(self) -> int:
        """How many statistics were read."""
        return len(self.scan.statements)

    @property
    def came_in(self) -> list[tuple[int, str]]:
        """How many statistics of each kind were read, most first."""
        counted = Counter(one.kind for one in self.scan.statements)
        return [(count, RECORDS[kind].label_plural) for kind, count in counted.most_common()]

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why something could not be read, and how often."""
        return Counter(each.why for each in unread_once(self.scan)).most_common()

    @property
    def unread(self) -> int:
        """How many places could not be read."""
        return len(unread_once(self.scan))

    @property
    def checks(self) -> int:
        """How often a rule was asked."""
        return sum(tally.checked for tally in self.scan.checked.tallies.values())

    @property
    def runs(self) -> list[list[Block]]:
        """The blocks in runs that share a margin."""
        return runs(self.blocks)

    @property
    def sections(self) -> list[tuple[Block, int]]:
        """The headings of the highest level, each with the findings that stand below it."""
        found: list[tuple[Block, int]] = []
        for block in self.blocks:
            if block.role == "heading" and block.depth == 1:
                found.append((block, 0))
            if found:
                found[-1] = found[-1][0], found[-1][1] + len(block.entries)
        return found


def view(scan: Scan, number: int, rules: Mapping[str, Rule], level: int, extent: Extent) -> View:
    """A document as it is shown.

    Args:
        scan: the scanned document.
        number: its number on the page.
        rules: the rules that were asked, by id.
        level: the level of the first headings of its article.
        extent: how much of the article is drawn.
    """
    found = placed(scan, rules, f"d{number}")
    drawn: list[Block] = []
    if extent != "none":
        every = list(blocks(scan.document, found, level, f"d{number}"))
        drawn = every if extent == "full" else [each for each in every if each.noted]
    return View(scan, number, found.entries, drawn, extent, severities(scan.checked.findings))


def gravity(scan: Scan) -> tuple[object, ...]:
    """The order of documents: most errors first, then warnings, then notes, then by name."""
    counted = severities(scan.checked.findings)
    return *(-counted[severity] for severity in ORDER), scan.document.file


def total(scans: Sequence[Scan]) -> dict[str, int]:
    """Findings of all documents by severity."""
    return severities(one for scan in scans for one in scan.checked.findings)
