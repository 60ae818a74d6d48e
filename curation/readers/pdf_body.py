"""Pieces of lines of all pages as headings, paragraphs, captions and tables in reading order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

from curation.readers.captions import FLOAT, caption_before, split_label
from curation.readers.document import Cell, Table
from curation.readers.headings import LONGEST_HEADING, Outline, is_named, level_of
from curation.readers.lines import Joiner, mostly_numbers
from curation.readers.pdf_aligned import aligned_table, is_caption, rest_of_table
from curation.readers.pdf_captions import with_captions
from curation.readers.pdf_lines import Piece
from curation.readers.pdf_order import in_order, without_running
from curation.readers.pdf_page import ReadPage
from curation.readers.pdf_tables import Found, all_edges, together, with_columns
from curation.readers.prose import Gathered, named

_LARGER = 0.7
"""Points by which a heading is larger than the text."""
_ENDS = ".!?:;"


@dataclass(slots=True)
class Placed:
    """A piece of a line, or a table, and the page it stands on."""

    piece: Piece
    page: int
    table: Found | None = None


def laid_out_pages(pages: Sequence[ReadPage]) -> list[Placed]:
    """Everything on the pages in reading order, tables where they stand."""
    kept = without_running([(page.pieces, page.height) for page in pages])
    placed: list[Placed] = []
    for page, pieces in zip(pages, kept, strict=True):
        placed += _laid_out(page, pieces, placed[-1].table if placed else None)
    return placed


def _laid_out(page: ReadPage, pieces: list[Piece], before: Found | None) -> list[Placed]:
    """A page; ``before`` is the table with which the page before it ends."""
    tables = list(page.tables)
    if before is not None and before.columns and (rest := rest_of_table(before, pieces)) is not None:
        tables.append(rest)
    for caption in [one for one in pieces if is_caption(one.text)]:
        found = None if _has_table(caption, tables) else aligned_table(caption, pieces, page.rules)
        if found is not None:
            tables.append(found)
    outside = [one for one in pieces if not any(_within(one, found) for found in tables)]
    tables, outside = with_captions(tables, outside)
    standing = [(_as_piece(found), found) for found in tables]
    by_piece = {id(piece): found for piece, found in standing}
    ordered = in_order([*outside, *(piece for piece, _ in standing)])
    return [Placed(piece, page.number, by_piece.get(id(piece))) for piece in ordered]


def _as_piece(found: Found) -> Piece:
    x0, top, x1, bottom = found.box
    return Piece("", x0, x1, top, bottom, 0, bold=False)


def _within(piece: Piece, found: Found) -> bool:
    x0, top, x1, bottom = found.box
    return top <= piece.middle <= bottom and piece.x0 >= x0 - 2 and piece.x1 <= x1 + 2


def _has_table(caption: Piece, tables: Sequence[Found]) -> bool:
    """Whether a ruled table stands close under a caption."""
    return any(
        0 <= found.box[1] - caption.bottom + 3 <= 8 * caption.size
        and found.box[0] < caption.x1
        and found.box[2] > caption.x0
        for found in tables
    )


@dataclass
class Body:
    """Puts lines together; a larger or bold line is a heading, the largest on the first page the title."""

    gathered: Gathered
    placed: Sequence[Placed]
    title: str = ""
    _lines: list[Placed] = field(default_factory=list)
    _last_table_page: int = 0
    _before: Found | None = None

    def __post_init__(self) -> None:
        texts = [one.piece for one in self.placed if one.table is None]
        sizes = Counter[float]()
        for piece in texts:
            sizes[piece.size] += len(piece.text)
        self._size = max(sizes, key=lambda each: sizes[each], default=0.0)
        self._gap = _usual_gap(texts, self._size)
        self._joiner = Joiner(piece.text for piece in texts)
        self._outline = Outline(self.gathered)
        self._styles = self._heading_styles(texts)
        self._largest = max(
            (one.piece.size for one in self.placed if one.page == 1 and len(one.piece.text) > 12), default=0.0
        )

    def _heading_styles(self, texts: Sequence[Piece]) -> list[tuple[float, bool]]:
        """The styles of headings, from that of Introduction, Methods, Results on downwards."""
        styled = [piece for piece in texts if self._styled(piece)]
        main = [_style(piece) for piece in styled if is_named(piece.text)]
        if not main:
            return []
        return sorted({_style(piece) for piece in styled if _style(piece) <= max(main)}, reverse=True)

    def read(self) -> None:
        """Everything in order."""
        for one in _joined_lines(self.placed):
            if one.table is not None:
                self._flush()
                self._table(one.table, one.page)
            elif self._lines and not self._goes_on(self._lines[-1], one):
                self._flush()
                self._lines = [one]
            else:
                self._lines.append(one)
        self._flush()

    def _styled(self, piece: Piece) -> bool:
        """Whether a line looks like a heading."""
        letters = sum(1 for sign in piece.text if sign.isalpha())
        if letters < 3 or len(piece.text) > LONGEST_HEADING or FLOAT.match(piece.text):
            return False
        return piece.size >= self._size + _LARGER or (piece.bold and piece.size >= self._size - _LARGER)

    def _is_title(self, one: Placed) -> bool:
        return one.page == 1 and one.piece.size == self._largest >= self._size + 2 and not self._outline.sections

    def _goes_on(self, before: Placed, after: Placed) -> bool:
        """Whether a line goes on with the paragraph of the line before it."""
        last, piece = before.piece, after.piece
        if self._differ(last, piece) or _stand_alone(last.text, piece.text):
            return False
        ended = last.text.rstrip("”’\"')")[-1:] in _ENDS
        if before.page != after.page or piece.top < last.top - last.size:
            return not ended and not self._styled(last) and not FLOAT.match(self._lines[0].piece.text)
        if piece.top - last.bottom > self._gap + 0.35 * self._size:
            return False
        return self._styled(last) or not (ended and self._begins(last, piece))

    def _differ(self, last: Piece, piece: Piece) -> bool:
        """Whether two lines are set too differently to be of one paragraph."""
        if abs(last.size - piece.size) > 0.6:
            return True
        return last.bold != piece.bold and (self._styled(last) or self._styled(piece))

    def _begins(self, last: Piece, piece: Piece) -> bool:
        """Whether a line after a full stop begins a paragraph: it is set in, or the line before it is short."""
        if len(self._lines) < 2:
            return False
        left = min(one.piece.x0 for one in self._lines[-3:])
        right = max(one.piece.x1 for one in self._lines)
        return piece.x0 > left + 0.7 * piece.size or last.x1 < right - 0.12 * (right - left)

    def _flush(self) -> None:
        """The lines gathered so far as one part."""
        lines, self._lines = self._lines, []
        if not lines:
            return
        self.gathered.page = str(lines[0].page)
        text = self._joiner.join([one.piece.text for one in lines])
        first = lines[0].piece
        if self._is_title(lines[0]) and len(text.split()) >= 3 and not self.title:
            self.title = text
            self.gathered.add(text, role="title")
        elif level := self._level(first, text):
            self._outline.heading(text, level)
        else:
            if FLOAT.match(text):
                self._outline.passed_over = False  # tables at the end stand after the references
            self._outline.paragraph(text, "caption" if FLOAT.match(text) else "paragraph")

    def _level(self, first: Piece, text: str) -> int:
        known = level_of(text)
        if not self._styled(first) or len(text) > 2 * LONGEST_HEADING:
            return 1 if is_named(text) else 0
        if not self._outline.sections:
            return known
        depth = self._styles.index(_style(first)) + 1 if _style(first) in self._styles else 0
        return max(depth, known if known > 1 else 0) or known or 2

    def _table(self, found: Found, page: int) -> None:
        self.gathered.page = str(page)
        if self._outline.passed_over and not self.gathered.parts:
            return
        label, caption = split_label(found.caption) if found.caption else caption_before(self.gathered)
        last = self.gathered.parts[-1] if self.gathered.parts else None
        if (
            not label
            and isinstance(last, Table)
            and self._last_table_page == page - 1
            and _same_columns(self._before, found)
        ):
            edges, table, more = _aligned(last, self._before.edges if self._before else (), found)
            self.gathered.parts[-1] = _continued(table, more)
            found = replace(found, edges=edges)
        else:
            self.gathered.table(Table(label, found.cells, caption, (), named(self._outline.sections), str(page)))
        self._last_table_page, self._before = page, found


def _stand_alone(last: str, text: str) -> bool:
    """Whether two lines are not of one paragraph by their words: one is a heading or a caption, or both are of a table."""
    return is_named(last) or is_named(text) or is_caption(text) or (mostly_numbers(last) and mostly_numbers(text))


def _style(piece: Piece) -> tuple[float, bool]:
    return piece.size, piece.bold


def _usual_gap(pieces: Sequence[Piece], size: float) -> float:
    """The usual space between two lines of the text."""
    pairs = pairwise(pieces)
    gaps = [
        after.top - before.bottom
        for before, after in pairs
        if before.size == after.size == size and -0.5 * size < after.top - before.bottom < 2 * size
    ]
    return median(gaps) if gaps else 0.3 * size


def _joined_lines(placed: Sequence[Placed]) -> Iterator[Placed]:
    """The pieces, those that stand on one line side by side as one."""
    held: Placed | None = None
    for one in placed:
        if held is not None and held.table is None and one.table is None and _on_one_line(held, one):
            first, second = held.piece, one.piece
            joined = replace(first, text=f"{first.text} {second.text}", x1=max(first.x1, second.x1))
            held = Placed(joined, held.page)
            continue
        if held is not None:
            yield held
        held = one
    if held is not None:
        yield held


def _on_one_line(one: Placed, other: Placed) -> bool:
    first, second = one.piece, other.piece
    near = abs(first.bottom - second.bottom) <= 0.3 * max(first.size, second.size)
    return one.page == other.page and near and second.x0 >= first.x1 - 1


def _same_columns(before: Found | None, found: Found) -> bool:
    """Whether a table stands as wide as the one before, so that it may go on with it."""
    if before is None or not before.edges or not found.edges:
        return before is not None and bool(found.columns) and before.columns == found.columns
    return abs(before.edges[0] - found.edges[0]) < 4 and abs(before.edges[-1] - found.edges[-1]) < 4


def _aligned(last: Table, edges: tuple[float, ...], found: Found) -> tuple[tuple[float, ...], Table, list[Cell]]:
    """Both parts of a table with the columns of both."""
    if not edges:
        return edges, last, list(found.cells)
    both = tuple(all_edges(edges, found.edges))
    table = replace(last, cells=tuple(with_columns(last.cells, edges, both)))
    return both, table, with_columns(found.cells, found.edges, both)


def _continued(table: Table, cells: Sequence[Cell]) -> Table:
    """A table that goes on over the page; the head that is printed there again is left out.

    A first row there without a label of its own is the rest of the last row before.
    """
    before, rows = _by_row(table.cells), _by_row(cells)
    again = 0
    while again in rows and [one.text for one in rows[again]] == [one.text for one in before.get(again, [])]:
        again += 1
    kept = list(table.cells)
    rest = {one.column: one.text for one in rows.get(again, []) if one.text}
    above = {one.column: place for place, one in enumerate(kept) if one.row + one.rows == table.height and one.text}
    if rest and 0 not in rest and rest.keys() <= above.keys() and all(one.rows == 1 for one in rows[again]):
        for column, text in rest.items():
            kept[above[column]] = replace(kept[above[column]], text=together(kept[above[column]].text, text))
        again += 1
    more = [replace(one, row=one.row + table.height - again) for one in cells if one.row >= again]
    return replace(table, cells=(*kept, *more))


def _by_row(cells: Sequence[Cell]) -> dict[int, list[Cell]]:
    rows: dict[int, list[Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell)
    return rows
