"""Settling the differences between extractors, source by source."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from curation.entry.rows import read_rows
from curation.reconcile.agreement import Agreement
from curation.reconcile.choose import agreed
from curation.reconcile.work import Matched, work
from curation.report.wording import amount
from curation.web import settling as parts
from curation.web.blinding import Sight
from curation.web.desk import Desk
from curation.web.guard import Adjudicating, Form, Refused, TheDesk
from curation.web.pages import href, is_part, note, render, went
from curation.web.people import Person
from curation.web.settling import Card, Settling, settling, widgets_of
from curation.web.told import ago
from schemas.registry import RECORDS
from store.adjudicate import Choice, DecidedMeanwhile
from store.consensus import Adjudication, Key, compared
from store.errors import ChangedMeanwhile, StoreError

router = APIRouter(include_in_schema=False)

PER_PAGE, SOURCES_PER_PAGE = 20, 50
AT_ONCE = 0.25
"""Seconds that the list of sources spends on counting before it leaves the rest to be counted after it is shown."""
MANY = 20_000
"""Records above which agreement is worked out only when it is asked for."""
BLANK = "(blank)"
"""What is typed as another value where nothing is printed."""
ALSO = {"place": "places in the source", "text": "words, such as labels in the text"}
"""Classes without numbers, of which the first extractor's may be taken in one go."""
REASONS = ("typing slip", "read the row or column next to it", "as printed in the table", "as printed in the text")
NO_REASON = "Say why; the reason stays with the decision and goes into the export."


