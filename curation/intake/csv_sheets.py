"""CSV files as sheets, so many rows at a time: a long file is never held as a whole."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pyarrow as pa

from curation.intake.cells import blank
from curation.intake.csv_careful import Row, careful_rows, uneven
from curation.intake.csv_quick import quick_rows
from curation.intake.csv_scan import told_apart_quickly
from curation.intake.files import InputFile, kind_of, opened_text
from curation.intake.problems import Problems, plain, shown
from curation.intake.sheets import Sheet, field_named, required_columns, unknown_name
from schemas.registry import KINDS

TOGETHER = 50_000
"""Rows that the careful reader makes one sheet of."""

Batch = tuple[list[int], Sequence[pa.Array]]


def csv_sheets(file: InputFile, problems: Problems) -> Iterator[Sheet]:
    """The rows of a CSV file as sheets of its kind, one at least unless nothing can be read.

    Blank rows, and columns without a name and without cells, are passed over; all that is wrong with the file is noted.
    """
    header = _quick_header(file)
    if header is not None:
        batches = _quick(file, header, problems)
    else:
        text = opened_text(file, problems)
        if text is None:
            return
        rows = careful_rows(text, file.label, problems)
        header = next(rows, None)
        batches = _careful(file, header, rows, problems) if header else iter(())
    sheet = Sheet(kind_of(file.path) or "", file.label)
    if header is None or _other_separator(header, sheet, problems):
        yield sheet
        return
    columns = _Columns(header, sheet, problems)
    any_rows = False
    for numbers, cells in batches:
        any_rows = True
        yield columns.sheet(numbers, cells)
    columns.close()
    if not any_rows:
        yield columns.sheet([], [pa.array([], pa.string())] * len(header.cells))


def _quick_header(file: InputFile) -> Row | None:
    """The header, if it is the first line and the file is one for the quick reader."""
    try:
        if not told_apart_quickly(file.path):
            return None
        with file.path.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, strict=True)
            cells = next(reader)
    except (OSError, csv.Error, StopIteration):
        return None
    return Row(1, cells) if reader.line_num == 1 and "".join(cells).strip() else None


def _quick(file: InputFile, header: Row, problems: Problems) -> Iterator[Batch]:
    for numbers, cells, passed_over in quick_rows(file.path, len(header.cells)):
        for each in passed_over:
            row = Row(each.number, next(csv.reader([each.text], strict=True)))
            if "".join(row.cells).strip():
                problems.add(file.label, row.number, None, *uneven(row, len(header.cells)))
        held = ~_blank_rows(cells)
        if held.any() and held.all():
            yield numbers.tolist(), cells
        elif held.any():
            yield numbers[held].tolist(), [each.filter(pa.array(held)) for each in cells]


def _blank_rows(cells: Sequence[pa.Array]) -> np.ndarray:
    found = blank(cells[0])
    for each in cells[1:]:
        if not found.any():
            break
        found &= blank(each)
    return found


def _careful(file: InputFile, header: Row, rows: Iterator[Row], problems: Problems) -> Iterator[Batch]:
    while some := list(islice(rows, TOGETHER)):
        even = [row for row in some if len(row.cells) == len(header.cells)]
        for row in some:
            if len(row.cells) != len(header.cells):
                problems.add(file.label, row.number, None, *uneven(row, len(header.cells)))
        if even:
            columns = zip(*(row.cells for row in even), strict=True)
            yield [row.number for row in even], [pa.array(each, pa.string()) for each in columns]


def _other_separator(header: Row, sheet: Sheet, problems: Problems) -> bool:
    """Whether the columns are separated by something else, as spreadsheets do where the decimal mark is a comma."""
    for sign, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        names = header.cells[0].split(sign)
        if len(header.cells) == 1 and len(names) > 1 and any(field_named(each, KINDS[sheet.kind]) for each in names):
            expected = "columns separated by commas; save the file as CSV with commas"
            problems.add(sheet.file, header.number, None, f"columns separated by {name}", expected)
            return True
    return False


@dataclass(slots=True)
class _Nameless:
    """A column whose header is blank, and whether any cell under it holds something."""

    at: int
    name: str
    filled: bool = False


class _Columns:
    """Which column of a file holds which field. Names that are no field, come twice or lack are problems."""

    def __init__(self, header: Row, sheet: Sheet, problems: Problems) -> None:
        self.header, self.problems, self.like = header, problems, sheet
        self.fields: dict[str, int] = {}
        self.nameless = [_Nameless(at, name) for at, name in enumerate(header.cells) if not name.strip()]
        self.strange = False
        typed: dict[str, str] = {}
        for at, name in enumerate(header.cells):
            if name.strip():
                self._named(at, name, typed)
        required_columns(header.number, self.fields, sheet, problems)

    def _named(self, at: int, name: str, typed: dict[str, str]) -> None:
        if plain(name) in typed:
            self._twice(name, typed[plain(name)])
            return
        typed[plain(name)] = name
        known = field_named(name, KINDS[self.like.kind])
        if known is None:
            self._unknown(name)
            self.strange = True
        else:
            self.fields[known] = at

    def _twice(self, name: str, first: str) -> None:
        found = f"the column {shown(name)} a second time (the first is {shown(first)})"
        self.problems.add(self.like.file, self.header.number, None, found, "each column once")

    def _unknown(self, name: str) -> None:
        said = unknown_name(name, KINDS[self.like.kind])
        self.problems.add(self.like.file, self.header.number, None, *said)

    def sheet(self, numbers: list[int], cells: Sequence[pa.Array]) -> Sheet:
        """Some rows of the file as a sheet."""
        like = self.like
        sheet = Sheet(like.kind, like.file, numbers, absent=like.absent)
        sheet.cells = {name: cells[at] for name, at in self.fields.items()}
        if self.strange:
            sheet.doubtful.update(range(len(numbers)))
        for each in self.nameless:
            filled = ~blank(cells[each.at])
            each.filled |= bool(filled.any())
            sheet.doubtful.update(np.flatnonzero(filled).tolist())
        return sheet

    def close(self) -> None:
        """Note the columns without a name that turned out to hold something."""
        filled = [each.name for each in self.nameless if each.filled]
        for first in filled[:1]:
            self._unknown(first)
        for name in filled[1:]:
            self._twice(name, filled[0])
