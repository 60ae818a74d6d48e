"""The mistake that explains two different numbers of one fact: named where it does, silent where it does not."""

from __future__ import annotations

import doctest
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from whole_tables import printed

import schemas.baseline
import schemas.coincidence
import schemas.factors
from schemas.factors import mistakes, whole_of


def shown(text):
    places = len(text.partition(".")[2])
    half = Fraction(1, 2 * 10**places)
    return SimpleNamespace(text=text, low=Fraction(text) - half, high=Fraction(text) + half)


@pytest.mark.parametrize("module", [schemas.factors, schemas.coincidence, schemas.baseline])
def test_the_examples_of_the_documentation_hold(module):
    done = doctest.testmod(module)
    assert done.attempted
    assert not done.failed


@pytest.mark.parametrize(
    ("factor", "word"),
    [
        (Fraction(12), "months for years"),
        (Fraction(7), "days for weeks"),
        (Fraction(36525, 1200), "days for months"),
        (Fraction(36525, 100), "days for years"),
        (Fraction(60), "minutes for hours"),
        (Fraction(10), "the decimal point shifted by 1"),
        (Fraction(100), "a percentage for a fraction"),
        (Fraction(1000), "the decimal point shifted by 3"),
    ],
)
def test_a_true_factor_is_always_named_whatever_the_rounding(factor, word):
    random = np.random.default_rng(3)
    for _ in range(300):
        small = Fraction(int(random.integers(100, 10_000)), 100) + Fraction(int(random.integers(0, 1000)), 10**6)
        texts = [printed(one, 2, even=bool(random.integers(0, 2))) for one in (small, small * factor)]
        pair = [shown(text) for text in texts]
        assert any(word in each for each in mistakes(*pair)), texts
        assert mistakes(*pair) == mistakes(*pair[::-1])


def test_numbers_without_a_relation_are_seldom_given_one():
    random = np.random.default_rng(5)
    pairs = [(f"{one:.2f}", f"{other:.2f}") for one, other in random.uniform(10, 99, size=(2000, 2))]
    named = [pair for pair in pairs if mistakes(shown(pair[0]), shown(pair[1]))]
    assert len(named) < 40, named[:5]


def test_complements_signs_and_spreads_are_named():
    assert mistakes(shown("38.9"), shown("61.1"), whole=whole_of("percent")) == [
        "61.1 is 100 minus 38.9: the complement"
    ]
    assert mistakes(shown("-1.25"), shown("1.25")) == ["1.25 is -1.25 with the sign changed"]
    assert mistakes(shown("9.10"), shown("1.26"), n=Fraction(52)) == ["9.10 is 1.26 times the root of 52: SD for SE"]
    assert mistakes(shown("22"), shown("42.3"), n=Fraction(52), whole=Fraction(100)) == [
        "22 of 52 is 42.3: a count for a percentage"
    ]


def test_a_number_printed_too_coarsely_says_nothing():
    assert mistakes(shown("1"), shown("12")) == []
