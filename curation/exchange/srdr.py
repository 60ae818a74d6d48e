"""Exports of SRDR+ as workbooks: the long sheets `Desc. Statistics`, `BAC Comparisons`, `WAC Comparisons` and `NET Differences`.

A row of these sheets holds one measure. The measures of one extraction, outcome, population, timepoint and arm (or
comparison) become one record: counts with percentages, means and medians, rates, proportions, and effects. Arms and
outcomes come from their own sheets, too (`Arm Name`, `Arm Description`). Each extraction belongs to its user;
consolidated ones to "consolidated". A comparison is taken in where both of its sides are an arm of the extraction; one
within an arm keeps its words as the timepoint. Measures without a field of ours, and every other sheet, are left over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from curation.exchange.imported import Format, Imported
from curation.exchange.srdr_records import Group, Writer
from curation.intake.archive import BROKEN, NotRead, opened, parse
from curation.intake.grid import Grid, letter
from curation.intake.problems import Problems, Refused, shown
from curation.intake.xlsx import xlsx_grids

SHEETS = ("Desc. Statistics", "BAC Comparisons", "WAC Comparisons", "NET Differences")
_SEVERAL = re.compile(r"[\r\n]|_x000D_", re.IGNORECASE)
"""What stands between the values of a cell that holds several."""
_LEAD = "Extraction ID"
_NEEDED = (_LEAD, "Citation ID", "Outcome", "Measure", "Value")


def read(path: Path) -> Imported:
    """The records of an export. Raises Refused where it is none."""
    problems = Problems()
    archive = opened(path, path.name, problems)
    problems.refuse()
    assert archive is not None  # noqa: S101 - opened says why where it is none
    with archive:
        try:
            grids = list(xlsx_grids(archive, lambda _: True))
        except NotRead as refused:
            problems.add(path.name, None, None, refused.found, refused.expected)
    problems.refuse()
    return _imported(path, grids)


def _imported(path: Path, grids: list[Grid]) -> Imported:
    imported = Imported(path.name, FORMAT.title)
    writer = Writer(imported)
    known = sorted((grid for grid in grids if grid.name in SHEETS), key=lambda grid: SHEETS.index(grid.name))
    if not known:
        problems = Problems()
        named = ", ".join(shown(grid.name) for grid in grids[:5])
        problems.add(path.name, None, None, f"the sheets {named}", f"at least one of {', '.join(SHEETS)}")
        problems.refuse()
    for grid in grids:
        if grid.name not in SHEETS:
            _other(grid, writer)
    for grid in known:
        for group in _groups(grid, imported):
            writer.group(group)
    if imported.rows.get("arm"):
        imported.remarks.append(
            f"{path.name} does not say the roles of its arms; enter which are experimental, which control"
        )
    cells = sum(len(grid.numbers) for grid in known)
    if cells:
        imported.remarks.append(
            f"{path.name}: {cells:,} cells hold numbers, not text; a trailing zero that the paper prints may be gone"
        )
    return imported


def _other(grid: Grid, writer: Writer) -> None:
    """A sheet of arms or of outcomes; any other one is left over."""
    names = _header(grid)
    kind = next((kind for kind in ("Arm", "Outcome") if f"{kind} Name" in names), None)
    if kind and _LEAD in names:
        for number, row in _rows(grid, names):
            writer.named(kind, grid.name, number, row)
    elif len(grid.rows) > 1:
        found = f"{len(grid.rows) - 1} rows"
        writer.imported.left(f"sheet {grid.name}", found, "no record of ours holds what it says")


def _groups(grid: Grid, imported: Imported) -> Iterator[Group]:
    """The rows of a sheet, those of one record together, in the order in which they begin."""
    names = _header(grid)
    missing = [name for name in _NEEDED if name not in names]
    if len(grid.rows) < 2:
        return
    if missing:
        problems = Problems()
        found = f"the columns {', '.join(names)[:200]}"
        problems.add(f"{imported.file}, {grid.name}", 1, None, found, f"the columns {', '.join(missing)}, too")
        raise Refused(problems.kept)
    found_groups: dict[tuple[str, ...], Group] = {}
    for number, row in _rows(grid, names):
        group = Group(grid.name, number, row)
        value = row.get("Value", "")
        if not value or _SEVERAL.search(value):
            what = row.get("Measure") or "a row without a measure"
            why = "its cell holds several values" if value else "it has no value"
            imported.left(f"{grid.name}, row {number}", f"{what} {shown(value)}" if value else what, why)
            continue
        first = found_groups.setdefault(group.key, group)
        first.measures.append((number, row.get("Measure", ""), value))
    for (number, column), (found, expected) in grid.wrong.items():
        imported.left(f"{grid.name}, {letter(column)}{number}", found, f"expected {expected}")
    yield from found_groups.values()


def _header(grid: Grid) -> dict[str, int]:
    """Name -> column, of the first row."""
    return {name.strip(): column for column, name in reversed(list(grid.rows[0][1].items()))} if grid.rows else {}


def _rows(grid: Grid, names: dict[str, int]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, cells in grid.rows[1:]:
        row = {name: cells.get(column, "").strip() for name, column in names.items()}
        if any(row.values()):
            yield number, {name: text if name == "Value" else " ".join(text.split()) for name, text in row.items()}


def recognises(path: Path, start: bytes) -> bool:
    """Whether the workbook has one of the long sheets."""
    if path.suffix.lower() != ".xlsx" or not start.startswith(b"PK"):
        return False
    archive = opened(path, path.name, Problems())
    if archive is None:
        return False
    found: list[str | None] = []
    with archive:
        try:
            with archive.open("xl/workbook.xml") as stream:
                parse(
                    stream,
                    lambda name, given: found.append(given.get("name") if name == "sheet" else None),
                    _pass,
                    _pass,
                )
        except (NotRead, KeyError, *BROKEN):
            return False
    return any(name in SHEETS for name in found)


def _pass(_: str) -> None:
    """Nothing is done with the ends and texts of elements."""


FORMAT = Format("srdr", "export of SRDR+", (".xlsx",), recognises, read)
