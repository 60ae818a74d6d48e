"""Open or create a review file; everything that can be wrong with the file is said in a sentence."""

from __future__ import annotations

import os
import re
from pathlib import Path

import duckdb

from store.errors import InUse, StoreError
from store.locked import locked
from store.migrate import bring_up_to_date, check_known
from store.transaction import first_line

_DUCKDB_MARK = slice(8, 12)
"""Where a DuckDB file says that it is one."""


def create(path: Path) -> duckdb.DuckDBPyConnection:
    """A new, empty review file. Raises StoreError."""
    _claim(path)
    connection = _connect(path, read_only=False)
    try:
        bring_up_to_date(connection)
    except BaseException:
        connection.close()
        path.unlink(missing_ok=True)
        raise
    return connection


def open_existing(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """An existing review file, its tables brought up to date unless it is opened for reading only. Raises StoreError."""
    _check_file(path, read_only=read_only)
    connection = _connect(path, read_only=read_only)
    try:
        check_known(connection, path, read_only=read_only)
        if not read_only:
            bring_up_to_date(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _claim(path: Path) -> None:
    """Make sure that the name is free and that we may write there."""
    if path.is_dir():
        raise StoreError(f"{path} is a folder; name a file in it, such as {path / 'review.duckdb'}")
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR))
    except FileExistsError:
        raise StoreError(f"{path} exists already; choose another name, or work on it without creating it") from None
    except FileNotFoundError:
        raise StoreError(f"the folder {path.parent} does not exist; create it first, or choose another") from None
    except NotADirectoryError:
        raise StoreError(f"{path.parent} is a file, not a folder; choose another place for the review") from None
    except OSError as problem:
        raise StoreError(
            f"{path} cannot be created ({problem.strerror}); choose a folder in which you may write"
        ) from None
    path.unlink()


def _check_file(path: Path, *, read_only: bool) -> None:
    if path.is_dir():
        raise StoreError(f"{path} is a folder; name the review file in it")
    try:
        with path.open("rb" if read_only else "r+b") as file:
            head = file.read(16)
    except FileNotFoundError:
        raise StoreError(f"{path} does not exist; create it with: curation init {path}") from None
    except OSError as problem:
        raise StoreError(f"{path} cannot be opened{_purpose(read_only=read_only)} ({problem.strerror}); {_way_out(read_only=read_only)}") from None  # fmt: skip
    if head[_DUCKDB_MARK] != b"DUCK":
        raise StoreError(f"{path} is not a review: it is no DuckDB file; name a file made with: curation init")
    if not read_only and not _may_write_in(path.parent):
        raise StoreError(
            f"the folder {path.parent} is read-only, and the review needs to write beside its file; {_way_out(read_only=False)}"
        )


def _purpose(*, read_only: bool) -> str:
    return "" if read_only else " for writing"


def _way_out(*, read_only: bool) -> str:
    return "ask its owner for access" if read_only else "copy the review to a folder in which you may write"


def _may_write_in(folder: Path) -> bool:
    return os.access(folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _connect(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), read_only=read_only, config=locked())
    except duckdb.ConnectionException:
        raise StoreError(f"{path} is already open in this program in another way; close it there first") from None
    except duckdb.Error as problem:
        raise _refusal(path, str(problem)) from None


def _refusal(path: Path, said: str) -> StoreError:
    if "Could not set lock" in said or "being used by another process" in said:
        holder = re.search(r"held in (.+) \(PID (\d+)\)", said)
        return InUse(path, holder=Path(holder[1]).name, pid=int(holder[2])) if holder else InUse(path)
    if "version number" in said or "storage version" in said.lower():
        return StoreError(f"{path} was written by a newer DuckDB than {duckdb.__version__}; upgrade with: pip install --upgrade duckdb")  # fmt: skip
    return StoreError(f"{path} cannot be read ({first_line(Exception(said))}); restore it from a backup")
