"""From a document to statements: prose by the grammar, tables by their headers, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from curation.readers.document import Document, Paragraph, Table
from curation.scan.grammar.found import Found
from curation.scan.grammar.prose import read_prose
from curation.scan.result import Spot, Statement, Unread
from curation.scan.reviews import as_pooled, is_review
from curation.scan.tables.parts import Row
from curation.scan.tables.rows import rows

_LEVELS = re.compile(r"(\d\d(?:\.\d+)?)\s?%\s?-?\s?(?:C\.?\s?I\b|confidence\s(?:interval|limit))", re.IGNORECASE)
_BOOTSTRAP = re.compile(r"bootstrap|monte[\s-]carlo|\b[25]?\.?5th\s?(?:and|to|-|–)\s?97\.5th", re.IGNORECASE)
_SIGNIFICANCE = re.compile(r"^[<≤]\s?0?[.·]\d+$")


def statements(document: Document, source: str) -> tuple[list[Statement], list[Unread]]:
    """Every statistic that a document prints, as far as it can be read, and what looks like one and cannot."""
    found: list[Statement] = []
    unread: list[Unread] = []
    for one in _each(document):
        if isinstance(one, Unread):
            unread.append(one)
        else:
            kind, cells, spots, joined = one
            found.append(Statement(f"{source}-{len(found) + 1:04d}", kind, cells, spots, joined))
    found = _with_methods(_with_levels(found, document), document)
    if is_review(document):
        found = [as_pooled(one, document, before) for before, one in pairwise([None, *found]) if one is not None]
    return found, unread


_Raw = tuple[str, Mapping[str, str], tuple[Spot, ...], bool]


def _each(document: Document) -> Iterator[_Raw | Unread]:
    for place, part in enumerate(document.parts):
        if isinstance(part, Paragraph):
            yield from _of_text(part.text, Spot(place, 0, 0))
            continue
        yield from _of_text(part.caption, Spot(place, 0, 0))
        yield from _of_table(part, place)
        for number, note in enumerate(part.notes):
            yield from _of_text(note, Spot(place, 0, 0, note=number), key=True)


def _of_text(text: str, spot: Spot, *, key: bool = False) -> Iterator[_Raw | Unread]:
    """The statistics of a text; in the notes of a table "* P < 0.05" explains a mark."""
    found, refused = read_prose(text)
    for one in found:
        if not (key and one.kind == "test" and _SIGNIFICANCE.match(one.cells.get("p", ""))):
            yield one.kind, one.cells, (_at(spot, one.start, one.end),), _unsure(one)
    for each in refused:
        yield Unread(_at(spot, each.start, each.end), each.why)


def _unsure(one: Found) -> bool:
    return "unsure" in one.notes


def _at(spot: Spot, start: int, end: int) -> Spot:
    return Spot(spot.part, start, end, spot.cell, spot.note)


def _of_table(table: Table, place: int) -> Iterator[_Raw | Unread]:
    for one in rows(table):
        if isinstance(one, Row):
            spots = tuple(Spot(place, each.start, each.end, (each.cell.row, each.cell.column)) for each in one.parts)
            yield one.kind, _placed(one), spots, one.joined or one.guessed
        else:
            cell = one.cell
            yield Unread(Spot(place, 0, len(cell.text), (cell.row, cell.column)), one.why)


def _placed(one: Row) -> dict[str, str]:
    label = " > ".join((*one.line.above, one.line.label)).strip(" >")
    return {**one.cells, "row": label, "column": one.line.header(one.column)}


def _with_levels(found: list[Statement], document: Document) -> list[Statement]:
    """Intervals without a level have the usual one only in a document that names no other."""
    named = {match[1] for text in document.texts() for match in _LEVELS.finditer(text)}
    if named <= {"95"}:
        return found
    return [
        Statement(one.record, one.kind, {**one.cells, "level": "NR"}, one.spots, one.joined)
        if _has_interval(one) and not one.cells.get("level")
        else one
        for one in found
    ]


def _with_methods(found: list[Statement], document: Document) -> list[Statement]:
    """An interval whose table or paragraph speaks of the bootstrap was made by it."""
    known: dict[int, bool] = {}  # a long paragraph is searched once, not once for each of its statistics
    made = []
    for one in found:
        part = one.spots[0].part
        if one.kind != "effect" or one.cells.get("interval_method"):
            made.append(one)
            continue
        if part not in known:
            known[part] = _BOOTSTRAP.search(_words_of(document.parts[part])) is not None
        cells = {**one.cells, "interval_method": "bootstrap"} if known[part] else one.cells
        made.append(Statement(one.record, one.kind, cells, one.spots, one.joined))
    return made


def _words_of(part: Paragraph | Table) -> str:
    if isinstance(part, Paragraph):
        return part.text
    return " ".join((part.caption, *part.notes, *(cell.text for cell in part.cells if cell.head)))


def _has_interval(one: Statement) -> bool:
    return any(name in one.cells for name in ("lower", "upper", "rate_lower", "rate_upper"))
