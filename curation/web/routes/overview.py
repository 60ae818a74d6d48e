"""The front page: how far the review is, and what the person can do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from curation.engine.findings import ORDER
from curation.report.wording import amount
from curation.web.checking import CheckState, check_state
from curation.web.desk import Desk
from curation.web.guard import Looking, TheDesk
from curation.web.pages import href, render
from curation.web.people import Person
from curation.web.proposed import still_open
from curation.web.routes.queries import PENDING, Seen
from curation.web.seen_findings import seen_findings
from curation.web.standing import DONE, MINE, NOBODY, Standing, paged, people, standings

router = APIRouter(include_in_schema=False)

PER_PAGE = 50
MOST_NAMED = 3
"""Sources that are named among what to do next."""

Step = tuple[str, str, str]
"""A sentence, the words of a link, and its address."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What waits for this person, in numbers."""

    findings: dict[str, int]
    questions: int
    ready: int
    """Sources of which the differences can be settled."""
    proposals: Mapping[str, int]
    """By source what was found in its document and is not decided."""


@router.get("/")
def overview(request: Request, desk: TheDesk, person: Looking, page: int = 1) -> Response:
    """How far the review is."""
    every = standings(desk, person)
    tally = _tally(desk, person, every)
    check = check_state(desk, person)
    page, pages, part = paged(page, len(every), PER_PAGE)
    return render(
        request, "overview.html.j2", total=len(every), shown=every[part], page=page, pages=pages, tally=tally,
        check=check, done=sum(each.state == DONE for each in every), people=people(every), severities=list(ORDER),
        steps=_steps(person, every, tally, check), pending=PENDING,
    )  # fmt: skip


def _tally(desk: Desk, person: Person, every: Sequence[Standing]) -> Tally:
    found = Counter(each.finding.severity for each in seen_findings(desk, person) if each.finding.status == "open")
    questions = sum(each.pending for each in Seen(desk, person).queries())
    ready = sum(each.open and len(each.extractions) > 1 for each in every) if person.may("adjudicate") else 0
    return Tally({each: found[each] for each in ORDER}, questions, ready, still_open(desk, person))


def _steps(person: Person, every: Sequence[Standing], tally: Tally, check: CheckState) -> list[Step]:
    """What to do next: first what others wait for, then one's own work, then what was found."""
    steps = _extracting(every) if person.may("extract") else []
    steps += _proposals(tally.proposals)
    if tally.ready:
        steps.append((f"{amount(tally.ready, 'source')} can be compared and settled.", "Adjudicate", "/adjudicate"))
    if tally.questions:
        steps.append((f"{amount(tally.questions, 'question')} not closed yet.", "Questions", href("/queries", state=PENDING)))  # fmt: skip
    if open_ := sum(tally.findings.values()):
        steps.append((f"{amount(open_, 'finding')} of the last check to look at.", "Findings", "/findings"))
    if check.changes or (check.findings is None and not check.running and any(each.extractions for each in every)):
        steps.append(("The findings are not up to date.", "Check the review", "/findings"))
    if not steps and not person.may("extract"):
        steps.append(("Nothing waits for you. A source can be settled when everybody who extracts it has handed in.", "Sources", "/sources"))  # fmt: skip
    return steps


def _extracting(every: Sequence[Standing]) -> list[Step]:
    if not every:
        return [("The review has no source yet.", "Add a source", href("/entity", kind="source"))]
    waited_for = [each for each in every if each.state == MINE and each.others and all(one.handed_in for one in each.others)]  # fmt: skip
    mine = [each for each in every if each.state == MINE]
    steps: list[Step] = [
        (f"Everybody but you has handed in {each.source}.", "Hand in", href("/source", id=each.source))
        for each in waited_for[:MOST_NAMED]
    ]
    for each in [one for one in mine if one not in waited_for][:MOST_NAMED]:
        total = each.own.total if each.own else 0
        steps.append((f"You have {amount(total or 0, 'record')} of {each.source}.", "Continue", href("/source", id=each.source)))  # fmt: skip
    if len(mine) > len(steps):
        steps.append((f"You are at work on {amount(len(mine), 'source')} in all.", "Show them", href("/sources", state=MINE)))  # fmt: skip
    free = [each for each in every if each.state == NOBODY]
    if free:
        steps.append((f"{amount(len(free), 'source')} that nobody extracts yet.", "Choose one", href("/sources", state=NOBODY)))  # fmt: skip
    return steps


def _proposals(waiting: Mapping[str, int]) -> list[Step]:
    steps: list[Step] = [
        (f"{amount(number, 'proposal')} from the document of {source} not decided yet.", "Look at proposals", href("/proposals", source=source))
        for source, number in list(waiting.items())[:MOST_NAMED]
    ]  # fmt: skip
    if len(waiting) > len(steps):
        steps.append((f"{amount(sum(waiting.values()), 'proposal')} in all, from {len(waiting):,} sources.", "Show them", "/proposals"))  # fmt: skip
    return steps
