"""What is proposed from documents, as one extractor may know it: the proposals are everybody's, the decisions their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from curation.web import told
from curation.web.desk import Desk
from curation.web.people import Person
from store.errors import StoreError
from store.proposed import ACCEPTED, DECLINED, OPEN, Decision, Proposal, Said

STATES = {OPEN: "Open", ACCEPTED: "Accepted", DECLINED: "Declined"}
"""What a proposal can be to an extractor, in words."""


@dataclass(frozen=True, slots=True)
class Card:
    """A proposal as a page shows it to one extractor."""

    id: str
    kind: str
    source: str
    where: str
    printed: tuple[tuple[str, str], ...]
    """Labels and texts of the fields."""
    quote: str
    joined: bool
    remarks: tuple[Said, ...]
    status: str
    decided: Decision | None
    """What this extractor decided; None while it is open."""

    @property
    def name(self) -> str:
        """What it is called among others: its kind and what it prints."""
        return f"{self.kind}, {', '.join(f'{label} {text}' for label, text in self.printed)}"


def card(one: Proposal, extractor: str) -> Card:
    """A proposal for the eyes of one extractor: what others decided is left out."""
    what, status = one.what, one.status(extractor)
    labels = told.labels(what.kind)
    where = ", ".join(text if name == "section" else f"{name} {text}" for name, text in what.place.items())
    printed = tuple((labels[name], text) for name, text in what.cells.items() if name in labels)
    decided = None if status == OPEN else one.decisions[extractor]
    return Card(
        one.id, what.kind, what.source, where, printed, what.quote, what.joined, what.remarks, status, decided
    )  # fmt: skip


def of_source(desk: Desk, source: str) -> list[Proposal]:
    """The proposals of a source, in the order of the document; for ``card`` or ``Proposal.status``, never as they are."""
    return desk.at_this_revision(f"proposals of {source}", lambda: desk.review.proposals(source))


def still_open(desk: Desk, person: Person) -> Mapping[str, int]:
    """By source how many proposals wait for this person: of sources that they may extract now."""
    if not person.may("extract"):
        return {}
    sight = desk.sight(person)
    found = desk.at_this_revision(f"open proposals of {person.name}", lambda: desk.review.open_proposals(person.name))
    return {source: number for source, number in found.items() if sight.why_not_extract(source) is None}


def find(desk: Desk, id_: str) -> Proposal | None:
    """A proposal by its whole id; None where there is none."""
    try:
        one = desk.review.proposal(id_)
    except StoreError:
        return None
    return one if one.id == id_ else None
