"""A sheet of a workbook as it lies there: texts as shown, and everything about its cells that a table cannot hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby

Cell = tuple[int, int]
"""Row and column, both counted from 1."""

DIGITS = "0123456789"
LAST_COLUMN = 16_384
"""Columns a sheet can have."""
SWAPPED = str.maketrans(".,", ",.")
"""Decimal point to decimal comma and back."""


@dataclass(slots=True)
class Grid:
    """The cells of one sheet.

    ``wrong`` are cells that cannot be taken as text, with what was found and what was expected; ``numbers`` are cells
    typed as numbers, whose text is the shown one; ``raised`` hold digits in superscript or subscript.
    """

    name: str
    hidden: bool = False
    rows: list[tuple[int, dict[int, str]]] = field(default_factory=list)
    wrong: dict[Cell, tuple[str, str]] = field(default_factory=dict)
    numbers: set[Cell] = field(default_factory=set)
    raised: set[Cell] = field(default_factory=set)
    merged: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def letter(column: int) -> str:
    """The name of a column.

    >>> letter(1), letter(27), letter(16384)
    ('A', 'AA', 'XFD')
    """
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


@cache
def column_named(letters: str) -> int:
    """The number of a column. Raises ValueError where the letters name none.

    >>> column_named("A"), column_named("XFD")
    (1, 16384)
    """
    number = 0
    for sign in letters:
        number = number * 26 + ord(sign) - 64
    if not (1 <= number <= LAST_COLUMN and letters.isascii() and letters.isalpha() and letters.isupper()):
        raise ValueError(f"{letters[:20]!r} is no column")
    return number


def place(reference: str) -> Cell:
    """Row and column of a cell's name. Raises ValueError where it is none.

    >>> place("AB12")
    (12, 28)
    """
    letters = reference.rstrip(DIGITS)
    return int(reference[len(letters) :]), column_named(letters)


def spans(numbers: Iterable[int], longest: int = 5) -> str:
    """Numbers in words, neighbours together.

    >>> spans([3, 4, 5, 9])
    '3-5, 9'
    """
    runs = [[each for _, each in run] for _, run in groupby(enumerate(sorted(numbers)), lambda one: one[1] - one[0])]
    told = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    more = f" and {len(told) - longest} more" if len(told) > longest else ""
    return ", ".join(told[:longest]) + more
