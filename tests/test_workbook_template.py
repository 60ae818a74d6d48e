"""The workbook to type into: derived from the models, text throughout, guarded against nothing lost and nothing run."""

from __future__ import annotations

import csv

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sweep import cases

from curation.cli import curation
from curation.intake.lexical import fault
from curation.intake.problems import Refused
from curation.intake.read import read
from curation.intake.workbook import EXAMPLE, HELPER, OWN_SHEETS
from curation.workbook.template import write_template, write_workbook
from schemas.codes import CODES
from schemas.registry import KINDS, RECORDS
from schemas.strategies import records, reviews


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return write_template(tmp_path_factory.mktemp("template") / "new" / "book.xlsx")


@pytest.fixture(scope="module")
def book(template):
    return openpyxl.load_workbook(template)


def test_there_is_a_sheet_per_kind_and_sheets_that_explain(book):
    assert book.sheetnames[:2] == ["Read me", "Codebook"]
    assert set(book.sheetnames) - set(OWN_SHEETS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sheet_has_every_field_with_a_note_as_text_and_frozen(book, kind):
    sheet, fields = book[kind], KINDS[kind].fields()
    header = sheet[1]
    assert [cell.value for cell in header] == [HELPER, *(each.name for each in fields)]
    for cell, each in zip(header[1:], fields, strict=True):
        assert each.meaning in cell.comment.text
        assert sheet.column_dimensions[cell.column_letter].number_format == "@"
    assert sheet.freeze_panes.endswith("2")
    assert sheet.print_title_rows == "$1:$1"


@pytest.mark.parametrize("kind", KINDS)
def test_codes_and_ids_have_drop_downs_that_warn_and_block_nothing(book, kind):
    rules = {str(each.sqref).split("2:")[0]: each for each in book[kind].data_validations.dataValidation}
    header = {cell.value: cell.column_letter for cell in book[kind][1]}
    for each in KINDS[kind].fields():
        rule = rules.get(header[each.name])
        assert (rule is not None) == bool(each.codes or (each.refers_to and not each.several))
        if rule:
            assert (rule.errorStyle, rule.showErrorMessage, len(rule.error) <= 255) == ("warning", True, True)
            assert len(rule.errorTitle) <= 32
        if rule and each.codes:
            first, last = (int(part.rpartition("$")[2]) for part in rule.formula1.split(":"))
            assert [row[1] for row in book["Lists"].values][first - 1 : last] == list(CODES[each.codes])


def test_the_codebook_has_a_row_per_field(book):
    rows = [row[:2] for row in book["Codebook"].iter_rows(min_row=2, values_only=True)]
    assert rows == [(kind, each.name) for kind, model in KINDS.items() for each in model.fields()]


@pytest.mark.parametrize("kind", KINDS)
def test_the_worked_example_is_marked_validates_and_is_not_taken_in(template, book, kind):
    header = [cell.value for cell in book[kind][1]][1:]
    mark, *cells = (cell.value for cell in book[kind][2])
    assert mark == EXAMPLE
    KINDS[kind].model_validate(dict(zip(header, cells, strict=True)))
    assert read([template]).tables[kind].num_rows == 0


def test_nothing_is_overwritten(template):
    with pytest.raises(Refused, match="there already"):
        write_template(template)


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="cannot be written to"):
        write_template(tmp_path / "file" / "book.xlsx")


def test_the_command_writes_a_workbook_or_a_folder_and_refuses_other_endings(tmp_path):
    run = lambda name: CliRunner().invoke(curation, ["template", str(tmp_path / name)])
    assert "is ready" in run("book.xlsx").output
    assert "files in" in run("folder").output
    refused = run("book.ods")
    assert refused.exit_code == 2
    assert "ends in .xlsx" in refused.output


def texts_of(table):
    return [
        {name: cell["text"] if isinstance(cell, dict) else cell for name, cell in row.items()}
        for row in table.to_pylist()
    ]


def kept(file, tables):
    """What comes back of rows that were written into a workbook."""
    write_workbook(file, tables)
    taken = read([file]).tables
    return {kind: texts_of(taken[kind]) for kind in tables}


def same(given, back):
    """Whether every text that was given has come back as it was."""
    return all(back[name] == text for name, text in given.items() if text.strip())


@settings(max_examples=cases(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_records_in_a_workbook_come_back_as_they_were(tmp_path, data):
    kind = data.draw(st.sampled_from([each for each in RECORDS if each not in {"appraisal", "characteristic", "test"}]))
    rows = data.draw(st.lists(records(kind), min_size=1, max_size=4))
    back = kept(tmp_path / "book.xlsx", {kind: rows})
    assert len(back[kind]) == len(rows)
    assert all(same(one, other) for one, other in zip(rows, back[kind], strict=True))


@settings(max_examples=cases(5), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables=reviews(2))
def test_whole_reviews_in_a_workbook_come_back_as_they_were(tmp_path, tables):
    tables = {kind: rows for kind, rows in tables.items() if kind in KINDS}
    back = kept(tmp_path / "book.xlsx", tables)
    for kind, rows in tables.items():
        assert all(same(one, other) for one, other in zip(rows, back[kind], strict=True))


@settings(max_examples=cases(5), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables=reviews(2))
def test_a_whole_review_from_a_workbook_is_to_the_cell_what_csv_files_give(tmp_path, tables):
    """Blank cells, ids that are made, derived numbers and the order of the rows included."""
    tables = {kind: rows for kind, rows in tables.items() if kind in KINDS}
    write_workbook(tmp_path / "book.xlsx", tables)
    (tmp_path / "files").mkdir(exist_ok=True)
    for kind, model in KINDS.items():
        with (tmp_path / "files" / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [each.name for each in model.fields()])
            writer.writeheader()
            writer.writerows(tables.get(kind, []))
    book, files = read([tmp_path / "book.xlsx"]).tables, read([tmp_path / "files"]).tables
    for kind in KINDS:
        assert book[kind].num_rows == len(tables.get(kind, []))
        assert book[kind].equals(files[kind]), kind


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)
PRINTED = ["0.50", "39.0%", "<0.001", "1,623", "NR", "24|9?", "1e5", "'tis", "''=1", "-3.4", "+ve", "2-5", "1/2", "TRUE",
           "#N/A", "_x000D_", "a\r\nb", " two  spaces ", "\t", "\x07", "é ≥ 5 · −1", "𝛘²", "\ufffe", "0005"]  # fmt: skip


@pytest.mark.slow
@settings(max_examples=cases(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(note=(st.sampled_from(PRINTED) | ANY_TEXT).filter(lambda text: fault(text) is None))
def test_any_text_comes_back_as_it_was(tmp_path, note):
    row = {"source": "a", "title": "T", "type": "article", "note": note}
    back = kept(tmp_path / "book.xlsx", {"source": [row]})
    assert back["source"][0]["note"] == (note if note.strip() else None)


def test_every_printed_text_comes_back_together(tmp_path):
    rows = [{"source": f"s{n}", "title": "T", "type": "article", "note": note} for n, note in enumerate(PRINTED)]
    back = kept(tmp_path / "book.xlsx", {"source": rows})["source"]
    assert [row["note"] for row in back] == [note if note.strip() else None for note in PRINTED]


@pytest.mark.parametrize("text", ["=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+A1", "#REF!", "=HYPERLINK(1)"])
def test_no_text_becomes_a_formula(tmp_path, text):
    write_workbook(tmp_path / "book.xlsx", {"source": [{"source": "a", "title": text, "type": "article"}]})
    cell = openpyxl.load_workbook(tmp_path / "book.xlsx")["source"]["C2"]
    assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")
