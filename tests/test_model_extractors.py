"""Language models as extractors: the output format they are given, and what happens to what they hand in."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from curation.cli import curation
from curation.intake.read import read
from schemas.codes import CODES
from schemas.model_output import KEYWORDS, NOT_ASKED, NOT_FOR_MODELS, output_schema
from schemas.registry import KINDS, RECORDS
from store.errors import StoreError
from store.export.extraction import Extraction
from store.extractors import MODEL, PERSON
from store.review import Review

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "lenalidomide"
ASKED = [kind for kind in KINDS if kind not in NOT_FOR_MODELS]
TEXT = "Of 52 patients, CR was achieved in 22 (42.3%) and PR in 10 (19.2%)."


def run(*arguments):
    return CliRunner().invoke(curation, [str(each) for each in arguments])


def corpus(kind):
    """The bundled rows of a kind, as a model hands them in: every field, blank or null where there is nothing."""
    rows = []
    for file in sorted(EXAMPLE.rglob(f"{kind}.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            rows += list(csv.DictReader(lines))
    return [whole(kind, {name: cell for name, cell in row.items() if cell}) for row in rows]


def whole(kind, cells):
    blank = {
        each.name: each.default or (None if each.codes else "")
        for each in KINDS[kind].fields()
        if each.name not in NOT_ASKED
    }
    return blank | {name: cell for name, cell in cells.items() if name in blank}


def schemas_in(schema):
    yield schema
    for each in (*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])):
        yield from schemas_in(each)


# the format


@pytest.mark.parametrize("kind", [*ASKED, None])
def test_the_format_is_strict_described_and_within_the_common_subset(kind):
    schema = output_schema(kind)
    Draft202012Validator.check_schema(schema)
    assert schema["type"] == "object"
    for each in schemas_in(schema):
        assert set(each) <= set(KEYWORDS)
        assert each["description"].strip()
        assert each["type"] != "object" or (
            each["additionalProperties"] is False and each["required"] == list(each["properties"])
        )


def test_the_format_of_all_kinds_keeps_within_the_limits_of_the_apis():
    parts = list(schemas_in(output_schema()))
    names = [name for each in parts for name in each.get("properties", {})]
    codes = [code for each in parts for code in each.get("enum", [])]
    assert len(names) < 5000
    assert len(codes) < 1000
    assert sum(map(len, names)) + sum(len(each or "") for each in codes) < 120_000
    assert sum(isinstance(each["type"], list) for each in parts) <= 16


@pytest.mark.parametrize("kind", ASKED)
def test_the_format_has_every_field_and_code_of_the_declaration(kind):
    cells = output_schema(kind)["properties"][kind]["items"]["properties"]
    assert list(cells) == [each.name for each in KINDS[kind].fields() if each.name not in NOT_ASKED]
    for each in KINDS[kind].fields():
        if each.codes:
            assert [code for code in cells[each.name]["enum"] if code is not None] == list(CODES[each.codes])
    assert ("quote" in cells) == (kind in RECORDS)


@pytest.mark.parametrize("kind", ASKED)
def test_the_bundled_extraction_fits_the_format_and_is_read_back_as_it_is(kind, tmp_path):
    rows = corpus(kind)
    answer = {kind: rows}
    Draft202012Validator(output_schema(kind)).validate(answer)
    everything = {name: [] for name in ASKED} | answer
    Draft202012Validator(output_schema()).validate(everything)
    if not rows:
        return
    (tmp_path / "answer.json").write_text(json.dumps(answer), encoding="utf-8")
    table = read([tmp_path / "answer.json"]).tables[kind]
    given = {each.name for each in KINDS[kind].fields() if any(row.get(each.name) for row in rows)}
    assert {name for name in table.column_names if table.column(name).null_count < len(table)} - {"record"} >= given


@pytest.mark.parametrize(
    "wrong", [{"extra": "x"}, {"legibility": "perfect"}, {"events": 22}, {"quote": None}, {"record": "r1"}]
)
def test_what_does_not_fit_the_format_is_told_apart(wrong):
    fine = whole("count", {"source": "paper", "events": "22", "quote": "22 (42.3%)"})
    check = Draft202012Validator(output_schema("count"))
    assert check.is_valid({"count": [fine]})
    assert not check.is_valid({"count": [fine | wrong]})
    assert not check.is_valid({"count": [{name: cell for name, cell in fine.items() if name != "quote"}]})


def test_the_command_prints_the_format_and_nothing_else():
    assert json.loads(run("fields", "count", "--json-schema").stdout) == output_schema("count")
    assert json.loads(run("fields", "--json-schema").stdout) == output_schema()
    assert "no model extracts a setting" in run("fields", "setting", "--json-schema").stderr
    assert "there is no kind 'cuont'" in run("fields", "cuont", "--json-schema").stderr


# intake


def answered(folder, counts, name="answer.json", **more):
    entities = {
        "source": [
            whole("source", {"source": "paper", "title": "A trial", "type": "article", "document": "paper.txt"})
        ],
        "study": [whole("study", {"study": "trial", "label": "The trial"})],
        "outcome": [whole("outcome", {"outcome": each, "label": each.upper()}) for each in ("cr", "pr")],
    }
    rows = [whole("count", {"source": "paper", "study": "trial"} | each) for each in counts]
    file = folder / name
    file.write_text(json.dumps(entities | {"count": rows} | more), encoding="utf-8")
    return file


CR = {"outcome": "cr", "events": "22", "total": "52", "percent": "42.3%", "quote": "CR was achieved in 22 (42.3%)"}
PR = {"outcome": "pr", "events": "11", "total": "52", "percent": "21.2%", "quote": "PR in 11 (21.2%)"}


@pytest.fixture
def review(tmp_path):
    Review.create(tmp_path / "review.duckdb").close()
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "paper.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path / "review.duckdb"


def test_a_model_is_marked_in_the_store_and_in_the_history(review, tmp_path):
    done = run("intake", review, answered(tmp_path, [CR]), "--extractor", "llm-1", "--model")
    assert done.exit_code == 0, done.stderr
    with Review.open(review, read_only=True) as store:
        assert store.extractor_kinds() == {"llm-1": MODEL}
        assert store.extractor_kinds(as_of=0) == {}
        assert next((each.action, each.why) for each in store.revisions()) == (
            "extractor", "llm-1 extracts as a language model",
        )  # fmt: skip
    assert "llm-1 extracts as a language model" in run("history", review).stdout


def test_quotes_are_looked_up_in_the_text_and_what_is_not_there_is_printed(review, tmp_path):
    file = answered(tmp_path, [CR, PR])
    done = run("intake", review, file, "--extractor", "llm-1", "--model", "--documents", tmp_path / "texts")
    assert done.exit_code == 0, done.stderr
    assert "[QUOTE-002]" in done.stdout
    assert "PR in 11 (21.2%)" in done.stdout
    assert "No text to look quotes up" not in done.stdout
    assert "is at revision 2" in done.stdout
    more = answered(tmp_path, [CR], name="again.json")
    again = run("intake", review, more, "--extractor", "llm-1", "--documents", tmp_path / "texts")
    assert "[QUOTE-002]" not in again.stdout
    assert "Findings: none" in again.stdout


def test_a_source_without_text_is_named(review, tmp_path):
    done = run("intake", review, answered(tmp_path, [CR]), "--extractor", "llm-1", "--model")
    assert "No text to look quotes up in for paper" in " ".join(done.stdout.split())


def test_records_without_quotes_are_refused_all_at_once_and_nothing_is_kept(review, tmp_path):
    mean = whole("mean", {"source": "paper", "study": "trial", "mean": "3.2"})
    file = answered(tmp_path, [CR, PR | {"quote": ""}, PR | {"quote": " ", "page": "2"}], mean=[mean])
    done = run("intake", review, file, "--extractor", "llm-1", "--model")
    assert done.exit_code == 2
    wanted = "found no quote, expected the words around the number, verbatim; a model quotes every record"
    assert done.stderr.count(wanted) == 3
    assert "answer.json, count, row 2, column quote: found no quote" in done.stderr
    assert "3 problems; nothing was taken in" in done.stderr
    with Review.open(review, read_only=True) as store:
        assert (store.revision, store.extractor_kinds()) == (0, {})


def test_once_a_model_always_a_model_and_a_person_never_becomes_one(review, tmp_path):
    unquoted = answered(tmp_path, [CR | {"quote": ""}], name="unquoted.json")
    quoted = answered(tmp_path, [CR])
    assert run("intake", review, quoted, "--extractor", "llm-1", "--model").exit_code == 0
    assert "found no quote" in run("intake", review, unquoted, "--extractor", "llm-1").stderr
    assert run("intake", review, unquoted, "--extractor", "AB").exit_code == 0
    refused = run("intake", review, quoted, "--extractor", "AB", "--model")
    assert (refused.exit_code, "AB has extracted as a person in this review; give a language model another name" in refused.stderr) == (2, True)  # fmt: skip
    with Review.open(review) as store:
        with pytest.raises(StoreError, match="llm-1 has extracted as a language model"):
            store.declare_extractor("llm-1", PERSON, who="CD")
        with pytest.raises(StoreError, match="'robot' is no kind of extractor; the kinds are person, model"):
            store.declare_extractor("x", "robot", who="CD")
        with pytest.raises(StoreError, match="give the extractor another name"):
            store.declare_extractor("consensus", MODEL, who="CD")
        before = store.revision
        assert store.declare_extractor("llm-1", MODEL, who="CD") is None
        assert store.declare_extractor("EF", PERSON, who="CD") is None
        assert store.revision == before


def test_a_model_sets_no_settings(review, tmp_path):
    setting = {"setting": "interval_pool_margin", "value": "9", "reason": "to be quiet"}
    file = answered(tmp_path, [CR], setting=[setting])
    done = run("intake", review, file, "--extractor", "llm-1", "--model")
    assert "a setting from a model, expected no setting; that is for people" in done.stderr


def test_the_export_says_whose_extraction_is_that_of_a_model(review, tmp_path):
    file = answered(tmp_path, [CR])
    for name in ("llm-1", "llm-2"):
        run("intake", review, file, "--extractor", name, "--model")
    assert run("export", review, tmp_path / "dataset").exit_code == 0
    package = json.loads((tmp_path / "dataset" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["extraction"] == (
        "consensus of llm-1 (a language model), llm-2 (a language model); no person extracted"
    )


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (("llm-1",), "single extraction by llm-1 (a language model)"),
        (("AB", "llm-1"), "consensus of AB, llm-1 (a language model)"),
    ],
)
def test_a_model_beside_a_person_is_named_as_one(by, said):
    assert Extraction(by, frozenset({"llm-1", "llm-2"})).said == said
