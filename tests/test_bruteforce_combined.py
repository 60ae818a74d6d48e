"""Groups and their parts, values and changes, pools of studies: rules against samples put together in exact rationals."""

from __future__ import annotations

import csv
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from sweep import every
from test_bruteforce_spread import sd_text
from whole_tables import asked, printed

from curation.rules.change_is_difference import change_is_difference
from curation.rules.ci_of_mean import ci_of_mean
from curation.rules.difference_in_sds import difference_in_sds
from curation.rules.means_combine import means_combine
from curation.rules.sd_looks_like_other_spread import sd_looks_like_other_spread
from curation.rules.sd_looks_like_se import sd_looks_like_se
from curation.rules.sd_of_change import sd_of_change
from curation.rules.sds_combine import sds_combine
from curation.rules.se_looks_like_sd import se_looks_like_sd

TRIALS = 800
ORACLE = Path(__file__).parent / "oracles" / "mean_intervals.csv"


def variance(values):
    n, total = len(values), sum(values)
    return Fraction(n * sum(x * x for x in values) - total**2, n * (n - 1))


def row(values, places, **more):
    """One record of a sample of whole numbers, from exact rationals."""
    mean = Fraction(sum(values), len(values))
    return more | {"n": str(len(values)), "mean": printed(mean, places), "sd": sd_text(variance(values), places)}


def columns(rows):
    names = list(dict.fromkeys(name for each in rows for name in each))
    return {name: [each.get(name) for each in rows] for name in names}


def trials(seed, places, how_many):
    """Two to four arms of small samples, and all of them together."""
    rng = np.random.default_rng(seed)
    arms, rows = [], []
    for number in range(how_many):
        parts = [rng.integers(0, 30, rng.integers(2, 9)).tolist() for _ in range(rng.integers(2, 5))]
        groups = {"all": [x for part in parts for x in part], **{f"a{n}": part for n, part in enumerate(parts)}}
        for arm, values in groups.items():
            arms.append(dict(study=f"s{number}", arm=arm, label=arm, role="total" if arm == "all" else "experimental"))
            rows.append(row(values, places, study=f"s{number}", arm=arm, outcome="o"))
    return arms, rows


