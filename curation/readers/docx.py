"""Word files (.docx): their parts are read as they are, turned into plain markup, and that is read like a page."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from curation.intake.archive import BROKEN
from curation.readers.document import Document
from curation.readers.docx_markup import Markup
from curation.readers.docx_styles import Numbering, styles_of
from curation.readers.facts import Facts
from curation.readers.html_body import Page
from curation.readers.markup import Node, parsed_xml, words
from curation.readers.package import check_package, holds
from curation.readers.prose import Gathered
from curation.readers.reader import Reader, called, library, refused

_BODY = "word/document.xml"
_WHOLE = "a whole Word file; save it again"
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+[^\s\"<>.,;)\]]")


def _recognises(path: Path, head: bytes) -> bool:
    return holds(path, head, _BODY) or (path.suffix.lower() in FORMAT.suffixes and head.startswith(b"PK"))


def _read(path: Path, _: bytes) -> Document:
    check_package(path, "Word file")
    body = _part(path, _BODY)
    body = None if body is None else body.find("body")
    if body is None:
        raise refused(path, "a Word file without its text", _WHOLE)
    markup = Markup(
        library("lxml.etree", path),
        styles_of(_part(path, "word/styles.xml")),
        Numbering(_part(path, "word/numbering.xml")),
    )
    root = markup.of(body)
    title = markup.title or _only_heading(root) or words(_title(_part(path, "docProps/core.xml")))
    gathered = Gathered(linked=markup.cites, notes_follow=True)
    if title:
        gathered.add(title, role="title")
    Page(gathered, title).read(root)
    if not gathered.parts:
        raise refused(path, "a Word file without any text", "one with text")
    doi = _DOI.search("\n".join(each.text for each in gathered.parts[:12] if hasattr(each, "text")))
    return gathered.document(called(path), FORMAT.name, Facts(title, doi.group() if doi else ""))


def _only_heading(root: Node) -> str:
    """The one heading of the first level, where all others are under it: the title of an article."""
    first = root.findall("h1")
    return words(first[0]) if len(first) == 1 and next(root.iter("h1", "h2", "h3")) is first[0] else ""


def _part(path: Path, name: str) -> Node | None:
    """A part of the package, or None where it has no such part."""
    try:
        with zipfile.ZipFile(path) as archive:
            data = archive.read(name)
    except KeyError:
        return None
    except BROKEN:
        raise refused(path, "a damaged Word file", _WHOLE) from None
    return parsed_xml(path, data, _WHOLE)


def _title(core: Node | None) -> Node | None:
    return None if core is None else core.find("title")


FORMAT = Reader("docx", "Word files", (".docx",), _recognises, _read, rank=3)
