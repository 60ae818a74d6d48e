"""Which findings a person may see. Decided here for every page and the API.

A finding follows from the records of one extractor. It is shown to somebody who may see every record that it tells of,
be it the extractor's own or, where it was settled, the consensus. What two extractors have alike is shown once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from curation.engine.findings import Finding, worst_first
from curation.web.blinding import Sight
from curation.web.desk import Desk
from curation.web.people import Person
from curation.web.remembered import remembered
from store.findings import Waiver
from store.whose import Whereabouts, owners

Told = Mapping[tuple[str, str], Sequence[Whereabouts]]
"""By extractor and record id, where such records are."""


@dataclass(frozen=True, slots=True)
class RecordSeen:
    """A record that a finding tells of, as an address needs it."""

    kind: str
    by: str
    id: str
    source: str


@dataclass(frozen=True, slots=True)
class SeenFinding:
    """A finding that a person may see, and from whose records it follows (oneself first)."""

    finding: Finding
    by: tuple[str, ...]
    records: tuple[RecordSeen, ...]
    decided_openly: bool
    """Whether a decision on it tells nobody what they may not know: nobody extracts its sources blind."""


@dataclass(frozen=True, slots=True)
class _One:
    extractor: str | None
    finding: Finding


def seen_findings(desk: Desk, person: Person) -> list[SeenFinding]:
    """The findings of the last check that this person may see, gravest first within each source."""
    run = desk.review.last_check()
    if run is None:
        return []
    waivers = desk.review.waivers()
    decided = tuple((each.fingerprint, each.who, each.reason) for each in waivers if each.withdrawn_at is None)
    state = (desk.review.revision, run.at, decided)
    return remembered(desk, f"findings of {person.role} {person.name}", state, lambda: _of(desk, person, waivers))


def seen_finding(desk: Desk, person: Person, fingerprint: str) -> SeenFinding | None:
    """The finding of this whole fingerprint; None where there is none or it may not be seen."""
    return next((each for each in seen_findings(desk, person) if each.finding.fingerprint == fingerprint), None)


def seen_waivers(desk: Desk, person: Person) -> list[Waiver]:
    """The waivers in force whose finding is gone, as far as this person may know what they were about.

    Of a finding that is gone it is no longer known from whose records it followed: they are seen by who waived it, and
    by all who see the whole review.
    """
    sight = desk.sight(person)
    whole = all(sight.open(each) for each in sight.desks.extractors)
    return [each for each in desk.review.waivers() if each.stale and (whole or each.who == person.name)]


def ready(desk: Desk) -> None:
    """Read the findings of the last check, so that the next page need not wait for it."""
    if (run := desk.review.last_check()) is not None:
        _saved(desk, run.at)


def _of(desk: Desk, person: Person, waivers: Iterable[Waiver]) -> list[SeenFinding]:
    run = desk.review.last_check()
    if run is None:
        return []
    saved = _saved(desk, run.at)
    told = _told(desk, run.at, saved)
    sight = desk.sight(person)  # after the findings were read: what is open now may be seen
    decisions = {each.fingerprint: each for each in waivers if each.withdrawn_at is None}
    found: dict[str, list[_One]] = defaultdict(list)
    for each in saved:
        if seen(each.finding, each.extractor, sight, told):
            found[each.finding.fingerprint].append(each)
    shown = [_shown(several, sight, told, decisions) for several in found.values()]
    at = {each.finding.fingerprint: each for each in shown}
    return [at[one.fingerprint] for one in worst_first(each.finding for each in shown)]


def seen(one: Finding, extractor: str | None, sight: Sight, told: Told) -> bool:
    """Whether this finding in the records of an extractor may be shown to whose sight this is."""
    named = [each for each in one.records if each]
    if not named:
        return _of_no_record(one, extractor, sight)
    return all(_record_seen(extractor, each, sight, told) for each in named)


def _record_seen(extractor: str | None, record: str, sight: Sight, told: Told) -> bool:
    whose = owners(told, extractor, record)
    return bool(whose) and all(sight.sees(each.source or None, who) for who in whose for each in told[who, record])


def _of_no_record(one: Finding, extractor: str | None, sight: Sight) -> bool:
    """A rule that stopped: its message may quote what it read, so that all of the extractor's sources must be open."""
    if extractor is None:
        return all(sight.open(each) for each in sight.desks.extractors)
    if one.source:
        return sight.sees(one.source, extractor)
    return all(sight.sees(source, extractor) for source, names in sight.desks.extractors.items() if extractor in names)


def openly(sources: Iterable[str], sight: Sight) -> bool:
    """Whether nobody else works blind on any of these sources."""
    alone = {sight.person.name}
    return all(sight.open(each) or sight.desks.extractors.get(each, frozenset()) <= alone for each in sources)


def _shown(several: Sequence[_One], sight: Sight, told: Told, decisions: Mapping[str, Waiver]) -> SeenFinding:
    if len(several) > 1:
        several = sorted(several, key=lambda each: (each.extractor != sight.person.name, each.extractor or ""))
    first = several[0]
    records = tuple(_records(first, told))
    fine = openly({each.source for each in records} | {first.finding.source} - {""}, sight)
    waiver = decisions.get(first.finding.fingerprint)
    if waiver is not None and not fine and waiver.who != sight.person.name:
        waiver = None
    finding = first.finding
    if waiver is not None:
        finding = replace(finding, status="waived", decided_by=waiver.who, reason=waiver.reason)
    elif finding.status != "open":
        finding = replace(finding, status="open", decided_by="", reason="")
    return SeenFinding(finding, tuple(each.extractor for each in several if each.extractor), records, fine)


def _records(one: _One, told: Told) -> Iterator[RecordSeen]:
    for record in dict.fromkeys(filter(None, one.finding.records)):
        whose = owners(told, one.extractor, record)
        if whose:
            place = told[whose[-1], record][0]
            yield RecordSeen(place.kind, whose[-1], record, place.source)


def _saved(desk: Desk, at: object) -> list[_One]:
    def read() -> list[_One]:
        rows = desk.review.findings_of_each()
        return [_One(str(each["extractor"]) if each["extractor"] else None, Finding.from_dict(each)) for each in rows]

    return remembered(desk, "findings saved", str(at), read)


def _told(desk: Desk, at: object, saved: Sequence[_One]) -> Told:
    """Where the records of the findings are and ever were: read once per check, and then what was saved since."""

    def first() -> tuple[int, Told]:
        revision = desk.review.revision
        return revision, desk.review.whereabouts(_named(saved))

    def now() -> Told:
        revision, before = remembered(desk, "records of the check", str(at), first)
        later = desk.review.whereabouts(_named(saved), after=revision)
        return {**before, **{key: [*before.get(key, ()), *places] for key, places in later.items()}}

    return remembered(desk, "records of findings", (desk.review.revision, str(at)), now)


def _named(saved: Sequence[_One]) -> set[str]:
    return {record for each in saved for record in each.finding.records if record}
