"""The rows of a table of a Word file, its cells merged downwards as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from curation.readers.docx_styles import value
from curation.readers.markup import Node
from curation.readers.spans import WIDEST_SPAN


@dataclass(slots=True)
class WordCell:
    """A cell with its spans; without a node it stands for columns a row leaves out."""

    node: Node | None
    columns: int = 1
    rows: int = 1
    head: bool = False


def rows_of(table: Node) -> list[list[WordCell]]:
    """The rows that are not deleted; a cell that continues the one above makes that one taller."""
    above: dict[int, WordCell] = {}
    rows = []
    for row in _within(table, "tr"):
        if row.find("trPr/del") is not None:
            continue
        head = row.find("trPr/tblHeader") is not None
        column, cells = _number(row.find("trPr/gridBefore"), 0), []
        if column:
            cells.append(WordCell(None, column))
        for node in _within(row, "tc"):
            columns = _number(node.find("tcPr/gridSpan"), 1) or 1
            merge = node.find("tcPr/vMerge")
            if merge is not None and value(merge) != "restart" and column in above:
                above[column].rows += 1
            else:
                cells.append(WordCell(node, columns, head=head))
                above[column] = cells[-1]
            column += columns
        rows.append(cells)
    return rows


def _within(node: Node, tag: str) -> Iterator[Node]:
    """The elements of this kind directly below, also within content controls and insertions."""
    for child in node:
        if child.tag == tag:
            yield child
        elif child.tag in {"sdt", "sdtContent", "ins", "moveTo", "customXml"}:
            yield from _within(child, tag)


def _number(node: Node | None, otherwise: int) -> int:
    given = value(node)
    return min(int(given[:6]), WIDEST_SPAN) if given.isascii() and given.isdigit() else otherwise
