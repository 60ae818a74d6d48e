"""Reading ahead: the next batches are fetched in another thread while one is judged."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, Full, Queue

import pyarrow as pa

DEPTH = 8
"""Batches that may wait to be judged."""
_PATIENCE = 0.1
"""Seconds after which the reader looks whether it is still wanted."""


@dataclass(frozen=True, slots=True)
class _End:
    """The end of the stream, or the error that ended it."""

    error: BaseException | None = None


@contextmanager
def ahead(batches: Iterable[pa.RecordBatch]) -> Iterator[Iterator[pa.RecordBatch]]:
    """The same batches, read by a thread of their own, a few at most before they are asked for.

    Whatever the reading raises is raised where the batches are taken. Leaving the block ends the reading.
    """
    waiting: Queue[pa.RecordBatch | _End] = Queue(DEPTH)
    unwanted = threading.Event()
    reader = threading.Thread(target=_read, args=(batches, waiting, unwanted), name="reading ahead", daemon=True)
    reader.start()
    try:
        yield _taken(waiting)
    finally:
        unwanted.set()
        reader.join()


def _read(batches: Iterable[pa.RecordBatch], waiting: Queue[pa.RecordBatch | _End], unwanted: threading.Event) -> None:
    error: BaseException | None = None
    try:
        for batch in batches:
            if not _put(waiting, batch, unwanted):
                return
    except BaseException as problem:  # it is raised again by whoever takes the batches
        error = problem
    _put(waiting, _End(error), unwanted)


def _put(waiting: Queue[pa.RecordBatch | _End], what: pa.RecordBatch | _End, unwanted: threading.Event) -> bool:
    while not unwanted.is_set():
        try:
            waiting.put(what, timeout=_PATIENCE)
        except Full:
            continue
        return True
    return False


def _taken(waiting: Queue[pa.RecordBatch | _End]) -> Iterator[pa.RecordBatch]:
    while True:
        try:
            batch = waiting.get(timeout=_PATIENCE)
        except Empty:
            continue
        if isinstance(batch, _End):
            if batch.error is not None:
                raise batch.error
            return
        yield batch
