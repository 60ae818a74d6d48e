"""Rules about survival: true curves pass whole, broken ones are found."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from whole_tables import asked, flagged, printed

from curation.rules.km_against_at_risk import km_against_at_risk
from curation.rules.landmarks_fall import landmarks_fall
from curation.rules.median_and_landmark import median_and_landmark
from curation.rules.median_progression_within_overall import median_progression_within_overall
from curation.rules.progression_free_within_overall import progression_free_within_overall

OUTCOMES = dict(
    outcome=["os", "pfs"],
    label=["OS", "PFS"],
    family=["survival"] * 2,
    family_kind=["time_to_event"] * 2,
    rank=["1", "2"],
)
RULES = [
    landmarks_fall,
    progression_free_within_overall,
    median_progression_within_overall,
    median_and_landmark,
    km_against_at_risk,
]
MONTH = Fraction(487, 16)
LANDMARKS = {"6 months": 6, "1 year": 12, "18 months": 18, "2 years": 24, "24": 24, "3 years": 36, "60 months": 60}


def curve(times, events):
    """A Kaplan-Meier curve in exact rationals: the times at which it falls, and its value from there on."""
    left, value, steps = len(times), Fraction(1), []
    for time in np.unique(times):
        here = times == time
        failed = int(events[here].sum())
        if failed:
            value *= 1 - Fraction(failed, left)
            steps.append((int(time), value))
        left -= int(here.sum())
    return steps


def at(steps, day):
    return next((value for time, value in reversed(steps) if time <= day), Fraction(1))


def median(steps):
    return next((time for time, value in steps if value <= Fraction(1, 2)), None)


def studies(count, seed, *, censoring):
    """Survival records of simulated groups: medians and landmark rates of OS and PFS, followed to the end or censored."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        n = int(random.integers(4, 40))
        death = random.geometric(1 / random.integers(200, 2000), n)
        progression = np.minimum(death, random.geometric(1 / random.integers(100, 1500), n))
        censored = random.integers(300, 2500, n) if censoring else np.full(n, 10**6)
        for outcome, time in (("os", death), ("pfs", progression)):
            seen = np.minimum(time, censored)
            rows += records(random, f"s{number}", outcome, curve(seen, time <= censored), seen)
    return {name: [row[name] for row in rows] for name in rows[0]}


def records(random, study, outcome, steps, seen):
    places, even = int(random.integers(0, 4)), bool(random.integers(0, 2))
    blank = dict.fromkeys(("median", "time", "rate", "at_risk", "total", "section", "row"))
    day = median(steps)
    unit, length = (("months", MONTH), ("weeks", Fraction(7)), ("years", 12 * MONTH))[random.integers(0, 3)]
    told = "not reached" if day is None else f"{printed(day / length, places, even=even)} {unit}"
    key = dict(study=study, outcome=outcome, section="Table 1", row="the group")
    yield blank | key | dict(median=told)
    for name in random.choice(list(LANDMARKS), 3, replace=False):
        when = LANDMARKS[name] * MONTH
        if when > seen.max():
            continue
        rate = printed(100 * at(steps, when), places, even=even)
        yield (
            blank | key | dict(time=name, rate=f"{rate}%", total=str(len(seen)), at_risk=str(int((seen > when).sum())))
        )


@pytest.fixture(scope="module")
def censored():
    return studies(2000, seed=7, censoring=True)


@pytest.fixture(scope="module")
def followed():
    return studies(2000, seed=8, censoring=False)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_simulated_curves_raise_no_finding_whatever_the_rounding(rule, followed):
    done = asked(rule, outcome=OUTCOMES, survival=followed)
    assert done.tallies[rule.id].consistent > 1000
    assert not done.findings


@pytest.mark.parametrize("rule", [landmarks_fall, median_and_landmark, km_against_at_risk], ids=lambda rule: rule.id)
def test_censoring_changes_nothing_within_one_curve(rule, censored):
    assert not asked(rule, outcome=OUTCOMES, survival=censored).findings


@pytest.mark.parametrize(
    "rule", [progression_free_within_overall, median_progression_within_overall], ids=lambda rule: rule.id
)
def test_two_estimated_curves_may_cross_under_censoring_so_it_is_a_warning(rule, censored):
    done = asked(rule, outcome=OUTCOMES, survival=censored)
    assert len(done.findings) < 0.02 * done.tallies[rule.id].checked
    assert {each.severity for each in done.findings} <= {"warning"}


