"""The query log: what somebody asks about a finding, a record or a difference, and everything that was said to it.

A query is open until it is answered, then somebody closes it or sends it back. Every step is a revision of the
review with who, when and the message; nothing is overwritten, and the log can be read as it was at any earlier time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

from store import asof, findings, subjects
from store.asof import AsOf
from store.errors import StoreError
from store.intake import add_revision
from store.query import number
from store.subjects import Subject
from store.transaction import transaction

OPEN, ANSWERED, CLOSED, REOPENED = "open", "answered", "closed", "reopened"
STATES = (OPEN, ANSWERED, CLOSED, REOPENED)

MOVES: dict[str, tuple[str, tuple[str, ...]]] = {
    "answer": (ANSWERED, (OPEN, REOPENED)),
    "close": (CLOSED, (OPEN, ANSWERED, REOPENED)),
    "reopen": (REOPENED, (ANSWERED, CLOSED)),
}
"""What can be done to a query: the state it leads to, and the states it starts from."""


@dataclass(frozen=True, slots=True)
class Message:
    """One step of a query: the state it led to, by whom, when, and in which words."""

    state: str
    who: str
    at: datetime
    text: str
    revision: int


@dataclass(frozen=True, slots=True)
class Query:
    """A query and its messages, oldest first. ``stale``: its finding or record is there no more, as of today."""

    number: int
    subject: Subject
    messages: tuple[Message, ...]
    stale: bool

    @property
    def state(self) -> str:
        """Open, answered, closed or reopened."""
        return self.messages[-1].state

    @property
    def pending(self) -> bool:
        """Whether somebody still has to act."""
        return self.state != CLOSED


def queries(
    connection: duckdb.DuckDBPyConnection, present: Mapping[str, Collection[str]], as_of: AsOf = None
) -> list[Query]:
    """All queries up to ``as_of``, by number."""
    rows = connection.execute(
        """
        SELECT query, about, target, kind, field, extractor, source, said, state, who, epoch_us("at"), why, revision
        FROM query JOIN query_message USING (query) JOIN revision USING (revision)
        WHERE revision <= ? ORDER BY query, revision
        """,
        [asof.resolve(connection, as_of)],
    ).fetchall()
    about: dict[int, Subject] = {row[0]: Subject(*row[1:8]) for row in rows}
    said: dict[int, list[Message]] = {each: [] for each in about}
    for each, *_, state, who, at, text, revision in rows:
        said[each].append(Message(state, who, asof.moment(at), text, revision))
    missing = subjects.gone(connection, present, list(about.values())) if about else set()
    return [Query(each, subject, tuple(said[each]), subject in missing) for each, subject in about.items()]


def ask(connection: duckdb.DuckDBPyConnection, subject: Subject, *, who: str, message: str) -> int:
    """Open a query and return its number. Raises StoreError while another about the same is not closed."""
    with transaction(connection):
        if pending := _pending_about(connection, subject):
            raise StoreError(
                f"query {pending[0]} about {subject.name} is {pending[1]}; answer or close it before you open another"
            )
        made = number(connection, "SELECT coalesce(max(query), 0) + 1 FROM query")
        connection.execute(
            "INSERT INTO query VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [made, subject.about, subject.target, subject.kind, subject.field, subject.extractor, subject.source, subject.said],
        )  # fmt: skip
        _say(connection, made, OPEN, who=who, message=message)
    return made


def move(
    connection: duckdb.DuckDBPyConnection, query: int, step: str, *, who: str, message: str, waive: bool = False
) -> str:
    """Answer, close or reopen a query; its new state. ``waive``: closing it accepts its finding for that reason.

    Raises StoreError, and changes nothing, where the query is in no state for it.
    """
    state, allowed = MOVES[step]
    with transaction(connection):
        now = _state(connection, query)
        if now not in allowed:
            raise StoreError(f"query {query} is {now}; {_possible(now)}")
        if waive:
            findings.accept(connection, _finding_of(connection, query), who=who, reason=message)
        _say(connection, query, state, who=who, message=message)
    return state


def _possible(state: str) -> str:
    steps = [step for step, (_, allowed) in MOVES.items() if state in allowed]
    return f"what can be done with it: {', '.join(steps)}"


def _say(connection: duckdb.DuckDBPyConnection, query: int, state: str, *, who: str, message: str) -> None:
    revision = asof.latest(connection) + 1
    connection.execute("INSERT INTO query_message VALUES (?, ?, ?)", [query, revision, state])
    add_revision(connection, revision, who=who, action=f"query {query} {state}", why=message)


def _state(connection: duckdb.DuckDBPyConnection, query: int) -> str:
    rows = connection.execute(
        "SELECT state FROM query_message WHERE query = ? ORDER BY revision DESC LIMIT 1", [query]
    ).fetchall()
    if not rows:
        last = number(connection, "SELECT coalesce(max(query), 0) FROM query")
        there = f"they are numbered from 1 to {last}" if last else "it has none yet"
        raise StoreError(f"the review has no query {query}; {there}")
    return str(rows[0][0])


def _pending_about(connection: duckdb.DuckDBPyConnection, subject: Subject) -> tuple[int, str] | None:
    rows = connection.execute(
        """
        SELECT query, arg_max(state, revision) AS now FROM query JOIN query_message USING (query)
        WHERE target = ? AND kind = ? AND field = ? AND extractor = ?
        GROUP BY query HAVING now <> ? ORDER BY query
        """,
        [subject.target, subject.kind, subject.field, subject.extractor, CLOSED],
    ).fetchall()
    return rows[0] if rows else None


def _finding_of(connection: duckdb.DuckDBPyConnection, query: int) -> str:
    rows = connection.execute("SELECT about, target FROM query WHERE query = ?", [query]).fetchall()
    about, target = rows[0]
    if about != subjects.FINDING:
        raise StoreError(f"query {query} is about a {about}, and only a finding can be waived; close it without that")
    return str(target)
