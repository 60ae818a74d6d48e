"""The check of the whole review, one at a time, beside the pages; and what is said of it."""

from __future__ import annotations

import sys
import threading
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from curation.decisions import check_review, extractors
from curation.entry.documents import source_text
from curation.report.wording import amount
from curation.web import told
from curation.web.desk import Desk
from curation.web.people import Person
from curation.web.remembered import beside, carry_on, lasting
from curation.web.seen_findings import ready, seen_findings
from schemas.registry import KINDS, RECORDS
from schemas.thresholds import UnknownSetting
from store.errors import StoreError

_KINDS = {kind: place for place, kind in enumerate(RECORDS)}


@dataclass(frozen=True, slots=True)
class CheckState:
    """What a page says of the check."""

    running: bool
    percent: int
    step: str
    """What is being checked, for those who may know what there is."""
    said: str
    problem: str
    findings: int | None
    """How many findings the person may see; None while there was no check."""
    changes: int
    just_done: bool


class Checker:
    """Checks one review in a thread of its own, one check at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.share = 0.0
        self.step = ""
        self.problem = ""
        self.ended: datetime | None = None
        self.seconds = 0.0

    @property
    def running(self) -> bool:
        """Whether a check is under way."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> bool:
        """Begin a check; False where one is under way already."""
        with self._lock:
            if self.running:
                return False
            self.share, self.step, self.problem = 0.0, "", ""
            self._thread = beside(self._run, "check")
        return True

    def wait(self, seconds: float) -> None:
        """Wait until the check has ended, for so long at most."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        began = datetime.now(UTC)
        try:
            self._check()
            ready(self._desk)
        except (duckdb.ConnectionException, duckdb.ResourceInUseException):  # the review was closed meanwhile
            return
        except (StoreError, UnknownSetting) as problem:
            self.problem = str(problem)
        except Exception as problem:  # whatever it is, the pages go on and say so
            traceback.print_exception(problem, file=sys.stderr)
            self.problem = "the check stopped because of a mistake in the program, which the server has noted; the findings are those of the check before"  # fmt: skip
        self.ended = datetime.now(UTC)
        self.seconds = (self.ended - began).total_seconds()

    def _check(self) -> None:
        review = self._desk.review
        revision = review.revision
        tables = review.tables(as_of=revision)
        several = len(extractors(tables))
        documents = texts(self._desk, tables["source"])
        check_review(review, tables, self._desk.rules, documents, _Steps(self, max(several, 1)).take, keep=True, revision=revision)  # fmt: skip


class _Steps:
    """How far a check is: each extractor's records kind by kind, then what is compared across records."""

    def __init__(self, checker: Checker, extractors: int) -> None:
        self.checker = checker
        self.extractors = extractors
        self.before = 0
        self.place = -1.0

    def take(self, what: str, done: int, of: int) -> None:
        carry_on()
        part = done / of if of else 0.0
        place = (_KINDS[what] + part) / len(_KINDS) / 2 if what in _KINDS else 0.5 + part / 2
        if place < self.place:
            self.before += 1
        self.place = place
        self.checker.share = min((self.before + place) / self.extractors, 1.0)
        self.checker.step = KINDS[what].label_plural if what in _KINDS else what.replace("_", " ")


def checker(desk: Desk) -> Checker:
    """The one who checks this review."""
    return lasting(desk, "checker", lambda: Checker(desk))


def texts(desk: Desk, sources: pa.Table) -> pa.Table | None:
    """The texts of the sources, for the quote check; None where the server has no folder of them."""
    if desk.documents is None:
        return None
    read = {
        each["source"]: source_text(desk.documents, each["document"])
        for each in sources.select(["source", "document"]).to_pylist()
    }
    found = {source: one.text for source, one in read.items() if one.result == "read"}
    schema = pa.schema([("source", pa.string()), ("text", pa.string())])
    return pa.table({"source": list(found), "text": list(found.values())}, schema=schema)


def check_state(desk: Desk, person: Person, *, watched: bool = False) -> CheckState:
    """What there is to say of the check to this person. ``watched``: they saw it running a moment ago."""
    one, run = checker(desk), desk.review.last_check()
    if one.running:
        sight = desk.sight(person)
        whole = all(sight.open(each) for each in sight.desks.extractors)
        return CheckState(True, int(100 * one.share), one.step if whole else "", "The review is being checked.", "", None, 0, False)  # fmt: skip
    if run is None:
        return CheckState(False, 0, "", "The review has not been checked yet.", one.problem, None, 0, False)
    changes = desk.review.revision - run.revision
    since = f"{amount(changes, 'change')} of the review since" if changes else "nothing has changed since"
    said = f"Checked {told.ago(run.at)}, {since}."
    count = len(seen_findings(desk, person))
    return CheckState(False, 100, "", said, one.problem, count, changes, watched)
