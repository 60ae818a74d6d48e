"""The sheets of one kind, checked one after the other and put aside as texts with an id each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from curation.intake.cells import Mask, given
from curation.intake.check import check
from curation.intake.finish import keep_once, told_apart
from curation.intake.problems import Problems
from curation.intake.sheets import Sheet
from curation.intake.spool import Spool
from curation.intake.stack import Stack, stack
from schemas.identity import wished_ids
from schemas.kinds.base import Declared, Record
from schemas.registry import KINDS
from schemas.texts import Read, Texts


@dataclass(frozen=True, slots=True)
class Gathered:
    """The rows of one kind, and the file and row each was typed in."""

    texts: Texts
    origin: pa.Table


def gather(kind: str, sheets: Iterator[Sheet], problems: Problems) -> Gathered | None:
    """Check all sheets of a kind; None where there are none. Once there is a problem, nothing more is kept."""
    model = KINDS[kind]
    first = next(sheets, None)
    if first is None:
        return None
    if issubclass(model, Record):
        return _records(model, kind, _all(first, sheets), problems)
    one = stack(kind, [first, *sheets])
    check(one, problems)
    keep = pa.array(keep_once(one, problems))
    spool = Spool([each.name for each in model.fields()])
    spool.add({name: cells.filter(keep) for name, cells in one.cells.items()})
    return Gathered(
        Texts(model, spool.rows, _with_defaults(model, spool), _blank(model, spool)), _origin(one).filter(keep)
    )


def _all(first: Sheet, others: Iterator[Sheet]) -> Iterator[Sheet]:
    yield first
    yield from others


@dataclass(slots=True)
class _Rows:
    """What is kept in memory of every row: the id it would have alone, whether that was typed, where it stands."""

    wished: list[pa.Array] = field(default_factory=list)
    own: list[Mask] = field(default_factory=list)
    origin: list[pa.Table] = field(default_factory=list)

    def add(self, model: type[Record], one: Stack) -> None:
        self.wished.append(wished_ids(model, one.cells))
        self.own.append(given(one.cells["record"]))
        self.origin.append(_origin(one))

    def ids(self, problems: Problems) -> tuple[pa.Array, pa.Table]:
        origin = pa.concat_tables(self.origin).unify_dictionaries()

        def place(index: int) -> tuple[str, int]:
            return origin["file"][index].as_py(), origin["row"][index].as_py()

        wished = pa.chunked_array(self.wished, pa.string())
        return told_apart(wished, np.concatenate(self.own), place, problems).combine_chunks(), origin


def _records(model: type[Record], kind: str, sheets: Iterator[Sheet], problems: Problems) -> Gathered:
    """Records come in any number: their texts go to a spool, their ids are told apart when all are there."""
    spool = Spool([each.name for each in model.fields() if each.name != "record"])
    rows = _Rows()
    for sheet in sheets:
        one = stack(kind, [sheet])
        check(one, problems)
        rows.add(model, one)
        if not problems.total:
            spool.add(one.cells)
    ids, origin = rows.ids(problems)
    read = _with_ids(_with_defaults(model, spool), ids)
    return Gathered(Texts(model, spool.rows, read, _blank(model, spool)), origin)


def _blank(model: type[Declared], spool: Spool) -> frozenset[str]:
    return spool.blank - {each.name for each in model.fields() if each.default}


def _with_defaults(model: type[Declared], spool: Spool) -> Read:
    defaults = {each.name: each.default for each in model.fields() if each.default}

    def read(names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        for batch in spool.batches(names):
            columns = [
                batch[name].fill_null(defaults[name]) if name in defaults else batch[name]
                for name in batch.schema.names
            ]
            yield pa.record_batch(columns, schema=batch.schema)

    return read


def _with_ids(read: Read, ids: pa.Array) -> Read:
    """The batches with the column ``record`` where it is asked for."""

    def with_ids(names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        start = 0
        others = [name for name in names if name != "record"]
        for batch in read(others or ["source"]):
            columns = {name: batch[name] for name in others} | {"record": ids.slice(start, len(batch))}
            start += len(batch)
            yield pa.record_batch({name: columns[name] for name in names})

    return with_ids


def _origin(one: Stack) -> pa.Table:
    return pa.table({"file": one.files, "row": one.rows})
