"""Questions about findings, records and differences, and what was said to them; only of what the person may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from curation.web.blinding import Sight
from curation.web.desk import Desk
from curation.web.guard import Asking, Form, Looking, Refused, TheDesk
from curation.web.pages import href, local, note, render, went
from curation.web.people import DUTIES, Person, who_may
from curation.web.seen_findings import found_of
from schemas.registry import KINDS, RECORDS
from store.errors import StoreError
from store.queries import CLOSED, MOVES, STATES, Query
from store.subjects import DIFFERENCE, FINDING, Subject

router = APIRouter(include_in_schema=False)

PER_PAGE = 50
PENDING = "pending"
SHOWN = {"": "All", PENDING: "Not closed", **{each: each.capitalize() for each in STATES}}
"""What the list can be narrowed to -> how it is called."""
ABOUT = {FINDING: "a finding", "record": "a record", DIFFERENCE: "a difference between extractors"}
WORDS = {"open": "asked", "answered": "answered", "closed": "closed", "reopened": "opened again"}
NO_MESSAGE = "Write something; every step of a question says what and why."


class Seen:
    """What of the questions one person may see."""

    def __init__(self, desk: Desk, person: Person) -> None:
        self.desk = desk
        self.person = person
        self.sight: Sight = desk.sight(person)
        self._own: frozenset[str] | None = None

    def sees(self, subject: Subject) -> bool:
        """Whether the person may know what a question about this says: what it is about says what somebody typed."""
        if subject.about == FINDING:
            # one across sources may say what is in any of them
            sources = [subject.source] if subject.source else list(self.sight.desks.extractors)
            return all(map(self.sight.open, sources)) or subject.target in self._findings()
        if subject.kind not in RECORDS:
            return True
        if subject.about != DIFFERENCE and subject.extractor:
            return self.sight.sees(subject.source, subject.extractor)
        return self.sight.open(subject.source)

    def query(self, query: Query) -> bool:
        """Whether the person may see a question; one about a finding that is gone also if they have asked it."""
        gone = query.subject.about == FINDING and query.stale
        return self.sees(query.subject) or (gone and query.messages[0].who == self.person.name)

    def queries(self) -> list[Query]:
        """The questions the person may see, newest first."""
        return [each for each in reversed(self.desk.review.queries()) if self.query(each)]

    def find(self, number: int) -> Query:
        """A question by its number. Raises HTTPException 404 where there is none, or none to be seen."""
        found = next((each for each in self.queries() if each.number == number), None)
        if found is None:
            raise HTTPException(404)
        return found

    def _findings(self) -> frozenset[str]:
        """Fingerprints of the findings that follow from this person's own extraction."""
        if self._own is None:
            self._own = found_of(self.desk, self.person.name)
        return self._own


