"""The sources: where each stands, what was extracted from one, and handing it in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from curation.decisions import decide
from curation.engine.findings import Finding
from curation.entry.around import around
from curation.entry.form import form
from curation.report.wording import amount, parts, severities
from curation.web import told
from curation.web.checking import texts
from curation.web.desk import Desk
from curation.web.guard import Extracting, Form, Looking, TheDesk
from curation.web.pages import href, is_part, note, render, went
from curation.web.people import Person
from curation.web.proposed import of_source, still_open
from curation.web.remembered import remembered
from curation.web.standing import STATES, Standing, counts, listed, paged, standing, standings
from schemas.registry import KINDS, RECORDS
from store.consensus import CONSENSUS
from store.errors import StoreError
from store.rows import Page, Row

router = APIRouter(include_in_schema=False)

SOURCES_PER_PAGE = RECORDS_PER_PAGE = 50
MOST_PAGES = 1_000_000
MOST_SHOWN = 20
"""Findings that are shown before handing in; the page of findings has all."""


@router.get("/sources")
def listing(request: Request, desk: TheDesk, person: Looking, search: str = "", state: str = "", page: int = 1) -> Response:  # fmt: skip
    """All sources, those of a state, or those whose id or title says something."""
    if state not in ("", *STATES):
        raise StoreError(f"{state!r} is nothing a source can be; choose among {', '.join(STATES)}")
    every = standings(desk, person)
    wanted = search.strip().casefold()
    found = [
        each for each in every
        if state in ("", each.state) and wanted in f"{each.source}\n{each.title}".casefold()
    ]  # fmt: skip
    page, pages, part = paged(page, len(found), SOURCES_PER_PAGE)
    return render(
        request, "sources.html.j2", shown=found[part], total=len(found), whole=len(every), page=page, pages=pages,
        search=search[:200], state=state, states={"": "All", **STATES}, may=person.may("extract"),
    )  # fmt: skip


@router.get("/source")
def source(
    request: Request, desk: TheDesk, person: Looking,
    id: str = "", kind: str = "", by: str = "", search: str = "", page: int = 1, step: str = "", part: str = "",
) -> Response:  # fmt: skip
    """One source: who extracts it, the records that may be seen, and handing in (``step=hand-in``)."""
    one = _there(desk, person, id)
    if part == "findings" and is_part(request):
        return render(request, "source_findings_part.html.j2", **_found(desk, person, one))
    if step == "hand-in" or part == "findings":
        return _asking(request, desk, person, one, look=part == "findings")
    return _page(request, desk, person, one, _Asked(kind, by, search[:200], page))


@router.post("/source/submit")
def submit(request: Request, desk: TheDesk, person: Extracting, form: Form) -> Response:
    """Hand in one's own extraction of a source."""
    one = _there(desk, person, _text(form.get("id")))
    if sentence := _why_not_hand_in(one):
        return _page(request, desk, person, one, _Asked(), status=422, refused=sentence)
    desk.review.submit(person.name, who=person.name, why="handed in", sources=[one.source])
    one = _there(desk, person, one.source)
    note(request, f"You have handed in {one.source}. {one.sentence}" if not one.open else f"You have handed in {one.source}, and so has everybody who extracts it: all extractions can be seen now.")  # fmt: skip
    return went(href("/source", id=one.source))


