"""Running text out of JATS and HTML elements: raised and lowered digits, formulas, citations, marks of footnotes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Literal

from curation.readers.citations import marked, only_citations
from curation.readers.markup import Node, words
from curation.readers.mathematics import formula, tex
from curation.readers.typography import lowered, raised

Place = Literal["prose", "cell", "note"]
"""Running text; a cell, a caption or a label, where raised letters point to notes; or such a note itself."""

APART = "\x04"
"""Stands in a text where a block (a table, a list) interrupts it."""

_EXPONENT_OF = re.compile(r"(?:\b10|[×x]\s*10|(?:^|[^\w.])[kcdmµμn]?m|[χηωrRIεfF²]|\bchi|\beta|\bft|\bin|\bsq)\s?$")
_NUMERIC = re.compile(r"[\d+\-−–.,]*\d[\d+\-−–.,]*")
_SHORT_MARK = re.compile(r"[^\W\d]{1,2}|[^\w\s]+|\s*")
_BARE_CITATION = re.compile(r"\[?\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*\]?")
_LONGEST_MARK = 60
_ORDINAL = {"st", "nd", "rd", "th"}
_LISTED = re.compile(r"[,;\s]+")
_REFERENCE_TARGET = re.compile(r"#.*(?:ref|bib|cit|cr\d|\bb\d)", re.IGNORECASE)
_NOTE_TARGET = re.compile(r"#.*(?:fn|foot|note)", re.IGNORECASE)


@dataclass
class Flow:
    """A text as it is collected, element after element.

    ``footnotes`` are the marks of the notes under the table; ``blocks`` are the elements that interrupt the text, in
    the order of their APART signs, where ``interrupting`` names any.
    """

    place: Place = "prose"
    footnotes: Collection[str] = frozenset()
    interrupting: Collection[str] = frozenset()
    pieces: list[str] = field(default_factory=list)
    blocks: list[Node] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What was collected, spaces and marked citations as they came."""
        return "".join(self.pieces)

    def walk(self, node: Node) -> None:
        """Collect the text of an element, its own and that of everything in it."""
        if node.text:
            self.pieces.append(node.text)
        for child in node:
            if isinstance(child.tag, str):
                self._child(child)
            if child.tail:
                self.pieces.append(child.tail)

    def _child(self, child: Node) -> None:
        if child.tag in self.interrupting:
            self.pieces.append(APART)
            self.blocks.append(child)
            return
        handle = _HANDLERS.get(child.tag)
        if handle is None:
            self.walk(child)
        else:
            handle(self, child)

    def apart(self, child: Node) -> None:
        """A block inside a text: its words stand apart."""
        self.pieces.append(" ")
        self.walk(child)
        self.pieces.append(" ")

    def space(self, _: Node) -> None:
        """A line break."""
        self.pieces.append(" ")

    def nothing(self, _: Node) -> None:
        """What is no text: a picture, an identifier."""

    def high(self, child: Node) -> None:
        """A raised text: digits in Unicode, citations marked, marks of notes left out."""
        content = self._taken(child)
        if not content:
            return
        if only_citations(content) or len(content) > _LONGEST_MARK:
            self.pieces.append(content)
        elif self.place == "prose" and self._is_bare_citation(content):
            self.pieces.append(marked(content))
        elif not self._is_mark(content):
            self._close_up()
            self.pieces.append(raised(content))
        else:
            self.pieces.append(f" {content} " if self.place == "note" else marked(""))

    def low(self, child: Node) -> None:
        """A lowered text."""
        content = self._taken(child)
        if content:
            self._close_up()
            self.pieces.append(lowered(content))

    def cross(self, child: Node) -> None:
        """A cross-reference: to the reference list (a citation), to a note (a mark), or elsewhere (its words)."""
        kind = child.get("ref-type", "")
        if kind in {"bibr", "ref"}:
            self.pieces.append(marked(self._taken(child)))
        elif kind in {"table-fn", "fn", "author-notes", "aff", "corresp"}:
            self.pieces.append(marked(""))
        else:
            self.walk(child)

    def link(self, child: Node) -> None:
        """A link of a page; one into the reference list is a citation, one to a note a mark."""
        if is_citation(child):
            self.pieces.append(marked(self._taken(child)))
        elif "noteref" in child.get("role", "") or _NOTE_TARGET.match(child.get("href", "")):
            self.pieces.append(marked(""))
        else:
            self.walk(child)

    def mathematics(self, child: Node) -> None:
        """A formula in MathML."""
        self.pieces.append(formula(child))

    def tex(self, child: Node) -> None:
        """A formula in TeX."""
        self.pieces.append(tex("".join(child.itertext())))

    def alternatives(self, child: Node) -> None:
        """One thing in several forms: the one that reads best as text."""
        forms = {each.tag: each for each in reversed(list(child)) if isinstance(each.tag, str)}
        for tag in ("textual-form", "math", "tex-math", "table", "p"):
            if tag in forms:
                self._child(forms[tag])
                return

    def quote(self, child: Node) -> None:
        """Words between quotation marks."""
        self.pieces.append("“")
        self.walk(child)
        self.pieces.append("”")

    def _taken(self, child: Node) -> str:
        """The text of an element, not yet part of this one."""
        start = len(self.pieces)
        self.walk(child)
        content = "".join(self.pieces[start:])
        del self.pieces[start:]
        return content.strip()

    def _close_up(self) -> None:
        """Take away a line break before a raised or lowered text: it lays out the file, nobody prints it."""
        if self.pieces and "\n" in self.pieces[-1] and not self.pieces[-1].strip():
            del self.pieces[-1]

    def _is_bare_citation(self, content: str) -> bool:
        """Whether a raised number is a citation although nothing links it: in brackets, or after a full stop or comma."""
        if not _BARE_CITATION.fullmatch(content):
            return False
        before = "".join(self.pieces[-2:])[-2:]
        return content.startswith("[") or (before[-1:] in {".", ",", ";"} and not before[:1].isdigit())

    def _is_mark(self, content: str) -> bool:
        """Whether a raised text points to a note, told by what it is and by what stands before it."""
        if self.place == "prose":
            return not any(sign.isalnum() or sign in "+-−–=()/′'∘°." for sign in content)
        return points_to_note(content, "".join(self.pieces[-3:])[-12:], self.footnotes)


