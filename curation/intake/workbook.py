"""Workbooks: which of their sheets are read, and how a sheet becomes typed cells of one kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from curation.intake.archive import NotRead, opened
from curation.intake.files import InputFile
from curation.intake.grid import SWAPPED, Grid, letter, place, spans
from curation.intake.ods import ods_grids
from curation.intake.problems import BookSheet, Problems, plain, shown
from curation.intake.sheets import Sheet, field_named, required_columns, unknown_name
from curation.intake.xlsx import xlsx_grids
from schemas.kinds.base import Declared
from schemas.registry import KINDS

HELPER = "#"
"""The first column of a template: it marks the worked example, and may hold whatever helps; it is not taken in."""
EXAMPLE = "EXAMPLE"
"""What the helper column says beside the worked example."""
OWN_SHEETS = ("Read me", "Codebook", "Lists", "Findings")
"""Sheets of our own workbooks that hold no records."""
_ALIKE = 0.75
"""From which likeness on a sheet's name is taken for a misspelt kind: "cuont" has 0.8, "Notes" 0.6."""
_EVERY_CELL = "every cell by itself; unmerge the cells and fill in each of them"


@dataclass(slots=True)
class _Layout:
    """Where a sheet's columns lie: the header's row, and the column of each field."""

    row: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    helper: int = 0
    unnamed: set[int] = field(default_factory=set)
    """Columns that are no field."""


def worked_example(model: type[Declared]) -> dict[str, str]:
    """The example row of a kind: the example of every field."""
    return {each.name: each.example for each in model.fields() if each.example}


def workbook_sheets(file: InputFile, problems: Problems, remarks: list[str]) -> list[Sheet]:
    """Read every sheet that is named as a kind; other sheets are left alone, unless they look like a misspelt kind."""
    sheets: list[Sheet] = []
    other: list[str] = []
    before = problems.total
    for grid in grids(file.path, file.label, problems):
        kind = kind_named(grid.name)
        if kind:
            sheets.append(_sheet(grid, kind, file, problems, remarks))
        elif grid.name not in OWN_SHEETS and not _misspelt(grid.name, file, problems):
            other.append(grid.name)
    if not sheets and problems.total == before:
        named = f"only sheets named {', '.join(map(shown, other[:5]))}" if other else "no sheet with records"
        problems.add(file.label, None, None, named, f"at least one sheet named {', '.join(KINDS)}")
    elif other:
        remarks.append(f"{file.label}: not read, because no kind is named so: {', '.join(map(shown, other))}")
    return sheets


def grids(path: Path, label: str, problems: Problems) -> Iterator[Grid]:
    """The sheets of a workbook; those that are named as no kind may come without their cells."""
    archive = opened(path, label, problems)
    if archive is None:
        return
    with archive:
        try:
            if path.suffix.lower() == ".ods":
                yield from ods_grids(archive)
            else:
                yield from xlsx_grids(archive, lambda name: kind_named(name) is not None)
        except NotRead as refused:
            problems.add(label, None, None, refused.found, refused.expected)


def kind_named(name: str) -> str | None:
    """The kind a sheet's name means; case and outer spaces do not matter."""
    one = plain(name)
    return one if one in KINDS else None


def _misspelt(name: str, file: InputFile, problems: Problems) -> bool:
    """Whether a sheet's name is nearly a kind's, its plural, or a kind's with a number ("count (2)"); a problem."""
    one = plain(name)
    names = {kind: (kind, plain(model.label_plural)) for kind, model in KINDS.items()}
    for kind, both in names.items():
        numbered = any(re.fullmatch(rf"{each}[^a-z]*", one) for each in both)
        if numbered or any(SequenceMatcher(None, one, each).ratio() >= _ALIKE for each in both):
            expected = f"the name of a kind; name the sheet {kind!r} if it holds {both[1]}, or else something unlike it"
            label = f"{file.label}, {name}"
            problems.books[label] = BookSheet(file.path, name)
            problems.add(label, None, None, f"the sheet {shown(name)}", expected)
            return True
    return False


