"""Reading workbooks: texts as shown; whatever a table cannot hold is refused by sheet and cell, all of it at once."""

from __future__ import annotations

import datetime as dt
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st
from odf import style, table, text
from odf.opendocument import OpenDocumentSpreadsheet
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from curation.intake import archive
from curation.intake.number_formats import NotShown, shown_number
from curation.intake.problems import Refused
from curation.intake.read import read
from curation.intake.workbook import EXAMPLE
from curation.workbook.template import write_template

HEADER = ["source", "events", "percent", "lower", "row", "decimal_mark"]
GOOD = ["a", "22", "42.3%", None, "CR", None]


def book_of(*rows, header=HEADER, sheet="count"):
    book = openpyxl.Workbook()
    one = book.active
    one.title = sheet
    for row in (header, *rows):
        one.append(row)
    return book


@pytest.fixture
def put(tmp_path):
    def save(book, name="book.xlsx"):
        book.save(tmp_path / name)
        return tmp_path / name

    return save


def refusal(path):
    with pytest.raises(Refused) as refused:
        read([path])
    return refused.value


def only(path):
    (problem,) = refusal(path).problems
    return problem.sentence


def taken(path, name="percent", kind="count"):
    cells = read([path]).tables[kind][name].to_pylist()
    return [cell["text"] if isinstance(cell, dict) else cell for cell in cells]


def test_a_workbook_is_read_and_its_rows_are_known_by_sheet(put):
    bundle = read([put(book_of(GOOD, GOOD))])
    assert bundle.place("count", 1) == ("book.xlsx, count", 3)
    assert bundle.remarks == []


# what a cell shows


@pytest.mark.parametrize(
    ("value", "code", "seen"),
    [
        (0.423, "0.0%", "42.3%"),
        (0.42, "0.0%", "42.0%"),
        (12.5, "0.00", "12.50"),
        (12.5, "General", "12.5"),
        (5, "@", "5"),
    ],
)
def test_a_number_is_taken_as_shown_and_that_is_said(put, value, code, seen):
    book = book_of(["a", "22", value])
    book["count"]["C2"].number_format = code
    file = put(book)
    assert taken(file) == [seen]
    assert "count!C2 holds numbers, not text" in read([file]).remarks[0]


@pytest.mark.parametrize(
    ("raw", "code", "seen"),
    [("0.42299999999999999", "General", "0.423"), ("1623", "#,##0", "1,623"), ("-3.4", "0.0;[Red]-0.0", "-3.4"),
     ("-3.4", "#,##0.0_);(#,##0.0)", "-3.4"), ("0.5", "#.##", ".5"), ("5", "0000", "0005"), ("1E-7", "General", "0.0000001"),
     ("12.5", "0.0##", "12.5"), ("0", "0.00", "0.00")],
)  # fmt: skip
def test_number_formats_show_what_spreadsheets_show(raw, code, seen):
    assert shown_number(raw, code) == seen


@pytest.mark.parametrize(
    ("raw", "code"),
    [("0.456", "0.0"), ("41552", "dd/mm/yyyy"), ("0.5", "[h]:mm"), ("0.5", "# ?/?"), ("42", '0" months"'), ("nan", "0"),
     ("1234567", "#,##0,"), ("12.5", "0.00 [$€-407]"), ("1234", "0.00E+00"), ("x", "General"), ("1", "[<5]0;0.0")],
)  # fmt: skip
def test_a_display_that_hides_the_number_is_not_guessed(raw, code):
    with pytest.raises(NotShown):
        shown_number(raw, code)


@given(st.decimals(-(10**6), 10**6, places=3), st.integers(3, 6))
def test_a_number_shown_with_enough_decimals_is_that_number(value, decimals):
    shown = shown_number(str(value), "0." + "0" * decimals)
    assert Decimal(shown) == value
    assert len(shown.partition(".")[2]) == decimals


def test_numbers_of_a_source_with_decimal_commas_are_shown_with_commas(put):
    assert taken(put(book_of(["a", None, 39.5, None, None, "comma"]))) == ["39,5"]


# what no table can hold

