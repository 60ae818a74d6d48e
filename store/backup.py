"""A backup of a review: one zip file with every table as Parquet, and a manifest by which it is verified.

Nothing in it depends on DuckDB or on this program: any zip program unpacks it and any reader of Parquet reads it. The
manifest names the tables, their columns and their hashes as ``store.contents`` defines them.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from store import asof, contents
from store.contents import Column
from store.errors import StoreError
from store.migrate import MAGIC, schema_version
from store.review import Review
from store.transaction import first_line
from store.whole_files import put_in_place

FORMAT = 1
"""Version of the form of the backup."""
MANIFEST = "manifest.json"
README = "README.txt"
LARGEST_MANIFEST = 10_000_000
"""Bytes; no review has so many columns."""

_ABOUT = """A backup of a review made with curation.

Every table of the review is a Parquet file in tables/. manifest.json names the tables, their columns and types, the
number of rows, and a hash of what each holds, which does not depend on how the file is laid out.

    curation restore {name} review.duckdb

makes a review of it again. Without that program any reader of Parquet reads the tables: the table "revision" says who
changed what, when and why, and every other table says in its column "revision" from which change a row is. The row with
the highest revision is what holds, unless "retired" is true.
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a backup."""

    columns: tuple[Column, ...]
    rows: int
    hash: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says that it holds. ``hash`` is that of the hashes of all tables; ``revision`` the last one."""

    review: str
    made: str
    schema_version: int
    revision: int
    hash: str
    tables: Mapping[str, Table]

    @property
    def rows(self) -> int:
        """Rows of all tables, the earlier state of every row included."""
        return sum(each.rows for each in self.tables.values())


def back_up(review: Review, target: Path) -> Manifest:
    """Write a backup of an open review as it is at one moment, and read it again. Raises StoreError."""
    try:
        with put_in_place(target) as draft:
            with review.at_one_moment() as connection:
                made = _write(connection, review.path, target.name, draft)
            verify(draft, target)
    except OSError as problem:
        raise StoreError(f"the backup {target} cannot be written ({problem.strerror or problem}); the review is as it was: choose another place") from problem  # fmt: skip
    return made


def _write(connection: duckdb.DuckDBPyConnection, path: Path, name: str, draft: Path) -> Manifest:
    tables = {}
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for table, columns in contents.declared(connection).items():
            with archive.open(_member(table), "w", force_zip64=True) as entry:
                tables[table] = _write_table(connection, table, columns, entry)
        made = Manifest(
            review=path.name,
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            schema_version=schema_version(connection) or 0,
            revision=asof.latest(connection),
            hash=contents.digest({name: each.hash for name, each in tables.items()}),
            tables=tables,
        )
        archive.writestr(MANIFEST, json.dumps({"magic": MAGIC, "format": FORMAT, **asdict(made)}, indent=1))
        archive.writestr(README, _ABOUT.format(name=name))
    return made


def _write_table(connection: duckdb.DuckDBPyConnection, table: str, columns: list[Column], entry: IO[bytes]) -> Table:
    """Write and hash the rows in one go."""
    hashed, schema = contents.TableHash(columns), contents.arrow_schema(columns)
    sink = pa.PythonFile(_Counted(entry), mode="w")
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        for batch in contents.batches(connection, table, columns):
            hashed.add(batch)
            writer.write_batch(batch)
    sink.close()
    return Table(tuple(columns), hashed.rows, hashed.hexdigest())


class _Counted:
    """An entry of a zip file that says how far it is, which Parquet needs to know."""

    def __init__(self, entry: IO[bytes]) -> None:
        self._entry, self._at, self.closed = entry, 0, False

    def write(self, data: bytes) -> int:
        self._at += self._entry.write(data)
        return len(data)

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        self._entry.flush()

    def close(self) -> None:
        self.closed = True


def verify(backup: Path, name: Path | None = None) -> Manifest:
    """Read a whole backup and compare it with its manifest. Raises StoreError where they differ, or it is none."""
    with opened(backup, name) as one:
        for table in one.manifest.tables:
            for _ in one.batches(table):
                pass
    return one.manifest