@router.post("/source/withdraw")
def withdraw(request: Request, desk: TheDesk, person: Extracting, form: Form) -> Response:
    """Take one's extraction of a source back, while nobody may have seen how it differs."""
    one = _there(desk, person, _text(form.get("id")))
    why = _text(form.get("why")).strip()
    sentence = ""
    if not why:
        sentence = "Nothing was taken back: say why. The reason stays in the history of the review."
    else:
        try:
            desk.review.withdraw_submission(person.name, one.source, who=person.name, why=why)
        except StoreError as problem:
            sentence = f"Nothing was taken back: {problem}."
    if sentence:
        return _page(request, desk, person, one, _Asked(), status=422, refused=sentence, why=why)
    note(request, f"You have taken {one.source} back and can enter and change records of it again.")
    return went(href("/source", id=one.source))


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which records of the source are to be shown."""

    kind: str = ""
    by: str = ""
    search: str = ""
    page: int = 1


def _there(desk: Desk, person: Person, id_: str) -> Standing:
    found = standing(desk, person, id_)
    if found is None:
        raise HTTPException(404)
    return found


def _text(given: object) -> str:
    return given if isinstance(given, str) else ""


def _page(
    request: Request, desk: Desk, person: Person, one: Standing, asked: _Asked, *,
    status: int = 200, refused: str = "", why: str = "",
) -> Response:  # fmt: skip
    seen = list(desk.sight(person).seen_of(one.source))
    extractors = [*seen, CONSENSUS] if one.open else seen
    if asked.by and asked.by not in extractors:
        raise HTTPException(404)
    if asked.kind and asked.kind not in RECORDS:
        raise StoreError(f"{asked.kind!r} is not a kind of record; the kinds are {', '.join(RECORDS)}")
    numbers = _numbers(desk, one.source, seen)
    kind = asked.kind or next(iter(numbers), "")
    row = desk.review.row("source", one.source)
    return render(
        request, "source.html.j2", status=status, flash=[("error", refused)] if refused else [],
        one=one, facts=_facts(row), entity=row is not None, kind=kind, asked=asked, why=why,
        kinds={name: f"{KINDS[name].label_plural.capitalize()} ({number:,})" for name, number in numbers.items()}
        | ({kind: KINDS[kind].label_plural.capitalize()} if kind and kind not in numbers else {}),
        extractors={"": "Everybody shown here", **{each: each for each in extractors}}, several=len(extractors) > 1,
        records=_records(desk, one.source, kind, [asked.by] if asked.by else extractors, asked) if kind else None,
        may=person.may("extract"), why_not_hand_in=_why_not_hand_in(one), back=_may_take_back(one),
        proposed=len(of_source(desk, one.source)), undecided=still_open(desk, person).get(one.source, 0),
    )  # fmt: skip


def _numbers(desk: Desk, source: str, seen: list[str]) -> dict[str, int]:
    """How many records there are of each kind, as far as they may be seen."""
    mine = [records for name, records in counts(desk).get(source, {}).items() if name in seen]
    summed = {kind: sum(each.get(kind, 0) for each in mine) for kind in RECORDS}
    return {kind: number for kind, number in summed.items() if number}


def _facts(row: Row | None) -> list[tuple[str, str]]:
    if row is None:
        return []
    return [(name[:1].upper() + name[1:], text) for field, name in told.labels("source").items() if (text := row.cells.get(field))]  # fmt: skip


def _records(desk: Desk, source: str, kind: str, extractors: list[str], asked: _Asked) -> dict[str, Any]:
    """One page of records as a table shows them."""
    page = max(asked.page, 1)

    def on(number: int) -> Page:
        return desk.review.rows(
            kind, source=source, extractors=extractors, search=asked.search or None,
            offset=(number - 1) * RECORDS_PER_PAGE, limit=RECORDS_PER_PAGE,
        )  # fmt: skip

    found = on(min(page, MOST_PAGES))
    page, pages, _ = paged(page, found.total, RECORDS_PER_PAGE)
    if found.total and not found.rows:
        found = on(page)
    return {"total": found.total, "page": page, "pages": pages, "rows": [_line(each) for each in found.rows]}


def _line(row: Row) -> dict[str, str]:
    """A record in a few words: what it is about, what is printed, and where."""
    about, _, where, _ = (group.fields for group in form(RECORDS[row.kind]))
    cells = row.cells
    return {
        "about": " · ".join(cells[each.name] or "" for each in about if each.name != "source" and cells.get(each.name)) or row.record_key,
        "href": href("/record", kind=row.kind, by=row.extractor, id=row.record_key),
        "by": row.extractor,
        "printed": told.printed(row),
        "where": ", ".join(cells[each.name] or "" for each in where if each.name != "quote" and cells.get(each.name)),
    }  # fmt: skip


def _why_not_hand_in(one: Standing) -> str:
    """Why there is nothing that could be handed in, in a sentence; blank where there is."""
    if one.own is None or not one.own.total:
        return f"You have no records of {one.source}; enter some before you hand it in."
    if one.own.handed_in:
        return f"You have handed in {one.source} already."
    return ""


def _may_take_back(one: Standing) -> bool:
    together = len(one.extractions) > 1 and all(each.handed_in for each in one.extractions)
    return one.own is not None and one.own.handed_in and not together


def _asking(request: Request, desk: Desk, person: Person, one: Standing, *, look: bool) -> Response:
    """What handing in means, before it is done; with ``look`` what contradicts is looked up before the page is shown."""
    sentence = _why_not_hand_in(one) if person.may("extract") else f"{person.role}s have nothing to hand in."
    if sentence:
        raise StoreError(sentence[:-1])
    records = one.own.records if one.own and one.own.records else {}
    rows = [(KINDS[kind].label_plural.capitalize(), number) for kind, number in records.items()]
    left = [each.name for each in one.others if not each.handed_in]
    said = _found(desk, person, one) if look else {"one": one}
    undecided = still_open(desk, person).get(one.source, 0)
    return render(request, "source_hand_in.html.j2", rows=rows, left=left, looked=look, undecided=undecided, **said)


def _found(desk: Desk, person: Person, one: Standing) -> dict[str, Any]:
    """What contradicts in one's own records of this source, as they are now."""
    found = _own_findings(desk, person, one.source)
    shown = [card(each, desk) for each in found[:MOST_SHOWN]]
    return {"one": one, "total": len(found), "said": found_words(found), "shown": shown}


def _own_findings(desk: Desk, person: Person, source: str) -> list[Finding]:
    waivers = [each for each in desk.review.waivers() if each.who == person.name and each.withdrawn_at is None]

    def judged() -> list[Finding]:
        tables = desk.review.tables(extractor=person.name, sources=[source])
        own = tables["source"].filter([each == source for each in tables["source"].column("source").to_pylist()])
        if (documents := texts(desk, own)) is not None:
            tables = {**tables, "document": documents}
        checked, _ = decide(around(tables, person.name), waivers)
        return [each for each in checked.findings if each.status == "open"]

    state = (desk.review.revision, source, tuple(each.fingerprint for each in waivers))
    return remembered(desk, f"own findings of {person.name}", state, judged)


def found_words(found: Iterable[Finding]) -> str:
    """How many findings of each severity, in words; blank without any."""
    return listed([amount(number, each) for each, number in severities(found).items() if number])


def card(one: Finding, desk: Desk) -> dict[str, Any]:
    """A finding as the pages show it."""
    rules = {each.id: each for each in desk.rules}
    return {"rule": one.rule, "severity": one.severity, "status": one.status, "message": one.message, "parts": parts(one, rules), "explanations": one.explanations}  # fmt: skip
