"""The published tables of a source as somebody extracted them, redrawn with marks where the numbers do not add up."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from curation.decisions import decide
from curation.engine.run import Checked, check
from curation.entry.around import around
from curation.entry.live import row_rules
from curation.report import wording
from curation.report.html.facts import Fact, facts, names
from curation.report.html.grids import Grid, Passage, grids, passages, places
from curation.report.html.listing import Entry, Listing, listing
from curation.web.desk import Desk
from curation.web.guard import Looking, TheDesk
from curation.web.pages import href, is_part, render
from curation.web.people import Person
from curation.web.remembered import remembered
from store.consensus import CONSENSUS

router = APIRouter(include_in_schema=False)
MOST_FINDINGS = 300
"""Findings on the page; the gravest stay."""
MOST_FACTS = 3000
"""Records that are drawn; those with a finding come first."""


Judged = tuple[dict[str, pa.Table], Checked]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the page shows of one extraction of a source."""

    grids: list[Grid]
    passages: list[Passage]
    listing: Listing
    severities: Mapping[str, int]
    kinds: Mapping[str, str]
    """The kind of each record."""
    left_out: int


def anchor_of(section: str) -> str:
    """The id of a section on the page.

    >>> anchor_of("Table 2") == anchor_of("Table 2")
    True
    """
    return f"section-{hashlib.blake2s(section.encode('utf-8', 'surrogatepass'), digest_size=5).hexdigest()}"


@router.get("/table")
def table(request: Request, desk: TheDesk, person: Looking, source: str = "", by: str = "", whole: str = "") -> Response:  # fmt: skip
    """The tables of a source by one extractor: at once with what single rows say, then (``whole``) with everything."""
    row = desk.review.row("source", source) if source else None
    if row is None:
        raise HTTPException(404)
    sight = desk.sight(person)
    seen = [*sight.seen_of(source), *([CONSENSUS] if sight.open(source) else [])]
    by = by or (person.name if person.name in seen or not seen else seen[0])
    if not sight.sees(source, by):
        raise HTTPException(404)
    drawn, pending = _drawn_of(desk, person, source, by, whole=bool(whole))
    return render(
        request, "table_part.html.j2" if is_part(request) and whole else "table.html.j2", pending=pending, source=source, title=row.cells.get("title") or source, by=by, drawn=drawn,
        cards=[_card(each, drawn.kinds, by) for each in drawn.listing.entries], anchor_of=anchor_of,
        others=[(WHOSE.get(each, each), href("/table", source=source, by=each), each == by) for each in seen],
        may_enter=by == person.name and sight.why_not_extract(source) is None,
        whose="you" if by == person.name else WHOSE.get(by, by),
    )  # fmt: skip


WHOSE = {CONSENSUS: "adjudication"}
"""How the page calls an extraction that is nobody's own."""


def _drawn_of(desk: Desk, person: Person, source: str, by: str, *, whole: bool) -> tuple[Drawn, bool]:
    """What the page shows, and whether the rules that look across rows are still to be asked."""
    kept: dict[str, Judged] = desk.at_this_revision(f"table {source!r} {by!r}", dict)
    if "rows" not in kept:
        tables = desk.review.tables(extractor=by, sources=[source])
        before: dict[str, dict[str, Judged]] = remembered(desk, f"table {source!r} {by!r} before", 0, dict)
        if (last := before.get("kept")) and all(
            table.equals(last["rows"][0].get(kind)) for kind, table in tables.items()
        ):
            kept.update(last)  # what was saved since is not of this table
        else:
            kept["rows"] = tables, check(tables, row_rules())
        before["kept"] = kept
    if whole and "whole" not in kept:
        kept["whole"] = kept["rows"][0], around(kept["rows"][0], by)
    state = "whole" if "whole" in kept else "rows"
    tables, checked = kept[state]
    seen = desk.sight(person).open(source)
    waivers = [each for each in desk.review.waivers() if seen or each.who == person.name]
    name = f"table {source!r} {by!r} {state} drawn {hash(tuple(waivers))}"
    drawn = desk.at_this_revision(name, lambda: _drawn(desk, tables, decide(checked, waivers)[0]))
    return drawn, state == "rows" and bool(drawn.kinds)


def _drawn(desk: Desk, tables: Mapping[str, pa.Table], checked: Checked) -> Drawn:
    labels = names(tables)
    every = list(facts(tables, labels))
    found = listing(checked.findings, desk.rules, labels, {each.record: each.label for each in every}, MOST_FINDINGS)
    chosen, left_out = _chosen(every, found.by_record)
    at = places(chosen, [])
    return Drawn(
        grids(at, found.by_record, left_out),
        [each for several in passages(at, found.by_record, left_out).values() for each in several],
        found, wording.severities(checked.findings), {each.record: each.kind for each in every}, sum(left_out.values()),
    )  # fmt: skip


def _chosen(every: list[Fact], by_record: Mapping[str, list[Entry]]) -> tuple[list[Fact], dict[tuple[str, str], int]]:
    """The records that are drawn, those with a finding first in line; and how many of each section are left out."""
    flagged = sum(each.record in by_record for each in every)
    room = {True: MOST_FACTS, False: max(0, MOST_FACTS - flagged)}
    kept: list[Fact] = []
    left_out: dict[tuple[str, str], int] = {}
    for each in every:
        named = each.record in by_record
        if room[named]:
            room[named] -= 1
            kept.append(each)
        else:
            left_out[each.source, each.section] = left_out.get((each.source, each.section), 0) + 1
    return kept, left_out


def _card(entry: Entry, kinds: Mapping[str, str], by: str) -> dict[str, object]:
    """A finding as the page shows it, with ways to the records that it names."""
    one = entry.finding
    own = [each for each in one.records if each in kinds]
    links = [
        (f"record {number}" if len(own) > 1 else "the record", href("/record", kind=kinds[each], by=by, id=each))
        for number, each in enumerate(own, 1)
    ]
    return {
        "rule": one.rule, "severity": one.severity, "status": one.status, "parts": replace(entry.parts, what=f"{entry.number}. {entry.parts.what}"), "field": entry.about,
        "explanations": one.explanations, "changes_conclusion": one.changes_conclusion, "reason": one.reason,
        "decided_by": one.decided_by, "fingerprint": one.fingerprint, "links": links,
    }  # fmt: skip
