"""Of records that several people extracted, which one goes out: the adjudicated one, else what at least two give alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from store.consensus import CONSENSUS, WORDS, Key

ALONE, DIFFER, TWICE, SETTLED, LEFT_OUT, UNSETTLED = 1, 2, 3, 4, 5, 6
"""Why an extraction stays behind: nobody else has it, somebody says otherwise, another one alike goes out, its consensus
goes out instead, it was decided to leave the record out; and of a consensus, that its originals have changed since."""


def disagreement(table: pa.Table, places: Mapping[Key, str] | None = None) -> NDArray[np.int8]:
    """For every row why it stays behind, one of the codes above; 0 where it is the one of its record that goes out.

    ``places`` says of every extraction that was adjudicated the id of its consensus, blank where it is left out.
    """
    if not len(table):
        return np.zeros(0, np.int8)
    places = places or {}
    who, record = (table.column(name).to_pylist() for name in ("extractor", "record"))
    standing = set(places.values())
    behind = np.zeros(len(table), np.int8)
    free = np.ones(len(table), bool)
    if places or CONSENSUS in who:
        for row, key in enumerate(zip(who, record, strict=True)):
            if key[0] == CONSENSUS:
                free[row], behind[row] = False, 0 if key[1] in standing else UNSETTLED
            elif key in places:
                free[row], behind[row] = False, SETTLED if places[key] else LEFT_OUT
    behind[free] = _by_two(table.filter(pa.array(free)))
    return behind


def _by_two(table: pa.Table) -> NDArray[np.int8]:
    """The same for records that nobody has decided on: one of each goes out that two give alike and nobody otherwise."""
    if not len(table):
        return np.zeros(0, np.int8)
    record = _coded(table.column("record"))
    extractor = table.column("extractor").to_numpy(zero_copy_only=False).astype(str)
    order = np.lexsort((extractor, record))
    first = order[np.flatnonzero(np.diff(record[order], prepend=-1))]
    says = np.column_stack([_coded(each) for name in _compared(table) for each in _content(table, name)])
    by_record = np.empty(record.max() + 1, np.int64)
    by_record[record[first]] = first
    lead = by_record[record]
    size = np.bincount(record)
    same = np.bincount(record, (says == says[lead]).all(axis=1)) == size
    behind = np.where(lead == np.arange(len(table)), 0, TWICE)
    return np.select([(size == 1)[record], ~same[record]], [ALONE, DIFFER], behind).astype(np.int8)


def _compared(table: pa.Table) -> list[str]:
    """What two extractions of a record are compared in: all but the words around it and their own remarks."""
    return [name for name in table.column_names if name not in ("extractor", *WORDS)]


def _content(table: pa.Table, name: str) -> Iterator[Any]:
    """What a column says: of a number its value, digits, unit and relation however it is spelled; else the text."""
    column = table.column(name).combine_chunks()
    if not pa.types.is_struct(column.type):
        yield column
        return
    reported = pc.equal(pc.struct_field(column, "status"), "reported")
    yield pc.if_else(reported, pa.scalar(None, pa.string()), pc.struct_field(column, "text"))
    for part in ("status", "relation", "unit", "decimals", "value"):
        yield pc.struct_field(column, part)


def _coded(column: Any) -> NDArray[np.int64]:  # noqa: ANN401 - pyarrow ships no types
    """The distinct contents of a column as numbers; null is one of them."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    codes = whole.dictionary_encode(null_encoding="encode").indices
    return np.asarray(codes.to_numpy(zero_copy_only=False), dtype=np.int64)
