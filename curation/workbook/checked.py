"""The checked copy of a workbook: the same cells, those that were refused or contradict others marked in place."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from curation.intake.grid import Grid, letter, place
from curation.intake.problems import Problems
from curation.intake.workbook import grids, kind_named
from curation.workbook.cells import AUTHOR, TEXT, header_cell, noted, set_text, text_cell
from curation.workbook.marks import COLOURS, GRAVITY, Mark
from curation.workbook.summary import SUMMARY, add_summary, is_summary
from store.whole_files import put_in_place

LARGEST_COPY = 48 << 20
"""Bytes of unpacked sheets up to which the whole workbook is copied; a larger one is typed anew, which is quicker."""
_BEFORE = "\n--- note in this cell ---\n"

ByCell = Mapping[tuple[str, int, int], Sequence[Mark]]


def write_checked(book: Path, marks: Sequence[Mark], heading: str) -> Path:
    """Write ``book.checked.xlsx`` beside a workbook and return its path; the workbook itself is left as it is.

    An earlier copy is replaced, unless somebody has saved it since: then the new one gets a number. Raises OSError
    where it cannot be written.
    """
    target = _target(book)
    with TemporaryDirectory() as folder:
        made = Path(folder) / "checked.xlsx"
        if not (_small(book) and _copied(book, marks, heading, made)):
            _typed_anew(book, marks, heading, made)
        with put_in_place(target) as draft:
            shutil.copyfile(made, draft)
    return target


def _target(book: Path) -> Path:
    number = 1
    while True:
        target = book.with_name(f"{book.stem}.checked{'' if number == 1 else f'.{number}'}.xlsx")
        if not target.exists() or _untouched(target):
            return target
        number += 1


def _untouched(file: Path) -> bool:
    """Whether a file is a checked copy that nobody has saved since."""
    try:
        with ZipFile(file) as archive:
            return f"<cp:lastModifiedBy>{AUTHOR}</cp:lastModifiedBy>".encode() in archive.read("docProps/core.xml")
    except (BadZipFile, KeyError, OSError):
        return False


def _small(book: Path) -> bool:
    if book.suffix.lower() != ".xlsx":
        return False
    with ZipFile(book) as archive:
        return sum(part.file_size for part in archive.infolist()) <= LARGEST_COPY


def _by_cell(marks: Iterable[Mark]) -> dict[tuple[str, int, int], list[Mark]]:
    """The marks of each cell, gravest first; what is about a whole row is marked in its first cell."""
    found: dict[tuple[str, int, int], list[Mark]] = {}
    for one in sorted(marks, key=lambda mark: GRAVITY[mark.severity]):
        if one.row:
            column = place(f"{one.letter}1")[1] if one.letter else 1
            found.setdefault((one.sheet, one.row, column), []).append(one)
    return found


def _note(marks: Sequence[Mark], before: str = "") -> Comment:
    text = "\n\n".join(dict.fromkeys(one.note for one in marks))
    return noted(text[:1400] + (_BEFORE + before if before else ""), AUTHOR + " check")


def _fill(marks: Sequence[Mark]) -> PatternFill:
    return PatternFill("solid", fgColor=COLOURS[marks[0].severity])


def _copied(book: Path, marks: Sequence[Mark], heading: str, made: Path) -> bool:
    """Copy the workbook with its marks. False where openpyxl cannot read what a spreadsheet program wrote."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # parts of a workbook that openpyxl leaves out
        try:
            copy = load_workbook(book, rich_text=True, keep_links=False)
        except Exception:  # whatever it stumbles over: the copy is typed anew then
            return False
        for sheet in copy.worksheets:
            _tidied(sheet)
        for (name, row, column), found in _by_cell(marks).items():
            if name in copy.sheetnames:
                _mark(copy[name].cell(row, column), found)
        _summarised(copy, marks, heading)
        copy.properties.creator = copy.properties.lastModifiedBy = AUTHOR
        copy.save(made)
    return True


