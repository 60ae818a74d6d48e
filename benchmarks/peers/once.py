"""One measurement in a process of its own: seconds to load the engine, seconds of the check, peak memory, what failed.

Loading is the import and a check of a small file, in which every library loads what it loads late.

    python benchmarks/peers/once.py ENGINE SMALL FILE
"""

from __future__ import annotations

import importlib
import json
import re
import sys
import time
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("duckdb", "great-expectations", "numpy", "pandas", "pandera", "pointblank", "pyarrow", "pydantic", "scipy")


def main(engine: str, small: str, file: str) -> None:
    """Print the measurement as JSON."""
    start = time.perf_counter()
    module = importlib.import_module(engine)
    module.check(small)
    loaded = time.perf_counter()
    before, worked = resident("VmRSS"), time.process_time()
    failed = module.check(file)
    done = time.perf_counter()
    print(json.dumps({
        "load": loaded - start, "seconds": done - loaded, "processor": time.process_time() - worked,
        "before_mb": before, "peak_mb": resident("VmHWM"), "failed": dict(sorted(failed.items())),
        "versions": versions(),
    }))  # fmt: skip


def versions() -> dict[str, str]:
    """The versions of the libraries that are measured, as far as this interpreter loaded them."""
    return {name: version(name) for name in LIBRARIES if name.replace("-", "_") in sys.modules}


def resident(name: str) -> float:
    """Resident memory of this program in MB, now (VmRSS) or at its peak (VmHWM).

    Unlike that of getrusage, the peak leaves out the program that started this one.
    """
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))
    assert found, f"/proc/self/status does not say {name}"
    return int(found[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
