"""Pooling against slow loops in exact arithmetic: fractions, and decimals of fifty digits, one study at a time."""

from collections import namedtuple
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep import cases

from pooling.models.one import meta

HALF = Fraction(1, 2)
CLOSE = 1e-9
NEXT_TO_NOTHING = 1e-11

groups = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
tables = st.lists(st.tuples(groups, groups), min_size=1, max_size=6)
rates = st.lists(
    st.tuples(*[st.tuples(st.integers(0, 40), st.integers(1, 4000).map(lambda quarters: Fraction(quarters, 4)))] * 2),
    min_size=1, max_size=6,
)  # fmt: skip


def decimal(x):
    return Decimal(x.numerator) / Decimal(x.denominator)


def corrected(*cells):
    """One half more in every cell, if one is empty."""
    return [Fraction(each) + (HALF if 0 in cells else 0) for each in cells]


# the effect of one study and its variance, as their definitions have them


def odds_ratio(one, two):
    a, b, c, d = corrected(one[0], one[1] - one[0], two[0], two[1] - two[0])
    return decimal(a * d / (b * c)).ln(), decimal(1 / a + 1 / b + 1 / c + 1 / d)


def risk_ratio(one, two):
    a, b, c, d = corrected(one[0], one[1] - one[0], two[0], two[1] - two[0])
    return decimal(a / (a + b) * (c + d) / c).ln(), decimal(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))


def risk_difference(one, two):
    a, b, c, d = corrected(one[0], one[1] - one[0], two[0], two[1] - two[0])
    return decimal(a / (a + b) - c / (c + d)), decimal(a * b / (a + b) ** 3 + c * d / (c + d) ** 3)


def rate_ratio(one, two):
    x1, x2 = corrected(one[0], two[0])
    return decimal(x1 / one[1] * two[1] / x2).ln(), decimal(1 / x1 + 1 / x2)


def rate_difference(one, two):
    x1, x2 = corrected(one[0], two[0])
    return decimal(x1 / one[1] - x2 / two[1]), decimal(x1 / one[1] ** 2 + x2 / two[1] ** 2)


def log_odds(one, _):
    x, m = corrected(one[0], one[1] - one[0])
    return decimal(x / m).ln(), decimal(1 / x + 1 / m)


def log_proportion(one, _):
    x, m = corrected(one[0], one[1] - one[0])
    return decimal(x / (x + m)).ln(), decimal(1 / x - 1 / (x + m))


def proportion(one, _):
    x, m = corrected(one[0], one[1] - one[0])
    return decimal(x / (x + m)), decimal(x * m / (x + m) ** 3)


TWO = {"OR": odds_ratio, "RR": risk_ratio, "RD": risk_difference}
ONE = {"PLO": log_odds, "PLN": log_proportion, "PR": proportion}
OF_RATES = {"IRR": rate_ratio, "IRD": rate_difference}


def by_loop(effects, method):
    """Estimate, its variance, Q and tau2."""

    def mean(weights):
        return sum(w * y for w, (y, _) in zip(weights, effects, strict=True)) / sum(weights)

    plain = [1 / v for _, v in effects]
    middle = mean(plain)
    q = sum(w * (y - middle) ** 2 for w, (y, _) in zip(plain, effects, strict=True))
    tau2, df = Decimal(0), len(effects) - 1
    if method == "DL" and df:
        tau2 = max(Decimal(0), (q - df) / (sum(plain) - sum(w * w for w in plain) / sum(plain)))
    weights = [1 / (v + tau2) for _, v in effects]
    return mean(weights), 1 / sum(weights), q, tau2


def columns(measure, studies):
    (x1, n1), (x2, n2) = (zip(*each, strict=True) for each in zip(*studies, strict=True))
    if measure in ONE:
        return {"xi": x1, "ni": n1}
    if measure in OF_RATES:
        return {"x1i": x1, "t1i": [*map(float, n1)], "x2i": x2, "t2i": [*map(float, n2)]}
    return {"ai": x1, "n1i": n1, "ci": x2, "n2i": n2}


def same_as_the_loop(measure, formula, studies, method):
    result = meta(measure, columns(measure, studies), method=method)
    with localcontext() as context:
        context.prec = 50
        estimate, variance, q, tau2 = map(float, by_loop([formula(*each) for each in studies], method))
        reach = float(Decimal("1.959963984540054235524594430520551527955550072077"))
    se = variance**0.5
    expected = {
        "estimate": estimate, "se": se, "q": q, "tau2": tau2, "lower": estimate - reach * se, "upper": estimate + reach * se,
        "k": len(studies), "status": 0 if len(studies) > 1 else 2,
    }  # fmt: skip
    for name, value in expected.items():
        assert result.numbers[name] == pytest.approx(value, rel=CLOSE, abs=NEXT_TO_NOTHING), name


