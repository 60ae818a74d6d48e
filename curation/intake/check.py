"""Checks of typed cells, column by column: each distinct text is judged once, and only failing rows are worded.

What counts as malformed is what the models refuse. On top of that a record must state something.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pyarrow as pa

from curation.intake.cells import Mask, given, only, where, where_words
from curation.intake.lexical import leave_out_what_is_no_text
from curation.intake.problems import Problems, shown
from curation.intake.stack import Stack, complete
from curation.intake.wording import worded
from schemas.arrow import unreadable
from schemas.codes import CODES
from schemas.fields import FieldFacts
from schemas.kinds.base import Record
from schemas.printed import Mark
from schemas.quantities import Quantity


def check(one: Stack, problems: Problems) -> None:
    """Note every malformed cell and row. Composite cells are split into their fields on the way."""
    leave_out_what_is_no_text(one, problems)
    typed = dict(one.cells)
    no_mark = _without_mark(one)
    complete(one, ~no_mark)
    _word(one, typed, _faults(one, no_mark), problems)
    if issubclass(one.model, Record):
        _stating(one, one.model, no_mark, problems)


def _without_mark(one: Stack) -> Mask:
    """Rows whose decimal mark is none: their numbers cannot be read, so only the mark is complained of."""
    if "decimal_mark" not in one.cells:
        return np.zeros(len(one), bool)
    return one.quiet["decimal_mark"] | _not_in(one.cells["decimal_mark"], "decimal_mark")


def _not_in(cells: pa.Array, codes: str) -> Mask:
    allowed = CODES[codes]
    return where(cells, lambda text: text not in allowed)


def _faults(one: Stack, no_mark: Mask) -> dict[str, Mask]:
    """The malformed cells of each column, those already complained of left out."""
    faults: dict[str, Mask] = {}
    for each in one.model.fields():
        cells = one.cells[each.name]
        wrong = np.zeros(len(one), bool)
        if each.quantity:
            wrong = _unreadable(one, each, each.quantity) & ~no_mark
        elif each.codes:
            wrong = _not_in(cells, each.codes)
        if each.required:
            wrong = wrong | (~given(cells) & ~one.quiet[each.name])
        if wrong.any():
            faults[each.name] = wrong
    return faults


def _unreadable(one: Stack, field: FieldFacts, quantity: Quantity) -> Mask:
    cells = one.cells[field.name]
    if cells.null_count == len(cells):
        return np.zeros(len(one), bool)
    comma = np.zeros(len(one), bool)
    if "decimal_mark" in one.cells:
        comma = where(one.cells["decimal_mark"], lambda code: code == "comma")
    wrong = np.zeros(len(one), bool)
    marks: dict[Mark, Mask] = {"point": ~comma, "comma": comma}
    for mark, rows in marks.items():
        if rows.any():
            wrong |= where_words(only(cells, rows), partial(unreadable, quantity=quantity, mark=mark))
    return wrong


def _word(one: Stack, typed: Mapping[str, pa.Array], faults: Mapping[str, Mask], problems: Problems) -> None:
    """Let the model word the failing rows; beyond the problems that are kept, only count."""
    if not faults:
        return
    per_row = np.sum(list(faults.values()), axis=0)
    for index in np.flatnonzero(per_row).tolist():
        if problems.full:
            problems.total += int(per_row[index])
            continue
        row = {name: cell for name, cells in typed.items() if (cell := cells[index].as_py()) is not None}
        wrong = {name for name, mask in faults.items() if mask[index]}
        for column, found, expected in worded(one.model, row, wrong):
            problems.add(*one.place(index), column, found, expected)


def stating_fields(model: type[Record]) -> list[str]:
    """The fields of a kind that state something: neither part of its key nor filled in by default."""
    return [each.name for each in model.own_fields() if not (each.key or each.required or each.default)]


def _stating(one: Stack, model: type[Record], no_mark: Mask, problems: Problems) -> None:
    """A record must state something; a composite cell that could not be split states nothing."""
    names = stating_fields(model)
    silent = ~no_mark & ~one.doubtful & ~one.quiet["printed"]
    for name in names:
        silent &= ~given(one.cells[name]) & ~one.quiet[name]
    for index in np.flatnonzero(silent).tolist():
        whole = one.cells["printed"][index].as_py()
        if whole is not None and model.composite:
            problems.add(*one.place(index), "printed", *_not_split(whole, names))
        else:
            expected = f"a number or a statement in at least one of {', '.join(names)}; NR where it is not reported"
            problems.add(*one.place(index), None, f"a {model.kind} that states nothing", expected)


def _not_split(whole: str, names: list[str]) -> tuple[str, str]:
    several = "a cell of several numbers, such as '22 (42.3%)', '22/52' or '79.0 (68.0-91.0)'"
    return shown(whole), f"{several}; or its numbers in {', '.join(names)}"
