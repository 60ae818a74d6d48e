"""Where every source stands: who extracts it, who has handed in, and the numbers of records that may be known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curation.report.wording import amount
from curation.web.blinding import Sight
from curation.web.desk import Desk
from curation.web.people import Person

NOBODY, MINE, WAITING, OTHERS, DONE = "nobody", "mine", "waiting", "others", "done"
STATES = {
    MINE: "You are at work",
    WAITING: "You have handed in, others have not",
    OTHERS: "Others are at work",
    DONE: "Everybody has handed in",
    NOBODY: "Nobody extracts it yet",
}
"""What a source can be to a person, in words."""

Counts = Mapping[str, Mapping[str, Mapping[str, int]]]
"""By source and extractor how many current records there are of each kind."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """One extractor's work on a source; ``records`` by kind, or None where their number may not be known."""

    name: str
    own: bool
    handed_in: bool
    records: Mapping[str, int] | None

    @property
    def total(self) -> int | None:
        """All records, if their number may be known."""
        return None if self.records is None else sum(self.records.values())

    @property
    def words(self) -> str:
        """What may be said of it in one line."""
        stand = "handed in" if self.handed_in else "at work"
        return f"{self.name}: {stand}" + ("" if self.total is None else f", {amount(self.total, 'record')}")


@dataclass(frozen=True, slots=True)
class Standing:
    """A source as one person may know it."""

    source: str
    title: str
    extractions: tuple[Extraction, ...]
    open: bool
    why_not: str | None
    """Why the person may not enter records of it, or None."""

    @property
    def own(self) -> Extraction | None:
        """The person's own extraction."""
        return next((each for each in self.extractions if each.own), None)

    @property
    def others(self) -> tuple[Extraction, ...]:
        """Everybody else's."""
        return tuple(each for each in self.extractions if not each.own)

    @property
    def state(self) -> str:
        """One of ``STATES``."""
        if not self.extractions:
            return NOBODY
        if all(each.handed_in for each in self.extractions):
            return DONE
        if self.own is None:
            return OTHERS
        return WAITING if self.own.handed_in else MINE

    @property
    def sentence(self) -> str:
        """Where the source stands, in words."""
        left = listed([each.name for each in self.others if not each.handed_in])
        handed = listed(["you" if each.own else each.name for each in self.extractions if each.handed_in])
        match self.state:
            case "nobody":
                return "Nobody extracts it yet."
            case "done" if len(self.extractions) == 1:
                return f"Handed in by {handed}; nobody else extracts it."
            case "done":
                return f"Handed in by {handed}."
            case "waiting":
                return f"You have handed in; it waits for {left}."
            case "others":
                return f"At work: {left}." + (f" Handed in by {handed}." if handed else "")
            case _:
                also = f", and so {'is' if ' and ' not in left else 'are'} {left}" if left else ""
                return f"You are at work{also}." + (f" Handed in by {handed}." if handed else "")


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them.

    >>> listed(["ana", "ben", "cara"])
    'ana, ben and cara'
    """
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def titles(desk: Desk) -> dict[str, str]:
    """The title of every source by its id, in the order of first intake."""

    def read() -> dict[str, str]:
        rows = desk.review.tables(sources=())["source"].select(["source", "title"]).to_pylist()
        return {row["source"]: row["title"] or "" for row in rows}

    return desk.at_this_revision("titles", read)


def counts(desk: Desk) -> Counts:
    """How many records everybody has; for eyes that may see them only after ``standings``."""
    found: dict[str, dict[str, Mapping[str, int]]] = {}
    for each in desk.at_this_revision("progress", desk.review.progress):
        found.setdefault(each.source, {})[each.extractor] = each.records
    return found


def standings(desk: Desk, person: Person) -> list[Standing]:
    """Every source as this person may know it, in the order of first intake."""
    sight, named, counted = desk.sight(person), titles(desk), counts(desk)
    further = sorted(set(sight.desks.extractors) - set(named))
    return [_standing(sight, each, named.get(each, ""), counted.get(each, {})) for each in [*named, *further]]


def standing(desk: Desk, person: Person, source: str) -> Standing | None:
    """One source as this person may know it; None where there is no such source."""
    sight, named = desk.sight(person), titles(desk)
    if source not in named and source not in sight.desks.extractors:
        return None
    return _standing(sight, source, named.get(source, ""), counts(desk).get(source, {}))


def _standing(sight: Sight, source: str, title: str, records: Mapping[str, Mapping[str, int]]) -> Standing:
    me, handed = sight.person.name, sight.desks.submitted.get(source, frozenset())
    names = sorted(sight.desks.extractors.get(source, ()), key=lambda each: (each != me, each))
    extractions = tuple(
        Extraction(each, each == me, each in handed, records.get(each, {}) if sight.sees(source, each) else None)
        for each in names
    )
    return Standing(source, title, extractions, sight.open(source), sight.why_not_extract(source))


def people(all_: Sequence[Standing]) -> list[tuple[str, int, int]]:
    """Who extracts, of how many sources, and how many of them they have handed in."""
    found: dict[str, list[int]] = {}
    for one in all_:
        for each in one.extractions:
            tally = found.setdefault(each.name, [0, 0])
            tally[0] += 1
            tally[1] += each.handed_in
    return [(name, whole, done) for name, (whole, done) in sorted(found.items())]


def paged(page: int, total: int, per_page: int) -> tuple[int, int, slice]:
    """The page that there is, of how many, and what of a list it shows.

    >>> paged(9, 120, 50)
    (3, 3, slice(100, 150, None))
    """
    pages = max(-(-total // per_page), 1)
    page = min(max(page, 1), pages)
    return page, pages, slice((page - 1) * per_page, page * per_page)
