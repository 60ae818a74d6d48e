"""One measurement in a process of its own: seconds to load the engine, seconds of the check, peak memory, what failed.

python benchmarks/peers/once.py ENGINE FILE
"""

from __future__ import annotations

import importlib
import json
import re
import sys
import time
from pathlib import Path


def main(engine: str, file: str) -> None:
    """Print the measurement as JSON."""
    start = time.perf_counter()
    module = importlib.import_module(engine)
    loaded = time.perf_counter()
    failed = module.check(file)
    done = time.perf_counter()
    print(json.dumps({"load": loaded - start, "seconds": done - loaded, "peak_mb": peak(), "failed": failed}))


def peak() -> float:
    """Peak resident memory of this program in MB; unlike that of getrusage, not of what started it."""
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
