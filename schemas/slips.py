"""The slips that put a wrong number into print or into a data file, and how likely each is thought to be.

The same names serve those who look for a slip (``curation.engine.offers``) and those who make one
(``schemas.strategies.slips``). The order is a judgement, not a measurement: slips that leave all digits in place come
before those that lose one, slips within one number before those between rows.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slip:
    """One way to go wrong. If more than ``most`` repairs of this kind fit, they say nothing and none is shown."""

    name: str
    rank: int
    meaning: str
    most: int = 3


def _numbered(*slips: tuple[str, str, int]) -> dict[str, Slip]:
    return {name: Slip(name, rank, meaning, most) for rank, (name, meaning, most) in enumerate(slips)}


SLIPS: dict[str, Slip] = _numbered(
    ("digits_cut_off", "digits cut off instead of rounded", 1),
    ("limits_swapped", "lower and upper limit exchanged", 2),
    ("other_denominator", "the total of another set of participants", 3),
    ("digits_swapped", "two neighbouring digits exchanged", 3),
    ("decimal_shifted", "the decimal point shifted by one or two places", 2),
    ("percent_for_proportion", "a percentage printed for a proportion, or the other way round", 2),
    ("minus_lost", "a minus sign lost, or a dash taken for one", 2),
    ("other_level", "99% for 95%, or another level of confidence", 1),
    ("se_for_sd", "a standard error printed for a standard deviation, or the other way round", 2),
    ("log_scale", "logarithms printed for ratios", 2),
    ("other_unit", "months for years, or another unit of time", 2),
    ("percent_for_count", "a percentage printed for a number of participants, or the other way round", 2),
    ("fields_swapped", "two numbers of one row exchanged", 2),
    ("arms_swapped", "the numbers of two arms exchanged", 2),
    ("direction_inverted", "the comparison turned round: 1/x for a ratio, -x for a difference", 2),
    ("complement", "those without the event for those with it", 2),
    ("row_shifted", "a column of a table shifted by one row", 2),
    ("digit_doubled", "a digit typed once too often", 2),
    ("digit_dropped", "a digit lost", 2),
)  # fmt: skip
"""Name -> slip, likeliest first."""
