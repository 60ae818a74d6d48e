"""Words and digits of a result: the same in sentences, cells, tables and plots, and nothing of it draws."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import pooling.words
from pooling.effects.columns import slots
from pooling.models.one import meta, pool
from pooling.models.shown import SHOWN, shown
from pooling.plots import described, forest, funnel, leave_one_out, svg
from pooling.words.cells import cells
from pooling.words.phrases import heterogeneity, model, model_in_full, overall_test
from pooling.words.printing import FIRM, MINUS, fixed, p_cell
from pooling.words.reading import reading
from pooling.words.sentences import summary
from schemas.dataset import ANALYSIS_TABLES
from schemas.measures import MEASURES, METHODS, TESTS
from store.export.analyses.proposals import proposed

WORDS = [f"pooling.words.{each.stem}" for each in Path(pooling.words.__file__).parent.glob("[a-z]*.py")]
SINGLE = {"xi": [3, 0, 5, 12, 7, 2], "ni": [20, 15, 30, 40, 22, 50]}
TWO = {"ai": [4, 6, 3, 62], "n1i": [123, 306, 231, 13598], "ci": [11, 29, 11, 248], "n2i": [139, 303, 220, 12867]}
RESULTS = {
    "ratio": lambda: meta("RR", TWO),
    "common effect": lambda: meta("OR", TWO, method="MH"),
    "difference": lambda: meta("RD", TWO, test="knha"),
    "proportion": lambda: meta("PLO", SINGLE),
    "double arcsine": lambda: meta("PFT", SINGLE, back="sine", method="DL"),
    "rare": lambda: meta("PLO", {"xi": [1, 2, 0], "ni": [900, 1200, 800]}, method="GLMM"),
    "rate": lambda: meta("IRLN", {"xi": [5, 9, 12], "ti": [400.0, 610.0, 350.0]}),
    "correlation": lambda: meta("ZCOR", {"ri": [0.42, -0.1, 0.65], "ni": [52, 33, 108]}),
    "means": lambda: meta("MN", {"mi": [120.1, 119.8, 122.0], "sdi": [9.0, 8.0, 11.0], "ni": [500, 900, 750]}),
    "tiny": lambda: pool([1e-5, 2e-5, 4e-5], [1e-11, 2e-11, 1e-11]),
    "hundreds": lambda: pool(np.log([140.0, 90.0, 260.0]), [0.1, 0.2, 0.3], measure="RR"),
    "vast": lambda: pool([9.0, -9.0, 4.0], [1.0, 1.0, 1.0], measure="OR"),
    "negative": lambda: pool([-3.0, -4.0, -8.5], [1.1, 2.0, 3.0], measure="MD"),
}


@pytest.mark.parametrize("module", [*WORDS, "pooling.models.one", "pooling.run", "curation.report.html.pooled"])
def test_nothing_but_drawing_needs_matplotlib(module):
    code = f"import sys; sys.modules['matplotlib'] = None; import {module}"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def words_of(figure) -> list[str]:
    return [
        unescape(each).replace("\u2007", "").replace("\u2009", "")
        for each in re.findall(r">([^<>]+)</text>", svg(figure))
    ]


@pytest.mark.parametrize("name", RESULTS)
def test_the_same_digits_stand_everywhere(name):
    result = RESULTS[name]()
    row, said = cells(result), result.summary().replace("%", "")
    assert f" {row['estimate']} (95 CI {row['interval']})" in said
    assert f"{row['estimate']}</td><td>{row['interval']}</td>" in unescape(result._repr_html_())
    printed = [re.sub(r"[\u2000-\u200a ]+", " ", each) for each in words_of(forest(result))]
    whole = f"{row['estimate']} ({row['interval']})"
    assert whole in printed
    assert whole in described(forest(result))[1].replace("%", "").replace("95 CI ", "")
    if result.method not in {"MH", "GLMM"}:  # these are pooled again from counts, which a result does not hold
        assert whole in [re.sub(r"[\u2000-\u200a ]+", " ", each) for each in words_of(leave_one_out(result))]
    if row["prediction"]:
        assert f"may have {row['prediction']} (" in said
        assert f"({row['prediction']})" in printed


@pytest.mark.parametrize("name", RESULTS)
def test_heterogeneity_is_said_in_the_same_digits(name):
    result = RESULTS[name]()
    row, line = cells(result), heterogeneity(result)
    found = re.findall(r"(τ²|I²|P) [=<>] ?([^ ,()]+)", line)
    assert dict(found).get("τ²", "") == row["tau2"]
    assert dict(found)["I²"] == row["i2"]
    assert dict(found)["P"] == row["p_heterogeneity"].lstrip("<>")
    assert line.split(", Q")[1] in summary(result)
    assert line in described(forest(result))[1]
    assert row["i2"] in described(funnel(result))[1]


@pytest.mark.parametrize("name", RESULTS)
def test_p_is_said_of_comparisons_only(name):
    result = RESULTS[name]()
    compares = MEASURES[result.measure].null is not None
    assert bool(cells(result)["p"]) == bool(overall_test(result)) == compares
    assert ("studies; P" in result.summary()) == compares


def test_minus_signs_are_minus_signs():
    result = RESULTS["negative"]()
    assert cells(result)["estimate"].startswith(MINUS)
    assert "-" not in result.summary()
    assert fixed(-0.0004, 2) == "0.00"


def test_ratios_that_nobody_can_mean_are_said_as_bounds():
    assert cells(RESULTS["vast"]())["prediction"] == "<0.01 to >10000"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("test", TESTS)
def test_every_model_has_a_name(method, test):
    result = RESULTS["ratio"]()
    other = type(result)(result.measure, "", "log", method, test, 95.0, result.numbers, result.studies)
    assert model(other)[0].islower() or method in {"MH", "PETO"}
    assert method not in {"DL", "REML"} or method in model(other)
    assert (test == "z") == ("; intervals: " not in model_in_full(other))


@pytest.mark.parametrize(("values", "decimals"), [([0.5, 0.6], 1), ([0.004, 0.003], 2)])
def test_proportions_below_one_percent_have_another_decimal(values, decimals):
    result = pool(np.log(values), [0.01, 0.01], measure="PLN")
    assert reading(result).decimals == decimals


def test_nothing_is_a_blank_or_a_reason_and_never_nan():
    for result in (
        pool([], []),
        pool([np.nan], [1.0]),
        pool([0.2], [0.1]),
        meta("PLO", SINGLE | {"xi": [0] * 6}, method="GLMM"),
    ):
        row = cells(result)
        assert "nan" not in " ".join(map(str, row.values()))
        assert "nan" not in result.summary()
        assert not row["i2"] or result.k > 1
    assert cells(pool([], []))["estimate"] == "Nothing to pool"
    assert p_cell(float("nan")) == ""


def test_numbers_stay_with_what_they_are():
    lines = [each for each in words_of(forest(RESULTS["ratio"]())) if "Heterogeneity" in each]
    assert lines
    assert not any(FIRM in each for each in lines)
    assert not any(re.search(r"[=<]$", each) for each in lines)


@pytest.mark.parametrize("back", ["harmonic", "sine"])
def test_a_study_shows_its_own_proportion_whatever_the_custom_of_the_pooled_one(back):
    result = meta("PFT", SINGLE, back=back)
    assert result.study_natural.estimate == pytest.approx(np.array(SINGLE["xi"]) / np.array(SINGLE["ni"]), abs=1e-12)
    assert "15.0" in " ".join(words_of(forest(result)))


def test_the_sine_is_left_where_the_size_is_not_known():
    whole = meta("PFT", SINGLE)
    own = pool(whole.studies.y, whole.studies.v, measure="PFT", back="sine", size=[20, 0, 30, 40, 22, 50]).study_natural
    assert own.estimate[0] == pytest.approx(3 / 20)
    assert own.estimate[1] == pytest.approx(np.sin(whole.studies.y[1]) ** 2)


def test_an_estimate_of_one_group_has_no_value_of_no_effect():
    result = meta("EST", {"yi": [3.1, 2.9, 4.0], "sei": [0.2, 0.3, 0.2]})
    assert reading(result).null is None
    assert cells(result)["p"] == ""
    assert "P =" not in result.summary().split("Heterogeneity")[0]
    assert not any("Test of no effect" in each for each in words_of(forest(result)))
    assert not any("P <" in each or "< P" in each for each in words_of(funnel(result)))


NUMBERS = {
    "xi": 3,
    "ni": 20,
    "ai": 4,
    "n1i": 12,
    "ci": 5,
    "n2i": 15,
    "ti": 30.5,
    "x1i": 4,
    "t1i": 80,
    "x2i": 5,
    "t2i": 90,
}
NUMBERS |= {"mi": 5.5, "sdi": 1.5, "m1i": 5.5, "sd1i": 1.5, "m2i": 4.5, "sd2i": 1.25, "ri": 0.5, "yi": 0.1, "vi": 0.2}


@pytest.mark.parametrize("measure", MEASURES)
def test_meta_gives_plots_the_numbers_of_the_studies(measure):
    table = MEASURES[measure].table
    data = {slot[0]: [NUMBERS[slot[0]]] * 2 for slot in slots(table)}
    found = meta(measure, data).studies.shown
    assert list(found) == list(SHOWN[table])
    assert all(len(cell) == 2 for cell in found.values())
    forest(meta(measure, data))


def test_every_analysis_table_says_what_is_shown():
    assert set(SHOWN) == set(ANALYSIS_TABLES)
    for table, headings in SHOWN.items():
        declared = {each.name for each in ANALYSIS_TABLES[table].numbers}
        assert {name for names in headings.values() for name in names} <= declared


def test_totals_are_shown_where_only_parts_are_given_and_large_numbers_in_full():
    assert shown("OR", {"ai": [4], "bi": [1234563], "ci": [np.nan], "di": [7]}) == {
        "Events/total, 1": ("4/1234567",), "Events/total, 2": ("–/–",)}  # fmt: skip
    assert shown("MD", {"m1i": 155, "sd1i": 47.5, "n1i": 55, "m2i": 75, "sd2i": 64, "n2i": 75})["Mean (SD), n, 1"] == (
        "155 (47.5), 55",
    )


@pytest.mark.parametrize(
    ("detail", "measure"), [("HR", "HR"), ("OR", "GEN"), ("COR", "GEN"), ("mean", "EST"), ("rate", "EST"), ("other", "EST")]
)  # fmt: skip
def test_reported_effects_are_tested_against_no_effect_only_where_there_is_one(detail, measure):
    found = proposed(pd.DataFrame({"table": ["effects"], "detail": [detail], "units": [1]}))
    assert found["measure"].tolist() == [measure]
    assert found["scale"].tolist() == [{"HR": "log", "OR": "log", "COR": "fisher_z"}.get(detail, "none")]
