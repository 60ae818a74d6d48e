"""Findings: what cannot be true as printed, what was decided about it, and the check that finds it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from curation.engine.findings import ORDER
from curation.engine.page import sections
from curation.report.wording import SEVERITY_MEANING, Parts, amount, family, parts
from curation.web.checking import check_state, checker
from curation.web.desk import Desk
from curation.web.guard import Deciding, Form, Looking, TheDesk
from curation.web.pages import href, local, note, render, went
from curation.web.people import Person
from curation.web.remembered import remembered
from curation.web.seen_findings import SeenFinding, seen_finding, seen_findings, seen_waivers
from curation.web.told import moment
from store.consensus import CONSENSUS
from store.errors import StoreError

router = APIRouter(include_in_schema=False)
PAGE = 50
LONGEST = 4000
"""Characters of a reason."""
BLIND = "somebody else still extracts this source without knowing yours; it can be decided once everybody has handed in"


@dataclass(frozen=True, slots=True)
class Card:
    """A finding as a page shows it: see the macro finding_card."""

    seen: SeenFinding
    parts: Parts
    about: str
    links: tuple[tuple[str, str], ...]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the finding says
        return getattr(self.seen.finding, name)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The findings somebody asks for; blank is all."""

    severity: str = ""
    family: str = ""
    source: str = ""
    by: str = ""
    status: str = ""
    conclusion: str = ""
    search: str = ""

    def takes(self, each: SeenFinding) -> bool:
        """Whether a finding is one of them."""
        one = each.finding
        if self.search and self.search.casefold() not in " ".join((one.message, one.rule, one.name, one.fingerprint, *one.records, *one.explanations)).casefold():  # fmt: skip
            return False
        return (
            self.severity in ("", one.severity)
            and self.family in ("", family(one.rule))
            and self.source in ("", one.source)
            and (not self.by or self.by in each.by)
            and self.status in ("", one.status)
            and (not self.conclusion or one.changes_conclusion)
        )

    def query(self) -> dict[str, str]:
        """The same as parts of an address."""
        return {name: getattr(self, name) for name in self.__slots__}


