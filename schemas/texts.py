"""Rows of a kind as their verbatim texts, batch by batch: a table that need not be held at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from schemas.arrow import PRINTED, from_texts, table_schema
from schemas.kinds.base import Declared

Read = Callable[[Sequence[str]], Iterator[pa.RecordBatch]]
"""Hands out the batches with these columns, from the first on, as often as it is asked."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Well-formed rows of a kind: texts as typed, blank cells null, fields with a default filled in.

    ``rows`` is their number; ``read`` hands out columns of text by field; the fields in ``blank`` are so in every row.
    """

    model: type[Declared]
    rows: int
    read: Read
    blank: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return self.rows

    def batches(self, names: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The texts of these fields, or of all of them, in the order of the rows."""
        return self.read([each.name for each in self.model.fields()] if names is None else list(names))

    def table(self) -> pa.Table:
        """All rows at once, in the schema of their kind."""
        batches = [_derived(self.model, batch) for batch in self.batches()]
        return pa.Table.from_batches(batches, table_schema(self.model)).combine_chunks()


def _derived(model: type[Declared], batch: pa.RecordBatch) -> pa.RecordBatch:
    table = from_texts(model, pa.Table.from_batches([batch]))
    return pa.record_batch([column.combine_chunks() for column in table.columns], schema=table.schema)


def texts_of(model: type[Declared], table: pa.Table) -> Texts:
    """The texts of a table in the schema of its kind."""

    def read(names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        columns = {name: _text(table[name]) for name in names}
        yield from pa.table(columns).to_batches()

    return Texts(model, len(table), read)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.struct_field(column, "text") if column.type == PRINTED else column
