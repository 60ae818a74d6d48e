"""Taking tables in: one transaction, nothing overwritten, and nothing written for what is already there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from schemas.kinds.base import Declared, Record
from schemas.registry import KINDS
from schemas.texts import Texts
from store import asof, ddl
from store.arriving import ARRIVING, ORDER, Arriving, Told
from store.consensus import CONSENSUS
from store.errors import StoreError
from store.query import first_row, number
from store.transaction import transaction

INTAKE = "intake"
"""The action of a revision made by an intake."""
ADD = "add"
"""The action of a revision by which new rows were typed in: for the next intake they were taken in, too."""

_VERDICT = "#verdict"


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """What an intake did, as rows by kind.

    ``revision`` is None where nothing was added or changed. ``decided`` are rows that say what they said at the last
    intake, and which somebody has revised or retired since: that decision stands.
    """

    revision: int | None
    added: dict[str, int]
    changed: dict[str, int]
    unchanged: dict[str, int]
    decided: dict[str, int]


def take_in(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, pa.Table | Texts],
    *,
    who: str,
    why: str,
    extractor: str,
    progress: Told | None = None,
) -> IntakeResult:
    """Take in rows by kind, all of them or none. Raises StoreError for tables that no kind accepts."""
    if unknown := [kind for kind in tables if kind not in KINDS]:
        raise StoreError(f"{unknown[0]!r} is not a kind of record; the kinds are {', '.join(KINDS)}")
    if extractor.strip().lower() == CONSENSUS:
        raise StoreError(f"{extractor!r} is what settled records are kept under; name the person who extracted")
    verdicts: dict[str, dict[str, int]] = {}
    with transaction(connection):
        revision = asof.latest(connection) + 1
        for kind, model in KINDS.items():
            if kind in tables:
                owner = extractor if issubclass(model, Record) else ""
                arriving = Arriving(connection, model, tables[kind], progress)
                verdicts[kind] = _take_in_kind(connection, arriving, revision, owner)
        written = any(each["added"] or each["changed"] for each in verdicts.values())
        if written:
            add_revision(connection, revision, who=who, action=INTAKE, why=why)
    by = {
        name: {kind: each[name] for kind, each in verdicts.items()}
        for name in ("added", "changed", "unchanged", "decided")
    }
    return IntakeResult(revision if written else None, **by)


def add_revision(connection: duckdb.DuckDBPyConnection, revision: int, *, who: str, action: str, why: str) -> None:
    """Record a change. Its time never lies before the last one's, so that reading as of a time is well defined."""
    connection.execute(
        """
        INSERT INTO revision
        SELECT ?, make_timestamptz(greatest(?, (SELECT coalesce(max(epoch_us("at")), 0) FROM revision))), ?, ?, ?
        """,
        [revision, asof.micros(datetime.now(UTC)), who, action, why],
    )


def _take_in_kind(
    connection: duckdb.DuckDBPyConnection, arriving: Arriving, revision: int, extractor: str
) -> dict[str, int]:
    _check_keys(connection, arriving)
    kind = ddl.quoted(arriving.model.kind)
    if first_row(connection, f"SELECT 1 FROM {kind} WHERE extractor = ? LIMIT 1", [extractor]) is None:
        if arriving.rows:
            _insert_all(connection, arriving, revision, extractor)
        return {"added": arriving.rows, "changed": 0, "unchanged": 0, "decided": 0}
    counts = _judge(connection, arriving, extractor)
    if counts["added"] or counts["changed"]:
        _insert_judged(connection, arriving, revision, extractor)
    connection.execute(f"DROP TABLE {ddl.quoted(_VERDICT)}")
    return counts


def _check_keys(connection: duckdb.DuckDBPyConnection, arriving: Arriving) -> None:
    """Every row has a key and no two share one."""
    model, order = arriving.model, ddl.quoted(ORDER)
    query = f"""
        SELECT {ddl.key_expression(model)} AS record_key, count(*), min({order}), max({order})
        FROM {ddl.quoted(ARRIVING)} GROUP BY 1 HAVING record_key IS NULL OR count(*) > 1 ORDER BY 3 LIMIT 1
    """
    with arriving.texts(ddl.key_columns(model)):
        bad = first_row(connection, query)
    if bad is None:
        return
    key, _, first, last = bad
    names = " and ".join(ddl.key_columns(model))
    if key is None:
        raise StoreError(f"row {first + 1} of the {model.kind} table has no {names}; every row needs one")
    raise StoreError(
        f"rows {first + 1} and {last + 1} of the {model.kind} table are both {key!r}; keep one, or give them different ids"
    )


