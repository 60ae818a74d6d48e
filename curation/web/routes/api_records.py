"""The API for rows: to enter, to check without saving, to read, to correct, to take back; one set of routes per kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from fastapi.responses import JSONResponse, Response
from pydantic import create_model
from starlette.exceptions import HTTPException

from curation.entry.live import judge_rows
from curation.entry.rows import Problem, Typed, read_rows, verbatim
from curation.web import api_shapes as shapes
from curation.web.api_sent import StrictRoute
from curation.web.desk import Desk
from curation.web.guard import Extracting, Looking, Refused, TheDesk
from curation.web.people import Person
from curation.web.typing_in import Draft, Surroundings, fixed_fields, plain, surroundings
from schemas.kinds.base import Declared
from schemas.registry import KINDS, RECORDS
from store.consensus import CONSENSUS
from store.errors import ChangedMeanwhile
from store.rows import Row

router = APIRouter(route_class=StrictRoute, generate_unique_id_function=lambda route: route.name)
ENTERED, CORRECTION = "entered through the API", "correction"
Why = Annotated[str, Query(max_length=2000, description="why; it stays in the history")]
By = Annotated[str, Query(max_length=200, description="whose; your own if blank")]


@router.get("/records/{kind}", name="list_rows")
def listed(
    desk: TheDesk, person: Looking, kind: shapes.KindName, source: Annotated[str, Query(max_length=shapes.LONGEST_ID)] = "",
    extractor: By = "", offset: shapes.Offset = 0, limit: shapes.Limit = 100,
    search: Annotated[str, Query(max_length=200)] = "",
) -> shapes.RowsShape:  # fmt: skip
    """Current rows: your own, of one source all that you may see."""
    sight = desk.sight(person)
    whose = [person.name] if not source else [*sight.seen_of(source), *([CONSENSUS] if sight.open(source) else [])]
    found = desk.review.rows(
        kind, source=source or None, extractors=[each for each in whose if extractor in ("", each)],
        offset=offset, limit=limit, search=search or None,
    )  # fmt: skip
    return shapes.RowsShape(total=found.total, offset=offset, rows=[shape(each) for each in found.rows])


@router.get("/record/{kind}", name="read_row")
def read(desk: TheDesk, person: Looking, kind: shapes.KindName, id: shapes.Id, extractor: By = "") -> shapes.RowShape:
    """One row."""
    return shape(seen_row(desk, person, kind, id, extractor))


@router.get("/record/{kind}/history", name="history_of_row")
def history(
    desk: TheDesk, person: Looking, kind: shapes.KindName, id: shapes.Id, extractor: By = ""
) -> list[shapes.ChangeShape]:
    """Every change of a row, oldest first."""
    row = seen_row(desk, person, kind, id, extractor)
    found = [each for each in desk.review.history(id) if (each.kind, each.extractor) == (row.kind, row.extractor)]
    sight = desk.sight(person)
    sources = {text for each in found for text in each.changed.get("source", ()) if text}
    if kind in RECORDS and not all(sight.sees(each, row.extractor) for each in sources):
        raise HTTPException(404)
    return [
        shapes.ChangeShape(revision=each.revision, at=each.at, who=each.who, action=each.action, why=each.why, changed=each.changed)
        for each in found
    ]  # fmt: skip


@router.delete("/record/{kind}", name="retire_record", response_model=shapes.Changed)
def retire(
    desk: TheDesk, person: Extracting, kind: shapes.RecordName, id: shapes.Id,
    seen: Annotated[int, Query(ge=0, le=shapes.LATEST, description="the revision that you saw")], why: Why,
) -> Response | shapes.Changed:  # fmt: skip
    """Take back a record of your own; its history stays."""
    row = seen_row(desk, person, kind, id, person.name)
    if row.revision != seen:
        return conflict(desk, row)
    refuse_closed(desk, person, [row.cells["source"]])
    try:
        revision = desk.review.retire(kind, id, who=person.name, why=why, extractor=person.name, seen=seen)
    except ChangedMeanwhile:
        return conflict(desk, seen_row(desk, person, kind, id, person.name))
    return shapes.Changed(revision=revision, changed=True)


def _routes(model: type[Declared]) -> None:
    """The routes whose body has the shape of a model."""
    kind = model.kind
    rows: Any = Annotated[shapes.rows_of(model), Body()]
    change: Any = create_model(
        f"{model.__name__}Change", __base__=shapes.Taken, __doc__=f"What to change of a {kind}: new texts by field; null leaves a field blank.",
        changes=(shapes.changes_of(model), ...), seen=(shapes.Seen, ...), why=(shapes.Words, CORRECTION),
    )  # fmt: skip

    def add(desk: TheDesk, person: Extracting, given: Any, why: Why = ENTERED) -> Response | shapes.Entered:  # noqa: ANN401 - set below
        return _added(desk, person, kind, given, why)

    def check(desk: TheDesk, person: Extracting, given: Any) -> shapes.Judged:  # noqa: ANN401 - of any kind
        return _checked(desk, person, kind, given)

    def revise(desk: TheDesk, person: Extracting, id: shapes.Id, given: Any) -> Response | shapes.Changed:  # noqa: ANN401 - of any kind
        return _revised(desk, person, kind, id, given)

    for one, words, shape_, path, method, status in (
        (add, f"Enter a {kind}, or several: all of them or none.", shapes.Entered, f"/records/{kind}", "POST", 201),
        (check, f"What would be said of a {kind}, or of several; nothing is saved.", shapes.Judged, f"/records/{kind}/check", "POST", 200),
        (revise, f"Correct a {kind}; refused where somebody changed it since you saw it.", shapes.Changed, f"/record/{kind}", "PUT", 200),
    ):  # fmt: skip
        one.__annotations__ |= {"given": change if one is revise else rows, "return": None}
        router.add_api_route(
            path, one, methods=[method], name=f"{one.__name__}_{kind}", summary=words, response_model=shape_,
            status_code=status,
        )  # fmt: skip


def _added(desk: Desk, person: Person, kind: str, given: object, why: str) -> Response | shapes.Entered:
    cells, problems = _cells(given)
    typed = None if problems else read_rows(kind, cells, desk.known())
    if typed is None or typed.table is None:
        return refused(problems or (typed.problems if typed else []))
    if len(typed.indices) != len(cells):
        lost = sorted(set(range(len(cells))) - set(typed.indices))
        return refused([Problem(each, None, f"the same {kind} again", "each of them once") for each in lost])
    if kind in RECORDS:
        refuse_closed(desk, person, typed.table.column("source").to_pylist())
    done = desk.review.add(kind, verbatim(typed.table), who=person.name, why=why, extractor=person.name)
    return shapes.Entered(revision=done.revision, ids=done.keys, remarks=_remarks(desk, person, kind, typed))


def _checked(desk: Desk, person: Person, kind: str, given: object) -> shapes.Judged:
    cells, problems = _cells(given)
    if problems:
        return shapes.Judged(problems=[shapes.ProblemShape.of(each) for each in problems], remarks=[], derived=[])
    around = surroundings(desk, person.name)
    typed = read_rows(kind, cells, around.known)
    return shapes.Judged(
        problems=[shapes.ProblemShape.of(each) for each in typed.problems],
        remarks=_remarks(desk, person, kind, typed, around), derived=typed.derived,
    )  # fmt: skip


def _revised(desk: Desk, person: Person, kind: str, key: str, given: Any) -> Response | shapes.Changed:  # noqa: ANN401 - made per kind
    row = seen_row(desk, person, kind, key, person.name if kind in RECORDS else "")
    if row.revision != given.seen:
        return conflict(desk, row)
    changes, problems = _cells(given.changes, blank=True)
    texts = {name: text or "" for name, text in (changes[0] if changes else {}).items()}
    problems = problems or _unknown(row, texts)
    if problems:
        return refused(problems)
    draft = Draft(kind, {**plain(row.cells), **texts}, key, plain(row.cells))
    typed = read_rows(kind, [draft.becoming()], desk.known())
    if typed.table is None or not len(typed.table):
        return refused(typed.problems)
    becoming = verbatim(typed.table)[0]
    if kind in RECORDS:
        refuse_closed(desk, person, [row.cells["source"], becoming["source"]])
    changed = {name: becoming[name] for name in draft.changes()}
    try:
        revision = desk.review.revise(
            kind, key, changed, who=person.name, why=given.why, extractor=person.name if kind in RECORDS else None,
            seen=given.seen,
        )  # fmt: skip
    except ChangedMeanwhile:
        return conflict(desk, seen_row(desk, person, kind, key, row.extractor))
    return shapes.Changed(revision=revision or row.revision, changed=revision is not None, remarks=_remarks(desk, person, kind, typed))  # fmt: skip


def _cells(given: object, *, blank: bool = False) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The rows that were sent, and what is wrong with them as rows; what is wrong in a cell is said by the entry."""
    rows: Sequence[object] = given if isinstance(given, list) else [given]
    if not 0 < len(rows) <= shapes.MOST_ROWS:
        return [], [Problem(0, None, f"{len(rows)} rows", f"1 to {shapes.MOST_ROWS}")]
    problems = [
        Problem(at, None, "no object" if not isinstance(row, dict) else "a row of which nothing is filled in", "an object of texts by field")
        for at, row in enumerate(rows)
        if not isinstance(row, dict) or not (blank or any(_filled(each) for each in row.values()))
    ]  # fmt: skip
    return [row for row in rows if isinstance(row, dict)], problems


