"""The page: what it shows, put together from the check, the tables and the rules, and rendered as one file."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
import pyarrow as pa
from markupsafe import Markup

from curation.engine.findings import ORDER
from curation.engine.rule import Rule
from curation.engine.run import Checked
from curation.report import wording
from curation.report.html.facts import Fact, facts, names
from curation.report.html.grids import Grid, grids, passages, places
from curation.report.html.listing import SYMBOL, Entry, listing
from schemas.registry import KINDS, RECORDS
from store.findings import Waiver
from store.whole_files import write_whole

MOST_FINDINGS = 2000
"""Findings on the page; the gravest stay, the rest is in findings.json."""
MOST_FACTS = 12_000
"""Facts without a finding that are drawn; those with one always are."""


def write_html(
    path: Path,
    checked: Checked,
    tables: Mapping[str, pa.Table],
    rules: Sequence[Rule],
    title: str,
    stale: Iterable[Waiver] = (),
) -> None:
    """Write the report as one file that needs no other: no network, no fonts, no scripts from elsewhere."""
    write_whole(path, html_page(checked, tables, rules, title, stale))


def html_page(
    checked: Checked, tables: Mapping[str, pa.Table], rules: Sequence[Rule], title: str, stale: Iterable[Waiver] = ()
) -> str:
    """The report as text. Everything that comes from records and findings is escaped.

    Args:
        checked: what the check found.
        tables: the tables that were checked, by kind; the published tables are redrawn from them.
        rules: the rules that were asked; the page ends with them.
        title: name of the review.
        stale: waivers whose finding is gone.
    """
    return _environment().get_template("report.html.j2").render(_content(checked, tables, rules, title, list(stale)))


def _content(
    checked: Checked, tables: Mapping[str, pa.Table], rules: Sequence[Rule], title: str, stale: list[Waiver]
) -> dict[str, Any]:
    labels, by_source = names(tables), wording.by_source(checked.findings)
    every = list(facts(tables, labels))
    found = listing(checked.findings, rules, labels, {fact.record: fact.label for fact in every}, MOST_FINDINGS)
    drawn, left_out = _drawn(every, found.by_record)
    chosen = places(drawn, by_source)
    tabled = grids(chosen, found.by_record, left_out)
    return {
        "title": title, "summary": checked.summary(), "severities": wording.severities(checked.findings),
        "came_in": [(model.label_plural, len(tables[kind]), kind in RECORDS) for kind, model in KINDS.items() if kind in tables and len(tables[kind])],
        "sources": [(source, labels.get(("source", source), ""), wording.severities(several)) for source, several in by_source.items()],
        "titles": {key[1]: text for key, text in labels.items() if key[0] == "source"},
        "listing": found, "families": sorted({each.family for each in found.entries}),
        "rules": [(each, checked.tallies.get(each.id)) for each in sorted(rules, key=lambda one: one.id)],
        "known_rules": {each.id for each in rules}, "stale": stale,
        "facts_left_out": left_out.total(), "shown_in": _shown_in(tabled),
        "source_numbers": {source: number for number, source in enumerate(by_source, start=1)},
        "grids": tabled, "passages": passages(chosen, found.by_record, left_out),
    }  # fmt: skip


def _drawn(every: Iterable[Fact], by_record: Mapping[str, list[Entry]]) -> tuple[list[Fact], Counter[tuple[str, str]]]:
    """The facts to draw, and how many of each section are left out."""
    drawn, left_out, plain = [], Counter[tuple[str, str]](), 0
    for fact in every:
        plain += fact.record not in by_record
        if fact.record in by_record or plain <= MOST_FACTS:
            drawn.append(fact)
        else:
            left_out[fact.source, fact.section] += 1
    return drawn, left_out


def _shown_in(tabled: Iterable[Grid]) -> dict[int, list[Grid]]:
    """The tables in which each finding is marked, by its number."""
    found: dict[int, list[Grid]] = {}
    for grid in tabled:
        for each in grid.entries:
            found.setdefault(each.number, []).append(grid)
    return found


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("curation.report", "templates"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    style, script = inline("report.css"), inline("report.js")
    made.globals |= {
        "style": style, "script": script, "style_hash": csp_hash(style), "script_hash": csp_hash(script),
        "ORDER": list(ORDER), "SYMBOL": SYMBOL, "SEVERITY_MEANING": wording.SEVERITY_MEANING,
        "OUTCOME_MEANING": wording.OUTCOME_MEANING, "NO_SOURCE": wording.NO_SOURCE,
    }  # fmt: skip
    made.filters |= {
        "thousands": lambda number: f"{number:,}",
        "amount": wording.amount,
        "listed": wording.listed,
        "percent_of": percent_of,
    }
    return made


def percent_of(part: int, whole: int, decimals: int = 2) -> str:
    """A share as a number of percent, for the width of a bar."""
    return f"{100 * part / whole:.{decimals}f}" if whole else "0"


def inline(name: str) -> Markup:
    """A file of ours that goes into the page as it is; nothing of the review is in it."""
    return Markup(resources.files("curation.report").joinpath("templates", name).read_text(encoding="utf-8"))  # noqa: S704 - our own file


def csp_hash(text: str) -> str:
    """The hash by which a page allows its own style or script."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
