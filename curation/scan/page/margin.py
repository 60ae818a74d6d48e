"""What stands in the margin: a card per rule that found something beside a paragraph or table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from curation.scan.page.places import Entry


@dataclass(frozen=True, slots=True)
class Card:
    """The findings of one rule at one place; what they share is said once."""

    entries: list[Entry]

    @property
    def severity(self) -> str:
        """Their severity."""
        return self.entries[0].finding.severity

    @property
    def what(self) -> str:
        """What the rule says."""
        return self.entries[0].parts.what

    @property
    def look(self) -> str:
        """Where to look."""
        return self.entries[0].parts.look

    @property
    def rule(self) -> str:
        """The id of the rule."""
        return self.entries[0].finding.rule

    @property
    def shared(self) -> list[str]:
        """Explanations of all of them."""
        first, *others = (each.finding.explanations for each in self.entries)
        return [text for text in first if others and all(text in each for each in others)]

    def own(self, one: Entry) -> list[str]:
        """Explanations of this one alone."""
        return [text for text in one.finding.explanations if text not in self.shared]


def cards(entries: Iterable[Entry]) -> list[Card]:
    """Findings grouped by what they say, in their order."""
    grouped: dict[tuple[str, str, str], list[Entry]] = {}
    for each in entries:
        grouped.setdefault((each.finding.rule, each.finding.severity, each.parts.what), []).append(each)
    return [Card(several) for several in grouped.values()]


def shown_and_folded(entries: Sequence[Entry], room: int) -> tuple[list[Card], list[Card]]:
    """The cards that are open, and those that are folded in below them; one alone is not folded."""
    fits = room if len(entries) > room + 1 else len(entries)
    return cards(entries[:fits]), cards(entries[fits:])
