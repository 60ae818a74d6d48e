"""The sheets that explain a workbook: Read me, Codebook, and the code lists that drop-downs take their words from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from curation.intake.workbook import EXAMPLE, HELPER
from curation.workbook.cells import WRAPPED, header_cell, text_cell
from schemas.codes import CODES
from schemas.fields import FieldFacts
from schemas.kinds.base import Declared
from schemas.registry import KINDS

_COLUMNS = {"kind": 16, "field": 20, "meaning": 60, "unit": 14, "allowed values": 44, "example": 30, "required": 12}
_READ_ME = f"""\
How to use this workbook
One sheet per kind of record; the sheets Codebook and Lists say what each column takes. Fill in the sheets you need.
Begin with the sheets source, study, arm and outcome: their ids are offered as drop-downs on the other sheets.
Type numbers as the paper prints them: 39.0%, <0.001, 1,623, 24.9 months. Every column is text, so nothing is changed.
Where there is no number, type NR (not reported), NA (not applicable), NE (not estimable) or not reached.
A number that cannot be read with certainty: its possible readings and a question mark, such as 24|9?
A cell that prints several numbers, such as 22 (42.3%), goes into the column printed; it is split for you.
The grey row marked {EXAMPLE} in the column {HELPER} is an example and is not taken in. Leave it, or delete the row.
The column {HELPER} is yours otherwise: it is never taken in.
Dark blue columns are required. Blue columns say what a record is about. Grey columns are filled in where it is printed.
A drop-down warns of other entries and blocks none; what cannot be read is named when the workbook is taken in.
Formulas, merged cells and hidden rows are not read. Other sheets may hold notes of your own.
When it is filled in: curation intake REVIEW.duckdb THIS.xlsx --extractor YOU
Beside it appears THIS.checked.xlsx, the same workbook with what was found marked in its cells."""


def add_read_me(book: Any) -> None:  # noqa: ANN401 - a workbook of openpyxl
    """The first sheet: what to do, and what the sheets are for."""
    sheet = book.create_sheet("Read me")
    sheet.column_dimensions["A"].width = 18
    sheet.column_dimensions["B"].width = 110
    head, *lines = _READ_ME.split("\n")
    sheet.append([header_cell(sheet, head, "required"), header_cell(sheet, "", "required")])
    for number, line in enumerate(lines, 1):
        sheet.append([text_cell(sheet, str(number)), text_cell(sheet, line, alignment=WRAPPED)])
    sheet.append([])
    sheet.append([header_cell(sheet, "Sheet", "other"), header_cell(sheet, "One row for each", "other")])
    for kind, model in KINDS.items():
        about = " ".join((model.__doc__ or "").split())
        sheet.append([text_cell(sheet, kind), text_cell(sheet, about, alignment=WRAPPED)])
    print_setup(sheet)


def add_codebook(book: Any) -> None:  # noqa: ANN401 - a workbook of openpyxl
    """A row per field of every kind."""
    sheet = _table(book, "Codebook", _COLUMNS)
    for kind, model in KINDS.items():
        for each in model.fields():
            texts = (kind, each.name, each.meaning, each.unit, allowed(each), each.example, duty(each))
            sheet.append([text_cell(sheet, text, alignment=WRAPPED) for text in texts])


def add_lists(book: Any) -> dict[str, str]:  # noqa: ANN401 - a workbook of openpyxl
    """The code lists below each other; returns the range of each list's codes, for drop-downs."""
    sheet = _table(book, "Lists", {"list": 20, "code": 28, "meaning": 80})
    ranges, row = {}, 2
    for name, codes in CODES.items():
        ranges[name] = f"'Lists'!$B${row}:$B${row + len(codes) - 1}"
        row += len(codes)
        for code, meaning in codes.items():
            sheet.append([text_cell(sheet, text, alignment=WRAPPED) for text in (name, code, meaning)])
    return ranges


def allowed(field: FieldFacts) -> str:
    """What a field takes, in words."""
    if field.quantity:
        return f"{field.quantity.meaning}, as printed"
    if field.refers_to:
        some = "ids, separated by spaces, from" if field.several else "an id from"
        return f"{some} the sheet {field.refers_to}"
    return ", ".join(CODES[field.codes]) if field.codes else "text"


def duty(field: FieldFacts) -> str:
    """Whether a field must be filled in, or what a blank cell means."""
    return "required" if field.required else (f"blank: {field.default}" if field.default else "")


def note_of(field: FieldFacts, model: type[Declared]) -> str:
    """The note on the name of a column."""
    return "\n".join(line for line in _note_lines(field, model) if line)


def _note_lines(field: FieldFacts, model: type[Declared]) -> Iterator[str]:
    yield field.meaning
    yield f"Unit: {field.unit}" if field.unit else ""
    yield f"Takes: {allowed(field)}"
    yield f"Example: {field.example}" if field.example else ""
    yield f"Every {model.kind} needs it" if field.required else duty(field).capitalize()


def _table(book: Any, title: str, columns: dict[str, int]) -> Any:  # noqa: ANN401 - openpyxl's own
    sheet = book.create_sheet(title)
    for letter, width in zip("ABCDEFG", columns.values(), strict=False):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    print_setup(sheet)
    sheet.append([header_cell(sheet, name, "other") for name in columns])
    return sheet


def print_setup(sheet: Any) -> None:  # noqa: ANN401 - openpyxl's own
    """Landscape, as wide as a page, the header on every page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
