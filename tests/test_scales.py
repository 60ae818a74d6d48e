"""Scales, heterogeneity and repairs: against SciPy, and on the edges of their ranges."""

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from curation.engine.flagged import Cell
from schemas.counts import as_counts
from schemas.heterogeneity import degrees_of_freedom, degrees_that_fit, i2_of_q, p_of_i2, p_of_q, q_of_i2
from schemas.intervals import Column
from schemas.ragged import Codes, Ragged
from schemas.repairs import repairs, without_padding
from schemas.scales import SCALES, double_arcsine, double_arcsine_back, nominal_level, possible_p, scale_of, scaled

UNKNOWN = Column.of([None])


def cell(text, value, step):
    value, half = Fraction(value), Fraction(step) / 2
    return Cell(text, value=value, low=value - half, high=value + half)


def codes(*values):
    return Codes(np.array(values, dtype=object))


def test_p_of_q_is_the_upper_tail_of_chi_square():
    p = p_of_q(Column.of([(10.345, 10.355)]), Column.of([7]))
    assert p.low[0] == pytest.approx(stats.chi2.sf(10.355, 7), rel=1e-12)
    assert p.high[0] == pytest.approx(stats.chi2.sf(10.345, 7), rel=1e-12)


def test_i2_of_zero_says_that_q_is_at_most_its_degrees_of_freedom():
    q = q_of_i2(Column.of([0]), Column.of([7]))
    assert (q.low[0], q.high[0]) == (0, 7)
    assert p_of_i2(Column.of([0]), Column.of([7])).low[0] == pytest.approx(stats.chi2.sf(7, 7))


def test_i2_and_q_are_inverse_above_the_degrees_of_freedom():
    q = q_of_i2(i2_of_q(Column.of([20.0]), Column.of([7])), Column.of([7]))
    assert q.low[0] == pytest.approx(20)
    assert i2_of_q(Column.of([3.0]), Column.of([7])).high[0] == 0


def test_printed_degrees_of_freedom_come_before_the_number_of_studies():
    assert degrees_of_freedom(Column.of([5]), Column.of([8])).low[0] == 5
    assert degrees_of_freedom(UNKNOWN, Column.of([8])).low[0] == 7
    assert not degrees_of_freedom(UNKNOWN, Column.of([1])).known[0]


def test_the_degrees_of_freedom_that_fit_are_found():
    q = Column.of([(10.345, 10.355)])
    assert degrees_that_fit(
        Column.of([(0.1685, 0.1695)]), lambda df: p_of_q(q.take(np.zeros(len(df.low), int)), df)
    ) == [7]


def test_values_at_or_beyond_the_end_of_a_scale_go_to_infinity():
    assert SCALES["log"](Column.of([(-0.005, 0.005)])).low[0] == -np.inf
    assert SCALES["logit"](Column.of([(0.995, 1.005)])).high[0] == np.inf
    assert SCALES["fisher_z"](Column.of([(0.4, 0.5)])).high[0] == pytest.approx(np.arctanh(0.5))


def test_each_row_has_its_own_scale():
    scale = scale_of(codes("HR", "MD", "COR", "proportion", "proportion"), codes(None, None, None, "logit", None))
    assert scale.values.tolist() == ["log", "none", "fisher_z", "logit", ""]
    moved = scaled(Column.of([0.5, 0.5, 0.5, 0.5, 0.5]), scale)
    assert moved.known.tolist() == [True, True, True, True, False]
    assert moved.low[:4] == pytest.approx([np.log(0.5), 0.5, np.arctanh(0.5), 0])


def test_a_printed_level_is_exact():
    assert nominal_level(Column.of([(94.5, 95.5), None, (0.945, 0.955), (98.95, 99.05)])) == pytest.approx(
        [95, 95, 95, 99]
    )


def test_an_impossible_p_value_is_no_p_value():
    assert possible_p(Column.of([(0, 0), (-0.0005, 0.0005), (1.15, 1.25), None, (0.5, 1.5)])).tolist() == [
        False,
        True,
        False,
        False,
        True,
    ]


def test_the_double_arcsine_and_miller_are_inverse_and_miller_never_widens():
    rng = np.random.default_rng(1)
    ends, n = np.sort(rng.uniform(0, 1, (2, 5000)), axis=0), np.exp(rng.uniform(0, 10, 5000))
    assert double_arcsine_back(double_arcsine(ends[0], n), n) == pytest.approx(ends[0], abs=1e-9)
    plain = 2 * np.arcsin(np.sqrt(ends))
    assert np.all(double_arcsine(ends[1], n) - double_arcsine(ends[0], n) <= plain[1] - plain[0] + 1e-12)


def test_repairs_swap_digits_shift_points_and_turn_signs():
    found = {each.text: each.slip for each in repairs(cell("0.72", "0.72", "0.01"), signs=True)}
    assert found == {
        "0.27": "two digits swapped", "7.2": "the decimal point shifted", "0.072": "the decimal point shifted",
        "72": "the decimal point shifted", "0.0072": "the decimal point shifted", "−0.72": "a minus sign lost",
    }  # fmt: skip
    assert {each.text for each in repairs(cell("-0.7", "-0.7", "0.1"), signs=True)} >= {"0.7", "-7"}


def test_a_repaired_percentage_keeps_its_sign_and_scale():
    first = repairs(cell("42.3%", "0.423", "0.001"))[0]
    assert (first.text, first.low, first.high) == ("24.3%", Fraction("0.2425"), Fraction("0.2435"))


def test_bounds_and_unreadable_cells_have_no_repairs():
    assert repairs(Cell("<0.05", value=Fraction("0.05"), low=Fraction(0), high=Fraction("0.05"))) == []
    assert repairs(Cell("?", "unclear")) == []


def test_padding_is_taken_off_only_after_a_decimal_mark():
    assert without_padding(cell("64.40%", "64.4", "0.01")) == (Fraction("64.35"), Fraction("64.45"))
    assert without_padding(cell("60%", "60", "1")) is None
    assert without_padding(cell("64.41%", "64.41", "0.01")) is None


def test_numbers_of_people_are_whole():
    counts = as_counts(Ragged(Column.of([(172.5, 173.5), (9, 24), (0.2, 0.4)]), np.array([0, 2, 3])))
    assert counts.items.low[:2].tolist() == [173, 9]
    assert counts.items.known.tolist() == [True, True, False]
    assert counts.rationals().sum().high[0] == 197
