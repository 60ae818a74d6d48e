"""The API for the work of commands: a check of what one may see, and files to take in."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from curation.report.shapes import rendered
from curation.web import api_shapes as shapes
from curation.web import api_work_shapes as work
from curation.web.api_sent import StrictRoute
from curation.web.guard import Extracting, Form, Looking, TheDesk
from curation.web.receiving import Outcome, Sent, receive
from curation.web.routes.upload import closing
from curation.web.seen_check import Busy, seen_check
from schemas.thresholds import UnknownSetting

router = APIRouter(route_class=StrictRoute, generate_unique_id_function=lambda route: route.name)
FILES = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {
    "type": "object", "required": ["files"], "properties": {
        "files": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}},
        "why": {"type": "string"},
    },
}}}}}  # fmt: skip


@router.post("/check", responses={503: {"model": shapes.Refusal, "description": "Another check is being made"}})
def check(desk: TheDesk, person: Looking, given: work.Check) -> work.Report:
    """Check what you may see, as it is now."""
    try:
        tables, checked, rules = seen_check(desk, person, given.select)
    except Busy as problem:
        raise HTTPException(503, str(problem)) from None
    except (KeyError, UnknownSetting) as problem:
        raise HTTPException(422, str(problem.args[0] if problem.args else problem)) from None
    report = rendered(given.format, checked, tables, rules, desk.review.path.name, ())
    return work.Report(report=report, open=Counter(each.severity for each in checked.findings if each.status == "open"))


@router.post(
    "/upload", status_code=201, response_model=work.TakenIn, dependencies=[Depends(closing)], openapi_extra=FILES,
    responses={
        400: {"model": shapes.Refusal, "description": "Not multipart form data"},
        422: {"model": work.NotTakenIn, "description": "Nothing was taken in, and why"},
    },
)  # fmt: skip
def upload(desk: TheDesk, person: Extracting, form: Form) -> Response | work.TakenIn:
    """Take files in under your name: a workbook, CSV, JSON or JSON Lines; all of them, or nothing."""
    why = form.get("why")
    given = [each for each in form.getlist("files") if isinstance(each, UploadFile)]
    sent = [Sent(each.filename, each.file) for each in given if each.filename]
    outcome = receive(desk, person, sent, (why.strip() if isinstance(why, str) else "") or "extraction")
    if outcome.problems or outcome.sentence:
        return JSONResponse(_refused(outcome).model_dump(), 422)
    names = ("added", "changed", "unchanged", "decided")
    counts = {name: {line[0]: line[at] for line in outcome.lines if line[at]} for at, name in enumerate(names, 1)}
    return work.TakenIn(
        **counts, shared=list(outcome.shared), passed_over=outcome.passed_over, remarks=list(outcome.remarks),
        revision=desk.review.revision, copies=_copies(outcome),
    )  # fmt: skip


def _refused(outcome: Outcome) -> work.NotTakenIn:
    if outcome.sentence:
        return work.NotTakenIn(error=outcome.sentence, copies=_copies(outcome))
    total = outcome.total
    error = f"{total:,} problem{'' if total == 1 else 's'}; nothing was taken in"
    said = [each.sentence for each in outcome.problems]
    return work.NotTakenIn(error=error, said=said, total=total, copies=_copies(outcome))


def _copies(outcome: Outcome) -> list[work.CopyShape]:
    return [
        work.CopyShape(name=each.name, content=b64encode(each.content).decode(), marked=each.marked)
        for each in outcome.copies
    ]
