"""XML and HTML parsed without entities of their own, without a DTD and without the network; elements by plain names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from html.entities import html5
from pathlib import Path
from typing import Protocol

from curation.readers.reader import library, refused

_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_OF_XML = {b"amp", b"lt", b"gt", b"quot", b"apos"}
_AT = re.compile(r",? line \d+, column \d+.*$")
MOST_ELEMENTS = 500_000
"""Elements of one document; an article has some thousands."""
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")


class Node(Protocol):
    """An element as the parser gives it; of a comment or an entity the tag is no text."""

    tag: str
    text: str | None
    tail: str | None

    def __iter__(self) -> Iterator[Node]: ...
    def __len__(self) -> int: ...
    def get(self, name: str, default: str) -> str:
        """An attribute, or the default where there is none."""
        ...

    def items(self) -> list[tuple[str, str]]:
        """Its attributes."""
        ...

    def iter(self, *tags: str) -> Iterator[Node]:
        """The element and everything in it, or those of the named tags."""
        ...

    def find(self, path: str) -> Node | None:
        """The first element of a path."""
        ...

    def findall(self, path: str) -> list[Node]:
        """All elements of a path."""
        ...

    def remove(self, child: Node) -> None:
        """Take an element in it away."""
        ...

    def getparent(self) -> Node | None:
        """The element around it."""
        ...

    def getprevious(self) -> Node | None:
        """The element before it."""
        ...

    def itertext(self) -> Iterator[str]:
        """All text in it."""
        ...


def parsed_xml(path: Path, data: bytes, expected: str) -> Node:
    """The root of an XML file; what is not well formed is refused with its line and column."""
    etree = library("lxml.etree", path)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        root: Node | None = etree.fromstring(_without_named(data), parser)
    except etree.XMLSyntaxError as error:
        if "amplification" in str(error.msg):
            raise refused(path, "XML whose entities grow without end", expected) from None
        line, column = error.position
        why = _AT.sub("", " ".join(str(error.msg or "it ends too early").split()))
        raise refused(path, f"XML that breaks off at line {line}, column {column} ({why})", expected) from None
    except (ValueError, LookupError) as error:
        raise refused(path, f"XML that cannot be read ({error})", expected) from None
    if root is None:
        raise refused(path, "XML without any element", expected)
    return _plainly_named(root, path)


def parsed_html(path: Path, text: str) -> Node | None:
    """The root of an HTML page, which need not be well formed; None when there is nothing in it."""
    etree = library("lxml.etree", path)
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, recover=True
    )
    try:
        root: Node | None = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root is None else _plainly_named(root, path)


def _without_named(data: bytes) -> bytes:
    """Named characters such as &nbsp; by their numbers, since no DTD that declares them is ever loaded."""
    if b"&" not in data or data.startswith(_WIDE):
        return data
    return _NAMED.sub(_numbered, data)


def _numbered(match: re.Match[bytes]) -> bytes:
    name = match.group(1)
    if name in _OF_XML:
        return match.group()
    signs = html5.get(name.decode() + ";")
    return "".join(f"&#{ord(sign)};" for sign in signs).encode() if signs else match.group()


def _plainly_named(root: Node, path: Path) -> Node:
    """Every element without its namespace: dialects differ in them, names do not."""
    for count, node in enumerate(root.iter()):
        if count >= MOST_ELEMENTS:
            raise refused(
                path, f"more than {MOST_ELEMENTS:,} elements", "a document of the size of an article or a book"
            )
        if isinstance(node.tag, str) and "}" in node.tag:
            with suppress(ValueError):  # a name that no element can have stays as it is, and means nothing to us
                node.tag = node.tag.rpartition("}")[2]
    return root


def words(node: Node | None) -> str:
    """All text of an element on one line."""
    return "" if node is None else " ".join("".join(node.itertext()).split())
