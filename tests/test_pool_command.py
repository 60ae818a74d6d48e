"""The command pool on a real export: every analysis, every option, the files it writes and the sentences it refuses with."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pool_example as example
import pytest

from curation.commands.pool import pool_into
from pooling.dataset import read
from pooling.models.one import meta, pool
from pooling.models.results import STATUS
from pooling.run import Choice
from pooling.table import IDENTITY, NATURAL, OTHERS, SCALED
from schemas.dataset import ANALYSIS_TABLES

ROOT = Path(__file__).resolve().parents[1]
PLOTS = ("baujat", "forest", "funnel", "leave-one-out")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory) -> Path:
    return example.exported(tmp_path_factory.mktemp("review"))


@pytest.fixture
def copy(dataset, tmp_path) -> Path:
    """The dataset, free to be changed."""
    return Path(shutil.copytree(dataset, tmp_path / "dataset"))


def results(folder: Path) -> dict[str, dict[str, str]]:
    return {row["analysis"]: row for row in example.read_rows(folder / "results.csv")}


def pooled(dataset: Path, out: Path, *options: str, plots: str = "none") -> dict[str, dict[str, str]]:
    example.call("pool", dataset, "--out", out, "--plots", plots, *options)
    return results(out)


def files(folder: Path) -> dict[str, bytes]:
    return {each.relative_to(folder).as_posix(): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def process(*command: object, **more) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *map(str, command)], capture_output=True, text=True, env=environment, check=False, **more
    )


CALL = "from curation.cli import main; main()"


# what is pooled


def test_the_table_holds_every_number_of_every_analysis(dataset, tmp_path):
    found = pooled(dataset, tmp_path / "out")
    analyses = read(dataset).analyses
    assert {each.facts["table"] for each in analyses} == set(ANALYSIS_TABLES)
    assert list(found) == [each.id for each in analyses]
    for each in analyses:
        facts, data = each.facts, {name.name: each.rows[name.name] for name in ANALYSIS_TABLES[each.facts["table"]].numbers}  # fmt: skip
        if facts["table"] == "effects":
            one = pool(data["yi"], data["vi"], measure="HR", method="REML")
        else:
            one = meta(facts["measure"], data, method="REML")
        row = found[each.id]
        assert list(row) == [*IDENTITY, "status", "k", *NATURAL, *(f"yi_{name}" for name in SCALED), *OTHERS, "left_out", "notes"]  # fmt: skip
        said = {name: str(facts[name]) for name in IDENTITY} | {"level": "95", "status": STATUS[0], "k": str(one.k)}
        assert {name: row[name] for name in said} == said
        numbers = {name: getattr(one.natural, name) for name in NATURAL} | {f"yi_{name}": one.numbers[name] for name in SCALED}  # fmt: skip
        numbers |= {name: one.numbers[name] for name in OTHERS}
        assert {name: row[name] != "" for name in numbers} == {name: bool(np.isfinite(each)) for name, each in numbers.items()}  # fmt: skip
        assert {name: float(row[name]) for name, each in numbers.items() if np.isfinite(each)} == {name: each for name, each in numbers.items() if np.isfinite(each)}  # fmt: skip


def test_the_dataset_comes_with_the_script_for_r(dataset):
    assert (dataset / "metafor.R").is_file()
    assert read(dataset).changed == ()


def test_programs_read_the_same_numbers_from_json(dataset, tmp_path):
    found = pooled(dataset, tmp_path / "out")
    described = json.loads((tmp_path / "out" / "pooled.json").read_text("utf-8"))
    assert sorted(described["files"]) == sorted(files(tmp_path / "out"))
    for row, other in zip(described["results"], found.values(), strict=True):
        assert list(row) == list(other)
        for name, each in row.items():
            text = other[name]
            assert each == (float(text) if isinstance(each, float | int) else text or each), name
            assert (each is None) <= (text == "")


def test_only_the_analyses_asked_for(dataset, tmp_path):
    assert list(pooled(dataset, tmp_path / "out", "--only", "os.hr", "--only", "age")) == ["os.hr", "age"]


def test_a_measure_applies_where_an_analysis_can_have_it_and_is_said_how_often(dataset, tmp_path):
    done = example.call("pool", dataset, "--out", tmp_path, "--measure", "OR", "--plots", "none")
    found = results(tmp_path)
    assert {name: row["measure"] for name, row in found.items() if row["measure"] == "OR"} == {"cr": "OR"}
    assert found["cr"]["effect"] == "odds ratio"
    assert "curation: 1 of 11 analyses can have the measure OR; the others are pooled as proposed" in done.stderr


def test_effects_as_reported_keep_their_measure(dataset, tmp_path):
    done = example.call("pool", dataset, "--out", tmp_path, "--measure", "GEN", "--plots", "none")
    assert results(tmp_path)["os.hr"]["measure"] == "HR"
    assert "0 of 11 analyses can have the measure GEN; all are pooled as proposed" in done.stderr


def test_another_measure_in_the_list_brings_its_own_words(copy, tmp_path):
    example.edit(copy / "analyses.csv", lambda rows: [row | {"measure": "RD" if row["measure"] == "RR" else row["measure"]} for row in rows])  # fmt: skip
    assert pooled(copy, tmp_path / "out")["cr"]["effect"] == "risk difference"


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (["--method", "MH"], {"cr": ("RR", "MH"), "inf": ("IRR", "MH")}),
        (["--method", "mh", "--measure", "OR"], {"cr": ("OR", "MH"), "inf": ("IRR", "MH")}),
        (["--method", "PETO", "--measure", "OR"], {"cr": ("PETO", "PETO")}),
        (["--method", "PETO"], {}),
        (["--method", "GLMM"], {"cr.control": ("PLO", "GLMM"), "cr.experimental": ("PLO", "GLMM")}),
        (["--method", "GLMM", "--measure", "PR"], {}),
    ],
)
def test_methods_of_counts_apply_where_they_can(dataset, tmp_path, options, wanted):
    found = pooled(dataset, tmp_path, *options)
    rest = {name: row["method"] for name, row in found.items() if name not in wanted}
    assert {name: (row["measure"], row["method"]) for name, row in found.items() if name in wanted} == wanted
    assert set(rest.values()) == {"REML"}
    assert {row["status"] for row in found.values()} == {"pooled"}


def test_a_test_that_a_method_does_not_have_is_replaced_and_said(dataset, copy, tmp_path):
    found = pooled(dataset, tmp_path / "one", "--method", "MH", "--test", "knha")
    assert (found["cr"]["test"], found["cr.control"]["test"]) == ("z", "knha")
    assert found["cr"]["notes"] == "The test knha is not for the method MH; z was used."
    assert pooled(dataset, tmp_path / "two", "--method", "MH")["cr"]["yi_upper"] == found["cr"]["yi_upper"]
    example.edit(copy / "analyses.csv", lambda rows: [row | {"method": "GLMM" if row["measure"] == "PLO" else "REML", "test": "adhoc"} for row in rows])  # fmt: skip
    listed = pooled(copy, tmp_path / "three")
    assert "The test adhoc is not for the method GLMM; z was used." in listed["cr.control"]["notes"]


def test_a_method_that_the_list_gives_a_wrong_table_is_no_end_of_the_others(copy, tmp_path):
    example.edit(copy / "analyses.csv", lambda rows: [row | {"method": "MH"} for row in rows])
    done = example.call("pool", copy, "--out", tmp_path / "out", "--plots", "none")
    found = results(tmp_path / "out")
    assert [name for name, row in found.items() if row["status"] == "pooled"] == ["cr", "inf"]
    assert all(row["estimate"] == "" and row["status"].count(" ") > 3 for row in found.values() if row["status"] != "pooled")  # fmt: skip
    assert "11 analyses: 2 pooled, 0 of one study only, 9 not pooled" in done.stdout
    assert ">Not pooled<" in (tmp_path / "out" / "pooled.html").read_text("utf-8")


def test_the_level_is_that_of_every_interval(dataset, tmp_path):
    narrow, wide = (pooled(dataset, tmp_path / level, "--level", level) for level in ("80", "99"))
    assert {row["level"] for row in narrow.values()} == {"80"}
    assert all(float(narrow[name]["yi_upper"]) < float(wide[name]["yi_upper"]) for name in narrow)
    assert "99% CI" in (tmp_path / "99" / "pooled.html").read_text("utf-8")


# files


@pytest.mark.parametrize(("plots", "kinds"), [("none", ()), ("svg", ("svg",)), ("png", ("png",)), ("both", ("png", "svg"))])  # fmt: skip
def test_plots_are_written_as_asked_for(dataset, tmp_path, plots, kinds):
    pooled(dataset, tmp_path, "--only", "age", plots=plots)
    made = files(tmp_path)
    assert sorted(made) == sorted(
        [*(f"plots/age-{plot}.{kind}" for plot in PLOTS for kind in kinds), "pooled.html", "pooled.json", "results.csv"]
    )
    begins = {"png": b"\x89PNG", "svg": b"<?xml"}
    assert all(made[name].startswith(begins[name[-3:]]) for name in made if name.startswith("plots/"))
    assert (b"data:image/svg+xml" in made["pooled.html"]) == (plots != "none")


def test_the_same_dataset_gives_the_same_bytes_and_the_folder_only_what_was_made_last(dataset, tmp_path):
    pooled(dataset, tmp_path / "one", "--only", "os.hr", plots="both")
    pooled(dataset, tmp_path / "two", "--only", "inf", plots="svg")
    pooled(dataset, tmp_path / "two", "--only", "os.hr", plots="both")
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert len(files(tmp_path / "one")) == 4 * 2 + 3


def test_results_go_beside_the_dataset_if_no_folder_is_named(copy):
    example.call("pool", copy, "--plots", "none")
    assert (copy.parent / "dataset-pooled" / "results.csv").is_file()


def test_a_text_that_a_spreadsheet_would_run_is_guarded(copy, tmp_path):
    example.edit(copy / "analyses.csv", lambda rows: [row | {"title": "'=SUM(A1)"} for row in rows])
    assert {row["title"] for row in pooled(copy, tmp_path / "out").values()} == {"'=SUM(A1)"}


def test_an_analysis_without_any_number_leaves_blanks_and_its_reason(copy, tmp_path):
    example.edit(copy / "analysis_correlations.csv", lambda rows: [row | {"ri": "1"} for row in rows])
    found = pooled(copy, tmp_path / "out", "--only", "dose.cor", plots="svg")["dose.cor"]
    assert (found["k"], found["estimate"], found["yi_se"]) == ("0", "", "")
    assert found["status"] == STATUS[1]
    assert found["left_out"].count("; ") == 2


# streams and refusals


def test_results_go_to_stdout_and_progress_to_the_stderr_of_a_person(dataset, tmp_path):
    ours, theirs = pty.openpty()
    at_once = "import curation.commands.pool as pool; from functools import partial\npool.Progress = partial(pool.Progress, 0.0)\n"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", at_once + CALL, "pool", str(dataset), "--out", str(tmp_path / "out"), "--only", "age"],
        stdout=subprocess.PIPE, stderr=theirs, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True,
    )  # fmt: skip
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "pooling age: 0 of 1" in shown
    assert "drawing age: 0 of 1" in shown
    assert "\n" not in shown
    lines = done.stdout.decode().splitlines()
    assert lines[-1].startswith("1 analyses: 1 pooled") or lines[-1].startswith("1 analysis: 1 pooled")
    assert "drawing" not in done.stdout.decode()


def test_a_script_gets_nothing_on_stderr_and_lines_of_at_most_a_hundred_columns(dataset, tmp_path):
    done = example.call("pool", dataset, "--out", tmp_path / "out", "--plots", "none")
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1].startswith("11 analyses: 11 pooled")
    assert max(map(len, done.stdout.splitlines()[:-1])) <= 100


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--only", "cr.contrl"], "there is no analysis cr.contrl; analyses.csv lists 11, such as cr.control"),
        (["--level", "100"], "--level"),
        (["--method", "BAYES"], "--method"),
        (["--measure", "RRR"], "--measure"),
        (["--test", "F"], "--test"),
        (["--plots", "pdf"], "--plots"),
    ],
)
def test_a_wrong_call_is_a_sentence_and_writes_nothing(dataset, tmp_path, options, said):
    done = example.call("pool", dataset, "--out", tmp_path / "out", *options, code=2)
    assert said in done.stderr
    assert not done.stdout
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_dataset_is_a_sentence(tmp_path):
    for folder in ("missing", "."):
        assert (
            "give the folder that 'curation export REVIEW DIR' wrote"
            in example.call("pool", tmp_path / folder, "--out", tmp_path / "out", code=2).stderr
        )


def test_a_spoilt_dataset_names_its_cells(copy, tmp_path):
    example.edit(copy / "analysis_single_means.csv", lambda rows: [row | {"sdi": "wide"} for row in rows])
    said = example.call("pool", copy, "--out", tmp_path / "out", code=2).stderr
    assert "cannot be pooled, 8 faults:" in said
    assert "analysis_single_means.csv, row 2, column sdi: found 'wide', expected a number, above 0" in said


def test_a_folder_with_files_of_others_is_left_alone(dataset, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    for out in (tmp_path, tmp_path / "notes.txt", dataset):
        before = files(out) if out.is_dir() else out.read_bytes()
        done = example.call("pool", dataset, "--out", out, "--plots", "none", code=2)
        assert "name a" in done.stderr
        assert before == (files(out) if out.is_dir() else out.read_bytes())
    pooled(dataset, tmp_path / "out", "--only", "age")
    (tmp_path / "out" / "mine.txt").write_text("mine")
    done = example.call("pool", dataset, "--out", tmp_path / "out", "--plots", "none", code=2)
    assert "holds files that curation did not make there (mine.txt)" in done.stderr


def test_a_changed_table_is_said_on_stderr_and_on_the_page(copy, tmp_path):
    example.edit(copy / "analysis_two_group_means.csv", lambda rows: [row | {"m1i": "50"} for row in rows])
    done = example.call("pool", copy, "--out", tmp_path / "out", "--plots", "none", "--only", "age")
    assert "analysis_two_group_means.csv is not as it was exported; its present numbers are pooled" in done.stderr
    assert "is not as it was exported" in (tmp_path / "out" / "pooled.html").read_text("utf-8")
    assert json.loads((tmp_path / "out" / "pooled.json").read_text())["changed"] == ["analysis_two_group_means.csv"]


def test_without_matplotlib_the_numbers_are_still_there(dataset, tmp_path):
    code = """
