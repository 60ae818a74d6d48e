"""A review file while it is open: one connection that writes, a cursor for every reader, and a way to let go of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from store import opening
from store.errors import StoreError
from store.migrate import kind_columns
from store.opening import damaged, shows_damage


class OpenFile:
    """What ``Review`` rests on: reads may run in several threads at once; writes wait for each other."""

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection, *, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only
        self._connection = connection
        self._identity = _identity(path)
        self._present = kind_columns(connection)
        self._writing = threading.RLock()
        self._readers: list[duckdb.DuckDBPyConnection] = []

    @classmethod
    def create(cls, path: str | Path) -> Self:
        """A new, empty review. Raises StoreError if the file exists or cannot be made."""
        return cls(Path(path), opening.create(Path(path)), read_only=False)

    @classmethod
    def open(cls, path: str | Path, *, read_only: bool = False, memory: str | None = None) -> Self:
        """An existing review. Raises StoreError, saying what to do, for any file that is none or cannot be used.

        ``memory`` bounds what DuckDB keeps of the file in memory, such as "256MB".
        """
        opened = opening.open_existing(Path(path), read_only=read_only, memory=memory)
        return cls(Path(path), opened, read_only=read_only)

    def close(self) -> None:
        """Write everything into the one file and let go of it; readers handed out are closed too."""
        with self._writing:
            for each in self._readers:
                each.close()
            self._readers.clear()
            if not self.read_only:
                with suppress(duckdb.Error):  # closed already, or the disk is full: the log beside the file keeps it
                    self._connection.checkpoint()
            _let_go(self._connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

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
        except duckdb.Error as problem:
            if not shows_damage(problem):
                raise
            raise damaged(self.path, problem) from problem
        finally:
            cursor.close()

    @contextmanager
    def at_one_moment(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that sees the review as it is now, whatever is written meanwhile."""
        with self._reading() as cursor:
            cursor.begin()
            try:
                cursor.execute("SELECT count(*) FROM revision").fetchall()  # the moment is that of the first read
                yield cursor
            finally:
                with suppress(duckdb.Error):
                    cursor.rollback()

    @contextmanager
    def _changing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if self.read_only:
            raise StoreError(f"{self.path} was opened for reading only; open it for writing to change it")
        with self._writing:
            if self._identity != _identity(self.path):  # what is written to a file without a name is lost
                raise StoreError(f"{self.path} was removed or replaced while it was open; nothing of this change was kept: put it back, or restore it from a backup, and start again")  # fmt: skip
            yield self._connection


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file a name stands for; None for no file."""
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_dev, about.st_ino


def _let_go(connection: duckdb.DuckDBPyConnection) -> None:
    """Close; another thread may be asking for a cursor at this moment, so that it is tried again for a while."""
    for _ in range(200):
        try:
            connection.close()
        except duckdb.ResourceInUseException:
            time.sleep(0.01)
        else:
            return
    connection.close()
