"""MEAN-011. Catalogue 17: no value is further from the mean than the standard deviation allows."""

from curation.engine.rule import rule
from schemas.spread import DIVIDED_BY_N, FROM_A_MODEL, above_zero, modelled, root, square, unusable, with_n_minus_1
from schemas.verdicts import Verdicts
from schemas.wording import decimals


@rule(
    "MEAN-011",
    severity="error",
    source="arithmetic of any sample (Samuelson 1968 J Am Stat Assoc 63:1522)",
    kinds=["mean"],
    field="sd",
    oracle="brute force: test_bruteforce_spread.py",
    after=["SPAN-002", "MEAN-010"],
    consistent=[
        dict(n="52", mean="58.5", sd="9.1", minimum="34", maximum="75"),
        dict(n="5", mean="1", sd="2.24", minimum="0", maximum="5"),
        dict(n="52", mean="58.5", sd="9.1", maximum="123"),
    ],
    inconsistent=[
        dict(n="52", mean="58.5", sd="9.1", maximum="125"),
        dict(n="5", mean="1.00", sd="2.10", maximum="5.00"),
        dict(n="10", mean="58.5", sd="1.3", minimum="34"),
    ],
    cannot_tell=[dict(n="NR", mean="58.5", sd="9.1", maximum="125"), dict(n="52", mean="NR", sd="9.1", maximum="125")],
    look="whether the standard deviation is a standard error, and whether mean and range are of the same participants",
)
def extremes_against_sd(n, mean, sd, minimum=None, maximum=None):
    """The smallest or largest value is further from the mean than the standard deviation allows.

    n (maximum - mean)^2 <= (n - 1)^2 SD^2, and likewise for the minimum: one value that far out makes at least this standard
    deviation, with all others at one point. Compared as squares, so exactly.
    """
    most = square(sd) * square(n - 1)
    above = (square(above_zero(maximum - mean)) * n).at_most(most).checked_where_known()
    below = (square(above_zero(mean - minimum)) * n).at_most(most).checked_where_known()
    known = n.known & mean.known & sd.known
    return (above & below).cannot_tell(unusable(n) | ~known).only(minimum.known | maximum.known)


@extremes_against_sd.screen
def surely_not_asked(n, mean, sd, minimum, maximum):
    ended = minimum.known | maximum.known
    return Verdicts.left_open(~ended) if ended.any() else Verdicts.nobody(len(ended))


@extremes_against_sd.reading(DIVIDED_BY_N, "warning")
def divided_by_n(row):
    return row.holds(sd=with_n_minus_1(row))


@extremes_against_sd.reading(FROM_A_MODEL, "warning")
def from_a_model(row):
    return modelled(row)


@extremes_against_sd.expects
def the_bound(row):
    n, mean = row["n"].low, row.columns["mean"]
    gaps = [each.low[0] for each in (row.columns["maximum"] - mean, mean - row.columns["minimum"]) if each.known[0]]
    least = root(n * max(0, *gaps, 0) ** 2 / (n - 1) ** 2, 0)[0]
    return f"a standard deviation of {least:.{max(1, decimals(row['sd']))}f} or more"