@pytest.mark.parametrize("rule", [means_combine, sds_combine], ids=lambda rule: rule.id)
@pytest.mark.parametrize("places", [0, 1, 3])
def test_samples_put_together_agree_with_their_parts(rule, places):
    arms, rows = trials(places, places, TRIALS // 2)
    done = asked(rule, arm=columns(arms), mean=columns(rows))
    assert not done.findings, done.findings[0].message
    assert done.tallies[rule.id].consistent == TRIALS // 2


@pytest.mark.parametrize(("rule", "field"), [(means_combine, "mean"), (sds_combine, "sd")])
@pytest.mark.parametrize("off", every(2, [-4, 4]))
def test_a_total_off_by_more_than_the_rounding_of_its_parts_is_found(rule, field, off):
    arms, rows = trials(5, 6, 60)
    for each in rows:
        if each["arm"] == "all":
            each[field] = printed(Fraction(each[field]) + Fraction(off, 10**5), 6)
    done = asked(rule, arm=columns(arms), mean=columns(rows))
    assert done.tallies[rule.id].contradicts == 60


def test_parts_whose_numbers_do_not_add_up_are_not_asked():
    arms, rows = trials(6, 1, 50)
    for each in rows:
        each["n"] = str(int(each["n"]) + (each["arm"] == "all"))
    assert asked(means_combine, arm=columns(arms), mean=columns(rows)).tallies["MEAN-015"].checked == 0


def changes(seed, places, how_many):
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(how_many):
        before = rng.integers(0, 40, rng.integers(2, 12))
        link = (before, 40 - before, rng.integers(0, 40, len(before)), before)[number % 4]
        after = link + rng.integers(0, 2 + 5 * (number % 2), len(before)) * (number % 4 != 3) + 7
        common = dict(study=f"s{number}", outcome="o")
        times = (("baseline", "value", before), ("4 weeks", "value", after), ("4 weeks", "change", after - before))
        rows += [row([int(x) for x in values], places, timepoint=t, moment=m, **common) for t, m, values in times]
    return rows


@pytest.mark.parametrize("rule", [change_is_difference, sd_of_change], ids=lambda rule: rule.id)
@pytest.mark.parametrize("places", [0, 1, 3])
def test_changes_of_samples_agree_with_before_and_after(rule, places):
    done = asked(rule, mean=columns(changes(places, places, TRIALS // 2)))
    assert not done.findings, done.findings[0].message
    assert done.tallies[rule.id].consistent == TRIALS // 2


def test_a_change_off_by_more_than_its_rounding_is_an_error():
    rows = changes(7, 3, 80)
    for each in rows[2::3]:
        each["mean"] = printed(Fraction(each["mean"]) + Fraction(7, 1000), 3)
    assert [each.severity for each in asked(change_is_difference, mean=columns(rows)).findings] == ["error"] * 80


def test_the_bounds_of_the_deviation_of_a_change_are_reached_and_no_further():
    """Baseline and follow-up in step (correlation 1) and in opposite order (-1): one unit beyond is found."""
    rows = []
    for number, sign in enumerate((1, -1)):
        before = [0, 1, 2, 3, 7]
        after = [20 + sign * 2 * x for x in before]
        times = (("baseline", "value", before), ("4 weeks", "value", after), ("4 weeks", "change", [a - b for a, b in zip(after, before, strict=True)]))  # fmt: skip
        rows += [row(values, 4, study=f"s{number}", timepoint=t, moment=m, outcome="o") for t, m, values in times]
    assert not asked(sd_of_change, mean=columns(rows)).findings
    for at, by in ((2, -3), (5, 3)):
        rows[at]["sd"] = printed(Fraction(rows[at]["sd"]) + Fraction(by, 10**4), 4)
    assert len(asked(sd_of_change, mean=columns(rows)).findings) == 2


def intervals():
    lines = [line for line in ORACLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


@pytest.mark.parametrize("places", [1, 2, 4])
@pytest.mark.parametrize("spread", ["sd", "se"])
def test_intervals_computed_by_r_are_accepted(places, spread):
    texts = {
        name: [printed(Fraction(each[name]), places) for each in intervals()]
        for name in ("mean", spread, "lower", "upper")
    }
    done = asked(
        ci_of_mean,
        mean=texts | {"n": [each["n"] for each in intervals()], "level": [each["level"] + "%" for each in intervals()]},
    )
    assert not done.findings, done.findings[0].message
    assert done.tallies["SPREAD-002"].consistent == len(intervals())


def test_intervals_of_another_level_or_of_standard_errors_are_found_and_named():
    chosen = [each for each in intervals() if each["level"] == "99" and int(each["n"]) > 10]
    texts = {name: [printed(Fraction(each[name]), 4) for each in chosen] for name in ("mean", "sd", "lower", "upper")}
    done = asked(ci_of_mean, mean=texts | {"n": [each["n"] for each in chosen]})
    assert len(done.findings) == len(chosen)
    assert all("it fits a 99% interval" in each.explanations for each in done.findings)
    texts = {name: [printed(Fraction(each[name]), 4) for each in chosen] for name in ("mean", "lower", "upper")}
    texts |= {"sd": [printed(Fraction(each["se"]), 4) for each in chosen], "level": ["99%"] * len(chosen)}
    done = asked(ci_of_mean, mean=texts | {"n": [each["n"] for each in chosen]})
    assert all("looks like a standard error" in each.explanations[0] for each in done.findings)
    assert len(done.findings) == len(chosen)


def pools(seed, how_many, least=3, most=9):
    """Pools of studies with deviations of realistic scatter, one study mixed up in some of them."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(how_many):
        sizes = rng.integers(8, 200, rng.integers(least, most + 1))
        sds = np.exp(2 + rng.normal(0, rng.choice([0.1, 0.25, 0.5]), len(sizes)))
        sds[0] *= sizes[0] ** rng.choice([0, -0.5, 0.5])
        sds[0] = sds[0] ** rng.choice([1, 1, 2])
        found.append([dict(study=f"s{at}", outcome=f"o{number}", n=str(n), sd=f"{sd:.3f}") for at, (n, sd) in enumerate(zip(sizes, sds, strict=True))])  # fmt: skip
    return found


def by_hand(rows, at):
    """The three rules from their sentences: logarithms of the others, their median, range and scatter."""
    logs = [math.log(float(each["sd"])) for each in rows]
    others, own, n = logs[:at] + logs[at + 1 :], logs[at], int(rows[at]["n"])
    middle = np.median(others)
    scatter = 1.4826 * np.median(np.abs(np.array(logs) - np.median(logs)))
    limit = max(math.log(3), 5 * math.hypot(scatter, math.sqrt(1 / (2 * (n - 1)))))
    inside = [min(others) <= each <= max(others) for each in (own + math.log(n) / 2, own - math.log(n) / 2, own / 2)]
    low, high = middle - own > limit, own - middle > limit
    return (low and inside[0], high and inside[1], (low or high) and inside[2]) if len(others) >= 4 else None


@pytest.mark.parametrize(
    ("at", "rule"), [(0, sd_looks_like_se), (1, se_looks_like_sd), (2, sd_looks_like_other_spread)]
)
def test_a_study_is_out_of_line_with_its_pool_just_where_the_formula_by_hand_says_so(at, rule):
    studies = pools(at, 300)
    done = asked(rule, mean=columns([each for pool in studies for each in pool]))
    answers = {
        (one["outcome"], one["study"]): by_hand(pool, place) for pool in studies for place, one in enumerate(pool)
    }
    expected = {key for key, answer in answers.items() if answer and answer[at]}
    found = {(each.outcome, each.study) for each in done.findings}
    assert len(expected ^ found) <= 1, expected ^ found  # the pool is held with five digits
    assert len(expected) > 20
    assert done.tallies[rule.id].cannot_tell == sum(answer is None for answer in answers.values())


def test_two_arms_are_far_apart_just_where_cohens_d_is_above_three():
    rng = np.random.default_rng(3)
    rows, expected = [], 0
    for number in range(400):
        sizes, sds = rng.integers(10, 60, 2), np.round(rng.uniform(1, 3, 2), 2)
        means = np.round([0, rng.uniform(2, 10)], 2)
        pooled = math.sqrt(((sizes - 1) * sds**2).sum() / (sizes.sum() - 2))
        if abs(abs(means[1] - means[0]) / pooled - 3) < 0.05:
            continue
        expected += abs(means[1] - means[0]) / pooled > 3
        rows += [dict(study=f"s{number}", arm=arm, outcome="o", n=str(n), mean=f"{m:.2f}", sd=f"{sd:.2f}")
                 for arm, n, m, sd in zip(("new", "old"), sizes, means, sds, strict=True)]  # fmt: skip
    arms = [dict(study=each["study"], arm=each["arm"], label="arm", role="experimental" if each["arm"] == "new" else "control") for each in rows]  # fmt: skip
    done = asked(difference_in_sds, arm=columns(arms), mean=columns(rows))
    assert (len(done.findings), done.tallies["SPREAD-006"].checked) == (expected, len(rows) // 2)
    assert {each.severity for each in done.findings} == {"note"}
