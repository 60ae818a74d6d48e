"""CSV files of other programs: their header and rows, whatever mark or older encoding they come with."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from curation.intake.problems import Problem, Refused


@dataclass(frozen=True, slots=True)
class CsvText:
    """The header, and the rows that hold anything, by header; each with its number as a spreadsheet counts."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8, with or without a mark, or else what Western programs wrote before it."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def header_of(start: bytes) -> tuple[str, ...]:
    """The names of the first row of a file, from its first bytes; none where they cannot be read."""
    if b"\0" in start:
        return ()
    line = io.StringIO(decoded(start), newline="")
    try:
        return tuple(name.strip() for name in next(csv.reader(line), ()))
    except csv.Error:
        return ()


def read_csv(path: Path) -> CsvText:
    """Read a CSV file. Raises Refused where it is none, or where two columns that hold something have one name."""
    return parsed(path.read_bytes(), path.name)


def parsed(data: bytes, label: str) -> CsvText:
    """Read the bytes of a CSV file; see ``read_csv``."""
    try:
        rows = list(csv.reader(io.StringIO(decoded(data), newline="")))
    except csv.Error as error:
        raise Refused([Problem(label, None, None, f"CSV that cannot be read ({error})", "rows of cells")]) from error
    header = tuple(name.strip() for name in rows[0]) if rows else ()
    twice = next((name for name in header if name and header.count(name) > 1), None)
    if twice:
        raise Refused([Problem(label, 1, None, f"the column {twice!r} twice", "each column once")])
    filled = [(number, row) for number, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    return CsvText(header, tuple((number, _by_name(header, row)) for number, row in filled))


def _by_name(header: tuple[str, ...], row: list[str]) -> dict[str, str]:
    """The cells that hold something; cells beyond the header are kept under the number of their column."""
    names = [*header, *(str(number) for number in range(len(header) + 1, len(row) + 1))]
    return {name: cell.strip() for name, cell in zip(names, row, strict=False) if cell.strip()}
