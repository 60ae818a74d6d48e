"""REDCap: our fields as its data dictionary, and its exports read back, both entries of a double entry apart."""

from __future__ import annotations

import csv
import io

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sweep import cases

from curation.cli import curation
from curation.exchange.reading import bundle_of
from curation.exchange.redcap import FORMAT, read
from curation.exchange.redcap_dictionary import COLUMNS, choice, choices, dictionary, form, repeating, variable
from curation.intake.problems import Refused
from schemas.codes import CODES
from schemas.registry import KINDS
from schemas.strategies import records

ROWS = list(csv.DictReader(io.StringIO(dictionary())))
HEAD = "record_id,redcap_repeat_instrument,redcap_repeat_instance"


# The dictionary


def test_the_dictionary_has_redcaps_columns_and_starts_with_the_record():
    assert next(csv.reader(io.StringIO(dictionary()))) == list(COLUMNS)
    assert len(COLUMNS) == 18
    assert ROWS[0]["Variable / Field Name"] == "record_id"


def test_every_field_of_a_document_is_a_variable_and_no_name_comes_twice():
    names = [row["Variable / Field Name"] for row in ROWS]
    wanted = {
        variable(kind, each.name) for kind, model in KINDS.items() if kind != "setting" for each in model.fields()
    }
    assert set(names) == wanted | {"record_id"}
    assert len(names) == len(set(names))
    assert all(name == name.lower() and name.replace("_", "").isalnum() and len(name) <= 100 for name in names)


def test_no_variable_is_called_as_the_status_of_a_form():
    assert not {row["Variable / Field Name"] for row in ROWS} & {f"{form(kind)}_complete" for kind in KINDS}


def test_the_variables_of_a_form_stand_together():
    forms = [row["Form Name"] for row in ROWS]
    assert forms == sorted(forms, key=forms.index)
    assert repeating() == list(dict.fromkeys(forms))[1:]


def test_printed_numbers_are_texts_without_validation():
    printed = {variable(kind, each.name) for kind, model in KINDS.items() for each in model.printed_fields()}
    rows = [row for row in ROWS if row["Variable / Field Name"] in printed]
    assert len(rows) > 50
    assert {row["Field Type"] for row in rows} == {"text"}
    assert {row["Text Validation Type OR Show Slider Number"] for row in rows} == {""}


def test_codes_are_choices_with_their_meanings_and_presets():
    tool = next(row for row in ROWS if row["Variable / Field Name"] == "appraisal_tool")
    assert tool["Field Type"] == "dropdown"
    assert tool["Required Field?"] == "y"
    assert tool["Choices, Calculations, OR Slider Labels"].startswith(
        "RoB_2, Cochrane risk of bias 2, randomised trials | "
    )
    legible = next(row for row in ROWS if row["Variable / Field Name"] == "count_legibility")
    assert legible["Field Annotation"] == "Preset: @DEFAULT='clear'"


@pytest.mark.parametrize("codes", CODES)
def test_every_code_has_a_choice_of_its_own(codes):
    assert list(choices(codes).values()) == list(CODES[codes])
    assert all(one.replace("_", "").isalnum() and one.isascii() for one in choices(codes))


def test_the_command_writes_the_dictionary(tmp_path):
    done = CliRunner().invoke(curation, ["fields", "--redcap", str(tmp_path / "dictionary.csv")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "dictionary.csv").read_text(encoding="utf-8") == dictionary()
    assert "repeating instruments: studies, arms," in done.output


def test_the_command_takes_no_single_kind(tmp_path):
    done = CliRunner().invoke(curation, ["fields", "count", "--redcap", str(tmp_path / "dictionary.csv")])
    assert done.exit_code == 2
    assert "leave the kind out" in done.output


# The export. What it says is made up.


def export(tmp_path, rows, columns, encoding="utf-8"):
    path = tmp_path / "export.csv"
    text = io.StringIO()
    writer = csv.DictWriter(text, [*HEAD.split(","), *columns], restval="")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding=encoding)
    return path


