"""Findings of the last check, the checks that were run, and the decisions to accept a finding."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from store import asof, ddl
from store.errors import StoreError
from store.query import first_row, let_go
from store.transaction import transaction

SHORTEST_PREFIX = 6
"""Characters of a fingerprint that must be given."""

EXTRACTOR = "extractor"
"""The key of a finding under which it is saved from whose records it follows; findings that are read do not have it."""

_JSON = ("explanations", "records")


@dataclass(frozen=True, slots=True)
class Waiver:
    """A decision that a finding is accepted. ``stale``: it is in force, but its finding is gone."""

    fingerprint: str
    who: str
    at: datetime
    reason: str
    rule: str | None
    message: str | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    stale: bool


@dataclass(frozen=True, slots=True)
class CheckRun:
    """One check: when, of which revision, and its summary."""

    at: datetime
    revision: int
    summary: dict[str, object]


def save(
    connection: duckdb.DuckDBPyConnection,
    findings: Sequence[Mapping[str, object]],
    summary: Mapping[str, object],
    revision: int | None = None,
) -> None:
    """Replace the stored findings and note the check. Waivers in force decide the status of their findings.

    A finding may say under "extractor" from whose records it follows; one that several have is given once for each.
    ``revision`` is what was checked, where the review may have changed since; by default the last one.
    """
    columns = _columns(connection)
    table = pa.table({name: _cells(findings, name, kind) for name, kind in columns.items()})
    with transaction(connection):
        connection.execute("DELETE FROM finding")
        connection.register("#findings", table)
        try:
            connection.execute('INSERT INTO finding BY NAME SELECT * FROM "#findings"')
        finally:
            let_go(connection, "#findings")
        _apply_waivers(connection)
        connection.execute(
            "INSERT INTO check_run VALUES (make_timestamptz(?), ?, ?)",
            [
                asof.micros(datetime.now(UTC)),
                asof.latest(connection) if revision is None else revision,
                json.dumps(dict(summary), ensure_ascii=False),
            ],
        )


def read(connection: duckdb.DuckDBPyConnection, extractor: str | None = None) -> list[dict[str, object]]:
    """The findings of the last check in the order in which they were saved, each fingerprint once.

    With an extractor only those that were saved as theirs.
    """
    names = [name for name in _columns(connection) if name != EXTRACTOR]
    listed = ", ".join(map(ddl.quoted, names))
    wanted, parameters = (f"WHERE {EXTRACTOR} = ?", [extractor]) if extractor is not None else ("", [])
    # Not by row_number() over rowid, at which DuckDB 2.0.0 breaks with an internal error.
    first = f"SELECT min(rowid) FROM finding {wanted} GROUP BY fingerprint"
    rows = connection.execute(f"SELECT {listed} FROM finding WHERE rowid IN ({first}) ORDER BY rowid", parameters)
    return [
        {name: json.loads(cell) if name in _JSON else cell for name, cell in zip(names, row, strict=True)}
        for row in rows.fetchall()
    ]


def last_check(connection: duckdb.DuckDBPyConnection) -> CheckRun | None:
    """The last check, or None if there was none."""
    row = first_row(connection, 'SELECT epoch_us("at"), revision, summary FROM check_run ORDER BY rowid DESC LIMIT 1')
    return None if row is None else CheckRun(asof.moment(row[0]), row[1], json.loads(row[2]))


def waive(connection: duckdb.DuckDBPyConnection, fingerprint: str, *, who: str, reason: str) -> str:
    """Accept a finding; the whole fingerprint is returned. Raises StoreError if no stored finding has it."""
    with transaction(connection):
        return accept(connection, fingerprint, who=who, reason=reason)


def accept(connection: duckdb.DuckDBPyConnection, fingerprint: str, *, who: str, reason: str) -> str:
    """``waive`` as a part of a change whose transaction is open."""
    whole = _whole(
        connection,
        "finding",
        fingerprint,
        "no stored finding has the fingerprint",
        "run curation check to see the findings",
    )
    if _in_force(connection, whole):
        raise StoreError(f"the finding {whole} is waived already; withdraw that waiver to give another reason")
    connection.execute(
        """
        INSERT INTO waiver
        SELECT fingerprint, ?, make_timestamptz(?), ?, rule, message, NULL, NULL FROM finding WHERE fingerprint = ? LIMIT 1
        """,
        [who, asof.micros(datetime.now(UTC)), reason, whole],
    )
    _apply_waivers(connection)
    return whole


def withdraw(connection: duckdb.DuckDBPyConnection, fingerprint: str, *, who: str) -> str:
    """Withdraw a waiver, which stays on record; its finding is open again."""
    with transaction(connection):
        whole = _whole(
            connection,
            "waiver WHERE withdrawn_at IS NULL",
            fingerprint,
            "no waiver in force has the fingerprint",
            "list the waivers of the review to see them",
        )
        connection.execute(
            "UPDATE waiver SET withdrawn_at = make_timestamptz(?), withdrawn_by = ? WHERE fingerprint = ? AND withdrawn_at IS NULL",
            [asof.micros(datetime.now(UTC)), who, whole],
        )
        _apply_waivers(connection)
    return whole


def waivers(connection: duckdb.DuckDBPyConnection) -> list[Waiver]:
    """All waivers, oldest first, withdrawn ones too."""
    rows = connection.execute("""
        SELECT fingerprint, who, epoch_us("at"), reason, rule, message, epoch_us(withdrawn_at), withdrawn_by,
               withdrawn_at IS NULL AND fingerprint NOT IN (SELECT fingerprint FROM finding)
        FROM waiver ORDER BY rowid
    """).fetchall()
    return [
        Waiver(
            mark, who, asof.moment(at), reason, rule, message, None if gone is None else asof.moment(gone), by, stale
        )
        for mark, who, at, reason, rule, message, gone, by, stale in rows
    ]


def _apply_waivers(connection: duckdb.DuckDBPyConnection) -> None:
    """Make every finding say what the waivers in force say."""
    connection.execute("""
        UPDATE finding SET status = 'open', decided_by = '', reason = ''
        WHERE status = 'waived' AND fingerprint NOT IN (SELECT fingerprint FROM waiver WHERE withdrawn_at IS NULL)
    """)
    connection.execute("""
        UPDATE finding SET status = 'waived', decided_by = waiver.who, reason = waiver.reason
        FROM waiver WHERE waiver.fingerprint = finding.fingerprint AND waiver.withdrawn_at IS NULL
    """)


def _in_force(connection: duckdb.DuckDBPyConnection, fingerprint: str) -> bool:
    query = "SELECT 1 FROM waiver WHERE fingerprint = ? AND withdrawn_at IS NULL"
    return first_row(connection, query, [fingerprint]) is not None


def _whole(connection: duckdb.DuckDBPyConnection, among: str, prefix: str, none_has: str, remedy: str) -> str:
    if len(prefix) < SHORTEST_PREFIX:
        raise StoreError(
            f"{prefix!r} is too short for a fingerprint; give at least its first {SHORTEST_PREFIX} characters"
        )
    query = f"SELECT DISTINCT fingerprint FROM (SELECT fingerprint FROM {among}) WHERE starts_with(fingerprint, ?) ORDER BY 1"
    found = [mark for (mark,) in connection.execute(query, [prefix]).fetchall()]
    if prefix in found:
        return prefix
    if not found:
        raise StoreError(f"{none_has} {prefix!r}; {remedy}")
    if len(found) > 1:
        raise StoreError(
            f"{prefix!r} fits {len(found)} fingerprints ({', '.join(found[:3])}{', ...' if len(found) > 3 else ''}); give more characters"
        )
    return str(found[0])


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The columns of the finding table and their types, as the migrations declare them."""
    return {row[0]: row[1] for row in connection.execute("DESCRIBE finding").fetchall()}


def _cells(findings: Sequence[Mapping[str, object]], name: str, kind: str) -> pa.Array:
    cells = [each.get(name) for each in findings]
    if kind == "BOOLEAN":
        return pa.array([bool(cell) for cell in cells], pa.bool_())
    if name in _JSON:
        return pa.array([json.dumps(cell or [], ensure_ascii=False) for cell in cells], pa.string())
    if name == "status":
        return pa.array([str(cell or "open") for cell in cells], pa.string())
    return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())
