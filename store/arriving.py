"""Rows on their way into a review: streamed to DuckDB batch by batch, as often as a query asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.arrow import table_schema
from schemas.coded import coded, coded_schema
from schemas.kinds.base import Declared
from schemas.texts import Texts, texts_of
from store.errors import StoreError
from store.query import let_go

ARRIVING = "#arriving"
"""The name under which a query sees the rows, once: they stream by."""
ORDER = "#order"
"""The column with their places, from 0."""
TOGETHER = 122_880
"""Rows that are handed on together: as many as DuckDB writes as one group, which saves it from copying them again."""

Orders = npt.NDArray[np.int64]
Told = Callable[[str, int, int], None]
"""Is told how far the writing is: of which kind, rows done, rows in all."""


class Arriving:
    """The rows of a kind that an intake is given, as a table in the schema of the kind or as texts."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        model: type[Declared],
        given: pa.Table | Texts,
        progress: Told | None = None,
    ) -> None:
        self.connection, self.model, self.progress = connection, model, progress
        self._table = None if isinstance(given, Texts) else self._fitting(given)
        self._texts = given if isinstance(given, Texts) else texts_of(model, self._table)
        self.rows = len(given)
        self.names = [each.name for each in model.fields() if each.name not in self._texts.blank]
        """The fields that are not blank in every row."""

    def _fitting(self, table: pa.Table) -> pa.Table:
        schema = table_schema(self.model)
        try:
            return table.select(schema.names).cast(schema)
        except (KeyError, pa.ArrowException, AttributeError) as problem:
            raise StoreError(f"the {self.model.kind} table does not have the columns of a {self.model.kind}; build it with schemas.arrow.from_texts: {problem}") from problem  # fmt: skip

    @contextmanager
    def texts(self, names: Sequence[str]) -> Iterator[None]:
        """Let one query see the texts of these fields."""
        schema = pa.schema([(name, pa.string()) for name in names])
        with self._seen(_numbered(self._texts.batches(names)), schema):
            yield

    @contextmanager
    def derived(self, orders: Orders | None = None) -> Iterator[None]:
        """Let one query see ``names`` of the rows, or of those at some places in rising order, numbers derived."""
        given = self._texts.batches(self.names) if self._table is None else iter(self._table.to_batches())
        batches = _numbered(_together(given))
        if orders is not None:
            batches = _only(batches, orders)
        schema = table_schema(self.model)
        if self._table is None:
            schema = coded_schema(self.model, self.names)
            batches = ((coded(self.model, batch), order) for batch, order in batches)
        with self._seen(batches, schema):
            yield

    @contextmanager
    def _seen(self, batches: Iterator[tuple[pa.RecordBatch, Orders]], schema: pa.Schema) -> Iterator[None]:
        whole = schema.append(pa.field(ORDER, pa.int64()))
        stream = (
            pa.record_batch([*batch.columns, pa.array(order)], schema=whole) for batch, order in self._told(batches)
        )
        self.connection.register(ARRIVING, pa.RecordBatchReader.from_batches(whole, stream))
        try:
            yield
        finally:
            let_go(self.connection, ARRIVING)

    def _told(self, batches: Iterator[tuple[pa.RecordBatch, Orders]]) -> Iterator[tuple[pa.RecordBatch, Orders]]:
        for batch, order in batches:
            yield batch, order
            if self.progress:
                self.progress(self.model.kind, int(order[-1]) + 1, self.rows)


def _together(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The rows in batches of one size, but for the last."""
    held, rows = list[pa.RecordBatch](), 0
    for batch in batches:
        held.append(batch)
        rows += len(batch)
        while rows >= TOGETHER:
            table = pa.Table.from_batches(held)
            yield table.slice(0, TOGETHER).combine_chunks().to_batches()[0]
            held, rows = table.slice(TOGETHER).to_batches(), rows - TOGETHER
    if rows:
        yield pa.Table.from_batches(held).combine_chunks().to_batches()[0]


def _numbered(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[pa.RecordBatch, Orders]]:
    start = 0
    for batch in batches:
        if len(batch):
            yield batch, np.arange(start, start + len(batch))
            start += len(batch)


def _only(batches: Iterator[tuple[pa.RecordBatch, Orders]], orders: Orders) -> Iterator[tuple[pa.RecordBatch, Orders]]:
    for batch, order in batches:
        here = orders[np.searchsorted(orders, order[0]) : np.searchsorted(orders, order[-1], "right")]
        if len(here):
            yield batch.take(pa.array(here - order[0])), here
