"""A program with everything loaded that forks a command for every line it reads, and kills it at the moment asked for.

Forking keeps the start of Python out of it: every kill hits the command at its work. Nothing of DuckDB is used before
the fork, so that every command opens the file as a program of its own does.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

LONGEST = 120.0
"""Seconds after which a command that does not end is a failure of the harness."""
LOADED = (
    *(f"curation.commands.{name}" for name in ("backup", "check", "export", "reconcile", "review", "serve")),
    *("curation.reconcile.choose", "curation.reconcile.show", "curation.reconcile.work", "curation.report.shapes"),
    *("curation.cli", "curation.web.app", "store.backup", "store.export", "store.restore"),
)
"""What the commands load when they are called."""


def child(argv, said):
    """Run a command in a process of its own; its output goes to a file."""
    pid = os.fork()
    if pid:
        return pid
    handle = os.open(said, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    code = 70
    try:
        from curation.cli import main

        main(argv)
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else int(done.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def ended(pid):
    """The exit status if the process has ended, else None."""
    done, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if done else None


def stamp(path):
    try:
        about = path.stat()
    except FileNotFoundError:
        return None
    return about.st_size, about.st_mtime_ns


class Moment:
    """When to kill: after a time, or so long after the log or the file itself is written to."""

    def __init__(self, when, after, review):
        self.when, self.after = when, after
        self.file, self.log = Path(review), Path(f"{review}.wal")
        self.before = stamp(self.file)
        self.start = time.monotonic()
        self.seen = self.start if when == "time" else None
        self.logged = False

    def come(self):
        now = time.monotonic()
        if self.seen is None:
            log = stamp(self.log)
            self.logged = self.logged or bool(log and log[0])
            changed = stamp(self.file) != self.before if self.when == "checkpoint" else True
            if self.logged and changed:
                self.seen = now
        return self.seen is not None and now - self.seen >= self.after


def act(asked):
    """One command, killed or not."""
    server = None
    if asked.get("serve"):
        server = child(asked["serve"], asked["said"] + ".server")
        _until_served(Path(asked["review"] + ".served"), server)
    begun = time.monotonic()
    moment = Moment(asked["when"], asked["after"], asked["review"])
    pid = child(asked["argv"], asked["said"])
    target, code, killed = server or pid, None, False
    while time.monotonic() - begun < LONGEST:
        code = ended(pid)
        if code is not None:
            break
        if not killed and asked["when"] != "never" and moment.come():
            os.kill(target, signal.SIGKILL)
            killed = True
            if server:
                os.waitpid(server, 0)
        time.sleep(0.0001)
    else:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    seconds = time.monotonic() - begun
    if server and not killed:
        os.kill(server, signal.SIGTERM)
        os.waitpid(server, 0)
    return {"killed": killed if server else code == -signal.SIGKILL, "code": code, "seconds": seconds}


def _until_served(note, server):
    while not note.exists():
        if ended(server) is not None:
            raise SystemExit("the server did not start")
        time.sleep(0.01)


def main():
    for name in LOADED:
        importlib.import_module(name)
    from curation.engine.registry import rules

    rules()
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        print(json.dumps(act(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
