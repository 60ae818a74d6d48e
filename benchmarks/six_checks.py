"""Six checks of simulated facts: curation beside hand-written NumPy, SQL and other libraries, and all its row rules.

The environments of the peers are built once. The simulated files (8 GB for ten million rows) are made when they are first needed
and kept under benchmarks/data.

    python benchmarks/six_checks.py --peers                # environments for the libraries that need their own
    python benchmarks/six_checks.py --write                # measure everything, write docs/benchmarks.md
    python benchmarks/six_checks.py --quick                # up to a million rows, three runs each
    python benchmarks/six_checks.py --write --measured     # write the page again from the last measurements
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import section
import six_checks_page
from six_checks_engines import ALL_RULES, ENGINES, FLAGGED, PEERS, VENVS, Engine, Results, measure
from stores import DATA

MEASURED = DATA / "six_checks.json"
SLOW = 120.0
"""Seconds of one run from which on an engine runs once at that size."""
HOPELESS = 600.0
"""Seconds, reckoned from fewer rows, from which on an engine does not run at that size."""


def install() -> None:
    """An environment for every engine that has requirements of its own."""
    for requirements in sorted(PEERS.glob("*.txt")):
        where = VENVS / requirements.stem
        subprocess.run([sys.executable, "-m", "venv", where], check=True)
        subprocess.run([where / "bin/pip", "install", "--quiet", "-r", requirements], check=True)


def present(engines: list[Engine], *, needed: bool) -> list[Engine]:
    """The engines whose environments are built. Raises SystemExit where one is missing that is needed."""
    missing = [each.name for each in engines if not Path(each.python).exists()]
    if missing:
        said = f"no environment for {' and '.join(missing)}; build it with: python benchmarks/six_checks.py --peers"
        if needed:
            raise SystemExit(said)
        print(f"{said}; left out of this run", file=sys.stderr)
    return [each for each in engines if each.name not in missing]


def measured(sizes: list[int], repeat: int, engines: list[Engine]) -> Results:
    """Every engine at every size, interleaved."""
    results: Results = {}
    for rows in sorted(sizes):
        for number in range(repeat):
            for engine in wanted(engines, rows, number, results):
                run = measure(engine, rows)
                print(f"{rows:,} rows, run {number + 1}: {engine.name}, {run['seconds']:.2f} s", file=sys.stderr)
                results.setdefault((rows, engine.name), []).append(run)
        same(results, rows)
    return results


def wanted(engines: list[Engine], rows: int, number: int, results: Results) -> Iterator[Engine]:
    """The engines that run at this size for the so many-th time."""
    for engine in engines:
        here = results.get((rows, engine.name))
        if here is None and (rows > engine.most or _reckoned(engine, rows, results) > HOPELESS):
            continue
        if here is None or (len(here) == number and here[0]["seconds"] < SLOW):
            yield engine


def _reckoned(engine: Engine, rows: int, results: Results) -> float:
    """Seconds to expect, from the largest size at which the engine has run."""
    sizes = [size for size, name in results if name == engine.name]
    return max(results[max(sizes), engine.name][0]["seconds"] * rows / max(sizes), 0.0) if sizes else 0.0


def same(results: Results, rows: int) -> None:
    """All engines find the same. Raises SystemExit where they do not."""
    for group in (ENGINES, FLAGGED):
        found = {each.name: results[rows, each.name][0]["failed"] for each in group if (rows, each.name) in results}
        for name, failed in found.items():
            first = next(iter(found))
            if failed != found[first]:
                raise SystemExit(f"at {rows:,} rows {first} found {found[first]}, and {name} {failed}")


def kept(results: Results, repeat: int) -> None:
    """Keep the measurements, so that the page can be written again."""
    rows = [{"rows": size, "engine": name, "runs": runs} for (size, name), runs in results.items()]
    MEASURED.write_text(json.dumps({"repeat": repeat, "results": rows}, indent=1), encoding="utf-8")


def last() -> tuple[Results, int]:
    """The measurements of the last time."""
    found = json.loads(MEASURED.read_text(encoding="utf-8"))
    return {(each["rows"], each["engine"]): each["runs"] for each in found["results"]}, found["repeat"]


def main() -> None:
    """Measure all engines, interleaved, and print or write the tables."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    arguments.add_argument("--repeat", type=int, default=5)
    arguments.add_argument("--engines", nargs="+", help="only those whose names begin so")
    arguments.add_argument("--quick", action="store_true", help="up to a million rows, three runs each")
    arguments.add_argument("--peers", action="store_true", help="build the environments of the peers, and stop")
    arguments.add_argument("--measured", action="store_true", help="show the last measurements")
    arguments.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    given = arguments.parse_args()
    if given.peers:
        install()
        return
    if given.measured:
        results, repeat = last()
    else:
        sizes, repeat = ([100_000, 1_000_000], 3) if given.quick else (given.rows, given.repeat)
        engines = [*ENGINES, *FLAGGED, *ALL_RULES]
        if given.engines:
            engines = [each for each in engines if each.name.startswith(tuple(given.engines))]
        engines = present(engines, needed=given.write)
        results = measured(sizes, repeat, engines)
        kept(results, repeat)
    text = six_checks_page.page(results, repeat)
    print(text)
    if given.write:
        section.write("Row checks", text)


if __name__ == "__main__":
    main()
