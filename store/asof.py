"""The state of a review as it is, or as it was at any earlier revision or time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa

from schemas.arrow import table_schema
from schemas.kinds.base import Declared, Record
from schemas.registry import KINDS
from store import ddl
from store.errors import StoreError
from store.query import first_row, number

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

OF_SOURCES = "source IN (SELECT unnest(CAST(? AS VARCHAR[])))"
"""Condition that a record is of one of the sources in a list."""

AsOf = int | datetime | None
"""A revision number, a time, or None for now."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One change of the review: who made it, when, by which action and why."""

    revision: int
    at: datetime
    who: str
    action: str
    why: str


def micros(time: datetime) -> int:
    """Microseconds since 1970; a time without a zone is local time."""
    return (time.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)


def moment(since_1970: int) -> datetime:
    """The time, in UTC, of so many microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=since_1970)


def revisions(connection: duckdb.DuckDBPyConnection, upto: int) -> list[Revision]:
    """All changes up to a revision, oldest first."""
    rows = connection.execute(
        'SELECT revision, epoch_us("at"), who, action, why FROM revision WHERE revision <= ? ORDER BY revision', [upto]
    ).fetchall()
    return [Revision(revision, moment(at), who, action, why) for revision, at, who, action, why in rows]


def change(connection: duckdb.DuckDBPyConnection, revision: int) -> Revision | None:
    """One change of the review."""
    query = 'SELECT revision, epoch_us("at"), who, action, why FROM revision WHERE revision = ?'
    row = first_row(connection, query, [revision])
    return None if row is None else Revision(row[0], moment(row[1]), *row[2:])


def latest(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of the last revision; 0 in an empty review."""
    return number(connection, "SELECT coalesce(max(revision), 0) FROM revision")


def resolve(connection: duckdb.DuckDBPyConnection, as_of: AsOf) -> int:
    """The revision that was current at ``as_of``. Raises StoreError for a revision that does not exist."""
    last = latest(connection)
    if as_of is None:
        return last
    if isinstance(as_of, datetime):
        query = 'SELECT coalesce(max(revision), 0) FROM revision WHERE epoch_us("at") <= ?'
        return number(connection, query, [micros(as_of)])
    if not 0 <= as_of <= last:
        raise StoreError(f"there is no revision {as_of}; name one from 0 (before the first intake) to {last}")
    return as_of


def current_rows(model: type[Declared], *, of_sources: bool = False) -> str:
    """SQL of the rowids of a kind's current rows; its parameter is the revision.

    Only the narrow columns pass through the window; the wide rows are then picked by rowid, twice as fast. With
    ``of_sources`` only records that ever were of the sources in a second parameter, a list: faster again, but what was
    moved to another source since has still to be left out.
    """
    kind = ddl.quoted(model.kind)
    among = f"AND record_key IN (SELECT record_key FROM {kind} WHERE {OF_SOURCES})" if of_sources else ""
    return f"""
        SELECT rowid FROM {kind} WHERE revision <= ? {among}
        QUALIFY row_number() OVER (PARTITION BY record_key, extractor ORDER BY revision DESC) = 1 AND NOT retired
    """


def tables(
    connection: duckdb.DuckDBPyConnection,
    present: Mapping[str, Collection[str]],
    as_of: AsOf,
    extractor: str | None,
    sources: Collection[str] | None = None,
) -> dict[str, pa.Table]:
    """The rows of every kind at ``as_of``, in the order of their first intake; records of some sources only."""
    revision = resolve(connection, as_of)
    return {
        kind: _table(connection, model, present[kind], revision, extractor, sources) for kind, model in KINDS.items()
    }


def table(
    connection: duckdb.DuckDBPyConnection, present: Mapping[str, Collection[str]], kind: str, as_of: AsOf
) -> pa.Table:
    """The rows of one kind at ``as_of``, in the order of their first intake."""
    return _table(connection, KINDS[kind], present[kind], resolve(connection, as_of), None, None)


def _table(
    connection: duckdb.DuckDBPyConnection,
    model: type[Declared],
    present: Collection[str],
    revision: int,
    extractor: str | None,
    sources: Collection[str] | None,
) -> pa.Table:
    schema = table_schema(model)
    by_extractor = issubclass(model, Record)
    if by_extractor:
        schema = schema.append(pa.field("extractor", pa.string()))
    # Most reviews use few of the kinds, and planning the wide query takes longer than to see that there is nothing.
    if not present or not _any(connection, model, revision):
        return schema.empty_table()
    narrowed = by_extractor and sources is not None
    wanted, more = "", list[object]()
    if by_extractor and extractor is not None:
        wanted, more = "AND extractor = ?", [extractor]
    if narrowed:
        wanted, more = f"{wanted} AND {OF_SOURCES}", [list(sources or ()), *more, list(sources or ())]
    query = f"""
        SELECT {ddl.select_list(model, present)}{", extractor" if by_extractor else ""}
        FROM {ddl.quoted(model.kind)} WHERE rowid IN ({current_rows(model, of_sources=narrowed)}) {wanted}
        ORDER BY {ddl.quoted("position")}
    """
    return connection.sql(query, params=[revision, *more]).to_arrow_table().cast(schema)


def _any(connection: duckdb.DuckDBPyConnection, model: type[Declared], revision: int) -> bool:
    query = f"SELECT 1 FROM {ddl.quoted(model.kind)} WHERE revision <= ? LIMIT 1"
    return first_row(connection, query, [revision]) is not None
