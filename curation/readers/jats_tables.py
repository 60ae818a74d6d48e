"""The tables of a JATS article: wrappers, groups of wrappers, alternatives, heads and bodies, notes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.readers.cell_text import cell_text
from curation.readers.citations import without_citations
from curation.readers.document import Table
from curation.readers.inline import Flow, footnote_marks
from curation.readers.markup import Node
from curation.readers.prose import Gathered, Sections, joined, named
from curation.readers.spans import GivenCell, GivenRow, TooLarge, laid_out
from curation.readers.typography import lead

_WRAPS = {"table-wrap", "table-wrap-group"}
_INDENT = re.compile(r"(?:padding-left|text-indent|margin-left)\s*:\s*(\d{1,4})(?:\.\d*)?\s*(em|rem|ex|pt|px|%)?")
_UNITS = {"em": 10, "rem": 10, "ex": 5}


def tables_of(wrap: Node, sections: Sections, gathered: Gathered) -> None:
    """Add the tables of a wrapper, each under its label and caption; a table that is a picture gives a remark."""
    if wrap.tag == "table":
        _add(wrap, "", "", (), frozenset(), sections, gathered)
        return
    _of_wrap(wrap, "", "", sections, gathered)


def _of_wrap(wrap: Node, label: str, caption: str, sections: Sections, gathered: Gathered) -> None:
    label = _cell_text(wrap.find("label")).rstrip(" .:") or label
    caption = joined(caption, _caption(wrap))
    foot = wrap.find("table-wrap-foot")
    notes = tuple(_notes(foot)) if foot is not None else ()
    marks = footnote_marks(foot)
    inner = [each for each in wrap if each.tag in _WRAPS]
    for each in inner:
        _of_wrap(each, label, caption, sections, gathered)
    tables = list(_tables(wrap))
    for table in tables:
        _add(table, label, caption, notes, marks, sections, gathered)
    if not tables and not inner:
        gathered.add(joined(label, caption), sections, "caption")
        for note in notes:
            gathered.add(note, sections, "note")
        gathered.remarks.append(f"{label or 'A table'} is a picture in this file; its numbers were not read.")


def _tables(node: Node) -> Iterator[Node]:
    """The tables directly of a wrapper, also among alternatives."""
    for child in node:
        if child.tag == "table":
            yield child
        elif child.tag == "alternatives":
            yield from [each for each in child if each.tag == "table"][:1]


def _add(
    table: Node,
    label: str,
    caption: str,
    notes: tuple[str, ...],
    marks: frozenset[str],
    sections: Sections,
    gathered: Gathered,
) -> None:
    try:
        cells = laid_out(table_rows(table, marks))
    except TooLarge:
        gathered.remarks.append(f"{label or 'A table'} covers more positions than a printed table and was not read.")
        return
    if not cells:
        gathered.add(joined(label, caption), sections, "caption")
        return
    gathered.table(Table(label, cells, caption, notes, named(sections), gathered.page))


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


def _caption(wrap: Node) -> str:
    caption = wrap.find("caption")
    if caption is None:
        return ""
    return joined(*(_cell_text(each) for each in caption if isinstance(each.tag, str)))


def _cell_text(node: Node | None) -> str:
    if node is None:
        return ""
    flow = Flow("cell")
    flow.walk(node)
    return cell_text(flow.text)


def _notes(foot: Node) -> Iterator[str]:
    """The notes under a table, one by one, each with its mark in front."""
    for child in foot:
        if child.tag == "fn-group":
            yield from _notes(child)
        elif isinstance(child.tag, str) and child.tag not in {"attrib", "permissions"}:
            flow = Flow("note")
            flow.walk(child)
            text = without_citations(flow.text)
            if text:
                yield text
