"""Many documents in one run: found under the paths that are named, scanned on several cores, one bad file at a time."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from curation.intake.problems import Problem, Refused
from curation.readers.formats import readers
from curation.readers.read import read_document
from curation.scan.judge import scan_document
from curation.scan.result import Scan


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: its scan, or why it could not be read."""

    path: Path
    source: str
    scan: Scan | None = None
    problems: tuple[str, ...] = ()


def documents_under(paths: Sequence[Path]) -> list[Path]:
    """The files named, and those of a readable ending in the folders named and below; hidden ones are passed over."""
    endings = {ending for each in readers() for ending in each.suffixes}
    found: dict[Path, None] = {}
    for path in paths:
        inside = sorted(each for each in path.rglob("*") if each.suffix.lower() in endings) if path.is_dir() else [path]
        for each in inside:
            if each.is_file() and any(part.startswith(".") for part in each.relative_to(path).parts if path.is_dir()):
                continue
            found.setdefault(each)
    return list(found)


def sources_of(paths: Sequence[Path]) -> list[str]:
    """A short id for each file, from its name; files of one name are numbered.

    >>> sources_of([Path("a/Trial 1.xml"), Path("b/trial-1.pdf")])
    ['trial-1', 'trial-1-2']
    """
    given: dict[str, int] = {}
    found = []
    for path in paths:
        name = re.sub(r"[^a-z0-9]+", "-", path.stem.casefold()).strip("-") or "document"
        given[name] = given.get(name, 0) + 1
        found.append(name if given[name] == 1 else f"{name}-{given[name]}")
    return found


def scan_files(paths: Sequence[Path], jobs: int = 1) -> Iterator[Outcome]:
    """Scan files, in their order. What cannot be read becomes an outcome with the reason; nothing stops the run."""
    names = sources_of(paths)
    if jobs <= 1 or len(paths) <= 1:
        yield from map(_one, paths, names)
        return
    with ProcessPoolExecutor(min(jobs, len(paths))) as workers:
        yield from workers.map(_one, paths, names, chunksize=max(1, min(8, len(paths) // (4 * jobs))))


def usual_jobs() -> int:
    """As many processes as there are cores to use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _one(path: Path, source: str) -> Outcome:
    try:
        return Outcome(path, source, scan_document(read_document(path), source))
    except Refused as refused:
        return Outcome(path, source, problems=tuple(each.sentence for each in refused.problems))
    except OSError as error:
        problem = Problem(str(path), None, None, f"a file that cannot be read ({error.strerror})", "a readable file")
        return Outcome(path, source, problems=(problem.sentence,))
    except Exception as error:  # one bad file must not stop the run; the sentence asks for the file
        words = f"{path}: reading stopped with {type(error).__name__}: {error}; please report it with the file"
        return Outcome(path, source, problems=(words,))
