"""A sheet: the typed cells of one kind from one file, with the row each came from. And how CSV text becomes one."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from curation.intake.problems import Problems, plain, shown, suggestion
from schemas.fields import LONGEST_TEXT
from schemas.kinds.base import Declared
from schemas.registry import KINDS


@dataclass(slots=True)
class Sheet:
    """Typed cells, column by column.

    ``absent`` are required columns and ``quiet`` single cells (position, column) that have been complained of;
    ``doubtful`` are the positions of rows with cells under unknown names, so that it is unknown what they state.
    """

    kind: str
    file: str
    rows: list[int] = field(default_factory=list)
    cells: dict[str, Sequence[str | None]] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    quiet: set[tuple[int, str]] = field(default_factory=set)
    doubtful: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a CSV file: its number as a spreadsheet counts, and its cells."""

    number: int
    cells: list[str]


def field_named(name: str, model: type[Declared]) -> str | None:
    """The field a typed name means; case and spaces do not matter.

    >>> from schemas.kinds.entities import Outcome
    >>> field_named(" Family kind", Outcome)
    'family_kind'
    """
    wanted = plain(name)
    return wanted if wanted in model.model_fields else None


def unknown_name(name: str, model: type[Declared]) -> tuple[str, str]:
    """What to say of a name that is no field: what was found, and what was expected."""
    fields = list(model.model_fields)
    return f"the column {shown(name)}", f"a field of {model.kind} ({', '.join(fields)}){suggestion(name, fields)}"


def csv_sheet(text: str, kind: str, file: str, problems: Problems) -> Sheet:
    """Read CSV text; blank rows and columns without a name and without cells are passed over."""
    sheet = Sheet(kind, file)
    rows = _rows(text, file, problems)
    header = next(rows, None)
    if header is None:
        return sheet
    if _other_separator(header, sheet, problems):
        return sheet
    body = _even(header, rows, file, problems)
    sheet.rows = [row.number for row in body]
    columns = list(zip(*(row.cells for row in body), strict=True)) or [()] * len(header.cells)
    sheet.cells = _named(header, columns, sheet, problems)
    return sheet


def _rows(text: str, file: str, problems: Problems) -> Iterator[Row]:
    """The rows that hold anything. Quotation marks that do not match end the reading with a problem."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number, line = 0, 0
    while True:
        number, line = number + 1, reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.add(file, number, None, *_quoting(str(error), line + 1, reader.line_num))
            return
        if "".join(cells).strip():
            yield Row(number, cells)


def _quoting(error: str, line: int, last: int) -> tuple[str, str]:
    if "unexpected end" in error:
        return f"a quotation mark that is never closed (it opens on line {line})", "a closing quotation mark"
    if "field larger" in error:
        return (
            f"a cell of more than {csv.field_size_limit()} characters (from line {line})",
            f"at most {LONGEST_TEXT} characters; look for a quotation mark that is never closed",
        )
    return (
        f"text after the closing quotation mark of a cell (line {last})",
        'a comma there; a quotation mark inside a quoted cell is typed twice ("")',
    )


def _other_separator(header: Row, sheet: Sheet, problems: Problems) -> bool:
    """Whether the columns are separated by something else, as spreadsheets do where the decimal mark is a comma."""
    for sign, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        names = header.cells[0].split(sign)
        if len(header.cells) == 1 and len(names) > 1 and any(field_named(each, KINDS[sheet.kind]) for each in names):
            expected = "columns separated by commas; save the file as CSV with commas"
            problems.add(sheet.file, header.number, None, f"columns separated by {name}", expected)
            return True
    return False


def _even(header: Row, rows: Iterator[Row], file: str, problems: Problems) -> list[Row]:
    """The rows with as many cells as the header; the others are problems."""
    width, even = len(header.cells), []
    for row in rows:
        if len(row.cells) == width:
            even.append(row)
            continue
        remedy = "; a cell that holds a comma needs quotation marks around it" if len(row.cells) > width else ""
        problems.add(file, row.number, None, f"{len(row.cells)} cells", f"{width}, as in the header{remedy}")
    return even


def _named(
    header: Row, columns: Sequence[Sequence[str]], sheet: Sheet, problems: Problems
) -> dict[str, Sequence[str | None]]:
    """The columns by field; names that are no field, come twice or lack are problems."""
    model, cells, typed = KINDS[sheet.kind], dict[str, Sequence[str | None]](), dict[str, str]()
    for name, column in zip(header.cells, columns, strict=True):
        if not name.strip() and not "".join(column).strip():
            continue
        one = plain(name)
        if one in typed:
            found = f"the column {shown(name)} a second time (the first is {shown(typed[one])})"
            problems.add(sheet.file, header.number, None, found, "each column once")
            continue
        typed[one] = name
        known = field_named(name, model)
        if known is None:
            sheet.doubtful.update(range(len(column)))
            problems.add(sheet.file, header.number, None, *unknown_name(name, model))
        else:
            cells[known] = column
    required_columns(header.number, cells, sheet, problems)
    return cells


def required_columns(header: int, given: Collection[str], sheet: Sheet, problems: Problems) -> None:
    """Note the required columns that are not given; ``header`` is the row their names belong in."""
    for each in KINDS[sheet.kind].fields():
        if each.required and each.name not in given:
            sheet.absent.add(each.name)
            expected = f"the column {each.name} ({each.meaning}), which every {sheet.kind} needs"
            problems.add(sheet.file, header, None, "no column of that name", expected)
