"""The checked copy: what was refused or contradicts is marked in its cells, and nothing else is changed or can run."""

from __future__ import annotations

import openpyxl
import pytest
from click.testing import CliRunner

from curation.cli import curation
from curation.commands import books
from curation.workbook import checked
from curation.workbook.marks import COLOURS
from curation.workbook.template import write_template
from store.review import Review


@pytest.fixture
def review(tmp_path):
    Review.create(tmp_path / "r.duckdb").close()
    return tmp_path / "r.duckdb"


@pytest.fixture(scope="module")
def blank(tmp_path_factory):
    return write_template(tmp_path_factory.mktemp("blank") / "blank.xlsx")


def filled(blank, file, *counts):
    """A template filled in with one source, one outcome and these counts; returns the workbook, saved as file."""
    book = openpyxl.load_workbook(blank)
    put(book["source"], source="p", title="A trial", type="article")
    put(book["outcome"], outcome="cr", label="CR")
    for row in counts:
        put(book["count"], **{"source": "p", "outcome": "cr"} | row)
    book.save(file)
    return book


def put(sheet, **cells):
    sheet.append([cells.get(cell.value) for cell in sheet[1]])


def intake(review, file, *more):
    return CliRunner().invoke(curation, ["intake", str(review), str(file), "--extractor", "AB", *more])


def marked(file, kind="count"):
    """Value, colour and note of every marked cell below the header."""
    return {
        cell.coordinate: (cell.value, cell.fill.fgColor.rgb[2:], cell.comment.text)
        for row in openpyxl.load_workbook(file)[kind].iter_rows(min_row=2)
        for cell in row
        if cell.comment
    }


def findings(file):
    return list(openpyxl.load_workbook(file)["Findings"].iter_rows(min_row=3, values_only=True))


def test_a_contradiction_is_coloured_and_said_in_its_cell(blank, tmp_path, review):
    filled(blank, tmp_path / "b.xlsx", {"events": "22", "total": "52", "percent": "45.0%"})
    before = (tmp_path / "b.xlsx").read_bytes()
    done = intake(review, tmp_path / "b.xlsx")
    assert done.exit_code == 0
    ((place, (value, colour, note)),) = marked(tmp_path / "b.checked.xlsx").items()
    assert (place, value, colour) == ("V3", "45.0%", COLOURS["error"])
    assert note.startswith("ERROR: ")
    assert "42.3%" in note
    ((severity, where, field, *_),) = findings(tmp_path / "b.checked.xlsx")
    assert (severity, where, field) == ("error", "count!V3", "percent")
    assert (tmp_path / "b.xlsx").read_bytes() == before


def test_refused_cells_are_marked_and_nothing_is_taken_in(blank, tmp_path, review):
    filled(blank, tmp_path / "b.xlsx", {"events": "many"}, {"events": "=11+2"}, {"events": "5", "source": "q"})
    done = intake(review, tmp_path / "b.xlsx")
    assert done.exit_code == 2
    assert "count!R3 (events): found 'many'" in done.output
    cells = marked(tmp_path / "b.checked.xlsx")
    assert {place: cells[place][1] for place in cells} == dict.fromkeys(["R3", "R4"], COLOURS["refused"])
    assert all(note.startswith("REFUSED: ") for _, _, note in cells.values())
    copy = openpyxl.load_workbook(tmp_path / "b.checked.xlsx")
    assert (copy["count"]["R4"].value, copy["count"]["R4"].data_type) == ("=11+2", "s")
    assert "Nothing was taken in" in copy["Findings"]["A1"].value


def test_an_id_that_leads_nowhere_is_marked(blank, tmp_path, review):
    filled(blank, tmp_path / "b.xlsx", {"events": "5", "source": "q"})
    assert "count!C3 (source)" in intake(review, tmp_path / "b.xlsx").output
    assert list(marked(tmp_path / "b.checked.xlsx")) == ["C3"]


def test_a_workbook_without_contradictions_says_so(blank, tmp_path, review):
    filled(blank, tmp_path / "b.xlsx", {"events": "22", "total": "52", "percent": "42.3%"})
    intake(review, tmp_path / "b.xlsx")
    assert marked(tmp_path / "b.checked.xlsx") == {}
    assert "nothing that contradicts" in openpyxl.load_workbook(tmp_path / "b.checked.xlsx")["Findings"]["A1"].value


