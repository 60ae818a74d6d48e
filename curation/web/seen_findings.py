"""Which findings a person may see. Decided here for every page and the API.

A finding follows from the records of one extractor. It is shown to somebody who may see every record that it tells of,
be it the extractor's own or, where it was settled, the consensus. What two extractors have alike is shown once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from curation.engine.findings import Finding
from curation.web.blinding import Sight
from curation.web.desk import Desk
from curation.web.laid_out import Check, LaidOut, RecordSeen, Told, last, need
from curation.web.people import Person
from curation.web.remembered import remembered
from store.findings import Waiver
from store.whose import owners


@dataclass(frozen=True, slots=True)
class SeenFinding:
    """A finding that a person may see, and from whose records it follows (oneself first)."""

    finding: Finding
    by: tuple[str, ...]
    records: tuple[RecordSeen, ...]
    decided_openly: bool
    """Whether a decision on it tells nobody what they may not know: nobody extracts its sources blind."""


@dataclass(frozen=True)
class _Seen:
    """What one person sees of a check, and what that depended on."""

    laid_out: LaidOut | None
    depended: tuple[object, ...]
    all: list[SeenFinding]

    @cached_property
    def by_fingerprint(self) -> Mapping[str, SeenFinding]:
        return {each.finding.fingerprint: each for each in self.all}


NOTHING = _Seen(None, (), [])


def seen_findings(desk: Desk, person: Person) -> list[SeenFinding]:
    """The findings of the last check that this person may see, gravest first within each source."""
    return _seen(desk, person).all


def seen_finding(desk: Desk, person: Person, fingerprint: str) -> SeenFinding | None:
    """The finding of this whole fingerprint; None where there is none or it may not be seen."""
    return _seen(desk, person).by_fingerprint.get(fingerprint)


def seen_about(desk: Desk, person: Person, record: str, extractor: str) -> list[SeenFinding]:
    """The findings that this person may see of one extractor's record of this id."""
    found = _seen(desk, person)
    if found.laid_out is None:
        return []
    marks = dict.fromkeys(found.laid_out.listed.saved[at].finding.fingerprint for at in found.laid_out.listed.by_record.get(record, ()))  # fmt: skip
    shown = filter(None, map(found.by_fingerprint.get, marks))
    return [each for each in shown if extractor in each.by and any(one.id == record for one in each.records)]


def found_of(desk: Desk, extractor: str) -> frozenset[str]:
    """The fingerprints of the findings of the last check that follow from this extractor's records."""
    check = last(desk)
    return frozenset() if check is None else check.of.get(extractor, frozenset())


def seen_waivers(desk: Desk, person: Person) -> list[Waiver]:
    """The waivers in force whose finding is gone, as far as this person may know what they were about.

    Of a finding that is gone it is no longer known from whose records it followed: they are seen by who waived it, and
    by all who see the whole review.
    """
    sight = desk.sight(person)
    whole = all(sight.open(each) for each in sight.desks.extractors)
    return [each for each in desk.review.waivers() if each.stale and (whole or each.who == person.name)]


def ready(desk: Desk) -> None:
    """Read and lay out the findings of the last check, so that the next page need not wait for it."""
    if (check := last(desk)) is not None:
        _ = check.now().listed.groups


def _seen(desk: Desk, person: Person) -> _Seen:
    check = last(desk)
    if check is None:
        return NOTHING
    decisions = {each.fingerprint: each for each in desk.review.waivers() if each.withdrawn_at is None}
    decided = tuple((each.fingerprint, each.who, each.reason) for each in decisions.values())
    name = f"findings of {person.role} {person.name}"
    before: list[_Seen] = remembered(desk, f"{name} before", check.at, list)

    def now() -> _Seen:
        laid_out = check.now()
        sight = desk.sight(person)  # after the findings were read: what is open now may be seen
        met = tuple(each.met(sight) for each in laid_out.needed)
        fine = tuple(openly(each, sight) for each in laid_out.sources)
        depended = (met, fine, decided)
        if before and before[-1].laid_out is laid_out and before[-1].depended == depended:
            return before[-1]
        found = _Seen(laid_out, depended, _shown(check, laid_out, person.name, met, fine, decisions))
        before[:] = [found]
        return found

    return remembered(desk, name, (desk.review.revision, check.at, decided), now)


def seen(one: Finding, extractor: str | None, sight: Sight, told: Told) -> bool:
    """Whether this finding in the records of an extractor may be shown to whose sight this is."""
    whose = {each: owners(told, extractor, each) for each in one.records if each}
    return need(one, whose, extractor, told).met(sight)


def openly(sources: Iterable[str], sight: Sight) -> bool:
    """Whether nobody else works blind on any of these sources."""
    alone = {sight.person.name}
    return all(sight.open(each) or sight.desks.extractors.get(each, frozenset()) <= alone for each in sources)


def _shown(
    check: Check, laid_out: LaidOut, me: str, met: Sequence[bool], fine: Sequence[bool], decisions: Mapping[str, Waiver]
) -> list[SeenFinding]:
    """The findings of which all that is needed is seen, as they are shown; made once where several see the same."""
    saved, needs, rank = laid_out.listed.saved, laid_out.needs, laid_out.listed.rank
    shown: list[tuple[int, SeenFinding]] = []
    for group in laid_out.listed.groups:
        several = [at for at in group if met[needs[at]]]
        if not several:
            continue
        if len(several) > 1:
            several.sort(key=lambda at: (saved[at].extractor != me, saved[at].extractor or ""))
        first = several[0]
        openly_decided = fine[laid_out.places[first]]
        waiver = decisions.get(saved[first].finding.fingerprint)
        if waiver is not None and not openly_decided and waiver.who != me:
            waiver = None
        key = (*several, openly_decided, waiver and (waiver.who, waiver.reason))
        made = check.kept.get(key)
        if not isinstance(made, SeenFinding) or made.records is not laid_out.records[first]:
            by = tuple(each for at in several if (each := saved[at].extractor))
            made = SeenFinding(_as_decided(saved[first].finding, waiver), by, laid_out.records[first], openly_decided)
            check.kept[key] = made
        shown.append((rank[first], made))
    shown.sort(key=lambda each: each[0])
    return [each for _, each in shown]


def _as_decided(finding: Finding, waiver: Waiver | None) -> Finding:
    if waiver is not None:
        return replace(finding, status="waived", decided_by=waiver.who, reason=waiver.reason)
    if finding.status != "open":
        return replace(finding, status="open", decided_by="", reason="")
    return finding
