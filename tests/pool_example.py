"""A small review whose clean dataset holds every analysis table, and hands to run commands and to edit its files."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

from click.testing import CliRunner, Result

from curation.cli import curation
from curation.intake.read import read
from store.export import export
from store.export.adapters import ADAPTERS

Rows = list[dict[str, str]]

LABELS = ["Alpha, Beta 2001", "<script>alert(1)</script>", 'O\'Brien "A" & <b>Söhne</b>', "NA", "Müller 2010"]
# Events and totals of two groups: an empty cell, an empty study, and one with nothing but events among them.
COUNTS = [(12, 52, 20, 50), (7, 31, 9, 30), (0, 24, 4, 22), (30, 120, 41, 118), (3, 19, 6, 21), (15, 44, 22, 47),
          (0, 16, 0, 17), (18, 18, 15, 16), (25, 90, 39, 92), (4, 60, 11, 58), (9, 33, 10, 35), (51, 203, 77, 199)]  # fmt: skip
RATES = [(12, "843.5", 20, "790"), (0, "99.5", 3, "101"), (30, "1500", 28, "1450.5"), (8, "310", 15, "295")]
MEANS = [("55.2", "9.1", 52, "58.0", "8.7", 50), ("61.0", "8.0", 31, "60.1", "9.9", 30), ("48.9", "11.3", 24, "55.5", "10.2", 22), ("57.3", "7.7", 120, "59.9", "8.1", 118)]  # fmt: skip
CORRELATIONS = [("0.42", 52), ("-0.10", 33), ("0.65", 108)]
HAZARDS = [("0.66", "0.52", "0.84"), ("0.90", "0.61", "1.33"), ("1.05", "0.78", "1.41")]


def extraction() -> dict[str, Rows]:
    """The rows of the review by kind."""
    studies = [f"s{n:02}" for n in range(1, len(COUNTS) + 1)]
    rows: dict[str, Rows] = {
        "source": [{"source": "paper", "title": "A paper", "type": "article"}],
        "study": [{"study": each, "label": (LABELS + studies[len(LABELS) :])[n], "year": str(2001 + n)} for n, each in enumerate(studies)],
        "arm": [{"study": each, "arm": f"{each}-{arm}", "label": arm, "role": role} for each in studies for arm, role in (("e", "experimental"), ("k", "control"))],
        "outcome": [{"outcome": each, "label": label} for each, label in (("cr", "Complete <i>response</i>"), ("inf", "Infection"), ("age", "Age"), ("os", "Survival"), ("dose", "Dose"))],
        "count": [], "rate": [], "mean": [], "effect": [],
    }  # fmt: skip

    def of(at: int, outcome: str, side: str = "", **cells: object) -> dict[str, str]:
        whose = {"source": "paper", "study": studies[at], "outcome": outcome} | (
            {"arm": f"{studies[at]}-{side}"} if side else {}
        )
        return whose | {name: str(each) for name, each in cells.items()}  # fmt: skip

    for n, (a, n1, c, n2) in enumerate(COUNTS):
        rows["count"] += [of(n, "cr", "e", events=a, total=n1), of(n, "cr", "k", events=c, total=n2)]
    for n, (a, t1, c, t2) in enumerate(RATES):
        rows["rate"] += [of(n, "inf", "e", events=a, person_time=t1), of(n, "inf", "k", events=c, person_time=t2)]
    for n, (m1, sd1, n1, m2, sd2, n2) in enumerate(MEANS):
        rows["mean"] += [of(n, "age", "e", mean=m1, sd=sd1, n=n1, unit="years"), of(n, "age", "k", mean=m2, sd=sd2, n=n2, unit="years")]  # fmt: skip
    rows["effect"] += [of(n, "dose", measure="COR", estimate=r, n=size) for n, (r, size) in enumerate(CORRELATIONS)]
    rows["effect"] += [of(n, "os", "e", comparator=f"{studies[n]}-k", measure="HR", estimate=hr, lower=low, upper=high) for n, (hr, low, high) in enumerate(HAZARDS)]  # fmt: skip
    return rows


def call(*arguments: object, code: int = 0) -> Result:
    """Run a command in this process; its exit code must be this one."""
    done = CliRunner().invoke(curation, [str(each) for each in arguments])
    problem = None if isinstance(done.exception, SystemExit) else done.exception
    assert problem is None, done.exc_info
    assert done.exit_code == code, (done.exit_code, done.stdout[-2000:], done.stderr[-2000:])
    return done


def exported(place: Path) -> Path:
    """The dataset of the review, by the commands that a person would use, with metafor's script beside it."""
    sheets, review, folder = place / "sheets", place / "review.duckdb", place / "dataset"
    sheets.mkdir()
    for kind, rows in extraction().items():
        write_rows(sheets / f"{kind}.csv", rows)
    call("init", review)
    call("intake", review, sheets, "--extractor", "AB")
    call("check", review)
    call("export", review, folder, "--for", "metafor")
    return folder


def read_rows(file: Path) -> Rows:
    """The rows of a CSV file as texts."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def write_rows(file: Path, rows: Rows) -> None:
    """Write rows as a person's program would: what is not needed is not quoted."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, header)
        writer.writeheader()
        writer.writerows(rows)


def edit(file: Path, change: Callable[[Rows], Iterable[dict[str, str]] | None]) -> None:
    """Change the rows of a CSV file in place; ``change`` gives the new rows, or changes those it gets."""
    rows = read_rows(file)
    made = change(rows)
    write_rows(file, rows if made is None else list(made))


def written(place: Path, *programs: str) -> Path:
    """The same dataset by the shorter way, without a review file; with the files for these programs."""
    sheets, folder = place / "sheets", place / "dataset"
    sheets.mkdir()
    for kind, rows in extraction().items():
        write_rows(sheets / f"{kind}.csv", rows)
    adapters = [ADAPTERS[each].make for each in programs]
    export(read([sheets]).tables, [], folder, review="R", adapters=adapters)
    return folder
