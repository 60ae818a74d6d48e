"""Files instead of forms: workbooks, CSV, JSON and JSON Lines, taken in under one's own name; and the workbook to fill in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile

from curation.web.desk import Desk
from curation.web.guard import Extracting, Form, Looking, TheDesk
from curation.web.pages import href, render, went
from curation.web.receiving import KEPT_FOR, MOST_CHECKED, MOST_ROWS, Outcome, Sent, receive, safe_name, shelf
from curation.web.routes.sources import card, found_words
from curation.web.wire import LARGEST_UPLOAD
from curation.workbook.template import write_workbook
from schemas.kinds.entities import ENTITIES
from schemas.registry import KINDS


async def closing(request: Request) -> AsyncIterator[None]:
    """Close the files that were sent, whatever the answer is."""
    try:
        yield
    finally:
        await request.close()


router = APIRouter(include_in_schema=False, dependencies=[Depends(closing)])

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SHOWN = 50
"""Findings that are shown after an upload."""
GONE = "What became of that upload is no longer kept. Your records are in the review; send the file again for another checked copy."  # fmt: skip


@router.get("/upload")
def form(request: Request, desk: TheDesk, _: Extracting, done: str = "") -> Response:
    """The form; with ``done`` what became of an upload."""
    outcome = shelf(desk).find(request.state.session.id, done) if done else None
    return _page(request, desk, outcome, done, status=404 if done and outcome is None else 200)


@router.post("/upload")
def upload(request: Request, desk: TheDesk, person: Extracting, form: Form) -> Response:
    """Read the files and take them in: all, or nothing."""
    why = form.get("why")
    why = why.strip() if isinstance(why, str) else ""
    outcome = receive(desk, person, _sent(form), why or "extraction")
    token = shelf(desk).put(request.state.session.id, outcome)
    if outcome.problems or outcome.sentence:
        return _page(request, desk, outcome, token, status=422, why=why)
    return went(href("/upload", done=token))


@router.get("/upload/checked")
def checked(request: Request, desk: TheDesk, _: Extracting, done: str = "", number: int = 0) -> Response:
    """The checked copy of an uploaded workbook, for a while after the upload."""
    outcome = shelf(desk).find(request.state.session.id, done)
    if outcome is None or not 0 <= number < len(outcome.copies):
        raise HTTPException(404)
    copy = outcome.copies[number]
    return _file(copy.content, copy.name)


@router.get("/template.xlsx")
def template(desk: TheDesk, _: Looking) -> Response:
    """The workbook to type into, with the sources, studies, arms and outcomes that the review has."""
    return _file(desk.at_this_revision("template", lambda: _template(desk)), f"{safe_name(desk.name)}.xlsx")


def _sent(form: FormData) -> list[Sent]:
    given = [each for each in form.getlist("files") if isinstance(each, UploadFile)]
    return [Sent(each.filename, each.file) for each in given if each.filename]


def _template(desk: Desk) -> bytes:
    tables = desk.review.tables(sources=())
    with TemporaryDirectory() as folder:
        file = Path(folder) / "template.xlsx"
        write_workbook(file, {model.kind: tables[model.kind].to_pylist() for model in ENTITIES}, examples=True)
        return file.read_bytes()


def _file(content: bytes, name: str) -> Response:
    said = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, media_type=WORKBOOK, headers=said)


def _page(request: Request, desk: Desk, outcome: Outcome | None, token: str, *, status: int, why: str = "") -> Response:
    flash = [("note", GONE)] if status == 404 else []
    findings = outcome.findings if outcome and outcome.findings else []
    return render(
        request, "upload.html.j2", status=status, flash=flash, outcome=outcome, token=token, why=why,
        problems=_problems(outcome) if outcome else [], plural={kind: model.label_plural for kind, model in KINDS.items()},
        said=found_words(findings), shown=[card(each, desk) for each in findings[:MOST_SHOWN]],
        most_rows=MOST_ROWS, most_bytes=LARGEST_UPLOAD // 1_000_000, most_checked=MOST_CHECKED, minutes=KEPT_FOR // 60,
    )  # fmt: skip


def _problems(outcome: Outcome) -> list[tuple[str, str, str]]:
    """Where, what was found, what was expected."""
    return [
        (each.sentence.removesuffix(f": found {each.found}, expected {each.expected}"), each.found, each.expected)
        for each in outcome.problems
    ]
