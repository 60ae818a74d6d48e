"""What a proposal is: a record as a document has it, and what every extractor has decided about it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from schemas.identity import PLACE
from schemas.registry import RECORDS
from store.changes import check_cells
from store.errors import StoreError

OPEN, ACCEPTED, DECLINED = "open", "accepted", "declined"
STATUSES = (OPEN, ACCEPTED, DECLINED)
"""What a proposal can be to an extractor. One whose record the extractor has retired is open again."""

SCAN, FOUND = "scan", "found in the document"
"""By whom proposals are made, and why, unless it is said."""

_APART = ("record", "source", *PLACE, "quote")
"""Fields of a record that a proposal keeps apart from its cells."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says of a proposed record."""

    rule: str
    severity: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """A record as a document has it, before anybody has looked at it.

    ``cells`` are its texts by field as printed, ``place`` says where (page, section, row, column). ``joined``: its pieces
    stand apart in the document. What it is about (study, arm, outcome) is usually left to the extractor.
    """

    source: str
    kind: str
    cells: Mapping[str, str]
    place: Mapping[str, str] = field(default_factory=dict)
    quote: str = ""
    joined: bool = False
    remarks: tuple[Said, ...] = ()

    def row(self) -> dict[str, str]:
        """The cells of the record, its source, place and quote among them."""
        given = {"source": self.source, **self.cells, **self.place, "quote": self.quote}
        return {name: text for name, text in given.items() if text}


@dataclass(frozen=True, slots=True)
class Decision:
    """What one extractor decided. ``record`` is what an accepted proposal became; ``retired``: it is there no more."""

    extractor: str
    decision: str
    who: str
    at: datetime
    reason: str
    record: str | None
    revision: int
    retired: bool

    @property
    def holds(self) -> bool:
        """Whether it is still decided so."""
        return not self.retired


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal, by whom and when it was made, and the last decision of every extractor about it."""

    id: str
    what: Proposed
    who: str
    at: datetime
    revision: int
    decisions: Mapping[str, Decision]

    def status(self, extractor: str) -> str:
        """Open, accepted or declined, for this extractor."""
        made = self.decisions.get(extractor)
        return made.decision if made is not None and made.holds else OPEN


@dataclass(frozen=True, slots=True)
class Proposing:
    """What became of proposed rows: how many are new, and how many were known already."""

    added: int
    known: int

    def __str__(self) -> str:
        words = f"{self.added:,} proposed" if self.added or not self.known else "nothing new"
        return f"{words}, {self.known:,} known already" if self.known else words


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an accepted proposal became: its whole id, the id of the record, and the revision."""

    proposal: str
    record: str
    revision: int


def proposal_id(one: Proposed, again: int = 0) -> str:
    """The same for the same texts at the same place; ``again`` counts those that the document repeats there."""
    place = [one.place.get(name) or "" for name in PLACE]
    said = json.dumps([one.source, one.kind, place, sorted(filled(one.cells).items()), again])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def named(rows: Sequence[Proposed]) -> dict[str, Proposed]:
    """Rows of one document by their ids; what it repeats at the same place is told apart by its turn."""
    turns: Counter[str] = Counter()
    made: dict[str, Proposed] = {}
    for row in rows:
        first = proposal_id(row)
        made[proposal_id(row, turns[first])] = row
        turns[first] += 1
    return made


def check_row(number: int, row: Proposed) -> None:
    """Raise StoreError unless the row is of a kind of record and holds fields of that kind only."""
    if row.kind not in RECORDS:
        raise StoreError(f"proposal {number}: {row.kind!r} is not a kind of record; the kinds are {', '.join(RECORDS)}")
    names = [each.name for each in RECORDS[row.kind].fields() if each.name not in _APART]
    if unknown := [name for name in row.cells if name not in names]:
        raise StoreError(f"proposal {number}: {unknown[0]!r} is no cell of a proposed {row.kind}; its cells are {', '.join(names)}")  # fmt: skip
    if unknown := [name for name in row.place if name not in PLACE]:
        raise StoreError(f"proposal {number}: {unknown[0]!r} is no part of a place; its parts are {', '.join(PLACE)}")
    if not filled(row.cells):
        raise StoreError(f"proposal {number}: nothing is printed in it; propose what has at least one cell")
    check_cells(row.row() | {f"remark {at}": each.sentence for at, each in enumerate(row.remarks, 1)})


def filled(cells: Mapping[str, str]) -> dict[str, str]:
    """The cells that hold something."""
    return {name: text for name, text in cells.items() if text.strip()}
