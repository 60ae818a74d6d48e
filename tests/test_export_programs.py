"""The files of an export in the programs they are for: R with metafor, and PyMARE, run on them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import adapter_cases as cases
import pyarrow as pa
import pytest
from adapter_cases import rows_of

from schemas.measures import MEASURES
from store.export.adapters import ADAPTERS, metafor
from store.export.adapters.common import analyses
from store.export.adapters.effects import effects_of

TABLES = cases.dataset()
R_REQUIRED = os.environ.get("CURATION_REQUIRE_R") == "1"

# Written by hand, apart from the script under test: each line a call as metafor's help has it.
DIRECT = r"""
suppressPackageStartupMessages(library(metafor))
tight <- list(threshold = 1e-14, tol = 1e-14, maxiter = 10000)
counts <- read.csv("analysis_two_group_counts.csv", encoding = "UTF-8"); counts <- counts[counts$analysis == "rr", ]
single <- read.csv("analysis_single_counts.csv", encoding = "UTF-8"); single <- single[single$analysis == "plo", ]
rates <- read.csv("analysis_two_group_rates.csv", encoding = "UTF-8"); rates <- rates[rates$analysis == "irr", ]
means <- read.csv("analysis_two_group_means.csv", encoding = "UTF-8"); means <- means[means$analysis == "md", ]
ri <- c(0.42, -0.1, 0.65); size <- c(52, 33, 108)
two <- function(...) rma(ai = ai, bi = bi, ci = ci, di = di, data = counts, control = tight, ...)
both <- function(...) rma(m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = means, control = tight, ...)
fits <- list(
  rr = two(measure = "RR"), or = two(measure = "OR"), peto = two(measure = "PETO"), rd = two(measure = "RD"),
  "rr-ml" = two(measure = "RR", method = "ML"), "rr-sj" = two(measure = "RR", method = "SJ"),
  "rr-he" = two(measure = "RR", method = "HE"), "rr-hs" = two(measure = "RR", method = "HS"),
  "rr-adhoc" = two(measure = "RR", method = "DL", test = "adhoc"), "or-t" = two(measure = "OR", method = "EB", test = "t"),
  "rr-mh" = rma.mh(measure = "RR", ai = ai, bi = bi, ci = ci, di = di, data = counts),
  "or-peto" = rma.peto(ai = ai, bi = bi, ci = ci, di = di, data = counts),
  "irr-mh" = rma.mh(measure = "IRR", x1i = x1i, t1i = t1i, x2i = x2i, t2i = t2i, data = rates),
  "md-knha" = both(measure = "MD", method = "PM", test = "knha"), "smd-ce" = both(measure = "SMD", method = "EE"),
  smdh = both(measure = "SMDH"), rom = both(measure = "ROM"),
  plo = rma(measure = "PLO", xi = xi, ni = ni, data = single, control = tight),
  pft = rma(measure = "PFT", xi = xi, ni = ni, data = single, control = tight),
  zcor = rma(measure = "ZCOR", ri = ri, ni = size, control = tight),
  "plo-glmm" = rma.glmm(measure = "PLO", xi = xi, ni = ni, data = single, nAGQ = 50,
                        control = list(glmerCtrl = list(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e5)),
                                       glmCtrl = list(epsilon = 1e-14, maxit = 100))))
for (name in names(fits)) {
  fit <- fits[[name]]
  cat(name, sprintf("%.17g", c(fit$k, fit$beta, fit$ci.lb, fit$ci.ub, fit$tau2)), "\n")
}
"""
EFFECTS = r"""
suppressPackageStartupMessages(library(metafor))
for (name in c("single_counts", "two_group_counts", "single_rates", "two_group_rates", "single_means",
               "two_group_means", "correlations")) {
  data <- read.csv(paste0("analysis_", name, ".csv"), encoding = "UTF-8")
  for (each in unique(data$analysis)) {
    measure <- toupper(each)
    if (!grepl("^[A-Z]+$", measure) || measure == "ALONE") next
    rows <- data[data$analysis == each, ]
    rows <- rows[, !(names(rows) %in% c("analysis", "study", "label", "year", "arm", "comparator", "derived", "records"))]
    found <- do.call(escalc, c(list(measure = measure), rows))
    for (n in seq_len(nrow(found))) cat(each, sprintf("%.17g", c(found$yi[n], found$vi[n])), "\n")
  }
}
"""


@cache
def r_with_metafor() -> str:
    """Path of an Rscript that has metafor; empty where there is none."""
    found = shutil.which("Rscript")
    test = "quit(status = !nzchar(system.file(package = 'metafor')))"
    there = found and subprocess.run([found, "-e", test], capture_output=True, check=False).returncode == 0
    return str(found) if there else ""


def rscript() -> str:
    if not r_with_metafor():
        if R_REQUIRED:
            pytest.fail("CURATION_REQUIRE_R is 1, and there is no Rscript with metafor")
        pytest.skip("needs Rscript with metafor; set CURATION_REQUIRE_R=1 to require it")
    return r_with_metafor()


def run(command: list[str], cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset with the files of all adapters, in a folder whose name has a blank."""
    files = {name: content for each in ADAPTERS.values() for name, content in each.make(TABLES).items()}
    return cases.write(tmp_path_factory.mktemp("clean data"), TABLES, files)


# metafor


