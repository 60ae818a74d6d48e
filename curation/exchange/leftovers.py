"""What found no place, for a person: counts by reason, the first sentences, and all of it in a CSV file."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from curation.exchange.imported import Leftover
from curation.intake.problems import Problem, Refused
from schemas.spreadsheet_text import guarded
from store.whole_files import put_in_place

COLUMNS = ("file", "place", "found", "why")
SHOWN = 20
"""Leftovers told in the terminal; the file has all of them."""
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


def summary(leftovers: Sequence[Leftover]) -> Iterator[str]:
    """How many there are for which reason, then the first of them as sentences."""
    if not leftovers:
        return
    yield "Left over, by reason:"
    for why, count in Counter(_QUOTED.sub("...", each.why) for each in leftovers).most_common():
        yield f"  {count} x {why}"
    yield from (each.sentence for each in leftovers[:SHOWN])
    if len(leftovers) > SHOWN:
        yield f"and {len(leftovers) - SHOWN} more"


def beside(path: Path) -> Path:
    """The file for the leftovers of a file or folder, next to it."""
    return path.resolve().with_name(f"{path.resolve().name}.leftovers.csv")


def write(leftovers: Iterable[Leftover], target: Path) -> None:
    """Write the leftovers. Raises Refused where the target is a file of something else."""
    if target.exists() and _header(target) != ",".join(COLUMNS):
        expected = f"a new file, or one with the columns {', '.join(COLUMNS)}; name another with --leftovers"
        raise Refused([Problem(str(target), None, None, "a file of something else", expected)])
    with put_in_place(target) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(
            [guarded(cell) for cell in (each.file, each.place, each.found, each.why)] for each in leftovers
        )


def _header(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return file.readline().strip()
