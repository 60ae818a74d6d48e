"""Reading order on a page: columns are read one after the other; running heads and page numbers are left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from curation.readers.pdf_lines import Piece

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"(?:page\s*)?\d{1,5}(?:\s*(?:of|/)\s*\d{1,5})?|[ivxlc]{1,6}", re.IGNORECASE)
_MARGIN = 0.1
"""Share of the page above and below within which running heads stand."""
_MOST_CROSSING = 0.35
"""Share of the lines that may run across the gap between two columns."""
_FEWEST = 4
_STEPS = 40


def in_order(pieces: Sequence[Piece], depth: int = 2) -> list[Piece]:
    """The pieces as they are read: what runs across the columns divides them, then left before right."""
    by_top = sorted(pieces, key=lambda one: (round(one.bottom), one.x0))
    gap = _gap(by_top) if depth else None
    if gap is None:
        return by_top
    found: list[Piece] = []
    left: list[Piece] = []
    right: list[Piece] = []
    for piece in by_top:
        if piece.x1 <= gap:
            left.append(piece)
        elif piece.x0 >= gap:
            right.append(piece)
        else:
            found += [*in_order(left, depth - 1), *in_order(right, depth - 1), piece]
            left, right = [], []
    return [*found, *in_order(left, depth - 1), *in_order(right, depth - 1)]


def _gap(pieces: Sequence[Piece]) -> float | None:
    """Where the page divides into two columns: the place that the fewest lines run across."""
    if len(pieces) < 2 * _FEWEST:
        return None
    first, last = min(one.x0 for one in pieces), max(one.x1 for one in pieces)
    places = [first + (last - first) * (0.25 + 0.5 * step / _STEPS) for step in range(_STEPS + 1)]
    counted = [(sum(1 for one in pieces if one.x0 < place < one.x1), place) for place in places]
    fewest = min(count for count, _ in counted)
    best = [place for count, place in counted if count == fewest]
    gap = best[len(best) // 2]
    left = sum(1 for one in pieces if one.x1 <= gap)
    right = sum(1 for one in pieces if one.x0 >= gap)
    if min(left, right) < _FEWEST or fewest > _MOST_CROSSING * len(pieces):
        return None
    return gap


def without_running(pages: Sequence[tuple[Sequence[Piece], float]]) -> list[list[Piece]]:
    """The pieces of each page (given with its height) without heads and numbers that come again from page to page."""
    seen = Counter(
        key
        for pieces, height in pages
        for key in {_key(one) for one in pieces if _in_margin(one, height)}
        if key is not None
    )
    kept = []
    for pieces, height in pages:
        kept.append([one for one in pieces if not (_in_margin(one, height) and _runs(one, seen, len(pages)))])
    return kept


def _key(piece: Piece) -> tuple[str, int]:
    return _DIGITS.sub("0", piece.text), round(piece.bottom / 12)


def _in_margin(piece: Piece, height: float) -> bool:
    return piece.bottom < _MARGIN * height or piece.top > (1 - _MARGIN) * height


def _runs(piece: Piece, seen: Counter[tuple[str, int]], pages: int) -> bool:
    if _PAGE_NUMBER.fullmatch(piece.text.strip()):
        return pages > 1
    return seen[_key(piece)] >= 2
