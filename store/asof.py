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
from store.query import number

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

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


def current_rows(model: type[Declared]) -> str:
    """SQL of the rowids of a kind's current rows; its parameter is the revision.

    Only the narrow columns pass through the window; the wide rows are then picked by rowid, twice as fast.
    """
    return f"""
        SELECT rowid FROM {ddl.quoted(model.kind)} WHERE revision <= ?
        QUALIFY row_number() OVER (PARTITION BY record_key, extractor ORDER BY revision DESC) = 1 AND NOT retired
    """


def tables(
    connection: duckdb.DuckDBPyConnection,
    present: Mapping[str, Collection[str]],
    as_of: AsOf,
    extractor: str | None,
) -> dict[str, pa.Table]:
    """The rows of every kind at ``as_of``, in the order of their first intake."""
    revision = resolve(connection, as_of)
    return {kind: _table(connection, model, present[kind], revision, extractor) for kind, model in KINDS.items()}


def _table(
    connection: duckdb.DuckDBPyConnection,
    model: type[Declared],
    present: Collection[str],
    revision: int,
    extractor: str | None,
) -> pa.Table:
    schema = table_schema(model)
    by_extractor = issubclass(model, Record)
    if by_extractor:
        schema = schema.append(pa.field("extractor", pa.string()))
    if not present:
        return schema.empty_table()
    wanted, more = ("AND extractor = ?", [extractor]) if by_extractor and extractor is not None else ("", [])
    query = f"""
        SELECT {ddl.select_list(model, present)}{", extractor" if by_extractor else ""}
        FROM {ddl.quoted(model.kind)} WHERE rowid IN ({current_rows(model)}) {wanted} ORDER BY {ddl.quoted("position")}
    """
    return connection.sql(query, params=[revision, *more]).to_arrow_table().cast(schema)
