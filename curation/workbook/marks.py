"""What is marked in a checked workbook: refused cells, and cells that contradict others, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from curation.engine.findings import ORDER, Finding
from curation.intake.bundle import Bundle
from curation.intake.problems import BookSheet, Problem
from schemas.kinds.base import Record
from schemas.registry import KINDS, RECORDS

REFUSED = "refused"
COLOURS = {REFUSED: "F4B084", "error": "FF9C9C", "warning": "FFE699", "note": "BDD7EE"}
"""Fill of a marked cell by severity; the note on the cell says the same in words."""
GRAVITY = {REFUSED: -1, **ORDER}


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that was found, and the cell it is about; without a letter a row, without a row a sheet or the book."""

    severity: str
    sheet: str
    row: int | None
    letter: str | None
    field: str
    found: str
    expected: str
    more: str = ""
    rule: str = ""
    also: bool = False
    """Whether another cell is the first one of the same finding, so that the list of findings need not repeat it."""

    @property
    def place(self) -> str:
        """Sheet and cell, as spreadsheets write it."""
        if not self.row:
            return self.sheet
        return f"{self.sheet}!{self.letter}{self.row}" if self.letter else f"{self.sheet}, row {self.row}"

    @property
    def note(self) -> str:
        """The note on the cell."""
        if self.severity == REFUSED:
            return f"REFUSED: found {self.found}, expected {self.expected}"
        parts = (f"{self.severity.upper()}: {self.found}", self.expected and f"Would fit: {self.expected}", self.more)
        return "\n".join(part for part in parts if part)


def marks_of_problems(problems: Iterable[Problem], book: Path) -> list[Mark]:
    """What was refused in this workbook, cell by cell."""
    marks = []
    for each in problems:
        if each.spot and each.spot.sheet.book == book:
            place = (each.spot.sheet.name, each.spot.row, each.spot.letter)
        elif each.file == book.name:
            place = ("the workbook", None, None)
        else:
            continue
        marks.append(Mark(REFUSED, *place, each.column or "", each.found, each.expected))
    return marks


def marks_of_findings(findings: Sequence[Finding], bundle: Bundle, book: Path) -> list[Mark]:
    """The open findings about records of this workbook, at the cell of their field in every record they are about."""
    rows = _rows_of(bundle, book, {name for one in findings for name in one.records})
    marks = []
    for one in findings:
        if one.status == "open":
            spots = [spot for name in one.records for spot in rows.get(name, ())]
            spots = [spot for spot in spots if not one.field or one.field in RECORDS[spot[0]].model_fields] or spots
            marks += [_mark(one, *spot, also=bool(number)) for number, spot in enumerate(spots)]
    return marks


def _rows_of(bundle: Bundle, book: Path, names: set[str]) -> Mapping[str, list[tuple[str, BookSheet, int]]]:
    """For records by id: their kind, sheet and row in this workbook."""
    found: dict[str, list[tuple[str, BookSheet, int]]] = {}
    for kind, table in bundle.tables.items():
        if issubclass(KINDS[kind], Record):
            for index, name in enumerate(table.column("record").to_pylist()):
                if name in names:
                    file, row = bundle.place(kind, index)
                    sheet = bundle.books.get(file)
                    if sheet and sheet.book == book:
                        found.setdefault(name, []).append((kind, sheet, row))
    return found


def _mark(one: Finding, kind: str, sheet: BookSheet, row: int, *, also: bool) -> Mark:
    letter = next((sheet.letters[name] for name in _columns(one, kind) if name in sheet.letters), None)
    more = "\n".join(f"Possible reason: {each}" for each in one.explanations)
    return Mark(one.severity, sheet.name, row, letter, one.field, one.message, one.expected, more, one.rule, also)


def _columns(one: Finding, kind: str) -> Iterator[str]:
    """The columns a finding is marked in, the best one first: its field, the whole cell it was split from, the id."""
    yield one.field
    if one.field in RECORDS[kind].composite.values():
        yield "printed"
    yield from ("record", "source")
