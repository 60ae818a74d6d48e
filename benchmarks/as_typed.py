"""One record checked as typed, by every rule for single rows: in process, and through the API of a running server.

The records are those of examples/lenalidomide, every one as the review holds it, and as many with a slip: the first digit
of a printed number exchanged for another. They are typed into a review that holds the corpus and other counts, 2,000
records in all, entered by the person who types, so that there is much to look around in. Each is checked as the API
route and the forms check it: cells read, ids looked up, all rules asked, contradictions worded with the slips that
would explain them. Clean records are those of which no rule has anything to say; all others are flagged.

The API is asked over loopback, one request after the other over one connection kept open, of a server started by
``curation serve``. Elapsed time is what a person waits for; processor time is beside it, because other work on the
machine does not lengthen it.

    python benchmarks/as_typed.py [--most 60] [--write]
"""

from __future__ import annotations

import argparse
import gc
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pyarrow as pa
import section

from curation.entry.live import live
from curation.entry.rows import verbatim
from curation.intake.read import read
from curation.intake.references import known_ids
from schemas.arrow import from_texts
from schemas.printed import Malformed, parse
from schemas.registry import RECORDS
from schemas.strategies import simulate_records
from store.review import Review

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "examples" / "lenalidomide"
WHO = "AB"
ALL = 2000
"""Records in the review."""
PROMISED = {"in process": 3, "through the API": 15}
"""Milliseconds that the median of clean records must stay under."""
Cells = dict[str, str]
Tables = dict[str, pa.Table]


@dataclass(slots=True)
class Times:
    """Milliseconds of checks, elapsed and of the processor."""

    elapsed: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)

    def row(self, *names: str) -> str:
        """A row of the table."""
        figures = [f"{np.percentile(self.elapsed, share):.1f}" for share in (50, 90, 100)]
        worked = f"{np.median(self.worked):.1f}" if self.worked else "-"
        return f"| {' | '.join(names)} | {len(self.elapsed)} | {' | '.join(figures)} | {worked} |"


