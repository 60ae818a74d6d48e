"""Survival rules against every Kaplan-Meier curve of a few participants, in exact rationals."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from fractions import Fraction

import pytest
from verdict_tables import judged
from whole_tables import asked, printed

from curation.rules.at_risk_falls import at_risk_falls
from curation.rules.at_risk_within_total import at_risk_within_total
from curation.rules.events_against_curve import events_against_curve
from curation.rules.km_against_at_risk import km_against_at_risk
from curation.rules.landmarks_fall import landmarks_fall
from curation.rules.median_and_events import median_and_events
from curation.rules.median_and_landmark import median_and_landmark
from curation.rules.median_interval_reached import median_interval_reached
from curation.rules.median_progression_within_overall import median_progression_within_overall
from curation.rules.progression_free_within_overall import progression_free_within_overall

HALF, PLACES, LAST = Fraction(1, 2), 6, 3
OUTCOMES = dict(
    outcome=["os", "pfs"], label=["OS", "PFS"], family=["survival"] * 2, family_kind=["time_to_event"] * 2, rank=["1", "2"]
)  # fmt: skip


def curve(people):
    """S, the number at risk and the events by the end of each time 1..LAST; events come before losses at one time."""
    left, alive, events, found = len(people), Fraction(1), 0, []
    for time in range(1, LAST + 1):
        failed = people.count((time, True))
        if failed:
            alive *= 1 - Fraction(failed, left)
        left -= failed + people.count((time, False))
        events += failed
        found.append((alive, left, events))
    return found


def every_curve(largest):
    """Each group of up to so many participants, who have the event or are lost at time 1, 2 or 3, or outlast it."""
    ends = [(time, event) for time in range(1, LAST + 1) for event in (True, False)] + [(LAST + 1, False)]
    for size in range(1, largest + 1):
        for people in itertools.combinations_with_replacement(ends, size):
            yield list(people), curve(list(people))


CURVES = list(every_curve(6))


def percent(value):
    return printed(100 * value, PLACES) + "%"


def test_no_curve_breaks_a_rule_about_one_time():
    rows = [(len(people), people, step) for people, steps in CURVES for step in steps]
    events = [sum(event for _, event in people) for _, people, _ in rows]
    columns = dict(
        study=[f"s{n}" for n in range(len(rows))], time=["1 year"] * len(rows), total=[str(size) for size, _, _ in rows],
        rate=[percent(step[0]) for _, _, step in rows], at_risk=[str(step[1]) for _, _, step in rows],
    )  # fmt: skip
    by_then = [str(step[2]) for _, _, step in rows]
    for rule in (km_against_at_risk, at_risk_within_total, events_against_curve):
        for counted in ([str(each) for each in events], by_then):
            done = asked(rule, survival=columns | {"events": counted})
            assert not done.findings, done.findings[0].message
            assert done.tallies[rule.id].consistent > 0.6 * len(rows)


def test_one_more_at_risk_than_any_curve_has_is_found():
    most = defaultdict(int)
    for people, steps in CURVES:
        for alive, left, _ in steps:
            most[len(people), alive] = max(most[len(people), alive], left)
    cases = [(size, alive, left) for (size, alive), top in most.items() for left in range(size + 2)]
    columns = dict(
        study=[f"s{n}" for n in range(len(cases))], time=["1 year"] * len(cases), total=[str(size) for size, _, _ in cases],
        rate=[percent(alive) for _, alive, _ in cases], at_risk=[str(left) for _, _, left in cases],
    )  # fmt: skip
    found = judged(km_against_at_risk, survival=columns).flagged
    impossible = {f"survival-{n}" for n, (size, alive, left) in enumerate(cases) if left > most[size, alive]}
    assert found <= impossible
    assert len(found) > 0.8 * len(impossible), "the rest is possible for more participants with such a curve"
    beyond = judged(at_risk_within_total, survival=columns).flagged
    assert beyond == {f"survival-{n}" for n, (size, _, left) in enumerate(cases) if left > size}


def test_the_events_a_curve_can_have_are_those_of_some_curve_or_lie_between_them():
    """What is flagged no curve has; what no curve has is flagged, but for curves that need more participants than six."""
    reachable = defaultdict(set)
    for people, steps in CURVES:
        total = sum(event for _, event in people)
        for alive, left, events in steps:
            reachable[len(people), alive, left] |= set(range(events, total + 1))
    cases = [(key, events) for key in reachable for events in range(key[0] + 1)]
    columns = dict(
        study=[f"s{n}" for n in range(len(cases))], time=["1 year"] * len(cases), total=[str(key[0]) for key, _ in cases],
        rate=[percent(key[1]) for key, _ in cases], at_risk=[str(key[2]) for key, _ in cases],
        events=[str(events) for _, events in cases],
    )  # fmt: skip
    found = judged(events_against_curve, survival=columns).flagged
    impossible = {f"survival-{n}" for n, (key, events) in enumerate(cases) if events not in reachable[key]}
    assert found <= impossible
    assert len(found) > 0.55 * len(impossible)


@pytest.mark.parametrize("size", range(1, 9))
def test_a_median_needs_an_event_and_none_leaves_at_most_half_of_them(size):
    reached, unreached = set(), set()
    for pattern in itertools.product((True, False), repeat=size):
        alive, events = Fraction(1), sum(pattern)
        for place, event in enumerate(pattern):
            alive *= 1 - Fraction(int(event), size - place)
        (reached if alive <= HALF else unreached).add(events)
        if alive == HALF:  # a curve that ends at exactly one half: "reached" by one convention and not by another
            unreached.add(events)
    cases = [(median, events) for median in ("12 months", "not reached") for events in range(size + 1)]
    columns = dict(
        study=[f"s{n}" for n in range(len(cases))], total=[str(size)] * len(cases),
        median=[median for median, _ in cases], events=[str(events) for _, events in cases],
    )  # fmt: skip
    found = judged(median_and_events, survival=columns).flagged
    possible = {"12 months": reached, "not reached": unreached}
    assert found == {f"survival-{n}" for n, (median, events) in enumerate(cases) if events not in possible[median]}


def test_two_times_of_every_curve_pass_and_what_rises_is_found():
    pairs = [(steps[first], steps[second]) for _, steps in CURVES for first, second in ((0, 1), (1, 2), (0, 2))]
    pairs = list(dict.fromkeys(pairs))
    columns = dict(
        study=[f"s{n}" for n in range(len(pairs)) for _ in range(2)], outcome=["os"] * 2 * len(pairs),
        time=["1 year", "2 years"] * len(pairs), rate=[percent(each[0]) for pair in pairs for each in pair],
        at_risk=[str(each[1]) for pair in pairs for each in pair],
    )  # fmt: skip
    for rule in (at_risk_falls, landmarks_fall):
        done = asked(rule, survival=columns)
        assert not done.findings
        assert done.tallies[rule.id].consistent == len(pairs)
        found = judged(rule, survival=columns | {"time": ["2 years", "1 year"] * len(pairs)}).flagged
        differ = {
            n for n, (one, two) in enumerate(pairs) if one[0] != two[0] or (rule is at_risk_falls and one[1] > two[1])
        }
        assert {int(each.split("-")[1]) // 2 for each in found} == differ


def test_at_risk_beyond_the_fall_of_the_curve_is_found():
    pairs = sorted({(steps[0], steps[1]) for _, steps in CURVES if steps[0][0] > 0})
    more = [(one, two, math.floor(one[1] * two[0] / one[0]) + 1) for one, two in pairs]
    columns = dict(
        study=[f"s{n}" for n in range(len(more)) for _ in range(2)], outcome=["os"] * 2 * len(more),
        time=["1 year", "2 years"] * len(more), rate=[percent(each[0]) for one, two, _ in more for each in (one, two)],
        at_risk=[each for one, _, beyond in more for each in (str(one[1]), str(beyond))],
    )  # fmt: skip
    assert judged(at_risk_falls, survival=columns).contradicts == len(more)


@pytest.mark.parametrize("strict", [False, True])
def test_every_median_and_every_rate_of_one_curve_pass_and_no_other_order_does(strict):
    """Median: the first time with S <= 1/2, or with S < 1/2; rates at all times."""
    cases = set()
    for _, steps in CURVES:
        median = next(
            (time for time, step in enumerate(steps, 1) if step[0] < HALF or (step[0] == HALF and not strict)), None
        )
        cases |= {(median, time, step[0]) for time, step in enumerate(steps, 1)}
    rates = {rate for _, _, rate in cases}
    asked_of = sorted(itertools.product((None, 1, 2, 3), (1, 2, 3), rates), key=str)
    columns = dict(
        study=[f"s{n}" for n in range(len(asked_of)) for _ in range(2)], outcome=["os"] * 2 * len(asked_of),
        median=[each for median, _, _ in asked_of for each in ("not reached" if median is None else f"{12 * median}.00 months", None)],
        time=[each for _, time, _ in asked_of for each in (None, f"{12 * time} months")],
        rate=[each for _, _, rate in asked_of for each in (None, percent(rate))],
    )  # fmt: skip
    found = {int(each.split("-")[1]) // 2 for each in judged(median_and_landmark, survival=columns).flagged}
    wrong = {n for n, case in enumerate(asked_of) if case not in cases}
    assert found <= wrong
    beyond = {
        n
        for n, (median, time, rate) in enumerate(asked_of)
        if (rate < HALF and time < (median or LAST + 1)) or (rate > HALF and time > (median or LAST + 1))
    }
    assert beyond <= found


def test_limits_of_a_median_that_are_not_reached_come_in_order():
    times = ("5 months", "10 months", "not reached")
    cases = list(itertools.product((0, 1, 2), repeat=3))
    columns = dict(
        zip(("lower", "median", "upper"), ([times[case[n]] for case in cases] for n in range(3)), strict=True)
    )
    found = judged(median_interval_reached, survival=columns).flagged
    wrong = {
        f"survival-{n}"
        for n, (low, middle, high) in enumerate(cases)
        if any(one == 2 > other for one, other in ((low, middle), (middle, high), (low, high)))
    }
    assert found == wrong


def test_progression_free_rates_and_medians_are_those_of_some_people():
    """Each person dies at 1, 2, 3 or later and progresses no later: rates and medians of all groups of up to four."""
    people = [(progressed, died) for died in range(1, LAST + 2) for progressed in range(1, died + 1)]
    rates, medians = set(), set()
    for size in range(1, 5):
        for group in itertools.combinations_with_replacement(people, size):
            free, alive = (
                [Fraction(sum(one[n] > time for one in group), size) for time in range(1, LAST + 1)] for n in (0, 1)
            )
            rates |= set(zip(free, alive, strict=True))
            first = [next((time for time, s in enumerate(each, 1) if s <= HALF), None) for each in (free, alive)]
            medians.add(tuple(first))
    values = sorted({rate for pair in rates for rate in pair})
    asked_of = list(itertools.product(values, repeat=2))
    columns = dict(
        study=[f"s{n}" for n in range(len(asked_of)) for _ in range(2)], outcome=["pfs", "os"] * len(asked_of),
        time=["2 years"] * 2 * len(asked_of), rate=[percent(each) for pair in asked_of for each in pair],
    )  # fmt: skip
    found = {
        int(each.split("-")[1]) // 2
        for each in judged(progression_free_within_overall, survival=columns, outcome=OUTCOMES).flagged
    }
    assert found == {n for n, (free, alive) in enumerate(asked_of) if free > alive}
    assert not found & {n for n, pair in enumerate(asked_of) if pair in rates}
    spoken = {None: "not reached", 1: "6 months", 2: "12 months", 3: "18 months"}
    orders = list(itertools.product(spoken, repeat=2))
    columns = dict(
        study=[f"s{n}" for n in range(len(orders)) for _ in range(2)], outcome=["pfs", "os"] * len(orders),
        median=[spoken[each] for pair in orders for each in pair],
    )  # fmt: skip
    found = {
        int(each.split("-")[1]) // 2
        for each in judged(median_progression_within_overall, survival=columns, outcome=OUTCOMES).flagged
    }
    assert found == {n for n, pair in enumerate(orders) if pair not in medians}
