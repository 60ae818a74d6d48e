"""Reading single rows: a DuckDB connection refuses further work until a result has been read to its end."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import duckdb


def first_row(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[object] = ()
) -> tuple[Any, ...] | None:
    """The first row of a small result, or None."""
    return next(iter(connection.execute(query, list(parameters)).fetchall()), None)


def number(connection: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[object] = ()) -> int:
    """The one number that a query asks for."""
    row = first_row(connection, query, parameters)
    return int(row[0]) if row else 0


def let_go(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Forget a table that was lent to a connection.

    In a transaction that was broken off DuckDB refuses that too; what broke it off is what has to be told.
    """
    with suppress(duckdb.Error):
        connection.unregister(name)