def corpus(most: int) -> tuple[Tables, dict[str, list[Cells]]]:
    """The tables of the corpus, and of each kind at most so many records as they are typed, evenly taken."""
    tables = dict(read([CORPUS]).tables)
    typed = {}
    for kind in RECORDS:
        rows = [{name: cell for name, cell in row.items() if cell} for row in verbatim(tables[kind])] if kind in tables else []  # fmt: skip
        if rows:
            size = min(most, len(rows))
            typed[kind] = [rows[at * len(rows) // size] for at in range(size)]
    return tables, typed


def with_a_slip(kind: str, cells: Cells, number: int) -> Cells | None:
    """The record with the first digit of one of its printed numbers exchanged for another; None without such a number."""
    printed = [each for each in RECORDS[kind].printed_fields() if re.search(r"\d", cells.get(each.name, ""))]
    if not printed:
        return None
    one = printed[number % len(printed)]
    text = re.sub(r"\d", lambda found: str((int(found[0]) + 3) % 10), cells[one.name], count=1)
    try:
        parse(text, one.quantity, "comma" if cells.get("decimal_mark") == "comma" else "point")  # type: ignore[arg-type]  # printed fields have one
    except Malformed:
        return None
    return cells | {one.name: text}


def cases(most: int) -> tuple[Tables, dict[str, list[Cells]]]:
    """The tables of the corpus, and by kind the records to be checked: as they are, and with a slip each."""
    tables, typed = corpus(most)
    slips = {
        kind: [slip for at, row in enumerate(rows) if (slip := with_a_slip(kind, row, at))]
        for kind, rows in typed.items()
    }
    return tables, {kind: [*rows, *slips[kind]] for kind, rows in typed.items()}


def make(path: Path, tables: Tables) -> int:
    """A review of so many records, all entered by one person; how many it holds."""
    records = sum(len(table) for kind, table in tables.items() if kind in RECORDS)
    rows = [row | {"source": "others", "record": f"other-{at}"} for at, row in enumerate(simulate_records("count", 7, ALL - records))]  # fmt: skip
    plain = [{name: cell for name, cell in row.items() if name != "study"} for row in rows]
    names = sorted({name for row in plain for name in row})
    counts = pa.table({name: pa.array([row.get(name) for row in plain], pa.string()) for name in names})
    source = {"source": ["others"], "title": ["Others"], "type": ["article"]}
    with Review.create(path) as review:
        review.intake(tables, who=WHO, why="the corpus", extractor=WHO)
        others = {"source": from_texts_of("source", pa.table(source)), "count": from_texts_of("count", counts)}
        review.intake(others, who=WHO, why="others", extractor=WHO)
        kept = review.tables()
    return sum(len(table) for kind, table in kept.items() if kind in RECORDS)


def from_texts_of(kind: str, texts: pa.Table) -> pa.Table:
    """Texts in the schema of their kind, defaults filled in."""
    from schemas.registry import KINDS

    model = KINDS[kind]
    blank = pa.nulls(len(texts), pa.string())
    columns = {each.name: texts[each.name] if each.name in texts.column_names else blank for each in model.fields()}
    filled = {each.name: columns[each.name].fill_null(each.default) if each.default else columns[each.name] for each in model.fields()}  # fmt: skip
    return from_texts(model, pa.table(filled))


def in_process(path: Path, tables: Tables, by_kind: dict[str, list[Cells]]) -> dict[tuple[str, bool], Times]:
    """Milliseconds by kind, and whether the record is flagged."""
    known, kept = known_ids(tables), {}
    with Review.open(path, read_only=True) as review:
        for source in {row["source"] for rows in by_kind.values() for row in rows}:
            kept[source] = review.tables(extractor=WHO, sources=[source])

    def ask(kind: str, cells: Cells) -> bool:
        said = live(kind, cells, known, None, kept[cells["source"]][kind])
        assert not said.problems, said.problems
        return bool(said.remarks)

    return timed(by_kind, ask, time.process_time)


def timed(
    by_kind: dict[str, list[Cells]], ask: Callable[[str, Cells], bool], worked: Callable[[], float] | None
) -> dict[tuple[str, bool], Times]:
    """Each record asked of twice, the first time to know the way; the second is timed."""
    found: defaultdict[tuple[str, bool], Times] = defaultdict(Times)
    for kind, rows in by_kind.items():
        for cells in rows:
            ask(kind, cells)
            gc.collect(0)
            clock, processor = time.perf_counter(), worked() if worked else 0.0
            flagged = ask(kind, cells)
            elapsed = 1000 * (time.perf_counter() - clock)
            found[kind, flagged].elapsed.append(elapsed)
            if worked:
                found[kind, flagged].worked.append(1000 * (worked() - processor))
    return found


@contextmanager
def served(path: Path) -> Iterator[tuple[http.client.HTTPConnection, dict[str, str], Callable[[], float]]]:
    """A running server: a connection to it, the headers of who has signed in, and the processor time it has used."""
    command = [sys.executable, "-c", "from curation.cli import main; main()", "serve", str(path), "--port", "0", "--who", WHO]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stderr is not None
        link = urlsplit(process.stderr.readline().split()[-1])
        connection = http.client.HTTPConnection(str(link.hostname), link.port, timeout=60)
        key = parse_qs(link.query)["key"][0]
        token = json.loads(sent(connection, "/api/v1/session", {"name": WHO, "password": key}, {}))["token"]
        yield connection, {"Authorization": f"Bearer {token}"}, lambda: processor_of(process.pid)
        connection.close()
    finally:
        process.terminate()
        process.wait(60)


def sent(connection: http.client.HTTPConnection, path: str, body: object, headers: dict[str, str]) -> bytes:
    """The answer to a request, which must be a good one."""
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status not in (200, 201):
        raise SystemExit(f"{path} answered {answer.status}: {text.decode()[:300]}")
    return text


def processor_of(process: int) -> float:
    """Seconds of processor time of a process with all its threads, to the nanosecond; Linux only."""
    tasks = Path(f"/proc/{process}/task").iterdir()
    return sum(int((each / "schedstat").read_text().split()[0]) for each in tasks) / 1e9


def through_the_api(path: Path, by_kind: dict[str, list[Cells]]) -> dict[tuple[str, bool], Times]:
    """Milliseconds by kind, and whether the record is flagged; processor time is the server's."""
    with served(path) as (connection, headers, worked):

        def ask(kind: str, cells: Cells) -> bool:
            answer = json.loads(sent(connection, f"/api/v1/records/{kind}/check", cells, headers))
            assert not answer["problems"], answer
            return bool(answer["remarks"])

        return timed(by_kind, ask, worked)


def table(measured: dict[str, dict[tuple[str, bool], Times]]) -> str:
    """All figures as a table, and in its last rows all kinds together."""
    lines = [
        "| how | kind | records | checked | median, ms | 90% under, ms | worst, ms | processor, median, ms |",
        "|---|---|---|---:|---:|---:|---:|---:|",
    ]
    for how, found in measured.items():
        for flagged in (False, True):
            some = {kind: times for (kind, so), times in found.items() if so == flagged}
            words = "flagged" if flagged else "clean"
            lines += [times.row(how, kind, words) for kind, times in some.items()]
            if some:
                lines.append(together(some).row(how, "**all**", words))
    return "\n".join(lines)


def together(some: dict[str, Times]) -> Times:
    """The times of all kinds."""
    return Times(
        [each for times in some.values() for each in times.elapsed],
        [each for times in some.values() for each in times.worked],
    )


def clean(found: dict[tuple[str, bool], Times]) -> Times:
    """The times of the clean records of all kinds."""
    return together({kind: times for (kind, flagged), times in found.items() if not flagged})


def main() -> None:
    """Measure, print, and write the section if asked."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--most", type=int, default=60, help="records of each kind at most, before slips")
    asked.add_argument("--write", action="store_true", help="write the section of docs/benchmarks.md")
    given = asked.parse_args()
    tables, by_kind = cases(given.most)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "review.duckdb"
        records = make(path, tables)
        measured = {
            "in process": in_process(path, tables, by_kind),
            "through the API": through_the_api(path, by_kind),
        }
    promises = "; ".join(
        f"{how}: {np.median(clean(found).elapsed):.1f} ms elapsed, {np.median(clean(found).worked):.1f} ms of the processor, where under {PROMISED[how]} ms is promised"
        for how, found in measured.items()
    )
    text = f"""{(__doc__ or "").split("    python ")[0].strip()}

Median of all clean records, {promises}.

{table(measured)}

The review holds {records:,} records. Machine: {section.machine()};
load average over the run's last five minutes {os.getloadavg()[1]:.1f}.

Reproduce: `python benchmarks/as_typed.py --write`
"""
    print(text)
    if given.write:
        section.write("Records as typed", text)


if __name__ == "__main__":
    main()
