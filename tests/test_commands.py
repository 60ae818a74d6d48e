"""The command line as a person and a script use it: real files, exit codes 0, 1, 2; processes of their own where it matters."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from curation.cli import curation

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "examples" / "lenalidomide"


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments, cwd=None, code=0, env=None):
    """The command in this process, as the entry point of the package calls it; in one of its own if that matters."""
    done = in_a_process(arguments, cwd, env or {}) if cwd or env else here(arguments)
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == code, (done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done


def here(arguments):
    said = CliRunner().invoke(curation, [str(each) for each in arguments], prog_name="curation")
    if said.exception is not None and not isinstance(said.exception, SystemExit):
        raise said.exception
    return Done(said.exit_code, said.stdout, said.stderr)


def in_a_process(arguments, cwd, env):
    said = subprocess.run(
        [sys.executable, "-c", "from curation.cli import main; main()", *map(str, arguments)],
        capture_output=True, text=True, cwd=cwd, env=os.environ | {"PYTHONPATH": str(ROOT)} | env, encoding="utf-8", check=False,
    )  # fmt: skip
    return Done(said.returncode, said.stdout, said.stderr)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "extraction"
    made.mkdir()
    (made / "source.csv").write_text("source,title,type\npaper,A trial,article\n", encoding="utf-8")
    (made / "study.csv").write_text("study,label\ntrial,The trial\n", encoding="utf-8")
    (made / "outcome.csv").write_text("outcome,label\ncr,Complete response\n", encoding="utf-8")
    (made / "count.csv").write_text(
        "source,study,outcome,section,events,total,percent\npaper,trial,cr,Table 1,36,30,120%\npaper,trial,cr,Text,22,52,42.3%\n",
        encoding="utf-8",
    )
    return made


def test_help_and_version_answer_quickly_and_well():
    assert "what cannot be true" in " ".join(run("--help").stdout.split())
    assert "0.1.0" in run("--version").stdout
    assert "Example: curation check" in run("check", "--help").stdout


def test_a_review_from_init_to_history(tmp_path, folder):
    review = tmp_path / "review.duckdb"
    run("init", review)
    assert "added:" in run("intake", review, folder, "--extractor", "AB").stdout
    assert "unchanged:" in run("intake", review, folder, "--extractor", "AB").stdout
    out = run("check", review, "--format", "json", code=1)
    document = json.loads(out.stdout)
    assert document["summary"]["records"] == 2
    print_of = next(each for each in document["findings"] if each["rule"] == "COUNT-001")
    assert "events 36" in print_of["printed"]
    run("waive", review, print_of["fingerprint"], "--reason", "as printed; the erratum says 26", "--who", "CD")
    again = json.loads(run("check", review, "--format", "json", "--select", "COUNT-001").stdout)
    assert [(each["status"], each["decided_by"]) for each in again["findings"]] == [("waived", "CD")]
    assert "AB" in run("history", review).stdout
    record = print_of["records"][0]
    assert record in run("history", review, record).stdout


def test_check_reads_a_folder_a_file_and_fails_as_asked(folder):
    run("check", folder, "--select", "COUNT-001", code=1)
    run("check", folder, "--select", "COUNT-001", "--fail-on", "never")
    run("check", folder, "--select", "COUNT-003")


def test_findings_are_the_same_in_every_run(folder):
    first, second = (run("check", folder, "--format", "json", "--fail-on", "never").stdout for _ in range(2))
    assert first == second


def test_json_on_stdout_is_only_json_and_report_files_are_written(folder, tmp_path):
    json.loads(run("check", folder, "--format", "json", "--fail-on", "never").stdout)
    for shape in ("html", "sarif", "text", "json"):
        run("check", folder, "--format", shape, "--out", tmp_path / f"report.{shape}", "--fail-on", "never")
        assert (tmp_path / f"report.{shape}").stat().st_size > 200


def test_malformed_input_lists_every_problem_takes_nothing_in_and_exits_2(tmp_path, folder):
    (folder / "count.csv").write_text(
        "source,study,outcome,events,totl\npaper,trial,cr,fifteen,52\npaper,trail,cr,22,52\n,trial,cr,22,52\n",
        encoding="utf-8",
    )
    (folder / "mean.csv").write_bytes(b"source,mean\npaper,\xff\xfe12\n")
    review = tmp_path / "review.duckdb"
    run("init", review)
    problems = run("intake", review, folder, "--extractor", "AB", code=2).stderr
    for wanted in ("count.csv, row 2, column events", "'fifteen'", "totl", "mean.csv", "nothing was taken in"):
        assert wanted in problems, problems
    assert "revision 1" not in run("history", review).stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["check", "missing.duckdb"], "missing.duckdb"), (["check", "missing-folder"], "missing-folder"), (["waive", "x.duckdb", "abc", "--reason", "r"], "x.duckdb"),
     (["rules", "NO-999"], "no rule or family"), (["fields", "nothing"], "there is no kind 'nothing'"), (["check", ".", "--select", "NOPE"], "no rule or family"), (["history", "x.duckdb"], "x.duckdb")],
)  # fmt: skip
def test_a_wrong_call_is_one_clear_line_and_exit_2(tmp_path, arguments, sentence):
    done = run(*arguments, cwd=tmp_path, code=2)
    assert sentence in done.stderr
    assert not done.stdout


def test_a_file_that_is_not_a_review_is_named(tmp_path):
    (tmp_path / "text.duckdb").write_text("not a database")
    assert "text.duckdb" in run("check", tmp_path / "text.duckdb", code=2).stderr


def test_rules_and_fields_explain_themselves():
    listing = run("rules").stdout
    assert "COUNT-001" in listing
    page = run("rules", "COUNT-002").stdout
    assert "not events out of total" in page
    assert "Contradicts" in page
    assert "participants" in run("fields", "count").stdout
    assert "pooled" in run("fields").stdout


def test_a_rule_of_ones_own_runs_from_a_folder(tmp_path, folder):
    mine = tmp_path / "rules"
    mine.mkdir()
    example = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("```python")[1].split("```")[0]
    (mine / "someone_had_no_event.py").write_text(example, encoding="utf-8")
    assert "COUNT-900" in run("check", folder, "--rules", mine, "--select", "COUNT-900", "--format", "json").stdout


def test_an_interrupted_intake_leaves_the_store_as_it_was(tmp_path, folder):
    review = tmp_path / "review.duckdb"
    run("init", review)
    rows = "".join(f"paper,trial,cr,Table {n},{n % 50},52\n" for n in range(40_000))
    (folder / "count.csv").write_text("source,study,outcome,section,events,total\n" + rows, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-c", "from curation.cli import main; main()", "intake", str(review), str(folder), "--extractor", "AB"],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)
    summary = json.loads(
        run("check", review, "--format", "json", "--fail-on", "never", "--select", "COUNT-001").stdout
    )["summary"]
    assert summary["records"] in (0, 40_000)
    assert process.returncode != 0 or summary["records"] == 40_000, "an intake that reports success is whole"


def test_the_export_accounts_for_every_record(tmp_path, folder):
    review = tmp_path / "review.duckdb"
    run("init", review)
    run("intake", review, folder, "--extractor", "AB")
    out = run("export", review, tmp_path / "dataset").stdout
    assert "2 records in" in out
    package = json.loads((tmp_path / "dataset" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["resources"]


@pytest.mark.slow
def test_demo_does_the_main_job_and_again(tmp_path):
    for _ in range(2):
        screen = run("demo", "--out", tmp_path / "out").stdout
    assert "report.html" in screen
    for name in ("review.duckdb", "findings.json", "report.html", "dataset/datapackage.json", "dataset/account.csv"):
        assert (tmp_path / "out" / name).is_file(), name
    assert len(screen.splitlines()) <= 60


def test_two_extractors_are_judged_each_alone_and_exported_together_or_by_name(tmp_path, folder):
    review = tmp_path / "review.duckdb"
    run("init", review)
    for person in ("AB", "CD"):
        run("intake", review, folder, "--extractor", person)
    summary = json.loads(run("check", review, "--format", "json", "--fail-on", "never").stdout)["summary"]
    alone = json.loads(run("check", folder, "--format", "json", "--fail-on", "never").stdout)["summary"]
    assert summary["findings"] == alone["findings"]
    assert summary["checked"] == 2 * alone["checked"]
    assert (
        summary["contradicts"] + summary["crashed"]
        == sum(summary["findings"].values()) + summary["waived"] + summary["repeated"]
    )
    assert "4 records in" in run("export", review, tmp_path / "dataset").stdout
    package = tmp_path / "dataset" / "datapackage.json"
    assert json.loads(package.read_text(encoding="utf-8"))["extraction"] == "consensus of AB, CD"
    assert "2 records in" in run("export", review, tmp_path / "dataset", "--extractor", "AB").stdout
    assert json.loads(package.read_text(encoding="utf-8"))["extraction"] == "single extraction by AB"
    assert "by AB, CD" in run("export", review, tmp_path / "dataset", "--extractor", "XY", code=2).stderr


def test_problems_beyond_those_listed_are_still_counted(tmp_path, folder):
    rows = "paper,trial,cr,fifteen\n" * 1200
    (folder / "count.csv").write_text("source,study,outcome,events\n" + rows, encoding="utf-8")
    said = run("check", folder, code=2).stderr
    assert "1200 problems (the first 200 are listed)" in said


def test_export_states_the_licence_it_was_given(tmp_path):
    review = tmp_path / "bcg.duckdb"
    run("init", review)
    run("intake", review, ROOT / "examples" / "bcg", "--extractor", "AB")
    said = run("export", review, tmp_path / "dataset", "--licence", "CC-BY-4.0").stdout
    assert "26 records in: 26 exported, 0 held back" in said
    package = json.loads((tmp_path / "dataset" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["licenses"] == [{"name": "CC-BY-4.0"}]
    assert package["extraction"] == "single extraction by AB"
