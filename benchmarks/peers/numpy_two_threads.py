"""The baseline on two cores: two threads take batches from one stream; NumPy lets go of the interpreter while it computes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import duckdb
import numpy as np
from numpy_by_hand import BATCH, QUERY, Checks
from plain import CHECKS

THREADS = 2


def check(file: str) -> dict[str, int]:
    """How many rows fail each check."""
    turn = threading.Lock()
    with duckdb.connect(file, read_only=True) as connection, ThreadPoolExecutor(THREADS) as pool:
        batches = connection.sql(QUERY).to_arrow_reader(BATCH)

        def work(_: int) -> np.ndarray:
            checks = Checks(BATCH)
            while True:
                with turn:
                    batch = next(batches, None)
                if batch is None:
                    return checks.failed
                checks.add(*(np.from_dlpack(column) for column in batch.columns))

        failed = sum(pool.map(work, range(THREADS)))
    return dict(zip(CHECKS, failed.tolist(), strict=True))
