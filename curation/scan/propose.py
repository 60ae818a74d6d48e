"""From what a scan found to what is proposed: the fields as printed, the place, the words around, what the rules say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from curation.engine.registry import rules
from curation.entry.live import sentence
from curation.readers.document import Document
from curation.report.wording import parts
from curation.scan.result import Scan, Spot, Statement, where
from schemas.identity import PLACE
from store.proposed import Proposed, Said

LONGEST_QUOTE = 200
"""Characters of a quote."""
CLOSE = 40
"""Characters between two pieces of one text that are quoted along rather than left out."""
LEFT_OUT = " … "
"""Between words that stand apart; the quote check looks for both sides."""

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z(\[])")


def proposed(scan: Scan, source: str) -> list[Proposed]:
    """What a scan proposes for a source of the review, in the order of the document."""
    said = _said(scan)
    return [_proposed(scan.document, each, source, tuple(said.get(each.record, ()))) for each in scan.statements]


def quote_of(document: Document, spots: Sequence[Spot]) -> str:
    """The words around a statistic, verbatim, with everything that its spots hold; blank where that is too much."""
    pieces = list(_pieces(document, spots))
    used = sum(each.end - each.start for each in pieces) + len(LEFT_OUT) * (len(pieces) - 1)
    if not pieces or used > LONGEST_QUOTE:
        return ""
    first = next((each for each in pieces if each.holds(document, spots[0])), pieces[0])
    room = LONGEST_QUOTE - used
    return LEFT_OUT.join(each.grown(room) if each is first else each.words for each in pieces)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Part of one text of the document, and how far it may grow: up to the pieces before and after it."""

    text: str
    start: int
    end: int
    least: int
    most: int

    @property
    def words(self) -> str:
        return self.text[self.start : self.end].strip()

    def holds(self, document: Document, spot: Spot) -> bool:
        return self.text == spot.text_of(document) and self.start <= spot.start and spot.end <= self.end

    def grown(self, room: int) -> str:
        """With the words before and after it, as far as its sentence and the room go."""
        first, last = self._sentence()
        before = min(self.start - first, max(room // 2, room - (last - self.end)))
        after = min(last - self.end, room - before)
        start, end = self.start - before, self.end + after
        if start > first and not self.text[start - 1].isspace():
            start = _after_blank(self.text, start, self.start)
        if end < last and not self.text[end].isspace():
            end = _before_blank(self.text, self.end, end)
        return self.text[start:end].strip()

    def _sentence(self) -> tuple[int, int]:
        ends = [found.end() for found in _SENTENCE.finditer(self.text)]
        first = max((each for each in ends if each <= self.start), default=0)
        last = min((each for each in ends if each >= self.end), default=len(self.text))
        return max(first, self.least), min(last, self.most)


def _after_blank(text: str, start: int, stop: int) -> int:
    blank = text.find(" ", start, stop)
    return stop if blank < 0 else blank + 1


def _before_blank(text: str, start: int, stop: int) -> int:
    blank = text.rfind(" ", start, stop)
    return start if blank < 0 else blank


def _pieces(document: Document, spots: Sequence[Spot]) -> Iterator[_Piece]:
    """The spots in the order of the document, those close to each other as one piece."""
    texts: dict[tuple[int, tuple[int, int], int], list[Spot]] = {}
    for each in sorted(spots, key=_order):
        texts.setdefault(_order(each)[0], []).append(each)
    for ones in texts.values():
        text = ones[0].text_of(document)
        spans = _spans(ones)
        edges = [0, *(edge for span in spans for edge in span), len(text)]
        for at, (start, end) in enumerate(spans):
            yield _Piece(text, start, end, edges[2 * at], edges[2 * at + 3])


def _spans(ones: Sequence[Spot]) -> list[tuple[int, int]]:
    """From where to where the spots of one text stand, those close to each other together."""
    spans = [(ones[0].start, ones[0].end)]
    for each in ones[1:]:
        start, end = spans[-1]
        if each.start - end <= CLOSE:
            spans[-1] = (start, max(end, each.end))
        else:
            spans.append((each.start, each.end))
    return spans


def _order(spot: Spot) -> tuple[tuple[int, tuple[int, int], int], int]:
    """Its text (a caption before the cells, the notes after them), and where it stands in it."""
    cell = spot.cell or ((-1, -1) if spot.note is None else (1 << 30, 0))
    return (spot.part, cell, spot.note or 0), spot.start


def _proposed(document: Document, one: Statement, source: str, said: tuple[Said, ...]) -> Proposed:
    found = where(document, one.spots[0]) if one.spots else {}
    place = {name: text for name in PLACE if (text := one.cells.get(name) or found.get(name))}
    apart = {"record", "source", "quote", *PLACE}
    cells = {name: text for name, text in one.cells.items() if text and name not in apart}
    return Proposed(source, one.kind, cells, place, quote_of(document, one.spots), one.joined, said)


def _said(scan: Scan) -> Mapping[str, list[Said]]:
    """What the rules say of every statement, by its record."""
    known = {each.id: each for each in rules()}
    found: defaultdict[str, list[Said]] = defaultdict(list)
    for one in scan.checked.findings:
        for record in dict.fromkeys(one.records):
            found[record].append(Said(one.rule, one.severity, sentence(parts(one, known))))
    return found
