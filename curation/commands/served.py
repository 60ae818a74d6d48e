"""What a server leaves beside the review that it serves: a private note for the commands of the same person.

It says where the server answers, since when, and in a review without accounts the key that lets in. The note proves
nothing by itself: the file's own lock, which the system takes back from a process that dies, says who holds the review.
A note of anybody but its holder is stale, and is passed over.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

LONGEST = 10_000
"""Bytes of a note; a longer file is none."""


@dataclass(frozen=True, slots=True)
class Served:
    """A server and what is needed to talk to it from this machine."""

    pid: int
    started: int
    """When the process began, as ``started`` tells it: another process with the same id began at another time."""
    since: str
    """In ISO 8601, UTC."""
    address: str
    """Where it answers on this machine, such as http://127.0.0.1:8000."""
    key: str = field(default="", repr=False)
    """Lets in as the one person of a review without accounts; blank where people sign in."""
    certificate: str = ""
    """SHA-256 of the certificate that the server shows, in hexadecimal; blank without https."""

    @property
    def when(self) -> str:
        """Since when, in words."""
        return f"{datetime.fromisoformat(self.since).astimezone():%Y-%m-%d %H:%M}"


def note_of(review: Path) -> Path:
    """Where the note of a review lies, whichever way the review was named."""
    whole = review.resolve()
    return whole.with_name(f"{whole.name}.served")


@contextmanager
def announced(review: Path, *, address: str, key: str = "", certificate: str = "") -> Iterator[Served]:
    """Leave the note while the block runs. Only the process that holds the review may do so."""
    note = note_of(review)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    one = Served(os.getpid(), started(os.getpid()), now, address, key, certificate)
    draft = note.with_name(f"{note.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(one), file)
        draft.replace(note)  # whole or not at all, and whatever lay there before is gone
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    try:
        yield one
    finally:
        if announced_by(review, one.pid) is not None:
            note.unlink(missing_ok=True)


def announced_by(review: Path, holder: int | None) -> Served | None:
    """What the process that holds the review has left; None where that is nothing, or nothing that can be trusted."""
    if holder is None:
        return None
    with suppress(OSError, ValueError, TypeError):
        one = Served(**json.loads(_private_text(note_of(review))))
        if (one.pid, one.started) == (holder, started(holder)) and one.when:
            return one
    return None


def started(pid: int) -> int:
    """When a process began, in ticks since the machine did; 0 where the system does not tell."""
    with suppress(OSError, ValueError, IndexError):
        about = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        return int(about.rpartition(")")[2].split()[19])
    return 0


def _private_text(note: Path) -> str:
    """The text of a file that nobody else can have written or read. Raises OSError."""
    handle = os.open(note, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(file.fileno())
        mine = not hasattr(os, "getuid") or about.st_uid == os.getuid()
        if not (stat.S_ISREG(about.st_mode) and mine and not stat.S_IMODE(about.st_mode) & 0o077):
            raise PermissionError(f"{note} is not a private file")
        return file.read(LONGEST).decode("utf-8")