def test_a_curve_that_rises_is_found_as_an_error_in_one_row_and_as_a_warning_across_places():
    rate = np.random.default_rng(1).integers(10, 80, 200)
    rise = dict(
        study=[f"s{n}" for n in range(200) for _ in range(2)], outcome=["os"] * 400, time=["1 year", "24 months"] * 200,
        rate=[f"{value}.0%" for one in rate for value in (one, one + 5)], section=["Table 1"] * 400,
    )  # fmt: skip
    same = asked(landmarks_fall, survival=rise | dict(row=["a"] * 400))
    apart = asked(landmarks_fall, survival=rise | dict(row=["a", "b"] * 200))
    assert [len(each.findings) for each in (same, apart)] == [200, 200]
    assert {each.severity for each in same.findings} == {"error"}
    assert {each.severity for each in apart.findings} == {"warning"}


def test_a_rate_is_held_against_the_lowest_of_all_earlier_rates():
    rows = dict(outcome=["os"] * 4, time=["1 year", "1 year", "2 years", "3 years"], rate=["50%", "90%", "NR", "60%"])
    assert flagged(asked(landmarks_fall, survival=rows)) == {"survival-0", "survival-3"}


def test_times_of_which_one_is_in_weeks_need_a_margin():
    rows = dict(outcome=["os"] * 2, time=["52 weeks", "1 year"], rate=["50%", "60%"])
    assert not asked(landmarks_fall, survival=rows).findings
    assert asked(landmarks_fall, survival=rows | dict(time=["40 weeks", "1 year"])).findings


def test_rates_from_different_starting_points_are_not_compared():
    rows = dict(
        outcome=["os"] * 2, time=["1 year", "2 years"], rate=["50%", "60%"], timepoint=["after salvage", "2 years"]
    )
    assert not asked(landmarks_fall, survival=rows).findings


def test_swapped_outcomes_are_found_and_named():
    n = 100
    rates = dict(
        study=[f"s{i}" for i in range(n) for _ in range(2)],
        outcome=["os", "pfs"] * n,
        time=["2 years", "24 months"] * n,
        rate=["40%", "60%"] * n,
    )
    found = asked(progression_free_within_overall, outcome=OUTCOMES, survival=rates).findings
    assert len(found) == n
    assert all("swapped" in each.explanations[0] for each in found)
    medians = dict(outcome=["os", "pfs"], median=["20 months", "24 months"])
    assert asked(median_progression_within_overall, outcome=OUTCOMES, survival=medians).findings


def test_outcomes_of_one_rank_are_not_compared():
    one_rank = OUTCOMES | dict(outcome=["efs", "pfs"], rank=["2", "2"])
    rates = dict(outcome=["efs", "pfs"], time=["2 years"] * 2, rate=["40%", "60%"])
    assert not asked(progression_free_within_overall, outcome=one_rank, survival=rates).tallies["SURVIVAL-002"].checked


@pytest.mark.parametrize(
    ("middle", "time", "rate", "wrong"),
    [
        ("24.4 months", "2 years", "50%", False),
        ("24.4 months", "2 years", "49.4%", True),
        ("24.4 months", "2 years", "49.95%", True),
        ("24.04 months", "2 years", "40%", True),
        ("24.0 months", "2 years", "40%", False),
        ("> 24 months", "1 year", "49%", True),
        ("> 24 months", "5 years", "70%", False),
        ("104 weeks", "2 years", "40%", False),
        ("not reached", "5 years", "50.4%", False),
        ("not reached", "5 years", "49.4%", True),
        ("NR", "5 years", "49.4%", False),
    ],
)
def test_median_and_rate_stand_on_their_sides_of_the_middle(middle, time, rate, wrong):
    rows = dict(outcome=["os"] * 2, median=[middle, None], time=[None, time], rate=[None, rate])
    assert bool(asked(median_and_landmark, survival=rows).findings) is wrong


def test_the_number_at_risk_is_bounded_by_the_curve():
    n, rate = np.meshgrid(np.arange(1, 61), np.arange(0, 101), indexing="ij")
    most = [
        int(Fraction(int(total)) * min(Fraction(100), Fraction(2 * int(r) + 1, 2)) / 100)
        for total, r in zip(n.flat, rate.flat, strict=True)
    ]
    rows = dict(total=[str(x) for x in n.flat], rate=[f"{x}%" for x in rate.flat], time=["1 year"] * n.size)
    assert not asked(km_against_at_risk, survival=rows | dict(at_risk=[str(x) for x in most])).findings
    over = [x for x, total in zip(most, n.flat, strict=True) if x < total]
    keep = [i for i, (x, total) in enumerate(zip(most, n.flat, strict=True)) if x < total]
    keep, over = keep[::20], over[::20]
    broken = {name: [cells[i] for i in keep] for name, cells in rows.items()} | dict(at_risk=[str(x + 1) for x in over])
    assert len(asked(km_against_at_risk, survival=broken).findings) == len(keep)
