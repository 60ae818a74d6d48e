import io
import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_example import asked, checked, many

from curation.engine.findings import ORDER, Finding
from curation.engine.run import Checked
from curation.report.findings_json import findings_document, json_text, write_json
from curation.report.sarif import sarif_document
from curation.report.schema import FINDING, SUMMARY, finding_schema, findings_schema
from store.findings import Waiver

COMMITTED = Path(__file__).parents[1] / "docs" / "findings.schema.json"
STALE = Waiver(
    "a" * 16, "ada", datetime(2026, 11, 20, tzinfo=UTC), "checked", "COUNT-001", "36 of 30", None, None, stale=True
)


def test_the_committed_schema_is_the_one_derived_from_the_dataclass():
    assert COMMITTED.read_text(encoding="utf-8") == json.dumps(findings_schema(), indent=2, ensure_ascii=False) + "\n"


def test_the_schema_is_valid_json_schema_and_describes_every_key():
    schema = findings_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(FINDING) == [each.name for each in fields(Finding)]
    assert list(SUMMARY) == list(Checked().summary())
    for part in (
        schema,
        finding_schema(),
        schema["properties"]["summary"],
        schema["properties"]["stale_waivers"]["items"],
    ):
        assert all(each.get("description") or "enum" in each for each in part["properties"].values())


@pytest.mark.parametrize("stale", [[], [STALE]])
def test_the_document_meets_its_schema(stale):
    document = json.loads(json_text(findings_document(checked(), "myeloma", stale)))
    jsonschema.validate(document, findings_schema(), cls=jsonschema.Draft202012Validator)
    assert ("stale_waivers" in document) == bool(stale)


def test_the_document_has_the_keys_of_the_contract():
    document = findings_document(checked(), "myeloma")
    assert list(document) == ["schema_version", "review", "summary", "findings"]
    summary = document["summary"]
    assert {"records", "printed_numbers", "checked", "consistent", "cannot_tell", "findings"} <= set(summary)
    assert set(summary["findings"]) == {"error", "warning", "note"}
    assert summary["checked"] == summary["consistent"] + summary["cannot_tell"] + summary["contradicts"]
    assert summary["waived"] == 1


def test_an_empty_check_meets_the_schema():
    jsonschema.validate(findings_document(Checked(), "nothing"), findings_schema())


def test_an_unknown_key_is_not_part_of_the_contract():
    document = findings_document(checked(), "myeloma")
    document["findings"][0]["colour"] = "red"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, findings_schema())


def test_the_same_input_gives_the_same_bytes(tmp_path):
    for name in ("one.json", "two.json"):
        write_json(checked.__wrapped__(), "myeloma", tmp_path / name)  # checked anew, not remembered
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_a_stream_gets_what_a_file_gets(tmp_path):
    stream = io.StringIO()
    write_json(checked(), "myeloma", stream)
    write_json(checked(), "myeloma", tmp_path / "findings.json")
    assert (tmp_path / "findings.json").read_text(encoding="utf-8") == stream.getvalue()


@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=3),
)
def test_any_text_comes_back_as_it_went_in(text, explanations):
    one = Finding(
        "COUNT-001",
        "events_within_total",
        "error",
        text,
        printed=text,
        explanations=tuple(explanations),
        fingerprint="0" * 16,
    )
    document = json.loads(json_text(findings_document(Checked(findings=[one]), text)))
    assert document["review"] == text
    assert Finding.from_dict(document["findings"][0]) == one


def test_sarif_has_a_result_per_finding_with_rule_level_place_and_fingerprint():
    found = checked()
    run = sarif_document(found, asked())["runs"][0]
    assert len(run["results"]) == len(found.findings)
    ids = [each["id"] for each in run["tool"]["driver"]["rules"]]
    for result, one in zip(run["results"], found.findings, strict=True):
        assert ids[result["ruleIndex"]] == result["ruleId"] == one.rule
        assert result["level"] == one.severity
        assert result["level"] in ORDER
        assert result["partialFingerprints"]["curation/v1"] == one.fingerprint
        assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].startswith(one.source)


def test_sarif_suppresses_what_is_waived_and_only_that():
    results = sarif_document(checked(), asked())["runs"][0]["results"]
    suppressed = [each["suppressions"][0]["justification"] for each in results if "suppressions" in each]
    assert suppressed == ["ada: the registry confirms 36 of 40"]


def test_sarif_takes_findings_of_rules_it_does_not_know():
    run = sarif_document(many(3), [])["runs"][0]
    assert all("ruleIndex" not in each for each in run["results"])
    nowhere = replace(many(1).findings[0], source="", place="", row="")
    location = sarif_document(Checked(findings=[nowhere]), [])["runs"][0]["results"][0]["locations"][0]
    assert location["logicalLocations"][0]["name"] == "COUNT-001"