@pytest.mark.parametrize("method", ["CE", "DL"])
@pytest.mark.parametrize("measure", [*TWO, *ONE])
@settings(max_examples=cases(25))
@given(studies=tables)
def test_counts_are_pooled_as_by_a_loop_of_fifty_digits(measure, method, studies):
    same_as_the_loop(measure, (TWO | ONE)[measure], studies, method)


@pytest.mark.parametrize("method", ["CE", "DL"])
@pytest.mark.parametrize("measure", OF_RATES)
@settings(max_examples=cases(25))
@given(studies=rates)
def test_rates_are_pooled_as_by_a_loop_of_fifty_digits(measure, method, studies):
    same_as_the_loop(measure, OF_RATES[measure], studies, method)


# Mantel-Haenszel and Peto in fractions

Row = namedtuple("Row", "a n1 c n2")


def mantel_haenszel(measure, studies):
    """The pooled ratio or difference, exactly; None where it is not finite."""

    def total(part):
        rows = (Row(*one, *two) for one, two in studies)
        return sum((Fraction(part(row), row.n1 + row.n2) for row in rows), Fraction(0))

    if measure in {"RD", "IRD"}:
        return total(lambda row: row.a * row.n2 - row.c * row.n1) / total(lambda row: row.n1 * row.n2)
    if measure == "OR":
        above, below = total(lambda row: row.a * (row.n2 - row.c)), total(lambda row: (row.n1 - row.a) * row.c)
    else:
        above, below = total(lambda row: row.a * row.n2), total(lambda row: row.c * row.n1)
    return above / below if above and below else None


def robins_breslow_greenland(studies):
    """Variance of the logarithm of the pooled odds ratio, exactly."""
    sums = [Fraction(0)] * 5
    for (a, n1), (c, n2) in studies:
        n, b, d = n1 + n2, n1 - a, n2 - c
        r, s, p, q = (Fraction(each, n) for each in (a * d, b * c, a + d, b + c))
        sums = [one + more for one, more in zip(sums, (r, s, p * r, p * s + q * r, q * s), strict=True)]
    r, s, pr, both, qs = sums
    return (pr / r**2 + both / (r * s) + qs / s**2) / 2


def agree_exactly(measure, studies):
    result, exact = meta(measure, columns(measure, studies), method="MH"), mantel_haenszel(measure, studies)
    if exact is None:
        assert result.status == 4
        return
    if measure in {"RD", "IRD"}:
        assert result.estimate == pytest.approx(float(exact), rel=1e-13, abs=1e-15)
        return
    with localcontext() as context:
        context.prec = 50
        assert result.estimate == pytest.approx(float(decimal(exact).ln()), rel=1e-13, abs=1e-14)
        if measure == "OR":
            assert result.se == pytest.approx(float(decimal(robins_breslow_greenland(studies)).sqrt()), rel=1e-13)


@pytest.mark.parametrize("measure", TWO)
@settings(max_examples=cases(40))
@given(studies=tables)
def test_mantel_and_haenszel_is_that_of_fractions(measure, studies):
    agree_exactly(measure, studies)


@pytest.mark.parametrize("measure", OF_RATES)
@settings(max_examples=cases(40))
@given(studies=rates)
def test_mantel_and_haenszel_of_rates_is_that_of_fractions(measure, studies):
    agree_exactly(measure, studies)


@settings(max_examples=cases(40))
@given(studies=tables)
def test_peto_is_that_of_fractions(studies):
    def add(sums, study):
        (a, n1), (c, n2) = study
        n, events = n1 + n2, a + c
        expected, variance = Fraction(events * n1, n), Fraction(events * (n - events) * n1 * n2, n * n * (n - 1))
        return sums[0] + a - expected, sums[1] + variance

    excess, variance = reduce(add, studies, (Fraction(0), Fraction(0)))
    result = meta("PETO", columns("PETO", studies), method="PETO")
    if not variance:
        assert result.status == 4
        return
    assert result.estimate == pytest.approx(float(excess / variance), rel=1e-12, abs=1e-14)
    assert result.se**2 == pytest.approx(float(1 / variance), rel=1e-13)
