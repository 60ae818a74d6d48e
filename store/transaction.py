"""All or nothing: one transaction per change, undone on every error and on Ctrl-C."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb

from store.errors import StoreError

_OUT_OF_OUR_HANDS = (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException)


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what the block does, or undo all of it. Raises StoreError where disk or memory gave out."""
    connection.begin()
    try:
        yield
        connection.commit()
    except BaseException as problem:
        with suppress(duckdb.Error):
            connection.rollback()
        if _interrupted(problem):
            raise KeyboardInterrupt from problem
        if isinstance(problem, _OUT_OF_OUR_HANDS) or _not_committed(problem):
            raise StoreError(f"the review could not be written, and nothing of this change was kept: {first_line(problem)}") from problem  # fmt: skip
        raise


def _not_committed(problem: BaseException) -> bool:
    # A disk that is full when the log is written surfaces as a TransactionException, like a conflict of two writers.
    return isinstance(problem, duckdb.TransactionException) and "Failed to commit" in str(problem)


def _interrupted(problem: BaseException) -> bool:
    # Ctrl-C while DuckDB is at work surfaces as a plain RuntimeError, which callers would take for a crash.
    return isinstance(problem, duckdb.InterruptException) or (
        type(problem) is RuntimeError and "interrupted" in str(problem)
    )


def first_line(problem: BaseException) -> str:
    """The first line of an error's message."""
    return next(iter(str(problem).splitlines()), type(problem).__name__)
