"""MEAN-003. Catalogue 15: the SD of binary data (DEBIT)."""

from fractions import Fraction
from math import sqrt

from curation.engine.rule import rule
from schemas.integer_samples import binary, judged, whole_totals
from schemas.sample_words import neighbours, participants
from schemas.scores import read
from schemas.verdicts import Verdicts
from schemas.wording import decimals, show

ARGUMENTS = ("mean", "sd", "n", "items", "scale_min", "scale_max")
SHOWN = 3


def _zero_one(**more):
    return dict(whole_numbers="yes", scale_min="0", scale_max="1") | more


@rule(
    "MEAN-003",
    severity="error",
    source="Heathers and Brown 2019, osf.io/5vb3u (DEBIT); here over every whole count",
    after=["MEAN-001", "MEAN-004", "MEAN-005"],
    field="sd",
    consistent=[
        _zero_one(n="20", mean="0.25", sd="0.44"),
        _zero_one(n="1623", mean="0.36", sd="0.48"),
        _zero_one(n="10", mean="1.0", sd="0.0"),
    ],
    inconsistent=[
        _zero_one(n="20", mean="0.25", sd="0.48"),
        _zero_one(n="1623", mean="0.36", sd="0.46"),
        _zero_one(n="10", mean="0.5", sd="0.4"),
    ],
    cannot_tell=[_zero_one(n="20", mean="0.25", sd="NR"), _zero_one(n="1", mean="1", sd="0")],
    limits="Only for whole-number scores from 0 to 1 on one item.",
    look="whether the SD is a standard error, and whether it belongs to these participants",
    oracle="brute force: test_mean_bruteforce.py",
)  # fmt: skip
def sd_of_zeros_and_ones(n, mean, sd, whole_numbers, scale_min, scale_max, items=None, moment=None):
    """The standard deviation is not that of zeros and ones with this mean.

    There must be a whole number k of ones with k / n in the interval of the mean and sqrt(k (n - k) / (n (n - 1))) in
    the interval of the SD. Every k in the interval is tried, not only its ends.
    """
    change = moment.is_("change")
    given = read(mean, sd, n, items, scale_min, scale_max, change)
    return judged(given).only(whole_numbers.is_("yes") & binary(items, scale_min, scale_max, change))


@sd_of_zeros_and_ones.screen
def surely_not_asked(n, mean, sd, whole_numbers, scale_min, scale_max, items, moment):
    whole = whole_numbers.is_("yes")
    if not whole.any():
        return Verdicts.nobody(len(whole))
    return Verdicts.left_open(~(whole & binary(items, scale_min, scale_max, moment.is_("change"))))


@sd_of_zeros_and_ones.reading("it fits an SD taken with n instead of n - 1", "warning")
def of_a_population(row):
    given = read(*(row.columns[name] for name in ARGUMENTS))
    return bool(judged(given, population=True).codes[0] == 0)


@sd_of_zeros_and_ones.expects
def of_each_count(row):
    n, mean = row["n"], row["mean"]
    if n.value is None or mean.value is None:
        return ""
    people, places = int(n.value), decimals(row["sd"])
    least, most = whole_totals((Fraction(mean.low), Fraction(mean.high)), people)
    counts = range(max(least, 0), min(most, people) + 1)
    sds = {show(sqrt(Fraction(k * (people - k), people * (people - 1))), places): k for k in counts}
    return " or ".join(f"SD {text} ({k}/{people})" for text, k in list(sds.items())[:SHOWN])


@sd_of_zeros_and_ones.explain
def other_means(row):
    means = [text for text, _ in neighbours(row, "mean")]
    return [f"with this SD the mean could be {' or '.join(means)}"] if means else []


@sd_of_zeros_and_ones.explain
def whom(row):
    return participants(row)
