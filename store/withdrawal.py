"""Taking back that a source was handed in: possible only until somebody may have seen how the extractors differ."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import duckdb

from schemas.registry import RECORDS
from store import asof, consensus, ddl
from store.consensus import CONSENSUS
from store.errors import StoreError
from store.intake import add_revision
from store.transaction import transaction


def withdraw(connection: duckdb.DuckDBPyConnection, extractor: str, source: str, *, who: str, why: str) -> int:
    """Note that an extractor has not handed in a source after all; the new revision."""
    with transaction(connection):
        mine = next(
            (
                each
                for each in consensus.submissions(connection)
                if (each.extractor, each.source) == (extractor, source)
            ),
            None,
        )
        if mine is None:
            raise StoreError(f"{extractor!r} has not submitted {source!r}; there is nothing to withdraw")
        if _seen(connection, source, since=mine.revision):
            raise StoreError(
                f"all who extracted {source!r} have submitted it, and their differences may have been seen; "
                "settle what is wrong in the adjudication"
            )
        revision = asof.latest(connection) + 1
        connection.execute("INSERT INTO withdrawal VALUES (?, ?, ?)", [source, extractor, revision])
        add_revision(connection, revision, who=who, action="withdraw", why=why)
    return revision


def _seen(connection: duckdb.DuckDBPyConnection, source: str, *, since: int) -> bool:
    """Whether all of several had submitted at any time since then: a latecomer does not undo it."""
    return any(
        revision >= since and len(everybody) > 1 and everybody <= submitted
        for revision, everybody, submitted in _states(connection, source)
    )


def _states(connection: duckdb.DuckDBPyConnection, source: str) -> Iterator[tuple[int, set[str], set[str]]]:
    """After every change: who has extracted the source or submitted it, and who has submitted it."""
    events: dict[int, list[tuple[str, str, bool]]] = defaultdict(list)
    for revision, extractor, record, is_here in _records(connection, source):
        events[revision].append((extractor, record, is_here))
    for table, state in (("submission", True), ("withdrawal", False)):
        query = f"SELECT revision, extractor FROM {table} WHERE source = ?"
        for revision, extractor in connection.execute(query, [source]).fetchall():
            events[revision].append((extractor, "", state))
    here: set[tuple[str, str]] = set()
    held: Counter[str] = Counter()
    submitted: set[str] = set()
    for revision in sorted(events):
        for extractor, record, state in events[revision]:
            if not record:
                (submitted.add if state else submitted.discard)(extractor)
            elif state != ((extractor, record) in here):
                (here.add if state else here.discard)((extractor, record))
                held[extractor] += 1 if state else -1
        yield revision, submitted | {who for who, records in held.items() if records}, set(submitted)


def _records(connection: duckdb.DuckDBPyConnection, source: str) -> list[tuple[int, str, str, bool]]:
    """Every version of the records that ever were of the source: when, whose, which, and whether it was of it then."""
    parts = [
        f"""
        SELECT revision, extractor, '{kind}/' || record_key, NOT retired AND source = ? FROM {ddl.quoted(kind)}
        WHERE extractor <> ? AND record_key IN (SELECT record_key FROM {ddl.quoted(kind)} WHERE source = ?)
        """
        for kind in RECORDS
    ]
    parameters = [source, CONSENSUS, source] * len(parts)
    return connection.execute(" UNION ALL ".join(parts), parameters).fetchall()
