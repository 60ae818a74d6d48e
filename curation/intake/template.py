"""Empty CSV files to type into, one per kind."""

from __future__ import annotations

import csv
from pathlib import Path

from curation.intake.problems import Problems
from schemas.registry import KINDS


def write_folder(folder: Path) -> list[Path]:
    """Write an empty <kind>.csv with all its columns for every kind; returns the files.

    Raises Refused, and writes nothing, if the folder cannot be made or one of the files is there already.
    """
    problems = Problems()
    files = {kind: folder / f"{kind}.csv" for kind in KINDS}
    for file in files.values():
        if file.exists():
            problems.add(str(file), None, None, "a file that is there already", "a folder without it; name another")
    problems.refuse()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kind, file in files.items():
            with file.open("x", encoding="utf-8", newline="") as out:
                csv.writer(out, lineterminator="\n").writerow(KINDS[kind].model_fields)
    except OSError as error:
        place = f"a place that cannot be written to ({error.strerror})"
        problems.add(str(folder), None, None, place, "a folder that can be made and written to")
    problems.refuse()
    return list(files.values())
