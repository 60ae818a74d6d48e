"""Effect sizes: digit for digit those of metafor, of any shape, and impossible numbers refused in a sentence."""

import csv
from decimal import Decimal, getcontext
from itertools import groupby, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from pooling import effects
from pooling.effects import effect_sizes, from_interval, from_oe, from_p
from pooling.effects.columns import slots
from pooling.effects.zero_cells import TO
from pooling.errors import CannotPool
from schemas.dataset import ANALYSIS_TABLES
from schemas.measures import MEASURES
from schemas.two_groups import hedges_correction

ORACLE = Path(__file__).parent / "oracles" / "effects.csv"
WITHOUT_R = {"HR", "GEN", "EST"}
RELATIVE = 1e-12
NEAR_ZERO = 1e-15  # an effect that is the difference of two logarithms of order 1 has no more digits than they have
CALL = ("measure", "add", "to", "drop00", "set", "columns")


def number(cell):
    return np.nan if cell == "NA" else float(cell)


def oracle():
    """R's results: call -> columns, effects, variances."""
    lines = [line for line in ORACLE.read_text().splitlines() if not line.startswith("#")]
    for call, rows in groupby(csv.DictReader(lines), key=lambda row: tuple(row[name] for name in CALL)):
        table = list(rows)
        names = call[-1].split()
        data = {name: np.array([number(row[f"in{at}"]) for row in table]) for at, name in enumerate(names, 1)}
        yield call, data, *(np.array([number(row[name]) for row in table]) for name in ("yi", "vi"))


CASES = list(oracle())
OPTIONS = sorted({call[1:4] for call, *_ in CASES if call[0] in MEASURES})


def ours(call, data):
    measure, add, to, drop00, scale, _ = call
    if measure in MEASURES:
        return effect_sizes(measure, data, add=None if add == "usual" else float(add), to=to, drop00=drop00 == "TRUE")
    return {"from_interval": from_interval, "from_p": from_p}[measure](**data, scale=scale)


def tolerance(measure, data):
    """1e-12; more where metafor's correction of a standardised difference is a difference of huge logarithms."""
    if measure not in {"SMD", "SMDH"}:
        return RELATIVE
    return np.fmax(RELATIVE, 1e-15 * special.gammaln((data["n1i"] + data["n2i"]) / 2))


@pytest.mark.parametrize("measure", sorted({call[0] for call, *_ in CASES}))
def test_effects_and_variances_are_those_of_metafor(measure):
    for call, data, y, v in CASES:
        if call[0] == measure:
            found, allowed = ours(call, data), tolerance(measure, data)
            known = ~np.isnan(y)
            assert np.array_equal(np.isnan(found.y), ~known), call
            assert np.array_equal(np.isnan(found.v[known]), np.isnan(v[known])), call
            assert np.all(np.isnan(found.v[~known])), call
            with np.errstate(invalid="ignore"):
                assert np.all((np.abs(found.y - y) <= allowed * np.abs(y) + NEAR_ZERO) | np.isnan(y)), call
                assert np.all((np.abs(found.v - v) <= allowed * v) | np.isnan(found.v)), call


def test_the_grid_of_the_oracle_has_no_holes():
    expected = set(product(("usual", "0.1"), TO, ("TRUE", "FALSE")))
    assert set(OPTIONS) == expected
    for measure in set(MEASURES) - WITHOUT_R:
        assert {call[1:4] for call, *_ in CASES if call[0] == measure} == expected, measure
    assert {each for each in MEASURES if MEASURES[each].table == "effects"} == WITHOUT_R


def test_the_oracle_holds_the_tables_that_are_hard():
    _, data, *_ = next(case for case in CASES if case[0][0] == "OR" and case[0][4] == "zeros")
    a, n1, c, n2 = (data[name] for name in ("ai", "n1i", "ci", "n2i"))
    for hard in ((a == 0) & (c == 0), (a == n1) & (c == n2), (a == 0) & (c > 0), n1 == 1, np.isnan(a), np.isnan(n2)):
        assert hard.any()


