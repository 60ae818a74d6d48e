"""Mantel-Haenszel and Peto: metafor's numbers, and defined where there is nothing to pool."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sweep import cases

from pooling.errors import CannotPool
from pooling.models.weighted import mantel_haenszel, peto, weights

ORACLE = Path(__file__).parent / "oracles" / "weighted.csv"
OPTIONS = {
    "": {},
    "add all": dict(add=0.5, to="all"),
    "if0all": dict(add=0.5, to="if0all"),
    "keep00": dict(drop00=False),
    "both": dict(add=(0.5, 0.5), to=("only0", "only0"), drop00=(True, False)),
    "both drop": dict(add=(0.5, 0.25), to=("only0", "if0all"), drop00=(True, True)),
    "level 90": dict(level=90.0),
}
COMPARED = ("estimate", "se", "z", "p", "lower", "upper", "q", "p_heterogeneity", "i2", "h2")
NAN = float("nan")


def rows():
    lines = [line for line in ORACLE.read_text().splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def tables(row):
    names = ("x1i", "t1i", "x2i", "t2i") if row["kind"] == "rates" else ("ai", "bi", "ci", "di")
    return {name: [float(cell) for cell in row[key].split()] for name, key in zip(names, "abcd", strict=True)}


def pooled(measure, data, **options):
    return peto(data, **options) if measure == "PETO" else mantel_haenszel(measure, data, **options)


def number(cell):
    return NAN if cell in {"NA", "NaN"} else float(cell)


def same_weights(row, options):
    theirs = np.array([number(cell) for cell in row["weights"].split()])
    ours = weights(row["measure"], tables(row), **{key: each for key, each in options.items() if key != "level"})[0]
    used = ours[~np.isnan(ours)] if len(ours) == len(theirs) else ours[ours > 0]
    if np.isfinite(theirs).all() and len(used) == len(theirs):
        np.testing.assert_allclose(used, theirs, rtol=1e-10, atol=1e-12)


def test_every_number_is_that_of_metafor():
    compared = 0
    for row in rows():
        options = OPTIONS[row["options"]]
        one = pooled(row["measure"], tables(row), **options).one(0)
        where = (row["name"], row["measure"], row["options"])
        assert one["k"] == int(row["k"]), where
        if one["status"] == 4:
            assert row["estimate"] == "NA", where
        elif one["status"] == 5:
            assert not number(row["se"]) > 1e-8, where  # metafor: 0, or the root of a negative rounding error
        else:
            for name in COMPARED:
                # a sum of squares that is 0 but for rounding has no relative precision; nor has what follows from it
                small = 1e-8 if name in {"i2", "h2", "q"} and number(row["q"]) < 1e-6 else 1e-13
                ours, theirs = one[name], number(row[name])
                np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=small, err_msg=f"{where} {name}")
                compared += 1
            assert one["df"] == max(0, int(row["k_yi"]) - 1), where
        same_weights(row, options)
    assert compared > 2700


def test_many_analyses_at_once_are_each_as_alone():
    picked = [row for row in rows() if row["measure"] == "OR" and not row["options"]][:30]
    longest = max(len(tables(row)["ai"]) for row in picked)
    padded = {
        name: [tables(row)[name] + [NAN] * (longest - len(tables(row)[name])) for row in picked]
        for name in ("ai", "bi", "ci", "di")
    }
    many = mantel_haenszel("OR", padded)
    for at, row in enumerate(picked):
        alone = mantel_haenszel("OR", tables(row)).one(0)
        for name, value in many.one(at).items():
            np.testing.assert_allclose(value, alone[name], rtol=1e-12, err_msg=name)


def test_participants_may_be_given_instead_of_those_without_the_event():
    with_n = mantel_haenszel("RR", {"ai": [4, 6], "n1i": [123, 306], "ci": [11, 29], "n2i": [139, 303]})
    with_b = mantel_haenszel("RR", {"ai": [4, 6], "bi": [119, 300], "ci": [11, 29], "di": [128, 274]})
    assert with_n.one(0) == pytest.approx(with_b.one(0), nan_ok=True)


@pytest.mark.parametrize("measure", ["OR", "RR", "PETO"])
def test_no_event_anywhere_has_a_status_and_no_numbers(measure):
    many = pooled(measure, {"ai": [0, 0], "n1i": [10, 12], "ci": [0, 0], "n2i": [9, 15]})
    assert "no events at all" in many.to_frame().status[0]
    assert np.isnan([many.estimate[0], many.se[0], many.p[0], many.q[0]]).all()


def test_a_risk_difference_without_events_is_zero_with_no_interval():
    many = mantel_haenszel("RD", {"ai": [0, 0], "n1i": [10, 12], "ci": [0, 0], "n2i": [9, 15]})
    assert many.estimate[0] == 0
    assert "standard error is zero" in many.to_frame().status[0]
    assert np.isnan([many.lower[0], many.upper[0], many.p[0]]).all()


def test_everybody_against_nobody_has_no_standard_error():
    many = mantel_haenszel("RD", {"ai": [7, 13], "n1i": [7, 13], "ci": [0, 0], "n2i": [9, 17]})
    assert many.status.tolist() == [5]


@pytest.mark.parametrize("measure", ["OR", "RR", "RD", "PETO"])
def test_no_study_and_one_study_are_said(measure):
    many = pooled(measure, {"ai": [[NAN], [3]], "n1i": [[10], [10]], "ci": [[1], [4]], "n2i": [[NAN], [12]]})
    assert many.status.tolist() == [1, 2]
    assert np.isfinite(many.estimate[1])
    assert (many.q[1], many.h2[1], many.p_heterogeneity[1]) == (0, 1, 1)


def test_what_cannot_be_is_refused_in_a_sentence():
    fine = {"ai": [4], "n1i": [12], "ci": [1], "n2i": [13]}
    with pytest.raises(CannotPool, match="Mantel-Haenszel pools RR, OR, RD, IRR, IRD, not SMD; choose"):
        mantel_haenszel("SMD", fine)
    with pytest.raises(CannotPool, match="missing: ci"):
        peto({"ai": [4], "n1i": [12], "n2i": [13]})
    with pytest.raises(CannotPool, match="ai is more than n1i"):
        mantel_haenszel("OR", fine | {"ai": [14]})
    with pytest.raises(CannotPool, match="one value each, or two"):
        peto(fine, add=(1, 2, 3))
    with pytest.raises(CannotPool, match="to='never' is unknown"):
        mantel_haenszel("RD", fine, to="never")


counts = some.lists(some.tuples(*[some.integers(1, 60)] * 4), min_size=1, max_size=8)


@settings(max_examples=cases(60), deadline=None)
@given(counts)
def test_groups_swapped_turn_the_sign(drawn):
    a, b, c, d = np.array(drawn, dtype=float).T
    for measure in ("OR", "RR", "RD", "PETO"):
        one = pooled(measure, dict(ai=a, bi=b, ci=c, di=d))
        other = pooled(measure, dict(ai=c, bi=d, ci=a, di=b))
        np.testing.assert_allclose(one.estimate, -other.estimate, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(one.se, other.se, rtol=1e-9)


@settings(max_examples=cases(60), deadline=None)
@given(some.tuples(*[some.integers(1, 60)] * 4))
def test_one_table_gives_its_own_effect_and_woolfs_variance(cells):
    a, b, c, d = cells
    one = mantel_haenszel("OR", dict(ai=[a], bi=[b], ci=[c], di=[d]))
    assert one.estimate[0] == pytest.approx(np.log(a * d / (b * c)), abs=1e-12)
    assert one.se[0] ** 2 == pytest.approx(1 / a + 1 / b + 1 / c + 1 / d)
