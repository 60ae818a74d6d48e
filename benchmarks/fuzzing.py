"""Fuzz every parser: a million inputs that are made and broken on purpose, each watched for what it raises and costs.

python benchmarks/fuzzing.py --inputs 1000000 --seed 1 --write     # docs/reliability.md
python benchmarks/fuzzing.py --inputs 20000 --only csv-count --keep  # inputs worth keeping go to tests/fuzz/corpus
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from fuzz import watch  # noqa: E402 - the tests are no package that is installed
from fuzz.targets import BY_NAME, TARGETS, shares  # noqa: E402 - the same
from section import RELIABILITY, machine, write  # noqa: E402 - the same

SHARD = 100_000
"""Inputs of one process."""
KEPT = 12
"""Inputs that are kept of a parser, one for each of its shortest outcomes."""


def main() -> int:
    """Run, say what was seen, and exit with 1 where an input did what none may do."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--inputs", type=int, default=1_000_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--jobs", type=int, default=1)
    asked.add_argument("--only", nargs="*", default=list(BY_NAME), choices=list(BY_NAME), metavar="PARSER")
    asked.add_argument("--write", action="store_true", help="write the section of docs/reliability.md")
    asked.add_argument("--keep", action="store_true", help="keep inputs of distinct outcomes, and those that failed")
    given = asked.parse_args()
    numbers = shares(given.inputs)
    wanted = {name: numbers[name] if len(given.only) == len(BY_NAME) else given.inputs for name in given.only}
    start = time.monotonic()
    seen = run(wanted, given.seed, given.jobs)
    text = report(list(seen.values()), time.monotonic() - start, given.seed)
    print(text)
    defects = [one for each in seen.values() for one in each.defects.values()]
    for one in defects:
        print(f"{one.target}: {one.said}\n{one.trace}\n{one.data[:300]!r}", file=sys.stderr)
    if given.keep:
        keep(list(seen.values()))
    if given.write:
        write("Fuzzing", text, page=RELIABILITY)
    return 1 if defects else 0


def run(wanted: dict[str, int], seed: int, jobs: int) -> dict[str, watch.Figures]:
    """The figures of every parser. Each part runs in a process of its own, so that its memory is its own."""
    parts = [
        (name, seed, shard, min(SHARD, number - shard * SHARD))
        for name, number in wanted.items()
        for shard in range(-(-number // SHARD))
    ]
    seen = {name: watch.Figures(name) for name in wanted}
    done, whole = 0, sum(wanted.values())
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=fresh, max_tasks_per_child=1) as workers:
        running = {workers.submit(part, *each): each for each in parts}
        for each in as_completed(running):
            seen[running[each][0]].add(each.result())
            done += running[each][3]
            bad = sum(len(one.defects) for one in seen.values())
            print(f"\r{done:,} of {whole:,} inputs, {bad} defects, {running[each][0]:12}", end="", file=sys.stderr)
    print(file=sys.stderr)
    return seen


def part(name: str, seed: int, shard: int, number: int) -> watch.Figures:
    """A part of the inputs of one parser."""
    one = BY_NAME[name]
    return watch.watched(one, watch.inputs_of(one, seed, shard, number))


def report(seen: Sequence[watch.Figures], wall: float, seed: int) -> str:
    """The section of the page."""
    titles = {each.name: each.title for each in TARGETS}
    inputs, seconds = sum(each.inputs for each in seen), sum(each.seconds for each in seen)
    defects = sum(len(each.defects) for each in seen)
    failed = sum(path.name.startswith("failed-") for each in TARGETS for path in watch.corpus(each.name))
    rows = [
        f"| {titles[each.target]} | {each.inputs:,} | {each.seconds:,.1f} | {1000 * each.slowest:,.0f} | "
        f"{each.start:,.0f} | {each.peak:,.0f} | {len(each.outcomes):,} |"
        for each in seen
    ]
    shortest = min(each.longest for each in TARGETS)
    slowest, heaviest = max(seen, key=lambda one: one.slowest), max(seen, key=lambda one: one.peak)
    return "\n".join([
        f"{inputs:,} inputs, seed {seed}: {defects} defects. Nothing but a refusal in sentences was raised, no input took more than "
        f"{slowest.slowest:.2f} s of computing ({titles[slowest.target]}; the limit is {BY_NAME[slowest.target].longest:g} s there, {shortest:g} s for all but PDF files, where a character of a page takes 50 microseconds), and no process took more than "
        f"{heaviest.peak:,.0f} MiB ({titles[heaviest.target]}; the limit is {watch.MOST_MEMORY} MiB). {seconds:,.0f} s inside the parsers, "
        f"{wall:,.0f} s in all beside other work. {machine()}." if not defects else f"{inputs:,} inputs, seed {seed}: {defects} defects.",
        "",
        "Inputs are sound files and numbers, as the builders of the tests and other programs make them, broken by structure: cells, rows and",
        "headers of tables, keys and values of JSON, elements and attributes of markup, parts of archives (left out, said twice, bombed, misnamed),",
        "other encodings, signs nobody expects, numbers without end, pieces said ten thousand times. Beyond \"no traceback\" it is asked that a",
        "text is kept verbatim, that an interval contains its number, that columns read at once equal the grammar, that everything imported is",
        "accounted for, that table cells do not overlap, and that every problem says where, what was found and what was expected.",
        "",
        "| parser | inputs | seconds | slowest (ms) | memory before (MiB) | at most (MiB) | outcomes |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *rows,
        "",
        f"`tests/fuzz/corpus` keeps {failed} inputs that once failed and a few for the distinct outcomes of every parser; the quick tests read all of",
        "them, the slow ones fuzz for a minute. Reproduce with `python benchmarks/fuzzing.py --inputs 1000000 --seed 1 --write`.",
    ])  # fmt: skip


def keep(seen: Sequence[watch.Figures]) -> None:
    """Put inputs that failed, and some for distinct outcomes, into the corpus."""
    for each in seen:
        for defect in each.defects.values():
            watch.keep(each.target, defect.data, failed=True)
        fresh = sorted(each.outcomes.values(), key=len)
        for data in fresh[:: max(1, len(fresh) // KEPT)][:KEPT]:
            watch.keep(each.target, data)


if __name__ == "__main__":
    sys.exit(main())
