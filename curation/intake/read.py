"""Read what people typed: workbooks, CSV folders and files, JSON, JSON Lines. All of it is well formed, or all of it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from curation.intake.bundle import Bundle, Derived
from curation.intake.csv_sheets import csv_sheets
from curation.intake.documents import json_sheets, jsonl_sheets
from curation.intake.files import WORKBOOKS, InputFile, content, kind_of, locate
from curation.intake.gather import Gathered, gather
from curation.intake.problems import Problems
from curation.intake.sheets import Sheet
from curation.intake.workbook import workbook_sheets
from schemas.registry import KINDS

Told = Callable[[str, int, int], None]
"""Is told how far the reading is: of which file, rows done, and how many there are, 0 where that is not known."""


def read(paths: Sequence[Path], progress: Told | None = None) -> Bundle:
    """Read workbooks, folders of CSV files, single .csv, .json and .jsonl files into tables.

    Raises Refused with every problem of every file: what is malformed, not what is contradictory. Whether the ids
    that records name exist is a question for ``references``, which knows the review.
    """
    problems = Problems()
    remarks: list[str] = []
    files = locate(paths, problems)
    whole = {file: _sheets(file, problems, remarks) for file in files if file.suffix != ".csv"}
    found: dict[str, Gathered] = {}
    for kind in KINDS:
        one = gather(kind, _told(_of_kind(kind, files, whole, problems), progress), problems)
        if one is not None:
            found[kind] = one
    pa.default_memory_pool().release_unused()  # what reading took beside the rows is needed for writing them
    problems.refuse()
    texts = {kind: one.texts for kind, one in found.items()}
    return Bundle(Derived(texts), {kind: one.origin for kind, one in found.items()}, problems.books, remarks, texts)


def _of_kind(
    kind: str, files: Sequence[InputFile], whole: dict[InputFile, list[Sheet]], problems: Problems
) -> Iterator[Sheet]:
    """The sheets of a kind, file by file; those of CSV files are read as they are needed."""
    for file in files:
        if file in whole:
            yield from (sheet for sheet in whole[file] if sheet.kind == kind)
        elif kind_of(file.path) == kind:
            yield from csv_sheets(file, problems)


def _told(sheets: Iterator[Sheet], progress: Told | None) -> Iterator[Sheet]:
    rows = 0
    for sheet in sheets:
        rows += len(sheet.rows)
        if progress:
            progress(sheet.file, rows, 0)
        yield sheet


def _sheets(file: InputFile, problems: Problems, remarks: list[str]) -> list[Sheet]:
    if file.suffix in WORKBOOKS:
        return workbook_sheets(file, problems, remarks)
    text = content(file, problems)
    if text is None:
        return []
    of_suffix = json_sheets if file.suffix == ".json" else jsonl_sheets
    return of_suffix(text, file.label, problems)