@router.get("/adjudicate")
def sources(request: Request, desk: TheDesk, person: Adjudicating, page: int = 1, part: str = "", id: str = "") -> Response:  # fmt: skip
    """Which sources can be settled and which still wait; with ``part`` one piece of that page."""
    sight = desk.sight(person)
    ready = [each for each in sorted(sight.desks.extractors) if sight.open(each) and len(sight.desks.extractors[each]) > 1]  # fmt: skip
    if part == "counts":
        if id not in ready:
            raise HTTPException(404)
        return render(request, "adjudicate_counts_part.html.j2", row=_row(desk, sight, id), now=True)
    if part == "agreement":
        template = "adjudicate_agreement_part.html.j2" if is_part(request) else "adjudicate_agreement.html.j2"
        return render(request, template, agreement=_agreement(desk, ready), labels=widgets_of)
    pages = max(-(-len(ready) // SOURCES_PER_PAGE), 1)
    page = min(max(page, 1), pages)
    until = time.monotonic() + AT_ONCE
    shown = [_row(desk, sight, each, until) for each in ready[(page - 1) * SOURCES_PER_PAGE : page * SOURCES_PER_PAGE]]
    waiting = [
        (each, sorted(names - handed), sorted(names & handed))
        for each, names in sorted(sight.desks.extractors.items())
        if (handed := sight.desks.submitted.get(each, frozenset())) is not None and names - handed
    ]
    alone = [each for each, names in sight.desks.extractors.items() if len(names) == 1 and sight.desks.done(each)]
    many = sum(sum(each.records.values()) for each in desk.at_this_revision("progress", desk.review.progress)) > MANY
    return render(
        request, "adjudicate.html.j2", rows=shown, total=len(ready), page=page, pages=pages, waiting=waiting,
        alone=len(alone), many=many,
    )  # fmt: skip


def _row(desk: Desk, sight: Sight, source: str, until: float | None = None) -> dict[str, Any]:
    now = until is None or parts.counted(desk, source) or time.monotonic() < until
    counts = parts.counts(desk, source) if now else None
    return {"source": source, "extractors": sorted(sight.desks.extractors[source]), "counts": counts}


def _agreement(desk: Desk, ready: Sequence[str]) -> list[Agreement]:
    def made() -> list[Agreement]:
        decisions = desk.at_this_revision("decisions", desk.review.adjudications)
        return work(desk.review.tables(sources=ready), decisions, desk.review.submissions(), only=ready).agreement

    return desk.at_this_revision("agreement", made) if ready else []


@router.get("/adjudicate/source")
def source(request: Request, desk: TheDesk, person: Adjudicating, id: str = "", page: int = 1, view: str = "open", show: str = "") -> Response:  # fmt: skip
    """The differences of one source, or the decisions on it."""
    one = _opened(desk, person, id)
    if view == "decided":
        return _decided(request, one, page)
    pages = max(-(-len(one.open) // PER_PAGE), 1)
    page = min(max(page, 1), pages)
    records = one.open[(page - 1) * PER_PAGE : page * PER_PAGE]
    return _page(request, desk, person, _Shown(one, parts.cards(one, records), page, pages, show=show))


@router.post("/adjudicate/source")
def settle(request: Request, desk: TheDesk, person: Adjudicating, form: Form) -> Response:
    """Save the decisions of a page, or accept what is equal within rounding."""
    one = _opened(desk, person, _text(form, "id"))
    if _text(form, "action") == "agreed":
        return _accept(request, desk, person, form, one)
    seen = int(given) if (given := _text(form, "seen")).isdecimal() and len(given) < 10 else -1
    tokens = [each for each in dict.fromkeys(map(str, form.getlist("record"))) if each in one.tokens]
    lost = len(set(map(str, form.getlist("record")))) - len(tokens)
    read = [_read(desk, form, one, each, seen) for each in tokens]
    choices = [choice for each in read for choice in each.choices]
    why = _text(form, "why")
    problems = any(each.problems for each in read)
    sentence, status = "", 422
    if problems:
        sentence = "Nothing is saved yet: a value below was not accepted."
    elif not choices and lost:
        sentence, status = "These records are no longer matched as you saw them: an extraction was changed meanwhile. Nothing was saved.", 409  # fmt: skip
    elif not choices:
        sentence = "Nothing is chosen yet; choose for at least one field or record."
    elif not why:
        sentence = f"Nothing is saved yet. {NO_REASON}"
    if not sentence:
        try:
            numbers = desk.review.adjudicate(choices, who=person.name, why=why)
        except ChangedMeanwhile as problem:
            sentence, status = _meanwhile(problem), 409
        except StoreError as problem:
            sentence = f"{problem}."
    if not sentence:
        about = len({(each.kind, each.originals) for each in choices})
        missed = f"; {amount(lost, 'record')} had changed meanwhile and can be decided again" if lost else ""
        note(request, f"{amount(len(numbers), 'decision')} on {amount(about, 'record')} saved{missed}.")
        return went(href("/adjudicate/source", id=one.source, page=_text(form, "page")))
    one = settling(desk, one.source) if status == 409 else one
    return _again(request, desk, person, one, form, read, seen, sentence, status)


def _meanwhile(problem: ChangedMeanwhile) -> str:
    """Who did what since the page was loaded."""
    if isinstance(problem, DecidedMeanwhile):
        return f"{problem.sentence}."
    done = "retired" if problem.now is None else "changed"
    about = f"{problem.kind.replace('_', ' ')} {problem.record_key} of {problem.extractor}"
    return f"{problem.who} {done} the {about} {ago(problem.at)}. Nothing was saved: look at it as it is now and choose again."  # fmt: skip


def _accept(request: Request, desk: Desk, person: Person, form: FormData, one: Settling) -> Response:
    also = [each for each in map(str, form.getlist("also")) if each in ALSO]
    choices = [
        replace(each, seen=dict.fromkeys(each.originals, one.revision)) for each in agreed(one.work, also)
    ]  # fmt: skip
    if choices:
        why = _text(form, "why") or "equal, or equal within rounding"
        desk.review.adjudicate(choices, who=person.name, why=why)
    records = len({(each.kind, each.originals) for each in choices})
    note(request, f"Accepted in {amount(records, 'record')}: {amount(len(choices), 'decision')}." if choices else "There is nothing left that is equal within rounding.")  # fmt: skip
    return went(href("/adjudicate/source", id=one.source))


@router.post("/adjudicate/reopen")
def reopen(request: Request, desk: TheDesk, person: Adjudicating, form: Form) -> Response:
    """Take a decision back; it stays on record."""
    one = _opened(desk, person, _text(form, "id"))
    found = next((each for each in one.decisions if str(each.id) == _text(form, "decision")), None)
    if found is None:
        raise HTTPException(404)
    why, page = _text(form, "why"), _text(form, "page")
    try:
        if not why:
            raise StoreError("say why the decision is opened again; the reason stays on record")
        desk.review.reopen_decision(found.id, who=person.name, why=why)
    except StoreError as problem:
        return _decided(request, settling(desk, one.source), int(page) if page.isdecimal() and len(page) < 10 else 1, (found.id, why, str(problem)))  # fmt: skip
    note(request, "The decision is open again; what was decided stays on record.")
    return went(href("/adjudicate/source", id=one.source, view="decided", page=page))


def _opened(desk: Desk, person: Person, source: str) -> Settling:
    """The differences of a source, or a refusal without a word of what is in it."""
    sight = desk.sight(person)
    names = sight.desks.extractors.get(source, frozenset())
    if not names:
        raise HTTPException(404)
    if not sight.open(source):
        left = sorted(names - sight.desks.submitted.get(source, frozenset()))
        raise Refused(
            f"{source} is shown when everybody who extracts it has handed in; it waits for {' and '.join(left)}"
        )
    return settling(desk, source)


def _text(form: FormData, name: str) -> str:
    given = form.get(name)
    return given.strip() if isinstance(given, str) else ""


@dataclass(slots=True)
class _Read:
    """What was posted about one record."""

    token: str
    chosen: dict[str, str] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)
    whole: str = ""
    choices: list[Choice] = field(default_factory=list)
    problems: dict[str, list[str]] = field(default_factory=dict)


def _read(desk: Desk, form: FormData, one: Settling, token: str, seen: int) -> _Read:
    record = one.tokens[token]
    keys = frozenset(record.keys)
    looked = dict.fromkeys(keys, seen)
    read = _Read(token, whole=_text(form, f"whole-{token}"))
    for each in compared(RECORDS[record.kind]):
        read.chosen[each] = _text(form, f"choose-{token}.{each}")
        read.other[each] = _text(form, f"other-{token}.{each}")
    if read.whole == "none":
        read.choices = [Choice(record.kind, keys, "left_out", seen=looked)]
    elif read.whole:
        read.choices = [Choice(record.kind, keys, "taken", None, read.whole.removeprefix("whole:"), seen=looked)]
    else:
        _of_fields(desk, one, record, read, looked)
    return read


def _of_fields(desk: Desk, one: Settling, record: Matched, read: _Read, looked: Mapping[Key, int]) -> None:
    keys = frozenset(record.keys)
    for name, chosen in read.chosen.items():
        other = read.other[name]
        if chosen.startswith("by:"):
            read.choices.append(Choice(record.kind, keys, "taken", name, chosen.removeprefix("by:"), seen=looked))
        elif chosen == "other" and not other:
            read.problems[name] = [f"Type the value, or {BLANK} where nothing is printed."]
        elif chosen == "other":
            value = None if other.casefold() == BLANK else other
            read.choices.append(Choice(record.kind, keys, "other", name, None, value, seen=looked))
    typed = {each.field: each.value for each in read.choices if each.decision == "other"}
    if typed:
        _validate(desk, one, record, read, typed)


def _validate(desk: Desk, one: Settling, record: Matched, read: _Read, typed: Mapping[str | None, str | None]) -> None:
    """Refuse values that an intake would refuse, at their fields; the record is tried as it would be settled."""
    cells = one.cells(record.kind, record.keys)
    row = dict(next((of for (who, _), of in cells.items() if who in _takes(read)), next(iter(cells.values()))))
    for each in read.choices:
        if each.field is not None:
            taken = next((of for (who, _), of in cells.items() if who == each.taken_from), {})
            row[each.field] = each.value if each.decision == "other" else taken.get(each.field)
    row.pop("printed", None)  # what was decided stands, and is not filled in from the whole cell again
    filled = {name: text for name, text in row.items() if text is not None}
    for problem in read_rows(record.kind, [filled], desk.known()).problems:
        place = problem.field if problem.field in typed else ""
        read.problems.setdefault(place or "", []).append(problem.sentence)


def _takes(read: _Read) -> list[str]:
    return [each.taken_from for each in read.choices if each.taken_from]


@dataclass(slots=True)
class _Shown:
    """What is on a page of differences."""

    one: Settling
    cards: list[Card]
    page: int = 1
    pages: int = 1
    why: str = ""
    why_problem: str = ""
    show: str = ""


def _again(request: Request, desk: Desk, person: Person, one: Settling, form: FormData, read: Sequence[_Read], seen: int, sentence: str, status: int) -> Response:  # fmt: skip
    """The same records once more, with what was typed; choices about what changed meanwhile have to be made anew."""
    still = {parts.token(each) for each in one.open}
    kept = [each for each in read if each.token in still]
    cards = parts.cards(one, [one.tokens[each.token] for each in kept])
    for card, each in zip(cards, kept, strict=True):
        moved = status == 409 and _moved(desk, card.one, one, seen)
        card.whole = "" if moved else each.whole
        card.problems = [*each.problems.get("", []), *(["This record was changed or decided since you looked. Look at it as it is now and choose again."] if moved else [])]  # fmt: skip
        for line in card.lines:
            line.chosen, line.other = "" if moved else each.chosen[line.field], each.other[line.field]
            line.problems = each.problems.get(line.field, [])
    page = _text(form, "page")
    number = int(page) if page.isdecimal() and len(page) < 10 else 1
    pages = max(-(-len(one.open) // PER_PAGE), 1)
    why = _text(form, "why")
    shown = _Shown(one, cards, min(max(number, 1), pages), pages, why, "" if why else NO_REASON)
    return _page(request, desk, person, shown, status=status, flash=[("error", sentence)])


def _moved(desk: Desk, record: Matched, one: Settling, seen: int) -> bool:
    """Whether an extraction of a record, or a decision on it, is newer than what was seen."""
    rows = [desk.review.row(record.kind, key, who) for who, key in record.keys]
    decided = [each.made.revision for each in one.decisions if not each.keys.isdisjoint(record.keys)]
    return max([*(each.revision for each in rows if each), *decided], default=0) > seen


def _page(request: Request, desk: Desk, person: Person, shown: _Shown, **more: Any) -> Response:  # noqa: ANN401 - status, flash  # fmt: skip
    one = shown.one
    marked = [each for each in shown.cards if not shown.show or each.token == shown.show]
    pieces, why_no_text = parts.highlighted(desk, one, [text for each in marked for _, text in each.quotes])
    names = next((each.extractors for each in one.work.sources), ())
    asked = [each for each in desk.review.queries() if each.pending and each.subject.source == one.source]
    return render(
        request, "adjudicate_source.html.j2", one=one, cards=shown.cards, page=shown.page, pages=shown.pages,
        why=shown.why, why_problem=shown.why_problem, reasons=_reasons(desk, person), names=names, pieces=pieces,
        why_no_text=why_no_text, counts=parts.counts(desk, one.source), blank=BLANK, also=ALSO, show=shown.show,
        asked={(each.subject.kind, each.subject.target): each for each in asked},
        back=href("/adjudicate/source", id=one.source, page=shown.page), **more,
    )  # fmt: skip


def _reasons(desk: Desk, person: Person) -> list[str]:
    """Reasons to offer: those the person gave last, then common ones."""
    decisions: list[Adjudication] = desk.at_this_revision("decisions", desk.review.adjudications)
    own = [each.made.why for each in reversed(decisions) if each.made.who == person.name]
    return [*list(dict.fromkeys(own))[:10], *(each for each in REASONS if each not in own)]


def _decided(request: Request, one: Settling, page: int, refused: tuple[int, str, str] | None = None) -> Response:
    found = parts.decided(one)
    pages = max(-(-len(found) // PER_PAGE), 1)
    page = min(max(page, 1), pages)
    shown = [
        {
            "made": each,
            "about": parts.original(one, each),
            "field": widgets_of(each.kind)[each.field].label if each.field else "The whole record",
            "state": "opened again" if each.reopened else "an extraction was changed since; to be decided again" if each.stale else "in force",
        }
        for each in found[(page - 1) * PER_PAGE : page * PER_PAGE]
    ]  # fmt: skip
    flash = [("error", f"{refused[2][0].upper()}{refused[2][1:]}.")] if refused else []
    names = next((each.extractors for each in one.work.sources), ())
    return render(
        request, "adjudicate_decided.html.j2", status=422 if refused else 200, one=one, decided=shown, page=page,
        pages=pages, total=len(found), typed={refused[0]: refused[1]} if refused else {}, flash=flash, names=names,
        left=len(one.open),
    )  # fmt: skip
