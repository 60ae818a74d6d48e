"""The findings of the last check, laid out so that who may see which is decided once for all that depend on the same.

Thousands of findings need the same few pairs of source and extractor to be visible. What they need is worked out once
per check, and again only for those whose records were given another source, or settled, since.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from curation.engine.findings import Finding, worst_first
from curation.web.blinding import Sight
from curation.web.desk import Desk
from curation.web.remembered import remembered
from store.review import Review
from store.whose import Whereabouts, owners

Told = Mapping[tuple[str, str], Sequence[Whereabouts]]
"""By extractor and record id, where such records are and ever were."""

Thing = TypeVar("Thing", bound=Hashable)


@dataclass(frozen=True, slots=True)
class RecordSeen:
    """A record that a finding tells of, as an address needs it."""

    kind: str
    by: str
    id: str
    source: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A finding as it was saved, and from whose records it follows; None where that is not known."""

    extractor: str | None
    finding: Finding


@dataclass(frozen=True, slots=True)
class Need:
    """What has to be visible to somebody before a finding is shown to them."""

    pairs: frozenset[tuple[str | None, str]] = frozenset()
    """Sources and extractors, all of them."""
    whole: bool = False
    """The whole review."""
    all_of: str | None = None
    """All sources of this extractor."""
    never: bool = False
    """It is not known whose records these are, so that it is shown to nobody."""

    def met(self, sight: Sight) -> bool:
        """Whether whose sight this is sees all that is needed."""
        if self.never:
            return False
        if self.whole:
            return all(sight.open(each) for each in sight.desks.extractors)
        if self.all_of is not None:
            mine = (source for source, names in sight.desks.extractors.items() if self.all_of in names)
            return all(sight.sees(source, self.all_of) for source in mine)
        return all(sight.sees(source, who) for source, who in self.pairs)


def need(one: Finding, whose: Mapping[str, Sequence[str]], extractor: str | None, told: Told) -> Need:
    """What has to be visible before this finding is shown; ``whose`` are the owners of the records that it names."""
    named = [each for each in one.records if each]
    if named:
        if not all(whose[each] for each in named):
            return Need(never=True)
        return Need(
            frozenset((at.source or None, who) for each in named for who in whose[each] for at in told[who, each])
        )
    # A rule that stopped: its message may quote what it read, so that all of the extractor's sources must be open.
    if extractor is None:
        return Need(whole=True)
    return Need(frozenset({(one.source, extractor)})) if one.source else Need(all_of=extractor)


class Numbered(dict[Thing, int]):
    """Numbers for what is met for the first time."""

    def __missing__(self, key: Thing) -> int:
        self[key] = len(self)
        return self[key]


class Listed:
    """The findings of a check as they were saved, by their numbers, and what never changes about them."""

    def __init__(self, saved: Sequence[Saved]) -> None:
        self.saved = saved

    @cached_property
    def by_record(self) -> Mapping[str, Sequence[int]]:
        """The numbers of the findings that name a record, by its id."""
        found: dict[str, list[int]] = defaultdict(list)
        for at, each in enumerate(self.saved):
            for record in filter(None, dict.fromkeys(each.finding.records)):
                found[record].append(at)
        return dict(found)

    @cached_property
    def rank(self) -> Sequence[int]:
        """The place of each finding, gravest first within its source."""
        of = {id(each): at for at, each in enumerate(worst_first(one.finding for one in self.saved))}
        return [of[id(each.finding)] for each in self.saved]

    @cached_property
    def groups(self) -> Sequence[Sequence[int]]:
        """The numbers of the findings that are one to whoever may see them all, in the order of ``rank``."""
        found: dict[str, list[int]] = defaultdict(list)
        for at, each in enumerate(self.saved):
            found[each.finding.fingerprint].append(at)
        return sorted(found.values(), key=lambda several: self.rank[several[0]])


