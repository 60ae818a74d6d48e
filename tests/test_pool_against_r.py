"""The same dataset pooled by the exported metafor script in R and by ``curation pool``: the same numbers in every analysis."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pool_example as example
import pytest

from curation.intake.read import read
from schemas.dataset import ANALYSIS_TABLES, resource
from schemas.measures import ESTIMATORS, METHODS, TESTS
from store.export import export
from store.export.adapters import ADAPTERS

CORPUS = Path(__file__).resolve().parents[1] / "examples" / "lenalidomide"
CLOSED, ITERATIVE = 1e-10, 1e-6
"""Relative agreement of what is computed in one go, and of what is found step by step."""
BY_STEPS = {"REML", "ML", "PM", "EB", "SJ", "GLMM"}
SAME = {
    "estimate": "yi_estimate", "lower": "yi_lower", "upper": "yi_upper", "natural": "estimate", "natural_lower": "lower",
    "natural_upper": "upper", "tau2": "tau2", "I2": "i2", "Q": "q", "Q_p": "p_heterogeneity", "p": "p",
}  # fmt: skip
"""Column of metafor's results -> column of ours."""
PERCENT = {"I2"}


pytestmark = pytest.mark.r


@cache
def rscript() -> str:
    """Path of an Rscript that has metafor; the test fails or is skipped where there is none."""
    found = shutil.which("Rscript")
    asked = "quit(status = !all(nzchar(sapply(c('metafor', 'lme4'), function(each) system.file(package = each)))))"
    if found and subprocess.run([found, "-e", asked], capture_output=True, check=False).returncode == 0:
        return found
    reason = "needs Rscript with metafor and lme4; CURATION_REQUIRE_R=1 makes this a failure"
    (pytest.fail if os.environ.get("CURATION_REQUIRE_R") == "1" else pytest.skip)(reason)
    return ""


def variants(folder: Path) -> None:
    """Have the dataset list every measure, and every method and test that a table can have, each with its own rows."""
    listed = {row["analysis"]: row for row in example.read_rows(folder / "analyses.csv")}
    tables = {name: example.read_rows(folder / f"{resource(name)}.csv") for name in ANALYSIS_TABLES}
    rows: dict[str, example.Rows] = {name: list(each) for name, each in tables.items()}
    for base in ("cr", "cr.control", "inf", "inf.control", "age", "age.control", "dose.cor", "os.hr"):
        name = listed[base]["table"]
        for change in _ways(name, listed[base]["measure"]):
            new = f"{base}.{'.'.join(change.values())}"
            listed[new] = listed[base] | change | {"analysis": new}
            own = [row | {"analysis": new} for row in tables[name] if row["analysis"] == base]
            rows[name] += own[: int(change.get("studies", len(own)))]
    example.write_rows(folder / "analyses.csv", list(listed.values()))
    for name, each in rows.items():
        example.write_rows(folder / f"{resource(name)}.csv", each)


def _ways(table: str, proposed: str) -> list[dict[str, str]]:
    """What to change: the measure; the method; the test and level; the number of studies; methods of counts."""
    measures = ANALYSIS_TABLES[table].measures
    found = [{"measure": each} for each in measures if table != "effects"]
    found += [{"method": each} for each in ("CE", *ESTIMATORS) if each != "REML"]
    found += [{"method": method, "test": test, "level": "90"} for method in ("DL", "REML") for test in TESTS]
    found += [{"studies": each} for each in ("1", "2")]
    found += [{"measure": each, "method": "MH"} for each in measures if each in {"RR", "OR", "RD", "IRR", "IRD"}]
    found += [{"measure": each, "method": "PETO"} for each in measures if each == "OR"]
    found += [{"measure": each, "method": "GLMM", "test": test} for each in measures if each == "PLO" for test in "zt"]
    return found + [{"method": "MH"}] * (proposed in {"PLO", "MD", "HR"})


def in_r(folder: Path, out: Path) -> dict[str, dict[str, str]]:
    done = subprocess.run([rscript(), folder / "metafor.R", out], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {row["analysis"]: row for row in example.read_rows(out)}


def ours(folder: Path, out: Path) -> dict[str, dict[str, str]]:
    example.call("pool", folder, "--out", out, "--plots", "none")
    return {row["analysis"]: row for row in example.read_rows(out / "results.csv")}


def differences(theirs: dict[str, dict[str, str]], mine: dict[str, dict[str, str]]) -> list[str]:
    """Every number that is not the same, in words."""
    assert list(theirs) == list(mine)
    found = []
    for name, row in mine.items():
        if int(theirs[name]["k"]) != (0 if row["estimate"] == "" else int(row["k"])):
            found.append(f"{name}: k {theirs[name]['k']} in R, {row['k']} here")
        for their, own in SAME.items():
            a, b = theirs[name][their], row[own]
            size = 100.0 if their in PERCENT else 1.0
            if (a == "") != (b == "") or (a and not _agree(float(a), float(b), row["method"], size)):
                found.append(f"{name}: {their} {a} in R, {b} here")
    return found


def _agree(a: float, b: float, method: str, size: float) -> bool:
    """Within the tolerance of the number itself; next to nothing, within that of the size that such numbers have.

    lme4 takes the standard error of a mixed model from differences: a limit close to zero is as exact as its error.
    """
    near = ITERATIVE if method in BY_STEPS else CLOSED
    return math.isclose(a, b, rel_tol=near, abs_tol=near * size * (1 if method == "GLMM" else 1e-3))


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """Every table, measure, method and test: the results of R and ours."""
    rscript()
    place = tmp_path_factory.mktemp("review")
    folder = example.written(place, "metafor")
    variants(folder)
    return in_r(folder, place / "r.csv"), ours(folder, place / "out")


def test_every_measure_method_and_test_gives_what_metafor_gives(everything):
    assert differences(*everything) == []


def test_no_measure_method_or_test_is_missing(everything):
    mine = [row for row in everything[1].values() if row["status"] == "pooled"]
    tables = [each for name, each in ANALYSIS_TABLES.items() if name != "effects"]
    assert {row["measure"] for row in mine} == {each for table in tables for each in table.measures} | {"HR"}
    assert {row["method"] for row in mine} == set(METHODS)
    assert {row["test"] for row in mine} == set(TESTS)
    assert len(mine) > 150


def test_what_one_cannot_pool_the_other_cannot_either(everything):
    theirs, mine = everything
    failed = [name for name, row in mine.items() if row["estimate"] == ""]
    assert failed == [name for name, row in theirs.items() if row["estimate"] == ""]
    assert failed == ["cr.control.MH", "age.MH", "os.hr.MH"]


def test_the_bundled_review_gives_what_metafor_gives(tmp_path):
    rscript()
    folder = tmp_path / "dataset"
    export(read([CORPUS]).tables, [], folder, review="R", adapters=[ADAPTERS["metafor"].make])
    theirs, mine = in_r(folder, tmp_path / "r.csv"), ours(folder, tmp_path / "out")
    assert len(mine) >= 49
    assert differences(theirs, mine) == []
