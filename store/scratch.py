"""Connections to an empty database in memory: the database is started once in the life of a program, not for every use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import duckdb

from store.locked import locked


@contextmanager
def scratch() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own; what is registered with it and its temporary tables are gone when the block is left."""
    connection = _database(os.getpid()).cursor()
    try:
        yield connection
    finally:
        connection.close()


@cache
def _database(_process: int) -> duckdb.DuckDBPyConnection:
    """One for each process: the threads of a database stay with the process that started it, whoever is forked from it."""
    return duckdb.connect(":memory:", config=locked())
