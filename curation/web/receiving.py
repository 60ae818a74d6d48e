"""Files that somebody uploads: read as ``curation intake`` reads them, and taken in under the person's own name."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import IO

import pyarrow as pa

from curation.decisions import decide
from curation.engine.findings import Finding
from curation.entry.around import around
from curation.intake.bundle import Bundle
from curation.intake.problems import Problem, Problems, Refused, shown
from curation.intake.read import read
from curation.intake.references import references
from curation.report.wording import amount
from curation.web.desk import Desk
from curation.web.people import Person
from curation.web.remembered import lasting
from curation.workbook.checked import write_checked
from curation.workbook.marks import Mark, marks_of_findings, marks_of_problems
from schemas.kinds.entities import ENTITIES
from schemas.registry import RECORDS
from store import ddl
from store.errors import StoreError

MOST_ROWS = 100_000
"""Rows that are taken in at once."""
LINED = {".csv", ".jsonl"}
LINES_A_ROW = 3
"""Lines for every row that is allowed, beyond which a file of such an ending is not read at all: it would take minutes."""
MOST_CHECKED = 5_000
"""Records up to which an upload ends with a check of the sources it is about; with more the person would wait long."""
MOST_COPIED = 20_000
"""Rows up to which a checked copy of a workbook is made."""
KEPT_FOR = 600
"""Seconds for which what became of an upload can be looked at."""
MOST_KEPT = 200_000_000
"""Bytes of checked copies that are kept at a time."""
LONGEST_NAME = 120
WAIT = 60.0
"""Seconds that an upload waits for another one that is being read."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One file as it was sent."""

    name: str
    content: IO[bytes]


@dataclass(frozen=True, slots=True)
class Copy:
    """A checked copy of a workbook: the same cells, what was found marked in them."""

    name: str
    content: bytes
    marked: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an upload. With ``problems`` or a ``sentence`` nothing was taken in."""

    problems: Sequence[Problem] = ()
    total: int = 0
    """All problems, beyond those kept, too."""
    sentence: str = ""
    lines: Sequence[tuple[str, int, int, int, int]] = ()
    """Kind; how many rows of it were added, changed, there already, or decided otherwise since."""
    shared: Sequence[str] = ()
    """What everybody shares and now says something else."""
    passed_over: int = 0
    """Records of sources that are closed to the person, and which say what they said."""
    remarks: Sequence[str] = ()
    findings: Sequence[Finding] | None = None
    """What contradicts in the person's records of the sources of this upload; None where it was not checked."""
    copies: Sequence[Copy] = ()


def safe_name(given: str) -> str:
    r"""The last part of a file name, without signs that mean something to a file system.

    >>> safe_name("../../etc/count.csv"), safe_name(r"C:\Users\ana\book.xlsx"), safe_name("..")
    ('count.csv', 'book.xlsx', 'file')
    """
    last = re.split(r"[/\\]", given.encode("utf-8", "replace").decode())[-1]
    plain = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*').strip(" ")
    stem, dot, ending = plain.rpartition(".")
    if len(plain.encode()) > LONGEST_NAME:
        plain = (stem or ending).encode()[: LONGEST_NAME - 20].decode(errors="ignore") + dot + ending[:10]
    return plain if plain.strip(".") else "file"


def receive(desk: Desk, person: Person, files: Sequence[Sent], why: str) -> Outcome:
    """Take files in: all of them, or nothing."""
    names = [safe_name(each.name) for each in files]
    if not files:
        return Outcome(sentence="No file was chosen. Choose a workbook, CSV, JSON or JSONL file.")
    if twice := next((each for each in names if names.count(each) > 1), None):
        return Outcome(sentence=f"Two of the files are called {twice}. Send them one after the other, or rename one.")
    turn = lasting(desk, "upload", threading.Lock)
    if not turn.acquire(timeout=WAIT):
        return Outcome(sentence="Another upload is being read. Nothing was taken in; try again in a minute.")
    try:
        with TemporaryDirectory(prefix="curation-upload-") as folder:
            return _received(desk, person, _written(files, names, Path(folder)), why)
    finally:
        turn.release()


