"""Ordered categories, such as CR, VGPR, PR: how few people can be in them if a name stands for "or better"."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from schemas.intervals import Column
from schemas.ragged import Ragged


class Part(Protocol):
    """The number of people in one category, or their percentage, with its exact ends."""

    @property
    def text(self) -> str: ...  # noqa: D102 - see Cell
    @property
    def known(self) -> bool: ...  # noqa: D102 - named by its protocol
    @property
    def low(self) -> Fraction | float: ...  # noqa: D102 - named by its protocol
    @property
    def high(self) -> Fraction | float: ...  # noqa: D102 - named by its protocol


def fewest_if_or_better(parts: Sequence[Part]) -> Fraction | float:
    """The fewest people in all categories together, best category first, if each may take in the better ones.

    "VGPR 63%" after "CR 32%" may be VGPR alone, or VGPR or better: then nobody is counted twice by adding them up.

    >>> from types import SimpleNamespace as Cell
    >>> cell = lambda n: Cell(text=str(n), known=True, low=Fraction(n), high=Fraction(n))
    >>> int(fewest_if_or_better([cell(32), cell(63)])), int(fewest_if_or_better([cell(63), cell(32)]))
    (63, 95)
    """
    together: Fraction | float = Fraction(0)
    for part in parts:
        if part.known:
            alone = max(part.low, Fraction(0))
            together = max(alone, together) if part.high >= together else together + alone
    return together


def as_sum(labels: Sequence[str], parts: Sequence[Part]) -> str:
    """'Complete response 67% + Partial response 86%'."""
    return " + ".join(f"{label} {part.text.strip()}" for label, part in zip(labels, parts, strict=True) if part.known)


_BIT = 1e-9
"""Doubles this close to a whole number are taken for it; the exact numbers decide afterwards."""


def people_in(percents: Ragged, everyone: Column) -> Column:
    """How many people can be in all categories together, each with a whole number of people that prints its percentage.

    >>> percents = Ragged(Column.of([(16.5, 17.5), (48.5, 49.5), (5.5, 6.5), (25.5, 26.5)]), np.array([0, 4]))
    >>> together = people_in(percents, Column.of([53]))
    >>> float(together.low[0]), float(together.high[0])
    (52.0, 52.0)
    """
    sizes = np.repeat(np.arange(len(everyone.low)), percents.lengths)
    known = percents.items.known & everyone.known[sizes]
    least = [_whole(n * low / 100, up=True) for n, low in zip(everyone.low[sizes], percents.items.low, strict=True)]
    most = [_whole(n * high / 100, up=False) for n, high in zip(everyone.high[sizes], percents.items.high, strict=True)]
    kind = object if percents.items.rational else np.float64
    low, high = np.array(least, dtype=kind), np.array(most, dtype=kind)
    return Ragged(Column(low, high, known, percents.items.clean), percents.starts).sum()


def _whole(number: Any, *, up: bool) -> Any:  # noqa: ANN401 - a double or a rational, as the column is
    if not math.isfinite(number):
        return number
    bit: Any = 0 if isinstance(number, Fraction) else _BIT
    end = math.ceil(number - bit) if up else math.floor(number + bit)
    return Fraction(end) if isinstance(number, Fraction) else float(end)
