"""kill -9 at random moments: every reopening must show the state before or the state after, and never one between.

python benchmarks/kills.py --kills 300 --write
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.kill_cases import CASES, Bench, Case, environment, product, state
from benchmarks.section import RELIABILITY, machine, write
from store.whole_files import clear_leftovers

COMPLETE = 2
"""Runs to the end by which the states before and after, and how long it takes, are known."""
AIMED = {"commit": 0.01, "checkpoint": 0.03}
"""Seconds within which a kill falls after the log, or after that the file itself, is first written to."""


@dataclass
class Tally:
    """What became of the kills of one case."""

    case: Case
    seconds: float = 0.0
    kills: int = 0
    moments: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    too_late: int = 0
    wrong: list[str] = field(default_factory=list)


class Zygote:
    """The process that forks commands."""

    def __init__(self) -> None:
        here = Path(__file__).with_name("kill_zygote.py")
        self.process = subprocess.Popen([sys.executable, str(here)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment())  # fmt: skip
        assert self.process.stdout.readline().strip() == '"ready"'

    def act(self, **asked):
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def run(self, *argv, codes=(0,)):
        """A command that is left alone."""
        said = Path(tempfile.mkstemp(prefix="kills-said-")[1])
        done = self.act(argv=[str(each) for each in argv], when="never", after=0, review="", said=str(said))
        text = said.read_text(encoding="utf-8")
        said.unlink()
        assert done["code"] in codes, (argv, done, text)

    def close(self) -> None:
        self.process.communicate()


class Stage:
    """A folder in which one case is tried again and again."""

    def __init__(self, bench: Bench, zygote: Zygote, case: Case, port: int) -> None:
        self.bench, self.zygote, self.case, self.port = bench, zygote, case, port
        self.folder = bench.folder / "stage"
        self.review = self.folder / "review.duckdb"
        self.product = self.folder / (case.product or "nothing")
        self.said = bench.folder / "said.txt"

    def set_up(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        begin = self.bench.path(self.case.begin)
        for end in ("", ".wal"):
            if Path(f"{begin}{end}").exists():
                shutil.copy(f"{begin}{end}", f"{self.review}{end}")
        if self.case.earlier:
            shutil.copytree(self.bench.folder / self.case.earlier, self.product)

    def act(self, when: str = "never", after: float = 0.0):
        names = {"review": self.review, "new": self.bench.new, "finding": self.bench.finding, "product": self.product, "backup": self.bench.backup}  # fmt: skip
        argv = [each.format(**names) for each in self.case.argv]
        serve = ["serve", str(self.review), "--port", str(self.port), "--who", "EF"] if self.case.served else None
        return self.zygote.act(argv=argv, serve=serve, when=when, after=after, review=str(self.review), said=str(self.said))  # fmt: skip

    def found(self) -> tuple[str, str, list[str]]:
        """The state of the review, what was made, and what is wrong with either."""
        held, wrong = state(self.review)
        clear_leftovers(self.product)
        wrong += [f"the command said: {line}" for line in self.said.read_text().splitlines() if "Traceback" in line]
        left = {each.name for each in self.folder.iterdir()} - {self.review.name, self.product.name, f"{self.review.name}.served"}  # fmt: skip
        wrong += [f"{each} is left over" for each in sorted(left)]
        return held, product(self.product), wrong


def measure(stage: Stage, tally: Tally) -> None:
    """The states before and after, and how long the work takes."""
    case = stage.case
    stage.set_up()
    stage.said.write_text("")
    held, made, wrong = stage.found()
    assert not wrong, wrong
    if not case.only_after:
        case.allowed.add(held)
    case.made.add(made)
    taken = []
    for _ in range(COMPLETE):
        stage.set_up()
        done = stage.act()
        assert done["code"] in case.codes, (case.name, done, stage.said.read_text()[:500][:500])
        taken.append(done["seconds"])
        held, made, wrong = stage.found()
        assert not wrong, (case.name, wrong)
        case.allowed.add(held)
        case.made.add(made)
    tally.seconds = statistics.median(taken)
    changes = case.name not in {"recovery from a kill", "backup", "restore"}
    assert len(case.allowed) == 1 + changes, (case.name, "the work does not come out alike every time")
    assert len(case.made) == 1 + bool(case.product), (case.name, "what is made is not alike every time")


def kill(stage: Stage, tally: Tally, chance: random.Random) -> None:
    """One kill, and what was found after it."""
    case = stage.case
    when = chance.choice(["time", "time", *AIMED]) if case.aimed else "time"
    after = chance.uniform(0, tally.seconds if when == "time" else AIMED[when])
    stage.set_up()
    done = stage.act(when, after)
    if not done["killed"]:
        tally.too_late += 1
        return
    tally.kills += 1
    tally.moments[when] += 1
    held, made, wrong = stage.found()
    if held not in case.allowed:
        wrong.append("the review shows a state between")
    if made not in case.made:
        wrong.append("what was made is neither whole nor absent")
    tally.outcomes["before" if (held in case.begun and made in case.there) else "after"] += 1
    tally.wrong += [f"{case.name}, {when} + {after:.4f} s: {each}" for each in wrong]


def tried(bench: Bench, zygote: Zygote, case: Case, kills: int, chance: random.Random, port: int) -> Tally:
    stage, tally = Stage(bench, zygote, case, port), Tally(case)
    stage.set_up()
    stage.said.write_text("")
    held, made, _ = stage.found()
    case.begun.add(held)
    case.there.add(made)
    measure(stage, tally)
    while tally.kills < kills and tally.too_late < 20 * kills + 20:
        kill(stage, tally, chance)
    if tally.kills < kills:
        tally.wrong.append(f"{case.name}: only {tally.kills} of {kills} kills came before the end")
    return tally


def free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def run(kills: int, rows: int, seed: int, only: str = "", tell=lambda _: None) -> list[Tally]:
    """So many kills in all, shared out among the cases."""
    chance, tallies = random.Random(seed), []  # noqa: S311 - moments, not secrets
    cases = [each for each in CASES if only in each.name]
    total = sum(each.share for each in cases)
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        bench = Bench(Path(folder), rows)
        zygote = Zygote()
        try:
            bench.make(zygote.run)
            for case in cases:
                for each in (case.allowed, case.made, case.begun, case.there):
                    each.clear()
                share = max(1, -(-kills * case.share // total))
                tallies.append(tried(bench, zygote, case, share, chance, free_port()))
                tell(tallies[-1])
        finally:
            zygote.close()
    return tallies


def row(one: Tally) -> str:
    aimed = ", ".join(f"{count} {name}" for name, count in one.moments.items() if name != "time") or "none"
    return f"| {one.case.name} | {one.seconds:.2f} | {one.kills} | {aimed} | {one.outcomes['before']} | {one.outcomes['after']} | {len(one.wrong)} |"


def section(tallies: list[Tally], rows: int, seed: int, seconds: float) -> str:
    kills, wrong = sum(each.kills for each in tallies), [line for each in tallies for line in each.wrong]
    table = "\n".join(row(each) for each in tallies)
    return f"""