@router.get("/findings")
def findings(
    request: Request, desk: TheDesk, person: Looking, severity: str = "", family: str = "", source: str = "", by: str = "",
    status: str = "", conclusion: str = "", search: str = "", page: str = "1",
) -> Response:  # fmt: skip
    """The findings one may see, by page."""
    every = seen_findings(desk, person)
    offered = _offered(every, _labels(desk))
    asked = {"severity": severity, "family": family, "source": source, "by": by, "status": status, "conclusion": conclusion}  # fmt: skip
    unknown = [name for name, value in asked.items() if value not in offered[name]]
    wanted = Wanted(**{name: "" if name in unknown else value for name, value in asked.items()}, search=search.strip()[:200])  # fmt: skip
    some = [each for each in every if wanted.takes(each)]
    pages = max(-(-len(some) // PAGE), 1)
    number = int(page) if page.isdecimal() and 1 <= int(page[:9]) <= pages else 1
    flash = [("warning", f"Nothing you can see here is called {asked[name]!r}; that filter is left out.") for name in unknown]  # fmt: skip
    if page != str(number):
        flash.append(("note", f"There is no page {page[:20]!r} of this list; this is page {number} of {pages}."))
    return render(
        request, "findings.html.j2", flash=flash, wanted=wanted, offered=offered, page=number, pages=pages,
        cards=_cards(desk, some[PAGE * (number - 1) : PAGE * number]), total=len(some), whole=len(every),
        counts=_counts(every), check=check_state(desk, person), stale=seen_waivers(desk, person), moment=moment,
        here=href("/findings", **wanted.query(), page=number if number > 1 else None),
        href_of=lambda at: href("/findings", **wanted.query(), page=at),
    )  # fmt: skip


@router.get("/finding")
def finding(request: Request, desk: TheDesk, person: Looking, id: str = "") -> Response:
    """One finding, with its rule."""
    return _one(request, desk, _seen(desk, person, id))


@router.post("/finding/waive")
def waive(request: Request, desk: TheDesk, person: Deciding, form: Form) -> Response:
    """Accept a finding, for a reason."""
    seen, reason = _seen(desk, person, _text(form, "id")), _text(form, "reason").strip()
    why = ""
    if not seen.decided_openly:
        why = BLIND
    elif not reason:
        why = "say why the finding is accepted, such as: the authors confirmed the number"
    elif len(reason) > LONGEST:
        why = f"the reason has {len(reason):,} characters; {LONGEST:,} are the most"
    if not why:
        try:
            desk.review.waive(seen.finding.fingerprint, who=person.name, reason=reason)
        except StoreError as problem:
            why = str(problem)
    if why:
        return _one(request, desk, seen, status=422, typed=reason, problem=why)
    note(request, "The finding is waived; its reason is kept with it.")
    return went(_back(form, seen.finding.fingerprint))


@router.post("/finding/withdraw")
def withdraw(request: Request, desk: TheDesk, person: Deciding, form: Form) -> Response:
    """Take a waiver back; the finding is open again."""
    mark = _text(form, "id")
    seen = seen_finding(desk, person, mark)
    if seen is None and mark not in {each.fingerprint for each in seen_waivers(desk, person)}:
        raise HTTPException(404)
    if seen is not None and not seen.decided_openly:
        return _one(request, desk, seen, status=422, problem=BLIND)
    desk.review.withdraw_waiver(mark, who=person.name)
    note(request, "The waiver is withdrawn; it stays on record.")
    return went(_back(form, mark if seen else ""))


@router.post("/check")
def check(request: Request, desk: TheDesk, person: Looking, form: Form) -> Response:
    """Check the whole review, in the background."""
    if not checker(desk).start():
        note(request, f"The review is being checked already, {person.name}; what it finds is shown when it is done.", "note")  # fmt: skip
    return went(local(_text(form, "back") or "/findings"))


@router.get("/check/state")
def state(request: Request, desk: TheDesk, person: Looking, watched: str = "") -> Response:
    """How far the check is, or how old its findings are."""
    return render(request, "check_part.html.j2", check=check_state(desk, person, watched=watched == "yes"))


def _seen(desk: Desk, person: Person, fingerprint: str) -> SeenFinding:
    found = seen_finding(desk, person, fingerprint)
    if found is None:
        raise HTTPException(404)
    return found


def _one(
    request: Request, desk: Desk, seen: SeenFinding, *, status: int = 200, typed: str = "", problem: str = ""
) -> Response:  # fmt: skip
    rule = next((each for each in desk.rules if each.id == seen.finding.rule), None)
    return render(
        request, "finding.html.j2", status=status, card=_cards(desk, [seen])[0], rule=rule,
        sections=remembered(desk, f"rule {rule.id}", 0, lambda: sections(rule)) if rule else [], typed=typed, problem=problem, meaning=SEVERITY_MEANING,
        blind="" if seen.decided_openly else BLIND, here=href("/finding", id=seen.finding.fingerprint),
    )  # fmt: skip


def _cards(desk: Desk, some: Sequence[SeenFinding]) -> list[Card]:
    rules = {each.id: each for each in desk.rules}
    labels = _labels(desk)
    return [Card(each, parts(each.finding, rules), _about(each, labels), tuple(_links(each))) for each in some]


def _about(each: SeenFinding, labels: Mapping[tuple[str, ...], str]) -> str:
    one = each.finding
    keys = (("source", one.source), ("study", one.study), ("arm", one.study, one.arm), ("outcome", one.outcome))
    told = [labels.get(key) or key[-1] for key in keys if key[-1]]
    by = [f"as {' and '.join(each.by)} {'have' if len(each.by) > 1 else 'has'} it"] if each.by else []
    return " · ".join([*told, *by])


def _links(each: SeenFinding) -> list[tuple[str, str]]:
    found = []
    for one in each.records[:20]:
        whose = "settled" if one.by == CONSENSUS else f"by {one.by}"
        name = f"{one.kind.replace('_', ' ').capitalize()} {one.id}" if len(each.records) > 1 else "The record"
        found.append((f"{name}, {whose}", href("/record", kind=one.kind, by=one.by, id=one.id)))
    if each.finding.source and each.by:
        found.append(("The table", href("/table", source=each.finding.source, by=each.by[0])))
    return found


def _labels(desk: Desk) -> dict[tuple[str, ...], str]:
    """The names of sources, studies, arms and outcomes."""
    return desk.at_this_revision("names of findings", lambda: _named(desk))


def _named(desk: Desk) -> dict[tuple[str, ...], str]:
    tables = desk.review.tables(sources=())
    keys = {"source": ("source",), "study": ("study",), "arm": ("study", "arm"), "outcome": ("outcome",)}
    found = {}
    for kind, ids in keys.items():
        label = "title" if kind == "source" else "label"
        for row in tables[kind].select([*ids, label]).to_pylist():
            found[kind, *(row[each] for each in ids)] = row[label] or ""
    return found


def _offered(every: Sequence[SeenFinding], labels: Mapping[tuple[str, ...], str]) -> dict[str, dict[str, str]]:
    """What each filter offers: what the person can see, and nothing else."""
    families = sorted({family(each.finding.rule) for each in every})
    sources = sorted({each.finding.source for each in every} - {""})
    people = sorted({name for each in every for name in each.by})
    return {
        "severity": {"": "All", **{name: f"{name.capitalize()}: {SEVERITY_MEANING[name]}" for name in ORDER}},
        "family": {"": "All", **{name: name for name in families}},
        "source": {"": "All", **{name: _short(name, labels.get(("source", name), "")) for name in sources}},
        "by": {"": "Everybody", **{name: name for name in people}},
        "status": {"": "Open and waived", "open": "Open", "waived": "Waived"},
        "conclusion": {"": "All", "yes": "Changes the conclusion"},
    }


def _short(name: str, title: str) -> str:
    return f"{name}: {title[:60]}{'…' if len(title) > 60 else ''}" if title and title != name else name


def _counts(every: Sequence[SeenFinding]) -> list[tuple[str, int, str, str]]:
    """Label, number, address and severity of each tile."""
    open_ones = Counter(each.finding.severity for each in every if each.finding.status == "open")
    tiles = [
        (amount(open_ones[name], name).partition(" ")[2].capitalize(), open_ones[name], href("/findings", severity=name, status="open"), name if open_ones[name] else "")
        for name in ORDER
    ]  # fmt: skip
    turning = sum(each.finding.changes_conclusion and each.finding.status == "open" for each in every)
    waived = sum(each.finding.status == "waived" for each in every)
    tiles.append(("Change the conclusion", turning, href("/findings", conclusion="yes", status="open"), ""))
    return [*tiles, ("Waived", waived, href("/findings", status="waived"), "")]


def _back(form: Form, fingerprint: str) -> str:
    back = _text(form, "back")
    if back.startswith("/findings"):
        return local(back)
    return href("/finding", id=fingerprint) if fingerprint else "/findings"


def _text(form: Form, name: str) -> str:
    given = form.get(name)
    return given if isinstance(given, str) else ""
