"""Table 2 of zhong-2021 pooled again: the kept page is what the script gives, and every assignment is tried."""

import itertools
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
HERE = ROOT / "examples" / "lenalidomide"
sys.path.insert(0, str(HERE))

from repooling import arithmetic, page, records, report, search, verdicts  # noqa: E402 - the example is no package

KEPT = HERE / "zhong-2021" / "repooled.md"
SLOW = {"vgpr", "sd"}


@pytest.fixture(scope="module")
def rows():
    return records.rows(HERE / "zhong-2021")


@pytest.fixture(scope="module")
def quick(rows):
    return [verdicts.judge(row) for row in rows if row.outcome not in SLOW]


@pytest.mark.slow
def test_the_kept_page_is_current_in_every_row_that_is_quick_to_search(quick):
    made, kept = report.markdown(quick, verdicts.shared(quick)).splitlines(), KEPT.read_text("utf-8").splitlines()
    about_all = [line for line in made if line.startswith("**") and "of Table 2 agree" in line]
    assert [line for line in made if line not in kept and line not in about_all] == []


@pytest.mark.slow
def test_the_kept_page_is_current(rows, quick):
    found = [
        verdicts.judge(row) if row.outcome in SLOW else next(one for one in quick if one.row == row) for row in rows
    ]
    assert report.markdown(found, verdicts.shared(found)) == KEPT.read_text("utf-8")


def test_every_printed_row_is_there(rows):
    assert [row.label for row in rows if row.in_table] == [
        "MR", "CR", "PR", "VGPR", "SD", "PD", "Acute GVHD", "Chronic GVHD", "Infection", "Thrombocytopenia",
        "Neutropenia", "Pain", "Peripheral neuropathy", "PFS (≥2 years)", "OS (≥2 years)",
    ]  # fmt: skip
    assert [row.label for row in rows if not row.in_table] == [
        f"{name}, Discussion" for name in ("CR", "PR", "VGPR", "PD")
    ]


def test_progression_free_survival_is_theirs_to_the_last_digit(quick):
    one = next(one for one in quick if one.row.outcome == "pfs")
    assert one.verdict == "agrees"
    assert one.nearest.way == arithmetic.Way("1/(n + 1)", "common", "sine")
    printed = {"estimate": 0.584, "lower": 0.499, "upper": 0.667, "p_heterogeneity": 0.890, "i2": 0.0}
    assert {name: round(value, 3) for name, value in one.nearest.values.items()} == printed


def test_no_other_row_follows_from_any_reading_of_unclear_cells_or_set_of_studies(quick):
    levels = ("read", "subset", "free", "free subset")
    found = {one.row.label for one in quick for level in levels if one.tallies[level].whole}
    assert found <= {"PFS (≥2 years)", "CR, Discussion", "PR, Discussion", "PD, Discussion"}


def test_two_totals_close_three_rows(quick):
    (first, *_) = verdicts.shared(quick)
    assert first.totals == {"kroger-2013": 25, "bensinger-2014": 18}
    closed = [row.label for row, example in first.found if len(example.fits) == 5]
    assert closed == ["Infection", "Thrombocytopenia", "Pain"]


def test_the_common_effect_has_weights_n_plus_one_half():
    x, n = np.array([[12.0], [30.0], [5.0]]), np.array([[50.0], [110.0], [40.0]])
    made = {one.way: one.values for one in arithmetic.pooled(x, n, x >= 0)}
    t = np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))
    theta = (t * (n + 0.5)).sum() / (n + 0.5).sum()
    assert made[arithmetic.Way("1/(n + 1/2)", "common", "sine")]["estimate"][0] == pytest.approx(np.sin(theta / 2) ** 2)


def test_every_assignment_of_a_level_is_tried_once(rows):
    for row in rows:
        if row.outcome in {"pain", "neutropenia", "mr"}:
            for level in ("read", "subset", "free"):
                (options,) = search.products(row, level)
                lines = list(itertools.product(*(zip(x, n, strict=True) for x, n in options)))
                enough = [line for line in lines if sum(x >= 0 for x, _ in line) > 1]
                assert len(set(enough)) == len(enough) == search.search(row, level).tried


def test_p_and_i2_that_no_q_gives_are_told_apart_from_those_that_one_gives():
    assert arithmetic.may_go_together([(0.3515, 0.3525)], (9.55, 9.65), 8) == [5]
    assert arithmetic.may_go_together([(0.1685, 0.1695)], (79.05, 79.15), 8) == []
    assert arithmetic.may_go_together([(0.6275, 0.6285)], (-0.05, 0.05), 4) == [2, 3, 4]


def test_the_terminal_table_fits_a_hundred_columns_and_the_page_names_every_row(quick):
    sets = verdicts.shared(quick)
    assert max(map(len, report.terminal(quick, sets))) <= 100
    text = page.html(quick, sets, {})
    assert all(f">{one.row.label}</th>" in text for one in quick)
    assert '<html lang="en">' in text
