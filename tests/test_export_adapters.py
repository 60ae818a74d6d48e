"""Files for other programs: what they hold, and what they leave out and say so."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import adapter_cases as cases
import pyarrow as pa
import pytest
from adapter_cases import left_out, rows_of

from schemas.dataset import ANALYSIS_TABLES, resource
from schemas.measures import MEASURES, METHODS
from schemas.programs import PROGRAMS
from store.export.adapters import ADAPTERS, meta, metafor, pymare, revman

TABLES = cases.dataset()


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


# PyMARE


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
