"""MEAN-019. Catalogue 17: the mean among minimum, quartiles and maximum."""

import numpy as np

from curation.engine.rule import rule
from schemas.intervals import Column
from schemas.spread import FROM_A_MODEL, beyond_quartile, half, modelled, unusable, within_quartile
from schemas.verdicts import Verdicts
from schemas.wording import decimals, show


@rule(
    "MEAN-019",
    severity="error",
    source="arithmetic of any sample; Hyndman and Fan 1996 Am Stat 50:361 for definitions of quartiles",
    kinds=["mean"],
    field="mean",
    oracle="brute force: test_bruteforce_spread.py",
    after=["SPAN-002"],
    consistent=[
        dict(n="52", mean="58.5", minimum="34", q1="52", median="59", q3="66", maximum="75"),
        dict(n="4", mean="2.5", minimum="0", maximum="10"),
        dict(n="52", mean="58.5", minimum="34", median="59"),
    ],
    inconsistent=[
        dict(n="52", mean="69.5", minimum="34", q1="52", median="59", q3="66", maximum="75"),
        dict(n="4", mean="2.40", minimum="0.0", maximum="10.0"),
        dict(n="52", mean="45", minimum="34", median="59"),
    ],
    cannot_tell=[
        dict(n="NR", mean="69.5", minimum="34", q1="52", median="59", q3="66", maximum="75"),
        dict(n="52", mean="NR", minimum="34", median="59"),
    ],
    look="whether the mean and the other numbers are of the same participants and in the same unit",
)
def mean_among_quartiles(n, mean, minimum=None, q1=None, median=None, q3=None, maximum=None):
    """The mean is impossible for these quartiles and this range.

    At least so many of the n values reach each number: one the maximum, n/4 (rounded down) the upper quartile, n/2 (rounded
    up) the median, 3n/4 (rounded down) the lower quartile, all the minimum. If each value is only as large as it
    must be, n mean is at least their sum; likewise from above. Holds for every customary definition of quartiles.
    """
    known = minimum.known.astype(int) + q1.known + median.known + q3.known + maximum.known
    lowest = _sum(n, minimum, q1, median, q3, maximum)
    highest = _sum(n, maximum, q3, median, q1, minimum)
    total = n * mean
    held = total.at_least(lowest).checked_where_known() & total.at_most(highest).checked_where_known()
    ended = minimum.known | maximum.known
    return held.cannot_tell(unusable(n) | ~mean.known).only(ended & (known > 1))


def _sum(n, end, near, median, far, other):
    """The sum of n values, each as near to ``end`` as the numbers allow; a number not known gives way to the one before."""
    near = _or(near, end)
    median = _or(median, near)
    far = _or(far, median)
    other = _or(other, far)
    few, middle, many = beyond_quartile(n), half(n), within_quartile(n)
    return other + far * (few - 1) + median * (middle - few) + near * (many - middle) + end * (n - many)


def _or(one, other):
    low, high = np.where(one.known, one.low, other.low), np.where(one.known, one.high, other.high)
    return Column(low, high, one.known | other.known, one.clean and other.clean)


@mean_among_quartiles.screen
def surely_not_asked(n, mean, minimum, q1, median, q3, maximum):
    ended = minimum.known | maximum.known
    if not ended.any():
        return Verdicts.nobody(len(ended))
    known = minimum.known.astype(int) + q1.known + median.known + q3.known + maximum.known
    return Verdicts.left_open(~(ended & (known > 1)))


@mean_among_quartiles.reading(FROM_A_MODEL, "warning")
def from_a_model(row):
    return modelled(row)


@mean_among_quartiles.expects
def the_bounds(row):
    n, ends = row.columns["n"], [row.columns[name] for name in ("minimum", "q1", "median", "q3", "maximum")]
    low, high = _sum(n, *ends), _sum(n, *reversed(ends))
    places = max(1, decimals(row["mean"]))
    words = []
    if low.known[0]:
        words.append(f"at least {show(low.low[0] / n.low[0], places)}")
    if high.known[0]:
        words.append(f"at most {show(high.high[0] / n.low[0], places)}")
    return f"a mean of {' and '.join(words)}"
