"""The page of a scan: one document with marks and margin, or many with a summary before them, as one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import resources

import jinja2
from markupsafe import Markup

from curation.engine.findings import ORDER
from curation.engine.rule import Rule
from curation.report import wording
from curation.report.html.listing import SYMBOL
from curation.report.html.page import csp_hash, inline, percent_of
from curation.scan.page.view import Extent, View, gravity, total, view
from curation.scan.result import Scan

MOST_CHARACTERS = 12_000_000
"""Characters of articles on the page; of those that would come after, only the passages with findings are drawn."""
ALONE, AMONG = 3, 5
"""The level of the first headings of an article: alone on the page, or one of several."""


def scan_page(
    scans: Sequence[Scan],
    rules: Sequence[Rule],
    unreadable: Mapping[str, Sequence[str]] | None = None,
    most: int = MOST_CHARACTERS,
) -> str:
    """The page as text; it needs no other file. Everything that comes from the documents is escaped.

    Of one document the whole article is shown. Of several, those with findings are shown, the gravest first.

    Args:
        scans: the scanned documents.
        rules: the rules that were asked; those that found something are described at the end.
        unreadable: files that gave no document, with the sentences that say why.
        most: characters of articles, after which only passages with findings are drawn.
    """
    ordered = sorted(scans, key=gravity)
    failed = dict(unreadable or {})
    alone = len(ordered) == 1 and not failed
    views, documents = [], []
    for shown, html in _articles(ordered, rules, most, alone=alone):
        views.append(shown)
        documents.append(html)
    fired = {one.rule for scan in ordered for one in scan.checked.findings}
    content = {
        "views": views, "documents": documents, "alone": alone, "counts": total(ordered),
        "severities": [each for each, count in total(ordered).items() if count],
        "rules": [(each, None) for each in sorted(rules, key=lambda one: one.id) if each.id in fired],
        "failed": failed,
    }  # fmt: skip
    return _environment().get_template("scan.html.j2").render(content)


def _articles(
    ordered: Sequence[Scan], rules: Sequence[Rule], most: int, *, alone: bool
) -> Iterator[tuple[View, Markup]]:
    known, written = {each.id: each for each in rules}, 0
    level = ALONE if alone else AMONG
    for number, scan in enumerate(ordered, start=1):
        whole: Extent = "full" if alone or scan.checked.findings else "none"
        shown = view(scan, number, known, level, whole)
        html = _article(shown, known, alone=alone)
        if not alone and whole == "full" and written + len(html) > most:
            shown = view(scan, number, known, level, "passages")
            html = _article(shown, known, alone=alone)
        written += len(html)
        yield shown, html


def _article(shown: View, known: Mapping[str, Rule], *, alone: bool) -> Markup:
    rendered = _environment().get_template("document.html.j2").render(view=shown, alone=alone, described=known)
    return Markup(rendered)  # noqa: S704 - rendered by a template that escapes


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    own = jinja2.PackageLoader("curation.scan.page", "templates")
    made = jinja2.Environment(
        loader=jinja2.ChoiceLoader([own, jinja2.PackageLoader("curation.report", "templates")]),
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    style, script = inline("report.css") + _own("scan.css"), _own("scan.js")
    made.globals |= {
        "style": style, "script": script, "style_hash": csp_hash(style), "script_hash": csp_hash(script),
        "ORDER": list(ORDER), "SYMBOL": SYMBOL, "SEVERITY_MEANING": wording.SEVERITY_MEANING,
    }  # fmt: skip
    made.filters |= {"amount": wording.amount, "thousands": lambda number: f"{number:,}", "percent_of": percent_of}
    return made


def _own(name: str) -> Markup:
    file = resources.files("curation.scan.page").joinpath("templates", name)
    return Markup(file.read_text(encoding="utf-8"))  # noqa: S704 - our own file
