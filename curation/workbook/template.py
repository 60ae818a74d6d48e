"""The workbook to type into: a sheet per kind, derived from the models; empty, or with records filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

from curation.intake.grid import letter
from curation.intake.problems import Problems
from curation.intake.workbook import EXAMPLE, HELPER, worked_example
from curation.workbook.cells import (
    AUTHOR,
    EXAMPLE_FILL,
    EXAMPLE_FONT,
    TEXT,
    header_cell,
    plain_rows,
    text_cell,
)
from curation.workbook.codebook import add_codebook, add_lists, add_read_me, allowed, note_of, print_setup
from schemas.fields import FieldFacts
from schemas.identity import key_fields
from schemas.kinds.base import Declared
from schemas.registry import KINDS
from store.whole_files import put_in_place

LAST_ROW = 1_048_576
"""The last row a sheet can have; drop-downs reach down to it."""
FIRST_COLUMN = 2
"""The first column of a field; the helper column is before it."""

Rows = Mapping[str, Iterable[Mapping[str, str | None]]]


def write_template(file: Path) -> Path:
    """Write an empty workbook to type into. Raises Refused if the file is there already or cannot be written."""
    problems = Problems()
    if file.exists():
        problems.add(
            str(file), None, None, "a file that is there already", "a file that is not there yet; name another"
        )
    problems.refuse()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_workbook(file, {}, examples=True)
    except OSError as error:
        found = f"a place that cannot be written to ({error.strerror})"
        problems.add(str(file), None, None, found, "a file in a folder that can be written to")
    problems.refuse()
    return file


def write_workbook(file: Path, rows: Rows, *, examples: bool = False) -> None:
    """Write a workbook with these rows by kind, texts as they are; reading it gives the same rows back.

    Args:
        file: the .xlsx file, replaced if it is there.
        rows: for any of the kinds, its rows as texts by field; other kinds get a sheet without rows.
        examples: whether each sheet begins with its worked example, marked as such.
    """
    book = Workbook(write_only=True)
    book.properties.creator = book.properties.lastModifiedBy = AUTHOR
    add_read_me(book)
    add_codebook(book)
    sheets = {kind: book.create_sheet(kind) for kind in KINDS}
    lists = add_lists(book)
    for kind, model in KINDS.items():
        fill_sheet(sheets[kind], model, lists)
        if examples:
            _add_example(sheets[kind], model)
        names = list(model.model_fields)
        texts = ((None, *(row.get(name) for name in names)) for row in rows.get(kind, ()))
        for row in plain_rows(sheets[kind], texts):
            sheets[kind].append(row)
    with put_in_place(file) as draft:
        book.save(draft)


def fill_sheet(sheet: Any, model: type[Declared], lists: Mapping[str, str]) -> None:  # noqa: ANN401 - openpyxl's own
    """The header of a kind's sheet: names with notes, text format, widths, drop-downs, frozen, ready to print."""
    print_setup(sheet)
    sheet.freeze_panes = sheet_corner(model)
    _column(sheet, 1, 10)
    for column, each in enumerate(model.fields(), FIRST_COLUMN):
        _column(sheet, column, max(len(each.name) + 3, min(len(each.example) + 2, 34), 10))
        if choices := _drop_down(each, model, lists):
            choices.add(f"{letter(column)}2:{letter(column)}{LAST_ROW}")
            sheet.data_validations.append(choices)
    helper = f"{EXAMPLE} marks the worked example, which is not taken in. Otherwise this column is yours."
    names = [header_cell(sheet, each.name, _colour(each), note_of(each, model)) for each in model.fields()]
    sheet.append([header_cell(sheet, HELPER, "helper", helper), *names])


def sheet_corner(model: type[Declared]) -> str:
    """The cell up to which a sheet is frozen: the header, and the columns up to the first of the key."""
    keys = key_fields(model)
    first = list(model.model_fields).index(keys[0]) if keys else 0
    return f"{letter(first + FIRST_COLUMN + 1)}2"


def _column(sheet: Any, column: int, width: int) -> None:  # noqa: ANN401 - openpyxl's own
    """Width and text format of a whole column, down to its last row."""
    sheet.column_dimensions[letter(column)].width = width
    sheet.column_dimensions[letter(column)].number_format = TEXT


def _colour(field: FieldFacts) -> str:
    return "required" if field.required else "key" if field.key else "other"


def _drop_down(field: FieldFacts, model: type[Declared], lists: Mapping[str, str]) -> DataValidation | None:
    """The choices of a cell: a code list, or the ids on another sheet. Other entries get a warning and may stay."""
    if field.codes:
        choices, where = lists[field.codes], "the sheet Lists"
    elif field.refers_to and not field.several:
        choices, where = _ids(field.refers_to), f"the sheet {field.refers_to}"
    else:
        return None
    found = DataValidation(type="list", formula1=choices, allow_blank=True, errorStyle="warning", showErrorMessage=True)
    found.errorTitle = f"{model.kind}: {field.name}"[:32]
    found.error = f"{field.meaning}. It takes {allowed(field)}."[:180] + f" See {where}."
    return found


def _ids(entity: str) -> str:
    """The ids on the sheet of an entity, as far down as it is filled in."""
    model = KINDS[entity]
    column = letter(list(model.model_fields).index(key_fields(model)[-1]) + FIRST_COLUMN)
    whole = f"'{entity}'!${column}:${column}"
    return f"'{entity}'!${column}$2:INDEX({whole},MAX(2,COUNTA({whole})))"


def _add_example(sheet: Any, model: type[Declared]) -> None:  # noqa: ANN401 - openpyxl's own
    example = worked_example(model)
    texts = [EXAMPLE, *(example.get(each.name, "") for each in model.fields())]
    sheet.append([text_cell(sheet, text, fill=EXAMPLE_FILL, font=EXAMPLE_FONT) for text in texts])
