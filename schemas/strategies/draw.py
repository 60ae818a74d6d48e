"""One simulated case: where its chance comes from, how it prints, and how large it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from schemas.strategies.printing import ROUNDINGS, Printer, Rounding, some_printer

Row = dict[str, str]
"""One record as typed: field -> text."""
Tables = dict[str, list[Row]]
"""Rows by kind."""


@dataclass(frozen=True, slots=True)
class Draw:
    """A source of chance, an author's habits, and the number of participants."""

    rng: np.random.Generator
    to: Printer
    size: int

    def maybe(self, probability: float) -> bool:
        """Yes, with this probability."""
        return bool(self.rng.random() < probability)

    def one_of(self, *choices: str) -> str:
        """One of these texts."""
        return choices[int(self.rng.integers(len(choices)))]

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return int(self.rng.integers(low, high + 1))

    def resized(self, size: int) -> Draw:
        """The same case with another number of participants."""
        return replace(self, size=size)

    def level(self) -> tuple[float, Row]:
        """A confidence level in percent, and the cell that states it (blank for 95%, often)."""
        level = float(self.rng.choice([95, 95, 95, 95, 90, 99]))
        stated = level != 95 or self.maybe(0.4)
        return level, {"level": f"{level:.0f}%"} if stated else {}

    def some_of(self, row: Row, *optional: str, leave_out: float = 0.15) -> Row:
        """The row, with some of these cells not reported or left blank."""
        kept = dict(row)
        for name in optional:
            if name in kept and self.maybe(leave_out):
                if self.maybe(0.7):
                    del kept[name]
                else:
                    kept[name] = "NR"
        return kept


def draw_from(
    seed: int | np.random.Generator, roundings: tuple[Rounding, ...] = ROUNDINGS[:2], size: int | None = None
) -> Draw:
    """A case from a seed: habits and size at random unless given. Sizes run from 2 to about 3,000, small ones often."""
    rng = np.random.default_rng(seed)
    printer = some_printer(rng, roundings)
    drawn = int(np.exp(rng.uniform(np.log(2), np.log(3000))))
    return Draw(rng, printer, drawn if size is None else size)
