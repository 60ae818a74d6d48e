"""A review made again from a backup: whole and verified, or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import duckdb
import pyarrow as pa

from store import contents, ddl
from store.backup import Manifest, Opened, opened
from store.errors import InUse, OpenHere, StoreError
from store.locked import locked
from store.migrate import latest_version
from store.opening import log_of
from store.query import let_go
from store.review import Review
from store.transaction import first_line, transaction
from store.whole_files import put_in_place


def restore(backup: Path, target: Path, *, force: bool = False) -> Manifest:
    """Make the review ``target`` from a backup, and compare what it holds with the manifest. Raises StoreError.

    ``force`` allows a file to be replaced, unless another process holds it.
    """
    with opened(backup) as one:
        if one.manifest.schema_version > latest_version():
            raise StoreError(f"{backup} was made by a newer release of curation (schema version {one.manifest.schema_version}; this one knows {latest_version()}); upgrade curation to restore it")  # fmt: skip
        _free(target, force=force)
        try:
            with put_in_place(target) as draft:
                _build(one, draft)
                _free(target, force=force)
        except OSError as problem:
            raise StoreError(f"{target} cannot be written ({problem.strerror or problem}); nothing was restored: choose another place") from problem  # fmt: skip
    Review.open(target).close()  # one of an older release is brought up to date, as at every opening
    return one.manifest


def _build(one: Opened, draft: Path) -> None:
    try:
        connection = duckdb.connect(str(draft), config=locked())
        try:
            with transaction(connection):
                for name, table in one.manifest.tables.items():
                    _fill(connection, name, table.columns, one)
            connection.checkpoint()
        finally:
            connection.close()
        _compare(one, draft)
    except duckdb.Error as problem:
        raise one.damaged(first_line(problem)) from None


def _fill(connection: duckdb.DuckDBPyConnection, name: str, columns: tuple[contents.Column, ...], one: Opened) -> None:
    listed = ", ".join(
        f"{ddl.quoted(each.name)} {contents.sql_type(each)}{' NOT NULL' * each.required}" for each in columns
    )
    connection.execute(f"CREATE TABLE {ddl.quoted(name)} ({listed})")
    rows = pa.RecordBatchReader.from_batches(contents.arrow_schema(columns), one.batches(name))
    connection.register("#rows", rows)
    try:
        connection.execute(f'INSERT INTO {ddl.quoted(name)} SELECT * FROM "#rows"')
    finally:
        let_go(connection, "#rows")


def _compare(one: Opened, draft: Path) -> None:
    with duckdb.connect(str(draft), read_only=True, config=locked()) as connection:
        if contents.content_hash(connection) != one.manifest.hash:
            raise one.damaged("what was restored does not hold what the manifest says")


def _free(target: Path, *, force: bool) -> None:
    """Make sure that the name may be taken, and that no log of another file lies there."""
    if target.is_dir():
        raise StoreError(f"{target} is a folder; name a file in it, such as {target / 'review.duckdb'}")
    if not target.parent.is_dir():
        raise StoreError(f"the folder {target.parent} does not exist; create it first, or choose another")
    if not os.path.lexists(target) and not log_of(target).exists():
        return
    if not force:
        there = target if os.path.lexists(target) else log_of(target)
        raise StoreError(f"{there} exists already; choose another name, or replace it with --force")
    if target.exists():
        try:
            Review.open(target).close()  # its log goes into it; whoever holds it is named
        except (InUse, OpenHere):
            raise
        except StoreError:
            pass  # damaged or none: to be replaced all the same
    with suppress(FileNotFoundError):
        log_of(target).rename(log_of(target).with_name(f"{log_of(target).name}.old"))
