"""Who uses the web app, and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass

EXTRACTOR, ADJUDICATOR, OWNER = "extractor", "adjudicator", "owner"

MAY: dict[str, tuple[str, ...]] = {
    "look": (EXTRACTOR, ADJUDICATOR, OWNER),
    "extract": (EXTRACTOR, OWNER),
    "adjudicate": (ADJUDICATOR, OWNER),
    "ask": (EXTRACTOR, ADJUDICATOR, OWNER),
    "decide": (ADJUDICATOR, OWNER),
    "manage": (OWNER,),
}
"""What there is to do, and which roles may. look: read what one is allowed to see; extract: enter records and hand in;
adjudicate: settle differences; ask: open and answer queries; decide: waive findings and close queries; manage: the
accounts."""

DUTIES = {
    "look": "look at the review",
    "extract": "enter records",
    "adjudicate": "settle differences",
    "ask": "ask and answer questions",
    "decide": "decide on findings and questions",
    "manage": "look after who works on the review",
}
"""The same in words, for refusals."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at work. ``signed_in`` is False for the one person of a review without accounts."""

    name: str
    role: str
    signed_in: bool = True

    def may(self, duty: str) -> bool:
        """Whether this person's role is allowed to do this (a name of ``MAY``)."""
        return self.role in MAY[duty]


def who_may(duty: str) -> str:
    """The roles that may do this, in words.

    >>> who_may("adjudicate")
    'adjudicator or owner'
    """
    return " or ".join(MAY[duty])
