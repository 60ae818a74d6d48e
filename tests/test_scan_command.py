"""curation scan: every format, a folder with bad files, exit codes, and proposals to a review."""

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from curation.cli import curation
from curation.report.schema import findings_schema

ARTICLE = Path(__file__).parents[1] / "examples" / "article" / "trial.html"


def run(*arguments):
    return CliRunner().invoke(curation, ["scan", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "good.html").write_bytes(ARTICLE.read_bytes())
    (tmp_path / "quiet.txt").write_text("Results\n\nOf all patients 22/52 (42.3%) recovered.\n")
    (tmp_path / "broken.xml").write_text("<article><body><p>12/40 (30%)</body></article>")
    (tmp_path / "scanned.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    (tmp_path / ".hidden.txt").write_text("36/30 (42%)")
    return tmp_path


def test_the_example_article_is_read_and_its_planted_contradictions_found():
    done = run(ARTICLE, "--format", "json")
    found = json.loads(done.stdout)
    jsonschema.validate(found, findings_schema())
    said = {(one["rule"], one["severity"], one["place"], one["row"]) for one in found["findings"]}
    assert said == {
        ("COUNT-002", "error", "Results", ""),
        ("SPAN-002", "error", "Results", ""),
        ("COUNT-002", "warning", "Table 1", "Smokers"),
        ("EFFECT-005", "note", "Abstract", ""),
    }
    assert done.exit_code == 1


@pytest.mark.parametrize(("file", "tables"), [("article.docx", True), ("article.pdf", False)])
def test_the_same_article_as_word_and_pdf_has_the_same_findings(file, tables):
    """LibreOffice has made both from the page; its PDF sets the table without rules and without gaps between columns."""
    found = json.loads(run(ARTICLE.parents[2] / "tests" / "documents" / file, "--format", "json").stdout)
    said = [(one["rule"], one["severity"]) for one in found["findings"]]
    prose = [("COUNT-002", "error"), ("SPAN-002", "error")]
    assert said == [*prose, *([("COUNT-002", "warning")] if tables else []), ("EFFECT-005", "note")]


def test_findings_name_statements_of_the_same_output():
    found = json.loads(run(ARTICLE, "--format", "json").stdout)
    records = {one["record"]: one for one in found["documents"][0]["statements"]}
    for finding in found["findings"]:
        assert set(finding["records"]) <= set(records)
    joined = records[next(one["records"][0] for one in found["findings"] if one["row"] == "Smokers")]
    assert joined["joined"] is True
    assert joined["fields"]["total"] == "103"


def test_the_text_says_what_was_read_and_what_contradicts():
    done = run(ARTICLE)
    assert "statistics read" in done.stdout.splitlines()[0]
    assert "the printed percentage is" in done.stdout
    assert done.exit_code == 1
    assert run(ARTICLE, "--fail-on", "never").exit_code == 0


def test_sarif_names_the_file():
    log = json.loads(run(ARTICLE, "--format", "sarif").stdout)
    result = log["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "trial.html"
    known = [one["id"] for one in log["runs"][0]["tool"]["driver"]["rules"]]
    assert all(known[one["ruleIndex"]] == one["ruleId"] for one in log["runs"][0]["results"])


def test_html_is_one_file_with_the_article(tmp_path):
    out = tmp_path / "report.html"
    done = run(ARTICLE, "--format", "html", "--out", out)
    page = out.read_text(encoding="utf-8")
    assert "Made-up trial of a made-up tablet" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "is written" in done.stderr


@pytest.mark.parametrize("jobs", [1, 2])
def test_one_bad_file_never_stops_the_run(folder, jobs):
    done = run(folder, "--jobs", jobs, "--format", "json")
    found = json.loads(done.stdout)
    by_file = {one["file"]: one for one in found["documents"]}
    assert set(by_file) == {"good.html", "quiet.txt", "broken.xml", "scanned.pdf"}
    assert "statements" not in by_file["broken.xml"]
    assert by_file["broken.xml"]["problems"][0] in done.stderr
    assert len(by_file["quiet.txt"]["statements"]) == 1
    assert "Traceback" not in done.stderr


def test_a_folder_gets_a_summary_table_gravest_first(folder):
    lines = run(folder).stdout.splitlines()
    assert lines[0].split() == ["file", "statistics", "unread", "errors", "warnings", "notes"]
    assert lines[1].startswith("good.html")
    assert "could not be read" in lines[4]


def test_the_same_run_gives_the_same_bytes_whatever_the_number_of_processes(folder):
    assert run(folder, "--jobs", 1, "--format", "json").stdout == run(folder, "--jobs", 2, "--format", "json").stdout


def test_nothing_readable_is_a_wrong_call(tmp_path):
    (tmp_path / "broken.xml").write_text("<article>")
    done = run(tmp_path / "broken.xml")
    assert done.exit_code == 2
    assert "broken.xml" in done.stderr
    assert run(tmp_path / "none.xml").exit_code == 2
    (tmp_path / "empty").mkdir()
    done = run(tmp_path / "empty")
    assert done.exit_code == 2
    assert "no document that can be scanned" in done.stderr


@pytest.fixture
def review(tmp_path):
    file = tmp_path / "r.duckdb"
    (tmp_path / "source.csv").write_text("source,title,type,doi\nmade-up,A made-up trial,article,10.1/made-up\n")
    CliRunner().invoke(curation, ["init", str(file)])
    done = CliRunner().invoke(curation, ["intake", str(file), str(tmp_path / "source.csv"), "--extractor", "AB"])
    assert done.exit_code == 0, done.stderr
    return file


def test_what_is_read_is_proposed_to_a_review_and_never_entered(review):
    before = CliRunner().invoke(curation, ["check", str(review), "--format", "json"])
    done = run(ARTICLE, "--to", review, "--source", "made-up", "--format", "json", "--fail-on", "never")
    assert done.exit_code == 0, done.stderr
    assert "proposed" in done.stderr
    again = run(ARTICLE, "--to", review, "--source", "made-up", "--format", "json", "--fail-on", "never")
    assert "nothing new" in again.stderr
    after = CliRunner().invoke(curation, ["check", str(review), "--format", "json"])
    assert json.loads(before.stdout)["summary"]["records"] == json.loads(after.stdout)["summary"]["records"] == 0


def test_a_document_that_is_no_source_of_the_review_is_refused_with_what_to_do(review):
    done = run(ARTICLE, "--to", review, "--format", "json")
    assert done.exit_code == 2
    assert "name it with --source ID" in done.stderr
    assert "made-up" in done.stderr
