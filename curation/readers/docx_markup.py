"""The body of a Word file as plain markup: p, h1 to h6, li, table, sup, sub; deletions left out, insertions kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from curation.readers.docx_styles import Numbering, value
from curation.readers.docx_table import rows_of
from curation.readers.headings import is_named
from curation.readers.markup import Node

_LEFT_OUT = frozenset(
    {
        *(
            "pPr",
            "rPr",
            "del",
            "moveFrom",
            "delText",
            "instrText",
            "footnoteReference",
            "endnoteReference",
            "annotationRef",
        ),
        *(
            "commentReference",
            "Fallback",
            "sectPr",
            "tblPr",
            "tblGrid",
            "trPr",
            "tcPr",
            "sdtPr",
            "sdtEndPr",
            "proofErr",
        ),
        *("drawing", "pict", "object", "ruby", "oMathParaPr", "ctrlPr"),
    }
)
_CITING = re.compile(r"EN\.CITE|ZOTERO_ITEM|CSL_CITATION|MENDELEY|CITATION|REFMGR|PAPERS2_CITATIONS", re.IGNORECASE)
_SIGNS = {"tab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-", "ptab": " "}
_TWIPS_PER_PIXEL = 15
_Lxml: TypeAlias = Any
"""lxml itself, or an element that is being built: lxml has no types."""


class Markup:
    """Turns paragraphs and tables into elements; knows afterwards the title, and whether citations were marked."""

    def __init__(self, etree: _Lxml, styles: Mapping[str, int], numbering: Numbering) -> None:
        self._etree = etree
        self._styles = styles
        self._numbering = numbering
        self._fields: list[str] = []
        self.title = ""
        self.cites = False

    def of(self, body: Node) -> Node:
        """The markup of a body."""
        root = self._etree.Element("body")
        self._styled = any(value(each) in self._styles for each in body.iter("pStyle"))
        self._blocks(body, root)
        made: Node = root
        return made

    def _blocks(self, node: Node, into: _Lxml) -> None:
        for child in node:
            if child.tag == "p":
                self._paragraph(child, into)
            elif child.tag == "tbl":
                self._table(child, into)
            elif isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
                self._blocks(child, into)

    def _paragraph(self, node: Node, into: _Lxml) -> None:
        made = self._etree.Element(self._tag(node))
        label = self._label(node)
        if label:
            self._say(made, f"{label} ")
        self._inline(node, made)
        text = "".join(made.itertext()).strip()
        if self._level(node) == 0 and text and not self.title:
            self.title = " ".join(text.split())
            return
        if made.tag == "p" and not self._styled and is_named(text):
            made.tag = "h2"
        if text:
            into.append(made)

    def _level(self, node: Node) -> int | None:
        style = value(node.find("pPr/pStyle"))
        outline = value(node.find("pPr/outlineLvl"))
        if style in self._styles:
            return self._styles[style]
        return int(outline) + 1 if outline.isdigit() and int(outline) < 6 else None

    def _tag(self, node: Node) -> str:
        level = self._level(node)
        if level:
            return f"h{level}"
        return "li" if node.find("pPr/numPr") is not None else "p"

    def _label(self, node: Node) -> str:
        """The number that Word prints before a list item."""
        number = value(node.find("pPr/numPr/numId"))
        if not number or self._level(node) is not None:
            return ""
        return self._numbering.label(number, value(node.find("pPr/numPr/ilvl")) or "0")

    def _inline(self, node: Node, into: _Lxml) -> None:
        """The runs of a paragraph, also within links, insertions and fields."""
        for child in node:
            if not isinstance(child.tag, str) or child.tag in _LEFT_OUT:
                continue
            if child.tag == "r":
                self._run(child, into)
            elif child.tag in _MATHS:
                _MATHS[child.tag](self, child, into)
            elif child.tag == "t":
                self._say(into, child.text or "")
            else:
                self._inline(child, into)

    def _run(self, node: Node, into: _Lxml) -> None:
        properties = node.find("rPr")
        if (
            properties is not None
            and properties.find("vanish") is not None
            and value(properties.find("vanish")) not in {"0", "false"}
        ):
            return
        place = value(None if properties is None else properties.find("vertAlign"))
        texts = []
        for child in node:
            if child.tag == "fldChar":
                self._field(value(child, "fldCharType"))
            elif child.tag == "instrText" and self._fields:
                self._fields[-1] += child.text or ""
            elif child.tag == "t":
                texts.append(child.text or "")
            elif child.tag == "sym":
                texts.append(_symbol(value(child, "char")))
            elif isinstance(child.tag, str):
                texts.append(_SIGNS.get(child.tag, ""))
        self._put("".join(texts), place, into)

    def _put(self, text: str, place: str, into: _Lxml) -> None:
        """Add a run's text: plain, raised or lowered, and as a citation inside a field of a reference manager."""
        if not text:
            return
        citing = any(_CITING.search(each) for each in self._fields)
        self.cites = self.cites or citing
        if place in {"superscript", "subscript"}:
            into = self._under(into, place[:3])
        if citing:
            into = self._under(into, "a")
            into.set("class", "bibr")
        self._say(into, text)

    def _under(self, into: _Lxml, tag: str) -> _Lxml:
        """The last element of this kind when nothing stands after it, so that runs cut in two are one; else a new one."""
        last = into[-1] if len(into) else None
        if last is not None and last.tag == tag and not last.tail:
            return last
        return self._etree.SubElement(into, tag)

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append("")
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _say(self, into: _Lxml, text: str) -> None:
        if len(into):
            into[-1].tail = (into[-1].tail or "") + text
        else:
            into.text = (into.text or "") + text

    def _fraction(self, node: Node, into: _Lxml) -> None:
        for name, before in (("num", ""), ("den", "/")):
            self._say(into, before)
            part = node.find(name)
            if part is not None:
                self._inline(part, into)

    def _script(self, node: Node, into: _Lxml) -> None:
        for name, tag in (("e", ""), ("sub", "sub"), ("sup", "sup")):
            part = node.find(name)
            if part is not None:
                self._inline(part, self._etree.SubElement(into, tag) if tag else into)

    def _table(self, node: Node, into: _Lxml) -> None:
        table = self._etree.SubElement(into, "table")
        for row in rows_of(node):
            made = self._etree.SubElement(table, "tr")
            for cell in row:
                attributes = {"rowspan": str(cell.rows), "colspan": str(cell.columns)}
                below = self._etree.SubElement(made, "th" if cell.head or _is_heading(cell.node) else "td", attributes)
                if cell.node is not None:
                    self._blocks(cell.node, below)
                    if indent := _set_in(cell.node):
                        below.set("style", f"padding-left: {indent}px")


