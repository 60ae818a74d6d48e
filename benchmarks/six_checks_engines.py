"""Who is measured in the benchmark of six checks, on which data, and one measurement in a process of its own."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import stores
from stores import CLEAN, DATA, HEAVY

PEERS = Path(__file__).resolve().parent / "peers"
VENVS = DATA / "venvs"
SMALL = 1000
"""Rows of the file on which every engine warms up."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Something that checks a file: a module in peers/, the data it reads, and where its libraries are."""

    name: str
    module: str
    data: Callable[[int, float], Path]
    share: float = CLEAN
    venv: str | None = None
    most: int = 10**8

    @property
    def python(self) -> str:
        """The interpreter that has its libraries."""
        return str(VENVS / self.venv / "bin/python") if self.venv else sys.executable


BASELINE = "NumPy by hand"
BASELINES = (BASELINE, f"{BASELINE}, two threads", f"{BASELINE}, review file")
OURS = "curation"
ENGINES = (
    Engine(BASELINES[0], "numpy_by_hand", stores.plain),
    Engine(BASELINES[1], "numpy_two_threads", stores.plain),
    Engine(BASELINES[2], "numpy_on_review", stores.facts),
    Engine("DuckDB SQL", "duckdb_sql", stores.plain),
    Engine(OURS, "curation_review", stores.facts),
    Engine("pandera (pandas)", "pandera_pandas", stores.plain, venv="pandera"),
    Engine("pointblank (DuckDB)", "pointblank_duckdb", stores.plain, venv="pointblank"),
    Engine("great-expectations (pandas)", "great_expectations_pandas", stores.plain, venv="great_expectations"),
    Engine("pydantic, a model per row", "pydantic_rows", stores.plain, most=10**5),
)
FLAGGED = (
    Engine(f"{BASELINE}, 5% flagged", "numpy_by_hand", stores.plain, HEAVY),
    Engine(f"{OURS}, 5% flagged", "curation_review", stores.facts, HEAVY),
)
ALL_RULES = tuple(
    Engine(f"{what}, {how}", "curation_all_rules", data, share, most=most)
    for what, data, most in (("counts and effects", stores.facts, 10**8), ("means", stores.means, 10**8))
    for how, share in (("one in 10,000 broken", CLEAN), ("5% broken", HEAVY))
)
Run = dict[str, Any]
Results = dict[tuple[int, str], list[Run]]


def measure(engine: Engine, rows: int) -> Run:
    """One measurement in a fresh process."""
    small, file = engine.data(SMALL, HEAVY), engine.data(rows, engine.share)
    done = subprocess.run(
        [engine.python, PEERS / "once.py", engine.module, small, file], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{engine.name} stopped at {rows:,} rows: {done.stderr.strip().splitlines()[-1]}")
    return {**json.loads(done.stdout.splitlines()[-1]), "load_average": os.getloadavg()[0]}


def median(runs: list[Run], name: str = "seconds") -> float:
    """The median of a figure over the runs."""
    return statistics.median(run[name] for run in runs)
