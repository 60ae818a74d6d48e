"""Intervals of proportions and rates against R, rates against arithmetic in rationals."""

from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from rule_tables import asked, findings, printed, table

from schemas import proportions

ORACLE = Path(__file__).parent / "oracles" / "proportions.csv"


@pytest.fixture(scope="module")
def r():
    """R's results by column."""
    lines = [line for line in ORACLE.read_text().splitlines() if not line.startswith("#")]
    cells = [[np.nan if cell in ("NA", "NaN") else float(cell) for cell in line.split(",")] for line in lines[1:]]
    return dict(zip(lines[0].split(","), np.array(cells).T, strict=True))


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("exact", "Clopper-Pearson"), ("wilson", "Wilson"), ("wilson_cc", "Wilson with continuity correction (R)"),
        ("logit", "logit"), ("arcsine", "arcsine"), ("wald", "Wald, one half added"),
    ],
)  # fmt: skip
def test_intervals_of_proportions_are_those_of_r(r, theirs, ours):
    found = proportions.proportion_intervals(r["x"], r["n"], np.round(100 * r["level"], 6))[ours]
    for end, name in zip(found, ("low", "high"), strict=True):
        shown = np.clip(end, 0, 1) if theirs == "wilson_cc" else end
        np.testing.assert_allclose(shown, r[f"{theirs}_{name}"], atol=1e-12)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("garwood", "exact (Garwood)"), ("rate_log", "Wald on the logarithm, one half added"), ("rate_root", "square root"), ("rate_wald", "Wald")],
)  # fmt: skip
def test_intervals_of_rates_are_those_of_r(r, theirs, ours):
    found = proportions.event_intervals(r["x"], np.round(100 * r["level"], 6))[ours]
    some = r["x"] > 4 if theirs in ("rate_root", "rate_wald") else np.full(len(r["x"]), True)
    for end, name in zip(found, ("low", "high"), strict=True):
        np.testing.assert_allclose((end / r["t"])[some], r[f"{theirs}_{name}"][some], atol=1e-12)


METHODS = ("exact", "wilson", "wilson_cc", "logit", "arcsine", "wald")


@pytest.mark.parametrize("method", METHODS)
def test_printed_intervals_of_r_are_recognised(r, method):
    rng, decimals = np.random.default_rng(4), np.random.default_rng(5).integers(0, 3, len(r["x"]))
    ends = {
        name: printed(100 * np.clip(r[f"{method}_{end}"], 0, 1), decimals, rng)
        for name, end in (("lower", "low"), ("upper", "high"))
    }
    stated = [f"{100 * level:.0f}%" for level in r["level"]]
    counts = table(
        "count",
        events=[str(int(x)) for x in r["x"]],
        total=[str(int(n)) for n in r["n"]],
        level=stated,
        estimator="proportion",
        **ends,
    )
    assert [one.message for one in findings("COUNT-004", count=counts)] == []
    assert asked("COUNT-004", count=counts) == len(r["x"])


def test_an_interval_of_another_level_is_named():
    counts = table("count", events=["22"], total=["52"], lower=["25.1%"], upper=["60.9%"], estimator="proportion")
    (found,) = findings("COUNT-004", count=counts)
    assert "it is a 99% interval (Clopper-Pearson)" in found.explanations


def test_an_interval_of_half_the_width_is_found(r):
    r = {name: column[:40] for name, column in r.items()}
    middle, rng = (r["wilson_low"] + r["wilson_high"]) / 2, np.random.default_rng(6)
    ends = {
        name: printed(100 * (middle + by * (r["wilson_high"] - middle) / 2), np.full(40, 1), rng)
        for name, by in (("lower", -1), ("upper", 1))
    }
    counts = table(
        "count",
        events=[str(int(x)) for x in r["x"]],
        total=[str(int(n)) for n in r["n"]],
        estimator="proportion",
        level=[f"{100 * level:.0f}%" for level in r["level"]],
        **ends,
    )
    assert len(findings("COUNT-004", count=counts)) > 36


def test_events_go_with_participants_just_where_whole_numbers_do():
    pairs = list(product(range(8), range(8)))
    counts = table("count", events=[str(one) for one, _ in pairs], episodes=[str(two) for _, two in pairs])
    flagged = {one.records[0] for one in findings("COUNT-005", count=counts)}
    for at, (people, events) in enumerate(pairs):
        possible = events >= people and (events == 0) == (people == 0)
        assert (f"count-{at}" in flagged) != possible, (people, events)


def test_rates_agree_just_where_some_person_time_gives_them():
    cases = list(product(range(0, 6, 2), range(1, 12, 3), range(0, 12, 2), (1, 10)))
    rates = table(
        "rate",
        events=[str(x) for x, *_ in cases],
        person_time=[f"{t / 2:.1f}" for _, t, *_ in cases],
        rate=[f"{rate / 4:.2f}" for _, _, rate, _ in cases],
        per=[str(per) for *_, per in cases],
    )
    flagged = {one.records[0] for one in findings("RATE-001", rate=rates)}
    for at, (x, t, rate, per) in enumerate(cases):
        times = [Fraction(t, 2) + by * Fraction(1, 20) for by in (-1, 1)]
        shown = [Fraction(rate, 4) + by * Fraction(1, 200) for by in (-1, 1)]
        possible = Fraction(x * per) / times[1] <= shown[1] and Fraction(x * per) / times[0] >= shown[0]
        assert (f"rate-{at}" in flagged) != possible, (x, t, rate, per)


def test_a_rate_per_other_person_time_is_named():
    (found,) = findings("RATE-001", rate=table("rate", events=["12"], person_time=["843.5"], rate=["1.42"], per="1000"))
    assert found.severity == "error"
    assert "the rate fits if it is given per 100" in found.explanations
    (months,) = findings("RATE-001", rate=table("rate", events=["12"], person_time=["843.5"], rate=["17.1"], per="100"))
    assert any("months" in each for each in months.explanations)
