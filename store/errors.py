"""The errors a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path


class StoreError(Exception):
    """Something about the review file that a person can set right; the message is one sentence with the remedy."""


class InUse(StoreError):
    """Another process holds the review file. ``holder`` is its program and ``pid`` its process id, where they are known."""

    def __init__(self, path: Path, *, holder: str = "", pid: int | None = None) -> None:
        self.path = path
        self.holder = holder
        self.pid = pid
        name = f" ({holder}, process {pid})" if pid is not None else ""
        super().__init__(f"{path} is in use by another program{name}; close it there and try again")


class OpenHere(StoreError):
    """This program itself has the review file open in another way."""


class ChangedMeanwhile(StoreError):
    """A row is no longer what the person saw who wanted to change it; nothing was written.

    ``revision``, ``who`` and ``at`` are those of the row's last change; ``now`` holds its texts, or None where it was
    retired. ``extractor`` is blank for an entity.
    """

    def __init__(
        self,
        *,
        kind: str,
        record_key: str,
        extractor: str,
        revision: int,
        who: str,
        at: datetime,
        now: Mapping[str, str | None] | None,
    ) -> None:
        self.kind = kind
        self.record_key = record_key
        self.extractor = extractor
        self.revision = revision
        self.who = who
        self.at = at
        self.now = None if now is None else dict(now)
        done = "retired" if now is None else "changed"
        self.sentence = (
            f"{who} {done} {kind} {record_key!r} meanwhile, at {at:%Y-%m-%d %H:%M} UTC (revision {revision}); "
            "nothing was overwritten: look at it as it is now and decide again"
        )
        super().__init__(self.sentence)
