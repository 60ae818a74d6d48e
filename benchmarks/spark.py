"""Row rules and rules across rows over Parquet partitioned by study: one process, Spark tasks given references, Spark given rows.

python benchmarks/spark.py [--rows 1000000] [--runs 5] [--write]
python benchmarks/spark.py --tasks [--runs 5]              # what one task costs, for the sums of docs/scale.md
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"
WAYS = {
    "one": "one process, the same files",
    "references": "Spark local[2], tasks read their own files",
    "rows": "Spark local[2], rows through Spark (mapInArrow)",
}
RULES = ("COUNT-001", "COUNT-002", "PERCENT-001", "EFFECT-001", "EFFECT-005", "EFFECT-006")


def records(rows: int) -> Path:
    """So many counts and as many effects as Parquet, made once from the simulated review of that size."""
    folder = DATA / f"parquet-{rows}"
    if not folder.exists():
        import stores

        from curation import spark
        from store.review import Review

        with Review.open(stores.facts(rows), read_only=True) as review:
            spark.write(review.tables(), folder)
    return folder


def one(folder: Path, wanted: list[str]) -> tuple[float, int]:
    """The parts one after the other in this process, without Spark."""
    from curation.engine.registry import rules, select
    from curation.engine.run import check
    from curation.spark.plan import ENTITIES, Read
    from curation.spark.shape import files_in
    from curation.spark.task import rows_of

    chosen = select(rules(), wanted)
    start = time.perf_counter()
    files, found = files_in(folder), 0
    entities = rows_of([Read(kind, file) for kind in ENTITIES for file in files.get(kind, ())])
    for parts in zip(files["count"], files["effect"], strict=True):
        tables = rows_of([Read("count", parts[0]), Read("effect", parts[1])])
        found += len(check({**entities, **tables}, chosen).findings)
    return time.perf_counter() - start, found


def in_spark(folder: Path, wanted: list[str], *, rows: bool) -> tuple[float, int]:
    """The same in a session that has been used once, so that its start and its workers' are left out."""
    from curation import spark
    from curation.spark.session import session

    running = session("local[2]")
    running.sparkContext.setLogLevel("ERROR")
    running.range(4).mapInArrow(_loaded, "id long").collect()
    given = {each.name: running.read.parquet(str(each)) for each in sorted(folder.iterdir())} if rows else folder
    start = time.perf_counter()
    checked = spark.check(given, wanted=wanted)
    seconds = time.perf_counter() - start
    running.stop()
    return seconds, len(checked.findings)


def _loaded(batches):
    from curation.engine.registry import rules

    rules()
    yield from batches


def tasks(runs: int) -> str:
    """Processor seconds of a task of some sizes: reading, reading and six row rules, reading and all rules."""
    from curation.engine.registry import rules, select
    from curation.engine.run import check
    from curation.spark.plan import ENTITIES, Read
    from curation.spark.shape import files_in
    from curation.spark.task import rows_of

    def took(rows: int, wanted: list[str] | None) -> float:
        files, chosen = files_in(records(rows)), select(rules(), wanted or [])
        start = time.process_time()
        tables = rows_of([Read(kind, file) for kind in (*ENTITIES, "count", "effect") for file in files.get(kind, ())])
        if wanted is not None:
            check(tables, chosen)
        return time.process_time() - start

    lines = ["| records in the task | all rules | six row rules | reading alone |", "|---:|---:|---:|---:|"]
    took(1000, [])
    for rows in (1000, 10_000, 100_000):
        ways = [statistics.median(took(rows, wanted) for _ in range(runs)) for wanted in ([], list(RULES), None)]
        lines.append(f"| {2 * rows:,} | " + " | ".join(f"{each:.2f} s" for each in ways) + " |")
    return "\n".join(lines)


def measured(way: str, folder: Path, wanted: list[str]) -> dict[str, float]:
    seconds, found = one(folder, wanted) if way == "one" else in_spark(folder, wanted, rows=way == "rows")
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {"seconds": seconds, "found": found, "peak": peak / 1024}


def table(rows: int, runs: int) -> str:
    folder = records(rows)
    lines = [
        "| rules | way | seconds (median) | thousand records/s | findings |",
        "|---|---|---:|---:|---:|",
    ]
    for title, wanted in (("six row rules", list(RULES)),):
        taken: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for _ in range(runs):
            for way, got in taken.items():
                got.append(_apart(way, folder, wanted))
        if len({each["found"] for got in taken.values() for each in got}) != 1:
            raise ValueError(f"the ways find differently: {taken}")
        for way, got in taken.items():
            seconds = statistics.median(each["seconds"] for each in got)
            lines.append(
                f"| {title} | {WAYS[way]} | {seconds:.2f} | {2 * rows / seconds / 1000:,.0f} | {got[0]['found']:,.0f} |"
            )
    return "\n".join(lines)


def _apart(way: str, folder: Path, wanted: list[str]) -> dict[str, float]:
    call = [sys.executable, __file__, "--way", way, "--folder", str(folder), "--rules", *wanted]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--write", action="store_true")
    arguments.add_argument("--way", choices=WAYS)
    arguments.add_argument("--folder", type=Path)
    arguments.add_argument("--rules", nargs="*", default=[])
    arguments.add_argument("--tasks", action="store_true", help="what one task costs, by its size")
    given = arguments.parse_args()
    if given.tasks:
        print(tasks(given.runs))
        return
    if given.way:
        print(json.dumps(measured(given.way, given.folder, given.rules)))
        return
    import pyspark
    import section

    text = f"""{2 * given.rows:,} simulated records ({given.rows:,} counts and as many effects) in Parquet as `curation.spark.write` partitions them, checked
by six row rules in one run, the ways interleaved, each in a process of its own; the start of Spark and the loading of the rules are left out,
sharing out, reading and collecting are counted. All ways must find the same.

{table(given.rows, given.runs)}

Medians of {given.runs} runs. Machine: {section.machine()}, PySpark {pyspark.__version__}.

Reproduce: `python benchmarks/spark.py --rows {given.rows} --runs {given.runs} --write`
"""
    if given.write:
        section.write("Spark", text)
    print(text)


if __name__ == "__main__":
    main()