def _written(files: Sequence[Sent], names: Sequence[str], folder: Path) -> list[Path]:
    paths = [folder / name for name in names]
    for each, path in zip(files, paths, strict=True):
        with path.open("xb") as file:
            copyfileobj(each.content, file)
    return paths


def _received(desk: Desk, person: Person, paths: Sequence[Path], why: str) -> Outcome:
    for path in paths:
        if path.suffix.lower() in LINED and (long := _lines(path)) > LINES_A_ROW * MOST_ROWS:
            return Outcome(sentence=f"{path.name} has {long:,} lines; at most {MOST_ROWS:,} rows are taken in at once. Nothing was taken in; split it.")  # fmt: skip
    try:
        bundle = _consistent(paths, desk.known())
        rows = sum(map(len, bundle.tables.values()))
        if rows > MOST_ROWS:
            return Outcome(sentence=f"The files have {amount(rows, 'row')}; at most {MOST_ROWS:,} are taken in at once. Nothing was taken in; split them.")  # fmt: skip
        tables, passed_over = _own_to_write(desk, person, bundle)
    except Refused as refused:
        return Outcome(refused.problems, refused.total, copies=_refused_copies(refused))
    before = desk.review.tables(sources=())
    try:
        done = desk.review.intake(tables, who=person.name, why=why)
    except StoreError as problem:
        return Outcome(sentence=f"Nothing was taken in: {problem}.")
    findings, copies = _checked(desk, person, bundle, tables)
    lines = [
        (kind, *(getattr(done, name).get(kind, 0) for name in ("added", "changed", "unchanged", "decided")))
        for kind in tables
        if any(kind in counts and counts[kind] for counts in (done.added, done.changed, done.unchanged, done.decided))
    ]
    return Outcome(
        lines=lines, shared=_shared(before, desk.review.tables(sources=()), tables, done.changed),
        passed_over=passed_over, remarks=bundle.remarks, findings=findings, copies=copies,
    )  # fmt: skip


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(part.count(b"\n") for part in iter(lambda: file.read(1 << 20), b""))


def _consistent(paths: Sequence[Path], known: Mapping[str, set[str]]) -> Bundle:
    bundle = read(paths)
    if problems := references(bundle, known):
        raise Refused(problems)
    return bundle


def _own_to_write(desk: Desk, person: Person, bundle: Bundle) -> tuple[dict[str, pa.Table], int]:
    """The tables without records that are closed to the person and say what they said; Refused for any other of those."""
    sight = desk.sight(person)
    named = {each for kind in RECORDS if kind in bundle.tables for each in bundle.tables[kind].column("source").unique().to_pylist()}  # fmt: skip
    mine = {source for source, handed in sight.desks.submitted.items() if person.name in handed}
    closed = {source: why for source in sorted(named | mine) if (why := sight.why_not_extract(source)) is not None}
    if not closed:
        return dict(bundle.tables), 0
    stored = desk.review.tables(extractor=person.name, sources=sorted(closed))
    problems, tables, passed_over = Problems(books=dict(bundle.books)), dict(bundle.tables), 0
    for kind in [each for each in bundle.tables if each in RECORDS]:
        table = bundle.tables[kind]
        there = {row["record"]: row for row in stored[kind].select(table.column_names).to_pylist()}
        keep = []
        for index, (source, record) in enumerate(zip(table["source"].to_pylist(), table["record"].to_pylist(), strict=True)):  # fmt: skip
            own = there.get(record)
            free = source not in closed and own is None
            if not free and table.slice(index, 1).to_pylist()[0] != own:
                problems.add(*bundle.place(kind, index), *_closed(source, record, own, closed))
            keep.append(free)
        tables[kind] = table.filter(pa.array(keep, pa.bool_()))
        passed_over += keep.count(False)
    problems.refuse()
    return tables, passed_over


def _closed(
    source: str, record: str, own: Mapping[str, str | None] | None, closed: Mapping[str, str]
) -> tuple[str, str, str]:
    """Field, what was found and what was expected of a row that may not be written."""
    if source in closed:
        return "source", shown(source), f"a source of which you may enter records: {closed[source]}"
    was = (own or {}).get("source") or ""
    return "record", shown(record), f"another id: your record of this id is of {was}, and {closed.get(was, 'it is closed')}"  # fmt: skip


