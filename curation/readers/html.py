"""HTML pages of articles: headings, paragraphs, lists, tables and captions; the page around them left out."""

from __future__ import annotations

from pathlib import Path

from curation.readers.document import Document
from curation.readers.encodings import decoded, is_text
from curation.readers.html_body import Page, pruned
from curation.readers.html_front import facts_of
from curation.readers.inline import is_citation
from curation.readers.markup import parsed_html
from curation.readers.prose import Gathered
from curation.readers.reader import Reader, called, refused

_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body")


def _recognises(path: Path, head: bytes) -> bool:
    plain = head.replace(b"\x00", b"").lower()
    if any(start in plain for start in _STARTS[:2]) and plain.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
        return True
    return path.suffix.lower() in FORMAT.suffixes and b"<" in head and is_text(head)


def _read(path: Path, data: bytes) -> Document:
    root = parsed_html(path, decoded(data, declared=True))
    if root is None:
        raise refused(path, "a page without any element", "an HTML page with text")
    facts = facts_of(root)
    body = pruned(root)
    gathered = Gathered(linked=any(is_citation(link) for link in root.iter("a")), notes_follow=True)
    if facts.title:
        gathered.add(facts.title, role="title")
    Page(gathered, facts.title).read(body)
    if not gathered.parts:
        raise refused(
            path, "a page without any text", "an HTML page with text; save it from the browser when it is loaded"
        )
    return gathered.document(called(path), FORMAT.name, facts)


FORMAT = Reader("html", "HTML", (".html", ".htm", ".xhtml"), _recognises, _read, rank=2)