`kill -9` of the real commands, {kills} times, at random moments: half uniformly over the time that the work takes, half
aimed at the commit (up to {1000 * AIMED["commit"]:.0f} ms after the log is first written to) and at the checkpoint (up to {1000 * AIMED["checkpoint"]:.0f} ms after
the file itself is written to next). The review holds {rows:,} counts of each of two extractors; the intake brings {2 * rows:,} more.
"Recovery" is killed while it reads the log that another killed program left. After every kill the file is opened as a
command opens it, and again for reading: the hash of all tables (times aside) is that of the state before or after; no
record, finding, waiver or decision names what is not there; the history tells every row and has no gap. An exported
folder, a backup and a restored review are whole or absent, and an earlier export is still there.

| work | seconds when left alone | kills | of these aimed | state before | state after | neither, or anything wrong |
|---|---:|---:|---|---:|---:|---:|
{table}

{kills} kills, {len(wrong)} faults, in {seconds:.0f} s. {machine()}.

    python benchmarks/kills.py --kills 300 --rows {rows} --seed {seed} --write
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--rows", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", help="a part of the names of the cases")
    parser.add_argument("--write", action="store_true", help="write the section of docs/reliability.md")
    given = parser.parse_args()
    begun = time.monotonic()
    tallies = run(given.kills, given.rows, given.seed, given.only, lambda one: print(row(one), *one.wrong, f"({one.too_late} ended before)", sep="\n  ", flush=True))  # fmt: skip
    if given.write:
        write(
            "Killed at any moment", section(tallies, given.rows, given.seed, time.monotonic() - begun), page=RELIABILITY
        )
    return int(any(each.wrong for each in tallies))


if __name__ == "__main__":
    sys.exit(main())
