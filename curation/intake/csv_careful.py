"""The careful reader of CSV: Python's csv module, which takes any file and says where its quotation marks do not match."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from curation.intake.problems import Problems
from schemas.fields import LONGEST_TEXT


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a CSV file: its number as a spreadsheet counts, and its cells."""

    number: int
    cells: list[str]


def careful_rows(text: TextIO, file: str, problems: Problems) -> Iterator[Row]:
    """The rows that hold anything. Quotation marks that do not match end the reading with a problem."""
    reader = csv.reader(text, strict=True)
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


def uneven(row: Row, width: int) -> tuple[str, str]:
    """What to say of a row with more or fewer cells than the header: what was found, and what was expected."""
    remedy = "; a cell that holds a comma needs quotation marks around it" if len(row.cells) > width else ""
    return f"{len(row.cells)} cells", f"{width}, as in the header{remedy}"
