"""Breaking means, SDs and ranges of whole-number scores."""

from __future__ import annotations

from fractions import Fraction

from schemas.strategies.break_numbers import alone
from schemas.strategies.draw import Draw, Row, Tables


def mean_between_steps(draw: Draw) -> Tables:
    """A mean half-way between two that this many participants can have."""
    n = 3 + draw.size % 40
    mean = Fraction(2 * draw.between(n, 6 * n) + 1, 2 * n)
    return alone("mean", {"n": str(n), "mean": draw.to.number(mean, 3), "whole_numbers": "yes"})


def sd_between_steps(draw: Draw) -> Tables:
    """An SD below the smallest that the mean allows, or between those of even and of odd sums."""
    n = 4 + 2 * (draw.size % 20)
    row: Row = {"n": str(n), "mean": "2.50", "whole_numbers": "yes"}
    if draw.maybe(0.5):
        return alone("mean", row | {"sd": draw.to.number(draw.rng.uniform(0.1, 0.4), 2)})
    # T = 5 n / 2 fixes the parity of Q; an SD of the other parity, with three decimals
    total, square = 5 * n // 2, 25 * n // 4 + n + draw.between(1, n)
    square += (square - total + 1) % 2
    sd = float(Fraction(square * n - total**2, n * (n - 1))) ** 0.5
    return alone("mean", row | {"mean": "2.500", "sd": draw.to.number(sd, 3)})


def sd_of_other_proportion(draw: Draw) -> Tables:
    """Zeros and ones with the standard error in the place of the SD, or an SD that is too large."""
    n = 6 + draw.size
    ones = draw.between(2, n - 2)
    sd = float(Fraction(ones * (n - ones), n * (n - 1))) ** 0.5
    row = {"n": str(n), "mean": draw.to.number(Fraction(ones, n), 3), "sd": draw.to.number(sd * 0.7, 3)}
    return alone("mean", row | {"whole_numbers": "yes", "scale_min": "0", "scale_max": "1"})


def sd_beyond_scale(draw: Draw) -> Tables:
    """An SD half as large again as half the scale."""
    high = draw.between(4, 100)
    row = {"n": str(20 + draw.size), "mean": str(high // 2), "sd": draw.to.number(0.8 * high, 1)}
    return alone("mean", row | {"scale_min": "0", "scale_max": str(high)})


def number_beyond_scale(draw: Draw) -> Tables:
    """A mean or an extreme above the highest value of the scale."""
    high = draw.between(5, 100)
    value = draw.to.number(high + draw.rng.uniform(1, 9), 1)
    return alone(
        "mean", {"n": "40", draw.one_of("mean", "median", "maximum"): value, "scale_min": "0", "scale_max": str(high)}
    )


def no_sample_in_range(draw: Draw) -> Tables:
    """The two participants at the ends alone make the SD larger than it is printed."""
    n, half = 5 + draw.size % 30, draw.between(4, 9)
    square = 2 * half**2 - 2 * draw.between(1, half)
    sd = float(Fraction(square, n - 1)) ** 0.5
    row = {"n": str(n), "mean": "20.000", "sd": draw.to.number(sd, 3), "whole_numbers": "yes"}
    return alone("mean", row | {"minimum": str(20 - half), "maximum": str(20 + half)})
