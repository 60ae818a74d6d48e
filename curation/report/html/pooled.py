"""The page of pooled results: every analysis with its forest plot, other models beside it, and the studies behind it."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jinja2
import numpy as np

from curation.report import wording
from curation.report.html.page import csp_hash, inline
from pooling.dataset import Analysis, Dataset
from pooling.models import sentences
from pooling.models.results import Result
from pooling.plots import words
from pooling.plots.reading import reading
from pooling.run import NotPooled, Pooled

OWN = "From reports of the studies"
TABULATED = "As tabulated by {}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawn plot: its SVG, and what it shows in words."""

    svg: bytes
    alt: str

    @property
    def data(self) -> str:
        """The SVG as an address that needs no other file."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg).decode()


def pooled_page(
    dataset: Dataset, outcomes: Sequence[Pooled | NotPooled], figures: Mapping[str, Mapping[str, Figure]]
) -> str:
    """The page as one text that needs no other file. Everything that comes from the dataset is escaped.

    Args:
        dataset: the dataset that was pooled.
        outcomes: what became of each of its analyses.
        figures: analysis id -> name of the plot -> the plot; the first is shown large.
    """
    entries = [_entry(each, figures.get(each.analysis.id, {})) for each in outcomes if isinstance(each, Pooled)]
    groups: dict[str, list[dict[str, Any]]] = {}
    for each in entries:
        groups.setdefault(each["group"], []).append(each)
    levels = {words.interval(each.result.level) for each in outcomes if isinstance(each, Pooled)}
    content = {
        "title": dataset.title, "entries": entries, "groups": list(groups.items()), "changed": dataset.changed,
        "failed": [each for each in outcomes if isinstance(each, NotPooled)],
        "single": sum(each["k"] == 1 for each in entries), "level": levels.pop() if len(levels) == 1 else "interval",
    }  # fmt: skip
    return _environment().get_template("pooled.html.j2").render(content)


def _entry(pooled: Pooled, figures: Mapping[str, Figure]) -> dict[str, Any]:
    facts, rows = pooled.analysis.facts, pooled.analysis.rows
    header = [
        "label",
        *(name for name in rows.columns if name not in {"analysis", "study", "label"} and (rows[name] != "").any()),
    ]
    numeric = {name for name in header if rows[name].dtype.kind == "f"}
    return shown(pooled.result) | {
        "anchor": anchor(pooled.analysis.id),
        "group": TABULATED.format(facts["tabulated_by"]) if facts["tabulated_by"] else OWN,
        "title": plain_title(pooled.analysis),
        "effect": reading(pooled.result).heading,
        "table": facts["table"],
        "sentences": pooled.result.summary().splitlines(),
        "figures": list(figures.items()),
        "models": [{"name": name} | shown(other) for name, other in pooled.beside.items()],
        "header": header,
        "numeric": numeric,
        "rows": [[_cell(row[name]) for name in header] for row in rows.to_dict("records")],
    }


def shown(result: Result) -> dict[str, Any]:
    """The numbers of a result in print, by name."""
    read = reading(result)
    number, lower, upper = words.pooled_parts(result, read)
    predicted = words.predicted(result)
    several = result.k >= 2
    return {
        "k": int(result.k),
        "estimate": number or words.not_pooled(result),
        "unit": "%" if number and read.kind == "percent" else "",
        "interval": f"{lower} to {upper}" if lower and upper else "",
        "prediction": " to ".join(read.said(each) for each in predicted) if predicted else "",
        "p": _p(result.p) if number and read.null is not None else "",
        "i2": f"{result.i2:.0f}%" if several and np.isfinite(result.i2) else "",
        "tau2": sentences.three(result.tau2) if several and np.isfinite(result.tau2) else "",
        "p_heterogeneity": _p(result.p_heterogeneity) if several and np.isfinite(result.p_heterogeneity) else "",
    }


def _p(p: float) -> str:
    """A P value for a cell, whose heading says that it is one."""
    return sentences.p_value(p).removeprefix("P ").removeprefix("= ").replace(" ", "")


def plain_title(analysis: Analysis) -> str:
    """What is pooled, without who tabulates it."""
    return analysis.title.removesuffix(f", as tabulated by {analysis.facts['tabulated_by']}")


def anchor(analysis: str) -> str:
    """An id that may stand in an address and in a file name.

    >>> anchor("zhong-2021.cr"), anchor("../x y")
    ('zhong-2021.cr', 'x-y')
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "-", analysis).strip(".-") or "analysis"


def _cell(value: Any) -> str:  # noqa: ANN401 - a text or a number
    return f"{value:.10g}" if isinstance(value, float) else str(value)


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("curation.report", "templates"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    style = inline("report.css") + inline("pooled.css")
    made.globals |= {"style": style, "style_hash": csp_hash(style)}
    made.filters |= {"amount": wording.amount}
    return made
