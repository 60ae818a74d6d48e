"""A printed number: the text a paper prints, kept verbatim, and the interval of true values it stands for.

>>> one = parse("39.0%", PERCENT)
>>> one.text, str(one.value), one.decimals
('39.0%', '39.0', 1)
>>> [float(end) for end in one.interval()]
[38.95, 39.05]
>>> parse("<0.001", P_VALUE).relation
'<'
>>> parse("not reached", TIME).status
'not_reached'
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from schemas import grammar
from schemas.quantities import COUNT, NUMBER, P_VALUE, PERCENT, PROPORTION, TIME, Quantity

__all__ = [
    "COUNT",
    "NUMBER",
    "PERCENT",
    "PROPORTION",
    "P_VALUE",
    "TIME",
    "Malformed",
    "Mark",
    "Printed",
    "Rounding",
    "parse",
]

Rounding = Literal["half", "truncated", "coarse"]
Mark = Literal["point", "comma"]
End = Fraction | float
"""An end of an interval: exact, or an infinity."""

EVERYTHING: tuple[End, End] = (-math.inf, math.inf)


class Malformed(ValueError):
    """The text is not a printed number; the message is a sentence for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One number as printed.

    ``value`` keeps every printed digit (trailing zeros too) on the scale of its quantity, ``unit`` is the
    printed unit in its customary spelling ("%", "months", ...), ``status`` says why there is no value when there is
    none, and ``candidates`` are the possible readings of a cell that cannot be read with certainty.
    """

    text: str
    quantity: Quantity
    status: str = "reported"
    value: Decimal | None = None
    relation: str = "="
    unit: str = ""
    candidates: tuple[Printed, ...] = ()

    @property
    def decimals(self) -> int | None:
        """Digits printed after the decimal mark, on the scale of the quantity; None where there is no number."""
        return None if self.value is None else max(0, -_exponent(self.value))

    @property
    def step(self) -> Fraction:
        """One unit in the last printed place; 0 for an exact count."""
        if self.value is None or self.quantity.exact:
            return Fraction(0)
        return Fraction(10) ** _exponent(self.value)

    def interval(self, rounding: Rounding = "half") -> tuple[End, End] | None:
        """All true values that print as this text, as a closed interval, or None where no number is printed.

        ``half``: rounded to nearest, ties either way. ``truncated``: digits cut off. ``coarse``: the last printed
        digit is a padded zero, so the precision is one digit less. An unclear cell spans its candidate readings.
        """
        if self.candidates:
            return _hull([each.interval(rounding) for each in self.candidates])
        if self.value is None:
            return None
        low, high = _box(Fraction(self.value), self.step, rounding)
        return _by_relation(self, low, high)

    def __str__(self) -> str:
        return self.text


def parse(text: str, quantity: Quantity = NUMBER, mark: Mark = "point") -> Printed:
    """Read one printed number. Raises Malformed, with a sentence, for anything else.

    >>> parse("1,623", COUNT).value
    Decimal('1623')
    >>> parse("0,39", NUMBER, mark="comma").value
    Decimal('0.39')
    >>> parse("n.s.", P_VALUE).interval()
    (Fraction(1, 20), Fraction(1, 1))
    >>> parse("24|9?", COUNT).interval()
    (Fraction(9, 1), Fraction(24, 1))
    """
    body = text.strip()
    if not body:
        raise Malformed("the cell is empty; leave it out, or type NR if the paper does not report it")
    status = grammar.status_of(body)
    if status is not None:
        return Printed(text, quantity, status)
    if quantity.name == "p" and body.lower() in grammar.NOT_SIGNIFICANT:
        return Printed(text, quantity, "reported", Decimal("0.05"), ">")
    if body.endswith("?"):
        return _unclear(text, body[:-1].strip(), quantity, mark)
    return _number(text, body, quantity, mark)


def _number(text: str, body: str, quantity: Quantity, mark: Mark) -> Printed:
    found = grammar.number(body, mark)
    if found is None:
        raise Malformed(_why_not(body, quantity, mark))
    value, unit = found.value, found.unit
    if unit == "%":
        if quantity.percent == "refused":
            raise Malformed(f"{body!r} is a percentage, but this field takes {quantity.meaning}")
        if quantity.percent == "fraction":
            value = value.scaleb(-2)
    elif unit and unit not in quantity.units:
        raise Malformed(f"{body!r} carries the unit {unit!r}, but this field takes {quantity.meaning}")
    return Printed(text, quantity, "reported", value, found.relation, unit)


def _unclear(text: str, body: str, quantity: Quantity, mark: Mark) -> Printed:
    readings = [part.strip() for part in body.split("|") if part.strip()]
    if not readings:
        raise Malformed(_why_not(text.strip(), quantity, mark))
    return Printed(
        text, quantity, "unclear", candidates=tuple(_number(part, part, quantity, mark) for part in readings)
    )


def _why_not(body: str, quantity: Quantity, mark: Mark) -> str:
    shown = body if len(body) <= 40 else body[:37] + "..."
    parts = grammar.split(body, mark)
    if parts:
        names = ", ".join(f"{part.text!r}" for part in parts)
        return f"{shown!r} holds {len(parts)} numbers ({names}); this field takes one: {quantity.meaning}"
    return (
        f"{shown!r} is not a printed number; expected {quantity.meaning}, such as {quantity.example}, or NR, NA, NE, "
        "'not reached', or '24|9?' for a cell that reads 24 or 9"
    )


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int), "the grammar admits finite numbers only"
    return exponent


def _box(value: Fraction, step: Fraction, rounding: Rounding) -> tuple[Fraction, Fraction]:
    if rounding == "truncated":
        return (value, value + step) if value >= 0 else (value - step, value)
    half = step / 2 * (10 if rounding == "coarse" else 1)
    return value - half, value + half


def _by_relation(one: Printed, low: Fraction, high: Fraction) -> tuple[End, End]:
    lowest, highest = one.quantity.lowest, one.quantity.highest
    floor: End = -math.inf if lowest is None else Fraction(lowest)
    ceiling: End = math.inf if highest is None else Fraction(highest)
    assert one.value is not None, "only a number has a relation"
    exact = Fraction(one.value)
    match one.relation:
        case "<":
            return (min(floor, exact), exact)
        case ">":
            return (exact, max(ceiling, exact))
        case "<=":  # a bound that includes equality may itself be rounded
            return (min(floor, exact), high)
        case ">=":
            return (low, max(ceiling, exact))
        case "~":
            return EVERYTHING
        case _:
            return (low, high)


def _hull(intervals: list[tuple[End, End] | None]) -> tuple[End, End] | None:
    known = [each for each in intervals if each is not None]
    if not known:
        return None
    return min(low for low, _ in known), max(high for _, high in known)