def _sheet(grid: Grid, kind: str, file: InputFile, problems: Problems, remarks: list[str]) -> Sheet:
    """The typed cells of one sheet; everything that cannot be read for sure is a problem."""
    label = f"{file.label}, {grid.name}"
    rows = [row for row in grid.rows if any(cell.strip() for cell in row[1].values()) or _odd(grid, row)]
    layout = _layout(rows[0] if rows else (1, {}), kind, grid)
    letters = {name: letter(column) for name, column in layout.columns.items()}
    problems.books[label] = BookSheet(file.path, grid.name, letters)
    sheet = Sheet(kind, label)
    if not rows:
        return sheet
    _header(rows[0], layout, sheet, problems)
    body = [row for row in rows[1:] if not _is_example(row, layout, sheet, problems)]
    body = [row for row in body if any(column != layout.helper for column in row[1])]
    _hidden(grid, body, layout, label, problems)
    for merged in grid.merged:
        row, column = place(merged.partition(":")[0])
        problems.add(label, row, None, f"the merged cells {merged}", _EVERY_CELL, letter(column))
    _beside(body, layout, sheet, problems)
    _fill(grid, body, layout, sheet, problems)
    _numbers(grid, body, layout, label, remarks)
    return sheet


def _odd(grid: Grid, row: tuple[int, dict[int, str]]) -> bool:
    return bool(grid.wrong) and any((row[0], column) in grid.wrong for column in row[1])


def _layout(header: tuple[int, dict[int, str]], kind: str, grid: Grid) -> _Layout:
    layout = _Layout(header[0])
    for column, name in header[1].items():
        known = field_named(name, KINDS[kind])
        if name.strip() == HELPER:
            layout.helper = layout.helper or column
        elif known and known not in layout.columns and (header[0], column) not in grid.wrong:
            layout.columns[known] = column
    return layout


def _header(header: tuple[int, dict[int, str]], layout: _Layout, sheet: Sheet, problems: Problems) -> None:
    """Note what is wrong with the names of the columns."""
    number, names = header
    for column, name in names.items():
        known = field_named(name, KINDS[sheet.kind])
        first = layout.columns.get(known or "", layout.helper if name.strip() == HELPER else column)
        if column == first and (known or name.strip() in {"", HELPER}):
            continue
        if known or name.strip() == HELPER:
            found = f"the column {shown(name)} a second time (the first is {letter(first)}{number})"
            problems.add(sheet.file, number, None, found, "each column once", letter(column))
        else:
            layout.unnamed.add(column)
            problems.add(sheet.file, number, None, *unknown_name(name, KINDS[sheet.kind]), letter=letter(column))
    required_columns(number, layout.columns, sheet, problems)


def _is_example(row: tuple[int, dict[int, str]], layout: _Layout, sheet: Sheet, problems: Problems) -> bool:
    """Whether a row is the worked example. One that lost its mark, or whose cells were typed over, is a problem."""
    number, cells = row
    example = worked_example(KINDS[sheet.kind])
    same = all(cells.get(column, "") == example.get(name, "") for name, column in layout.columns.items())
    marked = cells.get(layout.helper, "").strip().casefold() == EXAMPLE.casefold()
    helper = letter(layout.helper) if layout.helper else None
    if marked and not same:
        empty = not any(cells.get(column, "").strip() for column in layout.columns.values())
        if not empty:
            found = f"a row marked {EXAMPLE} that is not the worked example any more"
            expected = (
                f"either the example as it was, or your own row without the mark; clear the cell {helper}{number}"
            )
            problems.add(sheet.file, number, None, found, expected, helper)
        return True
    if same and not marked and len(layout.columns) > 2:
        expected = f"your own records; delete the row, or write {EXAMPLE} in the column {HELPER}"
        problems.add(sheet.file, number, None, "the worked example without its mark", expected, helper)
        return True
    return marked


