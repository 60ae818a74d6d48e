"""Columns of record tables as arrays: texts without nulls, printed numbers with what may be computed from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from store.export.tidy import LARGEST_WHOLE, mask

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Texts = NDArray[Any]

BOUNDS = 5
"""Pairs of bounds by which records of one fact are compared: columns low0, high0 and so on."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A printed field: its definite values (NaN elsewhere), the ends of their intervals, and which cells are free.

    ``free``: nothing stands there, or the source says that it gives nothing; the number may then be worked out.
    """

    value: Floats
    low: Floats
    high: Floats
    free: Mask

    @property
    def known(self) -> Mask:
        """Cells with a definite number."""
        return np.asarray(~np.isnan(self.value))

    @property
    def whole(self) -> Floats:
        """The values that are whole numbers; NaN elsewhere."""
        exact = (self.value == np.round(self.value)) & (np.abs(self.value) <= LARGEST_WHOLE)
        return np.where(exact, self.value, np.nan)


def numbers(table: pa.Table, field: str) -> Numbers:
    """A printed field of a table."""
    column = table.column(field).combine_chunks()
    status, relation = (pc.struct_field(column, name) for name in ("status", "relation"))
    definite = mask(pc.and_(pc.equal(status, "reported"), pc.equal(relation, "=")))
    ends = [_floats(pc.struct_field(column, name)) for name in ("value", "low", "high")]
    definite &= np.isfinite(ends[0])
    absent = pc.is_in(status, pa.array(["not_reported", "not_applicable"]))
    free = ~mask(pc.is_valid(column)) | mask(absent)
    value, low, high = (np.where(definite, each, np.nan) for each in ends)
    return Numbers(value, low, high, free)


def texts(table: pa.Table, field: str) -> Texts:
    """A text field of a table; blank where null."""
    column = table.column(field).combine_chunks().cast(pa.string())
    return np.asarray(pc.fill_null(column, "").to_numpy(zero_copy_only=False), dtype=object)


def numbered(size: int, **columns: Any) -> pd.DataFrame:  # noqa: ANN401 - arrays and texts
    """A frame of numbers as every kind hands it over: a, b, c, how they were got, bounds, and why a row has none."""
    nothing = np.full(size, np.nan)
    blank = np.full(size, "", dtype=object)
    whole: dict[str, Any] = {"form": blank, "detail": blank, "unit": blank, "why": blank}
    whole |= {"a": nothing, "b": nothing, "c": nothing, "how": np.zeros(size, np.int64)}
    for i in range(BOUNDS):
        whole |= {f"low{i}": nothing, f"high{i}": nothing}
    return pd.DataFrame(whole | columns)


def bounds(*pairs: tuple[Floats, Floats]) -> dict[str, Floats]:
    """Bounds to compare by, in the columns of ``numbered``."""
    return {
        f"{end}{i}": values for i, pair in enumerate(pairs) for end, values in zip(("low", "high"), pair, strict=True)
    }


def first_reason(size: int, *reasons: tuple[Mask, str]) -> Texts:
    """For every row the first reason that holds; blank where none does."""
    return np.select([hit for hit, _ in reasons], [np.full(size, why, dtype=object) for _, why in reasons], "")


def confidence(level: Numbers) -> Floats:
    """Confidence levels as shares of 1; 95% where none is printed. "0.95" is read as 95%."""
    percent = np.where(level.value <= 1, 100 * level.value, level.value)
    return np.where((percent > 0) & (percent < 100), percent, 95.0) / 100


def _floats(column: Any) -> Floats:  # noqa: ANN401 - pyarrow ships no types
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)
