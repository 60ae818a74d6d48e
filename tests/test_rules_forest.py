"""Pooled results against metafor: the same numbers, and every rule silent on what R prints, however it is rounded."""

import csv
from collections import Counter
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pytest

from curation.engine.registry import rules
from curation.engine.run import check
from schemas.between_studies import ESTIMATORS, dersimonian_laird, hedges, hunter_schmidt, sidik_jonkman
from schemas.pooling_arithmetic import Studies, pooled_range, q_range, scatter_range, se_range
from schemas.scales import RATIO_MEASURES
from schemas.strategies.draw import draw_from
from schemas.strategies.pooled_worlds import WORLDS
from schemas.strategies.stack import arrow_tables, stack

CLOSED = {"DL": dersimonian_laird, "HE": hedges, "HS": hunter_schmidt, "SJ": sidik_jonkman}
UNIVARIATE = ("FE", *ESTIMATORS)
FAMILY = {f"POOLED-{number:03d}" for number in range(1, 36)}
EXACT = 1e-8


def _rows():
    with (Path(__file__).parent / "oracles" / "pooled.csv").open() as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


ROWS = _rows()


def numbers(text):
    return np.array([float(each) for each in text.split()])


def point(y, v):
    """Studies without any rounding."""
    return Studies(y[None], y[None], v[None], v[None], np.array([True]))


def of_methods(*methods):
    return [row for row in ROWS if row["method"] in methods]


@pytest.mark.parametrize("method", UNIVARIATE)
def test_point_studies_give_what_metafor_gives(method):
    for row in of_methods(method):
        studies = point(numbers(row["y"]), numbers(row["v"]))
        tau2 = np.full(1, 0.0 if method == "FE" else float(row["tau2"]))
        np.testing.assert_allclose(q_range(studies), float(row["q"]), rtol=EXACT)
        np.testing.assert_allclose(pooled_range(studies, tau2, tau2), float(row["estimate"]), rtol=EXACT, atol=1e-10)
        if row["test"] == "z":
            np.testing.assert_allclose(se_range(studies, tau2, tau2), float(row["se"]), rtol=EXACT)
        if method in CLOSED:
            np.testing.assert_allclose(CLOSED[method](studies), tau2[0], rtol=EXACT, atol=1e-10)


@pytest.mark.parametrize("method", ESTIMATORS)
def test_every_estimator_knows_its_own_tau2_and_no_other(method):
    rows = [row for row in of_methods(method) if row["test"] == "z"]
    assert len(rows) > 60
    lost = []
    for row in rows:
        studies, tau2 = point(numbers(row["y"]), numbers(row["v"])), float(row["tau2"])
        at = lambda low, high, studies=studies: bool(ESTIMATORS[method](studies, np.full(1, low), np.full(1, high))[0])
        assert at(max(0.0, tau2 - 1e-6 * (1 + tau2)), tau2 + 1e-6 * (1 + tau2)), row["id"]
        lost.append(at(1.2 * tau2 + 0.02, 1.3 * tau2 + 0.03))
    assert np.mean(lost) < 0.05, "another tau2 should not fit"


def test_c_rises_with_every_weight_so_that_its_range_holds_every_choice():
    rng = np.random.default_rng(1)
    least = rng.uniform(0.01, 1, (200, 6))
    most = least * rng.uniform(1, 1.5, least.shape)
    y = rng.normal(0, 1, least.shape)
    low, high = y - rng.uniform(0, 0.2, y.shape), y + rng.uniform(0, 0.2, y.shape)
    studies = Studies(low, high, least, most, np.ones(200, dtype=bool))
    tau2 = np.zeros(200), np.full(200, np.inf)
    ranges = {
        "c": scatter_range(studies),
        "q": q_range(studies),
        "se": se_range(studies),
        "theta": pooled_range(studies, *tau2),
    }
    ranges |= {name: of(studies) for name, of in CLOSED.items()}
    for _ in range(60):
        corner = rng.random(y.shape) < rng.choice([0.0, 0.5, 1.0])
        mix = np.where(corner, rng.integers(0, 2, y.shape), rng.random(y.shape))
        one = Studies(*[low + mix * (high - low)] * 2, *[least + rng.permuted(mix) * (most - least)] * 2, studies.known)
        between = rng.exponential(0.3, 200)
        made = {
            "c": scatter_range(one)[0],
            "q": q_range(one)[0],
            "se": se_range(one)[0],
            "theta": pooled_range(one, between, between)[0],
        }
        made |= {name: of(one)[0] for name, of in CLOSED.items()}
        for name, values in made.items():
            assert np.all(ranges[name][0] <= values + 1e-9), name
            assert np.all(ranges[name][1] >= values - 1e-9), name


def printed(value, places, mode):
    return format(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), rounding=mode), "f")


