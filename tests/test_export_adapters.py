"""Files for other programs: what they hold, what they leave out and say so, and that the programs read them."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import adapter_cases as cases
import pyarrow as pa
import pytest

from schemas.dataset import ANALYSIS_TABLES, resource
from schemas.measures import MEASURES, METHODS
from schemas.programs import PROGRAMS
from store.export.adapters import ADAPTERS, meta, metafor, pymare, revman, robvis
from store.export.adapters.common import analyses
from store.export.adapters.effects import effects_of
from store.export.adapters.robvis import columns_of

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
  "plo-glmm" = rma.glmm(measure = "PLO", xi = xi, ni = ni, data = single))
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


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def left_out(content: bytes) -> dict[str, str]:
    return {row["name"]: row["reason"] for row in rows_of(content)}


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


# every adapter


def test_names_and_titles_are_distinct():
    assert list(ADAPTERS) == [each.name for each in ADAPTERS.values()] == list(PROGRAMS)
    assert len({each.title for each in ADAPTERS.values()}) == len(ADAPTERS)


@pytest.mark.parametrize("name", ADAPTERS)
def test_equal_tables_give_equal_bytes(name):
    assert ADAPTERS[name].make(cases.dataset()) == ADAPTERS[name].make(TABLES)


def test_no_two_adapters_write_one_file():
    named = [name for each in ADAPTERS.values() for name in each.make(TABLES)]
    assert len(named) == len(set(named))
    assert not {name for name in named if Path(name).name != name}


@pytest.mark.parametrize("name", ADAPTERS)
@pytest.mark.parametrize("tables", [{}, cases.dataset([]), cases.entities()])
def test_a_dataset_without_analyses_is_no_mistake(name, tables):
    assert ADAPTERS[name].make(tables)


@pytest.mark.parametrize("name", ["meta", "revman", "pymare", "robvis"])
def test_no_cell_starts_a_formula(name):
    for file, content in ADAPTERS[name].make(TABLES).items():
        if file.endswith(".csv"):
            cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
            assert not [cell for cell in cells if cell[:1] in {"=", "+", "@"}]


@pytest.mark.parametrize(("name", "file"), [("meta", "meta-effects.csv"), ("revman", "revman-5.csv"), ("pymare", "pymare.csv")])  # fmt: skip
def test_a_label_that_looks_like_a_formula_is_guarded(name, file):
    assert b'"\'=SUM(A1)"' in ADAPTERS[name].make(TABLES)[file]


@pytest.mark.parametrize(("name", "listed"), [("meta", "meta-analyses.csv"), ("revman", "revman-overall-estimates-and-settings.csv")])  # fmt: skip
def test_every_analysis_is_taken_or_left_out_with_a_reason(name, listed):
    files = ADAPTERS[name].make(TABLES)
    gone = left_out(files[f"{name}-left-out.csv"])
    taken = len(rows_of(files[listed]))
    assert all(gone.values())
    assert taken + len(gone) == len(TABLES["analyses"])
    assert taken > 10


# metafor


def test_the_script_knows_every_table_and_measure():
    text = metafor.make(TABLES)["metafor.R"].decode()
    assert "<tables>" not in text
    assert all(f"{resource(name)}.csv" in text for name in ANALYSIS_TABLES)
    assert all(f'{name:4} = "{each.scale}"' in text for name, each in MEASURES.items())


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


def test_the_published_example_of_metafor_is_reproduced(tmp_path):
    r = rscript()
    rows = [{**row, "studies": 13} for row in cases.analyses() if row["analysis"] == "rr"]
    cases.write(tmp_path, cases.dataset(rows), metafor.make({}))
    line = run([r, "metafor.R"], tmp_path)
    assert line.startswith("rr: k=13 RR REML estimate=-0.714532")
    assert "tau2=0.31324" in line


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


def test_a_table_that_is_gone_is_said_and_the_rest_goes_on(tmp_path):
    r = rscript()
    rows = [row for row in cases.analyses() if row["analysis"] in {"plo", "md"}]
    cases.write(tmp_path, cases.dataset(rows), metafor.make({}))
    (tmp_path / "analysis_single_counts.csv").unlink()
    lines = run([r, "metafor.R"], tmp_path).splitlines()
    assert lines[0] == "plo: not pooled: there is no file analysis_single_counts.csv"
    assert lines[1].startswith("md: k=4")


def test_the_scripts_are_r(folder):
    r = rscript()
    for name in ("metafor.R", "meta.R"):
        run([r, "-e", f"invisible(parse('{name}', encoding = 'UTF-8'))"], folder)


# PyMARE


def test_effects_and_variances_are_those_of_escalc(folder, tmp_path):
    (tmp_path / "effects.R").write_text(EFFECTS)
    lines = [line.split() for line in run([rscript(), str(tmp_path / "effects.R")], folder).splitlines()]
    theirs: dict[str, list[list[float]]] = {}
    for name, y, v in lines:
        theirs.setdefault(name, []).append([float(y), float(v)])
    ours = {each.name: effects_of(each) for each in analyses(TABLES)}
    assert set(theirs) == {name.lower() for name in MEASURES} - {"hr", "gen"}
    for name, pairs in theirs.items():
        assert ours[name].y.tolist() == pytest.approx([y for y, _ in pairs], rel=1e-12), name
        assert ours[name].v.tolist() == pytest.approx([v for _, v in pairs], rel=1e-12), name


def test_effects_as_reported_pass_through():
    rows = [row for row in rows_of(pymare.make(TABLES)["pymare.csv"]) if row["analysis"] == "hr"]
    assert [(row["y"], row["n"]) for row in rows] == [("-0.4155", ""), ("-0.1", ""), ("0.05", "")]


def test_a_study_without_an_effect_is_named():
    tables = dict(TABLES)
    few = TABLES["analysis_correlations"].to_pylist()
    few[0]["ni"] = 3
    tables["analysis_correlations"] = pa.Table.from_pylist(few, schema=TABLES["analysis_correlations"].schema)
    files = pymare.make(tables)
    gone = rows_of(files["pymare-left-out.csv"])
    assert [(row["what"], row["name"], row["study"]) for row in gone] == [("study of an analysis", "zcor", "s1")]
    assert "no finite effect" in gone[0]["reason"]
    assert len(rows_of(files["pymare.csv"])) == len(rows_of(pymare.make(TABLES)["pymare.csv"])) - 1


def test_the_example_runs_and_agrees_with_metafor(folder, tmp_path):
    pytest.importorskip("pymare", reason="needs PyMARE (pip install pymare)")
    printed = run([sys.executable, str(folder / "pymare_example.py")], tmp_path)
    lines = dict(line.split(": ", 1) for line in printed.splitlines())
    assert len(lines) == len(TABLES["analyses"])
    assert "estimate=-0.733402531809" in lines["rr-adhoc"]
    assert "[-1.119367170702" in lines["rr-adhoc"]
    assert lines["rr-mh"] == "not pooled: PyMARE has no MH; it has CE, DL, HE, ML, REML"
    assert sum(not line.startswith("not pooled") for line in lines.values()) > len(MEASURES)


# R meta


def test_columns_have_the_names_of_meta():
    files = meta.make(TABLES)
    assert rows_of(files["meta-single-counts.csv"])[0] == {
        "analysis": "plo", "sm": "PLOGIT", "studlab": 'Kröger, "A" 2001', "event": "22", "n": "52",
        "subgroup": "randomised", "study": "s1"}  # fmt: skip
    assert {"event.e", "n.e", "event.c", "n.c"} <= set(rows_of(files["meta-two-group-counts.csv"])[0])
    assert {"mean.e", "sd.c"} <= set(rows_of(files["meta-two-group-means.csv"])[0])
    assert {"TE", "seTE"} <= set(rows_of(files["meta-effects.csv"])[0])


def test_meta_is_told_how_to_pool():
    settings = {row["analysis"]: row for row in rows_of(meta.make(TABLES)["meta-analyses.csv"])}
    assert [settings["rr-mh"][name] for name in ("fun", "sm", "method", "model")] == ["metabin", "RR", "MH", "common"]
    assert settings["md-knha"]["method.random.ci"] == "HK"
    assert settings["rr-adhoc"]["adhoc.hakn.ci"] == "se"
    assert settings["plo-glmm"]["method"] == "GLMM"
    assert [settings["or-peto"][name] for name in ("sm", "method")] == ["OR", "Peto"]


def test_what_meta_cannot_pool_is_named():
    gone = left_out(meta.make(TABLES)["meta-left-out.csv"])
    assert set(gone) == {"smdh", "or-t", "peto", "mixed-up"}


def test_every_measure_has_a_place_in_a_design_or_a_reason():
    for name, each in MEASURES.items():
        assert name in meta.DESIGNS[each.table].measures or name == "SMDH"
    assert set(meta.POOLS) == set(meta.POOLING) < set(METHODS)


# RevMan


def test_rows_of_revman_5_are_comparison_analysis_study():
    rows = rows_of(revman.make(TABLES)["revman-5.csv"])
    place = [(row["Comparison Number"], row["Outcome Number"], row["Data Type"], row["Year of study"]) for row in rows]
    assert place[:3] == [("1", "0", "", ""), ("1", "1", "DIC", ""), ("1", "1", "", "2001")]
    assert [rows[0]["Name"], rows[1]["Group Label 1"], rows[1]["Analysis Model"]] == ["Lenalidomide versus Placebo", "Lenalidomide", "Random"]  # fmt: skip
    study = [rows[2][name] for name in ("Events 1", "Mean 1", "SD 1", "Total 1", "Events 2", "Total 2", "Weight")]
    assert study == ["4", "0", "0", "123", "11", "139", ""]


def test_revman_web_files_have_their_mark_and_columns():
    files = revman.make(TABLES)
    for name in ("data-rows", "overall-estimates-and-settings", "study-information", "risk-of-bias"):
        assert files[f"revman-{name}.csv"].startswith(b"\xef\xbb\xbf")
    settings = {row["Analysis name"]: row for row in rows_of(files["revman-overall-estimates-and-settings.csv"])}
    ratio = settings["Analysis hr"]
    assert [ratio[name] for name in ("Data type", "Effect measure", "Log-scale data", "Study CI")] == ["Contrast level", "Hazard Ratio", "TRUE", "95%"]  # fmt: skip
    assert settings["Analysis or-peto"]["Effect measure"] == "Peto Odds Ratio"
    rows = [row for row in rows_of(files["revman-data-rows.csv"]) if row["Analysis name"] == "Analysis hr"]
    assert next((row["GIV Mean"], row["GIV SE"]) for row in rows) == ("-0.4155", "0.1222")


def test_single_groups_stay_out_of_revman():
    gone = left_out(revman.make(TABLES)["revman-left-out.csv"])
    assert "two groups only" in gone["plo"]
    assert "RevMan takes no ratio of means" in gone["rom"]
    assert "rr" not in gone


def test_two_studies_of_one_label_are_told_apart():
    tables = dict(TABLES)
    studies = TABLES["study"].to_pylist()
    studies[0]["label"] = studies[1]["label"] = "Smith 2001"
    tables["study"] = pa.Table.from_pylist(studies, schema=TABLES["study"].schema)
    named = [row["Study"] for row in rows_of(revman.make(tables)["revman-study-information.csv"])]
    assert len(set(named)) == len(named)
    assert "Smith 2001 (s1)" in named


# risk of bias

APPRAISALS = [
    {"study": "s4", "tool": "RoB 2", "domain": "Bias arising from the randomization process", "judgement": "low", "support": "central"},
    {"study": "s4", "tool": "RoB 2", "domain": "Missing outcome data", "judgement": "some_concerns"},
    {"study": "s4", "tool": "RoB 2", "judgement": "high"},
    {"study": "s5", "tool": "RoB 2", "domain": "Selection of the reported result", "judgement": "unclear", "outcome": "os"},
    {"study": "s5", "tool": "RoB 2", "domain": "Selection of the reported result", "judgement": "low", "outcome": "cr"},
    {"study": "s4", "tool": "ROBINS-I", "domain": "confounding", "judgement": "high"},
    {"study": "s4", "tool": "QUADAS-2", "domain": "random sequence generation", "judgement": "low"},
    {"study": "s4", "tool": "QUADAS-2", "domain": "Index test: applicability", "judgement": "low"},
    {"study": "s4", "tool": "Newcastle-Ottawa", "score": "7"},
    {"study": "s4", "tool": "RoB 2", "domain": "Measurement of the outcome", "judgement": "yes"},
    {"tool": "RoB 1", "domain": "blinding", "judgement": "low"},
    {"study": "s4", "tool": "RoB 1", "domain": "blinding", "judgement": "unclear"},
    {"study": "s4", "tool": "RoB 2", "judgement": "low", "note": "second look"},
]  # fmt: skip


def test_each_tool_gets_a_table_in_its_vocabulary():
    files = robvis.make(cases.dataset([], APPRAISALS))
    lines = {row["Study"]: row for row in rows_of(files["robvis-rob2.csv"])}
    assert lines["Study 4"] == {"Study": "Study 4", "D1": "Low", "D2": "No information", "D3": "Some concerns",
                                "D4": "No information", "D5": "No information", "Overall": "High"}  # fmt: skip
    assert set(lines) == {"Study 4", "Study 5 (Complete remission)", "Study 5 (Survival)"}
    assert rows_of(files["robvis-robinsi.csv"])[0]["D1"] == "Serious"
    assert list(rows_of(files["robvis-robinsi.csv"])[0]) == ["Study", *(f"D{n}" for n in range(1, 8)), "Overall"]


def test_domains_a_tool_does_not_have_are_drawn_as_generic():
    domains = rows_of(robvis.make(cases.dataset([], APPRAISALS))["robvis-domains.csv"])
    quadas = [row for row in domains if row["file"] == "robvis-quadas2.csv"]
    assert quadas == [{"file": "robvis-quadas2.csv", "tool": "Generic", "column": "D1", "domain": "random sequence generation"}]  # fmt: skip
    assert {row["tool"] for row in domains if row["file"] == "robvis-rob2.csv"} == {"ROB2"}


def test_every_appraisal_is_drawn_or_named():
    gone = left_out(robvis.make(cases.dataset([], APPRAISALS))["robvis-left-out.csv"])
    assert set(gone) == {"a07", "a08", "a09", "a10", "a12"}
    assert "no layout for Newcastle-Ottawa" in gone["a08"]
    assert "'yes' is not one of" in gone["a09"]
    assert gone["a10"] == "it is about no single study"


@pytest.mark.parametrize(
    ("tool", "said", "columns"),
    [
        ("RoB 2", ["D3", "D1"], ["D1", "D3"]),
        ("RoB 2", ["Deviations from intended interventions"], ["D2"]),
        ("ROBINS-I", ["Bias in selection of participants into the study", "Bias in selection of the reported result"], ["D2", "D7"]),
        ("QUADAS-2", ["Flow and timing", "Patient selection"], ["D1", "D4"]),
    ],
)  # fmt: skip
def test_domains_go_to_their_places(tool, said, columns):
    places, kind = columns_of(tool, said)
    assert list(places.values()) == columns
    assert kind != robvis.GENERIC


def test_revman_gets_the_cochrane_tools():
    files = revman.make(cases.dataset([], APPRAISALS))
    lines = {row["Study"]: row for row in rows_of(files["revman-risk-of-bias.csv"])}
    randomised = "Bias arising from the randomization process"
    assert lines["Study 4"][f"Domain (judgement): {randomised}"] == "Low risk"
    assert lines["Study 4"][f"Domain (support): {randomised}"] == "central"
    assert lines["Study 5"]["Domain (judgement): Selection of the reported result: Complete remission"] == "Low risk"
    gone = left_out(files["revman-left-out.csv"])
    assert "RevMan has no layout for ROBINS-I" in gone["a05"]
    assert "'unclear' is not one of RoB 2's" in gone["a03"]
    assert "another record already judges" in gone["a12"]