@dataclass(frozen=True, slots=True)
class LaidOut:
    """What each finding of a check needs, and of which records it tells, as it stands after some change."""

    listed: Listed
    told: Told
    needs: Sequence[int]
    """The number of what each needs in ``needed``."""
    needed: Numbered[Need]
    records: Sequence[tuple[RecordSeen, ...]]
    places: Sequence[int]
    """The number of the sources of each in ``sources``."""
    sources: Numbered[frozenset[str]]

    @classmethod
    def of(cls, saved: Sequence[Saved], told: Told) -> LaidOut:
        """Lay them all out."""
        blank = [0] * len(saved)
        blank_one = cls(Listed(saved), told, blank, Numbered(), [()] * len(saved), blank, Numbered())
        return blank_one._placed(range(len(saved)), told)

    def after(self, later: Told) -> LaidOut:
        """With where records are since; itself where nothing in it is new."""
        new = {key: fresh for key, places in later.items() if (fresh := [each for each in places if each not in self.told.get(key, ())])}  # fmt: skip
        if not new:
            return self
        told = {**self.told, **{key: [*self.told.get(key, ()), *places] for key, places in new.items()}}
        touched = {at for _, record in new for at in self.listed.by_record.get(record, ())}
        return self._placed(sorted(touched), told)

    def _placed(self, numbers: Sequence[int], told: Told) -> LaidOut:
        saved, needs, records, places = self.listed.saved, list(self.needs), list(self.records), list(self.places)
        needed, sources = Numbered(self.needed), Numbered(self.sources)
        everybody = _everybody(told) if any(saved[at].extractor is None for at in numbers) else {}
        for at in numbers:
            one, extractor = saved[at].finding, saved[at].extractor
            whose = {
                each: everybody.get(each, []) if extractor is None else owners(told, extractor, each)
                for each in one.records
                if each
            }
            needs[at] = needed[need(one, whose, extractor, told)]
            records[at] = tuple(_records(whose, told))
            places[at] = sources[frozenset({each.source for each in records[at]} | {one.source} - {""})]
        return LaidOut(self.listed, told, needs, needed, records, places, sources)


def _everybody(told: Told) -> dict[str, list[str]]:
    """Who has a record of an id."""
    found: dict[str, list[str]] = defaultdict(list)
    for who, record in sorted(told):
        found[record].append(who)
    return found


def _records(whose: Mapping[str, Sequence[str]], told: Told) -> Iterator[RecordSeen]:
    for record, names in whose.items():
        if names:
            place = told[names[-1], record][0]
            yield RecordSeen(place.kind, names[-1], record, place.source)


class Check:
    """The findings of one check, brought up to what was saved since."""

    def __init__(self, review: Review, at: datetime) -> None:
        self.at = at
        """When it was made, which tells it from every other."""
        self._review = review
        self._lock = threading.Lock()
        saved = [_saved(each) for each in review.findings_of_each()]
        self._named = {record for each in saved for record in each.finding.records if record}
        self._revision = review.revision
        self._laid_out = LaidOut.of(saved, review.whereabouts(self._named))
        self.kept: dict[Hashable, object] = {}
        """What was made of its findings for those who see them; shared, since many see the same."""
        self.of: dict[str, frozenset[str]] = {
            name: frozenset(each.finding.fingerprint for each in saved if each.extractor == name)
            for name in {each.extractor for each in saved if each.extractor}
        }
        """The fingerprints of the findings that follow from each extractor's records."""

    def now(self) -> LaidOut:
        """As it is after the last change of the review."""
        with self._lock:
            revision = self._review.revision
            if revision != self._revision:
                self._laid_out = self._laid_out.after(self._review.whereabouts(self._named, after=self._revision))
                self._revision = revision
            return self._laid_out


def _saved(row: Mapping[str, object]) -> Saved:
    return Saved(str(row["extractor"]) if row["extractor"] else None, Finding.from_dict(row))


def last(desk: Desk) -> Check | None:
    """The last check; None where there was none."""
    run = desk.review.last_check()
    return None if run is None else remembered(desk, "findings saved", str(run.at), lambda: Check(desk.review, run.at))
