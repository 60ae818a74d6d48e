"""The page of pooled results: every analysis with its forest plot, other models beside it, and the studies behind it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import jinja2

from curation.report import wording
from curation.report.html.page import csp_hash, inline
from pooling.dataset import Analysis, Dataset
from pooling.run import NotPooled, Pooled
from pooling.words.cells import cells
from pooling.words.phrases import interval, model
from pooling.words.printing import capital, firm
from pooling.words.reading import reading
from pooling.words.sentences import summary

OWN = "From reports of the studies"
TABULATED = "As tabulated by {}"
LONGEST = 120
"""Characters of a name in an address or of a file."""
PIXELS = 1.6
"""Pixels for each point of a plot."""
FIRST = "forest plot"
BESIDE = {"funnel plot", "Baujat plot"}
"""Plots that are narrow enough to stand side by side; the others have a line of their own."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawn plot: its SVG, and what it shows in words."""

    svg: bytes
    alt: str

    @property
    def data(self) -> str:
        """The SVG as an address that needs no other file."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg).decode()

    @property
    def width(self) -> int:
        """Pixels at which its type is as large as that of the page."""
        found = re.search(rb'<svg [^>]*?width="([0-9.]+)pt"', self.svg)
        return round(PIXELS * float(found[1])) if found else 900


def pooled_page(
    dataset: Dataset, outcomes: Sequence[Pooled | NotPooled], figures: Mapping[str, Mapping[str, Figure]]
) -> str:
    """The page as one text that needs no other file. Everything that comes from the dataset is escaped.

    Args:
        dataset: the dataset that was pooled.
        outcomes: what became of each of its analyses.
        figures: analysis id -> name of the plot -> the plot; the first is shown large.
    """
    names = anchors(each.analysis.id for each in outcomes)
    entries = [
        entry(each, figures.get(each.analysis.id, {}), f"of-{names[each.analysis.id]}")
        for each in outcomes
        if isinstance(each, Pooled)
    ]
    groups: dict[str, list[dict[str, Any]]] = {}
    for each in entries:
        groups.setdefault(each["group"], []).append(each)
    levels = {interval(each.result.level) for each in outcomes if isinstance(each, Pooled)}
    content = {
        "title": dataset.title, "entries": entries, "groups": list(groups.items()), "changed": dataset.changed,
        "failed": [each for each in outcomes if isinstance(each, NotPooled)],
        "single": sum(each["k"] == 1 for each in entries), "level": levels.pop() if len(levels) == 1 else "interval",
    }  # fmt: skip
    return _environment().get_template("pooled.html.j2").render(content)


def entry(pooled: Pooled, figures: Mapping[str, Figure], name: str) -> dict[str, Any]:
    """What is shown of one analysis: its numbers in print, other models, and its studies. ``name`` is its place on the page."""
    facts, rows, read = pooled.analysis.facts, pooled.analysis.rows, reading(pooled.result)
    header = [
        "label",
        *(name for name in rows.columns if name not in {"analysis", "study", "label"} and (rows[name] != "").any()),
    ]
    numeric = {name for name in header if rows[name].dtype.kind == "f"}
    return {**cells(pooled.result, read)} | {
        "anchor": name,
        "group": TABULATED.format(facts["tabulated_by"]) if facts["tabulated_by"] else OWN,
        "title": plain_title(pooled.analysis),
        "effect": read.heading,
        "table": facts["table"],
        "said": firm(summary(replace(pooled.result, title=""))),
        "figures": sorted(figures.items(), key=lambda each: (each[0] != FIRST, each[0] not in BESIDE)),
        "models": [
            {"name": capital(model(each)), **cells(each, read)}
            for each in (pooled.result, *pooled.beside.values())
            if pooled.beside
        ],
        "header": header,
        "numeric": numeric,
        "rows": [[_cell(row[name]) for name in header] for row in rows.to_dict("records")],
    }


def plain_title(analysis: Analysis) -> str:
    """What is pooled, without who tabulates it."""
    return analysis.title.removesuffix(f", as tabulated by {analysis.facts['tabulated_by']}")


def anchors(analyses: Iterable[str]) -> dict[str, str]:
    """Id of an analysis -> a name that may stand in an address and in a file name.

    Names are different even where capitals and small letters are one.

    >>> anchors(["zhong-2021.cr", "../x y", "x.y", "X-Y"])
    {'zhong-2021.cr': 'zhong-2021.cr', '../x y': 'x-y', 'x.y': 'x.y', 'X-Y': 'X-Y-2'}
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for each in analyses:
        first = re.sub(r"[^A-Za-z0-9._-]+", "-", each).strip(".-")[:LONGEST] or "analysis"
        name, number = first, 1
        while name.lower() in taken:
            number += 1
            name = f"{first}-{number}"
        taken.add(name.lower())
        names[each] = name
    return names


def _cell(value: Any) -> str:  # noqa: ANN401 - a text or a number
    return f"{value:.10g}" if isinstance(value, float) else str(value)


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("curation.report", "templates"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    style = inline("report.css") + inline("pooled.css")
    made.globals |= {"style": style, "style_hash": csp_hash(style), "beside": BESIDE}
    made.filters |= {"amount": wording.amount}
    return made
