"""Inequalities of means against every small sample of whole numbers, in exact rationals: sound, and as tight as can be."""

from __future__ import annotations

import itertools
import math
from decimal import Decimal
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from sweep import every
from whole_tables import printed
from whole_tables import table as arrow_table

from curation.engine.columns import Arguments
from curation.engine.judge import judge
from curation.rules.extremes_against_sd import extremes_against_sd
from curation.rules.mean_among_quartiles import mean_among_quartiles
from curation.rules.mean_and_sd_within_range import mean_and_sd_within_range
from curation.rules.median_against_sd import median_against_sd
from curation.rules.quartiles_against_mean import quartiles_against_mean
from curation.rules.quartiles_against_sd import quartiles_against_sd
from curation.rules.range_against_sd import range_against_sd
from curation.rules.se_is_sd_over_root_n import se_is_sd_over_root_n
from schemas.intervals import Column
from schemas.spread import beyond_quartile, within_quartile
from schemas.verdicts import Verdict

CUSTOMS = ("linear", "weibull", "hazen", "median_unbiased", "normal_unbiased", "inverted_cdf", "averaged_inverted_cdf",
           "closest_observation", "interpolated_inverted_cdf")  # fmt: skip
"""The nine definitions of Hyndman and Fan, as NumPy names them."""
FIELDS = {
    range_against_sd: ("minimum", "maximum"),
    extremes_against_sd: ("mean", "maximum"),
    median_against_sd: ("mean", "median"),
    quartiles_against_mean: ("mean", "q1", "q3"),
    quartiles_against_sd: ("q1", "q3"),
    mean_and_sd_within_range: ("mean", "minimum", "maximum"),
}
"""What each rule about the SD reads besides n and SD."""


def verdicts(rule, columns):
    """What a rule says of each row, without describing the findings."""
    sources = {name: name for name in rule.arguments}
    batches = arrow_table("mean", columns).to_batches(max_chunksize=50_000)
    return np.concatenate([judge(rule, Arguments(batch), sources).codes for batch in batches])


def sizes_found(rule, rows, columns):
    """The numbers of participants of the rows that contradict the rule."""
    codes = verdicts(rule, columns)
    return {row["n"] for row, code in zip(rows, codes, strict=True) if code == Verdict.CONTRADICTS}


def hinges(values, *, inclusive):
    """Tukey's hinges: medians of the halves, with or without the middle value."""
    n = len(values)
    size = (n + 1) // 2 if inclusive else max(1, n // 2)
    return tuple(_median(part) for part in (values[:size], values[n - size :]))


