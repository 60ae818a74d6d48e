"""Pooled results of what a person may see."""

from __future__ import annotations

import re
from math import isfinite
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from curation.report.html.pooled import BESIDE, entry
from curation.report.pooled import PLOTS
from curation.report.wording import amount
from curation.web.datasets import Whose, chosen, has_own
from curation.web.desk import Desk
from curation.web.guard import Looking, TheDesk
from curation.web.pages import href, is_part, render
from curation.web.people import Person
from curation.web.pooled import Job, Results, asked_for, plots_of, with_plots
from curation.web.told import ago
from pooling.run import NotPooled, Pooled
from pooling.words.phrases import interval
from pooling.words.printing import percent
from pooling.words.reading import Reading, reading

router = APIRouter(include_in_schema=False)
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
"""A plot that is opened by itself loads nothing, runs nothing and sends nothing; its own styles are inside it."""
NAMES = {name.removesuffix(" plot").lower(): name for name in PLOTS}
"""Name in an address -> the plot."""
NO_PLOTS = (
    "This server draws no plots, because matplotlib is not installed there; the numbers are complete without them."
)
COLUMNS = ("Outcome", "Estimate", "Effect", "Studies", "Prediction interval", "P", "I²", "τ²", "P of Q")


@router.get("/results")
def results(request: Request, desk: TheDesk, person: Looking, whose: str = "") -> Response:
    """The results of every analysis; for htmx the part that is being waited for."""
    kind = chosen(desk, person, whose)
    job = asked_for(desk, person, kind, begin=not is_part(request))
    if job.results is None and not job.running:
        job = asked_for(desk, person, kind)
    template = "results_part.html.j2" if is_part(request) else "results.html.j2"
    return render(request, template, **_shown(desk, job, kind), whose=kind, own=has_own(desk, person), person_role=person.role)  # fmt: skip


@router.get("/results/analysis")
def analysis(request: Request, desk: TheDesk, person: Looking, id: str = "", whose: str = "") -> Response:
    """One analysis: its plots, other models, and the studies behind it."""
    kind = chosen(desk, person, whose)
    job, found = _one(desk, person, kind, id)
    if job.results is None:
        return render(request, "results.html.j2", **_shown(desk, job, kind), whose=kind, own=has_own(desk, person), person_role=person.role)  # fmt: skip
    if not isinstance(found, Pooled):
        raise HTTPException(404)
    drawn = found.result.status == 0 and with_plots()
    plots = [
        (name, href("/results/plot", id=id, plot=short, whose=whose), name not in BESIDE)
        for short, name in NAMES.items()
        if drawn and found.result.k >= PLOTS[name]
    ]
    shown = entry(found, {}, "analysis")
    return render(
        request, "analysis.html.j2", each=shown, plots=plots, no_plots="" if with_plots() else NO_PLOTS, whose=kind,
        level=interval(found.result.level), freshness=_freshness(desk, job.results), asymmetry=_asymmetry(found),
        rows=[_numbered(row, shown) for row in shown["rows"]], notes=found.result.notes,
        omission=_omission(found),
    )  # fmt: skip


@router.get("/results/plot")
def plot(desk: TheDesk, person: Looking, id: str = "", plot: str = "", whose: str = "") -> Response:
    """A plot as SVG."""
    _, found = _one(desk, person, chosen(desk, person, whose), id)
    name = NAMES.get(plot, "")
    if not isinstance(found, Pooled) or not name or not with_plots() or found.result.status != 0:
        raise HTTPException(404)
    job = asked_for(desk, person, chosen(desk, person, whose), begin=False)
    drawn = plots_of(job.results, found).get(name) if job.results is not None else None
    if drawn is None:
        raise HTTPException(404)
    return Response(drawn["svg"], media_type="image/svg+xml", headers={"Content-Security-Policy": SVG_POLICY})


def _one(desk: Desk, person: Person, whose: Whose, id: str) -> tuple[Job, Pooled | NotPooled | None]:
    job = asked_for(desk, person, whose, begin=False)
    if job.results is None:
        job = asked_for(desk, person, whose)
    return job, job.results.of(id) if job.results is not None else None


def _shown(desk: Desk, job: Job, whose: Whose) -> dict[str, Any]:
    """What the page of all results says now."""
    found = job.results
    said: dict[str, Any] = {"running": job.running, "step": job.step, "results": found, "freshness": "", "groups": [], "failed": []}  # fmt: skip
    if found is None:
        return said
    pooled = [(each, entry(each, {}, "")) for each in found.outcomes if isinstance(each, Pooled)]
    groups: dict[str, list[list[Any]]] = {}
    for each, shown in pooled:
        groups.setdefault(shown["group"], []).append(_row(each, shown, whose))
    levels = {interval(each.result.level) for each, _ in pooled}
    columns = [{"label": name, "number": name not in ("Outcome", "Effect")} for name in COLUMNS]
    columns[1]["label"] = f"Estimate ({levels.pop() if len(levels) == 1 else 'interval'})"
    return said | {
        "freshness": _freshness(desk, found),
        "groups": list(groups.items()),
        "columns": columns,
        "failed": [each for each in found.outcomes if isinstance(each, NotPooled)],
        "single": sum(shown["k"] == 1 for _, shown in pooled),
        "count": len(pooled),
        "no_plots": "" if with_plots() else NO_PLOTS,
    }


def _row(each: Pooled, shown: dict[str, Any], whose: Whose) -> list[Any]:
    estimate = f"{shown['estimate']} ({shown['interval']})" if shown["interval"] else shown["estimate"]
    where = href("/results/analysis", id=each.analysis.id, whose=whose if whose == "own" else None)
    others = (shown[name] for name in ("prediction", "p", "i2", "tau2", "p_heterogeneity"))
    return [{"text": shown["title"], "href": where}, estimate, shown["effect"], shown["k"], *others]


def _freshness(desk: Desk, found: Results) -> str:
    changes = desk.review.revision - found.revision
    since = f"{amount(changes, 'change')} of the review since" if changes else "nothing has changed since"
    return f"Computed {ago(found.at)}, {since}."


def _asymmetry(found: Pooled) -> str:
    one = found.asymmetry
    return "" if one is None else f"Egger's test of funnel plot asymmetry: P = {one.p:.3f}."


def _omission(found: Pooled) -> list[list[str]]:
    """The result without each study in turn, in print."""
    if found.omission is None:
        return []
    read = reading(found.result)
    names = ("study", "natural", "natural_lower", "natural_upper", "i2")
    rows = zip(*(found.omission[name].tolist() for name in names), strict=True)
    return [
        [
            str(study),
            _said(read, one),
            f"{_said(read, low)} to {_said(read, high)}" if isfinite(low) else "",
            percent(i2),
        ]
        for study, one, low, high, i2 in rows
    ]


def _said(read: Reading, value: float) -> str:
    return read.said(value) if isfinite(value) else ""


def _numbered(row: list[str], shown: dict[str, Any]) -> list[str]:
    return [_short(cell) if name in shown["numeric"] else cell for name, cell in zip(shown["header"], row, strict=True)]


def _short(cell: str) -> str:
    """A number with no more digits than people read."""
    return f"{float(cell):.6g}" if re.fullmatch(r"-?[\d.]+(e-?\d+)?", cell) else "" if cell == "nan" else cell