def _filled(cell: object) -> bool:
    return cell is not None and not (isinstance(cell, str) and not cell.strip())


def _unknown(row: Row, texts: Mapping[str, Any]) -> list[Problem]:
    """What is no field, no text, or is part of the id, which stays."""
    found = []
    for name, text in texts.items():
        if name not in row.cells:
            found.append(Problem(0, None, f"the field {name!r}", f"one of {', '.join(row.cells)}"))
        elif not isinstance(text, str):
            found.append(Problem(0, name, f"{text!s:.40} without quotes", "text in quotes, as printed; a bare number loses its trailing zeros", name))  # fmt: skip
        elif name in fixed_fields(KINDS[row.kind]) and text != row.cells[name]:
            found.append(Problem(0, name, repr(text[:60]), "what it is: it makes up the id, which stays", name))
    return found


def _remarks(
    desk: Desk, person: Person, kind: str, typed: Typed, around: Surroundings | None = None
) -> list[shapes.RemarkShape]:
    """What the rules for single rows say, beside the other records of the source where all rows are of one."""
    if kind not in RECORDS or not len(typed.readable):
        return []
    around = around or surroundings(desk, person.name)
    sources = set(typed.readable.column("source").to_pylist())
    beside = around.beside(kind, sources.pop()) if len(sources) == 1 else None
    said = judge_rows(kind, typed.readable, around.settings, beside)
    return [
        shapes.RemarkShape.of(at, one)
        for at, some in zip(typed.readable_indices, said, strict=True)
        for one in some
    ]  # fmt: skip


