"""The identity of a record: the same statistic at the same place keeps its id from one intake to the next."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.kinds.base import Declared, Record

PLACE = ("page", "section", "row", "column")
"""The fields that say where in its source a record is printed."""
_BETWEEN = "\x1f"

Places = npt.NDArray[np.intp]


@cache
def key_fields(model: type[Declared]) -> tuple[str, ...]:
    """The fields that say what a record is about; equal keys at different places are one fact printed twice."""
    return tuple(each.name for each in model.fields() if each.key)


def record_ids(model: type[Record], rows: Iterable[Mapping[str, str | None]]) -> list[str]:
    """An id per row: the user's own where given, else one made of kind, key and place.

    Rows that agree in all of these are numbered in their order, so that nothing is lost.
    """
    return numbered(row.get("record") or _made(model, row) for row in rows)


def numbered(ids: Iterable[str]) -> list[str]:
    """The ids, those that come again with a number behind them.

    >>> numbered(["a", "b", "a", "a-2"])
    ['a', 'b', 'a-2', 'a-2-2']
    """
    seen: Counter[str] = Counter()
    taken: set[str] = set()
    made = []
    for first in ids:
        seen[first] += 1
        one = first if seen[first] == 1 else f"{first}-{seen[first]}"
        while one in taken:
            seen[first] += 1
            one = f"{first}-{seen[first]}"
        taken.add(one)
        made.append(one)
    return made


def wished_ids(model: type[Record], cells: Mapping[str, pa.Array]) -> pa.Array:
    """Columns of cells to the ids that their rows would have if no other row had them: ``record_ids`` before numbering."""
    own = cells["record"]
    blank = own.is_null()
    if not pc.any(blank).as_py():
        return own
    pieces: list[pa.Array | pa.Scalar] = []
    for name in (*key_fields(model), *PLACE):
        start = f"{'' if pieces else model.kind}{_BETWEEN}{name}="
        pieces += [pa.scalar(start), cells[name].filter(blank).fill_null("")]
    keys = pc.binary_join_element_wise(*pieces, "")
    made = pa.array([_digest(model, key) for key in keys.to_pylist()], pa.string())
    return pc.replace_with_mask(own, blank, made)


def wished_twice(ids: pa.ChunkedArray) -> Places:
    """Where numbering may change anything: rows whose id comes again, or could be one that is numbered.

    >>> wished_twice(pa.chunked_array([["b", "a", "a-2-2", "a", "b-1"]])).tolist()
    [1, 2, 3]
    """
    counts = pc.value_counts(ids)
    again = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    if not len(again):
        return np.empty(0, np.intp)
    found = np.zeros(len(ids), bool)
    left, stems = np.arange(len(ids)), ids
    while len(left):
        found[left[pc.is_in(stems, value_set=again).to_numpy()]] = True
        shorter = pc.replace_substring_regex(stems, "-[0-9]+$", "")
        differ = pc.not_equal(shorter, stems)
        left, stems = left[differ.to_numpy()], shorter.filter(differ)
    return np.flatnonzero(found)


def _made(model: type[Declared], row: Mapping[str, str | None]) -> str:
    parts = [model.kind, *(f"{name}={row.get(name) or ''}" for name in (*key_fields(model), *PLACE))]
    return _digest(model, _BETWEEN.join(parts))


def _digest(model: type[Declared], key: str) -> str:
    return f"{model.kind}-{hashlib.sha256(key.encode()).hexdigest()[:10]}"
