"""The tables of a JATS article: wrappers, groups of wrappers, alternatives, heads and bodies, notes."""

from __future__ import annotations

from collections.abc import Iterator

from curation.readers.citations import without_citations
from curation.readers.document import Table
from curation.readers.inline import Flow, footnote_marks
from curation.readers.markup import Node
from curation.readers.markup_tables import table_rows, words_of
from curation.readers.prose import Gathered, Sections, joined, named
from curation.readers.spans import TooLarge, laid_out

_WRAPS = {"table-wrap", "table-wrap-group"}


def tables_of(wrap: Node, sections: Sections, gathered: Gathered) -> None:
    """Add the tables of a wrapper, each under its label and caption; a table that is a picture gives a remark."""
    if wrap.tag == "table":
        _add(wrap, "", "", (), frozenset(), sections, gathered)
        return
    _of_wrap(wrap, "", "", sections, gathered)


def _of_wrap(wrap: Node, label: str, caption: str, sections: Sections, gathered: Gathered) -> None:
    label = words_of(wrap.find("label")).rstrip(" .:") or label
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


def _caption(wrap: Node) -> str:
    caption = wrap.find("caption")
    if caption is None:
        return ""
    return joined(*(words_of(each) for each in caption if isinstance(each.tag, str)))


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
