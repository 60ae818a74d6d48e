"""Who may see whose extraction: decided here and nowhere else.

Extractors work blind: of a source they see their own records until they and everybody else who extracts it have handed
in. Adjudicators and owners see a source once everybody who extracts it has handed in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from curation.web.people import EXTRACTOR, Person
from schemas.registry import RECORDS
from store.consensus import CONSENSUS, Submission


@dataclass(frozen=True, slots=True)
class Desks:
    """By source who extracts it, and who of them has handed in."""

    extractors: Mapping[str, frozenset[str]] = field(default_factory=dict)
    submitted: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, worked: Iterable[tuple[str, str]], submissions: Iterable[Submission]) -> Desks:
        """From the pairs of source and extractor with records, and what was handed in."""
        who: dict[str, set[str]] = defaultdict(set)
        handed: dict[str, set[str]] = defaultdict(set)
        for source, extractor in worked:
            if extractor != CONSENSUS:
                who[source].add(extractor)
        for each in submissions:
            who[each.source].add(each.extractor)
            handed[each.source].add(each.extractor)
        return cls(
            {source: frozenset(names) for source, names in who.items()},
            {source: frozenset(names) for source, names in handed.items()},
        )

    def done(self, source: str) -> bool:
        """Whether the source is extracted, and everybody who extracts it has handed in."""
        names = self.extractors.get(source, frozenset())
        return bool(names) and names <= self.submitted.get(source, frozenset())


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person may see and may write."""

    person: Person
    desks: Desks

    def open(self, source: str) -> bool:
        """Whether all extractions of a source may be seen."""
        if not self.desks.done(source):
            return False
        return self.person.role != EXTRACTOR or self.person.name in self.desks.extractors[source]

    def sees(self, source: str | None, extractor: str) -> bool:
        """Whether this extractor's records of a source may be seen; what belongs to nobody may be seen by all."""
        return extractor in ("", self.person.name) or (source is not None and self.open(source))

    def seen_of(self, source: str) -> tuple[str, ...]:
        """The extractors of a source whose records may be seen, oneself first."""
        names = self.desks.extractors.get(source, frozenset())
        return tuple(
            sorted(
                (each for each in names if self.sees(source, each)), key=lambda each: (each != self.person.name, each)
            )
        )

    def why_not_extract(self, source: str) -> str | None:
        """Why this person may not enter records of a source now, in a sentence; None where they may."""
        if not self.person.may("extract"):
            return f"{self.person.role}s enter no records; an extractor or the owner does"
        if self.person.name in self.desks.submitted.get(source, frozenset()):
            return f"you have handed in {source}; it stays as you handed it in"
        others = self.desks.extractors.get(source, frozenset()) - {self.person.name}
        if others and self.open(source):
            return f"you could already see the extraction of {source} by {' and '.join(sorted(others))}; only somebody who could not can extract it again"  # fmt: skip
        return None

    def narrowed(self, tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
        """Tables of a review without the records that this person may not see."""
        sources = pa.array(sorted(each for each in self.desks.extractors if self.open(each)), pa.string())
        return {kind: self._seen(table, sources) if kind in RECORDS else table for kind, table in tables.items()}

    def _seen(self, table: pa.Table, sources: pa.Array) -> pa.Table:
        own = pc.equal(table.column("extractor"), pa.scalar(self.person.name, pa.string()))
        return table.filter(pc.or_(own, pc.is_in(table.column("source"), sources)))
