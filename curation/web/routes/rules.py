"""The rules: what is checked, and why."""

from __future__ import annotations

from itertools import groupby

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from curation.engine.page import sections
from curation.web.guard import Looking, TheDesk
from curation.web.pages import render

router = APIRouter(include_in_schema=False)


@router.get("/rules")
def listed(request: Request, desk: TheDesk, _: Looking, search: str = "") -> Response:
    """All rules by family, or those that say something."""
    wanted = search.strip().casefold()
    found = [each for each in desk.rules if wanted in f"{each.id} {each.name} {each.title}".casefold()]
    by_id = sorted(found, key=lambda each: each.id)
    families = [(name, list(some)) for name, some in groupby(by_id, key=lambda each: each.family)]
    return render(request, "rules.html.j2", families=families, search=search, shown=len(found), whole=len(desk.rules))


@router.get("/rules/{rule}")
def one(request: Request, desk: TheDesk, _: Looking, rule: str) -> Response:
    """Everything to know about a rule: the same page as `curation rules ID`."""
    found = next((each for each in desk.rules if each.id == rule.upper()), None)
    if found is None:
        raise HTTPException(404)
    return render(request, "rule.html.j2", rule=found, sections=sections(found))
