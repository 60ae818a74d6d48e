"""Rules about intervals of survival rates and hazard ratios, against the survival package of R."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import special
from verdict_tables import judged
from whole_tables import asked, printed

from curation.rules.events_against_curve import events_against_curve
from curation.rules.hazard_ratio_and_medians import hazard_ratio_and_medians
from curation.rules.hazard_ratio_and_rates import hazard_ratio_and_rates
from curation.rules.hazard_ratio_direction import hazard_ratio_direction
from curation.rules.hazard_ratio_precision import hazard_ratio_precision
from curation.rules.km_against_at_risk import km_against_at_risk
from curation.rules.rate_interval_even import rate_interval_even
from curation.rules.rate_interval_width import rate_interval_width

ORACLES = Path(__file__).parent / "oracles"


def reference(name):
    with (ORACLES / name).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return [{key: None if value == "NA" else _number(value) for key, value in row.items()} for row in rows]


def _number(text):
    try:
        return float(text)
    except ValueError:
        return text


INTERVALS, RATIOS = reference("survival_intervals.csv"), reference("survival_hazard_ratios.csv")


def intervals(places, *, even, narrowed=1.0, moved=0.0):
    """R's intervals as a paper prints them; narrowed towards the rate, or moved by so many points."""

    def shown(row, name):
        value = 100 * (row["rate"] + (row[name] - row["rate"]) * narrowed) + (moved if name != "rate" else 0)
        return printed(min(max(value, 0.0), 100.0), places, even=even) + "%"

    return dict(
        time=["1 year"] * len(INTERVALS), total=[f"{row['total']:.0f}" for row in INTERVALS],
        events=[f"{row['events']:.0f}" for row in INTERVALS], at_risk=[f"{row['at_risk']:.0f}" for row in INTERVALS],
        level=[f"{row['level']:.0f}%" for row in INTERVALS], rate=[shown(row, "rate") for row in INTERVALS],
        rate_lower=[shown(row, "lower") for row in INTERVALS], rate_upper=[shown(row, "upper") for row in INTERVALS],
    )  # fmt: skip


@pytest.mark.parametrize("even", [False, True])
@pytest.mark.parametrize("places", [0, 1, 2, 4])
@pytest.mark.parametrize(
    "rule",
    [rate_interval_even, rate_interval_width, km_against_at_risk, events_against_curve],
    ids=lambda rule: rule.id,
)
def test_intervals_of_r_pass(rule, places, even):
    done = asked(rule, survival=intervals(places, even=even))
    assert not done.findings, done.findings[0].message
    assert done.tallies[rule.id].consistent > 0.95 * len(INTERVALS)


def test_greenwoods_variance_is_never_below_the_binomial_one():
    for row in INTERVALS:
        assert row["se"] ** 2 >= row["rate"] * (1 - row["rate"]) / row["total"] * (1 - 1e-9)


def test_intervals_of_a_quarter_of_the_width_are_found():
    # how many are found depends on how many were lost to follow-up: censoring widens the interval of R
    found = judged(rate_interval_width, survival=intervals(2, even=False, narrowed=0.25)).flagged
    assert len(found) > 0.9 * len(INTERVALS)


def test_intervals_moved_by_ten_points_are_found():
    done = judged(rate_interval_even, survival=intervals(2, even=False, moved=10.0))
    assert done.contradicts > 0.85 * len(INTERVALS)


def trials(places, *, even, narrowed=1.0):
    effects, survivals = [], []
    for n, row in enumerate(RATIOS):
        z = special.ndtri(0.975) * row["se"] * narrowed
        values = [math.exp(row["log_ratio"] + sign * z) for sign in (0, -1, 1)]
        estimate, lower, upper = (printed(value, places, even=even) for value in values)
        effects.append(dict(study=f"s{n}", estimate=estimate, lower=lower, upper=upper))
        for arm in ("arm", "other"):
            median, rate = row[f"median_{arm}"], row[f"rate_{arm}"]
            key = dict(study=f"s{n}", arm=arm, total=f"{row[f'total_{arm}']:.0f}")
            survivals.append(
                key
                | dict(
                    events=f"{row[f'events_{arm}']:.0f}",
                    median="not reached" if median is None else printed(median, 1) + " months",
                )
            )
            survivals.append(key | dict(time="1 year", rate=printed(100 * rate, 1) + "%"))
    effect = {name: [each[name] for each in effects] for name in effects[0]}
    names = ("study", "arm", "total", "events", "median", "time", "rate")
    survival = {name: [each.get(name) for each in survivals] for name in names}
    key = {"outcome": ["os"] * len(effects)}
    return dict(
        effect=effect | key | dict(arm=["arm"] * len(effects), comparator=["other"] * len(effects), measure=["HR"] * len(effects)),
        survival=survival | {"outcome": ["os"] * len(survivals)},
    )  # fmt: skip


@pytest.mark.parametrize("even", [False, True])
@pytest.mark.parametrize("places", [1, 2, 3])
def test_intervals_of_coxs_model_are_as_wide_as_their_events_ask(places, even):
    """Plain, adjusted and stratified models, with all three ways of handling ties."""
    done = asked(hazard_ratio_precision, **trials(places, even=even))
    assert not done.findings, done.findings[0].message
    assert done.tallies["SURVIVAL-013"].consistent > 0.95 * len(RATIOS)


def test_the_standard_error_is_never_below_the_bound_and_often_close_to_it():
    bound = np.array([math.sqrt(1 / row["events_arm"] + 1 / row["events_other"]) for row in RATIOS])
    se = np.array([row["se"] for row in RATIOS])
    assert (se >= bound * (1 - 1e-6)).all()
    assert np.median(se / bound) < 1.05


def test_intervals_of_too_few_events_are_found():
    done = judged(hazard_ratio_precision, **trials(3, even=False, narrowed=0.75))
    assert done.contradicts > 0.9 * len(RATIOS)


@pytest.mark.parametrize(
    ("rule", "share"),
    [(hazard_ratio_direction, 0.01), (hazard_ratio_and_medians, 0.002), (hazard_ratio_and_rates, 0.002)],
    ids=lambda each: getattr(each, "id", ""),
)
def test_notes_on_proportional_hazards_are_rare(rule, share):
    done = asked(rule, **trials(2, even=False))
    assert len(done.findings) <= share * done.tallies[rule.id].checked
    assert {each.severity for each in done.findings} <= {"note"}
    assert done.tallies[rule.id].consistent > 300
