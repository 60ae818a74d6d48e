"""Interval columns: doubles and exact rationals give one verdict, and both contain every true value."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.intervals import Column, exact
from schemas.ragged import Codes, Ragged
from schemas.verdicts import Verdict, Verdicts

decimals = st.decimals(-500, 500, places=2).map(float)
intervals = st.tuples(decimals, decimals).map(lambda pair: tuple(sorted(pair)))
points = st.fractions(0, 1, max_denominator=20)


def inside(interval, share):
    low, high = (exact(end) for end in interval)
    return low + (high - low) * share


@given(intervals, intervals, points, points, st.sampled_from(["+", "-", "*", "/"]))
def test_arithmetic_contains_every_combination_of_true_values(a, b, share_a, share_b, operation):
    x, y = inside(a, share_a), inside(b, share_b)
    one, two = Column.of([a]).rationals(), Column.of([b]).rationals()
    if operation == "/" and b[0] <= 0 <= b[1]:
        assert not (one / two).known[0]
        return
    result = {"+": lambda: one + two, "-": lambda: one - two, "*": lambda: one * two, "/": lambda: one / two}[
        operation
    ]()
    true = {"+": lambda: x + y, "-": lambda: x - y, "*": lambda: x * y, "/": lambda: x / y}[operation]()
    assert result.low[0] <= true <= result.high[0]


@given(intervals, intervals)
def test_doubles_never_disagree_with_rationals_they_only_pass_edges_on(a, b):
    one, two = Column.of([a]), Column.of([b])
    for compare in (Column.meets, Column.at_most, Column.at_least):
        fast = compare(one, two).codes[0]
        sure = compare(one.rationals(), two.rationals()).codes[0]
        assert fast in (sure, Verdict.EDGE)


@given(st.lists(st.decimals(-50, 50, places=3).map(float), min_size=1, max_size=6), intervals)
def test_sums_over_lists_agree_in_both_precisions(values, total):
    ragged = Ragged(Column.of(values), np.array([0, len(values)]))
    fast = ragged.sum().meets(Column.of([total])).codes[0]
    sure = ragged.rationals().sum().meets(Column.of([total]).rationals()).codes[0]
    assert fast in (sure, Verdict.EDGE)
    assert ragged.rationals().sum().low[0] == sum(exact(value) for value in values)


@given(st.integers(1, 300), st.integers(0, 1000))
def test_whole_numbers_inside_an_interval_are_found_exactly(total, tenths):
    low, high = Fraction(tenths - Fraction(1, 2), 10) * total / 100, Fraction(tenths + Fraction(1, 2), 10) * total / 100
    there = any(low <= k <= high for k in range(int(low) - 1, int(high) + 2))
    column = Column.of([(float(low), float(high))])
    assert (column.may_be_whole().codes[0] in (Verdict.CONSISTENT, Verdict.EDGE)) or not there
    sure = Column(np.array([low], dtype=object), np.array([high], dtype=object), np.array([True]), clean=True)
    assert (sure.may_be_whole().codes[0] == Verdict.CONSISTENT) == there


def test_a_division_that_may_be_by_zero_is_unknown():
    assert (Column.of([1]) / Column.of([0])).known.tolist() == [False]


def test_float_dust_at_the_edge_of_a_rounding_interval_does_not_create_a_finding():
    percent, events, total = Column.of([(12.45, 12.55)]), Column.of([249]), Column.of([2000])
    assert percent.meets(100 * events / total).codes[0] in (Verdict.CONSISTENT, Verdict.EDGE)
    assert percent.rationals().meets(100 * events.rationals() / total.rationals()).codes[0] == Verdict.CONSISTENT


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [(0, 0, 0, 0), (0, 1, 1, 0), (1, 1, 1, 1), (0, 2, 2, 0), (1, 2, 1, 2), (2, 2, 2, 2), (1, 3, 1, 3), (0, 4, 4, 0)],
)
def test_verdicts_combine(left, right, both, either):
    one, two = (Verdicts(np.array([code], dtype=np.int8)) for code in (left, right))
    assert (one & two).codes.tolist() == [both]
    assert (one | two).codes.tolist() == [either]


def test_codes_compare_and_know_blanks():
    codes = Codes(np.array(["OR", None, "HR"], dtype=object))
    assert codes.is_("OR", "RR").tolist() == [True, False, False]
    assert codes.known.tolist() == [True, False, True]
