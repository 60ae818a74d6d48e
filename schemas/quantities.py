"""What kind of quantity a printed field holds: exact or rounded, its natural bounds, what a % sign and a unit mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TIME_UNITS = ("days", "weeks", "months", "years", "hours")
OTHER_UNITS = (
    "mg", "mg/day", "mg/2 days", "mg/m²", "mg/kg", "mL/min", "g", "kg", "cm", "points", "cycles", "lines",
    "patients", "participants", "studies", "records", "sites", "per 100 patient-years", "per 1000 patient-years",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    """The kind of number a field takes.

    ``exact``: a count is not rounded. ``lowest`` and ``highest`` bound every true value; they close the open end of
    "<" and ">" and never clip what is printed. ``percent``: a % sign is ``plain`` (42.3% is 42.3), ``fraction``
    (39.0% is 0.390) or ``refused``.
    """

    name: str
    meaning: str
    example: str
    exact: bool = False
    lowest: int | None = None
    highest: int | None = None
    percent: Literal["plain", "fraction", "refused"] = "refused"
    units: tuple[str, ...] = ()


COUNT = Quantity(
    "count", "a number of people, events, studies or records", "22", exact=True, lowest=0,
    units=("patients", "participants", "studies", "records", "sites", "cycles", "lines"),
)  # fmt: skip
PERCENT = Quantity("percent", "a percentage", "42.3%", lowest=0, percent="plain")
PROPORTION = Quantity("proportion", "an estimate, or a percentage with its % sign", "39.0%", percent="fraction")
P_VALUE = Quantity("p", "a P value", "<0.001", lowest=0, highest=1)
NUMBER = Quantity("number", "a number", "12.5", percent="plain", units=TIME_UNITS + OTHER_UNITS)
NONNEGATIVE = Quantity("nonnegative", "a number that cannot be negative", "9.63", lowest=0)
TIME = Quantity("time", "a length of time", "24.9 months", lowest=0, units=TIME_UNITS)

QUANTITIES = {each.name: each for each in (COUNT, PERCENT, PROPORTION, P_VALUE, NUMBER, NONNEGATIVE, TIME)}