def _hidden(
    grid: Grid, body: list[tuple[int, dict[int, str]]], layout: _Layout, label: str, problems: Problems
) -> None:
    """Hidden sheets, rows and columns that hold something: nobody saw them when the workbook was checked by eye."""
    if grid.hidden and body:
        expected = "a sheet that can be seen; show it, or delete it"
        problems.add(label, None, None, f"a hidden sheet with {len(body)} rows", expected)
    rows = [number for number, _ in body if number in grid.hidden_rows] if grid.hidden_rows else []
    if rows:
        expected = "rows that can be seen; take filters off and show them, or delete them"
        problems.add(label, None, None, f"hidden rows that hold something ({spans(rows)})", expected)
    for name, column in layout.columns.items() if grid.hidden_columns else ():
        if column in grid.hidden_columns and any(cells.get(column, "").strip() for _, cells in body):
            expected = "columns that can be seen; show it, or delete what it holds"
            problems.add(label, layout.row, name, "a hidden column that holds something", expected)


def _beside(body: list[tuple[int, dict[int, str]]], layout: _Layout, sheet: Sheet, problems: Problems) -> None:
    """Cells under no name, or under a name that is no field."""
    named = {*layout.columns.values(), layout.helper}
    for position, (number, cells) in enumerate(body):
        for column in cells.keys() - named:
            if cells[column].strip():
                sheet.doubtful.add(position)
                if column not in layout.unnamed:
                    found, expected = (
                        f"{shown(cells[column])} in a column without a name",
                        "cells under a column's name",
                    )
                    problems.add(sheet.file, number, None, found, expected, letter(column))


def _fill(
    grid: Grid, body: list[tuple[int, dict[int, str]]], layout: _Layout, sheet: Sheet, problems: Problems
) -> None:
    """The columns of the sheet. Cells that are no text are noted and left out."""
    sheet.rows = [number for number, _ in body]
    typed = {name: [cells.get(column) for _, cells in body] for name, column in layout.columns.items()}
    sheet.cells = dict(typed)
    if grid.numbers and "decimal_mark" in sheet.cells:
        _in_the_mark_of_the_source(grid, layout, sheet.rows, typed)
        sheet.cells = dict(typed)
    printed = {each.name for each in KINDS[sheet.kind].fields() if each.quantity} | {"printed"}
    fields = {column: name for name, column in layout.columns.items()}
    positions = {number: position for position, (number, _) in enumerate(body)} if grid.wrong or grid.raised else {}
    for (number, column), said in sorted(grid.wrong.items()):
        if number in positions and column in fields:
            typed[fields[column]][positions[number]] = None
            sheet.quiet.add((positions[number], fields[column]))
            problems.add(sheet.file, number, fields[column], *said)
    for number, column in sorted(grid.raised):
        name = fields.get(column, "")
        if number in positions and name in printed:
            text, typed[name][positions[number]] = typed[name][positions[number]] or "", None
            sheet.quiet.add((positions[number], name))
            found = f"{shown(text)}, of which digits are in superscript or subscript"
            problems.add(sheet.file, number, name, found, "the number alone; take the mark of the footnote out")


def _in_the_mark_of_the_source(
    grid: Grid, layout: _Layout, rows: list[int], typed: dict[str, list[str | None]]
) -> None:
    """A cell that holds a number has no decimal mark of its own: it is shown as the row's source prints."""
    fields = {column: name for name, column in layout.columns.items()}
    marks = zip(rows, typed["decimal_mark"], strict=True)
    comma = {number: position for position, (number, mark) in enumerate(marks) if (mark or "").strip() == "comma"}
    for number, column in grid.numbers:
        if number in comma and column in fields:
            cells, position = typed[fields[column]], comma[number]
            cells[position] = (cells[position] or "").translate(SWAPPED)


def _numbers(
    grid: Grid, body: list[tuple[int, dict[int, str]]], layout: _Layout, label: str, remarks: list[str]
) -> None:
    """Say when cells hold numbers: a trailing zero that was typed there is gone."""
    rows, columns = {number for number, _ in body}, set(layout.columns.values())
    cells = sorted(cell for cell in grid.numbers if cell[0] in rows and cell[1] in columns)
    if cells:
        row, column = cells[0]
        more = f" and {len(cells) - 1:,} more cells hold" if len(cells) > 1 else " holds"
        remarks.append(
            f"{label}!{letter(column)}{row}{more} numbers, not text; they are taken as shown, and a trailing zero "
            "that the program dropped is gone (0.50 typed, 0.5 shown): format the columns as text to keep it"
        )