def _judge(connection: duckdb.DuckDBPyConnection, arriving: Arriving, extractor: str) -> dict[str, int]:
    """Say of every row whether it is added, changed, unchanged, or decided otherwise since the last intake."""
    model = arriving.model
    kind = ddl.quoted(model.kind)
    with arriving.texts([each.name for each in model.fields()]):
        connection.execute(
            f"""
            CREATE TEMP TABLE {ddl.quoted(_VERDICT)} AS
            WITH arriving AS (SELECT *, {ddl.key_expression(model)} AS record_key FROM {ddl.quoted(ARRIVING)}),
            past AS (
                SELECT record_key, arg_max(k.rowid, revision) AS now,
                       arg_max(k.rowid, revision) FILTER (WHERE action IN ('{INTAKE}', '{ADD}')) AS taken
                FROM {kind} k JOIN revision USING (revision) WHERE extractor = ? GROUP BY record_key
            )
            SELECT n.{ddl.quoted(ORDER)}, n.record_key, l.{ddl.quoted("position")} AS place,
                   CASE WHEN l.record_key IS NULL THEN 'added'
                        WHEN {_differ(model, "l", keys_only=True)} THEN 'clash'
                        WHEN NOT {_differ(model, "l")} THEN if(l.retired, 'decided', 'unchanged')
                        WHEN t.record_key IS NOT NULL AND NOT {_differ(model, "t")} THEN 'decided'
                        ELSE 'changed' END AS verdict
            FROM arriving n LEFT JOIN past p ON p.record_key = n.record_key
            LEFT JOIN {kind} l ON l.rowid = p.now LEFT JOIN {kind} t ON t.rowid = p.taken
            """,
            [extractor],
        )
    found = dict(connection.execute(f"SELECT verdict, count(*) FROM {ddl.quoted(_VERDICT)} GROUP BY ALL").fetchall())
    if "clash" in found:
        row = first_row(connection, f"SELECT record_key FROM {ddl.quoted(_VERDICT)} WHERE verdict = 'clash'")
        raise StoreError(f"{model.kind} {row[0] if row else ''!r} could be two different ones; use ids without '/'")
    return {name: found.get(name, 0) for name in ("added", "changed", "unchanged", "decided")}


def _differ(model: type[Declared], alias: str, *, keys_only: bool = False) -> str:
    keys = ddl.key_columns(model)
    compared = [each for each in model.fields() if not keys_only or each.name in keys]
    parts = (f"n.{ddl.quoted(each.name)} IS DISTINCT FROM {ddl.text_of(each, alias)}" for each in compared)
    return f"({' OR '.join(parts)})"


def _insert_all(connection: duckdb.DuckDBPyConnection, arriving: Arriving, revision: int, extractor: str) -> None:
    """Every row is new: they are written in the order in which they come, without sorting them."""
    model = arriving.model
    kind, place, names = ddl.quoted(model.kind), ddl.quoted("position"), _fields(arriving)
    last = number(connection, f"SELECT coalesce(max({place}), 0) FROM {kind}")
    with arriving.derived():
        connection.execute(
            f"""
            INSERT INTO {kind} ({_columns(names)})
            SELECT {ddl.key_expression(model)}, ?, ?, false, {ddl.quoted(ORDER)} + 1 + ?, {names}
            FROM {ddl.quoted(ARRIVING)}
            """,
            [extractor, revision, last],
        )


def _insert_judged(connection: duckdb.DuckDBPyConnection, arriving: Arriving, revision: int, extractor: str) -> None:
    model, order = arriving.model, ddl.quoted(ORDER)
    kind, wanted, names = ddl.quoted(model.kind), "verdict IN ('added', 'changed')", _fields(arriving)
    query = f"SELECT {order} FROM {ddl.quoted(_VERDICT)} WHERE {wanted} ORDER BY 1"
    orders = connection.sql(query).fetchnumpy()[ORDER]
    last = number(connection, f"SELECT coalesce(max({ddl.quoted('position')}), 0) FROM {kind}")
    with arriving.derived(orders):
        connection.execute(
            f"""
            INSERT INTO {kind} ({_columns(names)})
            SELECT v.record_key, ?, ?, false, coalesce(v.place, {order} + 1 + ?), {names}
            FROM {ddl.quoted(ARRIVING)} JOIN {ddl.quoted(_VERDICT)} v USING ({order}) ORDER BY {order}
            """,
            [extractor, revision, last],
        )


def _fields(arriving: Arriving) -> str:
    return ", ".join(ddl.quoted(name) for name in arriving.names)


def _columns(names: str) -> str:
    return f"{', '.join(ddl.quoted(name) for name in ddl.BOOKKEEPING)}, {names}"
