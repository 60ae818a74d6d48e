"""The rows of a table element as JATS and HTML have it, and how far its row labels are set in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.readers.cell_text import cell_text
from curation.readers.inline import Flow
from curation.readers.markup import Node
from curation.readers.spans import GivenCell, GivenRow
from curation.readers.typography import lead

_INDENT = re.compile(r"(?:padding-left|text-indent|margin-left)\s*:\s*(\d{1,4})(?:\.\d*)?\s*(em|rem|ex|pt|px|%)?")
_UNITS = {"em": 10, "rem": 10, "ex": 5}


def table_rows(table: Node, marks: frozenset[str] = frozenset()) -> Iterator[list[GivenRow]]:
    """The rows of a table by section: head, bodies, foot, whatever their order in the file."""
    groups: dict[str, list[list[Node]]] = {"thead": [], "tbody": [], "tfoot": []}
    for child in table:
        if child.tag in groups:
            groups[child.tag].append([row for row in child if row.tag == "tr"])
        elif child.tag == "tr":
            loose = groups["tbody"]
            if not loose or not loose[-1] or loose[-1][-1].getparent() is not table:
                loose.append([])
            loose[-1].append(child)
    for name, sections in groups.items():
        for rows in sections:
            yield [[_cell(cell, name == "thead", marks) for cell in row if cell.tag in {"td", "th"}] for row in rows]


def _cell(node: Node, in_head: bool, marks: frozenset[str]) -> GivenCell:  # noqa: FBT001 - where the cell stands
    flow = Flow("cell", marks)
    flow.walk(node)
    return GivenCell(
        text=cell_text(flow.text),
        rows=_span(node.get("rowspan", "1")),
        columns=_span(node.get("colspan", "1")) or 1,
        head=in_head or node.tag == "th",
        lead=lead(flow.text) + _set_in(node),
    )


def _span(given: str) -> int:
    """A span as written; what is no whole number counts as one, and what is absurd is cut later."""
    given = given.strip()
    return int(given[:9]) if given.isascii() and given.isdigit() else 1


def _set_in(node: Node) -> int:
    """How wide the style of a cell, or of the paragraph in it, sets it in."""
    first = next(iter(node), None)
    styles = [
        node.get("style", ""),
        first.get("style", "") if first is not None and first.tag in {"p", "div", "span"} else "",
    ]
    return sum(int(found[1]) * _UNITS.get(found[2] or "px", 1) for style in styles if (found := _INDENT.search(style)))


def words_of(node: Node | None) -> str:
    """The text of a label, a caption or a cell; blank where there is no such element."""
    if node is None:
        return ""
    flow = Flow("cell")
    flow.walk(node)
    return cell_text(flow.text)