import sys
sys.modules['matplotlib'] = None
from curation.cli import main
for plots in ("svg", "none"):
    try:
        main([*sys.argv[1:], "--plots", plots])
    except SystemExit as end:
        print(plots, end.code)
"""
    done = process("-c", code, "pool", dataset, "--out", tmp_path / "out", "--only", "age")
    assert "plots need matplotlib; install it with pip install 'curation[plots]'" in done.stderr
    assert done.stdout.splitlines()[0] == "svg 2"
    assert done.stdout.splitlines()[-1] == "none 0"
    assert list(results(tmp_path / "out")) == ["age"]


@pytest.mark.slow
def test_a_script_without_a_main_guard_gets_its_files(dataset, tmp_path):
    chosen = ["age", "os.hr"]
    pool_into(dataset, tmp_path / "first", Choice(), only=chosen)
    script = tmp_path / "script.py"
    lines = [
        "from pathlib import Path", "import curation.report.pooled as pooled", "pooled.ALONE = 1",
        "from curation.commands.pool import pool_into", "from pooling.run import Choice",
        f"pool_into(Path({str(dataset)!r}), Path('out'), Choice(), only={chosen}, processes=2)",
    ]  # fmt: skip
    script.write_text("\n".join(lines))
    done = process(script, cwd=tmp_path)
    assert done.returncode == 0
    assert "BrokenProcessPool" not in done.stderr
    assert files(tmp_path / "out") == files(tmp_path / "first")
    assert len(files(tmp_path / "out")) == 11


@pytest.mark.slow
def test_several_processes_draw_the_same(dataset, tmp_path, monkeypatch):
    monkeypatch.setattr("curation.report.pooled.ALONE", 1)
    for processes in (1, 2):
        pool_into(dataset, tmp_path / str(processes), Choice(), only=["age", "os.hr"], processes=processes)
    assert files(tmp_path / "1") == files(tmp_path / "2")
