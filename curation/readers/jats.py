"""JATS XML, as PubMed Central and the publishers give it out."""

from __future__ import annotations

import re
from pathlib import Path

from curation.readers.document import Document
from curation.readers.jats_body import Body
from curation.readers.jats_front import front
from curation.readers.markup import Node, parsed_xml
from curation.readers.prose import Gathered
from curation.readers.reader import Reader, called, refused

_DOCTYPE = re.compile(rb"<!DOCTYPE\s+article\b", re.IGNORECASE)
_ARTICLE = re.compile(rb"<(?:\w+:)?article[\s>]")
_PAGE = re.compile(rb"<(?:!doctype\s+)?html[\s>]", re.IGNORECASE)
_EXPECTED = "a JATS article whose XML is well formed; download it again"


def _recognises(path: Path, head: bytes) -> bool:
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        head = head.replace(b"\x00", b"")[2:]
    if _PAGE.search(head) and not _DOCTYPE.search(head):
        return False
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<" and (_DOCTYPE.search(head) or (b"<front" in head and _ARTICLE.search(head))):
        return True
    return start == b"<" and (path.suffix.lower() in FORMAT.suffixes or head.lstrip().startswith(b"<?xml"))


def _read(path: Path, data: bytes) -> Document:
    root = parsed_xml(path, data, _EXPECTED)
    article: Node | None = root if root.tag == "article" else next(iter(root.iter("article")), None)
    if article is None:
        raise refused(path, f"XML whose outermost element is <{root.tag}>", "a JATS article, with an <article> element")
    gathered = Gathered(linked=any(each.get("ref-type", "") in {"bibr", "ref"} for each in article.iter("xref")))
    if any(not isinstance(each.tag, str) for each in article.iter()):
        gathered.remarks.append("The file declares entities of its own; they were left out of the text.")
    facts = front(article)
    body = Body(gathered)
    if facts.title:
        gathered.add(facts.title, role="title")
    body.article(article)
    if not gathered.parts:
        raise refused(path, "a JATS article without any text", "one with an abstract or a body")
    return gathered.document(called(path), FORMAT.name, facts)


FORMAT = Reader("jats", "JATS XML", (".xml", ".nxml"), _recognises, _read, rank=1)