_MATHS: dict[str, Callable[[Markup, Node, Any], None]] = {
    "f": Markup._fraction,
    "sSup": Markup._script,
    "sSub": Markup._script,
    "sSubSup": Markup._script,
}


def _is_heading(cell: Node | None) -> bool:
    """Whether the text of a cell has the style of table headings."""
    style = value(None if cell is None else cell.find("p/pPr/pStyle")).casefold()
    return "table" in style and "head" in style


def _symbol(code: str) -> str:
    """A sign of a symbol font by its code; those fonts put Latin signs into a private range."""
    try:
        number = int(code[:6], 16)
    except ValueError:
        return ""
    number = number - 0xF000 if 0xF000 <= number <= 0xF0FF else number
    return _SYMBOLS.get(number, "") if number < 0x100 else chr(number) if number < 0xD800 else ""


_SYMBOLS = {
    0xB1: "±",
    0xA3: "≤",
    0xB3: "≥",
    0x63: "χ",
    0x61: "α",
    0x62: "β",
    0x6D: "μ",
    0x44: "Δ",
    0xB4: "×",
    0x2D: "−",
    0x3D: "=",
}


def _set_in(cell: Node) -> int:
    """How far the first paragraph of a cell is set in, in pixels."""
    given = cell.find("p/pPr/ind")
    twips = [value(given, "left") or value(given, "start"), value(given, "firstLine")]
    return sum(int(each[:6]) for each in twips if each.isascii() and each.isdigit()) // _TWIPS_PER_PIXEL
