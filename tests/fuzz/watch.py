"""Inputs given to a parser one after the other, each under a watch: what it raises, how long it computes, what memory it takes."""

from __future__ import annotations

import faulthandler
import hashlib
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import FrameType

from fuzz.mutate import made_of
from fuzz.targets import Target

GIVEN_UP = 5.0
"""Seconds of computing after which an input is stopped."""
STUCK = 120
"""Seconds after which a process that does not come back is ended, with a trace of where it is."""
MOST_MEMORY = 700
"""MiB a process may take while it reads inputs of at most a few hundred KiB."""
CORPUS = Path(__file__).parent / "corpus"


class TooLong(BaseException):
    """The input took too long and was stopped; no parser may catch this."""


@dataclass
class Defect:
    """Something an input must not do, with the smallest input that does it."""

    target: str
    said: str
    trace: str
    data: bytes


@dataclass
class Figures:
    """What was seen of a parser. ``outcomes`` has the smallest input of every outcome, ``memory`` is MiB above the start."""

    target: str
    inputs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    slowest_input: bytes = b""
    start: float = 0.0
    peak: float = 0.0
    defects: dict[str, Defect] = field(default_factory=dict)
    outcomes: dict[str, bytes] = field(default_factory=dict)

    def add(self, other: Figures) -> None:
        """Take the figures of another process in."""
        self.inputs += other.inputs
        self.seconds += other.seconds
        if other.slowest >= self.slowest:
            self.slowest, self.slowest_input = other.slowest, other.slowest_input
        self.start, self.peak = max(self.start, other.start), max(self.peak, other.peak)
        for one in other.defects.values():
            self.defect(one)
        for outcome, data in other.outcomes.items():
            self.saw(outcome, data)

    def defect(self, one: Defect) -> None:
        """Keep a defect once, with its smallest input."""
        known = self.defects.get(one.said)
        if known is None or len(one.data) < len(known.data):
            self.defects[one.said] = one

    def saw(self, outcome: str, data: bytes) -> None:
        """Keep the smallest input of an outcome."""
        known = self.outcomes.get(outcome)
        if known is None or len(data) < len(known):
            self.outcomes[outcome] = data


def inputs_of(target: Target, seed: int, shard: int, number: int) -> Iterator[bytes]:
    """So many inputs, the same for the same seed and shard."""
    rng = Random(f"{seed} {target.name} {shard}")  # noqa: S311 - for tests
    seeds = target.seeds()
    yield from (made_of(rng, seeds, target.changes) for _ in range(number))


def watched(
    target: Target, inputs: Iterable[bytes], *, most_memory: float | None = MOST_MEMORY, given_up: float = GIVEN_UP
) -> Figures:
    """Give a parser inputs and say what came of them; memory is judged only in a process that does nothing else."""
    figures = Figures(target.name)
    before = signal.signal(signal.SIGPROF, _stop)
    with TemporaryDirectory(prefix="fuzz-") as name:
        folder = Path(name)
        for seed in target.seeds():  # loads what is loaded once, which is no input's time
            _given(target, seed, folder, given_up)
        figures.start = memory()
        for data in inputs:
            _one(target, data, folder, figures, given_up)
    signal.signal(signal.SIGPROF, before)
    figures.peak = peak_memory()
    if most_memory is not None and figures.peak > most_memory:
        figures.defect(Defect(target.name, f"{figures.peak:.0f} MiB of memory", "", figures.slowest_input))
    return figures


def _one(target: Target, data: bytes, folder: Path, figures: Figures, given_up: float) -> None:
    outcome, defect, seconds = _given(target, data, folder, given_up)
    figures.inputs += 1
    figures.seconds += seconds
    if seconds > figures.slowest:
        figures.slowest, figures.slowest_input = seconds, data
    if defect is None and seconds > target.longest:
        defect = Defect(target.name, f"more than {target.longest:g} s: {outcome}", f"{seconds:.1f} s", data)
    if defect is not None:
        figures.defect(defect)
    elif len(data) <= 12_000:
        figures.saw(outcome, data)


def _given(target: Target, data: bytes, folder: Path, given_up: float) -> tuple[str, Defect | None, float]:
    """The outcome of one input, or the defect, and the seconds of computing."""
    faulthandler.dump_traceback_later(STUCK, exit=True)
    start = time.process_time()
    try:
        signal.setitimer(signal.ITIMER_PROF, given_up)
        outcome, defect = target.run(data, folder), None
    except TooLong:
        outcome, defect = "", _defect(target, data)
    except Exception:
        outcome, defect = "", _defect(target, data)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        faulthandler.cancel_dump_traceback_later()
    return outcome, defect, time.process_time() - start


def _stop(_: int, frame: FrameType | None) -> None:
    raise TooLong


def _defect(target: Target, data: bytes) -> Defect:
    kind, problem, trace = sys.exc_info()
    frames = [each for each in traceback.extract_tb(trace) if "/fuzz/" not in each.filename or kind is AssertionError]
    last = [each for each in frames if "site-packages" not in each.filename][-1:] or frames[-1:]
    where = f"{Path(last[0].filename).name}, {last[0].name}" if last else "?"
    name = kind.__name__ if kind else "?"
    said = f"{name} in {where}" + (f": {str(problem)[:60]}" if kind is AssertionError else "")
    return Defect(target.name, said, "".join(traceback.format_exception(problem))[-3_000:], data)


def memory() -> float:
    """MiB this process takes now."""
    return _status("VmRSS") or peak_memory()


def peak_memory() -> float:
    """MiB this process has taken at most."""
    return _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _status(name: str) -> float:
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    found = [line.split() for line in status.read_text().splitlines() if line.startswith(name)]
    return int(found[0][1]) / 1024 if found else 0.0


def corpus(target: str) -> list[Path]:
    """The inputs that are kept of a parser."""
    return sorted((CORPUS / target).glob("*")) if (CORPUS / target).is_dir() else []


def keep(target: str, data: bytes, *, failed: bool = False) -> Path:
    """Keep an input, named by what it holds."""
    path = CORPUS / target / f"{'failed-' if failed else ''}{hashlib.sha256(data).hexdigest()[:12]}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
