"""Columns of typed cells as Arrow text, looked at all at once: which are blank, where they begin, what each distinct one is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Lengths = npt.NDArray[np.int32]

_FIRST, _LAST = 0x21, 0x7E
"""Between these bytes lie the characters that are seen and are one byte long; what is outside is looked at closely."""


def lengths(cells: pa.Array) -> Lengths:
    """Bytes of each cell; 0 where there is none."""
    offsets = _offsets(cells)
    return np.where(given(cells), np.diff(offsets), 0).astype(np.int32)


def first_bytes(cells: pa.Array, *, last: bool = False) -> Bytes:
    """The first byte of each cell, or the last; 0 where it is empty or absent."""
    offsets, sizes = _offsets(cells), lengths(cells)
    data = cells.buffers()[2]
    if data is None or not data.size:
        return np.zeros(len(cells), np.uint8)
    at = np.where(sizes > 0, offsets[1:] - 1 if last else offsets[:-1], 0)
    return np.where(sizes > 0, np.frombuffer(data, np.uint8)[at], 0).astype(np.uint8)


def holds_nul(cells: pa.Array) -> bool:
    """Whether a NUL character may be among the cells."""
    offsets, data = _offsets(cells), cells.buffers()[2]
    if data is None or not data.size or not len(cells):
        return False
    return bool((np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]] == 0).any())


def _offsets(cells: pa.Array) -> npt.NDArray[np.int32]:
    return np.frombuffer(cells.buffers()[1], np.int32)[cells.offset : cells.offset + len(cells) + 1]


def given(cells: pa.Array) -> Mask:
    """Which cells hold something."""
    return np.asarray(cells.is_valid().to_numpy(zero_copy_only=False), bool)


def where(cells: pa.Array, wrong: Callable[[str], bool]) -> Mask:
    """Which cells are wrong, asking once per distinct text; absent cells are not."""
    return where_words(cells, lambda words: np.array([wrong(word) for word in words.to_pylist()], bool))


def where_words(cells: pa.Array, wrong: Callable[[pa.Array], Mask]) -> Mask:
    """Which cells are wrong, asking once for all distinct texts; absent cells are not."""
    if cells.null_count == len(cells):
        return np.zeros(len(cells), bool)
    coded = cells.dictionary_encode()
    flags = pa.array(wrong(coded.dictionary)).take(coded.indices)
    return np.asarray(flags.fill_null(pa.scalar(value=False)).to_numpy(zero_copy_only=False), bool)


def only(cells: pa.Array, rows: Mask) -> pa.Array:
    """The cells of these rows; the others are absent."""
    return cells if rows.all() else pc.if_else(pa.array(rows), cells, pa.scalar(None, pa.string()))


def blank(cells: pa.Array) -> Mask:
    """Which cells are absent, or hold nothing but spaces."""
    found: Mask = lengths(cells) == 0
    unsure = ~found & ~_seen(first_bytes(cells))
    if unsure.any():
        found |= where(only(cells, unsure), lambda text: not text.strip())
    return found


def tidied(cells: pa.Array, *, strip: bool) -> pa.Array:
    """The cells with blank ones absent; with ``strip`` without the spaces around them."""
    if cells.null_count == len(cells):
        return cells
    kept = only(cells, ~blank(cells))
    if not strip or kept.null_count == len(kept):
        return kept
    wide = given(kept) & ~(_seen(first_bytes(kept)) & _seen(first_bytes(kept, last=True)))
    if not wide.any():
        return kept
    texts = [text.strip() for text in kept.filter(pa.array(wide)).to_pylist()]
    return pc.replace_with_mask(kept, pa.array(wide), pa.array(texts, pa.string()))


def _seen(byte: Bytes) -> Mask:
    return (byte >= _FIRST) & (byte <= _LAST)
