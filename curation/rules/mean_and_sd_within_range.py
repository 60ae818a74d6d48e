"""MEAN-020. Catalogue 16 and 17: mean, standard deviation and the smallest and largest value together."""

from curation.engine.rule import rule
from schemas.spread import DIVIDED_BY_N, FROM_A_MODEL, above_zero, modelled, root, square, unusable, with_n_minus_1
from schemas.verdicts import Verdicts
from schemas.wording import decimals


@rule(
    "MEAN-020",
    severity="error",
    source="arithmetic of any sample (upper bound: Bhatia and Davis 2000 Am Math Mon 107:353)",
    kinds=["mean"],
    field="sd",
    oracle="brute force: test_bruteforce_spread.py",
    after=["SPAN-002", "MEAN-010", "MEAN-011", "MEAN-019"],
    consistent=[
        dict(n="52", mean="58.5", sd="9.1", minimum="34", maximum="75"),
        dict(n="4", mean="1.0", sd="2.0", minimum="0", maximum="4"),
        dict(n="2", mean="3.5", sd="0.7", minimum="3", maximum="4"),
    ],
    inconsistent=[
        dict(n="52", mean="74.2", sd="9.1", minimum="34", maximum="75"),
        dict(n="40", mean="10.00", sd="6.1", minimum="9.00", maximum="40.00"),
        dict(n="8", mean="2.0", sd="2.0", minimum="0.0", maximum="8.0"),
    ],
    cannot_tell=[dict(n="NR", mean="58.5", sd="9.1", minimum="34", maximum="75")],
    look="whether the standard deviation is a standard error, and whether mean and range are of the same participants",
)
def mean_and_sd_within_range(minimum, maximum, n, mean, sd):
    """The standard deviation is impossible for a mean at this place in the range.

    a = mean - minimum, b = maximum - mean: (n - 1) SD^2 <= n a b, reached with everyone at one of the two ends, and
    (n - 2)((n - 1) SD^2 - a^2 - b^2) >= (a - b)^2, reached with everyone else at one point. Compared as squares, so exactly.
    """
    below, above, squares = above_zero(mean - minimum), above_zero(maximum - mean), square(sd) * (n - 1)
    not_too_much = squares.at_most(n * below * above)
    least = (square(below) + square(above)) * (n - 2) + square(mean * 2 - minimum - maximum)
    enough = (squares * (n - 2)).at_least(least)
    return (enough & not_too_much).cannot_tell(unusable(n)).only(minimum.known & maximum.known)


@mean_and_sd_within_range.screen
def surely_not_asked(minimum, maximum, n, mean, sd):
    both = minimum.known & maximum.known
    return Verdicts.left_open(~both) if both.any() else Verdicts.nobody(len(both))


@mean_and_sd_within_range.reading(DIVIDED_BY_N, "warning")
def divided_by_n(row):
    return row.holds(sd=with_n_minus_1(row))


@mean_and_sd_within_range.reading(FROM_A_MODEL, "warning")
def from_a_model(row):
    return modelled(row)


@mean_and_sd_within_range.expects
def the_bounds(row):
    n, mean = row["n"].low, row.columns["mean"]
    below, above = above_zero(mean - row.columns["minimum"]), above_zero(row.columns["maximum"] - mean)
    apart = square(mean * 2 - row.columns["minimum"] - row.columns["maximum"]).low[0]
    one_point = apart / (n - 2) if n > 2 else 0
    least, most = root(
        (below.low[0] ** 2 + above.low[0] ** 2 + one_point) / (n - 1), n * below.high[0] * above.high[0] / (n - 1)
    )
    places = max(1, decimals(row["sd"]))
    return f"a standard deviation of {least:.{places}f} to {most:.{places}f}"
