"""MEAN-004. Catalogue 16: the largest SD that a scale allows."""

from math import sqrt

import numpy as np

from curation.engine.rule import rule
from schemas.scale_ends import change_in_percent, ends_of_scale, largest_squares, square
from schemas.verdicts import Verdicts
from schemas.wording import decimals, show


@rule(
    "MEAN-004",
    severity="error",
    source="Bhatia and Davis 2000, American Mathematical Monthly 107:353",
    after=["MEAN-005"],
    field="sd",
    consistent=[
        dict(n="40", mean="58.5", sd="9.1", scale_min="0", scale_max="100"),
        dict(n="2", mean="4", sd="4.24", scale_min="1", scale_max="7"),
        dict(mean="0.5", sd="0.52", scale_min="0", scale_max="1"),
        dict(n="20", mean="-1.2", sd="5.1", scale_min="1", scale_max="7", moment="change"),
    ],
    inconsistent=[
        dict(n="40", mean="6.5", sd="2.1", scale_min="1", scale_max="7"),
        dict(n="10", mean="0.20", sd="0.45", scale_min="0", scale_max="1"),
        dict(mean="99", sd="25", scale_min="0", scale_max="100"),
        dict(n="20", mean="5.0", sd="4.5", scale_min="1", scale_max="7", moment="change"),
    ],
    cannot_tell=[
        dict(n="40", mean="6.5", sd="2.1", scale_min="1", scale_max="NR"),
        dict(n="1", mean="6.5", sd="2.1", scale_min="1", scale_max="7"),
    ],
    limits=(
        "The scale is that of one participant's score. Of a change, the limits are the two largest changes the scale allows; changes in "
        "percent have none. Adjusted means and SDs pooled over several groups or times are not bounded like this."
    ),
    look="whether the SD has its decimal point in the right place, and which scale was used",
    oracle="brute force: test_mean_bruteforce.py",
)  # fmt: skip
def sd_within_scale(mean, sd, scale_min, scale_max, n=None, moment=None, unit=None):
    """The standard deviation is larger than this mean and this scale allow.

    (n - 1) SD^2 <= n (b - m) (m - a) for values between a and b with mean m: equal where everybody can be at one of the
    ends. Otherwise one participant is in between, and with n (m - a) / (b - a) = k + f (k whole, 0 <= f < 1) it is
    (n - 1) SD^2 <= (b - a)^2 (k + f^2 - (k + f)^2 / n). The right side is taken at the m inside the rounding interval
    at which it is largest; without n, n = 2 is taken in the first form. The ends of the scale are exact.
    """
    low, high, percent = ends_of_scale(scale_min, scale_max, moment, unit)
    people = n.or_else(2)
    inside = np.asarray((mean.high >= low.low) & (mean.low <= high.high), dtype=bool)
    usable = inside & np.asarray(people.low >= 2, dtype=bool) & low.known & high.known
    most = largest_squares(mean, people, low, high, exactly=n.is_point)
    return square(sd, people).at_most(most).cannot_tell(~usable).unless(percent)


@sd_within_scale.screen
def surely_not_asked(mean, sd, scale_min, scale_max, n, moment, unit):
    return Verdicts.left_open(change_in_percent(moment, unit))


@sd_within_scale.expects
def largest(row):
    low, high, _ = ends_of_scale(*(row.columns[name] for name in ("scale_min", "scale_max", "moment", "unit")))
    n = row.columns["n"]
    people = n.or_else(2)
    most = largest_squares(row.columns["mean"], people, low, high, exactly=n.is_point).high[0]
    return f"an SD of at most {show(sqrt(most / (people.low[0] - 1)), decimals(row['sd']) + 1)}"
