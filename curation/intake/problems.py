"""What is wrong with the input, in sentences: where, what was found, what was expected."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

MOST_KEPT = 1000
"""Problems kept with their words; the rest are only counted."""

MOST_CHOICES = 5000
"""Names a suggestion is looked for in; comparing with more would take longer than reading the file."""

LONGEST_NAME = 200
"""Characters of a word for which a suggestion is looked for; a longer one is no mistyped name."""


@dataclass(frozen=True, slots=True)
class BookSheet:
    """A sheet of a workbook: its file, its name there, and the column letter of each field."""

    book: Path
    name: str
    letters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in a workbook something lies. Without a letter it is a whole row, without a row the sheet."""

    sheet: BookSheet
    row: int | None
    letter: str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """One malformed thing. ``row`` counts as a spreadsheet does (the header is row 1); in JSON Lines it is the line."""

    file: str
    row: int | None
    column: str | None
    found: str
    expected: str
    spot: Spot | None = None

    @property
    def sentence(self) -> str:
        """The whole problem, as a person reads it."""
        place = self.file
        if self.spot and self.spot.letter and self.row is not None:
            named = f" ({self.column})" if self.column else ""
            return f"{place}!{self.spot.letter}{self.row}{named}: found {self.found}, expected {self.expected}"
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
    """The problems met so far: the first ``most`` with their words, all of them counted.

    ``books`` are the sheets of workbooks by the names that messages give them ("book.xlsx, count").
    """

    kept: list[Problem] = field(default_factory=list)
    total: int = 0
    books: dict[str, BookSheet] = field(default_factory=dict)
    most: int = MOST_KEPT

    @property
    def full(self) -> bool:
        """Whether further problems are only counted."""
        return len(self.kept) >= self.most

    def add(
        self, file: str, row: int | None, column: str | None, found: str, expected: str, letter: str | None = None
    ) -> None:
        """Note one problem. ``letter`` is the column of a workbook's sheet where no field tells it."""
        self.total += 1
        if not self.full:
            sheet = self.books.get(file)
            spot = Spot(sheet, row, letter or sheet.letters.get(column or "")) if sheet else None
            self.kept.append(Problem(file, row, column, found, expected, spot))

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
    if len(choices) > MOST_CHOICES or len(word) > LONGEST_NAME:
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
