"""The text of an HTML page in reading order, once the page around the article is cut away."""

from __future__ import annotations

import re

from curation.readers.captions import FLOAT, caption_before, split_label
from curation.readers.document import Role, Table
from curation.readers.inline import APART, Flow, footnote_marks
from curation.readers.markup import Node
from curation.readers.markup_tables import table_rows, words_of
from curation.readers.prose import Gathered, named
from curation.readers.spans import TooLarge, laid_out

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    {
        *_HEADINGS,
        *(
            "p",
            "li",
            "dt",
            "dd",
            "table",
            "figcaption",
            "caption",
            "pre",
            "blockquote",
            "div",
            "section",
            "article",
            "main",
        ),
        *("ul", "ol", "dl", "figure", "aside", "details", "summary", "address", "fieldset", "form", "center", "body"),
    }
)
_CUT = frozenset(
    {"script", "style", "nav", "header", "footer", "noscript", "template", "iframe", "head", "button", "select"}
)
_CUT_NAMED = re.compile(
    r"\b(?:ref-list|references?|bibliography|citations?|nav(?:bar|igation)?|menu|sidebar|cookies?|breadcrumbs?|"
    r"acknowledg\w*|affiliations?|footer|site-header)\b",
    re.IGNORECASE,
)
_CUT_HEADED = re.compile(
    r"(?:\d+\.?\s*)?(?:references?|bibliography|literature cited|acknowledge?ments?|affiliations?)$", re.IGNORECASE
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ROLES: dict[str, Role] = {"li": "list", "dd": "list", "dt": "list", "figcaption": "caption", "caption": "caption"}


def pruned(root: Node) -> Node:
    """The page without menus, scripts, reference lists and what is hidden; the article alone where it is marked."""
    for node in list(root.iter()):
        if isinstance(node.tag, str) and node is not root and _is_cut(node):
            _cut(node)
    articles = list(root.iter("article"))
    if len(articles) == 1 and len(list(articles[0].iter("p"))) * 2 > len(list(root.iter("p"))):
        return articles[0]
    body = root.find("body")
    return root if body is None else body


def _is_cut(node: Node) -> bool:
    if node.tag in _CUT or node.get("hidden", "no") != "no" or _HIDDEN.search(node.get("style", "")):
        return True
    if node.tag in {"div", "section", "ol", "ul", "aside"}:
        return _CUT_NAMED.search(f"{node.get('id', '')} {node.get('class', '')}") is not None
    return False


def _cut(node: Node) -> None:
    """Take an element away, the text after it kept."""
    parent, earlier = node.getparent(), node.getprevious()
    if parent is None:
        return
    if node.tail:
        if earlier is not None:
            earlier.tail = (earlier.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)


class Page:
    """Walks a page; headings open sections by their level, a reference list by its heading is passed over."""

    def __init__(self, gathered: Gathered, title: str) -> None:
        self.gathered = gathered
        self._title = title.casefold()
        self._open: list[tuple[int, str]] = []
        self._passed_over = 0

    def read(self, node: Node, role: Role = "paragraph") -> None:
        """Add the texts of an element, and of the blocks in it."""
        flow = Flow(interrupting=_BLOCKS)
        flow.walk(node)
        for place, piece in enumerate(flow.text.split(APART)):
            if not self._passed_over:
                self.gathered.add(piece, self._sections, role)
            if place < len(flow.blocks):
                self._block(flow.blocks[place], role)

    @property
    def _sections(self) -> tuple[str, ...]:
        return tuple(name for _, name in self._open)

    def _block(self, node: Node, role: Role) -> None:
        if node.tag in _HEADINGS:
            self._heading(node)
        elif node.tag == "table":
            if not self._passed_over:
                self._table(node)
        else:
            inner = role if node.tag in {"p", "div"} else "paragraph"
            self.read(node, _ROLES.get(node.tag, inner))

    def _heading(self, node: Node) -> None:
        level, text = _HEADINGS[node.tag], words_of(node)
        if not text or (text.casefold() == self._title and not self._open):
            return
        if FLOAT.match(text):
            self.gathered.add(text, self._sections, "caption")
            return
        if self._passed_over and level > self._passed_over:
            return
        self._passed_over = level if _CUT_HEADED.match(text) else 0
        if self._passed_over:
            return
        self._open = [(depth, name) for depth, name in self._open if depth < level]
        before = self._sections
        under = self.gathered.heading(text, before)
        if len(under) > len(before):
            self._open.append((level, under[-1]))

    def _table(self, node: Node) -> None:
        if node.get("role", "") == "presentation" or len(list(node.iter("table"))) > 1:
            self.read(node)
            return
        label, caption = split_label(words_of(node.find("caption")))
        if not label and not caption:
            label, caption = caption_before(self.gathered)
        try:
            cells = laid_out(table_rows(node, footnote_marks(node.find("tfoot"))))
        except TooLarge:
            said = "covers more positions than a printed table and was not read."
            self.gathered.remarks.append(f"{label or 'A table'} {said}")
            return
        if cells:
            self.gathered.table(Table(label, cells, caption, (), named(self._sections)))