_Handler = Callable[[Flow, Node], None]
_HANDLERS: dict[str, _Handler] = {
    **dict.fromkeys(("sup",), Flow.high),
    **dict.fromkeys(("sub", "inf"), Flow.low),
    **dict.fromkeys(("xref",), Flow.cross),
    **dict.fromkeys(("a",), Flow.link),
    **dict.fromkeys(("break", "br", "hr"), Flow.space),
    **dict.fromkeys(("math",), Flow.mathematics),
    **dict.fromkeys(("tex-math",), Flow.tex),
    **dict.fromkeys(("alternatives",), Flow.alternatives),
    **dict.fromkeys(("q",), Flow.quote),
    **dict.fromkeys(
        ("p", "list", "list-item", "label", "title", "def-item", "def", "disp-formula", "disp-quote", "verse-line"),
        Flow.apart,
    ),
    **dict.fromkeys(("div", "li", "ul", "ol", "dl", "dt", "dd", "blockquote", "table", "tr", "td", "th"), Flow.apart),
    **dict.fromkeys(
        ("graphic", "inline-graphic", "media", "object-id", "alt-text", "long-desc", "index-term", "fn", "processing"),
        Flow.nothing,
    ),
    **dict.fromkeys(
        ("script", "style", "img", "svg", "noscript", "template", "button", "select", "iframe", "object", "input"),
        Flow.nothing,
    ),
}
"""What is done with an element that is not simply read through."""


def points_to_note(content: str, before: str, footnotes: Collection[str] = frozenset()) -> bool:
    """Whether a raised text of a table is the mark of a note; "10⁹", "m²", "Ca²⁺" and "1st" are none."""
    if content in _ORDINAL and before[-1:].isdigit():
        return False
    parts = _LISTED.split(content)
    if all(part in footnotes for part in parts):
        return not (content.isdigit() and _EXPONENT_OF.search(before))
    if content in {"+", "-", "−", "–"}:
        return not before[-1:].isalpha()
    if _NUMERIC.fullmatch(content):
        return False
    return all(_SHORT_MARK.fullmatch(part) for part in parts)


def is_citation(link: Node) -> bool:
    """Whether a link of a page points into its reference list."""
    role = f"{link.get('role', '')} {link.get('class', '')}"
    return "biblioref" in role or "bibr" in role or _REFERENCE_TARGET.match(link.get("href", "")) is not None


def footnote_marks(notes: Node | None) -> frozenset[str]:
    """The marks that the notes under a table begin with."""
    if notes is None:
        return frozenset()
    found: set[str] = set()
    for node in notes.iter("label", "sup"):
        text = words(node)
        if text and len(text) <= 3 and (node.tag == "label" or _begins(node)):
            found.add(text)
    return frozenset(found)


def _begins(node: Node) -> bool:
    """Whether an element stands at the beginning of a text or of a word: "m²" has no mark in it."""
    earlier = node.getprevious()
    parent = node.getparent()
    before = earlier.tail if earlier is not None else parent.text if parent is not None else None
    return not before or before[-1].isspace()
