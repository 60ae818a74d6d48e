"""All sheets of one kind on top of each other, as Arrow columns: one pass of checks for all files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curation.intake.cells import Mask, given, only, tidied
from curation.intake.sheets import Sheet
from schemas.fields import FieldFacts
from schemas.kinds.base import Declared, Record
from schemas.registry import KINDS

Places = npt.NDArray[np.int64]


@dataclass(slots=True)
class Stack:
    """Typed cells of one kind.

    ``quiet`` marks cells that have been complained of and are absent from ``cells``; ``doubtful`` marks rows with
    cells under unknown names.
    """

    model: type[Declared]
    files: pa.Array
    rows: npt.NDArray[np.int64]
    cells: dict[str, pa.Array]
    quiet: dict[str, Mask]
    doubtful: Mask

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
        self.cells[name] = only(self.cells[name], ~mask)


def stack(kind: str, sheets: Sequence[Sheet]) -> Stack:
    """Put the sheets of a kind together. Blank cells are absent; codes lose the spaces around them."""
    model = KINDS[kind]
    rows = np.concatenate([np.asarray(sheet.rows, np.int64) for sheet in sheets])
    cells = {each.name: _column(each, sheets) for each in model.fields()}
    quiet = {each.name: np.zeros(len(rows), bool) for each in model.fields()}
    doubtful = np.zeros(len(rows), bool)
    start = 0
    for sheet in sheets:
        for name in sheet.absent:
            quiet[name][start : start + len(sheet.rows)] = True
        for position, name in sheet.quiet:
            quiet[name][start + position] = True
        doubtful[[start + position for position in sheet.doubtful]] = True
        start += len(sheet.rows)
    names = [pa.repeat(pa.scalar(sheet.file), len(sheet.rows)) for sheet in sheets]
    files = pa.concat_arrays(names).dictionary_encode()
    return Stack(model, files, rows, cells, quiet, doubtful)


def _column(field: FieldFacts, sheets: Sequence[Sheet]) -> pa.Array:
    chunks = [
        _as_texts(sheet.cells[field.name]) if field.name in sheet.cells else pa.nulls(len(sheet.rows), pa.string())
        for sheet in sheets
    ]
    return tidied(chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks), strip=bool(field.codes))


def _as_texts(cells: Sequence[str | None] | pa.Array) -> pa.Array:
    return cells if isinstance(cells, pa.Array) else pa.array(cells, pa.string())


def complete(one: Stack, rows: Mask) -> None:
    """Fill fields from composite cells ("22 (42.3%)") in these rows; what was typed in a field stays."""
    model = one.model
    if not (issubclass(model, Record) and model.composite):
        return
    whole = np.flatnonzero(given(one.cells["printed"]) & rows)
    if not len(whole):
        return
    fields = list(dict.fromkeys((*model.composite.values(), *model.implied)))
    names = (*fields, "printed", "decimal_mark")
    columns = [one.cells[name].take(pa.array(whole)) for name in names]
    firsts, alike = _alike(columns)
    distinct = zip(*(column.take(pa.array(firsts)).to_pylist() for column in columns), strict=True)
    filled = [_completed(model, dict(zip(names, typed, strict=True))) for typed in distinct]
    for name, typed in zip(fields, columns, strict=False):
        texts = pa.array([row.get(name) for row in filled], pa.string()).take(pa.array(alike))
        fresh = ~given(typed) & given(texts)
        mask = np.zeros(len(one), bool)
        mask[whole[fresh]] = True
        one.cells[name] = pc.replace_with_mask(one.cells[name], pa.array(mask), texts.filter(pa.array(fresh)))


def _completed(model: type[Record], typed: dict[str, str | None]) -> dict[str, str]:
    return model._complete({name: cell for name, cell in typed.items() if cell is not None})


def _alike(columns: Sequence[pa.Array]) -> tuple[Places, Places]:
    """Rows of equal cells, which come again and again: where each is met first, and for each row which one it is."""
    alike: Places = np.zeros(len(columns[0]), np.int64)
    firsts: Places = np.zeros(1, np.int64)
    for column in columns:
        coded = column.dictionary_encode("encode")
        words = coded.indices.to_numpy()
        _, firsts, alike = np.unique(
            alike * (len(coded.dictionary) + 1) + words, return_index=True, return_inverse=True
        )
    return firsts, alike