def _shared(
    before: Mapping[str, pa.Table], after: Mapping[str, pa.Table], taken: Mapping[str, pa.Table], changed: Mapping[str, int]
) -> list[str]:  # fmt: skip
    """The entities that were there and say something else now."""
    found = []
    for model in ENTITIES:
        kind = model.kind
        if changed.get(kind) and kind in taken:
            old, new = ({ddl.record_key(model, row): row for row in each[kind].to_pylist()} for each in (before, after))
            named = [ddl.record_key(model, row) for row in taken[kind].to_pylist()]
            found += [f"{kind} {key}" for key in named if key in old and old[key] != new.get(key)]
    return found


def _checked(
    desk: Desk, person: Person, bundle: Bundle, taken: Mapping[str, pa.Table]
) -> tuple[list[Finding] | None, list[Copy]]:
    """What contradicts in the sources of this upload, with the checked copies of its workbooks."""
    sources = sorted({each for kind in RECORDS if kind in taken for each in taken[kind].column("source").unique().to_pylist()})  # fmt: skip
    if not sources:
        return [], []
    tables = desk.review.tables(extractor=person.name, sources=sources)
    if sum(len(tables[kind]) for kind in RECORDS) > MOST_CHECKED:
        return None, []
    mine = [each for each in desk.review.waivers() if each.who == person.name and each.withdrawn_at is None]
    found = decide(around(tables, person.name), mine)[0].findings
    marks_in: Callable[[Path], list[Mark]] = lambda book: marks_of_findings(found, bundle, book)  # noqa: E731 - one line
    books = {sheet.book for sheet in bundle.books.values()}
    copies = _copies(books, marks_in, lambda book: f"{book.name} was taken in. What was found in it is marked.")
    return [each for each in found if each.status == "open"], copies


def _refused_copies(refused: Refused) -> list[Copy]:
    books = {each.spot.sheet.book for each in refused.problems if each.spot}
    said = f"{amount(refused.total, 'problem')}. Nothing was taken in."
    return _copies(books, lambda book: marks_of_problems(refused.problems, book), lambda book: f"{book.name} was refused: {said}")  # fmt: skip


def _copies(books: Iterable[Path], marks_in: Callable[[Path], list[Mark]], heading: Callable[[Path], str]) -> list[Copy]:  # fmt: skip
    made = []
    for book in sorted(books):
        marks = marks_in(book)
        if marks and len({(one.sheet, one.row) for one in marks}) <= MOST_COPIED:
            target = write_checked(book, marks, heading(book))
            cells = len({(one.sheet, one.row, one.letter) for one in marks if one.row})
            made.append(Copy(target.name, target.read_bytes(), cells))
    return made


@dataclass(slots=True)
class Shelf:
    """What became of the last upload of every session, for a while."""

    clock: Callable[[], float] = time.monotonic
    _kept: dict[str, tuple[str, float, Outcome]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, session: str, outcome: Outcome) -> str:
        """Keep an outcome in the place of the session's last one; the token under which it is found."""
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._tidy()
            self._kept[session] = (token, self.clock() + KEPT_FOR, outcome)
            while sum(map(_bytes, self._kept.values())) > MOST_KEPT and len(self._kept) > 1:
                del self._kept[min(self._kept, key=lambda each: self._kept[each][1])]
        return token

    def find(self, session: str, token: str) -> Outcome | None:
        """The outcome that this session was given under this token; None where it is no longer kept."""
        with self._lock:
            self._tidy()
            kept = self._kept.get(session)
        return kept[2] if kept and secrets.compare_digest(kept[0].encode(), token.encode()) else None

    def _tidy(self) -> None:
        now = self.clock()
        for session in [each for each, (_, until, _) in self._kept.items() if until < now]:
            del self._kept[session]


def _bytes(kept: tuple[str, float, Outcome]) -> int:
    return sum(len(each.content) for each in kept[2].copies)


def shelf(desk: Desk) -> Shelf:
    """Where the outcomes of uploads to this review are kept."""
    return lasting(desk, "uploads", Shelf)
