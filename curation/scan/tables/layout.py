"""How a table is laid out: header rows, section rows, row labels, and the headers that rule each column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from curation.readers.document import Cell, Table
from curation.scan.grammar.text import plain

Grid = Sequence[Sequence[Cell | None]]
_DATA = re.compile(
    r"^(?:[<>≤≥=~]\s?)?[-–+(\[]?\s?\d|^(?:n\.?s\.?|nr|na|n/a|ne|-|–|nil|none)$|^p\s?[=<>]", re.IGNORECASE
)
_NO_DATA = re.compile(
    r"^\d+(?:st|nd|rd|th)?[\s-]+[a-z]|^n\s?=|^\d+\s?%\s?-?\s?c\.?i|^(?:19|20)\d\d$|^\d+(?:\.\d+)?\s?(?:mg|ml|µg|μg|g|kg|weeks?|months?|years?|days?|hours?|h|min)\b",
    re.IGNORECASE,
)
_HEADER_WORD = re.compile(
    r"(?<![a-z])(?:n\s?[=(]|n$|no\.?$|numbers?$|mean|median|s\.?d\.?|s\.?e\.?m?|%|c\.?i\.?|p(?:[\s-]?value)?$|(?:odds|hazard|risk|rate)\sratio|group|arm)",
    re.IGNORECASE,
)
_NAMED_SIZE = re.compile(r"^(?!n\s?=)[^(\[]*[A-Za-z].*\bn\s?=\s?\d", re.IGNORECASE)
"""A group with its size, "Placebo (n = 20)", and not a size alone."""
MOST_HEADER_ROWS = 6


@dataclass(frozen=True, slots=True)
class Head:
    """One header cell above a column."""

    text: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Line:
    """One row of data: its label, the section rows and the rows it is set in under, and its cells by column.

    ``heads`` are, by column, the header cells above it, outermost first.
    """

    row: int
    label: str
    above: tuple[str, ...]
    cells: dict[int, Cell]
    heads: dict[int, tuple[Head, ...]]

    def header(self, column: int) -> str:
        """The headers of a column in one line."""
        return ", ".join(dict.fromkeys(head.text for head in self.heads.get(column, ()) if head.text))


@dataclass(slots=True)
class _State:
    heads: dict[int, tuple[Head, ...]]
    section: tuple[int, str] | None = None
    deeper: bool = False
    stack: list[tuple[int, str]] = field(default_factory=list)


def lines(table: Table) -> Iterator[Line]:
    """The rows of data of a table, top to bottom."""
    grid = table.grid()
    if not grid or table.width < 2:
        return
    first = _header_rows(grid)
    state = _State(_heads(grid, range(first)))
    stubs, continued = _stub_columns(grid, first), 0
    for row in range(first, len(grid)):
        line = grid[row]
        if _section(line, stubs):
            _enter(state, line)
        elif _inner_header(line, stubs, next_to_head=row == first + continued):
            anew = row > first + continued and _names_groups(line[stubs:])
            continued += row == first + continued
            above, lower = {} if anew else state.heads, _heads(grid, [row])
            state.heads = {column: (*above.get(column, ()), *lower.get(column, ())) for column in range(table.width)}
        else:
            yield _line(row, line, stubs, state)


def _texts(line: Sequence[Cell | None]) -> list[Cell]:
    """The cells of a row, each once."""
    return list({id(cell): cell for cell in line if cell is not None}.values())


def is_data(text: str) -> bool:
    """Whether a cell holds a number or a word for one, and no header.

    >>> is_data("12 (4%)"), is_data("−0.5"), is_data("n = 12"), is_data("95% CI"), is_data("12 months")
    (True, True, False, False, False)
    """
    body = plain(text).strip()
    return bool(_DATA.match(body)) and not _NO_DATA.match(body)


def _header_rows(grid: Grid) -> int:
    """How many rows at the top are headers."""
    marked = 0
    for line in grid[: MOST_HEADER_ROWS + 4]:
        cells = [cell for cell in _texts(line) if cell.text]
        numbers = sum(1 for cell in cells if cell.column > 0 and is_data(cell.text))
        if cells and (not all(cell.head for cell in cells) or 2 * numbers > len(cells)):
            break
        marked += 1
    if marked:
        return marked if marked < len(grid) else 1
    for row, line in enumerate(grid[:MOST_HEADER_ROWS]):
        if any(is_data(cell.text) for cell in line[1:] if cell is not None):
            return row
    return 1


def _heads(grid: Grid, rows: Sequence[int] | range) -> dict[int, tuple[Head, ...]]:
    found: dict[int, list[Head]] = {}
    for row in rows:
        for column, cell in enumerate(grid[row]):
            above = found.setdefault(column, [])
            if cell is not None and cell.text and all(each.cell is not cell for each in above):
                above.append(Head(cell.text, cell))
    return {column: tuple(heads) for column, heads in found.items()}


def _stub_columns(grid: Grid, first: int) -> int:
    """How many columns at the left are labels: at least one, more where their cells hold words."""
    width = len(grid[0])
    for column in range(1, min(3, width - 1)):
        cells = [line[column] for line in grid[first:]]
        filled = [cell.text for cell in cells if cell is not None and cell.text]
        words = sum(1 for text in filled if not is_data(text) and re.search(r"[A-Za-z]{2}", text))
        if not filled or words < 0.6 * len(filled):
            return column
    return min(3, width - 1)


def _section(line: Sequence[Cell | None], stubs: int) -> bool:
    """A row with words in its label and nothing else, or one cell across the table."""
    cells = [cell for cell in _texts(line) if cell.text]
    if len(cells) != 1:
        return not cells
    only = cells[0]
    return (only.column < stubs or only.columns > 1) and not (only.column > 0 and is_data(only.text))


def _inner_header(line: Sequence[Cell | None], stubs: int, *, next_to_head: bool) -> bool:
    cells = [cell for cell in _texts(line[stubs:]) if cell.text]
    if not cells or any(is_data(cell.text) for cell in cells):
        return False
    if len(cells) > 1 and (
        all(cell.head for cell in cells) or (next_to_head and all(len(cell.text) < 40 for cell in cells))
    ):
        return True
    return sum(1 for cell in cells if _HEADER_WORD.search(plain(cell.text))) >= max(1, 0.5 * len(cells))


def _names_groups(line: Sequence[Cell | None]) -> bool:
    """Whether a header row names groups and their sizes anew, so that the headers above it end there."""
    return sum(1 for cell in _texts(line) if _NAMED_SIZE.search(plain(cell.text).strip())) > 1


def _enter(state: _State, line: Sequence[Cell | None]) -> None:
    cells = [cell for cell in _texts(line) if cell.text]
    if not cells:
        return
    only = cells[0]
    if state.section and only.indent > state.section[0]:
        state.stack = [*[each for each in state.stack if each[0] < only.indent], (only.indent, only.text)]
        return
    state.section, state.deeper, state.stack = (only.indent, only.text), False, []


def _line(row: int, line: Sequence[Cell | None], stubs: int, state: _State) -> Line:
    labels = [cell for cell in _texts(line[:stubs]) if cell.text]
    label = ", ".join(cell.text for cell in labels)
    indent = labels[0].indent + labels[0].column if labels else 0
    if state.section:
        if indent > state.section[0]:
            state.deeper = True
        elif state.deeper:
            state.section = None
    state.stack = [each for each in state.stack if each[0] < indent]
    above = ((state.section[1],) if state.section else ()) + tuple(text for _, text in state.stack)
    if labels:
        state.stack.append((indent, label))
    cells = {cell.column: cell for cell in _texts(line[stubs:]) if cell.text and cell.row == row}  # a span counts once
    return Line(row, label, above, cells, state.heads)
