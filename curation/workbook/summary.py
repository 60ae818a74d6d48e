"""The sheet Findings of a checked workbook: everything that is marked, gravest first, each with its cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.styles import PatternFill

from curation.workbook.cells import WRAPPED, header_cell, text_cell
from curation.workbook.codebook import print_setup
from curation.workbook.marks import COLOURS, GRAVITY, Mark

SUMMARY = "Findings"
_COLUMNS = {
    "severity": 12,
    "where": 18,
    "field": 16,
    "found": 60,
    "expected, and what to do": 60,
    "more": 50,
    "rule": 14,
}


def add_summary(sheet: Any, marks: Sequence[Mark], heading: str) -> None:  # noqa: ANN401 - a sheet of openpyxl
    """Fill the sheet: a row per thing found, below one line that says what happened to the workbook."""
    for letter, width in zip("ABCDEFG", _COLUMNS.values(), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A3"
    print_setup(sheet)
    sheet.print_title_rows = "1:2"
    rows = [[text_cell(sheet, heading)], [header_cell(sheet, name, "other") for name in _COLUMNS]]
    for one in sorted((each for each in marks if not each.also), key=lambda mark: GRAVITY[mark.severity]):
        texts = (one.severity, one.place, one.field, one.found, one.expected, one.more, one.rule)
        cells = [text_cell(sheet, text, alignment=WRAPPED) for text in texts]
        cells[0].fill = PatternFill("solid", fgColor=COLOURS[one.severity])
        rows.append(cells)
    for row in rows:
        sheet.append(row)


def is_summary(sheet: Any) -> bool:  # noqa: ANN401 - a sheet of openpyxl
    """Whether a sheet is the list of findings of an earlier check, and not somebody's own sheet of that name."""
    return [cell.value for cell in sheet[2]][: len(_COLUMNS)] == list(_COLUMNS)
