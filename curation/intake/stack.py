"""All sheets of one kind on top of each other, as Arrow columns: one pass of checks for all files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curation.intake.sheets import Sheet
from schemas.fields import FieldFacts
from schemas.kinds.base import Declared, Record
from schemas.registry import KINDS

Mask = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Stack:
    """Typed cells of one kind. ``quiet`` marks cells that have been complained of; they are absent from ``cells``."""

    model: type[Declared]
    files: pa.Array
    rows: npt.NDArray[np.int64]
    cells: dict[str, pa.Array]
    quiet: dict[str, Mask]

    def __len__(self) -> int:
        return len(self.rows)

    def place(self, index: int) -> tuple[str, int]:
        """The file and the row an entry was typed in."""
        return self.files[index].as_py(), int(self.rows[index])

    def typed(self, index: int) -> dict[str, str]:
        """The cells of one entry that hold something."""
        row = {name: cells[index].as_py() for name, cells in self.cells.items()}
        return {name: cell for name, cell in row.items() if cell is not None}

    def hush(self, name: str, mask: Mask) -> None:
        """Leave cells out of every further check."""
        self.quiet[name] |= mask
        self.cells[name] = pc.if_else(pa.array(~mask), self.cells[name], pa.scalar(None, pa.string()))


def stack(kind: str, sheets: Sequence[Sheet]) -> Stack:
    """Put the sheets of a kind together. Blank cells are absent; codes lose the spaces around them."""
    model = KINDS[kind]
    rows = np.array([row for sheet in sheets for row in sheet.rows], np.int64)
    cells = {each.name: _column(each, sheets) for each in model.fields()}
    quiet = {each.name: np.zeros(len(rows), bool) for each in model.fields()}
    start = 0
    for sheet in sheets:
        for name in sheet.absent:
            quiet[name][start : start + len(sheet.rows)] = True
        for position, name in sheet.quiet:
            quiet[name][start + position] = True
        start += len(sheet.rows)
    names = [pa.repeat(pa.scalar(sheet.file), len(sheet.rows)) for sheet in sheets]
    files = pa.concat_arrays(names).dictionary_encode()
    return Stack(model, files, rows, cells, quiet)


def _column(field: FieldFacts, sheets: Sequence[Sheet]) -> pa.Array:
    chunks = [
        pa.array(sheet.cells[field.name], pa.string())
        if field.name in sheet.cells
        else pa.nulls(len(sheet.rows), pa.string())
        for sheet in sheets
    ]
    coded = pa.concat_arrays(chunks).dictionary_encode()
    words: list[str] = coded.dictionary.to_pylist()
    tidy = [(word.strip() if field.codes else word) if word.strip() else None for word in words]
    return pa.array(tidy, pa.string()).take(coded.indices)


def where(cells: pa.Array, wrong: Callable[[str], bool]) -> Mask:
    """Which cells are wrong, asking once per distinct text; absent cells are not."""
    coded = cells.dictionary_encode()
    flags = pa.array([wrong(word) for word in coded.dictionary.to_pylist()], pa.bool_())
    return np.asarray(flags.take(coded.indices).fill_null(False).to_numpy(zero_copy_only=False), bool)


def given(cells: pa.Array) -> Mask:
    """Which cells hold something."""
    return np.asarray(cells.is_valid().to_numpy(zero_copy_only=False), bool)


def complete(one: Stack) -> dict[str, Mask]:
    """Fill fields from composite cells ("22 (42.3%)"); says which cells were filled so."""
    model = one.model
    filled: dict[str, Mask] = {}
    if not (issubclass(model, Record) and model.composite):
        return filled
    whole = np.flatnonzero(given(one.cells["printed"]) & ~one.quiet["decimal_mark"])
    names = list(dict.fromkeys(model.composite.values()))
    before = {name: one.cells[name].take(pa.array(whole)).to_pylist() for name in (*names, "printed", "decimal_mark")}
    after: dict[str, list[str | None]] = {name: [] for name in names}
    for position in range(len(whole)):
        row = {name: cell for name in before if (cell := before[name][position]) is not None}
        row = model._complete(row)
        for name in names:
            after[name].append(row.get(name))
    for name in names:
        fresh = [new if old is None else None for old, new in zip(before[name], after[name], strict=True)]
        filled[name] = _pour(one, name, whole, fresh)
    return filled


def _pour(one: Stack, name: str, indices: npt.NDArray[np.int64], fresh: Sequence[str | None]) -> Mask:
    """Put new cells where there were none, except where the typed one has been complained of."""
    wanted = np.array([cell is not None for cell in fresh], bool)
    mask = np.zeros(len(one), bool)
    mask[indices[wanted]] = True
    mask &= ~one.quiet[name]
    texts = pa.array([cell for cell, index in zip(fresh, indices, strict=True) if mask[index]], pa.string())
    one.cells[name] = pc.replace_with_mask(one.cells[name], pa.array(mask), texts)
    return mask