def entries(record, events, percent="42.3%"):
    """One document as one person enters it: the document, a study, a count."""
    once = {
        "record_id": record,
        "source_source": "kim-2004",
        "source_title": "A made-up trial",
        "source_type": "article",
        "sources_complete": "2",
    }
    study = {
        "record_id": record,
        "redcap_repeat_instrument": "studies",
        "redcap_repeat_instance": "1",
        "study_study": "kim-2004",
        "study_label": "Kim 2004",
        "study_design": "randomised",
    }
    outcome = {
        "record_id": record,
        "redcap_repeat_instrument": "outcomes",
        "redcap_repeat_instance": "1",
        "outcome_outcome": "cr",
        "outcome_label": "Complete remission",
        "outcome_complete": "no",
    }
    count = {
        "record_id": record,
        "redcap_repeat_instrument": "counts",
        "redcap_repeat_instance": "1",
        "count_study": "kim-2004",
        "count_outcome": "cr",
        "count_events": events,
        "count_total": "52",
        "count_percent": percent,
        "count_legibility": "clear",
        "counts_complete": "1",
    }
    return [once, study, outcome, count]


COLUMNS_USED = sorted({name for row in entries("1", "22") for name in row} - set(HEAD.split(",")))


def test_an_export_comes_back_with_verbatim_texts_and_the_document_of_its_record(tmp_path):
    imported = read(export(tmp_path, entries("1", "22"), COLUMNS_USED))
    assert imported.rows["count"] == [
        (
            5,
            {
                "study": "kim-2004",
                "outcome": "cr",
                "events": "22",
                "total": "52",
                "percent": "42.3%",
                "legibility": "clear",
                "source": "kim-2004",
            },
        )
    ]
    assert imported.leftovers == []
    assert imported.people == []
    assert imported.remarks == ["export.csv: of the forms counts, 1 unverified"]
    taken = bundle_of(imported)
    assert taken.leftovers == ()
    assert taken.bundle.tables["count"].num_rows == 1


def test_both_entries_of_a_double_entry_are_the_work_of_their_own_person(tmp_path):
    rows = [*entries("7--1", "22"), *entries("7--2", "21", "40.4%")]
    imported = read(export(tmp_path, rows, COLUMNS_USED, "utf-8-sig"))
    assert imported.people == ["entry-1", "entry-2"]
    assert [row["events"] for _, row in imported.of("entry-1").rows["count"]] == ["22"]
    assert [row["events"] for _, row in imported.of("entry-2").rows["count"]] == ["21"]
    assert len(imported.of("entry-2").rows["study"]) == 1
    assert bundle_of(imported.of("entry-2")).leftovers == ()


def test_records_merged_from_both_entries_are_kept_apart(tmp_path):
    imported = read(export(tmp_path, [*entries("7--1", "22"), *entries("7", "22")], COLUMNS_USED))
    assert imported.people == ["entry-1", "merged"]


def test_codes_come_back_and_forms_that_only_hold_presets_are_told(tmp_path):
    rows = [
        *entries("1", "22")[:2],
        {
            "record_id": "1",
            "redcap_repeat_instrument": "appraisals",
            "redcap_repeat_instance": "1",
            "appraisal_study": "kim-2004",
            "appraisal_tool": "RoB_2",
            "appraisal_judgement": "low risk of bias",
        },
        {
            "record_id": "1",
            "redcap_repeat_instrument": "counts",
            "redcap_repeat_instance": "1",
            "count_legibility": "clear",
        },
    ]
    imported = read(export(tmp_path, rows, [*COLUMNS_USED, "appraisal_study", "appraisal_tool", "appraisal_judgement"]))
    assert imported.rows["appraisal"][0][1]["tool"] == "RoB 2"
    assert imported.rows["appraisal"][0][1]["judgement"] == "low"
    assert [(one.place, one.why) for one in imported.leftovers] == [("row 5 (record 1)", "nothing is filled in")]


