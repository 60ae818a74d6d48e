"""Intake of printed rows from CSV into a review, against DuckDB's own COPY of the same file into a plain table.

Curation reads the folder as `curation intake` does: every cell checked, numbers derived from their text, references and
ids checked, history written, one transaction. COPY loads the same texts into one table with NOT NULL, with CHECK on every
printed number by a regular expression, and, in its second and third line, with the keys that the review has: the record
id, and the ids that records name. Each run is a process of its own, interleaved; figures are medians.

    python benchmarks/intake.py [--rows 10000 100000 1000000] [--repeat 5] [--write]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import section

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
PER_STUDY = 40
OUTCOMES = 20
REFUSED = 100
"""One row in so many has a cell that is no number, in the folder whose name says so."""
PLACED = ("record", "source", "study", "arm", "outcome", "page", "section", "row")
PRINTED = {
    "count": ("events", "total", "percent", "lower", "upper", "p"),
    "mean": ("n", "mean", "sd", "lower", "upper"),
    "effect": ("measure", "estimate", "lower", "upper", "p"),
}
MALFORMED = "fifteen"
_PLAIN = "^[0-9]+([.][0-9]+)?%?$"
ENTITIES = {
    "source": "source VARCHAR PRIMARY KEY, title VARCHAR NOT NULL, type VARCHAR NOT NULL",
    "study": "study VARCHAR PRIMARY KEY, label VARCHAR NOT NULL",
    "arm": "study VARCHAR REFERENCES study, arm VARCHAR NOT NULL, label VARCHAR NOT NULL, PRIMARY KEY (study, arm)",
    "outcome": "outcome VARCHAR PRIMARY KEY, label VARCHAR NOT NULL",
}


def make(kind: str, rows: int, *, refused: bool = False) -> Path:
    """A folder of CSV files: so many records of a kind, their sources, studies, arms and outcomes."""
    folder = DATA / f"intake-{kind}-{rows}{'-refused' if refused else ''}"
    if (folder / f"{kind}.csv").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    studies = range(max(1, rows // PER_STUDY))
    _write(folder / "source.csv", "source,title,type", (f"src-{n},Report {n},article" for n in studies))
    _write(folder / "study.csv", "study,label", (f"st-{n},Trial {n}" for n in studies))
    _write(folder / "arm.csv", "study,arm,label", (f"st-{n},{arm},Arm {arm}" for n in studies for arm in "ab"))
    _write(folder / "outcome.csv", "outcome,label", (f"o{n},Outcome {n}" for n in range(OUTCOMES)))
    _write(folder / f"{kind}.csv", ",".join((*PLACED, *PRINTED[kind])), _records(kind, rows, refused=refused))
    return folder


def _write(file: Path, header: str, lines: Iterator[str]) -> None:
    with file.open("w", encoding="utf-8") as out:
        out.write(header + "\n")
        out.writelines(line + "\n" for line in lines)


def _records(kind: str, rows: int, *, refused: bool) -> Iterator[str]:
    random = np.random.default_rng(7)
    for start in range(0, rows, 100_000):
        size = min(100_000, rows - start)
        for number, cells in enumerate(_cells(kind, size, random), start):
            study = min(number // PER_STUDY, max(1, rows // PER_STUDY) - 1)
            place = f"{number % 9 + 100},Table {number % 3 + 1},Row {number % PER_STUDY}"
            texts = [MALFORMED, *cells[1:]] if refused and number % REFUSED == 0 else cells
            outcome = number // 2 % OUTCOMES
            yield f"r{number},src-{study},st-{study},{'ab'[number % 2]},o{outcome},{place},{','.join(texts)}"


def _cells(kind: str, size: int, random: np.random.Generator) -> Iterator[list[str]]:
    total = random.integers(10, 2000, size)
    wide, p = random.random(size), random.random(size)
    if kind == "count":
        events = random.binomial(total, random.random(size))
        percent = 100 * events / total
        ends = np.clip(percent - 10 * wide, 0, 100), np.clip(percent + 10 * wide, 0, 100)
        for e, t, x, a, b, q in zip(events, total, percent, *ends, p, strict=True):
            yield [str(e), str(t), f"{x:.1f}%", f"{a:.1f}%", f"{b:.1f}%", f"{q:.3f}"]
    elif kind == "mean":
        mean = 50 + 10 * random.standard_normal(size)
        for t, m, s in zip(total, mean, 5 + 10 * wide, strict=True):
            yield [str(t), f"{m:.2f}", f"{s:.2f}", f"{m - s / 5:.2f}", f"{m + s / 5:.2f}"]
    else:
        estimate = np.exp(random.standard_normal(size) / 3)
        for x, w, q in zip(estimate, 1 + wide, p, strict=True):
            yield ["HR", f"{x:.2f}", f"{x / w:.2f}", f"{x * w:.2f}", f"{q:.3f}"]


def with_copy(kind: str, folder: Path, review: Path, *, key: bool, foreign: bool) -> int:
    """COPY into a plain table; with foreign keys the files of the entities, too."""
    import duckdb

    columns = [
        f'"{name}" VARCHAR{" NOT NULL" if name in ("record", "source") else ""}' for name in (*PLACED, *PRINTED[kind])
    ]
    columns += [f"CHECK (regexp_matches(\"{name}\", '{_PLAIN}'))" for name in PRINTED[kind] if name != "measure"]
    if key:
        columns.append("PRIMARY KEY (record)")
    if foreign:
        columns += [f"FOREIGN KEY ({name}) REFERENCES {name}" for name in ("source", "study", "outcome")]
        columns.append("FOREIGN KEY (study, arm) REFERENCES arm")
    connection = duckdb.connect(str(review))
    connection.begin()
    for name, declared in ENTITIES.items() if foreign else ():
        connection.execute(f"CREATE TABLE {name} ({declared})")
        connection.execute(f"COPY {name} FROM '{folder / name}.csv' (HEADER)")
    connection.execute(f"CREATE TABLE t ({', '.join(columns)})")
    connection.execute(f"COPY t FROM '{folder / kind}.csv' (HEADER)")
    connection.commit()
    rows = connection.execute("SELECT count(*) FROM t").fetchall()[0][0]
    connection.close()
    return int(rows)


def with_curation(kind: str, folder: Path, review: Path) -> int:
    """What ``curation intake`` does with the folder."""
    from curation.intake.problems import Refused
    from curation.intake.read import read
    from curation.intake.references import known_ids, references
    from store.review import Review

    with Review.create(review) as store:
        try:
            bundle = read([folder])
        except Refused as refused:
            return refused.total
        assert not references(bundle, known_ids(store.tables(sources=())))
        return store.intake(bundle.rows, who="AB", why="extraction").added[kind]


Load = Callable[[str, Path, Path], int]
ENGINES: dict[str, Load] = {
    "COPY, NOT NULL and CHECK": lambda *of: with_copy(*of, key=False, foreign=False),
    "COPY, with the primary key": lambda *of: with_copy(*of, key=True, foreign=False),
    "COPY of all files, with all keys": lambda *of: with_copy(*of, key=True, foreign=True),
    "curation": with_curation,
}
REFUSING = "curation, 1% of rows refused"


def once(engine: str, kind: str, folder: Path) -> None:
    """One measurement, in this process: seconds on the clock and of the processors, peak memory."""
    load = ENGINES["curation" if engine == REFUSING else engine]
    with tempfile.TemporaryDirectory(prefix="intake-") as place:
        start, used = time.perf_counter(), time.process_time()
        found = load(kind, folder, Path(place) / "review.duckdb")
        seconds, processor = time.perf_counter() - start, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "processor": processor, "peak": peak, "rows": found}))


def measure(engine: str, kind: str, folder: Path) -> dict[str, float]:
    """One measurement in a fresh process."""
    done = subprocess.run(
        [sys.executable, __file__, "--once", engine, kind, str(folder)],
        capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": str(HERE.parent)},
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


Runs = dict[tuple[str, int, str], list[dict[str, float]]]


def all_runs(sizes: list[tuple[str, int]], repeat: int) -> Runs:
    """Every engine on every file so often, one after the other."""
    runs: Runs = {}
    for kind, rows in sizes:
        folders = dict.fromkeys(ENGINES, make(kind, rows))
        if kind == "count":
            folders[REFUSING] = make(kind, rows, refused=True)
        for number in range(repeat):
            for engine, folder in folders.items():
                print(f"{rows:,} {kind} rows, run {number + 1} of {repeat}: {engine}", file=sys.stderr)
                runs.setdefault((kind, rows, engine), []).append(measure(engine, kind, folder))
    return runs


def table(runs: Runs) -> str:
    """The results as a Markdown table."""
    lines = [
        "| rows | kind | engine | seconds (median) | rows/s | times COPY, primary key | times COPY, all keys | processor seconds | times COPY, primary key | peak memory, MB |",
        "|---:|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for (kind, rows, engine), of in runs.items():
        seconds, processor = (_median(runs, (kind, rows, engine), what) for what in ("seconds", "processor"))
        keyed, copied = (kind, rows, "COPY, with the primary key"), (kind, rows, "COPY of all files, with all keys")
        times = seconds / _median(runs, keyed, "seconds"), seconds / _median(runs, copied, "seconds")
        peak = max(run["peak"] for run in of)
        lines.append(
            f"| {rows:,} | {kind} | {engine} | {seconds:.2f} | {rows / seconds:,.0f} | {times[0]:.1f} | {times[1]:.1f} "
            f"| {processor:.2f} | {processor / _median(runs, keyed, 'processor'):.1f} | {peak:,.0f} |"
        )
    return "\n".join(lines)


def _median(runs: Runs, key: tuple[str, int, str], what: str) -> float:
    return statistics.median(run[what] for run in runs[key])


def page(shown: str, repeat: int, load: float) -> str:
    """The section of docs/benchmarks.md."""
    import duckdb
    import pyarrow as pa

    return f"""{(__doc__ or "").split("    python")[0].strip()}

