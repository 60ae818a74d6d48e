"""Texts of many rows put aside, in memory while they are few, then in a private file that is gone when it is closed."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

import pyarrow as pa

from curation.intake.problems import Problem, Refused

IN_MEMORY = 32 << 20
"""Bytes of texts that are kept in memory before they go to a file."""
_PACKED = pa.ipc.IpcWriteOptions(compression="lz4")


class Spool:
    """Batches of text columns, written once and then read from the first on as often as needed."""

    def __init__(self, names: Sequence[str]) -> None:
        self.schema = pa.schema([(name, pa.string()) for name in names])
        self.rows = 0
        self.blank = frozenset(names)
        """Columns in which nothing has come yet."""
        self._held: list[pa.RecordBatch] = []
        self._size = 0
        self._file: IO[bytes] | None = None
        self._writer: pa.ipc.RecordBatchStreamWriter | None = None

    def add(self, columns: Mapping[str, pa.Array]) -> None:
        """Put a batch aside. Raises Refused where there is no room for it."""
        batch = pa.record_batch([columns[name] for name in self.schema.names], schema=self.schema)
        self.rows += len(batch)
        self.blank -= {name for name in self.blank if batch[name].null_count < len(batch)}
        self._held.append(batch)
        self._size += batch.nbytes
        if self._size > IN_MEMORY or self._writer:
            self._write()

    def _write(self) -> None:
        try:
            if self._file is None or self._writer is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the rows are needed
                weakref.finalize(self, self._file.close)
                self._writer = pa.ipc.new_stream(pa.PythonFile(self._file, "w"), self.schema, options=_PACKED)
            for batch in self._held:
                self._writer.write_batch(batch)
            self._file.flush()
        except OSError as error:
            place, why = tempfile.gettempdir(), error.strerror or error
            found = f"no room to put the rows aside ({why})"
            raise Refused(
                [Problem(place, None, None, found, "room there, or another folder named by TMPDIR")]
            ) from None
        self._held.clear()

    def batches(self, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The batches with these columns."""
        if self._file is not None:
            yield from self._written(self._file, names)
        for batch in self._held:
            yield batch.select(list(names))

    def _written(self, file: IO[bytes], names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        if self._writer:
            self._writer.close()
            self._writer = None
        wanted = sorted(self.schema.get_field_index(name) for name in names)
        file.seek(0)
        reader = pa.ipc.open_stream(pa.PythonFile(file, "r"), options=pa.ipc.IpcReadOptions(included_fields=wanted))
        while True:
            try:
                batch = reader.read_next_batch()
            except StopIteration:
                return
            after = file.tell()
            yield batch.select(list(names))
            file.seek(after)  # somebody else may have read in between
