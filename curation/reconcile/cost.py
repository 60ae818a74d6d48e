"""How unlike two extracted rows are: a cost between 0 and 1 from key, place, numbers, quote and the ids people gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from schemas.identity import PLACE, key_fields
from schemas.kinds.base import Record

KEY_WEIGHT, NUMBER_WEIGHT, PLACE_WEIGHT, QUOTE_WEIGHT, ID_WEIGHT = 3.0, 2.0, 1.0, 1.0, 3.0
"""A judgement: what a record is about counts more than what it says, and that more than where it stands."""
ONE_SIDED = 0.5
"""Distance of a value from a blank: less than that of two values which differ."""

Floats = NDArray[np.float32]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Features:
    """A kind's rows as numbers: codes of texts (-1 where blank), printed values (NaN where none) with half a step."""

    keys: Codes
    places: Codes
    ids: Codes
    values: NDArray[np.float64]
    halves: NDArray[np.float64]
    words: sparse.csr_array


def features(model: type[Record], table: pa.Table) -> Features:
    """What the cost is made of, for every row of a kind's table."""
    printed = [_values(table.column(each.name)) for each in model.printed_fields()]
    blank = np.zeros((len(table), 0))
    return Features(
        np.column_stack([coded(table.column(name)) for name in key_fields(model)]),
        np.column_stack([coded(table.column(name)) for name in PLACE]),
        coded(table.column("record")),
        np.column_stack([value for value, _ in printed]) if printed else blank,
        np.column_stack([half for _, half in printed]) if printed else blank,
        _words(table.column("quote").to_pylist()),
    )


def coded(column: pa.ChunkedArray) -> Codes:
    """The distinct texts of a column as numbers; -1 where blank. Letter case and spaces around do not count."""
    texts = pc.utf8_lower(pc.utf8_trim_whitespace(column.combine_chunks()))
    found = texts.dictionary_encode().indices
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def cost(of: Features, first: Codes, second: Codes) -> Floats:
    """The cost of matching each of these rows with each of those."""
    total = np.zeros((len(first), len(second)), np.float32)
    weight = np.zeros_like(total)
    for codes, each in ((of.keys, KEY_WEIGHT), (of.places, PLACE_WEIGHT)):
        for column in codes.T:
            _texts(column[first], column[second], each, total, weight)
    for value, half in zip(of.values.T, of.halves.T, strict=True):
        _numbers((value[first], half[first]), (value[second], half[second]), total, weight)
    _quotes(of.words[first], of.words[second], total, weight)
    weight += ID_WEIGHT * (of.ids[first][:, None] == of.ids[second][None, :])
    return np.asarray(total / np.maximum(weight, 1), dtype=np.float32)


def _texts(one: Codes, other: Codes, each: float, total: Floats, weight: Floats) -> None:
    given = (one >= 0)[:, None] | (other >= 0)[None, :]
    if not given.any():
        return
    both = (one >= 0)[:, None] & (other >= 0)[None, :]
    distance = np.where(both, one[:, None] != other[None, :], ONE_SIDED).astype(np.float32)
    total += each * distance * given
    weight += each * given


def _numbers(one: tuple[Any, Any], other: tuple[Any, Any], total: Floats, weight: Floats) -> None:
    (value, half), (value_, half_) = one, other
    here, there = ~np.isnan(value)[:, None], ~np.isnan(value_)[None, :]
    given = here | there
    if not given.any():
        return
    apart = np.abs(value[:, None] - value_[None, :]) > np.maximum(half[:, None], half_[None, :]) * (1 + 1e-9)
    total += NUMBER_WEIGHT * np.where(here & there, apart, ONE_SIDED).astype(np.float32) * given
    weight += NUMBER_WEIGHT * given


def _quotes(one: sparse.csr_array, other: sparse.csr_array, total: Floats, weight: Floats) -> None:
    sizes, sizes_ = (np.asarray(each.sum(axis=1)).ravel().astype(np.float32) for each in (one, other))
    both = (sizes > 0)[:, None] & (sizes_ > 0)[None, :]
    if not both.any():
        return
    common = (one @ other.T).toarray().astype(np.float32)
    union = np.maximum(sizes[:, None] + sizes_[None, :] - common, 1)
    total += QUOTE_WEIGHT * (1 - common / union) * both
    weight += QUOTE_WEIGHT * both


def _values(column: pa.ChunkedArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    whole = column.combine_chunks()
    value, low, high = (
        np.asarray(pc.struct_field(whole, part).to_numpy(zero_copy_only=False), dtype=np.float64)
        for part in ("value", "low", "high")
    )
    with np.errstate(invalid="ignore"):
        half = (high - low) / 2
    return value, np.where(np.isfinite(half), half, 0.0)


def _words(quotes: list[str | None]) -> sparse.csr_array:
    known: dict[str, int] = {}
    rows, columns = [], []
    for row, quote in enumerate(quotes):
        for word in set((quote or "").lower().split()):
            rows.append(row)
            columns.append(known.setdefault(word, len(known)))
    shape = (len(quotes), max(len(known), 1))
    return sparse.csr_array((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
