"""Workbooks (.xlsx, .ods): every sheet is one table, its cells as the spreadsheet shows them."""

from __future__ import annotations

from pathlib import Path

from curation.intake.archive import NotRead, opened
from curation.intake.grid import Grid, place
from curation.intake.ods import ods_grids
from curation.intake.problems import Problems
from curation.intake.xlsx import xlsx_grids
from curation.readers.cell_text import cell_text
from curation.readers.document import Document, Part
from curation.readers.package import holds
from curation.readers.reader import Reader, called, refused
from curation.readers.sheet import sheet_table
from curation.readers.spans import LARGEST_TABLE, GivenCell, TooLarge
from curation.readers.typography import lead

_XLSX, _ODS = "xl/workbook.xml", "content.xml"


def _recognises(path: Path, head: bytes) -> bool:
    if holds(path, head, _XLSX) or (holds(path, head, _ODS) and path.suffix.lower() == ".ods"):
        return True
    return path.suffix.lower() in FORMAT.suffixes and head.startswith(b"PK")


def _read(path: Path, _: bytes) -> Document:
    label, problems = called(path), Problems()
    archive = opened(path, label, problems)
    problems.refuse()
    if archive is None:
        raise refused(path, "a damaged workbook", "a whole file; save it again")
    parts: list[Part] = []
    remarks: list[str] = []
    try:
        with archive:
            excel = _XLSX in archive.namelist()
            for grid in xlsx_grids(archive, lambda _: True) if excel else ods_grids(archive):
                _add(grid, parts, remarks)
    except NotRead as error:
        raise refused(path, error.found, error.expected) from None
    if not parts:
        raise refused(path, "a workbook whose sheets hold no table of printed size", "a sheet with a table")
    return Document(file=label, format=FORMAT.name, parts=tuple(parts), remarks=tuple(remarks))


def _add(grid: Grid, parts: list[Part], remarks: list[str]) -> None:
    """Add the table of a sheet, or a remark why there is none."""
    if grid.hidden:
        remarks.append(f"The sheet {grid.name!r} is hidden and was not read.")
        return
    try:
        part = sheet_table(grid.name, _rows(grid))
    except TooLarge:
        remarks.append(f"The sheet {grid.name!r} has more than {LARGEST_TABLE:,} cells and was not read.")
        return
    if part is not None:
        parts.append(part)


def _rows(grid: Grid) -> list[list[GivenCell]]:
    """The rows of a sheet, a cell for every column; merged cells span, and those under them are left out."""
    last = max((max(cells) for _, cells in grid.rows if cells), default=0)
    if last * len(grid.rows) > LARGEST_TABLE:
        raise TooLarge
    spans, covered = _merged(grid.merged)
    rows = []
    for number, cells in grid.rows:
        if number not in grid.hidden_rows:
            columns = (column for column in range(1, last + 1) if (number, column) not in covered)
            rows.append([_cell(cells.get(column, ""), spans.get((number, column), (1, 1))) for column in columns])
    return rows


def _cell(text: str, span: tuple[int, int]) -> GivenCell:
    return GivenCell(cell_text(text), span[0], span[1], lead=lead(text))


def _merged(ranges: list[str]) -> tuple[dict[tuple[int, int], tuple[int, int]], set[tuple[int, int]]]:
    """Spans by upper left corner, and the cells they cover; a range larger than a printed table is passed over."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for each in ranges:
        first, _, last = each.partition(":")
        try:
            (top, left), (bottom, right) = place(first), place(last or first)
        except ValueError:
            continue
        height, width = bottom - top + 1, right - left + 1
        if height < 1 or width < 1 or len(covered) + height * width > LARGEST_TABLE:
            continue
        spans[top, left] = (height, width)
        covered |= {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)} - {
            (top, left)
        }
    return spans, covered


FORMAT = Reader("xlsx", "Excel or OpenDocument workbooks", (".xlsx", ".ods"), _recognises, _read, rank=4)
