"""The real server, in a process of its own, as `curation serve` starts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent


@contextmanager
def server(review: Path, *options: str, stop: signal.Signals = signal.SIGINT) -> Iterator[str]:
    """Serve a review; the address. Stopped with Ctrl+C or another signal, which must end it well."""
    command = [
        sys.executable,
        "-c",
        "from curation.cli import main; main()",
        "serve",
        str(review),
        "--port",
        "0",
        *options,
    ]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert process.stderr is not None
    first = process.stderr.readline()
    found = re.search(r"served at (https?://\S+)", first)
    assert found, first + process.stderr.read()
    try:
        yield found[1]
    finally:
        process.send_signal(stop)
        said = process.communicate(timeout=60)[1]
    assert "Traceback" not in said, said
    assert process.returncode == 0, said
