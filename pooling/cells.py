"""Reading one CSV table of a clean dataset: texts as they were written, numbers as numbers, and every fault by its cell."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from schemas.dataset import Column
from schemas.spreadsheet_text import unguarded

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_MOST_SHOWN = 40


def table(path: Path, columns: Sequence[Column], faults: list[str]) -> pd.DataFrame:
    """The table with these columns in order and of their types; what is wrong with it goes to ``faults``.

    The index holds the number of each row as a spreadsheet shows it (the header is row 1). Rows without any text are
    skipped, columns that are not asked for are ignored. A text that was guarded against formulas comes back as it was.
    """
    empty = pd.DataFrame({each.name: np.empty(0, dtype=float if _numeric(each) else object) for each in columns})
    lines = _lines(path, faults)
    header = [name.strip() for name in lines[0]] if lines else []
    if not lines or (wrong := _wrong_header(path.name, header, columns)):
        faults += wrong if lines else []
        return empty
    rows, numbers = [], []
    for number, line in enumerate(lines[1:], 2):
        if not any(line):
            continue
        if len(line) < len(header) or any(line[len(header) :]):
            faults.append(
                f"{path.name}, row {number}: found {len(line)} cells, expected {len(header)} as in the header"
            )
            continue
        rows.append(line)
        numbers.append(number)
    index = pd.Index(numbers, dtype=np.int64)
    return pd.DataFrame(
        {
            each.name: _column([row[header.index(each.name)] for row in rows], index, each, path.name, faults)
            for each in columns
        },
        index=index,
    )


def fault(file: str, row: int, column: str, found: object, expected: str) -> str:
    """One fault: its cell, what is there, and what should be."""
    said = repr(found) if len(str(found)) <= _MOST_SHOWN else repr(str(found)[:_MOST_SHOWN] + "…")
    return f"{file}, row {row}, column {column}: found {'nothing' if found == '' else said}, expected {expected}"


def _lines(path: Path, faults: list[str]) -> list[list[str]]:
    """The lines of a file as cells; none where it cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except FileNotFoundError:
        faults.append(f"{path.name} is missing")
        return []
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        faults.append(f"{path.name}, line {row}: found bytes that are not UTF-8; save the file as CSV in UTF-8")
        return []
    except OSError as error:
        faults.append(f"{path.name} cannot be read: {error.strerror or error}")
        return []
    except csv.Error as error:
        faults.append(f"{path.name} cannot be read as CSV: {error}")
        return []
    if not any(any(line) for line in lines):
        faults.append(f"{path.name} is empty; expected a header and rows")
        return []
    return lines


def _wrong_header(file: str, header: Sequence[str], columns: Sequence[Column]) -> list[str]:
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        return [
            f"{file}: found cells separated by semicolons or tabs, expected commas; save the file as CSV with commas"
        ]
    wrong = []
    for each in columns:
        if each.name not in header:
            near = get_close_matches(each.name.lower(), [name.lower() for name in header], 1)
            hint = [name for name in header if near and name.lower() == near[0]]
            wrong.append(f"{file} has no column {each.name}{f' (found {hint[0]!r})' if hint else ''}")
        elif header.count(each.name) > 1:
            wrong.append(f"{file} has the column {each.name} {header.count(each.name)} times")
    return wrong


def _column(texts: Sequence[str], rows: pd.Index[int], column: Column, file: str, faults: list[str]) -> pd.Series[Any]:
    """The values of a column: texts with "" where blank, or numbers with NaN where blank or faulty."""
    values: list[Any] = []
    for row, text in zip(rows, texts, strict=True):
        value = _number(text) if _numeric(column) else unguarded(text)
        if text.strip() == "" if _numeric(column) else text == "":
            wrong = column.required
        else:
            wrong = not _fits(value, column)
        if wrong:
            faults.append(fault(file, row, column.name, text.strip(), expected(column)))
        values.append(float("nan") if wrong and _numeric(column) else value)  # one bad cell, one complaint
    return pd.Series(values, index=rows, dtype=np.float64 if _numeric(column) else object)


def _number(text: str) -> float:
    return float(text) if _NUMBER.fullmatch(text) else float("nan")


def _numeric(column: Column) -> bool:
    return column.type != "string"


def _fits(value: Any, column: Column) -> bool:  # noqa: ANN401 - a number or a text
    if not _numeric(column):
        return not column.codes or value in column.codes
    low, high = column.lowest, column.highest
    whole = column.type != "integer" or float(value).is_integer()
    above = low is None or value > low or (value == low and not column.above_zero)
    return bool(np.isfinite(value)) and whole and above and (high is None or value <= high)


def expected(column: Column) -> str:
    """What a cell of the column holds, in words.

    >>> from schemas.dataset import ANALYSIS_TABLES
    >>> [expected(each) for each in ANALYSIS_TABLES["correlations"].numbers]
    ['a number, -1 or more and 1 or less', 'a whole number, 1 or more']
    """
    if not _numeric(column):
        return f"one of {', '.join(column.codes)}" if column.codes else column.meaning[:1].lower() + column.meaning[1:]
    low, high = column.lowest, column.highest
    limits = [] if low is None else [f"above {low:g}" if column.above_zero else f"{low:g} or more"]
    limits += [] if high is None else [f"{high:g} or less"]
    kind = "a whole number" if column.type == "integer" else "a number"
    return ", ".join(filter(None, [kind, " and ".join(limits)]))
