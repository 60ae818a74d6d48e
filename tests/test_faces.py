"""Faces derived from the models: the frame schema, the JSON Schema and the field reference."""

from __future__ import annotations

import csv
import functools
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pandas as pd
import pandera.pandas as pandera
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.arrow import table_schema
from schemas.codes import CODES
from schemas.frame import frame_failures, frame_schema
from schemas.grammar import STATUS_WORDS
from schemas.json_schema import json_schema
from schemas.printed import Malformed, parse
from schemas.quantities import NUMBER, QUANTITIES
from schemas.reference import fields_text, reference_page
from schemas.registry import KINDS, RECORDS

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "lenalidomide"


def corpus() -> dict[str, list[dict[str, str]]]:
    """The bundled rows by kind, blank cells left out."""
    rows: dict[str, list[dict[str, str]]] = {}
    for file in sorted(EXAMPLE.rglob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            found = [{name: cell for name, cell in row.items() if cell} for row in csv.DictReader(lines)]
        rows.setdefault(file.stem, []).extend(found)
    return rows


def examples(kind: str) -> dict[str, str]:
    return {each.name: each.example for each in KINDS[kind].fields() if each.example}


# the frame schema


@pytest.mark.parametrize("kind", KINDS)
def test_the_frame_schema_has_one_column_per_field_and_admits_the_examples(kind):
    schema = frame_schema(KINDS[kind])
    assert list(schema.columns) == [each.name for each in KINDS[kind].fields()]
    schema.validate(pd.DataFrame([examples(kind)]), lazy=True)


@pytest.mark.parametrize("kind", KINDS)
def test_the_bundled_extraction_is_a_valid_frame_also_with_blank_cells(kind):
    rows = corpus().get(kind, [])
    frame = pd.DataFrame(rows, columns=[each.name for each in KINDS[kind].fields()], dtype=str)
    assert frame_failures(KINDS[kind], frame).empty
    if kind in RECORDS:
        assert frame_failures(KINDS[kind], frame.fillna("")).empty


def test_an_empty_frame_with_the_required_columns_is_valid():
    names = table_schema(KINDS["count"]).names
    assert frame_failures(KINDS["count"], pd.DataFrame(columns=names, dtype=str)).empty


def test_failures_name_row_column_what_was_found_and_what_is_expected():
    frame = pd.DataFrame(
        [
            {"source": "a", "events": "22", "total": "52", "legibility": "clear"},
            {"source": "a", "events": "fifteen", "total": "52", "legibility": "blurred"},
            {"source": None, "events": "22/52", "total": "NR", "legibility": None},
        ]
    )
    found = frame_failures(KINDS["count"], frame)
    cells = set(zip(found["row"], found["column"], found["found"], strict=True))
    assert {(1, "events", "fifteen"), (1, "legibility", "blurred"), (2, "events", "22/52")} <= cells
    assert (2, "source") in set(zip(found["row"], found["column"], strict=True))
    assert len(found) == 4
    assert "number of people" in found.loc[found["found"] == "fifteen", "expected"].item()


def test_an_unknown_column_and_an_absent_required_one_are_named():
    found = frame_failures(KINDS["count"], pd.DataFrame([{"event": "22"}]))
    assert set(found["column"]) == {"event", "source"}


def test_a_column_that_was_turned_into_numbers_is_refused():
    frame = pd.DataFrame({"source": ["a", "a"], "percent": [42.3, 39.0]})
    with pytest.raises(pandera.errors.SchemaErrors):
        frame_schema(KINDS["count"]).validate(frame, lazy=True)
    assert set(frame_failures(KINDS["count"], frame)["column"]) == {"percent"}


def test_each_row_is_read_with_its_own_decimal_mark():
    frame = pd.DataFrame(
        {"source": ["a"] * 3, "percent": ["39,5%", "39.5%", "39,5%"], "decimal_mark": ["comma", None, "point"]}
    )
    found = frame_failures(KINDS["count"], frame)
    assert list(zip(found["row"], found["column"], strict=True)) == [(2, "percent")]
    frame_schema(KINDS["count"], mark="comma").validate(frame.head(1), lazy=True)


def test_a_million_cells_cost_their_vocabulary():
    frame = pd.DataFrame({"source": ["a"] * 200_000, "events": ["22", "NR", "24|9?", "1,623"] * 50_000})
    assert frame_failures(KINDS["count"], frame).empty


def test_pandera_is_not_loaded_before_it_is_needed():
    code = "import sys, schemas.frame, store.export; sys.exit('pandera' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


# the JSON Schema


@functools.cache
def document_validator():
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_bundled_extraction_is_a_valid_review_document():
    document_validator().validate(corpus())


@pytest.mark.parametrize("kind", KINDS)
def test_one_record_of_a_kind_validates_by_its_own_schema(kind):
    schema = json_schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(examples(kind))
    blank = {each.name: None for each in KINDS[kind].fields() if not each.required}
    validator.validate(blank | {each.name: each.example for each in KINDS[kind].fields() if each.required})


BROKEN = [
    {"count": [{"events": "22"}]},
    {"count": [{"source": ""}]},
    {"count": [{"source": None}]},
    {"count": [{"source": "a", "events": 22}]},
    {"count": [{"source": "a", "events": "fifteen"}]},
    {"count": [{"source": "a", "event": "22"}]},
    {"count": [{"source": "a", "estimator": "guess"}]},
    {"count": [{"source": "a", "note": "x" * 2001}]},
    {"count": {"source": "a"}},
    {"counts": [{"source": "a"}]},
    {},
    [],
]


@pytest.mark.parametrize("document", BROKEN, ids=str)
def test_a_broken_document_is_refused(document):
    assert not document_validator().is_valid(document)


def test_fields_carry_meaning_codes_examples_and_defaults():
    field = json_schema("count")["properties"]["estimator"]
    assert field["anyOf"][0]["enum"] == list(CODES["estimator"])
    assert field["examples"] == ["proportion"]
    assert field["default"] == "proportion"
    assert "Kaplan-Meier estimate at a time" in field["description"]


PRINTED_NUMBER = json_schema("mean")["$defs"]["printed_number"]


@given(
    st.text(st.sampled_from("0123456789.,%<>=~≤·−- ?|abcNRA/()×⁻³"), max_size=12)
    | st.sampled_from(sum(STATUS_WORDS.values(), ()))
)
def test_no_text_that_the_parser_reads_is_refused_by_the_schema(text):
    pattern = jsonschema.Draft202012Validator(PRINTED_NUMBER)
    for shown in (text, text.upper(), f" {text} "):
        try:
            parse(shown, NUMBER)
        except Malformed:
            continue
        assert pattern.is_valid(shown)


def test_the_committed_schema_is_current():
    text = (ROOT / "docs" / "review.schema.json").read_text(encoding="utf-8")
    assert json.loads(text) == json_schema(), "run: python -m curation.docs"


# the field reference


def test_the_committed_reference_page_is_current():
    assert (ROOT / "docs" / "fields.md").read_text(encoding="utf-8") == reference_page(), "run: python -m curation.docs"


def test_the_reference_names_every_field_its_example_and_every_code():
    page = reference_page()
    for model in KINDS.values():
        for each in model.fields():
            assert f"| `{each.name}` | {each.meaning}" in page
    for name, codes in CODES.items():
        assert f"### {name}\n" in page
        assert all(f"| `{code}` |" in page for code in codes)


def test_links_of_the_reference_lead_somewhere():
    page = reference_page()
    targets = {line[3:].lower().replace(" ", "-") for line in page.splitlines() if line.startswith("## ")}
    targets |= {part.split('"')[0] for part in page.split('<a id="')[1:]}
    links = {part.split(")")[0] for part in page.split("](#")[1:]}
    assert links <= targets


@pytest.mark.parametrize("kind", KINDS)
def test_the_terminal_text_explains_every_field_within_its_width(kind):
    text = fields_text(kind)
    assert all(f"\n  {each.name}\n" in text for each in KINDS[kind].fields())
    assert max(map(len, text.splitlines()[1:])) <= 100


def test_without_a_kind_the_terminal_text_lists_the_kinds():
    assert all(line.split()[0] == kind for kind, line in zip(KINDS, fields_text().splitlines(), strict=False))


@pytest.mark.parametrize("face", [fields_text, json_schema])
def test_an_unknown_kind_is_refused_with_the_kinds_there_are(face):
    with pytest.raises(ValueError, match="'counts' is not a kind of record; the kinds are source, study"):
        face("counts")


def test_every_quantity_is_described():
    assert all(each.meaning and each.example for each in QUANTITIES.values())