@router.get("/queries")
def listing(request: Request, desk: TheDesk, person: Looking, state: str = "", source: str = "", about: str = "", page: int = 1) -> Response:  # fmt: skip
    """The questions, by default all of them."""
    if state not in SHOWN:
        raise StoreError(f"{state!r} is no state of a question; choose among {', '.join(filter(None, SHOWN))}")
    seen = Seen(desk, person).queries()
    found = [each for each in seen if _is_in(each, state, source, about)]
    pages = max(-(-len(found) // PER_PAGE), 1)
    page = min(max(page, 1), pages)
    sources = {"": "All"} | {each: each for each in sorted({one.subject.source for one in seen if one.subject.source})}
    return render(
        request, "queries.html.j2", queries=found[(page - 1) * PER_PAGE : page * PER_PAGE], total=len(found),
        whole=len(seen), page=page, pages=pages, states=SHOWN, sources=sources, state=state, source=source,
        about=about, words=ABOUT,
    )  # fmt: skip


def _is_in(query: Query, state: str, source: str, about: str) -> bool:
    subject, wanted = query.subject, about.strip().casefold()
    said = f"{subject.name}\n{subject.kind}\n{subject.about}\n{subject.said}\n{subject.extractor}".casefold()
    right = query.pending if state == PENDING else state in ("", query.state)
    return right and source in ("", subject.source) and wanted in said


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a question is to be about, as a page says it."""

    finding: str = ""
    kind: str = ""
    by: str = ""
    id: str = ""
    field: str = ""
    back: str = ""


@router.get("/query")
def show(
    request: Request, desk: TheDesk, person: Looking, number: int | None = None,
    finding: str = "", kind: str = "", by: str = "", id: str = "", field: str = "", back: str = "",
) -> Response:  # fmt: skip
    """One question with everything that was said; without a number, a new one to ask."""
    seen = Seen(desk, person)
    if number is not None:
        return _page(request, person, seen.find(number))
    asked = _Asked(finding, kind, by, id, field, back)
    return _new(request, asked, _subject(desk, seen, asked))


@router.post("/query/open")
def ask(request: Request, desk: TheDesk, person: Asking, form: Form) -> Response:
    """Ask about a finding, a record or a field of it."""
    asked = _Asked(*(_text(form, each) for each in _Asked.__slots__))
    subject = _subject(desk, Seen(desk, person), asked)
    message = _text(form, "message")
    if not message:
        return _new(request, asked, subject, problem=NO_MESSAGE)
    try:
        number = desk.review.open_query(subject, who=person.name, message=message)
    except StoreError as problem:
        return _new(request, asked, subject, message, str(problem))
    note(request, f"Question {number} is asked.")
    return went(local(asked.back) if asked.back else href("/query", number=number))


@router.post("/query/step")
def step(request: Request, desk: TheDesk, person: Asking, form: Form) -> Response:
    """Answer a question, close it, or send it back."""
    given, action, message = _text(form, "number"), _text(form, "action"), _text(form, "message")
    query = Seen(desk, person).find(int(given) if given.isdecimal() and len(given) < 10 else 0)
    if action not in ("answer", "close", "waive", "reopen"):
        raise StoreError("a question is answered, closed or reopened; choose one of these")
    if action != "answer" and not person.may("decide"):
        raise Refused(f"only an {who_may('decide')} may {DUTIES['decide']}, and {person.name} is {person.role}")
    last = query.messages[-1]
    if _text(form, "seen") != str(last.revision):
        sentence = f"meanwhile {last.who} has said something to this question; read it, then send yours again"
        return _page(request, person, query, message, sentence, 409)
    if not message:
        return _page(request, person, query, "", NO_MESSAGE)
    try:
        _step(desk, person, query.number, action, message)
    except StoreError as problem:
        return _page(request, person, query, message, str(problem))
    return went(href("/query", number=query.number))


def _step(desk: Desk, person: Person, number: int, action: str, message: str) -> None:
    if action == "answer":
        desk.review.answer_query(number, who=person.name, message=message)
    elif action == "reopen":
        desk.review.reopen_query(number, who=person.name, message=message)
    else:
        desk.review.close_query(number, who=person.name, message=message, waive=action == "waive")


def _subject(desk: Desk, seen: Seen, asked: _Asked) -> Subject:
    """What is asked about. Raises HTTPException 404, alike where it is not there and where it may not be seen."""
    text = asked.finding or (f"{asked.id}:{asked.field}" if asked.field else asked.id)
    if not asked.finding and asked.kind not in KINDS:
        raise HTTPException(404)
    try:
        found = desk.review.subject(text, kind=None if asked.finding else asked.kind, extractor=asked.by or None)
    except StoreError:
        raise HTTPException(404) from None
    meant = found.about == FINDING if asked.finding else (found.target, found.field) == (asked.id, asked.field)
    if not meant or not seen.sees(found):
        raise HTTPException(404)
    return found


def _text(form: FormData, name: str) -> str:
    given = form.get(name)
    return given.strip() if isinstance(given, str) else ""


def _new(request: Request, asked: _Asked, subject: Subject, message: str = "", problem: str = "") -> Response:
    return render(
        request, "query.html.j2", status=422 if problem else 200, query=None, subject=subject, asked=asked,
        message=message, problem=_sentence(problem), back=local(asked.back), **_words(subject),
    )  # fmt: skip


def _page(request: Request, person: Person, query: Query, message: str = "", problem: str = "", status: int = 422) -> Response:  # fmt: skip
    steps = [each for each, (_, allowed) in MOVES.items() if query.state in allowed]
    return render(
        request, "query.html.j2", status=status if problem else 200, query=query, subject=query.subject, asked=None,
        message=message, problem=_sentence(problem), steps=[each for each in steps if each == "answer" or person.may("decide")],
        waivable=query.subject.about == FINDING and not query.stale and query.state != CLOSED,
        entries=[
            {"what": WORDS[each.state].capitalize(), "who": each.who, "when": f"{each.at:%Y-%m-%d %H:%M} UTC", "why": each.text}
            for each in query.messages
        ],
        **_words(query.subject),
    )  # fmt: skip


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:].rstrip('.')}." if text else ""


def _words(subject: Subject) -> dict[str, Any]:
    """What a question is about, in words, and where to look at it."""
    if subject.about == FINDING:
        return {"about": "A finding", "link": href("/finding", id=subject.target)}
    field = f", {subject.field.replace('_', ' ')}" if subject.field else ""
    about = f"{subject.kind.replace('_', ' ').capitalize()} {subject.target}{field}"
    if subject.kind not in RECORDS:
        return {"about": about, "link": href("/entity", kind=subject.kind, id=subject.target)}
    link = href("/record", kind=subject.kind, by=subject.extractor, id=subject.target) if subject.extractor else href("/adjudicate/source", id=subject.source)  # fmt: skip
    return {"about": about, "link": link}
