"""Percentages against enumeration in whole numbers: every total up to 120, every printed percentage."""

from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest

from curation.engine.columns import Arguments
from curation.engine.judge import judge
from curation.engine.registry import rules
from schemas.arrow import from_texts
from schemas.granularity import achievable, common_totals, steps_around
from schemas.kinds.count import Count
from schemas.verdicts import Verdict

LARGEST = 120


def verdicts(id, **texts):
    (rule,) = (each for each in rules() if each.id == id)
    rows = len(next(iter(texts.values())))
    columns = {name: pa.array(given, pa.string()) for name, given in texts.items()}
    columns["estimator"] = pa.array(["proportion"] * rows)
    table = from_texts(Count, pa.table(columns))
    sources = {name: name for name in rule.arguments}
    codes = [judge(rule, Arguments(batch), sources).codes for batch in table.to_batches(max_chunksize=50_000)]
    return np.concatenate(codes)


def strings(decimals):
    """Every percentage from 0 to 100 with so many decimals, and its value in units of the last place."""
    units = np.arange(100 * 10**decimals + 1)
    return units, np.array([f"{unit / 10**decimals:.{decimals}f}%" for unit in units], dtype=object)


def rounds_to(k, n, units, decimals):
    """100 k / n lies within half a unit of the last place, decided in whole numbers: |2 (100 k 10^d - u n)| <= n."""
    return np.abs(2 * (100 * 10**decimals * k - units * n)) <= n


@pytest.mark.parametrize("decimals", [0, 1])
def test_a_percentage_is_achievable_just_where_enumeration_finds_a_number_of_people(decimals):
    units, texts = strings(decimals)
    possible = np.zeros((LARGEST + 1, len(units)), dtype=bool)
    for n in range(1, LARGEST + 1):
        for k in range(n + 1):
            possible[n] |= rounds_to(k, n, units, decimals)
    totals = np.repeat(np.arange(1, LARGEST + 1), len(units))
    codes = verdicts("PERCENT-002", total=[str(n) for n in totals], percent=np.tile(texts, LARGEST).tolist())
    assert set(np.unique(codes)) == {Verdict.CONSISTENT, Verdict.CONTRADICTS}
    np.testing.assert_array_equal(codes == Verdict.CONSISTENT, possible[1:].ravel())


def percent_of_total_agrees(decimals, pairs, chosen):
    """COUNT-002 and enumeration say the same of each pair of events and total and the percentages chosen for it."""
    units, texts = strings(decimals)
    asked = [(k, n, unit) for k, n in pairs for unit in chosen(k, n, units).tolist()]
    k, n, at = np.array(asked).T
    codes = verdicts(
        "COUNT-002", events=k.astype(str).tolist(), total=n.astype(str).tolist(), percent=texts[at].tolist()
    )
    np.testing.assert_array_equal(codes == Verdict.CONSISTENT, rounds_to(k, n, at, decimals))
    assert set(np.unique(codes)) == {Verdict.CONSISTENT, Verdict.CONTRADICTS}


def every_pair(largest):
    return [(k, n) for n in range(1, largest + 1) for k in range(n + 1)]


def within(points, decimals):
    """The percentages within so many units of the last place of 100 k / n."""
    return lambda k, n, units: units[np.abs(units - round(100 * 10**decimals * k / n)) <= points]


def everything(_k, _n, units):
    return units


@pytest.mark.parametrize(
    ("decimals", "largest", "chosen"),
    [(0, LARGEST, within(3, 0)), (1, LARGEST, within(3, 1)), (0, 25, everything), (1, 7, everything)],
)
def test_a_percentage_of_events_and_total_is_right_just_where_division_says_so(decimals, largest, chosen):
    percent_of_total_agrees(decimals, every_pair(largest), chosen)


@pytest.mark.slow
@pytest.mark.parametrize("decimals", [0, 1])
def test_every_percentage_of_every_events_and_total(decimals):
    for n in range(1, LARGEST + 1):
        percent_of_total_agrees(decimals, [(k, n) for k in range(n + 1)], everything)


@pytest.mark.parametrize(("decimals", "most"), [(0, 60), (1, 40)])
def test_events_and_a_percentage_without_a_total_fit_just_where_some_total_does(decimals, most):
    units, texts = strings(decimals)
    possible = np.zeros((most + 1, len(units)), dtype=bool)
    possible[0, 0] = True  # no events are 0%, whatever the total
    for e in range(1, most + 1):
        n = np.arange(e, 2 * 100 * 10**decimals * e + 2)  # beyond that 100 e / n is below half a unit
        unit, rest = np.divmod(100 * 10**decimals * e, n)
        possible[e, unit[2 * rest <= n]] = True
        possible[e, unit[2 * rest >= n] + 1] = True
    events = np.repeat(np.arange(most + 1), len(units))
    codes = verdicts("PERCENT-003", events=events.astype(str).tolist(), percent=np.tile(texts, most + 1).tolist())
    np.testing.assert_array_equal(codes == Verdict.CONSISTENT, possible.ravel())


@pytest.mark.parametrize("decimals", [0, 1, 2, 3])
def test_denominators_found_are_those_enumeration_finds(decimals):
    half, scale = Fraction(1, 2), 10**decimals
    totals = np.arange(1, LARGEST + 1)
    for unit in range(0, 100 * scale + 1, max(1, 37 * scale // 10)):
        percent = ((unit - half) / scale, (unit + half) / scale)
        slow = [any(percent[0] <= Fraction(100 * k, n) <= percent[1] for k in range(n + 1)) for n in totals.tolist()]
        assert achievable(percent, totals).tolist() == slow


def test_denominators_stay_exact_where_whole_numbers_of_the_machine_would_overflow():
    third = Fraction(10**25, 3 * 10**23)
    assert achievable((third, third), np.array([3, 4, 10**9, 3 * 10**9])).tolist() == [True, False, False, True]


def test_the_denominator_of_three_percentages_is_found():
    percents = [(Fraction(p) - Fraction(1, 2), Fraction(p) + Fraction(1, 2)) for p in (17, 12, 8)]
    assert common_totals(percents, 27) == [24]
    assert steps_around(percents[0], 27) == [4, 5]
