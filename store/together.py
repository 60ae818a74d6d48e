"""One decision that changes many rows: all of them under one revision, or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa
from pydantic import ValidationError

from schemas.arrow import to_table
from schemas.kinds.base import Declared
from store import asof, ddl, references
from store.changes import Cells, check_cells, model_of, sentence, texts_of
from store.consensus import CONSENSUS
from store.errors import StoreError
from store.intake import add_revision
from store.query import let_go
from store.transaction import transaction

_STAGED = "#together"


@dataclass(frozen=True, slots=True)
class Change:
    """New texts for some fields of one row; ``extractor`` is empty for entities."""

    kind: str
    record_key: str
    extractor: str
    cells: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class _Now:
    position: int
    cells: Cells


def revise(
    connection: duckdb.DuckDBPyConnection, changes: Iterable[Change], *, who: str, why: str
) -> tuple[int | None, int]:
    """Write the changes; the revision (None where all rows are what they should be) and how many rows changed.

    Raises StoreError, and changes nothing, where a row is not there, is not valid, or names what is not there.
    """
    by_kind: dict[str, list[Change]] = defaultdict(list)
    for each in changes:
        by_kind[each.kind].append(each)
    with transaction(connection):
        revision = asof.latest(connection) + 1
        written = sum(_of_kind(connection, model_of(kind), given, revision) for kind, given in by_kind.items())
        if written:
            add_revision(connection, revision, who=who, action="revise", why=why)
    return (revision if written else None), written


def _of_kind(
    connection: duckdb.DuckDBPyConnection, model: type[Declared], changes: Sequence[Change], revision: int
) -> int:
    now = _current(connection, model, [each.record_key for each in changes])
    rows: list[Declared] = []
    keys: list[tuple[str, str, int]] = []
    for each in changes:
        before = now.get((each.record_key, each.extractor))
        if before is None or each.extractor == CONSENSUS:
            raise StoreError(f"the review has no {model.kind} {each.record_key!r} of extractor {each.extractor!r}")
        row = _valid(model, each, before.cells)
        if texts_of(model, row) != before.cells:
            rows.append(row)
            keys.append((each.record_key, each.extractor, before.position))
    if rows:
        references.check_rows(connection, model, [texts_of(model, each) for each in rows])
        _insert(connection, model, rows, keys, revision)
    return len(rows)


def _current(
    connection: duckdb.DuckDBPyConnection, model: type[Declared], keys: Collection[str]
) -> dict[tuple[str, str], _Now]:
    names = [each.name for each in model.fields()]
    rows = connection.execute(
        f"""
        SELECT record_key, extractor, {ddl.quoted("position")}, retired, {ddl.text_list(model, names)}
        FROM {ddl.quoted(model.kind)} WHERE record_key IN (SELECT unnest(?))
        QUALIFY row_number() OVER (PARTITION BY record_key, extractor ORDER BY revision DESC) = 1
        """,
        [list(keys)],
    ).fetchall()
    return {
        (key, owner): _Now(position, dict(zip(names, texts, strict=True)))
        for key, owner, position, retired, *texts in rows
        if not retired
    }


def _valid(model: type[Declared], change: Change, now: Cells) -> Declared:
    """The row with its changes. Whole cells were split when they came in, so only what is changed is read anew."""
    fixed = [name for name in ddl.key_columns(model) if change.cells.get(name, now[name]) != now[name]]
    if fixed:
        raise StoreError(f"{fixed[0]} is the id of {model.kind} {change.record_key!r} and stays")
    blank = {name: None for name, text in now.items() if text is None and name not in change.cells}
    try:
        check_cells(change.cells)
        return model.model_validate({**now, **change.cells}).model_copy(update=blank)
    except (ValidationError, StoreError) as problem:
        said = sentence(problem) if isinstance(problem, ValidationError) else str(problem)
    raise StoreError(f"{model.kind} {change.record_key!r} stays as it was: {said}")


def _insert(
    connection: duckdb.DuckDBPyConnection,
    model: type[Declared],
    rows: Sequence[Declared],
    keys: Sequence[tuple[str, str, int]],
    revision: int,
) -> None:
    table = to_table(model, rows)
    for name, place in (("#key", 0), ("#owner", 1), ("#place", 2)):
        table = table.append_column(name, pa.array([key[place] for key in keys]))
    connection.register(_STAGED, table)
    try:
        connection.execute(
            f"""
            INSERT INTO {ddl.quoted(model.kind)} ({", ".join(ddl.quoted(name) for name in ddl.BOOKKEEPING)}, {ddl.field_names(model)})
            SELECT "#key", "#owner", ?, false, "#place", {ddl.field_names(model)} FROM {ddl.quoted(_STAGED)}
            """,
            [revision],
        )
    finally:
        let_go(connection, _STAGED)
