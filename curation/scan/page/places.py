"""What stands where in a scanned document: stretches to mark, findings for the margin, and what was read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from curation.engine.findings import ORDER, Finding
from curation.engine.rule import Rule
from curation.report.wording import Parts, amount, parts
from curation.scan.page.marks import Flag, Stretch, gravest
from curation.scan.page.words import JOINED, fields_of, kind_of, sentence_of
from curation.scan.result import Scan, Spot, Statement, Unread

Place = tuple[int, tuple[int, int] | None, int | None]
"""A text of a document: its part, and in a table the cell or the note (neither is the caption)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding on the page. ``part`` is where its note stands; None where no place of the document is known."""

    number: int
    finding: Finding
    parts: Parts
    prefix: str
    part: int | None = None

    @property
    def anchor(self) -> str:
        """The id of its note."""
        return f"{self.prefix}-f{self.number}"

    @property
    def mark(self) -> str:
        """The id of its sign in the article."""
        return f"{self.prefix}-m{self.number}"


@dataclass(frozen=True, slots=True)
class Reading:
    """A line of what was read in a paragraph or table, or of what could not be read."""

    words: str
    kind: str
    said: str
    row: str = ""
    column: str = ""
    joined: str = ""

    @property
    def unread(self) -> bool:
        """Whether it could not be read; ``said`` is then the reason."""
        return not self.kind


@dataclass(slots=True)
class Placed:
    """A scan by its places."""

    entries: list[Entry]
    stretches: Mapping[Place, list[Stretch]]
    readings: Mapping[int, list[Reading]]
    notes: dict[int, list[Entry]] = field(default_factory=dict)
    """Findings by the part beside which they stand."""
    again: dict[int, list[Entry]] = field(default_factory=dict)
    """Findings by the other parts that they are about."""


def placed(scan: Scan, rules: Mapping[str, Rule], prefix: str) -> Placed:
    """Sort a scan by the places of its document.

    Args:
        scan: the scanned document.
        rules: the rules that were asked, by id.
        prefix: what the ids of this document begin with on the page.
    """
    entries = _entries(scan, rules, prefix)
    by_record: dict[str, list[Entry]] = defaultdict(list)
    notes: dict[int, list[Entry]] = defaultdict(list)
    again: dict[int, list[Entry]] = defaultdict(list)
    where = _firsts(scan)
    for each in entries:
        for record in each.finding.records:
            by_record[record].append(each)
        parts_named = dict.fromkeys(where[record].part for record in each.finding.records if record in where)
        for part in parts_named:
            (notes if part == each.part else again)[part].append(each)
    stretches: dict[Place, list[Stretch]] = defaultdict(list)
    for spot, stretch in _stretches(scan, by_record):
        stretches[place_of(spot)].append(stretch)
    return Placed(entries, stretches, _readings(scan), dict(notes), dict(again))


def place_of(spot: Spot) -> Place:
    """The text that a spot lies in."""
    return spot.part, spot.cell, spot.note


def unread_once(scan: Scan) -> list[Unread]:
    """What could not be read, each place and reason once."""
    return list(dict.fromkeys(scan.unread))


def _firsts(scan: Scan) -> dict[str, Spot]:
    """Where each statistic stands, by its record."""
    return {one.record: one.spots[0] for one in scan.statements if one.spots}


def _entries(scan: Scan, rules: Mapping[str, Rule], prefix: str) -> list[Entry]:
    """The findings numbered: gravest first, in reading order where they are as grave."""
    where = _firsts(scan)
    first = [(one, next((where[each] for each in one.records if each in where), None)) for one in scan.checked.findings]

    def order(each: tuple[Finding, Spot | None]) -> tuple[object, ...]:
        one, spot = each
        place = (spot.part, *in_order(spot)) if spot else ()
        return ORDER[one.severity], not one.changes_conclusion, spot is None, place

    return [
        Entry(number, one, parts(one, rules), prefix, spot.part if spot else None)
        for number, (one, spot) in enumerate(sorted(first, key=order), start=1)
    ]


def _stretches(scan: Scan, by_record: Mapping[str, Sequence[Entry]]) -> Iterator[tuple[Spot, Stretch]]:
    """Every stretch of a document with its place. A sign has its id only at the first place of its finding."""
    shared: dict[Spot, list[Statement]] = defaultdict(list)
    flagged: set[int] = set()
    for one in scan.statements:
        for spot in one.spots[1:]:
            shared[spot].append(one)
        if not one.spots:
            continue
        mine, spot = by_record.get(one.record, ()), one.spots[0]
        flags = tuple(
            Flag(each.number, each.finding.severity, each.anchor, "" if each.number in flagged else each.mark)
            for each in mine
        )
        flagged |= {each.number for each in mine}
        yield spot, Stretch(spot.start, spot.end, (sentence_of(one),), _worst(mine), flags=flags)
    for spot, several in shared.items():
        yield spot, _part(spot, several, by_record)
    for refused in unread_once(scan):
        yield refused.spot, Stretch(refused.spot.start, refused.spot.end, (f"Not read: {refused.why}",), unread=True)


def _part(spot: Spot, several: Sequence[Statement], by_record: Mapping[str, Sequence[Entry]]) -> Stretch:
    """A piece that stands apart from its statistic; one that many use, as a header, has no severity of its own."""
    if len(several) > 1:
        return Stretch(spot.start, spot.end, (f"Used by {amount(len(several), 'statistic')}",))
    one = several[0]
    said = f"Belongs to {sentence_of(one)}"
    return Stretch(spot.start, spot.end, (said,), _worst(by_record.get(one.record, ())))


def _worst(entries: Sequence[Entry]) -> str:
    return gravest(each.finding.severity for each in entries)


def _readings(scan: Scan) -> dict[int, list[Reading]]:
    found: dict[int, list[tuple[Spot, Reading]]] = defaultdict(list)
    for one in scan.statements:
        if one.spots:
            spot = one.spots[0]
            line = Reading(
                spot.words(scan.document), kind_of(one), fields_of(one),
                one.cells.get("row", ""), one.cells.get("column", ""), JOINED if one.joined else "",
            )  # fmt: skip
            found[spot.part].append((spot, line))
    for refused in unread_once(scan):
        line = Reading(refused.spot.words(scan.document), "", refused.why)
        found[refused.spot.part].append((refused.spot, line))
    return {
        part: [line for _, line in sorted(lines, key=lambda each: in_order(each[0]))] for part, lines in found.items()
    }


def in_order(spot: Spot) -> tuple[object, ...]:
    """The order inside a part: the caption, then cells by rows, then notes."""
    return spot.note is not None, spot.note or 0, spot.cell is not None, spot.cell or (0, 0), spot.start
