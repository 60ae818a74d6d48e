"""Cells that are no text of a table, whatever their column: pastes of the wrong thing, formulas, NUL characters."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa

from curation.intake.cells import Mask, first_bytes, given, holds_nul, lengths, only, where
from curation.intake.problems import Problems, shown
from curation.intake.stack import Stack
from schemas import grammar
from schemas.fields import LONGEST_TEXT

_FORMULA = re.compile(
    r"""[=@][A-Za-z(]                          # =SUM(A1), @A1
      | \+[A-Z(]                               # +A1; but "+ve" is a word of the field
      | [=+@]\s*\$?[A-Za-z]{1,3}\$?\d+\b       # + $a$1
      | [=+@]\s*[A-Za-z_.]+[(!|]               # +sum(a1), = Sheet!A1
    """,
    re.VERBOSE,
)
_BEGINNINGS = np.frombuffer(b"=+@", np.uint8)


def leave_out_what_is_no_text(one: Stack, problems: Problems) -> None:
    """Note these cells; further checks pass over them, so that each is complained of once."""
    for name, cells in one.cells.items():
        suspect = _suspect(cells)
        if not suspect.any():
            continue
        wrong = where(only(cells, suspect), lambda text: fault(text) is not None)
        for index in np.flatnonzero(wrong).tolist():
            problems.add(*one.place(index), name, *(fault(cells[index].as_py()) or ("", "")))
        if wrong.any():
            one.hush(name, wrong)


def _suspect(cells: pa.Array) -> Mask:
    """The cells in which there can be a fault at all."""
    if cells.null_count == len(cells):
        return np.zeros(len(cells), bool)
    long = lengths(cells) > LONGEST_TEXT  # bytes, of which a character may have several
    return long | np.isin(first_bytes(cells), _BEGINNINGS) | (given(cells) & holds_nul(cells))


def fault(text: str) -> tuple[str, str] | None:
    """What was found and what was expected, or None where the cell is text.

    >>> fault("=SUM(A1)")[0], fault("=0.05"), fault("+5.2"), fault("+ve margins")
    ("the formula '=SUM(A1)'", None, None, None)
    """
    if len(text) > LONGEST_TEXT:
        return f"{len(text)} characters ({shown(text)})", f"at most {LONGEST_TEXT} characters"
    if "\0" in text:
        return f"the character NUL in {shown(text)}", "text; the file may be damaged"
    if text[0] in "=+@" and _FORMULA.match(text) and not (grammar.number(text) or grammar.number(text, "comma")):
        return f"the formula {shown(text)}", "the text as printed; save the sheet with its values, not its formulas"
    return None