def test_what_is_not_ours_or_cannot_be_read_is_left_over(tmp_path):
    rows = entries("1", "twenty-two")
    rows[3]["pain_score"] = "4"
    imported = read(export(tmp_path, rows, [*COLUMNS_USED, "pain_score", "redcap_event_name"]))
    assert [(one.place, one.why) for one in imported.leftovers] == [
        ("row 5 (record 1)", "it cannot be read as count, which events holds"),
        (f"column {len(COLUMNS_USED) + 4}", "it is no variable of our data dictionary"),
    ]
    assert imported.rows["count"][0][1]["total"] == "52"


def test_every_row_is_accounted_for(tmp_path):
    rows = [*entries("1--1", "22"), *entries("1--2", "x"), {"record_id": "9"}]
    imported = read(export(tmp_path, rows, COLUMNS_USED))
    numbers = {number for each in imported.rows.values() for number, _ in each}
    assert numbers | {int(one.place.split()[1]) for one in imported.leftovers} == set(range(2, len(rows) + 2))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("record_id,age\n1,20\n", "the variables of our data dictionary"),
        ("count_events,count_total\n1,20\n", "expected record_id and the variables"),
        ("record_id,count_events,count_events\n1,2,2\n", "the column count_events twice"),
        ("", "an empty file"),
    ],
)
def test_other_exports_are_refused_in_a_sentence(tmp_path, text, said):
    path = tmp_path / "export.csv"
    path.write_text(text)
    with pytest.raises(Refused, match=said):
        read(path)


def test_recognition(tmp_path):
    path = tmp_path / "export.csv"
    assert FORMAT.recognises(path, f"{HEAD},count_events\n".encode())
    assert not FORMAT.recognises(path, f"{HEAD},age\n".encode())
    assert not FORMAT.recognises(path, b"study,xi,ni\n")


# Through the commands


def run(*arguments):
    return CliRunner().invoke(curation, [str(each) for each in arguments])


def test_both_entries_go_into_a_review_as_two_extractions(tmp_path):
    path = export(tmp_path, [*entries("7--1", "22"), *entries("7--2", "21", "40.4%")], COLUMNS_USED)
    review = tmp_path / "r.duckdb"
    run("init", review)
    refused = run("intake", review, path, "--extractor", "AB")
    assert refused.exit_code == 2
    assert (
        "found the work of 2 people, expected one of them (entry-1, entry-2); say whose with --of 'entry-1'"
        in refused.output
    )
    assert "did you mean 'entry-2'" in run("intake", review, path, "--extractor", "AB", "--of", "entry2").output
    for person, extractor in (("entry-1", "AB"), ("entry-2", "CD")):
        done = run("intake", review, path, "--extractor", extractor, "--of", person)
        assert done.exit_code == 0, done.output
        assert "1 count" in done.output
        run("reconcile", review, "--submit", extractor)
    assert "events" in run("reconcile", review).output


def test_one_entry_is_checked_at_a_time(tmp_path):
    path = export(tmp_path, [*entries("7--1", "22"), *entries("7--2", "60")], COLUMNS_USED)
    assert run("check", path, "--of", "entry-1").exit_code == 0
    wrong = run("check", path, "--of", "entry-2")
    assert wrong.exit_code == 1
    assert "COUNT-001" in wrong.output


@pytest.mark.parametrize("kind", ["count", "mean", "survival", "effect", "pooled", "rate", "test", "flow"])
@settings(max_examples=cases(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_records_come_back_as_they_were_entered(tmp_path, kind, data):
    record = {name: text for name, text in data.draw(records(kind)).items() if text}
    codes = {each.name: each.codes for each in KINDS[kind].fields() if each.codes}
    entered = {name: choice(text) if name in codes else text for name, text in record.items()}
    row = {"record_id": "1", "redcap_repeat_instrument": form(kind), "redcap_repeat_instance": "1"}
    row |= {variable(kind, name): text for name, text in entered.items()}
    once = {"record_id": "1", "source_source": record["source"], "source_title": "T", "source_type": "other"}
    names = [variable(kind, each.name) for each in KINDS[kind].fields()]
    imported = read(export(tmp_path, [once, row], ["source_source", "source_title", "source_type", *names]))
    assert imported.rows[kind] == [(3, record)]
    assert imported.leftovers == []
