"""Open or create a review file; everything that can be wrong with the file is said in a sentence."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

import duckdb

from store.errors import InUse, OpenHere, StoreError
from store.locked import locked
from store.migrate import bring_up_to_date, check_known
from store.transaction import first_line, transaction

_DAMAGE = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)
"""What DuckDB raises where a file does not hold what it should."""


def shows_damage(problem: duckdb.Error) -> bool:
    """Whether an error is about a file that does not hold what it should; a checksum's is of no class of its own."""
    return isinstance(problem, _DAMAGE) or type(problem) is duckdb.Error


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


def open_existing(path: Path, *, read_only: bool, memory: str | None = None) -> duckdb.DuckDBPyConnection:
    """An existing review file, its tables brought up to date unless it is opened for reading only. Raises StoreError.

    ``memory`` bounds what DuckDB keeps of the file in memory, such as "256MB"; by default most of the machine's.
    """
    _check_file(path, read_only=read_only)
    connection = _connect(path, read_only=read_only, memory=memory)
    try:
        check_known(connection, path, read_only=read_only)
        if not read_only:
            bring_up_to_date(connection)
            _settle_log(connection, path)
    except BaseException as problem:
        _close(connection)
        if isinstance(problem, duckdb.Error) and shows_damage(problem):
            raise damaged(path, problem) from None
        raise
    return connection


def damaged(path: Path, problem: Exception) -> StoreError:
    """What to say of a file that cannot be read."""
    return StoreError(f"{path} cannot be read ({first_line(problem)}); restore it from a backup")


def log_of(path: Path) -> Path:
    """Where DuckDB keeps what is committed and not yet in the file itself."""
    return path.with_name(f"{path.name}.wal")


def _settle_log(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write what a killed program left in the log into the file.

    A log that ends in the middle of a change, which is undone, is left lying by DuckDB until something is written.
    """
    if log_of(path).exists():
        with transaction(connection):
            connection.execute(
                'CREATE TABLE "#settled" (i INTEGER); DROP TABLE "#settled"'
            )  # an update of nothing is not written
        with suppress(duckdb.Error):  # no room for it: the log keeps it
            connection.checkpoint()


def _close(connection: duckdb.DuckDBPyConnection) -> None:
    with suppress(duckdb.Error):  # of a damaged file not even that can be relied on
        connection.close()


def _claim(path: Path) -> None:
    """Make sure that the name is free and that we may write there."""
    if path.is_dir():
        raise StoreError(f"{path} is a folder; name a file in it, such as {path / 'review.duckdb'}")
    if log_of(path).exists():  # DuckDB would delete it
        raise StoreError(f"{log_of(path)} is there, the log of a review that is not; put its review back, or move the log away")  # fmt: skip
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


def _connect(path: Path, *, read_only: bool, memory: str | None = None) -> duckdb.DuckDBPyConnection:
    bounded = {} if memory is None else {"memory_limit": memory}
    try:
        return duckdb.connect(str(path), read_only=read_only, config=locked() | bounded)
    except duckdb.ConnectionException:
        raise OpenHere(f"{path} is already open in this program in another way; close it there first") from None
    except duckdb.Error as problem:
        raise _refusal(path, str(problem)) from None


def _refusal(path: Path, said: str) -> StoreError:
    if "Could not set lock" in said or "being used by another process" in said:
        holder = re.search(r"held in (.+) \(PID (\d+)\)", said)
        return InUse(path, holder=Path(holder[1]).name, pid=int(holder[2])) if holder else InUse(path)
    if "WAL does not match" in said:
        return StoreError(f"{log_of(path)} does not belong to {path}, but lies where its log would; move it away, or put back the review that it belongs to")  # fmt: skip
    if "version number" in said or "storage version" in said.lower():
        return StoreError(f"{path} was written by a newer DuckDB than {duckdb.__version__}; upgrade with: pip install --upgrade duckdb")  # fmt: skip
    return damaged(path, Exception(said))
