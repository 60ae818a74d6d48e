"""How true values reach print: rounding, decimals, and the typography of journals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

import numpy as np

Rounding = Literal["half_up", "half_even", "truncate"]
ROUNDINGS: tuple[Rounding, ...] = ("half_up", "half_even", "truncate")
_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "truncate": ROUND_DOWN}


@dataclass(frozen=True, slots=True)
class Style:
    """The typography of a journal.

    ``percent_sign``: a percentage carries its sign. ``middle_dot``: 12·5 for 12.5. ``thousands``: what separates
    groups of three digits ("", "," or a thin space). ``unicode_minus``: − for -. ``leading_zero``: 0.05 rather
    than .05 (P values only). ``p_bounds``: P values as <0.05 or >0.05 rather than in digits.
    """

    percent_sign: bool = True
    middle_dot: bool = False
    thousands: Literal["", ",", "\u2009"] = ""
    unicode_minus: bool = False
    leading_zero: bool = True
    p_bounds: bool = False


PLAIN = Style()


def print_number(
    value: Fraction | float, decimals: int, *, rounding: Rounding = "half_up", style: Style = PLAIN
) -> str:
    """The text of a true value, without unit or percent sign.

    >>> print_number(Fraction(1100, 26), 1), print_number(0.125, 2, rounding="half_even")
    ('42.3', '0.12')
    >>> print_number(-1234.5, 1, style=Style(thousands=",", middle_dot=True, unicode_minus=True))
    '−1,234·5'
    """
    rounded = rounded_to(value, decimals, rounding)
    if rounded == 0:
        rounded = abs(rounded)
    text = f"{rounded:,f}".replace(",", style.thousands)
    if style.middle_dot:
        text = text.replace(".", "·")
    return text.replace("-", "−") if style.unicode_minus else text


def rounded_to(value: Fraction | float, decimals: int, rounding: Rounding) -> Decimal:
    """A value rounded to so many decimals, exactly: ties are ties of the value itself, not of its double."""
    unit = Decimal(1).scaleb(-decimals)
    if not isinstance(value, Fraction):
        return Decimal(float(value)).quantize(unit, rounding=_MODES[rounding])
    whole, rest = divmod(abs(value.numerator) * 10**decimals, value.denominator)
    beyond = 2 * rest - value.denominator
    up = rounding != "truncate" and (beyond > 0 or (beyond == 0 and (rounding == "half_up" or whole % 2 == 1)))
    signed = (whole + up) * (-1 if value < 0 else 1)
    return Decimal(signed).scaleb(-decimals)


@dataclass(frozen=True, slots=True)
class Printer:
    """One author's habits: how many decimals a percentage gets, how it is rounded, and the journal's style."""

    decimals: int = 1
    rounding: Rounding = "half_up"
    style: Style = PLAIN
    p_decimals: int = 3

    def number(self, value: Fraction | float, decimals: int | None = None) -> str:
        """A number; by default with one decimal more than a percentage."""
        places = self.decimals + 1 if decimals is None else decimals
        return print_number(value, places, rounding=self.rounding, style=self.style)

    def count(self, number: int) -> str:
        """A count, with the style's thousands mark."""
        return print_number(Fraction(int(number)), 0, style=self.style)

    def percent(self, value: Fraction | float) -> str:
        """A percentage (0 to 100)."""
        return self.number(value, self.decimals) + "%" * self.style.percent_sign

    def proportion(self, value: Fraction | float) -> str:
        """A proportion (0 to 1), as a percentage or as a fraction of the same precision."""
        if self.style.percent_sign:
            return self.number(100 * value, self.decimals) + "%"
        return self.number(value, self.decimals + 2)

    def p_value(self, p: float) -> str:
        """A P value: in digits, below the smallest that can be printed, or as a bound of 0.05."""
        if self.style.p_bounds:
            return "<0.05" if p < 0.05 else ">0.05" if p > 0.05 else "0.05"
        smallest = Decimal(1).scaleb(-self.p_decimals)
        text = f"<{smallest}" if Decimal(p) < smallest else self.number(p, self.p_decimals)
        if not self.style.leading_zero:
            text = text.replace("0.", ".", 1) if text.startswith(("0.", "<0.")) else text
        return text

    def coarser(self, by: int = 1) -> Printer:
        """The same author in the abstract: fewer decimals."""
        return replace(self, decimals=max(0, self.decimals - by))


def some_style(rng: np.random.Generator) -> Style:
    """A journal's style at random; the plain one most often."""
    thousands: Literal["", ",", "\u2009"] = ("", "", ",", "\u2009")[int(rng.integers(4))]
    rare = rng.random(5) < (0.7, 0.15, 0.3, 0.85, 0.1)
    sign, dot, minus, zero, bounds = (bool(each) for each in rare)
    return Style(sign, dot, thousands, minus, zero, bounds)


def some_printer(rng: np.random.Generator, roundings: tuple[Rounding, ...] = ROUNDINGS[:2]) -> Printer:
    """An author's habits at random: 0 to 3 decimals, rounded to nearest unless told otherwise."""
    decimals = int(rng.choice([0, 1, 1, 1, 2, 2, 3]))
    rounding = roundings[int(rng.integers(len(roundings)))]
    return Printer(decimals, rounding, some_style(rng), int(rng.integers(2, 5)))