def test_the_small_sample_correction_keeps_its_digits_where_logarithms_of_gamma_functions_cancel():
    getcontext().prec = 50

    def stirling(x):
        series = 1 / (12 * x) - 1 / (360 * x**3) + 1 / (1260 * x**5) - 1 / (1680 * x**7)
        return (x - Decimal("0.5")) * x.ln() - x + series

    for df in (1_000, 4_098, 189_998, 1_999_998):
        half = Decimal(df) / 2
        exact = (stirling(half) - stirling(half - Decimal("0.5"))).exp() / half.sqrt()
        assert abs(Decimal(float(hedges_correction(np.array(df)))) / exact - 1) < Decimal("3e-16")


def test_nothing_is_added_to_arcsines_unless_asked():
    table = {"xi": [0, 3], "ni": [20, 20]}
    for measure in ("PAS", "PFT"):
        assert effect_sizes(measure, table).v[0] == effect_sizes(measure, table, to="none").v[0]
        assert effect_sizes(measure, table).v[0] != effect_sizes(measure, table, add=0.5).v[0]


def test_if0all_adds_to_the_analyses_with_an_empty_cell_only():
    data = {"xi": [[0, 5, 9], [3, 5, 9]], "ni": [20, 20, 20]}
    both, never = (effect_sizes("PLO", data, to=to).y for to in ("if0all", "none"))
    assert np.array_equal(both[1], never[1])
    assert np.all(both[0] != never[0])
    assert np.array_equal(both[0], effect_sizes("PLO", data, to="all").y[0])


def test_studies_without_any_event_can_be_dropped_and_are_then_missing():
    data = {"ai": [0, 4, 5], "n1i": [10, 4, 9], "ci": [0, 6, 2], "n2i": [12, 6, 9]}
    assert np.isnan(effect_sizes("OR", data, drop00=True).y).tolist() == [True, True, False]
    assert not np.isnan(effect_sizes("OR", data).y).any()


def test_cells_without_the_event_serve_as_well_as_sizes():
    sizes = effect_sizes("RR", {"ai": [3, 0], "n1i": [10, 12], "ci": [5, 6], "n2i": [11, 13]})
    cells = effect_sizes("RR", {"ai": [3, 0], "bi": [7, 12], "ci": [5, 6], "di": [6, 7]})
    mixed = effect_sizes("RR", {"ai": [3, 0], "bi": [7, None], "n1i": [10, 12], "ci": [5, 6], "di": [6, 7]})
    assert np.array_equal(sizes.y, cells.y)
    assert np.array_equal(sizes.v, mixed.v)


def test_a_data_frame_with_missing_integers_is_read():
    frame = pd.DataFrame({"xi": pd.array([3, None, 5], dtype="Int64"), "ni": [10, 10, None]})
    assert np.isnan(effect_sizes("PR", frame).y).tolist() == [False, True, True]
    objects = {"xi": pd.Series([3, pd.NA], dtype=object), "ni": 10}
    assert np.isnan(effect_sizes("PR", objects).y).tolist() == [False, True]


# effects as reported


def test_effects_come_with_a_variance_or_a_standard_error():
    both = effect_sizes("HR", {"yi": [0.1, 0.2, 0.3], "vi": [0.04, np.nan, np.nan], "sei": [np.nan, 0.3, np.nan]})
    np.testing.assert_allclose(both.v, [0.04, 0.09, np.nan], rtol=1e-15)
    assert effect_sizes("GEN", {"yi": 0.1, "sei": 0.2}).v == pytest.approx(0.04)
    assert effect_sizes("GEN", {"yi": 0.1, "vi": 0.0}).v == 0  # for the model to leave out, with its reason


def test_observed_minus_expected_gives_a_log_hazard_ratio():
    one = from_oe([-8.0, np.nan], [20.0, 3.0])
    assert one.y[0] == -0.4
    assert one.v[0] == 0.05
    assert np.isnan(one.y[1])


# properties

COUNTS = st.integers(0, 60)


@st.composite
def two_by_two(draw):
    a, b, c, d = (draw(COUNTS) for _ in range(4))
    return {"ai": a, "n1i": max(a + b, 1), "ci": c, "n2i": max(c + d, 1)}


@st.composite
def two_means(draw):
    mean, sd, size = st.floats(0.1, 50), st.floats(0.1, 20), st.integers(2, 300)
    return {f"{name}{group}i": draw(some) for group in (1, 2) for name, some in (("m", mean), ("sd", sd), ("n", size))}


def exchanged(data):
    pairs = {"ai": "ci", "n1i": "n2i", "m1i": "m2i", "sd1i": "sd2i"}
    back = pairs | {second: first for first, second in pairs.items()}
    return {back[name]: value for name, value in data.items()}


