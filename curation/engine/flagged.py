"""One flagged row, in exact numbers: what explanations, readings and expectations look at."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from schemas.intervals import Column, Scalar
from schemas.ragged import Codes, Ragged
from schemas.verdicts import Verdict, Verdicts

Row = Mapping[str, object]
Argument = Column | Codes | Ragged
Siblings = Callable[[Sequence[str]], list[Row]]
Nearby = Callable[[Sequence[str], int], tuple[list[Row], int | None]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed number of a flagged row. ``low`` and ``high`` are exact; ``text`` is what is printed."""

    text: str
    status: str = "reported"
    value: Fraction | None = None
    low: Fraction | float = -math.inf
    high: Fraction | float = math.inf
    unit: str = ""

    @property
    def known(self) -> bool:
        """Whether the cell holds a number that bounds anything."""
        return not (math.isinf(self.low) and math.isinf(self.high))

    @property
    def step(self) -> Fraction:
        """One unit in the last printed place; 0 for a count."""
        if math.isinf(self.low) or math.isinf(self.high):
            return Fraction(0)
        return Fraction(self.high) - Fraction(self.low)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Flagged:
    """A row that contradicts a rule: its cells and codes by argument name, and the record it stands at."""

    cells: Mapping[str, Cell | list[Cell] | str | None]
    columns: Mapping[str, Argument]
    identity: Callable[..., Verdicts]
    record: Row = field(default_factory=dict)
    find_siblings: Siblings = lambda _keys: []
    find_nearby: Nearby = lambda _keys, _reach: ([], None)

    def __getitem__(self, name: str) -> Cell:
        """The printed number of an argument."""
        cell = self.cells[name] if name in self.cells else self.record.get(name)
        assert isinstance(cell, Cell), f"{name} is not one printed number"  # noqa: S101 - a mistake in a rule file, caught as a crash of that rule
        return cell

    def several(self, name: str) -> list[Cell]:
        """The printed numbers of a list argument."""
        cells = self.cells[name]
        return cells if isinstance(cells, list) else []

    def code(self, name: str) -> str:
        """The code of an argument or of another field of the record; empty where blank."""
        code = self.cells[name] if name in self.cells else self.record.get(name)
        return code if isinstance(code, str) else ""

    def holds(self, **changed: Scalar | tuple[Scalar, Scalar] | Column | Ragged | str) -> bool:
        """Whether the rule would be consistent with these arguments in the place of the printed ones."""
        return self._judged(changed) in (Verdict.CONSISTENT, Verdict.EDGE)

    def contradicts(self, **changed: Scalar | tuple[Scalar, Scalar] | Column | Ragged | Codes | str) -> bool:
        """Whether the rule would still be contradicted with these arguments in the place of the printed ones."""
        return self._judged(changed) == Verdict.CONTRADICTS

    def _judged(self, changed: Mapping[str, Scalar | tuple[Scalar, Scalar] | Argument | str]) -> int:
        columns = dict(self.columns) | {name: _column(value) for name, value in changed.items()}
        return int(self.identity(**columns).codes[0])

    def siblings(self, *keys: str) -> list[Row]:
        """Records of the same kind that agree with this one in these fields (itself included)."""
        return self.find_siblings(keys)

    def nearby(self, keys: Sequence[str], reach: int) -> tuple[list[Row], int | None]:
        """The nearest of the siblings, so many before and after this record in the order of the table, and its place."""
        return self.find_nearby(keys, reach)


def _column(value: Scalar | tuple[Scalar, Scalar] | Argument | str) -> Argument:
    if isinstance(value, Column | Ragged | Codes):
        return value
    if isinstance(value, str):
        return Codes(np.array([value], dtype=object))
    low, high = value if isinstance(value, tuple) else (value, value)
    ends = [
        np.array(
            [
                end
                if isinstance(end, Fraction) or math.isinf(end)
                else Fraction(repr(float(end)) if isinstance(end, float) else end)
            ],
            dtype=object,
        )
        for end in (low, high)
    ]
    return Column(ends[0], ends[1], np.array([True]), clean=True)
