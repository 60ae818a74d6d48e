"""What the grammar finds: a kind of record, its fields as printed, and the characters it was read from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Found:
    """A statistic found in a text, from ``start`` to ``end``; ``strength`` decides between readings that overlap."""

    kind: str
    cells: Mapping[str, str]
    start: int
    end: int
    strength: int = 0
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotRead:
    """Characters that look like a statistic and could not be read, with the reason."""

    start: int
    end: int
    why: str


def strongest(found: Iterable[Found]) -> list[Found]:
    """Of readings that overlap, the strongest, then the longest; in the order of the text."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda each: (-each.strength, each.start - each.end, each.start)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda each: each.start)
