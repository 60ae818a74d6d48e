"""A review for a command: opened when its turn comes, with a word on who holds it meanwhile.

One process at a time writes a review file. A command waits for another command, which takes seconds. A server may run
for days, so that a command goes through it where it can, and else waits only if told to.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from curation.commands.served import Served, announced_by, started
from store.errors import InUse, StoreError
from store.review import Review

Act = TypeVar("Act", bound=Callable[..., Any])
PATIENCE = 60.0
"""Seconds to wait for another command, where --wait says nothing."""
PAUSE = 0.1
"""Seconds between two tries."""
REMIND = 15.0
"""Seconds after which a waiting command says again that it waits."""
_META = "curation.wait"


def _keep(context: click.Context, _: click.Parameter, value: float | None) -> None:
    if value is not None:
        context.meta[_META] = value


waiting = click.option(
    "--wait",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    expose_value=False,
    callback=_keep,
    help=f"How long to wait while another process holds the review; by default {PATIENCE:.0f} for a command, 0 for a server.",
)
"""The option of every command that opens a review."""


def open_review(path: Path, *, read_only: bool = False, memory: str | None = None) -> Review:
    """The review, as soon as nobody else holds it. Raises StoreError when that takes too long."""
    found = _patiently(path, read_only=read_only, through=False, memory=memory)
    assert isinstance(found, Review)  # noqa: S101 - nothing else without through
    return found


def review_or_server(path: Path, *, read_only: bool = False) -> Review | Served:
    """The review, or the server that holds it. Raises StoreError where another holds it for too long."""
    return _patiently(path, read_only=read_only, through=True)


def _patiently(path: Path, *, read_only: bool, through: bool, memory: str | None = None) -> Review | Served:
    wait = _Wait(path)
    while True:
        try:
            return Review.open(path, read_only=read_only, memory=memory)
        except InUse as problem:
            server = announced_by(path, problem.pid)
            if through and server is not None:
                return server
            wait.once_more(problem, server)


@dataclass(slots=True)
class _Wait:
    """How long a command has waited, and what it said of that."""

    path: Path
    began: float = field(default_factory=time.monotonic)
    said: float | None = None

    def once_more(self, problem: InUse, server: Served | None) -> None:
        """Pause until the next try. Raises StoreError where there is none."""
        limit = _asked()
        most = (PATIENCE if server is None else 0.0) if limit is None else limit
        gone = time.monotonic() - self.began
        if gone >= most:
            raise StoreError(_given_up(self.path, problem, server, gone))
        if self.said is None or time.monotonic() - self.said >= REMIND:
            so_far = f"{gone:.0f} of {most:.0f} s so far" if self.said is not None else f"for up to {most:.0f} s"
            click.echo(f"curation: {self.path} is {_by(problem, server)}; waiting {so_far} (Ctrl+C stops waiting)", err=True)  # fmt: skip
            self.said = time.monotonic()
        try:
            time.sleep(min(PAUSE, most - gone))
        except KeyboardInterrupt:
            raise StoreError(f"stopped waiting for {self.path}; nothing was done") from None


def _asked() -> float | None:
    context = click.get_current_context(silent=True)
    return None if context is None else context.meta.get(_META)


def _given_up(path: Path, problem: InUse, server: Served | None, gone: float) -> str:
    waited = f", for {gone:.0f} s now" if gone >= 1 else ""
    if server is not None:
        return (
            f"{path} is {_by(problem, server)}{waited}, and this needs the file itself; nothing was done: do it in the "
            "browser there, or stop the server (Ctrl+C where it runs) and try again, or wait for that with --wait SECONDS"
        )
    return f"{path} is {_by(problem, server)}{waited}; nothing was done: try again when that has ended, or wait longer with --wait SECONDS"


def _by(problem: InUse, server: Served | None) -> str:
    if server is not None:
        return f"served at {server.address} (process {server.pid}, since {server.when})"
    if problem.pid is None:
        return "in use by another program"
    began = _began(problem.pid)
    since = f", since {began:%H:%M:%S}" if began else ""
    return f"in use by another program ({problem.holder}, process {problem.pid}{since})"


def _began(pid: int) -> datetime | None:
    """When a process began, where the system tells."""
    with suppress(OSError, ValueError, IndexError, StopIteration):
        booted = next(line for line in Path("/proc/stat").read_text(encoding="ascii").splitlines() if line.startswith("btime"))  # fmt: skip
        ticks = started(pid)
        return (
            datetime.fromtimestamp(int(booted.split()[1]) + ticks / os.sysconf("SC_CLK_TCK")).astimezone()
            if ticks
            else None
        )
    return None
