"""What an HTML page says of its article, in the meta tags that reference managers read."""

from __future__ import annotations

import re
from collections import defaultdict

from curation.readers.facts import LONGEST_LICENCE, Facts, by, cited
from curation.readers.markup import Node, words
from curation.readers.typography import settled

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DOI = re.compile(r"10\.\d{4,9}/\S+")


def facts_of(root: Node) -> Facts:
    """The facts a page gives in its head; the title else from its first heading or its <title>."""
    metas: dict[str, list[str]] = defaultdict(list)
    for each in root.iter("meta"):
        name = (each.get("name", "") or each.get("property", "")).casefold()
        if text := settled(each.get("content", "")):
            metas[name].append(text)
    dated = _first(
        metas, "citation_publication_date", "citation_date", "citation_year", "citation_online_date", "dc.date"
    )
    year = _YEAR.search(dated)
    doi = _DOI.search(_first(metas, "citation_doi", "dc.identifier", "prism.doi", "bepress_citation_doi"))
    return Facts(
        title=_first(metas, "citation_title", "dc.title") or _heading(root) or words(root.find(".//title")),
        doi=doi.group() if doi else "",
        year=year.group() if year else "",
        citation=_citation(metas, year.group() if year else ""),
        licence=_licence(root, metas),
    )


def _first(metas: dict[str, list[str]], *names: str) -> str:
    return next((metas[name][0] for name in names if metas.get(name)), "")


def _heading(root: Node) -> str:
    return next((text for each in root.iter("h1") if (text := words(each))), "")


def _citation(metas: dict[str, list[str]], year: str) -> str:
    journal = _first(metas, "citation_journal_title", "prism.publicationname")
    if not journal:
        return ""
    authors = by(metas.get("citation_author", []) or metas.get("citation_authors", []))
    pages = _first(metas, "citation_firstpage"), _first(metas, "citation_lastpage")
    return cited(authors, journal, year, _first(metas, "citation_volume"), pages)


def _licence(root: Node, metas: dict[str, list[str]]) -> str:
    for each in root.iter("a", "link"):
        address = each.get("href", "")
        if "license" in each.get("rel", "").split() or "creativecommons.org/licenses" in address:
            return address
    return _first(metas, "dc.rights", "dcterms.license")[:LONGEST_LICENCE]