def test_only_the_findings_sheet_is_selected(blank, tmp_path, review):
    filled(blank, tmp_path / "b.xlsx", {"events": "x"})
    intake(review, tmp_path / "b.xlsx")
    copy = openpyxl.load_workbook(tmp_path / "b.checked.xlsx")
    assert [sheet.title for sheet in copy if sheet.sheet_view.tabSelected] == ["Findings"] == copy.sheetnames[:1]


def test_no_copy_is_written_when_none_is_wanted(blank, tmp_path, review):
    filled(blank, tmp_path / "b.xlsx", {"events": "x"})
    intake(review, tmp_path / "b.xlsx", "--no-checked")
    assert not (tmp_path / "b.checked.xlsx").exists()


def test_a_copy_that_somebody_saved_is_kept_and_an_untouched_one_is_replaced(blank, tmp_path, review):
    filled(blank, tmp_path / "b.xlsx", {"events": "x"})
    for _ in range(2):
        intake(review, tmp_path / "b.xlsx")
        assert not (tmp_path / "b.checked.2.xlsx").exists()
    book = openpyxl.load_workbook(tmp_path / "b.checked.xlsx")
    book.properties.lastModifiedBy = "AB"
    book.save(tmp_path / "b.checked.xlsx")
    mine = (tmp_path / "b.checked.xlsx").read_bytes()
    intake(review, tmp_path / "b.xlsx")
    assert (tmp_path / "b.checked.xlsx").read_bytes() == mine
    assert (tmp_path / "b.checked.2.xlsx").exists()


def test_a_corrected_copy_can_be_taken_in_and_loses_its_old_marks(blank, tmp_path, review):
    book = filled(blank, tmp_path / "b.xlsx", {"events": "x", "total": "52"})
    book["count"]["R3"].comment = openpyxl.comments.Comment("my own note", "AB")
    book.save(tmp_path / "b.xlsx")
    intake(review, tmp_path / "b.xlsx")
    assert "my own note" in marked(tmp_path / "b.checked.xlsx")["R3"][2]
    copy = openpyxl.load_workbook(tmp_path / "b.checked.xlsx")
    copy["count"]["R3"].value = "22"
    copy.save(tmp_path / "again.xlsx")
    assert intake(review, tmp_path / "again.xlsx").exit_code == 0
    assert marked(tmp_path / "again.checked.xlsx")["R3"] == ("22", "000000", "my own note")


@pytest.mark.parametrize("typed_anew", [False, True])
def test_no_cell_of_a_copy_starts_a_formula(blank, tmp_path, review, monkeypatch, typed_anew):
    if typed_anew:
        monkeypatch.setattr(checked, "LARGEST_COPY", 0)
    texts = ["=cmd|' /C calc'!A0", "=1+1", "@SUM(A1)", "'=1"]
    book = filled(blank, tmp_path / "b.xlsx", *({"events": "x", "row": text} for text in texts))
    book["count"]["A9"] = "=HYPERLINK(1)"
    book.save(tmp_path / "b.xlsx")
    intake(review, tmp_path / "b.xlsx")
    copy = openpyxl.load_workbook(tmp_path / "b.checked.xlsx")
    kinds = {cell.data_type for sheet in copy for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert {f"R{row}" for row in range(3, 7)} <= set(marked(tmp_path / "b.checked.xlsx"))


def test_a_large_workbook_typed_anew_has_its_texts_and_marks_in_place(blank, tmp_path, review, monkeypatch):
    monkeypatch.setattr(checked, "LARGEST_COPY", 0)
    filled(blank, tmp_path / "b.xlsx", {"events": "22", "total": "52", "percent": "45.0%", "row": "0.50"})
    intake(review, tmp_path / "b.xlsx")
    copy = openpyxl.load_workbook(tmp_path / "b.checked.xlsx")
    original = openpyxl.load_workbook(tmp_path / "b.xlsx")
    assert list(marked(tmp_path / "b.checked.xlsx")) == ["V3"]
    for row in original["count"].iter_rows():
        for cell in row:
            assert copy["count"][cell.coordinate].value == cell.value


def test_more_records_than_an_intake_checks_are_taken_in_and_that_is_said(blank, tmp_path, review, monkeypatch):
    monkeypatch.setattr(books, "MOST_CHECKED", 1)
    filled(blank, tmp_path / "b.xlsx", {"events": "22"}, {"events": "23", "row": "2"})
    done = intake(review, tmp_path / "b.xlsx")
    assert done.exit_code == 0
    assert "no checked copy: 2 records are more than the 1" in done.output
    assert not (tmp_path / "b.checked.xlsx").exists()
