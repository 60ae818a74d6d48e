"""Somebody else saved meanwhile: what was there, what they saved and what was typed, field by field."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from curation.web import told
from curation.web.desk import Desk
from curation.web.pages import render
from curation.web.typing_in import PREFIX, Cells, Draft, fixed_fields, plain, text_in, typed_in
from schemas.registry import KINDS, RECORDS
from store.rows import Row


def conflict(request: Request, desk: Desk, form: FormData, now: Row, before: Row | None, *, back: str) -> HTMLResponse:
    """The page with both versions. Saved over it is what the person changed; the rest stays as the other has it."""
    model, theirs = KINDS[now.kind], plain(now.cells)
    opened = theirs if before is None else plain(before.cells)
    fixed = fixed_fields(model)
    typed = {name: opened[name] if name in fixed else text for name, text in typed_in(model, form).items()}
    changed = Draft(now.kind, typed, now.record_key, opened).changes()
    wanted: Cells = {**theirs, **changed}
    labels = told.labels(now.kind)
    rows = [
        (labels[name], opened[name], theirs[name], typed[name], name in changed)
        for name in labels
        if name not in fixed and (name in changed or opened[name] != theirs[name])
    ]
    made = desk.review.change(now.revision)
    return render(
        request, "conflict.html.j2", status=409, kind=now.kind, id=now.record_key, by=now.extractor, rows=rows,
        action="/record" if now.kind in RECORDS else "/entity", back=back, seen=now.revision, retired=now.retired,
        who=made.who if made else "somebody", when=told.ago(made.at) if made else "", reason=text_in(form, "reason"),
        cells=[(PREFIX + name, text) for name, text in wanted.items() if name not in fixed], known_before=before is not None,
    )  # fmt: skip
