"""The mixed logistic model of proportions: metafor's rma.glmm with many nodes, and defined where no maximum exists."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some
from scipy import special
from sweep import cases

from pooling.errors import CannotPool
from pooling.models.glmm import glmm

ORACLE = Path(__file__).parent / "oracles" / "glmm.csv"
NAN = float("nan")


def rows():
    lines = [line for line in ORACLE.read_text().splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def number(cell):
    return NAN if cell in {"NA", "NaN"} else float(cell)


def fitted(row):
    x, n = ([float(cell) for cell in row[key].split()] for key in "xn")
    return glmm(x, n, test=row["test"]), x, n


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['name']}-{row['nodes']}{row['test']}")
def test_every_number_is_that_of_metafor(row):
    fit, x, n = fitted(row)
    one = fit.many.one(0)
    assert one["status"] == (2 if len(x) == 1 else 0)
    assert one["k"] == len(x)
    # "ends": tau2 = 35, where 100 nodes around the peak do not yet give the integral
    exact = 1e-4 if row["name"] == "ends" else 1e-6
    for name in ("estimate", "tau2", "i2", "h2", "se_exact"):
        theirs = number(row[name])
        if len(x) > 1 or np.isfinite(theirs):
            assert one[name.removesuffix("_exact")] == pytest.approx(theirs, rel=exact, abs=1e-6), name
    for name in ("se", "z", "p", "lower", "upper", "pi_lower", "pi_upper"):
        theirs = number(row[name])
        if len(x) > 1 or np.isfinite(theirs):
            # lme4 takes the slopes of the likelihood by differences: its standard error has five digits
            assert one[name] == pytest.approx(theirs, rel=20 * exact, abs=1e-5), name
    if len(x) > 1:
        assert fit.q_lrt[0] == pytest.approx(number(row["q_lrt"]), rel=1e-8, abs=1e-9)
        assert fit.p_lrt[0] == pytest.approx(number(row["p_lrt"]), rel=1e-8)
    if len(x) > 1 and all(0 < events < total for events, total in zip(x, n, strict=True)):
        assert fit.q_wald[0] == pytest.approx(number(row["q_wald"]), rel=1e-8, abs=1e-9)
        assert fit.p_wald[0] == pytest.approx(number(row["p_wald"]), rel=1e-8)


def log_likelihood(x, n, b, s):
    """By a fine sum over z, without anything adaptive."""
    z = np.linspace(-12, 12, 20001)
    theta = b + s * z
    logs = np.multiply.outer(x, theta) - np.multiply.outer(n, np.logaddexp(0, theta)) - z**2 / 2
    own = special.logsumexp(logs, axis=-1) + np.log((z[1] - z[0]) / np.sqrt(2 * np.pi))
    choose = special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1)
    return float((own + choose).sum())


drawn = some.lists(
    some.integers(2, 300).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n))), min_size=2, max_size=8
)


# large variances between studies, where integrands are steps
STEPS = [
    [(0, 2), (1, 2), (4, 4), (26, 26)],
    [(91, 110), (0, 85), (0, 112), (270, 284)],
    [(26, 26), (11, 11), (0, 13), (5, 9), (15, 15)],
    [(39, 181), (0, 279), (0, 126), (54, 54), (0, 125), (0, 277), (0, 253), (135, 135)],
    [(28, 47), (72, 217), (23, 47), (255, 255), (0, 258), (162, 245)],  # the fit's own integral is off by 3e-9 here
]


def steps(test):
    for pairs in STEPS:
        test = example(pairs)(test)
    return test


@steps
@settings(max_examples=cases(15), deadline=None)
@given(drawn)
def test_no_place_nearby_is_likelier(pairs):
    x, n = np.array(pairs, dtype=float).T
    fit = glmm(x, n)
    if fit.many.status[0] != 0:
        assert np.isnan(fit.many.estimate[0])
        return
    b, s = fit.many.estimate[0], np.sqrt(fit.many.tau2[0])
    top = log_likelihood(x, n, b, s)
    assert top == pytest.approx(fit.log_likelihood[0], rel=1e-8)
    for step in (0.003, 0.2):
        for db, ds in ((step, 0), (-step, 0), (0, step), (0, -step)):
            assert log_likelihood(x, n, b + db, abs(s + ds)) <= top + 1e-9


@steps
@settings(max_examples=cases(15), deadline=None)
@given(drawn)
def test_events_and_their_absence_are_mirror_images(pairs):
    x, n = np.array(pairs, dtype=float).T
    one, other = glmm(x, n).many, glmm(n - x, n).many
    assert one.status[0] == other.status[0]
    np.testing.assert_allclose(one.estimate, -other.estimate, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(one.tau2, other.tau2, rtol=1e-7, atol=1e-8)


def test_many_analyses_at_once_are_each_as_alone():
    x = [[3, 0, 5, 12], [4, 9, NAN, 2], [0, 0, 0, NAN]]
    n = [[20, 15, 30, 40], [9, 31, 12, 14], [4, 5, 6, NAN]]
    many = glmm(x, n).many
    for at in range(3):
        for name, value in glmm(x[at], n[at]).many.one(0).items():
            np.testing.assert_allclose(many.one(at)[name], value, rtol=1e-9, err_msg=name)


@pytest.mark.parametrize(
    ("x", "n", "status"),
    [
        ([0, 0], [5, 6], 4),
        ([5, 6], [5, 6], 4),
        ([0], [7], 4),
        ([0, 6, 0], [5, 6, 9], 3),
        ([0, 1, 1], [1, 1, 1], 3),
        ([NAN, 2], [4, NAN], 1),
        ([NAN, 2], [3, 9], 2),
    ],
)
def test_where_no_maximum_exists_the_status_says_so(x, n, status):
    many = glmm(x, n).many
    assert many.status.tolist() == [status]
    assert np.isnan(many.estimate[0]) == (status != 2)


def test_studies_alike_have_no_variance_between_them():
    many = glmm([4, 6, 8], [20, 30, 40]).many
    assert many.tau2[0] == 0
    assert many.estimate[0] == pytest.approx(special.logit(0.2))
    assert many.se[0] == pytest.approx(np.sqrt(1 / 18 + 1 / 72))
    assert (many.i2[0], many.h2[0]) == (0, 1)


def test_no_analyses_give_no_results():
    assert len(glmm(np.empty((0, 3)), np.empty((0, 3))).many.estimate) == 0


def test_what_cannot_be_is_refused_in_a_sentence():
    with pytest.raises(CannotPool, match="xi is more than ni"):
        glmm([2, 9], [10, 4])
    with pytest.raises(CannotPool, match='tests "z" and "t", not'):
        glmm([2], [10], test="knha")