@given(two_by_two(), st.sampled_from(["OR", "RR", "RD", "PETO", "AS"]), st.sampled_from(TO))
def test_exchanging_groups_turns_the_effect_of_events_round(data, measure, to):
    one, other = (effect_sizes(measure, each, to=to) for each in (data, exchanged(data)))
    np.testing.assert_allclose(one.y, -other.y, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(one.v, other.v, rtol=1e-12)


@given(two_means(), st.sampled_from(["MD", "SMD", "SMDH", "ROM"]))
def test_exchanging_groups_turns_the_effect_of_means_round(data, measure):
    one, other = (effect_sizes(measure, each) for each in (data, exchanged(data)))
    np.testing.assert_allclose(one.y, -other.y, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(one.v, other.v, rtol=1e-12)


def typical(measure, shape):
    """Possible numbers of a shape for the customary columns of a measure, some cells empty."""
    random = np.random.default_rng(7)
    draws = {"m": lambda: random.normal(10, 2, shape), "s": lambda: random.uniform(1, 4, shape), "t": lambda: random.uniform(1, 90, shape), "r": lambda: random.uniform(-0.9, 0.9, shape), "y": lambda: random.normal(0, 1, shape), "v": lambda: random.uniform(0.1, 1, shape), "n": lambda: random.integers(9, 90, shape)}  # fmt: skip
    columns = [slot[0] for slot in slots(MEASURES[measure].table)]
    return {name: draws.get(name[0], lambda: random.integers(0, 9, shape))() for name in columns}


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("to", TO)
def test_many_analyses_at_once_are_a_loop_over_them(measure, to):
    data = typical(measure, (4, 3, 5))
    at_once = effect_sizes(measure, data, to=to, drop00=True)
    assert at_once.y.shape == (4, 3, 5)
    for at in np.ndindex(4, 3):
        alone = effect_sizes(measure, {name: each[at] for name, each in data.items()}, to=to, drop00=True)
        np.testing.assert_array_equal(at_once.y[at], alone.y)
        np.testing.assert_array_equal(at_once.v[at], alone.v)


@pytest.mark.parametrize("measure", MEASURES)
def test_columns_are_broadcast(measure):
    data = typical(measure, 6)
    first = next(iter(data))
    one = effect_sizes(measure, {**data, first: data[first][:, None]}, to="only0")
    for at in range(6):
        np.testing.assert_array_equal(one.y[at], effect_sizes(measure, {**data, first: data[first][at]}).y)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_missing_number_gives_a_missing_result_in_its_row_only(measure):
    data = {name: each.astype(float) for name, each in typical(measure, 6).items()}
    whole = effect_sizes(measure, data)
    for name, column in data.items():
        holed = {**data, name: np.where(np.arange(6) == 2, np.nan, column)}
        found = effect_sizes(measure, holed)
        assert np.isnan(found.v[2]), name
        np.testing.assert_array_equal(np.delete(found.y, 2), np.delete(whole.y, 2))
        np.testing.assert_array_equal(np.delete(found.v, 2), np.delete(whole.v, 2))


def test_no_studies_at_all_give_no_effects():
    for measure in MEASURES:
        for to in TO:
            assert effect_sizes(measure, typical(measure, 0), to=to).y.shape == (0,)


# refusals

REFUSED = [
    (("XY", {}), "unknown measure 'XY'; give one of PLO, PR, PLN, "),
    (("OR", {"ai": 1, "ci": 2, "year": 1999}), "OR is computed from ai, n1i (or bi), ci and n2i (or di); missing: n1i (or bi) and n2i (or di); the data have ai, ci and year"),
    (("PR", {}), "PR is computed from xi and ni; missing: xi and ni; the data have no columns"),
    (("PR", {"xi": [1, 9, 3], "ni": [4, 4, 4]}), "xi is more than ni in row 2 (xi 9, ni 4); correct the numbers, or set them to nan"),
    (("PR", {"xi": [-1], "ni": [4]}), "xi is below 0 in row 1 (xi -1)"),
    (("PR", {"xi": [0], "ni": [0]}), "ni is below 1 in row 1 (ni 0)"),
    (("PR", {"xi": [[1, 9], [9, 1]], "ni": 4}), "row 2 of analysis 1 (xi 9, ni 4); row 1 of analysis 2 (xi 9, ni 4)"),
    (("RR", {"ai": [9] * 8, "n1i": [4] * 8, "ci": [1] * 8, "n2i": [4] * 8}), "row 5 (ai 9, n1i 4), and 3 more; correct"),
    (("RR", {"ai": 3, "bi": 4, "n1i": 8, "ci": 1, "n2i": 4}), "ai and bi do not add up to n1i in row 1 (ai 3, bi 4, n1i 8)"),
    (("RR", {"ai": 3, "bi": -4, "ci": 1, "n2i": 4}), "bi is below 0"),
    (("IR", {"xi": 3, "ti": 0}), "ti is 0 in row 1"),
    (("IRR", {"x1i": 3, "t1i": -2, "x2i": 1, "t2i": 4}), "t1i is below 0"),
    (("MD", {"m1i": 3, "sd1i": -2, "n1i": 9, "m2i": 1, "sd2i": 4, "n2i": 9}), "sd1i is below 0"),
    (("SMD", {"m1i": 3, "sd1i": 0, "n1i": 9, "m2i": 1, "sd2i": 0, "n2i": 9}), "SMD divides by the standard deviation, and both are 0 in row 1 (sd1i 0, sd2i 0)"),
    (("MN", {"mi": np.inf, "sdi": 1, "ni": 9}), "mi is infinite"),
    (("ZCOR", {"ri": [0.2, 1.2], "ni": 9}), "ri is above 1 in row 2 (ri 1.2)"),
    (("COR", {"ri": -1.2, "ni": 9}), "ri is below -1"),
    (("GEN", {"yi": [1, 2], "vi": [1, -1]}), "vi is below 0 in row 2 (vi -1)"),
    (("GEN", {"yi": [1, 2], "vi": [1, 2, 3]}), "the columns do not have one length: yi (2,) and vi (3,)"),
    (("GEN", {"yi": [1, "two"], "vi": [1, 1]}), "the column yi holds 'two', which is not a number"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "said"), REFUSED)
def test_impossible_numbers_are_refused_in_a_sentence(call, said):
    with pytest.raises(CannotPool) as refused:
        effect_sizes(*call)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"to": "only1"}, "to='only1' is unknown; give one of only0, all, if0all, none"),
        ({"add": -1}, "add=-1 cannot be added to counts"),
        ({"add": "half"}, "add='half' cannot be added to counts"),
    ],
)
def test_options_that_do_not_exist_are_refused(options, said):
    with pytest.raises(CannotPool) as refused:
        effect_sizes("PR", {"xi": 1, "ni": 4}, **options)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: from_interval([0.5], [0.6], [0.4]), "the lower limit is not below the upper in row 1"),
        (lambda: from_interval([0.9], [0.4], [0.6]), "the estimate is outside its interval in row 1 (estimate 0.9, "),
        (lambda: from_interval([0.5], [0.0], [0.6], scale="log"), "lower cannot be put on the scale log in row 1 (lower 0)"),
        (lambda: from_interval([0.5], [0.4], [1.6], scale="logit"), "upper cannot be put on the scale logit"),
        (lambda: from_interval(0.5, 0.4, 0.6, level=0.95), "the level is not a percentage in row 1 (level 0.95); give 95 for 95%"),
        (lambda: from_interval(0.5, 0.4, 0.6, scale="probit"), "scale 'probit' cannot be used here; give one of none, log"),
        (lambda: from_p([0.5], [0.0]), "p is not between 0 and 1"),
        (lambda: from_p([1.0], [0.3], scale="log"), "the estimate is exactly no effect"),
        (lambda: from_p([0.4], [0.3], scale="logit"), "a P value tests against no effect, which scale 'logit' does not have"),
        (lambda: from_oe([1.0], [0.0]), "the variance of O - E is not above 0 in row 1"),
    ],
)  # fmt: skip
def test_reports_that_give_no_standard_error_are_refused(make, said):
    with pytest.raises(CannotPool) as refused:
        make()
    assert said in str(refused.value)


def test_every_measure_is_described_from_its_declaration():
    for name, measure in MEASURES.items():
        assert f"{name:5} {measure.label}" in effects.__doc__
    assert set(ANALYSIS_TABLES) == {each.table for each in MEASURES.values()}
    assert len(effects.measures_text().splitlines()) == 2 * len(MEASURES)
    assert not any(line.endswith("; ") for line in effects.measures_text().splitlines())
