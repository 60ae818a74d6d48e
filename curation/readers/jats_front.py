"""What a JATS article says of itself: title, DOI, year, how it is cited, licence."""

from __future__ import annotations

from curation.readers.citations import without_citations
from curation.readers.facts import LONGEST_LICENCE, Facts, by, cited
from curation.readers.inline import Flow
from curation.readers.markup import Node, words

_LINK = "{http://www.w3.org/1999/xlink}href"
_DATES = ("ppub", "collection", "pub", "epub")


def front(article: Node) -> Facts:
    """The facts of the article's front matter; those it does not give are blank."""
    meta = article.find("front/article-meta")
    if meta is None:
        meta = article.find("front")
    if meta is None:
        return Facts()
    year = _year(meta)
    return Facts(
        title=_title(meta),
        doi=next((words(each) for each in meta.findall("article-id") if each.get("pub-id-type", "") == "doi"), ""),
        year=year,
        citation=_citation(article, meta, year),
        licence=_licence(meta),
    )


def _title(meta: Node) -> str:
    title = meta.find("title-group/article-title")
    if title is None:
        return ""
    flow = Flow("cell")
    flow.walk(title)
    return without_citations(flow.text)


def _year(meta: Node) -> str:
    """The year of the issue where there is one, else of the first publication."""
    dates = {each.get("pub-type", "") or each.get("date-type", ""): each for each in meta.findall("pub-date")}
    ordered = [dates[kind] for kind in _DATES if kind in dates] + list(dates.values())
    return next((year for each in ordered if (year := words(each.find("year")))), "")


def _citation(article: Node, meta: Node, year: str) -> str:
    journal = next((words(each) for each in article.iter("journal-title")), "")
    pages = words(meta.find("fpage")), words(meta.find("lpage"))
    names = [name for each in meta.findall("contrib-group/contrib") if _is_author(each) and (name := _name(each))]
    return cited(by(names), journal, year, words(meta.find("volume")), pages, words(meta.find("elocation-id")))


def _is_author(contrib: Node) -> bool:
    return contrib.get("contrib-type", "author") == "author"


def _name(contrib: Node) -> str:
    name = contrib.find("name")
    if name is None:
        name = contrib.find("name-alternatives/name")
    if name is None:
        return words(contrib.find("collab"))
    given = words(name.find("given-names"))
    initials = "".join(part[0] for part in given.replace("-", " ").replace(".", " ").split())
    return f"{words(name.find('surname'))} {initials}".strip()


def _licence(meta: Node) -> str:
    """The address of the licence, or its first words."""
    given = meta.find("permissions/license")
    if given is None:
        return words(meta.find("permissions/copyright-statement"))[:LONGEST_LICENCE]
    addresses = [given.get(_LINK, ""), *(words(each) for each in given.iter("license_ref"))]
    addresses += [each.get(_LINK, "") for each in given.iter("ext-link")]
    found = next((each for each in addresses if "creativecommons.org" in each), "") or next(filter(None, addresses), "")
    return found or words(given)[:LONGEST_LICENCE]
