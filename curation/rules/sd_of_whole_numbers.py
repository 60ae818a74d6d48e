"""MEAN-002. Catalogue 14: the granularity of standard deviations (GRIMMER), exactly."""

import math

from curation.engine.rule import rule
from schemas.integer_samples import binary, judged, limits_of
from schemas.sample_words import neighbours, participants, what_fails
from schemas.scores import read
from schemas.verdicts import Verdicts


@rule(
    "MEAN-002",
    severity="error",
    source=(
        "Anaya 2016, PeerJ Preprints 4:e2400 (GRIMMER), and Allard 2018; here with every total, and with all and only the sums of squares "
        "that whole numbers can have"
    ),
    after=["MEAN-001", "MEAN-004", "MEAN-005", "SPREAD-001"],
    field="sd",
    consistent=[
        dict(n="20", mean="3.45", sd="1.19", whole_numbers="yes"),
        dict(n="5", mean="3.00", sd="1.58", whole_numbers="yes", scale_min="1", scale_max="5"),
        dict(n="5", mean="3.0", sd="2.0", whole_numbers="yes", scale_min="1", scale_max="5"),
        dict(n="10", mean="2.50", sd="0.53", whole_numbers="yes"),
        dict(n="3", mean="0.00", sd="2.00", whole_numbers="yes", scale_min="1", scale_max="3", moment="change"),
    ],
    inconsistent=[
        dict(n="20", mean="3.45", sd="1.21", whole_numbers="yes"),
        dict(n="10", mean="2.50", sd="0.40", whole_numbers="yes"),
        dict(n="2", mean="3.0", sd="2.1", whole_numbers="yes"),
        dict(n="5", mean="3.0", sd="2.1", whole_numbers="yes", scale_min="1", scale_max="5"),
        dict(n="6", mean="4.50", sd="0.84", se="0.344", whole_numbers="yes"),
    ],
    cannot_tell=[
        dict(n="20", mean="NR", sd="1.21", whole_numbers="yes"),
        dict(n="1", mean="3", sd="1.2", whole_numbers="yes"),
    ],
    limits=(
        "Only for scores recorded as whole numbers. Zeros and ones are left to MEAN-003. With scales wider than 40 points per participant, a few "
        "sums of squares just below the largest one are taken as possible without proof; with more than 200,000 totals in the interval "
        "of the mean nothing is said. Weighted or adjusted means and pooled SDs are not of this kind."
    ),
    look="the SD, its decimals, and whether it belongs to the same participants as the mean",
    oracle="brute force: test_mean_bruteforce.py",
)  # fmt: skip
def sd_of_whole_numbers(n, mean, sd, whole_numbers, items=None, scale_min=None, scale_max=None, moment=None, se=None):
    """No whole numbers of this many participants have both this mean and this standard deviation.

    There must be a whole total T with T / (n items) in the interval of the mean, and a whole sum of squares Q with
    sqrt((Q - T^2 / n) / (n - 1)) / items in the interval of the SD, such that n whole totals can have both: Q has the
    parity of T, is at least what the flattest sample gives and, where the scale is given, at most what the most
    spread-out sample gives; the gaps in between are known exactly. A printed standard error must fit the same Q.
    """
    given = read(mean, sd, n, items, scale_min, scale_max, moment.is_("change"), se)
    return (
        judged(given).only(whole_numbers.is_("yes")).unless(binary(items, scale_min, scale_max, moment.is_("change")))
    )


@sd_of_whole_numbers.screen
def surely_not_asked(n, mean, sd, whole_numbers, items, scale_min, scale_max, moment, se):
    whole = whole_numbers.is_("yes")
    if not whole.any():
        return Verdicts.nobody(len(whole))
    return Verdicts.left_open(~whole | binary(items, scale_min, scale_max, moment.is_("change")))


@sd_of_whole_numbers.reading("it fits an SD taken with n instead of n - 1", "warning")
def of_a_population(row):
    mean, sd, n, items, low, high = (row.columns[name] for name in ARGUMENTS)
    given = read(mean, sd, n, items, low, high, row.columns["moment"].is_("change"), row.columns["se"])
    return bool(judged(given, population=True).codes[0] == 0)


@sd_of_whole_numbers.reading("it fits without the standard error, which may come from a model", "warning")
def without_se(row):
    return row["se"].known and row.holds(se=(-math.inf, math.inf))


ARGUMENTS = ("mean", "sd", "n", "items", "scale_min", "scale_max")


@sd_of_whole_numbers.reading(
    "it is not reported how many items the score averages, and some number of them fits", "warning"
)
def items_unknown(row):
    return row["items"].status not in ("blank", "reported") and any(row.holds(items=k) for k in range(2, 51))


@sd_of_whole_numbers.expects
def nearest(row):
    texts = [text for text, _ in neighbours(row, "sd")]
    return f"SD {' or '.join(texts)}" if texts else ""


@sd_of_whole_numbers.explain
def why(row):
    return what_fails(
        row, limits_of(row.columns["scale_min"], row.columns["scale_max"], change=row.code("moment") == "change")
    )


@sd_of_whole_numbers.explain
def whom(row):
    return participants(row)
