"""Files that are whole or not there: written beside their place, then put into it in one step.

What a killed program leaves beside is hidden, is never taken for the file, and is cleared away by the next writing of
the same name. A program that still writes holds a lock on what it writes, so that nobody else clears that away.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl

    _LOCKS = True
except ImportError:  # Windows has no such locks; leftovers stay there
    _LOCKS = False


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file, text as UTF-8 with lines as they are; killed at any moment, the old one or the new one is there."""
    with put_in_place(path) as draft:
        draft.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


@contextmanager
def put_in_place(path: Path) -> Iterator[Path]:
    """A name to write a file under; it takes the place of ``path`` when the block ends without an error."""
    target = path.resolve()
    if target.exists() and not target.is_file():  # such as /dev/stdout: nothing to put in place of
        yield target
        return
    with workplace(target) as folder:
        draft = folder / target.name
        yield draft
        keep_mode(target, draft)
        to_disk(draft)
        draft.replace(target)
    to_disk(target.parent)


@contextmanager
def workplace(target: Path) -> Iterator[Path]:
    """A hidden folder beside a file, for what is made before it takes its place; it goes with the block."""
    clear_leftovers(target)
    draft = draft_of(target)
    draft.mkdir()
    try:
        with _held(draft):
            yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def draft_of(target: Path) -> Path:
    """A hidden name beside a file or folder, to write it under."""
    return target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.new")


@contextmanager
def folder_in_place(path: Path) -> Iterator[Path]:
    """A folder to write into; it takes the place of ``path``, and of all that is in it, when the block ends well."""
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    clear_leftovers(target)
    draft = draft_of(target)
    draft.mkdir()
    old = draft.with_suffix(".old")
    try:
        with _held(draft):
            yield draft
            for each in sorted(draft.rglob("*"), reverse=True):
                to_disk(each)
            to_disk(draft)
            swap(draft, target, old)
        to_disk(target.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)


def swap(made: Path, target: Path, old: Path) -> None:
    """Give a finished folder its name, what had it before the name ``old``; put that back where it cannot be done."""
    if target.exists():
        target.rename(old)
    try:
        made.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise


def clear_leftovers(target: Path) -> None:
    """Remove what killed programs left beside a file or folder; put back what one of them had moved away."""
    for each in _beside(target, "old"):
        with suppress(OSError), _abandoned(each.with_suffix(".new")):
            each.rename(target) if not target.exists() else shutil.rmtree(each)
    for each in _beside(target, "new"):
        with suppress(OSError), _abandoned(each):
            shutil.rmtree(each) if each.is_dir() else each.unlink()


def _beside(target: Path, what: str) -> list[Path]:
    start, end = f".{target.name}.", f".{what}"
    with suppress(OSError):
        return sorted(
            each
            for each in target.parent.iterdir()
            if each.name.startswith(start) and each.name.endswith(end) and len(each.name) == len(start + end) + 8
        )
    return []


@contextmanager
def _held(draft: Path) -> Iterator[None]:
    """Hold a lock on what is written, which the system takes back when the program ends."""
    if not _LOCKS:
        yield
        return
    handle = os.open(draft, os.O_RDONLY)
    try:
        with suppress(OSError):  # a network disk may have no locks; nothing of it is cleared away then
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


@contextmanager
def _abandoned(draft: Path) -> Iterator[None]:
    """Raise OSError unless nobody writes a draft any more."""
    if not _LOCKS:
        raise BlockingIOError
    if not draft.exists():
        yield
        return
    handle = os.open(draft, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def keep_mode(target: Path, draft: Path) -> None:
    """Give a draft the rights of the file that it replaces."""
    with suppress(OSError):
        draft.chmod(target.stat().st_mode & 0o7777)


def to_disk(path: Path) -> None:
    """Have the system write a file or the names in a folder to the disk, where it can. Raises OSError for a full disk."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    except OSError as problem:
        if problem.errno not in _CANNOT_SYNC:
            raise
    finally:
        os.close(handle)


_CANNOT_SYNC = {22, 95}
"""EINVAL and EOPNOTSUPP: disks that have nothing to write out."""
