"""Ordered categories, such as CR, VGPR, PR: how few people can be in them if a name stands for "or better"."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol


class Part(Protocol):
    """The number of people in one category, or their percentage, with its exact ends."""

    @property
    def text(self) -> str: ...  # noqa: D102 - see Cell
    @property
    def known(self) -> bool: ...  # noqa: D102
    @property
    def low(self) -> Fraction | float: ...  # noqa: D102
    @property
    def high(self) -> Fraction | float: ...  # noqa: D102


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
