"""Row checks over count rows from Parquet: curation against plain pandera and plain DuckDB SQL, in one run.

Every engine asks the same three questions (events within total, percentage within 0..100, percentage meets events out
of total at one decimal) of the same file, each in a process of its own, interleaved; figures are medians.

    python benchmarks/row_checks.py [--rows 100000 1000000 10000000] [--repeat 3] [--write]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import section

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
BROKEN = 0.0001
"""Share of rows whose percentage is off by one point."""


def make(rows: int) -> Path:
    """A Parquet file with the numbers as printed, as stored intervals, and as plain numbers."""
    from schemas.arrow import printed_column
    from schemas.quantities import COUNT, PERCENT

    file = DATA / f"counts-{rows}.parquet"
    if file.exists():
        return file
    DATA.mkdir(exist_ok=True)
    random = np.random.default_rng(2021)
    writer = None
    for start in range(0, rows, 500_000):
        size = min(500_000, rows - start)
        total = random.integers(10, 2000, size)
        events = random.binomial(total, random.random(size))
        percent = np.round(100 * events / total, 1)
        percent = np.where(random.random(size) < BROKEN, np.clip(percent + 1, 0, 100), percent)
        texts = {
            "events": pa.array(events).cast(pa.string()),
            "total": pa.array(total).cast(pa.string()),
            "percent": pa.array([f"{each:.1f}%" for each in percent]),
        }
        stored = {
            name: printed_column(pa.chunked_array([text]), PERCENT if name == "percent" else COUNT)
            for name, text in texts.items()
        }
        columns = {
            "record": pa.array([f"r{number}" for number in range(start, start + size)]),
            "estimator": pa.array(["proportion"] * size),
            **stored,
            **{f"{name}_text": text for name, text in texts.items()},
            "events_number": pa.array(events), "total_number": pa.array(total), "percent_number": pa.array(percent),
        }  # fmt: skip
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(file, table.schema)
        writer.write_table(table, row_group_size=100_000)
    writer.close()
    return file


def with_curation_stored(file: Path) -> int:
    """From intervals as the store keeps them."""
    from curation.engine.run import check_batches

    columns = ["record", "estimator", "events", "total", "percent"]
    return len(check_batches("count", pq.ParquetFile(file).iter_batches(100_000, columns=columns), _rules()).findings)


def with_curation_printed(file: Path) -> int:
    """From the text as printed: read, derive the intervals, check."""
    from curation.engine.run import check_batches
    from schemas.arrow import printed_column
    from schemas.quantities import COUNT, PERCENT

    def batches():
        names = ["events", "total", "percent"]
        for batch in pq.ParquetFile(file).iter_batches(
            100_000, columns=["record", "estimator", *(f"{name}_text" for name in names)]
        ):
            derived = [
                printed_column(batch.column(f"{name}_text"), PERCENT if name == "percent" else COUNT) for name in names
            ]
            yield pa.RecordBatch.from_arrays(
                [batch.column("record"), batch.column("estimator"), *derived], ["record", "estimator", *names]
            )

    return len(check_batches("count", batches(), _rules()).findings)


def _rules():
    from curation.engine.registry import rules, select

    return select(rules(), ["COUNT-001", "COUNT-002", "PERCENT-001"])


def with_duckdb(file: Path) -> int:
    """Plain SQL on the plain numbers, with a tolerance for float dust."""
    import duckdb

    return duckdb.sql(f"""
        SELECT count(*) FROM read_parquet('{file}')
        WHERE events_number > total_number OR percent_number NOT BETWEEN 0 AND 100
           OR abs(percent_number - 100.0 * events_number / total_number) > 0.05 + 1e-9
    """).fetchall()[0][0]


def with_pandera(file: Path) -> int:
    """Plain pandera on a pandas frame of the plain numbers, with a tolerance for float dust."""
    import pandera.pandas as pa_pandas

    frame = pq.read_table(file, columns=["events_number", "total_number", "percent_number"]).to_pandas()
    schema = pa_pandas.DataFrameSchema(
        {
            "events_number": pa_pandas.Column(int),
            "total_number": pa_pandas.Column(int),
            "percent_number": pa_pandas.Column(float, pa_pandas.Check.in_range(0, 100)),
        },
        checks=[
            pa_pandas.Check(lambda f: f["events_number"] <= f["total_number"]),
            pa_pandas.Check(
                lambda f: (f["percent_number"] - 100 * f["events_number"] / f["total_number"]).abs() <= 0.05 + 1e-9
            ),
        ],
    )
    try:
        schema.validate(frame, lazy=True)
    except pa_pandas.errors.SchemaErrors as found:
        cases = found.failure_cases
        return int(cases["index"].nunique())
    return 0


ENGINES = {
    "DuckDB SQL": with_duckdb,
    "curation, from stored intervals": with_curation_stored,
    "curation, from printed text": with_curation_printed,
    "pandera (pandas)": with_pandera,
}


def once(engine: str, file: Path) -> None:
    """One measurement, in this process: seconds of the check alone, peak memory of the process."""
    start = time.perf_counter()
    found = ENGINES[engine](file)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "flagged": found}))


def measure(engine: str, file: Path) -> dict[str, float]:
    """One measurement in a fresh process."""
    done = subprocess.run(
        [sys.executable, __file__, "--once", engine, str(file)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(HERE.parent)},
    )
    return json.loads(done.stdout.splitlines()[-1])


def table(results: dict[tuple[int, str], list[dict[str, float]]], rows: list[int]) -> str:
    """The results as a Markdown table."""
    lines = [
        "| rows | engine | seconds (median) | million rows/s | peak memory, MB | flagged |",
        "|---:|---|---:|---:|---:|---:|",
    ]
    for count in rows:
        for engine in ENGINES:
            runs = results[count, engine]
            seconds = statistics.median(run["seconds"] for run in runs)
            peak = max(run["peak_mb"] for run in runs)
            lines.append(
                f"| {count:,} | {engine} | {seconds:.2f} | {count / seconds / 1e6:.2f} | {peak:,.0f} | {runs[0]['flagged']:,} |"
            )
    return "\n".join(lines)


def main() -> None:
    """Measure all engines, interleaved, and print or write the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    arguments.add_argument("--repeat", type=int, default=3)
    arguments.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    arguments.add_argument("--once", nargs=2, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.once:
        once(given.once[0], Path(given.once[1]))
        return
    results: dict[tuple[int, str], list[dict[str, float]]] = {}
    for rows in given.rows:
        file = make(rows)
        for number in range(given.repeat):
            for engine in ENGINES:
                print(f"{rows:,} rows, run {number + 1} of {given.repeat}: {engine}", file=sys.stderr)
                results.setdefault((rows, engine), []).append(measure(engine, file))
    shown = table(results, given.rows)
    print(shown)
    if given.write:
        section.write("Row checks", page(shown, given.repeat))


def page(shown: str, repeat: int) -> str:
    """The section of docs/benchmarks.md."""
    import duckdb
    import pandera

    versions = (
        f"DuckDB {duckdb.__version__}, pandera {pandera.__version__}, PyArrow {pa.__version__}, NumPy {np.__version__}"
    )
    return f"""{(__doc__ or "").split("    python")[0].strip()}

{shown}

Seconds include loading the library. The other engines compare doubles with a tolerance and count; curation carries
intervals, counts three outcomes with reasons, decides every edge and every flagged row once more in exact rationals, and
gives each finding its sentence, other readings and fingerprint. That costs: it is slower than hand-written SQL by far, and
than these three pandera checks from a million rows on; its memory stays within half a gigabyte.
One row in {int(1 / BROKEN):,} is broken on purpose. Machine: {section.machine()}; {versions}; {repeat} runs each.

Reproduce: `python benchmarks/row_checks.py --write`
"""


if __name__ == "__main__":
    main()
