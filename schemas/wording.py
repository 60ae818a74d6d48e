"""Small words of messages: exact numbers shown with the decimals a paper would print."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Protocol


class Shown(Protocol):
    """A printed number with its exact ends."""

    @property
    def text(self) -> str: ...  # noqa: D102 - see Cell
    @property
    def low(self) -> Fraction | float: ...  # noqa: D102 - named by its protocol
    @property
    def step(self) -> Fraction: ...  # noqa: D102 - named by its protocol


def decimals(cell: Shown) -> int:
    """Digits printed after the decimal mark (0 for counts and open intervals)."""
    step = cell.step
    places = 0
    while 0 < step < 1 and places < 12:
        step *= 10
        places += 1
    return places


def show(number: Fraction | float, places: int) -> str:
    """A number with so many decimals.

    >>> show(Fraction(1100, 26), 1)
    '42.3'
    """
    if not isinstance(number, Fraction):
        return f"{number:.{places}f}"
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return str(exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN))


def percent_text(events: Shown, total: Shown, places: int) -> str:
    """'42.3% (22/52)'."""
    if not isinstance(events.low, Fraction) or not isinstance(total.low, Fraction) or total.low == 0:
        return ""
    return f"{show(100 * events.low / total.low, places)}% ({events.text.strip()}/{total.text.strip()})"
