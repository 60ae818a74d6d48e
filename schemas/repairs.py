"""Slips of pen and keyboard that turn one printed number into another: swapped digits, a shifted point, a lost sign.

Rules offer a repair only when the rule holds with it; a repair is a guess and is worded as one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Protocol

MOST = 3
"""Repairs shown of one finding: more of them say nothing."""
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_MINUS = re.compile(r"^(\D*?)[-\u2212\u2010\u2011\u2013]\s?")


class Shown(Protocol):
    """A printed number with its value and unit in the last place."""

    @property
    def text(self) -> str: ...  # noqa: D102 - see Cell
    @property
    def value(self) -> Fraction | None: ...  # noqa: D102
    @property
    def low(self) -> Fraction | float: ...  # noqa: D102
    @property
    def high(self) -> Fraction | float: ...  # noqa: D102


class Tried(Protocol):
    """A flagged row: its cells, and whether it would hold with other numbers."""

    def __getitem__(self, name: str) -> Any: ...  # noqa: ANN401 - a cell
    def holds(self, **changed: Any) -> bool: ...  # noqa: ANN401, D102 - see Flagged


@dataclass(frozen=True, slots=True)
class Repair:
    """Another number the paper may have meant, with the slip that would have made the printed one of it."""

    text: str
    slip: str
    low: Fraction
    high: Fraction

    @property
    def middle(self) -> Fraction:
        """The number itself."""
        return (self.low + self.high) / 2


def repairs(cell: Shown, *, signs: bool = False) -> list[Repair]:
    """What a plainly printed number may have been before a slip; ``signs`` adds a lost or added minus.

    >>> from types import SimpleNamespace
    >>> one = SimpleNamespace(text="0.72", value=Fraction(18, 25), low=Fraction(143, 200), high=Fraction(29, 40))
    >>> [(each.text, each.slip) for each in repairs(one)][0]
    ('0.27', 'two digits swapped')
    """
    found = _DIGITS.search(cell.text)
    if found is None or cell.value is None or cell.low + cell.high != 2 * cell.value:
        return []
    number, sign = found.group(), Fraction(-1 if cell.value < 0 else 1)
    scale = next((by for by in (1, Fraction(1, 100)) if Fraction(number) * by == abs(cell.value)), None)
    if scale is None:
        return []
    exact = cell.low == cell.high
    made = [
        _repair(cell.text.replace(number, text, 1), slip, text, sign * scale, exact=exact)
        for text, slip in _variants(number)
    ]
    if signs and cell.value != 0:
        turned = _MINUS.sub(r"\1", cell.text) if sign < 0 else cell.text.replace(number, f"\u2212{number}", 1)
        slip = "a dash taken for a minus sign" if sign < 0 else "a minus sign lost"
        made.append(_repair(turned, slip, number, -sign * scale, exact=exact))
    return made


def sentences(
    row: Tried,
    names: Sequence[str],
    *,
    signs: Sequence[str] = (),
    also: Callable[[str, Repair], bool] = lambda *_: True,
) -> list[str]:
    """The repairs of these printed numbers with which the rule holds, as sentences; a few at most."""
    kept = [
        f"{name.replace('_', ' ')} {each.text.strip()} would fit ({each.slip})"
        for name in names
        if row[name].value is not None
        for each in repairs(row[name], signs=name in signs)
        if row.holds(**{name: (each.low, each.high)}) and also(name, each)
    ]
    return kept if len(kept) <= MOST else []


def without_padding(cell: Shown) -> tuple[Fraction, Fraction] | None:
    """The interval of a number whose last printed zero is padding, as in columns that pad 64.4 to 64.40; else None."""
    found = _DIGITS.search(cell.text)
    if (
        found is None
        or not re.fullmatch(r"[0-9]+\.[0-9]*0", found.group())
        or cell.value is None
        or math.isinf(cell.low - cell.high)
    ):
        return None
    half = 5 * (Fraction(cell.high) - Fraction(cell.low))
    return cell.value - half, cell.value + half


def _repair(text: str, slip: str, number: str, factor: Fraction, *, exact: bool) -> Repair:
    value = Fraction(number) * factor
    places = len(number.partition(".")[2])
    half = Fraction(0) if exact else abs(factor) / (2 * 10**places)
    return Repair(text, slip, value - half, value + half)


def _variants(number: str) -> Iterator[tuple[str, str]]:
    digits = [at for at, sign in enumerate(number) if sign != "."]
    for first, second in pairwise(digits[1:] if number.startswith("0.") else digits):
        if number[first] != number[second]:
            swapped = list(number)
            swapped[first], swapped[second] = number[second], number[first]
            yield "".join(swapped), "two digits swapped"
    for places in (1, -1, 2, -2):
        shifted = Decimal(number).scaleb(places)
        if shifted:
            yield format(shifted, "f"), "the decimal point shifted"