@dataclass(frozen=True, slots=True)
class Opened:
    """A backup that is read."""

    name: Path
    manifest: Manifest
    archive: zipfile.ZipFile

    def batches(self, table: str) -> Iterator[pa.RecordBatch]:
        """The rows of a table. Raises StoreError at their end unless they are what the manifest says."""
        said = self.manifest.tables[table]
        hashed, schema = contents.TableHash(said.columns), contents.arrow_schema(said.columns)
        with self.archive.open(_member(table)) as entry:
            file = pq.ParquetFile(pa.PythonFile(entry, mode="r"))
            for each in file.iter_batches(contents.BATCH):
                batch = each.cast(schema)
                hashed.add(batch)
                yield batch
        if (hashed.rows, hashed.hexdigest()) != (said.rows, said.hash):
            raise self.damaged(f"the table {table} does not hold what the manifest says")

    def damaged(self, why: str) -> StoreError:
        """What to say of a backup that is not whole."""
        return StoreError(f"the backup {self.name} is damaged ({why}); use another one")


@contextmanager
def opened(backup: Path, name: Path | None = None) -> Iterator[Opened]:
    """A backup to read. Raises StoreError for what is none or is damaged; ``name`` is what to call it."""
    name = name or backup
    try:
        with zipfile.ZipFile(backup) as archive:
            one = Opened(name, _manifest(archive, name), archive)
            yield one
    except FileNotFoundError:
        raise StoreError(f"{name} does not exist; name a file made with: curation backup") from None
    except IsADirectoryError:
        raise StoreError(f"{name} is a folder; name a file made with: curation backup") from None
    except zipfile.BadZipFile as problem:
        raise StoreError(f"{name} is no backup, or a damaged one ({first_line(problem)}); name a file made with: curation backup") from None  # fmt: skip
    except (pa.ArrowException, EOFError, zipfile.LargeZipFile, NotImplementedError, RuntimeError) as problem:
        raise StoreError(f"the backup {name} is damaged ({first_line(problem)}); use another one") from None


def _manifest(archive: zipfile.ZipFile, name: Path) -> Manifest:
    none = StoreError(f"{name} is a zip file but no backup of a review; name a file made with: curation backup")
    try:
        about = archive.getinfo(MANIFEST)
    except KeyError:
        raise none from None
    if about.file_size > LARGEST_MANIFEST:
        raise none
    try:
        said = json.loads(archive.read(about))
        if not isinstance(said, dict) or said.pop("magic") != MAGIC:
            raise none
        if (number := said.pop("format")) != FORMAT:
            raise StoreError(f"{name} is a backup of form {number}, and this release knows form {FORMAT}; upgrade curation to read it")  # fmt: skip
        made = Manifest(**(said | {"tables": {table: _table(one) for table, one in said["tables"].items()}}))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise StoreError(f"the backup {name} is damaged ({MANIFEST} cannot be read); use another one") from None
    if contents.digest({table: each.hash for table, each in made.tables.items()}) != made.hash:
        raise StoreError(f"the backup {name} is damaged ({MANIFEST} contradicts itself); use another one")
    if missing := sorted({_member(table) for table in made.tables} - set(archive.namelist())):
        raise StoreError(f"the backup {name} is damaged ({missing[0]} is missing); use another one")
    if any(
        each.compress_type != zipfile.ZIP_STORED for each in archive.infolist() if each.filename.endswith(".parquet")
    ):
        raise StoreError(f"the backup {name} was packed again by another program; use it as curation backup wrote it")
    return made


def _table(said: Any) -> Table:  # noqa: ANN401 - what a file says
    columns = tuple(Column(**each) for each in said["columns"])
    if unknown := [each for each in columns if each.type not in contents.TYPES]:
        raise ValueError(unknown[0].type)
    return Table(columns, int(said["rows"]), str(said["hash"]))


def _member(table: str) -> str:
    return f"tables/{table}.parquet"
