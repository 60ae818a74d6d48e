"""Slips of pen and keyboard that turn one printed number into another: swapped digits, a shifted point, a lost sign.

Rules offer a repair only when the rule holds with it; a repair is a guess and is worded as one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Literal, Protocol

WORDS = {
    "digits_swapped": "two digits swapped", "decimal_shifted": "the decimal point shifted",
    "minus_lost": "a minus sign lost", "digit_doubled": "a digit typed twice", "digit_dropped": "a digit lost",
}  # fmt: skip
"""Kind of slip, as in ``schemas.slips``, in a few words."""
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_MINUS = re.compile(r"^(\D*?)[-\u2212\u2010\u2011\u2013]\s?")


class Shown(Protocol):
    """A printed number with its value and unit in the last place."""

    @property
    def text(self) -> str: ...  # noqa: D102 - see Cell
    @property
    def value(self) -> Fraction | None: ...  # noqa: D102 - named by its protocol
    @property
    def low(self) -> Fraction | float: ...  # noqa: D102 - named by its protocol
    @property
    def high(self) -> Fraction | float: ...  # noqa: D102 - named by its protocol


@dataclass(frozen=True, slots=True)
class Repair:
    """Another number the paper may have meant, with the slip that would have made the printed one of it."""

    text: str
    slip: str
    low: Fraction
    high: Fraction
    kind: str = ""
    step: Fraction = Fraction(0)
    """One unit in the last place; 0 for a count."""

    @property
    def middle(self) -> Fraction:
        """The number itself."""
        return (self.low + self.high) / 2


def repairs(cell: Shown, *, signs: bool = False, digits: Literal["kept", "doubled", "lost"] = "kept") -> list[Repair]:
    """What a plainly printed number may have been before a slip.

    ``signs`` adds a lost or added minus. ``digits``: slips that keep the digits, or ones that doubled or lost one.

    >>> from types import SimpleNamespace
    >>> one = SimpleNamespace(text="0.72", value=Fraction(18, 25), low=Fraction(143, 200), high=Fraction(29, 40))
    >>> [(each.text, each.slip) for each in repairs(one)][0]
    ('0.27', 'two digits swapped')
    """
    if cell.value is None or cell.low + cell.high != 2 * cell.value:
        return []
    return list(_repairs(cell.text, cell.value, exact=cell.low == cell.high, signs=signs, digits=digits))


@lru_cache(
    maxsize=8192
)  # one number is looked at for every rule that it contradicts, and in every list that it stands in
def _repairs(
    printed: str,
    value: Fraction,
    *,
    exact: bool,
    signs: bool,
    digits: Literal["kept", "doubled", "lost"],
) -> tuple[Repair, ...]:
    found = _DIGITS.search(printed)
    if found is None:
        return ()
    number, sign = found.group(), -1 if value < 0 else 1
    scale = next((by for by in (1, 100) if Fraction(number) == by * abs(value)), None)
    if scale is None:
        return ()
    variants = list({"kept": _variants, "doubled": _doubled, "lost": _lost}[digits](number))
    if exact:  # a count: 2.0 is 2, and 2.5 is none
        variants = [(text.partition(".")[0], kind) for text, kind in variants if not text.partition(".")[2].strip("0")]
    made = [_repair(printed.replace(number, text, 1), kind, text, sign, scale, exact=exact) for text, kind in variants]
    if signs and digits == "kept" and value != 0:
        turned = _MINUS.sub(r"\1", printed) if sign < 0 else printed.replace(number, f"\u2212{number}", 1)
        one = _repair(turned, "minus_lost", number, -sign, scale, exact=exact)
        made.append(replace(one, slip="a dash taken for a minus sign") if sign < 0 else one)
    return tuple(made)


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


def _repair(text: str, kind: str, number: str, sign: int, scale: int, *, exact: bool) -> Repair:
    """The number in print, times the sign and divided by the scale, with half a unit of its last place either way."""
    whole, _, part = number.partition(".")
    twice, unit, half = 2 * sign * int(whole + part), 2 * scale * 10 ** len(part), 0 if exact else 1
    ends = Fraction(twice - half, unit), Fraction(twice + half, unit)
    return Repair(text, WORDS[kind], *ends, kind, Fraction(2 * half, unit))


def _variants(number: str) -> Iterator[tuple[str, str]]:
    digits = [at for at, sign in enumerate(number) if sign != "."]
    for first, second in pairwise(digits[1:] if number.startswith("0.") else digits):
        if number[first] != number[second]:
            swapped = list(number)
            swapped[first], swapped[second] = number[second], number[first]
            if swapped[0] == "0" and swapped[1:2] != ["."]:
                continue
            yield "".join(swapped), "digits_swapped"
    for places in (1, -1, 2, -2):
        shifted = Decimal(number).scaleb(places)
        if shifted:
            yield format(shifted, "f"), "decimal_shifted"


def _doubled(number: str) -> Iterator[tuple[str, str]]:
    """The number without one of two equal neighbours."""
    seen = {number}
    for first, second in pairwise(range(len(number))):
        fewer = number[:second] + number[second + 1 :]
        if number[first] == number[second] and fewer not in seen and not fewer.endswith("."):
            seen.add(fewer)
            yield fewer, "digit_doubled"


def _lost(number: str) -> Iterator[tuple[str, str]]:
    """The number with one digit more at any place, if it has at least two."""
    seen = {number}
    for at in range(len(number) + 1) if len(number.replace(".", "")) > 1 else ():
        for digit in "0123456789":
            more = number[:at] + digit + number[at:]
            if more not in seen and not re.match(r"0[0-9]", more):
                seen.add(more)
                yield more, "digit_dropped"
