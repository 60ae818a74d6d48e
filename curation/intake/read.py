"""Read what people typed: workbooks, CSV folders and files, JSON, JSON Lines. All of it is well formed, or all of it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from curation.intake.bundle import Bundle
from curation.intake.cells import Mask
from curation.intake.check import check
from curation.intake.documents import json_sheets, jsonl_sheets
from curation.intake.files import WORKBOOKS, InputFile, content, kind_of, locate
from curation.intake.finish import finished, give_ids, keep_once
from curation.intake.problems import Problems
from curation.intake.sheets import Sheet, csv_sheet
from curation.intake.stack import Stack, stack
from curation.intake.workbook import workbook_sheets
from schemas.kinds.entities import ENTITIES
from schemas.registry import KINDS


def read(paths: Sequence[Path]) -> Bundle:
    """Read workbooks, folders of CSV files, single .csv, .json and .jsonl files into tables.

    Raises Refused with every problem of every file: what is malformed, not what is contradictory. Whether the ids
    that records name exist is a question for ``references``, which knows the review.
    """
    problems = Problems()
    remarks: list[str] = []
    sheets = [sheet for file in locate(paths, problems) for sheet in _sheets(file, problems, remarks)]
    stacks = {kind: stack(kind, given) for kind in KINDS if (given := [each for each in sheets if each.kind == kind])}
    keeps = {kind: _checked(one, problems) for kind, one in stacks.items()}
    problems.refuse()
    return Bundle(
        tables={kind: finished(one).filter(pa.array(keeps[kind])) for kind, one in stacks.items()},
        origin={kind: _origin(one).filter(pa.array(keeps[kind])) for kind, one in stacks.items()},
        books=problems.books,
        remarks=remarks,
    )


def _sheets(file: InputFile, problems: Problems, remarks: list[str]) -> list[Sheet]:
    if file.suffix in WORKBOOKS:
        return workbook_sheets(file, problems, remarks)
    text = content(file, problems)
    if text is None:
        return []
    match file.suffix:
        case ".json":
            return json_sheets(text, file.label, problems)
        case ".jsonl":
            return jsonl_sheets(text, file.label, problems)
        case _:
            return [csv_sheet(text, kind_of(file.path) or "", file.label, problems)]


def _checked(one: Stack, problems: Problems) -> Mask:
    """Check a stack and fill in its ids; says which rows to keep."""
    check(one, problems)
    give_ids(one, problems)
    if one.model in ENTITIES:
        return keep_once(one, problems)
    return np.ones(len(one), bool)


def _origin(one: Stack) -> pa.Table:
    return pa.table({"file": one.files, "row": one.rows})
