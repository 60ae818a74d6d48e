"""The quick reader of CSV: rows come as Arrow columns, block by block, and are numbered as a spreadsheet numbers them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as arrow_csv

BLOCK = 2 << 20
"""Bytes that become one batch of rows; a row is never longer."""

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Uneven:
    """A row with more or fewer cells than the header has, as it stands in the file."""

    number: int
    text: str


def quick_rows(path: Path, width: int) -> Iterator[tuple[Numbers, list[pa.Array], list[Uneven]]]:
    """Batches of rows below a header of one line: their numbers, their columns, and the uneven rows passed over.

    Blank rows are among them. The file must be one of those that ``told_apart_quickly``.
    """
    uneven: deque[Uneven] = deque()  # the reader runs ahead of us in a thread of its own

    def passed_over(row: arrow_csv.InvalidRow) -> str:
        uneven.append(Uneven(row.number, row.text))
        return "skip"

    names = [str(place) for place in range(width)]
    reader = arrow_csv.open_csv(
        path,
        arrow_csv.ReadOptions(use_threads=False, block_size=BLOCK, column_names=names, skip_rows=1),
        arrow_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=passed_over),
        arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
    )
    number, skipped = 2, list[int]()
    for batch in reader:
        noted = [uneven.popleft() for _ in range(len(uneven))]
        skipped = [each for each in [*skipped, *(one.number for one in noted)] if each >= number]
        numbers = _numbered(number, len(batch), skipped)
        number = int(numbers[-1]) + 1 if len(numbers) else number
        yield numbers, batch.columns, noted
    yield np.empty(0, np.int64), [pa.array([], pa.string())] * width, list(uneven)


def _numbered(first: int, rows: int, skipped: list[int]) -> Numbers:
    """The numbers of the next rows, those of skipped rows left out."""
    numbers = np.arange(first, first + rows + len(skipped))
    if skipped:
        numbers = numbers[~np.isin(numbers, skipped)]
    return numbers[:rows]
