"""Published tables redrawn, and the facts of the prose, from records and their places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from curation.engine.findings import ORDER
from curation.report.html.facts import Fact, telling_apart, whose
from curation.report.html.listing import Entry


@dataclass(frozen=True, slots=True)
class Line:
    """One fact as it stands in a cell or in a list: label, print, findings."""

    fact: Fact
    label: str
    entries: Sequence[Entry]

    @property
    def fields(self) -> set[str]:
        """The fields at which its findings point."""
        return {each.finding.field for each in self.entries}

    @property
    def worst(self) -> str:
        """The gravest open severity, "unclear" where only the reading is uncertain, or nothing."""
        found = {each.finding.severity for each in self.entries if each.finding.status == "open"}
        return next((severity for severity in ORDER if severity in found), "unclear" if self.fact.unclear else "")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a redrawn table."""

    lines: list[Line]

    @property
    def worst(self) -> str:
        """The gravest of its lines."""
        found = {line.worst for line in self.lines}
        return next((mark for mark in (*ORDER, "unclear") if mark in found), "")


@dataclass(frozen=True, slots=True)
class Grid:
    """A published table: its columns and rows in order of first appearance."""

    source: str
    section: str
    anchor: str
    columns: list[str]
    rows: list[tuple[str, list[Cell]]]
    facts: int
    entries: list[Entry]
    left_out: int

    @property
    def flagged(self) -> int:
        """How many findings are marked in it."""
        return len(self.entries)

    @property
    def unclear(self) -> list[tuple[str, str, Line]]:
        """Row, column and fact of what cannot be read with certainty."""
        cells = (
            (row, column, cell)
            for row, several in self.rows
            for column, cell in zip(self.columns, several, strict=True)
        )
        return [(row, column, line) for row, column, cell in cells for line in cell.lines if line.fact.unclear]


@dataclass(frozen=True, slots=True)
class Passage:
    """The facts of one section of the prose."""

    source: str
    section: str
    lines: list[Line]
    left_out: int

    @property
    def flagged(self) -> list[Line]:
        """Its facts that a finding names."""
        return [line for line in self.lines if line.entries]

    @property
    def plain(self) -> list[Line]:
        """Its other facts."""
        return [line for line in self.lines if not line.entries]


def places(chosen: Iterable[Fact], first: Iterable[str]) -> dict[tuple[str, str], list[Fact]]:
    """Facts by source and section: the sources named first, then the others, sections in order of first appearance."""
    found: dict[tuple[str, str], list[Fact]] = {}
    for fact in chosen:
        found.setdefault((fact.source, fact.section), []).append(fact)
    order = {source: number for number, source in enumerate(dict.fromkeys([*first, *(source for source, _ in found)]))}
    return dict(sorted(found.items(), key=lambda item: order[item[0][0]]))


def grids(
    chosen: Mapping[tuple[str, str], list[Fact]],
    by_record: Mapping[str, list[Entry]],
    left_out: Mapping[tuple[str, str], int],
) -> list[Grid]:
    """A grid for every source and section with facts in rows or columns."""
    made = []
    for number, ((source, section), several) in enumerate(chosen.items(), start=1):
        tabled = [fact for fact in several if fact.in_table]
        if tabled:
            made.append(
                _grid(source, section, f"table-{number}", tabled, by_record, left_out.get((source, section), 0))
            )
    order = {source: number for number, source in enumerate(dict.fromkeys(grid.source for grid in made))}
    return sorted(made, key=lambda grid: (order[grid.source], _natural(grid.section)))


def _natural(text: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", text)]


def passages(
    chosen: Mapping[tuple[str, str], list[Fact]],
    by_record: Mapping[str, list[Entry]],
    left_out: Mapping[tuple[str, str], int],
) -> dict[str, list[Passage]]:
    """The facts outside rows and columns, by source."""
    found: dict[str, list[Passage]] = {}
    for (source, section), several in chosen.items():
        lines = [
            Line(fact, ": ".join(filter(None, (whose(fact), fact.label))), by_record.get(fact.record, []))
            for fact in several
            if not fact.in_table
        ]
        if lines:
            more = 0 if any(fact.in_table for fact in several) else left_out.get((source, section), 0)
            found.setdefault(source, []).append(Passage(source, section, lines, more))
    return found


def _grid(
    source: str, section: str, anchor: str, several: list[Fact], by_record: Mapping[str, list[Entry]], left_out: int
) -> Grid:
    rows, columns = (list(dict.fromkeys(fact.place[side] for fact in several)) for side in ("row", "column"))
    together: dict[tuple[str, str], list[Fact]] = {}
    for fact in several:
        together.setdefault((fact.place["row"], fact.place["column"]), []).append(fact)
    said = _said_by_heading(together)
    cells = {at: _cell(facts, by_record, labelled=at not in said) for at, facts in together.items()}
    named = {each.number: each for fact in several for each in by_record.get(fact.record, ())}
    drawn = [(row, [cells.get((row, column), Cell([])) for column in columns]) for row in rows]
    return Grid(
        source, section, anchor, columns, drawn, len(several), [named[number] for number in sorted(named)], left_out
    )


def _cell(several: list[Fact], by_record: Mapping[str, list[Entry]], *, labelled: bool) -> Cell:
    apart = telling_apart(several)
    lines = []
    for fact in several:
        words = [fact.label, *(fact.extra[name] for name in apart)] if labelled else []
        lines.append(Line(fact, ", ".join(filter(None, words)), by_record.get(fact.record, [])))
    return Cell(lines)


def _said_by_heading(together: Mapping[tuple[str, str], list[Fact]]) -> set[tuple[str, str]]:
    """Cells whose single fact needs no label: the heading says it, or the whole column is about the same thing."""
    alike: dict[str, set[str]] = {}
    count: dict[str, int] = {}
    for (_, column), facts in together.items():
        alike.setdefault(column, set()).update(fact.label for fact in facts)
        count[column] = count.get(column, 0) + 1
    said = set()
    for at, facts in together.items():
        uniform = len(alike[at[1]]) == 1 and count[at[1]] > 1
        if len(facts) == 1 and (uniform or any(_says(heading, facts[0]) for heading in at)):
            said.add(at)
    return said


def _says(heading: str, fact: Fact) -> bool:
    words, named = _words(heading), (_words(fact.about["outcome"]), _words(fact.label))
    return bool(words) and any(words[: len(name)] == name or name[: len(words)] == words for name in named if name)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
