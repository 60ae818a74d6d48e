"""Rules about means and SDs of whole numbers and of scales: true ones pass, broken ones are found and explained."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from whole_tables import asked

from curation.rules.mean_of_whole_numbers import mean_of_whole_numbers
from curation.rules.sample_with_range import sample_with_range
from curation.rules.sd_of_whole_numbers import sd_of_whole_numbers
from curation.rules.sd_of_zeros_and_ones import sd_of_zeros_and_ones
from curation.rules.sd_within_scale import sd_within_scale
from curation.rules.within_scale import within_scale
from schemas.integer_samples import judged
from schemas.intervals import Column
from schemas.samples import a_sample
from schemas.scores import read
from schemas.strategies import mean_worlds
from schemas.strategies.draw import draw_from
from schemas.verdicts import Verdict

RULES = (
    mean_of_whole_numbers,
    sd_of_whole_numbers,
    sd_of_zeros_and_ones,
    sd_within_scale,
    within_scale,
    sample_with_range,
)
WORLDS = (mean_worlds.whole_number_scores, mean_worlds.zeros_and_ones, mean_worlds.scores_with_range)


def columns(rows):
    names = dict.fromkeys(name for row in rows for name in row if name not in {"source", "study"})
    defaults = {"whole_numbers": "no", "moment": "value"}
    return {name: [row.get(name, defaults.get(name)) for row in rows] for name in names}


def one(rule, **row):
    return asked(rule, mean=columns([{"whole_numbers": "yes"} | row])).findings


@pytest.fixture(scope="module")
def true_rows():
    return columns([row for world in WORLDS for n in range(2200) for row in world(draw_from([n, 5]))["mean"]])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_samples_of_whole_numbers_raise_no_finding_however_they_are_rounded(rule, true_rows):
    done = asked(rule, mean=true_rows)
    assert not done.findings
    assert done.tallies[rule.id].consistent >= 2000


def test_the_worked_example_of_grim_is_found_with_what_would_fit():
    [found] = one(mean_of_whole_numbers, n="28", mean="5.19")
    assert found.severity == "error"
    assert found.expected == "5.18 (145/28) or 5.21 (146/28)"
    assert not one(mean_of_whole_numbers, n="20", mean="3.45")


def test_an_unreported_number_of_items_makes_a_warning():
    [found] = one(mean_of_whole_numbers, n="28", mean="5.19", items="NR")
    assert found.severity == "warning"
    assert "items" in found.explanations[0]


def test_an_sd_says_whether_it_is_too_small_too_large_or_between_two_steps():
    small, large, between = (
        one(sd_of_whole_numbers, n="10", mean="2.50", sd="0.40"),
        one(sd_of_whole_numbers, n="5", mean="3.0", sd="2.1", scale_min="1", scale_max="5"),
        one(sd_of_whole_numbers, n="20", mean="3.45", sd="1.21"),
    )
    assert "too small" in " ".join(small[0].explanations)
    assert "too large" in " ".join(large[0].explanations)
    assert "in steps" in " ".join(between[0].explanations)
    assert "a sample that would print like this with SD 1.19" in " ".join(between[0].explanations)
    assert between[0].expected == "SD 1.19 or 1.23"


def test_an_sd_of_a_population_is_a_warning_that_says_so():
    sd = f"{np.std([1, 2, 2, 3, 5, 5, 6]):.3f}"
    [found] = one(sd_of_whole_numbers, n="7", mean="3.429", sd=sd)
    assert found.severity == "warning"
    assert "n instead of n - 1" in found.explanations[0]
    [binary] = one(sd_of_zeros_and_ones, n="10", mean="0.50", sd="0.50", scale_min="0", scale_max="1")
    assert binary.severity == "warning"


def test_zeros_and_ones_are_judged_by_their_own_rule_only():
    row = dict(n="20", mean="0.25", sd="0.48", scale_min="0", scale_max="1")
    assert one(sd_of_zeros_and_ones, **row)
    assert not one(sd_of_whole_numbers, **row)
    assert one(sd_of_whole_numbers, **row | {"items": "2"})


def test_a_change_lies_between_the_largest_changes_the_scale_allows():
    scale = dict(scale_min="1", scale_max="7", moment="change", n="40")
    assert not one(within_scale, mean="-5.9", **scale)
    assert one(within_scale, mean="-6.4", **scale)
    assert not one(sd_within_scale, mean="0.5", sd="6.0", **scale)
    assert one(sd_within_scale, mean="0.5", sd="6.2", **scale)
    assert not one(within_scale, mean="-45", **scale | {"unit": "% of baseline"})


def test_a_sum_of_items_on_the_scale_of_one_item_is_a_warning():
    [found] = one(within_scale, mean="14.2", items="5", scale_min="0", scale_max="4")
    assert found.severity == "warning"
    assert one(within_scale, mean="24.2", items="5", scale_min="0", scale_max="4")[0].severity == "error"


def test_a_range_that_no_sample_has_names_the_end_that_does_not_fit():
    [found] = one(sample_with_range, n="20", mean="3.45", sd="1.19", minimum="1", maximum="9")
    assert found.severity == "error"
    assert "the others fit without the maximum" in found.explanations
    [median] = one(sample_with_range, n="5", mean="3.00", sd="1.58", minimum="1", maximum="5", median="2.7")
    assert median.severity == "warning"
    assert "interpolated" in median.explanations[0]


def test_a_median_between_the_two_middle_values_is_right():
    assert not one(sample_with_range, n="4", mean="2.50", sd="1.29", median="2.5")
    assert one(sample_with_range, n="5", mean="2.40", sd="0.55", median="2.5")


def test_numbers_too_large_for_the_machine_are_judged_exactly():
    people, total = 3_000_001, 10**13
    mean = Fraction(total, people)
    square = Fraction(total**2, people) + (people - 1) * 4
    sd = (Fraction(round(square)) - Fraction(total**2, people)) / (people - 1)
    given = [Column.of([float(mean)]).rationals(), Column.of([float(sd) ** 0.5]).rationals()]
    half = [Fraction(1, 10**6), Fraction(1, 10**4)]
    boxes = [
        Column(each.low - by, each.high + by, each.known, clean=True) for each, by in zip(given, half, strict=True)
    ]
    nothing = Column.of([None])
    n = Column.of([people]).rationals()
    assert judged(read(*boxes, n, nothing, nothing, nothing)).codes.tolist() == [Verdict.CONSISTENT]


def test_too_many_totals_leave_it_open():
    done = asked(sd_of_whole_numbers, mean=columns([dict(n="900000", mean="3", sd="0.0", whole_numbers="yes")]))
    assert done.tallies["MEAN-002"].cannot_tell == 1


def test_a_scale_that_cannot_be_read_with_certainty_is_taken_as_wide_as_it_can_be():
    assert not one(within_scale, mean="5.5", scale_min="1", scale_max="5|6?")
    assert not one(sd_of_whole_numbers, n="5", mean="3.8", sd="2.7", scale_min="1", scale_max="5|7?")


def test_a_sample_is_not_offered_where_none_exists():
    half = Fraction(1, 200)
    none = a_sample((3 - half, 3 + half), (Fraction(5, 2) - half, Fraction(5, 2) + half), 5, 1, 5)
    assert (none.totals, none.reason) == ((), "impossible")
    assert a_sample((Fraction(3), Fraction(3)), (Fraction(1), Fraction(1)), 10**6).reason == "undecided"
