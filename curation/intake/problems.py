"""What is wrong with the input, in sentences: where, what was found, what was expected."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

MOST_KEPT = 1000
"""Problems kept with their words; the rest are only counted."""

MOST_CHOICES = 5000
"""Names a suggestion is looked for in; comparing with more would take longer than reading the file."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One malformed thing. ``row`` counts as a spreadsheet does (the header is row 1); in JSON Lines it is the line."""

    file: str
    row: int | None
    column: str | None
    found: str
    expected: str

    @property
    def sentence(self) -> str:
        """The whole problem, as a person reads it."""
        place = self.file
        if self.row is not None:
            place += f", {'line' if self.file.lower().endswith('.jsonl') else 'row'} {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        return f"{place}: found {self.found}, expected {self.expected}"


class Refused(Exception):
    """The input is malformed and nothing of it was taken in. ``total`` counts the problems beyond those kept, too."""

    def __init__(self, problems: Sequence[Problem], total: int | None = None) -> None:
        self.problems = list(problems)[:MOST_KEPT]
        self.total = len(problems) if total is None else total
        super().__init__(self.summary)

    @property
    def summary(self) -> str:
        """Every kept problem on a line of its own, and how many more there are."""
        lines = [each.sentence for each in self.problems]
        more = self.total - len(lines)
        return "\n".join([*lines, f"and {more} more"] if more else lines)


@dataclass(slots=True)
class Problems:
    """The problems met so far: the first thousand with their words, all of them counted."""

    kept: list[Problem] = field(default_factory=list)
    total: int = 0

    @property
    def full(self) -> bool:
        """Whether further problems are only counted."""
        return len(self.kept) >= MOST_KEPT

    def add(self, file: str, row: int | None, column: str | None, found: str, expected: str) -> None:
        """Note one problem."""
        self.total += 1
        if not self.full:
            self.kept.append(Problem(file, row, column, found, expected))

    def refuse(self) -> None:
        """Raise Refused, file by file and row by row, if there is any problem."""
        if self.total:
            files = {each.file: place for place, each in reversed(list(enumerate(self.kept)))}
            raise Refused(sorted(self.kept, key=lambda one: (files[one.file], one.row or 0)), self.total)


def shown(text: str, longest: int = 60) -> str:
    """A cell as a message quotes it: in quotes, and cut when it is long."""
    return repr(text if len(text) <= longest else text[: longest - 3] + "...")


def suggestion(word: str, choices: Collection[str]) -> str:
    """'; did you mean ...?' for the closest of the choices, or nothing when none is close."""
    if len(choices) > MOST_CHOICES:
        return ""
    by_plain = {plain(each): each for each in choices}
    close = get_close_matches(plain(word), by_plain, n=1, cutoff=0.6)
    return f"; did you mean {by_plain[close[0]]!r}?" if close else ""


def plain(name: str) -> str:
    """A name without what people vary when they type it: case, outer spaces, spaces or hyphens inside.

    >>> plain(" Family kind")
    'family_kind'
    """
    return "_".join(name.casefold().replace("-", " ").replace("_", " ").split())