def _tidied(sheet: Any) -> None:  # noqa: ANN401 - a sheet of openpyxl
    """Take out what must not be in a copy: formulas become text, the marks of an earlier check go."""
    for cell in list(sheet._cells.values()):
        if cell.data_type == "f":
            given = cell.value
            set_text(
                cell, given if isinstance(given, str) else f"={getattr(given, 'text', None) or ''}".replace("==", "=")
            )
        note = None if isinstance(cell, MergedCell) else cell.comment
        if note and note.author == AUTHOR + " check":
            _, _, before = note.text.partition(_BEFORE)
            cell.comment = noted(before) if before else None
            cell.fill = PatternFill()


def _mark(cell: Any, marks: Sequence[Mark]) -> None:  # noqa: ANN401 - a cell of openpyxl
    cell.fill = _fill(marks)
    if not isinstance(cell, MergedCell):
        cell.comment = _note(marks, cell.comment.text if cell.comment else "")


def _summarised(copy: Any, marks: Sequence[Mark], heading: str) -> None:  # noqa: ANN401 - a workbook of openpyxl
    """Put the list of findings first, and select it alone: grouped sheets would be typed into together."""
    if SUMMARY in copy.sheetnames and is_summary(copy[SUMMARY]):
        del copy[SUMMARY]
    first = copy.create_sheet(SUMMARY, 0)
    add_summary(first, marks, heading)
    copy.active = 0
    for sheet in copy.worksheets:
        sheet.sheet_view.tabSelected = sheet is first


def _typed_anew(book: Path, marks: Sequence[Mark], heading: str, made: Path) -> None:
    """A workbook with the texts of every sheet of records in their places, and the marks."""
    copy = Workbook(write_only=True)
    copy.properties.creator = copy.properties.lastModifiedBy = AUTHOR
    add_summary(copy.create_sheet(SUMMARY), marks, heading)
    by_cell = _by_cell(marks)
    for grid in grids(book, book.name, Problems()):
        if kind_named(grid.name):
            sheet = copy.create_sheet(grid.name)
            width = max((max(cells) for _, cells in grid.rows), default=0)
            for column in range(1, width + 1):
                sheet.column_dimensions[letter(column)].width = 16
                sheet.column_dimensions[letter(column)].number_format = TEXT
            sheet.freeze_panes = "A2"
            for row in _rows(sheet, grid, by_cell):
                sheet.append(row)
    copy.save(made)


def _rows(sheet: Any, grid: Grid, marks: ByCell) -> Iterator[Iterator[Any]]:  # noqa: ANN401 - openpyxl's own
    plain = text_cell(sheet, "")
    marked: dict[int, set[int]] = {}
    for name, row, column in marks:
        if name == grid.name:
            marked.setdefault(row, set()).add(column)
    typed = dict(grid.rows)
    for row in range(1, max([0, *typed, *marked]) + 1):
        cells, columns = typed.get(row, {}), marked.get(row, set())
        if row == 1:
            yield (header_cell(sheet, cells.get(each, ""), "other") for each in range(1, max([0, *cells]) + 1))
        elif not columns:
            yield _plain(plain, cells)
        else:
            yield (
                _marked(sheet, cells.get(each, ""), marks.get((grid.name, row, each), ()))
                for each in range(1, max([*cells, *columns]) + 1)
            )


def _plain(cell: Any, cells: Mapping[int, str]) -> Iterator[Any]:  # noqa: ANN401 - openpyxl's own
    for column in range(1, max([0, *cells]) + 1):
        text = cells.get(column)
        if text:
            set_text(cell, text)
        yield cell if text else None


def _marked(sheet: Any, text: str, marks: Sequence[Mark]) -> Any:  # noqa: ANN401 - openpyxl's own
    cell = text_cell(sheet, text)
    if marks:
        cell.fill, cell.comment = _fill(marks), _note(marks)
    return cell
