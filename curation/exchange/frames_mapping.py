"""The mapping of a wide table: which column holds which field of which record, in a CSV file that a person fills in.

It stands beside the table (`extraction.mapping.csv` beside `extraction.csv`) and has a row per column. ``position``
tells columns with equal headers apart. A row without ``kind`` and ``field`` leaves its column out. ``also`` has what
every record of the column says besides ("measure=OR; per=100").
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from curation.exchange.frames_cells import as_name, why_not
from curation.exchange.frames_csv import Frame, read_frame
from curation.intake.problems import Problems, shown, suggestion
from schemas.registry import KINDS
from schemas.spreadsheet_text import guarded, unguarded

EXTRACTOR = "extractor"
"""A kind of a mapping that is none of records: who extracted the row."""
ABOUT = ("arm", "comparator", "outcome", "timepoint", "analysis_set")
"""What a column is about, by name; the records of a row that are about the same are one."""
COLUMNS = ("position", "header", "kind", "field", *ABOUT, "also", "example")
_EXAMPLE = 60


@dataclass(frozen=True, slots=True)
class Target:
    """Where the cells of a column go."""

    kind: str
    field: str = ""
    about: tuple[str, ...] = ("",) * len(ABOUT)
    also: tuple[tuple[str, str], ...] = ()

    @property
    def record(self) -> tuple[object, ...]:
        """What the columns of one record agree in."""
        return (self.kind, self.about, self.also)


Targets = dict[int, Target]
"""Position of a column, from 0 -> where its cells go."""


def beside(path: Path) -> Path:
    """The mapping file of a table."""
    return path.with_suffix(".mapping.csv")


def read_mapping(path: Path, frame: Frame) -> Targets:
    """Read a mapping. Raises Refused with every row that names no column, kind or field."""
    table = read_frame(path)
    problems = Problems()
    names = {name: at for name in COLUMNS if (at := table.column(name)) is not None}
    for name in ("kind", "field"):
        if name not in names:
            problems.add(path.name, 1, None, "no column of that name", f"the column {name}")
    problems.refuse()
    targets: Targets = {}
    for number, cells in table.rows:
        row = {name: cells[at].strip() for name, at in names.items()}
        if not (row["kind"] or row["field"]):
            continue
        at = _position(row, number, frame, path.name, problems)
        target = _target(row, number, path.name, problems)
        if at is not None and target is not None:
            if at in targets:
                problems.add(path.name, number, "position", f"column {at + 1} a second time", "each column once")
            targets[at] = target
    problems.refuse()
    return targets


def _position(row: Mapping[str, str], number: int, frame: Frame, file: str, problems: Problems) -> int | None:
    """The column that a row of the mapping names, by position, by header, or by both."""
    header = " ".join(unguarded(row.get("header", "")).split())
    alike = [at for at, name in enumerate(frame.header) if " ".join(name.split()) == header]
    place = row.get("position", "")
    if not place and len(alike) == 1:
        return alike[0]
    if not place:
        found = f"the header {shown(header)}, which {len(alike)} columns of {frame.file} have"
        problems.add(file, number, "header", found, "a header that one column has, or the position of the column")
    elif not (place.isascii() and place.isdigit() and 1 <= int(place) <= len(frame.header)):
        problems.add(file, number, "position", shown(place), f"a number from 1 to {len(frame.header)}")
    elif header and int(place) - 1 not in alike:
        there = shown(frame.header[int(place) - 1])
        problems.add(file, number, "header", shown(header), f"{there}, which column {place} of {frame.file} is called")
    else:
        return int(place) - 1
    return None


def _target(row: Mapping[str, str], number: int, file: str, problems: Problems) -> Target | None:
    kind, field, before = row["kind"], row["field"], problems.total
    if kind == EXTRACTOR:
        return Target(EXTRACTOR)
    if kind not in KINDS:
        close = suggestion(kind, [*KINDS, EXTRACTOR])
        problems.add(file, number, "kind", shown(kind), f"one of {', '.join(KINDS)}, {EXTRACTOR}{close}")
        return None
    if field not in KINDS[kind].model_fields:
        fields = list(KINDS[kind].model_fields)
        problems.add(
            file, number, "field", shown(field), f"a field of {kind} ({', '.join(fields)}){suggestion(field, fields)}"
        )
    also = tuple(_also(row.get("also", ""), kind, number, file, problems))
    about = tuple(row.get(name, "") for name in ABOUT)
    return Target(kind, field, about, also) if problems.total == before else None


def _also(text: str, kind: str, number: int, file: str, problems: Problems) -> list[tuple[str, str]]:
    found = []
    for part in filter(None, (each.strip() for each in text.split(";"))):
        name, sign, value = (each.strip() for each in part.partition("="))
        why = why_not(kind, name, value) if sign and value else "it is not written as field=value"
        if why:
            problems.add(file, number, "also", shown(part), f"such as measure=OR; {why}")
        found.append((name, value))
    return found


def propose(path: Path, frame: Frame, known: Mapping[int, Target]) -> bool:
    """Write a mapping with every column of a table, those that are known filled in; False where it cannot be written.

    A mapping that is there already is never written over.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for at, header in enumerate(frame.header):
        target = known.get(at, Target(""))
        about = dict(zip(ABOUT, target.about, strict=True))
        also = "; ".join(f"{name}={value}" for name, value in target.also)
        row = {"position": str(at + 1), "header": _safe(as_name(header)), "kind": target.kind, "field": target.field}
        writer.writerow(
            row | about | {"also": also, "example": _safe(_example([cells[at] for _, cells in frame.rows]))}
        )
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(out.getvalue())
    except OSError:
        return False
    return True


def _safe(text: str) -> str:
    """A name behind one apostrophe, never two, where a spreadsheet would run it."""
    return guarded(unguarded(text))


def _example(cells: Sequence[str]) -> str:
    first = next((cell for cell in cells if cell.strip()), "")
    return as_name(first[:_EXAMPLE])