REFUSED = {
    "formula": ("=11+11", "the formula '=11+11'"),
    "date": (dt.date(2013, 5, 2), "a date or time (stored as 41396)"),
    "time": (dt.time(12, 30), "a date or time"),
    "truth value": (True, "the truth value TRUE"),
    "error": ("#DIV/0!", "the error #DIV/0!"),
    "superscript": (CellRichText("42", TextBlock(InlineFont(vertAlign="superscript"), "3")), "'423', of which digits"),
    "no number": ("many", "'many'"),
    "huge": ("x" * 30_000, "30000 characters"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_cell_that_is_no_printed_text_is_named(put, name):
    value, found = REFUSED[name]
    sentence = only(put(book_of(["a", value], GOOD)))
    assert sentence.startswith(f"book.xlsx, count!B2 (events): found {found}")


def test_all_of_them_are_named_at_once(put):
    rows = [["a", value] for value, _ in REFUSED.values()]
    assert [each.spot.row for each in refusal(put(book_of(*rows))).problems] == list(range(2, 2 + len(REFUSED)))


def test_merged_cells_hidden_rows_and_columns_are_named(put):
    book = book_of(GOOD, GOOD, GOOD, GOOD)
    book["count"].merge_cells("E3:E4")
    book["count"].row_dimensions[5].hidden = True
    book["count"].column_dimensions["C"].hidden = True
    said = refusal(put(book)).summary
    assert "count!E3: found the merged cells E3:E4" in said
    assert "hidden rows that hold something (5)" in said
    assert "count!C1 (percent): found a hidden column" in said


def test_a_hidden_row_or_column_without_cells_is_no_matter(put):
    book = book_of(GOOD)
    book["count"].row_dimensions[9].hidden = True
    book["count"].column_dimensions["D"].hidden = True
    assert taken(put(book)) == ["42.3%"]


def test_a_hidden_sheet_with_records_is_named(put):
    book = book_of(GOOD)
    book.create_sheet("notes")
    book["count"].sheet_state = "hidden"
    book.active = 1
    assert "count: found a hidden sheet with 1 rows" in only(put(book))


def test_headers_twice_unknown_and_missing_are_named(put):
    said = refusal(put(book_of(["22", "23", "x", "y"], header=["events", "Events", "evnts", None]))).summary
    assert "count!B1: found the column 'Events' a second time (the first is A1)" in said
    assert "count!C1: found the column 'evnts'" in said
    assert "did you mean 'events'" in said
    assert "count!D2: found 'y' in a column without a name" in said
    assert "expected the column source" in said


def test_sheets_of_other_names_are_left_alone_but_a_misspelt_kind_is_named(put):
    book = book_of(GOOD)
    book.create_sheet("Notes")
    assert read([put(book)]).remarks == ["book.xlsx: not read, because no kind is named so: 'Notes'"]
    for name in ("cuont", "counts", "count (2)"):
        book["Notes" if "Notes" in book.sheetnames else book.sheetnames[-1]].title = name
        assert f"found the sheet {name!r}" in only(put(book))


def test_a_workbook_without_any_kind_is_refused(put):
    assert "found only sheets named 'Data'" in only(put(book_of(GOOD, sheet="Data")))


# the worked example


def test_the_example_may_be_anywhere_and_a_lost_mark_or_typing_over_is_named(tmp_path, put):
    book = openpyxl.load_workbook(write_template(tmp_path / "t.xlsx"))
    sheet = book["study"]
    example = [cell.value for cell in sheet[2]]
    sheet.append([None, "s1", "Study 1"])
    for cells in zip(sheet[2], sheet[3], strict=True):  # as if sorted
        cells[0].value, cells[1].value = cells[1].value, cells[0].value
    assert taken(put(book), "study", "study") == ["s1"]
    sheet["A3"].value = None
    assert "study!A3: found the worked example without its mark" in only(put(book))
    sheet["A3"].value, sheet["C3"].value = EXAMPLE, "Mine"
    assert f"study!A3: found a row marked {EXAMPLE} that is not the worked example any more" in only(put(book))
    assert example[0] == EXAMPLE


# files


def test_files_that_are_no_readable_workbook_are_refused_by_name(tmp_path, put):
    good = put(book_of(GOOD)).read_bytes()
    ole = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600)
    cases = {
        "empty file": b"",
        "no workbook": b"source,title\n",
        "old Excel workbook": ole,
        "locked with a password": ole + "EncryptedPackage".encode("utf-16-le"),
        "a damaged workbook": good[: len(good) // 2],
    }
    for found, content in cases.items():
        (tmp_path / "bad.xlsx").write_bytes(content)
        assert found in only(tmp_path / "bad.xlsx")
    for name, remedy in {"b.xlsm": "which holds no macros", "b.xls": "save the workbook as .xlsx"}.items():
        (tmp_path / name).write_bytes(good)
        assert remedy in only(tmp_path / name)


def altered(file, part, change):
    """The workbook with one part changed or added."""
    with zipfile.ZipFile(file) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return file


SHEET = "xl/worksheets/sheet1.xml"


def test_unsafe_and_broken_parts_are_refused(put, monkeypatch):
    fresh = lambda: put(book_of(GOOD))
    entity = b'<!DOCTYPE x [<!ENTITY a "b">]>'
    assert "entities" in only(altered(fresh(), SHEET, lambda xml: entity + xml))
    assert "damaged" in only(altered(fresh(), SHEET, lambda xml: xml[:-20]))
    assert "damaged" in only(altered(fresh(), SHEET, lambda xml: xml.replace(b'r="2"', b'r="two"')))
    assert "macros" in only(altered(fresh(), "xl/vbaProject.bin", lambda _: b"x"))
    assert "unpacks to" in only(altered(fresh(), "xl/media/a.xml", lambda _: bytes(20 << 20)))
    monkeypatch.setattr(archive, "MOST_PARTS", 3)
    assert "parts" in only(fresh())


# OpenDocument


def ods_cell(shown, kind="string", **more):
    cell = table.TableCell(valuetype=kind, **more)
    for line in shown.split("\n"):
        cell.addElement(text.P(text=line))
    return cell


def ods(file, rows, *, hidden=(), sheet="count"):
    document = OpenDocumentSpreadsheet()
    one = table.Table(name=sheet)
    for number, row in enumerate(rows, 1):
        line = table.TableRow(**({"visibility": "collapse"} if number in hidden else {}))
        for cell in row:
            line.addElement(cell if not isinstance(cell, str) else ods_cell(cell))
        one.addElement(line)
    one.addElement(table.TableRow(numberrowsrepeated=1_048_000))
    document.spreadsheet.addElement(one)
    document.save(str(file))
    return file


def test_an_open_document_is_read_as_shown(tmp_path):
    rows = [
        ["source", "events", "percent"],
        ["a", "22", ods_cell("42.30%", "percentage", value="0.423")],
        ["a", ods_cell("1,623", "float", value="1623"), ods_cell("12,50", "float", value="12.5")],
    ]
    file = ods(tmp_path / "book.ods", rows)
    assert taken(file) == ["42.30%", "12.50"]
    assert taken(file, "events") == ["22", "1,623"]


def test_what_an_open_document_cannot_say_as_text_is_refused_by_cell(tmp_path):
    rows = [
        ["source", "events", "row"],
        ["a", ods_cell("22", "float", value="22", formula="of:=[.A1]+1")],
        ["a", ods_cell("2 May", "date", datevalue="2013-05-02")],
        ["a", ods_cell("0.5", "float", value="0.456")],
        ["a", ods_cell("TRUE", "boolean", booleanvalue="true")],
        ["a", "5", ods_cell("CR", numberrowsspanned=2)],
        ["a", "6"],
    ]
    said = [each.sentence for each in refusal(ods(tmp_path / "b.ods", rows, hidden={7})).problems]
    wanted = ["hidden rows that hold something (7)", "B2 (events): found the formula '=[.A1]+1'", "B3 (events): found a date",
              "B4 (events): found the number 0.456, shown as '0.5'", "B5 (events): found the truth value", "C6: found the merged cells C6:C7"]  # fmt: skip
    for each in wanted:
        assert sum(each in sentence for sentence in said) == 1, each
    assert len(said) == len(wanted)


def test_spaces_lines_and_notes_of_an_open_document(tmp_path):
    cell = table.TableCell(valuetype="string")
    line = text.P(text="two")
    line.addElement(text.S(c=2))
    line.addText("spaces")
    cell.addElement(line)
    cell.addElement(text.P(text="lines"))
    from odf.office import Annotation

    note = Annotation()
    note.addElement(text.P(text="not this"))
    cell.addElement(note)
    assert taken(ods(tmp_path / "b.ods", [["source", "events", "row"], ["a", "5", cell]]), "row") == [
        "two  spaces\nlines"
    ]


def test_a_superscript_in_an_open_document_is_refused(tmp_path):
    document = OpenDocumentSpreadsheet()
    high = style.Style(name="T1", family="text")
    high.addElement(style.TextProperties(textposition="super 58%"))
    document.automaticstyles.addElement(high)
    one = table.Table(name="count")
    cell = table.TableCell(valuetype="string")
    line = text.P(text="42")
    line.addElement(text.Span(stylename=high, text="3"))
    cell.addElement(line)
    for row in (["source", "events"], ["a", cell]):
        added = table.TableRow()
        for each in row:
            added.addElement(ods_cell(each) if isinstance(each, str) else each)
        one.addElement(added)
    document.spreadsheet.addElement(one)
    document.save(str(tmp_path / "b.ods"))
    assert "superscript" in only(tmp_path / "b.ods")


def test_cells_repeated_beyond_all_measure_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("curation.intake.ods.MOST_CELLS", 1000)
    rows = [["source"], [ods_cell("a", numbercolumnsrepeated=2000)]]
    assert "cells in a workbook" in only(ods(tmp_path / "b.ods", rows))


# against another reader, and at size


def test_another_reader_sees_the_same_texts(tmp_path):
    file = write_template(tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(file)
    for number in range(30):
        book["study"].append([None, f"s{number}", f" é < & {number}"])
    book.save(file)
    theirs = python_calamine.load_workbook(file).get_sheet_by_name("study").to_python()[2:]
    assert taken(file, "label", "study") == [row[2] for row in theirs]


def test_ten_thousand_rows_are_read(tmp_path):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("count")
    sheet.append(HEADER)
    for number in range(10_000):
        sheet.append(["a", str(number), "42.3%", None, f"row {number}"])
    book.save(tmp_path / "b.xlsx")
    assert taken(tmp_path / "b.xlsx", "events")[-1] == "9999"
