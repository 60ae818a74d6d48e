"""The pooled results of what a person may see: computed beside the pages, kept until the review has changed."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from curation.report.pooled import Drawn, draw
from curation.web.datasets import Whose, taken, visibility, written
from curation.web.desk import Desk
from curation.web.people import Person
from curation.web.remembered import beside, carry_on, lasting
from pooling.dataset import read
from pooling.run import Choice, NotPooled, Pooled, run_all
from schemas.thresholds import UnknownSetting
from store.errors import StoreError

KEPT = 12
"""Results kept at a time, of people who see different things; the oldest make room."""
PATIENCE = 0.4
"""Seconds for which a page waits before it says that the results are being computed."""
_PLOTTING = threading.Lock()


@dataclass(slots=True)
class Results:
    """What the analyses say, of which state of the review."""

    revision: int
    at: datetime
    outcomes: Sequence[Pooled | NotPooled]
    records: int
    exported: int
    problem: str = ""
    plots: dict[str, Drawn] = field(default_factory=dict)

    def of(self, analysis: str) -> Pooled | NotPooled | None:
        """What became of one analysis."""
        return next((each for each in self.outcomes if each.analysis.id == analysis), None)


class Job:
    """Computes the results that one kind of visibility gives, one computation at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None
        self.results: Results | None = None
        self.state: tuple[object, ...] = ()
        self.step = ""
        self.last = time.monotonic()

    @property
    def running(self) -> bool:
        """Whether results are being computed."""
        return self.thread is not None and self.thread.is_alive()


class Jobs:
    """The computations of one review, by what may be seen."""

    def __init__(self) -> None:
        self._all: dict[tuple[object, ...], Job] = {}
        self._lock = threading.Lock()
        self.turn = threading.Lock()
        """Only one computes at a time."""

    def of(self, visible: tuple[object, ...]) -> Job:
        """The one for this visibility."""
        with self._lock:
            if visible not in self._all and len(self._all) >= KEPT:
                idle = [(job.last, name) for name, job in self._all.items() if not job.running]
                if idle:
                    del self._all[min(idle, key=lambda each: each[0])[1]]
            job = self._all.setdefault(visible, Job())
            job.last = time.monotonic()
            return job


def jobs(desk: Desk) -> Jobs:
    """The computations of this review."""
    return lasting(desk, "pooling", Jobs)


def state_of(desk: Desk) -> tuple[object, ...]:
    """What results follow from besides who sees them."""
    waived = tuple(sorted(each.fingerprint for each in desk.review.waivers() if each.withdrawn_at is None))
    return (desk.review.revision, waived)


def asked_for(desk: Desk, person: Person, whose: Whose, *, begin: bool = True) -> Job:
    """The computation whose results a person may see: begun where there are none of the present state.

    It is waited for a moment, so that a small review has its results at once.
    """
    job, now = jobs(desk).of(visibility(desk.sight(person), whose)), state_of(desk)
    with job.lock:
        if begin and not job.running and (job.results is None or job.state != now):
            job.step = ""
            job.thread = beside(lambda: _run(desk, person, whose, job), "pooling")
    if job.thread is not None and job.thread.is_alive():
        job.thread.join(PATIENCE)
    return job


def _run(desk: Desk, person: Person, whose: Whose, job: Job) -> None:
    every = jobs(desk)
    with every.turn:
        state = state_of(desk)
        try:
            visible, results = _pooled(desk, person, whose, job)
        except (duckdb.ConnectionException, duckdb.ResourceInUseException):  # the review was closed meanwhile
            return
        except Exception as problem:  # whatever it is, the page says so and the others go on
            visible, results = visibility(desk.sight(person), whose), _failed(desk, problem)
        # What may be seen can have changed since the job was begun; the results belong to what was seen.
        mine = every.of(visible)
        mine.results, mine.state = results, state


def _pooled(desk: Desk, person: Person, whose: Whose, job: Job) -> tuple[tuple[object, ...], Results]:
    job.step = "The records are checked, and those that hold are chosen."
    one = taken(desk, person, whose)
    with tempfile.TemporaryDirectory(prefix="curation-") as home:
        folder = Path(home) / "dataset"
        account = written(desk, one, folder)
        outcomes: list[Pooled | NotPooled] = []
        if account.analyses:
            data = read(folder)

            def say(_: str, done: int, of: int) -> None:
                carry_on()
                job.step = f"{done:,} of {of:,} analyses are pooled."

            outcomes = list(run_all(data.analyses, Choice(), say))
    return one.visible, Results(one.revision, datetime.now(UTC), outcomes, account.records_in, account.exported)


def _failed(desk: Desk, problem: Exception) -> Results:
    if isinstance(problem, (StoreError, UnknownSetting)):
        said = str(problem)
    else:
        traceback.print_exception(problem, file=sys.stderr)
        said = "the results could not be computed because of a mistake in the program, which the server has noted"
    return Results(desk.review.revision, datetime.now(UTC), [], 0, 0, said)


def with_plots() -> bool:
    """Whether plots can be drawn here."""
    return importlib.util.find_spec("matplotlib") is not None


def plots_of(results: Results, pooled: Pooled) -> Drawn:
    """The plots of an analysis, drawn when first asked for."""
    with _PLOTTING:
        if pooled.analysis.id not in results.plots:
            results.plots[pooled.analysis.id] = draw(pooled, False)
        return results.plots[pooled.analysis.id]
