"""What the grammar finds: a kind of record, its fields as printed, and the characters it was read from."""

from __future__ import annotations

from bisect import bisect_left, insort
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


class Taken:
    """Stretches of a text that are taken: whether another overlaps one is looked up, however many there are."""

    def __init__(self, spans: Iterable[tuple[int, int]] = ()) -> None:
        self._spans: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            if self._spans and start < self._spans[-1][1]:
                self._spans[-1] = (self._spans[-1][0], max(end, self._spans[-1][1]))
            else:
                self._spans.append((start, end))

    def add(self, start: int, end: int) -> None:
        """Take a stretch that overlaps none."""
        insort(self._spans, (start, end))

    def overlap(self, start: int, end: int) -> bool:
        """Whether a stretch shares a character with a taken one."""
        before = bisect_left(self._spans, (end,))
        return before > 0 and self._spans[before - 1][1] > start


def strongest(found: Iterable[Found]) -> list[Found]:
    """Of readings that overlap, the strongest, then the longest; in the order of the text."""
    kept: list[Found] = []
    taken = Taken()
    for one in sorted(found, key=lambda each: (-each.strength, each.start - each.end, each.start)):
        if not taken.overlap(one.start, one.end):
            kept.append(one)
            taken.add(one.start, one.end)
    return sorted(kept, key=lambda each: each.start)