def refuse_closed(desk: Desk, person: Person, sources: Sequence[str | None]) -> None:
    """Raise Refused where this person may not enter records of one of these sources now."""
    sight = desk.sight(person)
    for each in dict.fromkeys(sources):
        if each and (why := sight.why_not_extract(each)):
            raise Refused(why)


def seen_row(desk: Desk, person: Person, kind: str, key: str, extractor: str) -> Row:
    """A row that this person may see. Raises HTTPException 404 where there is none, or none they may see."""
    by = (extractor or person.name) if kind in RECORDS else None
    row = desk.review.row(kind, key, by)
    if row is None or (kind in RECORDS and not desk.sight(person).sees(row.cells["source"], row.extractor)):
        raise HTTPException(404)
    return row


def shape(row: Row) -> shapes.RowShape:
    """A row as it is answered."""
    return shapes.RowShape(kind=row.kind, id=row.record_key, extractor=row.extractor, revision=row.revision, retired=row.retired, cells=row.cells)  # fmt: skip


def conflict(desk: Desk, now: Row) -> Response:
    """The answer where a row is no longer what was seen: who changed it, and the row as it is."""
    made = desk.review.change(now.revision)
    who = made.who if made else "somebody"
    sentence = f"{who} {'retired' if now.retired else 'changed'} this {now.kind} at revision {now.revision}, which is not the one you saw; nothing was overwritten"  # fmt: skip
    return JSONResponse({"error": sentence, "now": shape(now).model_dump()}, 409)


def refused(problems: Sequence[Problem]) -> Response:
    """The answer for malformed rows."""
    said = [shapes.ProblemShape.of(each).model_dump() for each in problems]
    first = said[0]["sentence"] if said else "found nothing, expected rows"
    more = f" (and {len(said) - 1} more)" if len(said) > 1 else ""
    return JSONResponse({"error": f"nothing was saved: {first}{more}", "problems": said}, 422)


for each_model in KINDS.values():
    _routes(each_model)