@pytest.mark.r
def test_the_script_prints_what_metafor_finds(folder, tmp_path):
    r = rscript()
    printed = run([r, str(folder / "metafor.R"), str(tmp_path / "results.csv")], tmp_path)
    results = {row["analysis"]: row for row in rows_of((tmp_path / "results.csv").read_bytes())}
    assert len(results) == len(printed.splitlines()) == len(TABLES["analyses"])
    assert {each.name for each in folder.iterdir()} & {"results.csv", "Rplots.pdf"} == set()
    (tmp_path / "direct.R").write_text(DIRECT)
    lines = [line.split() for line in run([r, str(tmp_path / "direct.R")], folder).splitlines()]
    assert len(lines) == 21
    for name, k, *numbers in lines:
        found = [float(results[name][column]) for column in ("estimate", "lower", "upper", "tau2")]
        assert int(results[name]["k"]) == int(k)
        assert found == pytest.approx([float(each) for each in numbers], rel=1e-10, abs=1e-12), name
    check_rest(results)


def check_rest(results):
    """Numbers to hold against print: the published example, the natural scale, one study, and none."""
    assert float(results["hr"]["natural"]) == pytest.approx(0.843202596358832, rel=1e-10)
    assert float(results["pft"]["natural"]) == pytest.approx(0.4206614353560, rel=1e-10)
    alone = results["alone"]
    assert (alone["k"], alone["tau2"], alone["I2"]) == ("1", "0", "0")
    assert float(alone["natural"]) == pytest.approx(22 / 52, rel=1e-12)
    assert "k=1" in alone["note"]
    assert "not pooled: the Mantel-Haenszel method needs" in results["mixed-up"]["note"]
    assert results["mixed-up"]["estimate"] == ""


@pytest.mark.r
def test_the_published_example_of_metafor_is_reproduced(tmp_path):
    r = rscript()
    rows = [{**row, "studies": 13} for row in cases.analyses() if row["analysis"] == "rr"]
    cases.write(tmp_path, cases.dataset(rows), metafor.make({}))
    line = run([r, "metafor.R"], tmp_path)
    assert line.startswith("rr: k=13 RR REML estimate=-0.714532")
    assert "tau2=0.31324" in line


@pytest.mark.r
def test_an_estimate_that_swings_is_settled_with_smaller_steps(tmp_path):
    """Progressive disease in Zhong 2021, Table 1: plain Fisher scoring of REML never ends on these counts."""
    r = rscript()
    one = next(row for row in cases.analyses() if row["analysis"] == "plo") | {"studies": 5}
    tables = cases.dataset([one])
    rows = tables["analysis_single_counts"].to_pylist()
    for row, (x, n) in zip(rows, ((5, 52), (0, 30), (0, 30), (0, 16), (0, 24)), strict=True):
        row |= {"xi": x, "ni": n}
    rows.append(rows[1] | {"study": "s6", "label": "Study 6"})
    tables["analysis_single_counts"] = pa.Table.from_pylist(rows, schema=tables["analysis_single_counts"].schema)
    cases.write(tmp_path, tables, metafor.make({}))
    assert run([r, "metafor.R"], tmp_path).startswith("plo: k=6 PLO REML estimate=-3.21478942")


@pytest.mark.r
def test_a_table_that_is_gone_is_said_and_the_rest_goes_on(tmp_path):
    r = rscript()
    rows = [row for row in cases.analyses() if row["analysis"] in {"plo", "md"}]
    cases.write(tmp_path, cases.dataset(rows), metafor.make({}))
    (tmp_path / "analysis_single_counts.csv").unlink()
    lines = run([r, "metafor.R"], tmp_path).splitlines()
    assert lines[0] == "plo: not pooled: there is no file analysis_single_counts.csv"
    assert lines[1].startswith("md: k=4")


@pytest.mark.r
def test_the_scripts_are_r(folder):
    r = rscript()
    for name in ("metafor.R", "meta.R"):
        run([r, "-e", f"invisible(parse('{name}', encoding = 'UTF-8'))"], folder)


@pytest.mark.r
def test_effects_and_variances_are_those_of_escalc(folder, tmp_path):
    (tmp_path / "effects.R").write_text(EFFECTS)
    lines = [line.split() for line in run([rscript(), str(tmp_path / "effects.R")], folder).splitlines()]
    theirs: dict[str, list[list[float]]] = {}
    for name, y, v in lines:
        theirs.setdefault(name, []).append([float(y), float(v)])
    ours = {each.name: effects_of(each) for each in analyses(TABLES)}
    assert set(theirs) == {name.lower() for name in MEASURES} - {"hr", "gen", "est"}
    for name, pairs in theirs.items():
        assert ours[name].y.tolist() == pytest.approx([y for y, _ in pairs], rel=1e-12), name
        assert ours[name].v.tolist() == pytest.approx([v for _, v in pairs], rel=1e-12), name


# PyMARE


def test_the_example_runs_and_agrees_with_metafor(folder, tmp_path):
    printed = run([sys.executable, str(folder / "pymare_example.py")], tmp_path)
    lines = dict(line.split(": ", 1) for line in printed.splitlines())
    assert len(lines) == len(TABLES["analyses"])
    assert "estimate=-0.733402531809" in lines["rr-adhoc"]
    assert "[-1.119367170702" in lines["rr-adhoc"]
    assert lines["rr-mh"] == "not pooled: PyMARE has no MH; it has CE, DL, HE, ML, REML"
    assert sum(not line.startswith("not pooled") for line in lines.values()) > len(MEASURES)
