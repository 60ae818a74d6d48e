"""Two printed numbers side by side: equal within rounding, or the slip that leads from one to the other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from schemas.fields import FieldFacts

DECIMAL_FACTORS = (10.0, 100.0, 1000.0)
UNITS = {"hours": 1 / 24, "days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}
"""Days in a unit of time."""
UNIT_FACTORS = (12.0, 7.0, 24.0, 365.25 / 12, 365.25 / 84, 365.25 / 7, 365.25)
"""Months in a year, days in a week, hours in a day, days in a month, weeks in a month and in a year, days in a year."""
LARGEST_SHARE = 0.05
"""A factor is believed if the rounding of the number is at most this share of it; else too many factors fit."""
NOTHING = ("not_reported", "not_applicable")
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Number:
    """A cell of a printed field; ``step`` is one unit of its last digit, 0 for exact counts."""

    text: str
    status: str
    value: float | None
    relation: str
    unit: str
    step: float
    digits: str

    @property
    def missing(self) -> bool:
        """Whether the cell says nothing: blank, NR or NA."""
        return self.status in ("blank", *NOTHING)


BLANK = Number("", "blank", None, "", "", 0.0, "")


def number(cell: dict[str, Any] | None, field: FieldFacts, default_unit: str = "") -> Number:
    """A cell of an Arrow table of a kind, with the unit of its record where it has none of its own."""
    if cell is None:
        return BLANK
    decimals = cell["decimals"]
    exact = field.quantity is not None and field.quantity.exact
    step = 0.0 if exact or decimals is None else 10.0**-decimals
    low, high = cell["low"], cell["high"]
    if cell["relation"] == "=" and low is not None and math.isfinite(high - low):
        step = high - low
    unit = "" if cell["unit"] == "%" else cell["unit"] or default_unit
    digits = "".join(each for each in cell["text"] if each.isdigit())
    return Number(cell["text"], cell["status"], cell["value"], cell["relation"], unit, step, digits)


def alike(one: Number, other: Number) -> bool:
    """Whether two cells say the same: one number rounded differently, or the same words."""
    if one.text.strip() == other.text.strip() and one.unit == other.unit:
        return True
    if one.value is None or other.value is None:
        return one.value is other.value and one.status == other.status and one.status != "unclear"
    units = one.unit == other.unit or not one.unit or not other.unit
    return units and one.relation == other.relation and near(one.value, one.step, other.value, other.step)


def near(one: float, step: float, other: float, step_: float) -> bool:
    """Whether one number is the other one rounded; of two with equally many digits, whether they are equal.

    >>> near(42.3, 0.1, 42, 1), near(42.3, 0.1, 42.4, 0.1), near(22, 0, 22, 0)
    (True, False, True)
    """
    slack = _TINY * max(abs(one), abs(other), 1e-300)
    half = 0.0 if abs(step - step_) <= _TINY * max(step, step_) else max(step, step_) / 2
    return abs(one - other) <= half + slack


def opposite(one: Number, other: Number) -> bool:
    """Whether one is the other with its sign lost."""
    if not one.value or not other.value or one.relation != other.relation:
        return False
    return near(one.value, one.step, -other.value, other.step)


def by_factor(one: Number, other: Number, field: FieldFacts, *, timed: bool) -> bool:
    """Whether they differ by a power of ten, or by the ratio of two units of time where the field has such units."""
    if not one.value or not other.value or one.relation != other.relation:
        return False
    if one.unit != other.unit and one.unit in UNITS and other.unit in UNITS:
        ratio = UNITS[one.unit] / UNITS[other.unit]
        return near(one.value, one.step, other.value, other.step) or _times(one, other, ratio) or _times(other, one, 1 / ratio)  # fmt: skip
    units = UNIT_FACTORS if timed or (field.quantity is not None and field.quantity.name == "time") else ()
    return any(_times(one, other, factor) or _times(other, one, factor) for factor in (*DECIMAL_FACTORS, *units))


def _times(one: Number, other: Number, factor: float) -> bool:
    """Whether ``one`` times the factor is ``other``, as far as either is printed."""
    value, value_ = one.value or 0.0, other.value or 0.0
    up, down = abs(value * factor - value_), abs(value - value_ / factor)
    return _within(up, other.step, value_) or _within(down, one.step, value)


def _within(apart: float, step: float, value: float) -> bool:
    return apart <= _TINY * abs(value) or (step / 2 <= LARGEST_SHARE * abs(value) and apart <= step / 2 * (1 + _TINY))


def digits_swapped(one: Number, other: Number) -> bool:
    """Whether two neighbouring digits are exchanged, wherever the decimal point stands between them."""
    if one.value is None or other.value is None or one.relation != other.relation:
        return False
    if len(one.digits) != len(other.digits) or abs(one.step - other.step) > _TINY:
        return False
    places = [at for at, (here, there) in enumerate(zip(one.digits, other.digits, strict=True)) if here != there]
    if len(places) != 2 or places[1] != places[0] + 1:
        return False
    return one.digits[places[0]] == other.digits[places[1]] and one.digits[places[1]] == other.digits[places[0]]


def root_n(sd: Number, se: Number, people: Number) -> bool:
    """Whether the second number is the first one over the root of so many participants: its standard error."""
    if not sd.value or not se.value or not people.value or people.value <= 1 or sd.relation != se.relation:
        return False
    return _within(abs(sd.value / math.sqrt(people.value) - se.value), se.step, se.value)