def plot_of(row, places, mode):
    """What a paper would print of one of metafor's results."""
    natural = np.exp if row["measure"] in (*RATIO_MEASURES, "PETO") else lambda x: x
    show = lambda value, more=0: printed(natural(value), places + more, mode)
    measure = "OR" if row["measure"] == "PETO" else row["measure"]
    place, y, se = {"source": "r", "outcome": "o", "measure": measure}, numbers(row["y"]), np.sqrt(numbers(row["v"]))
    z = 1.959963984540054
    effects = [
        place | {"study": f"s{at}", "estimate": show(one), "lower": show(one - z * error), "upper": show(one + z * error)}
        for at, (one, error) in enumerate(zip(y, se, strict=True))
    ]  # fmt: skip
    if row["weights"]:
        for effect, weight in zip(effects, numbers(row["weights"]), strict=True):
            effect["weight"] = printed(weight, min(places, 2), mode) + "%"
    method, few = row["method"], row["test"] == "knha"
    model = {"FE": "common", "MH": "common", "PETO": "common"}.get(method, "random")
    ways = {"MH": "mantel_haenszel", "PETO": "peto"}
    whole = place | {
        "k": str(len(y)), "model": model, "tau2_estimator": method if model == "random" else "none",
        "pooling_method": ways.get(method, "inverse_variance"), "interval_method": "hartung_knapp" if few else "wald",
        "estimate": show(float(row["estimate"])), "lower": show(float(row["lower"])), "upper": show(float(row["upper"])),
        "q": printed(row["q"], places, mode), "df": str(len(y) - 1), "p_heterogeneity": printed(row["p_heterogeneity"], 3, mode),
    }  # fmt: skip
    if not few:
        whole |= {"z": printed(row["z"], places, mode), "p": printed(row["p"], 4, mode)}
    if method in ("FE", "DL") or (method not in ways and places == 2):  # others by another definition of I2: seldom
        whole |= {"i2": printed(row["i2"], 1, mode) + "%", "h2": printed(row["h2"], places, mode)}
    if model == "random":
        whole["tau2"] = printed(row["tau2"], 4, mode)
        if row["pi_lower"] and not few and len(y) > 2:
            whole |= {"pi_lower": show(float(row["pi_lower"])), "pi_upper": show(float(row["pi_upper"]))}
    if few:
        whole.pop("p_heterogeneity")
    return {"effect": effects, "pooled": [whole]}


@pytest.fixture(scope="module")
def of_r():
    cases = [
        plot_of(row, places, mode)
        for row in ROWS if not row["method"].startswith("SUBGROUPS")
        for places, mode in ((2, ROUND_HALF_UP), (3, ROUND_HALF_EVEN), (4, ROUND_HALF_UP))
    ]  # fmt: skip
    return len(cases), check(arrow_tables(stack(cases)), [each for each in rules() if each.id in FAMILY])


@pytest.mark.slow
def test_what_metafor_prints_raises_no_error_and_no_warning_but_i2_by_another_definition(of_r):
    number, done = of_r
    assert number >= 2000
    assert not done.crashed
    grave = [one for one in done.findings if one.severity != "note" and "REML" not in " ".join(one.explanations)]
    assert not grave, [(one.rule, one.message, one.explanations) for one in grave[:5]]
    assert not [one for one in done.findings if one.severity == "error"]


@pytest.mark.slow
def test_every_rule_of_forest_plots_has_judged_metafors_results(of_r):
    judged = {rule: tally.consistent for rule, tally in of_r[1].tallies.items()}
    for number in (12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 23, 24, 25, 26, 34, 35):
        assert judged[f"POOLED-{number:03d}"] > (200 if number == 26 else 500), (number, judged)


def test_subgroups_of_metafor_divide_heterogeneity_as_the_rules_say():
    cases = []
    for row in [each for each in ROWS if each["method"].startswith("SUBGROUPS")]:
        for places, mode in ((2, ROUND_HALF_UP), (3, ROUND_HALF_EVEN)):
            model = "common" if row["method"].endswith("FE") else "random"
            common = {
                "source": "r",
                "outcome": "o",
                "measure": "MD",
                "split": "part",
                "model": model,
                "pooling_method": "inverse_variance",
            }
            parts = [
                common | {"analysis_set": name, "estimate": printed(b, places, mode), "lower": printed(b - 1.959963984540054 * se, places, mode),
                          "upper": printed(b + 1.959963984540054 * se, places, mode), "q": printed(q, places, mode)}
                for name, b, se, q in zip("ab", numbers(row["estimate"]), numbers(row["se"]), numbers(row["q_within"]), strict=True)
            ]  # fmt: skip
            test = {
                "df_between": "1",
                "q_between": printed(row["q_between"], places, mode),
                "p_between": printed(row["p_between"], 3, mode),
            }
            cases.append({"pooled": [*parts, common | test | {"q": printed(row["q"], places, mode)}]})
    done = check(arrow_tables(stack(cases)), [each for each in rules() if each.id in FAMILY])
    assert not done.crashed
    assert [one.message for one in done.findings] == []
    assert min(done.tallies[f"POOLED-{number:03d}"].consistent for number in (27, 28, 29, 30)) > 50


@pytest.mark.parametrize("world", WORLDS)
def test_true_worlds_raise_nothing(world):
    done = check(
        arrow_tables(stack(WORLDS[world](draw_from([seed, 5])) for seed in range(300))),
        [each for each in rules() if each.id in FAMILY],
    )
    assert not done.crashed
    assert Counter(one.rule for one in done.findings if one.severity != "note") == Counter()