{shown}

Seconds include loading the libraries, about a second of curation's on a busy machine. Curation takes
in the files of sources, studies, arms and outcomes, too, {1 / PER_STUDY + 2 / PER_STUDY + 1 / PER_STUDY:.0%} as many rows; of COPY only the line with all keys does. A run with
refused rows reads and words everything, and writes nothing: one row in {REFUSED} has a cell that is no number.
Machine: {section.machine()}; DuckDB {duckdb.__version__}, PyArrow {pa.__version__}, NumPy {np.__version__}; {repeat} runs each. Load of the machine at the
end of the runs: {load:.1f}, of other work beside these; processor seconds suffer less from it than those on the clock.

Reproduce: `python benchmarks/intake.py --write`
"""


def main() -> None:
    """Measure all engines and print or write the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    arguments.add_argument("--repeat", type=int, default=5)
    arguments.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    arguments.add_argument("--once", nargs=3, help=argparse.SUPPRESS)
    given: Any = arguments.parse_args()
    if given.once:
        once(given.once[0], given.once[1], Path(given.once[2]))
        return
    sizes = [("count", rows) for rows in given.rows] + [(kind, 100_000) for kind in ("mean", "effect")]
    runs = all_runs(sizes, given.repeat)
    shown = table(runs)
    print(shown)
    if given.write:
        section.write("Intake", page(shown, given.repeat, os.getloadavg()[0]))


if __name__ == "__main__":
    main()
