"""Tables in CSV files of other programs: header and rows as they stand, whatever separates the columns."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from curation.intake.files import InputFile, content
from curation.intake.problems import Problem, Problems, Refused

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
LARGEST = 64 << 20
"""Bytes a table may have; a longer one is no table of studies."""
_COMMA = re.compile(r"[+\-−]?\d*,\d+")
_POINT = re.compile(r"[+\-−]?\d*\.\d+")


@dataclass(frozen=True, slots=True)
class Frame:
    """A table. ``header`` and cells are as typed, kept apart by position: names may repeat or be blank.

    ``comma`` says that its decimals are written with a comma, as programs do where semicolons separate the columns.
    """

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    comma: bool = False

    def column(self, name: str) -> int | None:
        """The position of the column of this name; None where there is none. Case matters, outer spaces do not."""
        return next((at for at, each in enumerate(self.header) if each.strip() == name), None)

    def filled(self, at: int) -> int:
        """How many cells of a column hold something."""
        return sum(bool(cells[at].strip()) for _, cells in self.rows)


def read_frame(path: Path, separator: str | None = None) -> Frame:
    """Read a CSV file in UTF-8. Raises Refused where it is none, or where its rows are not as long as its header."""
    problems = Problems()
    if path.is_file() and path.stat().st_size > LARGEST:
        problems.add(path.name, None, None, f"{path.stat().st_size:,} bytes", f"at most {LARGEST:,} bytes")
        problems.refuse()
    text = content(InputFile(path, path.name), problems)
    problems.refuse()
    return frame_of(text or "", path.name, separator)


def frame_of(text: str, file: str, separator: str | None = None) -> Frame:
    """The table in a text; ``file`` is what messages call it."""
    problems = Problems()
    sign = separator or _separator(text)
    rows = list(_rows(text, sign, file, problems))
    problems.refuse()
    if not rows:
        problems.add(file, None, None, "an empty file", "a header with the names of the columns")
        problems.refuse()
    header = tuple(name.strip("\ufeff") for name in rows[0][1])
    body = [_even(number, cells, len(header), file, problems) for number, cells in rows[1:]]
    problems.refuse()
    return Frame(file, header, tuple(body), comma=_comma(body, sign, file))


def header_of(start: bytes) -> list[str]:
    """The names in the header of the file that begins so, without outer spaces; empty where it is no text table."""
    try:
        text = start.decode("utf-8-sig", errors="ignore")
        if "\0" in text:
            return []
        return [name.strip() for name in next(csv.reader(io.StringIO(text), delimiter=_separator(text)), [])]
    except csv.Error:
        return []


def _separator(text: str) -> str:
    """What separates the columns: the sign that stands most often outside of quotes in the first line."""
    line = next((each for each in text.lstrip("\ufeff").splitlines() if each.strip()), "")
    signs = Counter(re.sub(r'"[^"]*"', "", line))
    return max(SEPARATORS, key=lambda sign: signs[sign])


def _rows(text: str, separator: str, file: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, numbered as a spreadsheet does."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.add(file, number, None, *_worded(str(error)))
            return
        if "".join(cells).strip("\ufeff \t"):
            yield number, cells


def _worded(error: str) -> tuple[str, str]:
    if "field larger" in error:
        return (
            f"a cell of more than {csv.field_size_limit():,} characters",
            "shorter cells; look for a quotation mark that is never closed",
        )
    if "unexpected end" in error:
        return "a quotation mark that is never closed", "a closing quotation mark"
    return "text after the closing quotation mark of a cell", 'a quotation mark inside a quoted cell typed twice ("")'


def _even(number: int, cells: Sequence[str], width: int, file: str, problems: Problems) -> tuple[int, tuple[str, ...]]:
    if any(cell.strip() for cell in cells[width:]) or len(cells) < width:
        problems.add(file, number, None, f"{len(cells)} cells", f"{width}, as in the header")
    return number, tuple(cells[:width])


def _comma(body: Sequence[tuple[int, tuple[str, ...]]], separator: str, file: str) -> bool:
    if separator != ";":
        return False
    found = {
        mark: next((number for number, cells in body if any(mark.fullmatch(each.strip()) for each in cells)), None)
        for mark in (_COMMA, _POINT)
    }
    if found[_COMMA] and found[_POINT]:
        said = f"decimals with a point (row {found[_POINT]}) and with a comma (row {found[_COMMA]})"
        raise Refused(
            [Problem(file, None, None, said, "one decimal mark in a file; save it again from the program that made it")]
        )
    return found[_COMMA] is not None
