"""A review: one DuckDB file with everything that was extracted, who changed it, and what was found.

>>> with Review.create("review.duckdb") as review:  # doctest: +SKIP
...     review.intake(tables, who="ana", why="first extraction")
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from store import asof, changes, findings, history, intake, opening
from store.asof import AsOf, Revision
from store.errors import StoreError
from store.findings import CheckRun, Waiver
from store.history import HistoryEntry
from store.intake import IntakeResult
from store.migrate import kind_columns


class Review:
    """An open review file. Use ``Review.create`` or ``Review.open``, and close it or leave its ``with`` block.

    Reads may run in several threads at once; writes wait for each other.
    """

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection, *, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only
        self._connection = connection
        self._present = kind_columns(connection)
        self._writing = threading.RLock()
        self._readers: list[duckdb.DuckDBPyConnection] = []

    @classmethod
    def create(cls, path: str | Path) -> Self:
        """A new, empty review. Raises StoreError if the file exists or cannot be made."""
        return cls(Path(path), opening.create(Path(path)), read_only=False)

    @classmethod
    def open(cls, path: str | Path, *, read_only: bool = False) -> Self:
        """An existing review. Raises StoreError, saying what to do, for any file that is none or cannot be used."""
        return cls(Path(path), opening.open_existing(Path(path), read_only=read_only), read_only=read_only)

    def close(self) -> None:
        """Write everything into the one file and let go of it; readers handed out are closed too."""
        with self._writing:
            for each in self._readers:
                each.close()
            self._readers.clear()
            if not self.read_only:
                with suppress(duckdb.Error):  # closed already, or the disk is full: the log beside the file keeps it
                    self._connection.checkpoint()
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def revision(self) -> int:
        """The number of the last change; 0 in an empty review."""
        with self._reading() as connection:
            return asof.latest(connection)

    def intake(
        self, tables: Mapping[str, pa.Table], *, who: str, why: str, extractor: str | None = None
    ) -> IntakeResult:
        """Take in tables by kind, all of them or none.

        The tables have the columns of ``schemas.arrow.table_schema``, with ``record`` filled. Rows that are there
        already with the same texts write nothing. Rows that say the same as at the last intake, and were revised or
        retired since, keep that decision. ``extractor`` is ``who`` unless named; entities belong to nobody.
        """
        who = _given("who", who)
        with self._changing() as connection:
            return intake.take_in(connection, tables, who=who, why=why, extractor=extractor or who)

    def tables(self, as_of: AsOf = None, extractor: str | None = None) -> dict[str, pa.Table]:
        """The current rows of every kind, or those at an earlier revision or time, in the order of first intake.

        Tables of records carry a last column ``extractor``; naming one keeps that extractor's records only. A time
        without a zone is local time.
        """
        with self._reading() as connection:
            return asof.tables(connection, self._present, as_of, extractor)

    def revise(
        self,
        kind: str,
        record_key: str,
        changes_: Mapping[str, str | None],
        *,
        who: str,
        why: str,
        extractor: str | None = None,
    ) -> int | None:
        """Write new texts for some fields of a row; the new revision, or None where nothing changes.

        Raises StoreError, and changes nothing, where the row would not be valid.
        """
        who, why = _given("who", who), _given("why", why)
        with self._changing() as connection:
            return changes.revise(connection, kind, record_key, changes_, who=who, why=why, extractor=extractor)

    def retire(self, kind: str, record_key: str, *, who: str, why: str, extractor: str | None = None) -> int:
        """Take a row out of the current state; its history stays. The new revision."""
        who, why = _given("who", who), _given("why", why)
        with self._changing() as connection:
            return changes.retire(connection, kind, record_key, who=who, why=why, extractor=extractor)

    def history(self, record_key: str | None = None, as_of: AsOf = None) -> list[HistoryEntry]:
        """Every change of every row, or of one, oldest first."""
        with self._reading() as connection:
            return history.history(connection, self._present, record_key, as_of)

    def revisions(self, as_of: AsOf = None) -> list[Revision]:
        """Who changed the review, when, by which action and why; one entry per change, oldest first."""
        with self._reading() as connection:
            return asof.revisions(connection, asof.resolve(connection, as_of))

    def save_findings(self, found: Sequence[Mapping[str, object]], summary: Mapping[str, object]) -> None:
        """Replace the stored findings by those of a new check, and note the check."""
        with self._changing() as connection:
            findings.save(connection, found, summary)

    def findings(self) -> list[dict[str, object]]:
        """The findings of the last check; those with a waiver in force are waived."""
        with self._reading() as connection:
            return findings.read(connection)

    def last_check(self) -> CheckRun | None:
        """When the review was last checked, at which revision, with which result."""
        with self._reading() as connection:
            return findings.last_check(connection)

    def waive(self, fingerprint: str, *, who: str, reason: str) -> str:
        """Accept a finding; the first six characters of its fingerprint are enough. Returns the whole one."""
        who, reason = _given("who", who), _given("reason", reason)
        with self._changing() as connection:
            return findings.waive(connection, fingerprint, who=who, reason=reason)

    def withdraw_waiver(self, fingerprint: str, *, who: str) -> str:
        """Withdraw a waiver; it stays on record and its finding is open again. Returns the whole fingerprint."""
        who = _given("who", who)
        with self._changing() as connection:
            return findings.withdraw(connection, fingerprint, who=who)

    def waivers(self) -> list[Waiver]:
        """All waivers, oldest first: in force, stale and withdrawn."""
        with self._reading() as connection:
            return findings.waivers(connection)

    def reader(self) -> duckdb.DuckDBPyConnection:
        """A cursor for queries of your own. Pass values as parameters, never in the text. Closed with the review."""
        cursor = self._connection.cursor()
        self._readers.append(cursor)
        return cursor

    @contextmanager
    def _reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    @contextmanager
    def _changing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if self.read_only:
            raise StoreError(f"{self.path} was opened for reading only; open it for writing to change it")
        with self._writing:
            yield self._connection


def _given(name: str, text: str) -> str:
    if not text.strip():
        raise StoreError(f"{name} is blank; every change of a review says who made it and why")
    return text.strip()
