"""What is killed: the real commands on a review of two extractors, and the states that are allowed afterwards."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from schemas.registry import KINDS
from store import contents, soundness
from store.backup import verify
from store.review import Review

CLOCK = frozenset({"at", "withdrawn_at"})
"""Columns that two runs of the same work do not share."""
SOURCES = ("first", "second", "third")
NEW = ("fourth", "fifth", "sixth")
"""Sources that nobody has extracted before."""
ABSENT = "absent"


@dataclass(frozen=True)
class Case:
    """A command that is killed. ``begin`` names the review that it starts from, ``product`` what it makes beside it."""

    name: str
    argv: tuple[str, ...]
    begin: str
    share: int
    product: str = ""
    earlier: str = ""
    served: bool = False
    only_after: bool = False
    aimed: bool = True
    codes: tuple[int, ...] = (0,)
    begun: set = field(default_factory=set)
    there: set = field(default_factory=set)
    allowed: set = field(default_factory=set)
    made: set = field(default_factory=set)


CASES = (
    Case("intake", ("intake", "{review}", "{new}", "--extractor", "EF"), "base", 60),
    Case("intake through a server", ("intake", "{review}", "{new}", "--extractor", "EF", "--wait", "0"), "base", 30, served=True),
    Case("check", ("check", "{review}", "--fail-on", "never"), "base", 45),
    Case("waiver", ("waive", "{review}", "{finding}", "--reason", "erratum", "--who", "GH"), "checked", 20),
    Case("adjudication", ("reconcile", "{review}", "--agree", "--by", "GH", "--reason", "alike", "--no-agreement"), "base", 60, codes=(0, 1)),
    Case("recovery from a kill", ("reconcile", "{review}", "--no-agreement"), "unwritten", 30, only_after=True, aimed=False, codes=(0, 1)),
    Case("export to a new folder", ("export", "{review}", "{product}"), "settled", 30, product="dataset"),
    Case("export over an earlier one", ("export", "{review}", "{product}"), "settled", 30, product="dataset", earlier="earlier"),
    Case("backup", ("backup", "{review}", "{product}"), "settled", 15, product="copy.zip", aimed=False),
    Case("restore", ("restore", "{backup}", "{product}"), "settled", 15, product="again.duckdb", aimed=False),
)  # fmt: skip


class Bench:
    """The folder with everything the cases start from."""

    def __init__(self, folder: Path, rows: int) -> None:
        self.folder, self.rows = folder, rows
        self.new = folder / "new"
        self.backup = folder / "settled.zip"
        self.finding = ""

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.duckdb"

    def make(self, run) -> None:
        """Reviews at several stages, made with the real commands."""
        folders = {who: self._typed(who, off) for who, off in (("AB", 0), ("CD", 40))}
        self._typed("EF", 7, self.new, self.rows * 2, NEW)
        base = self.path("base")
        run("init", base)
        for who, folder in folders.items():
            run("intake", base, folder, "--extractor", who)
            run("reconcile", base, "--submit", who, codes=(0, 1, 2))
        shutil.copy(base, self.path("checked"))
        run("check", self.path("checked"), "--fail-on", "never")
        with Review.open(self.path("checked"), read_only=True) as review:
            self.finding = str(review.findings()[0]["fingerprint"])
        shutil.copy(self.path("checked"), self.path("settled"))
        run("reconcile", self.path("settled"), "--agree", "--by", "GH", "--reason", "alike", codes=(0, 1))
        run("backup", self.path("settled"), self.backup)
        run("export", base, self.folder / "earlier")
        self._unwritten()

    def _typed(
        self,
        who: str,
        off: int,
        folder: Path | None = None,
        rows: int | None = None,
        sources: tuple[str, ...] = SOURCES,
    ) -> Path:
        """A folder of CSV files; one count in ``off`` is typed otherwise, and one in 50 contradicts itself."""
        made = folder or self.folder / who
        made.mkdir()
        _csv(made / "source.csv", [{"source": each, "title": each, "type": "article"} for each in sources])
        _csv(made / "study.csv", [{"study": each, "label": each} for each in sources])
        _csv(made / "arm.csv", [{"study": each, "arm": "all", "label": "all"} for each in sources])
        count = self.rows if rows is None else rows
        names = [f"o{at}" for at in range(count // len(sources))]
        _csv(made / "outcome.csv", [{"outcome": each, "label": each} for each in names])
        _csv(
            made / "count.csv",
            [_count(at, source, name, off) for at, name in enumerate(names) for source in sources],
        )
        return made

    def _unwritten(self) -> None:
        """A review whose last intake is committed, and stands in the log only."""
        path = self.path("unwritten")
        shutil.copy(self.path("base"), path)
        code = (
            "import os, signal, sys; from store.review import Review; review = Review.open(sys.argv[1]);"
            "review.add('outcome', [{'outcome': f'z{at}', 'label': 'z'} for at in range(300)], who='GH', why='more');"
            "os.kill(os.getpid(), signal.SIGKILL)"
        )
        done = subprocess.run([sys.executable, "-c", code, str(path)], check=False, env=environment())
        assert done.returncode == -signal.SIGKILL, done
        assert Path(f"{path}.wal").stat().st_size > 0


def _count(at, source, outcome, off):
    total, events = 100 + at % 300, 20 + at % 60
    if off and at % off == off - 1:
        events += 1
    percent = 100 * events / total + (5 if at % 50 == 3 else 0)
    return {"source": source, "study": source, "arm": "all", "outcome": outcome, "events": str(events), "total": str(total), "percent": f"{percent:.1f}%", "section": "Table 2", "row": outcome}  # fmt: skip


def _csv(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def environment():
    root = str(Path(__file__).resolve().parents[1])
    return os.environ | {"PYTHONPATH": root, "OPENBLAS_NUM_THREADS": "1"}


def state(path: Path) -> tuple[str, list[str]]:
    """What a review holds, times aside, as it is found at reopening and again after that; and what does not go together."""
    seen, wrong = set(), []
    for read_only in (False, True):
        with Review.open(path, read_only=read_only) as review:
            cursor = review.reader()
            seen.add(contents.content_hash(cursor, CLOCK))
            if not read_only:
                wrong = soundness.faults(cursor)
                rows = sum(cursor.execute(f'SELECT count(*) FROM "{kind}"').fetchall()[0][0] for kind in KINDS)
                if len(review.history()) != rows:
                    wrong.append("the history does not tell every row")
    if len(seen) > 1:
        wrong.append("a second opening shows something else")
    return seen.pop(), wrong


def product(path: Path) -> str:
    """What a command made: the hash of a folder, of a review, or of the contents of a backup; ``absent`` for nothing."""
    if not path.exists():
        return ABSENT
    if path.suffix == ".zip":
        return verify(path).hash
    if path.suffix == ".duckdb":
        with Review.open(path, read_only=True) as review:
            return contents.content_hash(review.reader())
    files = sorted(each for each in path.rglob("*") if each.is_file())
    return hashlib.sha256(json.dumps([(str(each.relative_to(path)), hashlib.sha256(each.read_bytes()).hexdigest()) for each in files]).encode()).hexdigest()  # fmt: skip