def _median(values):
    n = len(values)
    return Fraction(int(values[(n - 1) // 2]) + int(values[n // 2]), 2)


def quartile_pairs(values):
    """The quartiles by every custom, each pair once."""
    found = [tuple(Fraction(float(np.quantile(values, p, method=c))).limit_denominator(1000) for p in (0.25, 0.75)) for c in CUSTOMS]  # fmt: skip
    return dict.fromkeys([*found, hinges(values, inclusive=True), hinges(values, inclusive=False)])


@cache
def samples():
    """Every sample of 2 to 6 whole numbers from 0 to 6, and some larger ones: exact statistics, one row per quartile custom."""
    small = [each for n in range(2, 7) for each in itertools.combinations_with_replacement(range(7), n)]
    rng = np.random.default_rng(1)
    large = [tuple(sorted(rng.integers(0, rng.integers(2, 40), rng.integers(7, 60)).tolist())) for _ in range(150)]
    # nearly everyone at one point: where the bounds are reached
    two = [tuple([0] * k + [1] * (n - k)) for n in range(2, 30) for k in range(1, n)]
    three = [tuple([0] * k + [2] * (n - 2 * k) + [4] * k) for n in range(3, 30) for k in range(1, n // 2 + 1)]
    all_of_them = small + large + two + three
    return [described(each, *pair) for each in all_of_them for pair in quartile_pairs(each)] + [
        described(each, *next(iter(quartile_pairs(each)))) | {"median": Fraction(each[middle])}
        for each in all_of_them for middle in ((len(each) - 1) // 2, len(each) // 2)
    ]  # fmt: skip  # the lower and the upper of the two middle values are medians too


def described(values, q1, q3):
    n, total = len(values), sum(values)
    variance = Fraction(n * sum(x * x for x in values) - total**2, n * (n - 1))
    return dict(n=n, mean=Fraction(total, n), variance=variance, median=_median(values), q1=q1, q3=q3,
                minimum=Fraction(values[0]), maximum=Fraction(values[-1]))  # fmt: skip


def sd_text(variance, places, nudge=0):
    """The root of a fraction, rounded to so many decimals in whole numbers, and moved by so many units of the last place."""
    scaled = variance * 10 ** (2 * places)
    whole = math.isqrt(scaled.numerator // scaled.denominator)
    up = scaled * 4 > (2 * whole + 1) ** 2
    return format(Decimal(max(0, whole + up + nudge)).scaleb(-places), "f")


def table(rows, places, fields, nudge=0):
    columns = {name: [printed(row[name], places) for row in rows] for name in fields if name not in ("sd", "n")}
    return columns | {
        "n": [str(row["n"]) for row in rows],
        "sd": [sd_text(row["variance"], places, nudge) for row in rows],
    }


@pytest.mark.parametrize("rule", [*FIELDS, mean_among_quartiles], ids=lambda rule: rule.id)
@pytest.mark.parametrize("places", every(3, [0, 1, 3]))
def test_no_sample_contradicts_itself_whatever_the_rounding_and_the_custom(rule, places):
    fields = FIELDS.get(rule, ("mean", "minimum", "q1", "median", "q3", "maximum"))
    codes = verdicts(rule, table(samples(), places, fields))
    assert set(codes.tolist()) == {Verdict.CONSISTENT}, samples()[int(np.argmax(codes))]


@pytest.mark.parametrize("rule", FIELDS, ids=lambda rule: rule.id)
def test_a_standard_deviation_just_below_the_least_is_found_for_every_number_of_participants(rule):
    rows = samples()
    found = sizes_found(rule, rows, table(rows, 6, FIELDS[rule], nudge=-6))
    reached = range(2, 30)
    if rule is mean_and_sd_within_range:
        reached = range(3, 30)  # two values: mean and range say it all
    if rule is quartiles_against_mean:
        reached = range(4, 30, 4)  # where a custom puts a quartile on a value
    if rule is quartiles_against_sd:
        reached = (2, 3)  # no one custom has as few values below q1 and above q3 as the bound allows for
    assert set(reached) <= found


@pytest.mark.parametrize("rule", [range_against_sd, mean_and_sd_within_range], ids=lambda rule: rule.id)
def test_a_standard_deviation_just_above_the_most_is_found_for_every_number_of_participants(rule):
    rows = samples()
    assert set(range(2, 30)) <= sizes_found(rule, rows, table(rows, 6, FIELDS[rule], nudge=6))


@pytest.mark.parametrize("side", [-1, 1])
def test_a_mean_just_beyond_what_the_quartiles_allow_is_found(side):
    rows = [row | {"mean": row["mean"] + Fraction(side * 6, 10**6)} for row in samples()]
    columns = table(rows, 6, ("mean", "minimum", "q1", "median", "q3", "maximum"))
    assert {2, 3, 4, 5, 8, 12} <= sizes_found(mean_among_quartiles, rows, columns)


def test_so_many_values_lie_round_a_quartile_by_every_custom():
    for n in range(2, 60):
        values = np.arange(n)
        size = Column.of([n])
        few, many = int(beyond_quartile(size).low[0]), int(within_quartile(size).low[0])
        for q1, q3 in quartile_pairs(values):
            assert (values <= q1).sum() >= few
            assert (values >= q3).sum() >= few
            assert (values >= q1).sum() >= many
            assert (values <= q3).sum() >= many


@pytest.mark.parametrize("places", [0, 1, 2])
def test_standard_error_and_deviation_agree_just_where_some_true_deviation_prints_as_both(places):
    """Whole numbers decide: sd in [s - 1/2, s + 1/2] and se = sd / sqrt(n) in [e - 1/2, e + 1/2], in units of the last place."""
    cases = [(n, s, e) for n in (2, 3, 4, 9, 10, 52, 100) for s in range(1, 60) for e in range(60)]
    unit = Fraction(1, 10**places)
    texts = {
        "n": [str(n) for n, _, _ in cases],
        "sd": [printed(s * unit, places) for _, s, _ in cases],
        "se": [printed(e * unit, places) for _, _, e in cases],
    }
    codes = verdicts(se_is_sd_over_root_n, texts)
    for at, (n, s, e) in enumerate(cases):
        possible = (2 * e - 1) ** 2 * n <= (2 * s + 1) ** 2 and (2 * e + 1) ** 2 * n >= (2 * s - 1) ** 2
        if e == 0:
            possible = n >= (2 * s - 1) ** 2
        assert (codes[at] == Verdict.CONSISTENT) == possible, (n, s, e)
