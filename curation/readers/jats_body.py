"""Abstract, body, appendices and floating parts of a JATS article, in reading order."""

from __future__ import annotations

from collections.abc import Callable

from curation.readers.citations import without_citations
from curation.readers.document import Role
from curation.readers.inline import APART, Flow
from curation.readers.jats_tables import tables_of
from curation.readers.markup import Node
from curation.readers.prose import Gathered, Sections, joined

_OTHER_ABSTRACTS = {"toc", "graphical", "teaser", "video", "key-images"}
_INTERRUPTING = frozenset(
    {
        *(
            "table-wrap",
            "table-wrap-group",
            "table",
            "fig",
            "fig-group",
            "boxed-text",
            "list",
            "def-list",
            "disp-quote",
        ),
        *("supplementary-material", "disp-formula-group", "fn", "array", "preformat", "code"),
    }
)


class Body:
    """Walks the elements that hold text and adds what they hold to what was gathered."""

    def __init__(self, gathered: Gathered) -> None:
        self.gathered = gathered

    def article(self, article: Node) -> None:
        """The whole article: abstracts, body, appendices, and what floats."""
        for abstract in article.findall("front/article-meta/abstract"):
            if abstract.get("abstract-type", "") not in _OTHER_ABSTRACTS:
                self._abstract(abstract)
        for path in ("body", "back/app-group", "back/app", "back/sec", "back/fn-group", "floats-group", "floats-wrap"):
            for part in article.findall(path):
                if part.tag in {"app", "sec"}:
                    self._section(part, ())
                else:
                    self.blocks(part, ())

    def _abstract(self, abstract: Node) -> None:
        title = abstract.find("title")
        named = self._words(title) if title is not None else ""
        sections = self.gathered.heading(named or "Abstract", ())
        self.blocks(abstract, sections)

    def blocks(self, node: Node, sections: Sections) -> None:
        """Everything in an element that holds blocks."""
        for child in node:
            if isinstance(child.tag, str):
                handle = _BLOCKS.get(child.tag)
                if handle is not None:
                    handle(self, child, sections)

    def _section(self, node: Node, sections: Sections) -> None:
        title = node.find("title")
        if title is not None:
            sections = self.gathered.heading(self._words(title), sections)
        self.blocks(node, sections)

    def _paragraph(self, node: Node, sections: Sections) -> None:
        self._flowing(node, sections, "paragraph")

    def _flowing(self, node: Node, sections: Sections, role: Role, before: str = "") -> None:
        """A text, and between its pieces the blocks that interrupt it."""
        flow = Flow("note" if role == "note" else "prose", interrupting=_INTERRUPTING)
        flow.walk(node)
        pieces = flow.text.split(APART)
        pieces[0] = f"{before} {pieces[0]}"
        for place, piece in enumerate(pieces):
            self.gathered.add(piece, sections, role)
            if place < len(flow.blocks):
                block = flow.blocks[place]
                _BLOCKS.get(block.tag, Body.nothing)(self, block, sections)

    def _list(self, node: Node, sections: Sections) -> None:
        for item in node.findall("list-item"):
            label = item.find("label")
            before = self._words(label) if label is not None else ""
            for child in item:
                if child.tag in {"p", "title"}:
                    self._flowing(child, sections, "list", before)
                    before = ""
                elif child.tag != "label":
                    _BLOCKS.get(child.tag, Body.nothing)(self, child, sections)

    def _definitions(self, node: Node, sections: Sections) -> None:
        for item in node.findall("def-item"):
            term, meaning = item.find("term"), item.find("def")
            texts = [self._words(each) for each in (term, meaning) if each is not None]
            self.gathered.add(": ".join(texts), sections, "list")

    def _figure(self, node: Node, sections: Sections) -> None:
        caption = node.find("caption")
        texts = [self._words(each) for each in [node.find("label")] if each is not None]
        if caption is not None:
            texts += [self._words(each) for each in caption if isinstance(each.tag, str)]
        self.gathered.add(joined(*texts), sections, "caption")
        self.blocks(node, sections)

    def _tables(self, node: Node, sections: Sections) -> None:
        tables_of(node, sections, self.gathered)

    def _boxed(self, node: Node, sections: Sections) -> None:
        caption, label = node.find("caption"), node.find("label")
        texts = [self._words(each) for each in (label, caption) if each is not None]
        if any(texts):
            sections = self.gathered.heading(joined(*texts), sections)
        self._section(node, sections)

    def _note(self, node: Node, sections: Sections) -> None:
        for child in node.findall("p"):
            self._flowing(child, sections, "note")

    def _formula(self, node: Node, sections: Sections) -> None:
        flow = Flow()
        flow.walk(node)
        self.gathered.add(flow.text, sections)

    def nothing(self, node: Node, sections: Sections) -> None:
        """What is left out: reference lists, acknowledgements, files that come with the article."""

    @staticmethod
    def _words(node: Node) -> str:
        flow = Flow("cell")
        flow.walk(node)
        return without_citations(flow.text)


_Block = Callable[[Body, Node, Sections], None]
_BLOCKS: dict[str, _Block] = {
    "sec": Body._section,
    "app": Body._section,
    "app-group": Body.blocks,
    "p": Body._paragraph,
    "preformat": Body._paragraph,
    "verse-group": Body._paragraph,
    "list": Body._list,
    "def-list": Body._definitions,
    "disp-formula": Body._formula,
    "disp-formula-group": Body.blocks,
    "disp-quote": Body.blocks,
    "statement": Body.blocks,
    "fig": Body._figure,
    "fig-group": Body._figure,
    "table-wrap": Body._tables,
    "table-wrap-group": Body._tables,
    "table": Body._tables,
    "boxed-text": Body._boxed,
    "fn": Body._note,
    "fn-group": Body.blocks,
}
"""What is done with each element that holds text; what is not named here is left out."""
