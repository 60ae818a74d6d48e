"""MEAN-010. Catalogue 17: the range against the standard deviation."""

from curation.engine.rule import rule
from schemas.spread import DIVIDED_BY_N, above_zero, half, root, square, unusable, with_n_minus_1
from schemas.verdicts import Verdicts
from schemas.wording import decimals


@rule(
    "MEAN-010",
    severity="error",
    source="arithmetic of any sample (upper bound: Popoviciu 1935; lower bound: Nagy 1918)",
    kinds=["mean"],
    field="sd",
    oracle="brute force: test_bruteforce_spread.py",
    after=["SPAN-002"],
    consistent=[
        dict(n="52", sd="9.1", minimum="34", maximum="75"),
        dict(n="2", sd="0.71", minimum="3", maximum="4"),
        dict(n="3", sd="0.58", minimum="3.0", maximum="4.0"),
    ],
    inconsistent=[
        dict(n="52", sd="29.1", minimum="34", maximum="75"),
        dict(n="52", sd="1.3", minimum="34", maximum="75"),
        dict(n="3", sd="0.65", minimum="3.00", maximum="4.00"),
        dict(n="52", sd="9.1", minimum="58.5", maximum="58.5"),
    ],
    cannot_tell=[dict(n="NR", sd="9.1", minimum="34", maximum="75"), dict(n="1", sd="9.1", minimum="34", maximum="75")],
    look="whether the standard deviation is a standard error, and whether the range is one of quartiles",
)
def range_against_sd(minimum, maximum, n, sd):
    """The standard deviation is impossible for this range and this number of participants.

    R = maximum - minimum: R^2 / 2 <= (n - 1) SD^2 <= k (n - k) R^2 / n, where k is half of n, rounded down. Least: all others
    half-way between the two; most: half of the participants at either end. Compared as squares, so exactly.
    """
    spread, squares = square(above_zero(maximum - minimum)), square(sd) * (n - 1)
    upper = half(n)
    enough = (squares * 2).at_least(spread)
    not_too_much = (squares * n).at_most(spread * upper * (n - upper))
    return (enough & not_too_much).cannot_tell(unusable(n)).only(minimum.known | maximum.known)


@range_against_sd.screen
def surely_not_asked(minimum, maximum, n, sd):
    ended = minimum.known | maximum.known
    return Verdicts.left_open(~ended) if ended.any() else Verdicts.nobody(len(ended))


@range_against_sd.reading(DIVIDED_BY_N, "warning")
def divided_by_n(row):
    return row.holds(sd=with_n_minus_1(row))


@range_against_sd.expects
def the_bounds(row):
    spread, n = row.columns["maximum"] - row.columns["minimum"], row["n"].low
    low, high = max(0, spread.low[0]), max(0, spread.high[0])
    upper = -(-n // 2)
    least, most = root(low**2 / (2 * (n - 1)), high**2 * upper * (n - upper) / (n * (n - 1)))
    places = max(1, decimals(row["sd"]))
    return f"a standard deviation of {least:.{places}f} to {most:.{places}f}"


@range_against_sd.explain
def quartiles_as_range(row):
    spread, sd = row.columns["maximum"] - row.columns["minimum"], row["sd"]
    if spread.low[0] <= 0 or not 0.5 <= float(sd.low) / float(spread.high[0]) <= 1.2:
        return []
    return ["a standard deviation near three quarters of the range suggests that quartiles are printed as the range"]
