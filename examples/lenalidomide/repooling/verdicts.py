"""What came of every row, in words: theirs, ours, agrees or differs, and what would close a difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from repooling.arithmetic import Way, may_go_together, pooled
from repooling.records import STATISTICS, WORDS, Cell, Row
from repooling.search import LEVELS, Example, Tally, search

Cells = tuple[tuple[int, int] | None, ...]


@dataclass(frozen=True)
class Verdict:
    """One row of Table 2 with everything that was found about it."""

    row: Row
    tallies: dict[str, Tally]
    ours: dict[Way, tuple[dict[str, float], bool]]
    """Results of the reading nearest to the print, by every custom, and whether the methods ask for that model."""
    consistent_k: tuple[int, ...]
    """Numbers of studies for which the printed P and I² can be of one Q."""

    @property
    def nearest(self) -> Example:
        """The reading of Table 1 nearest to the print."""
        best = self.tallies["read"].best
        if best is None:
            raise ValueError(
                f"{self.row.label}: fewer than two studies have a number in Table 1; nothing can be pooled"
            )
        return best

    @property
    def verdict(self) -> str:
        """Agrees, if some reading of the cells gives every printed number by some custom."""
        return "agrees" if self.tallies["read"].whole else "differs"


def judge(
    row: Row, levels: tuple[str, ...] = tuple(LEVELS), progress: Callable[[int], None] = lambda _: None
) -> Verdict:
    """Pool a row by every custom and try every assignment of the levels."""
    tallies = {level: search(row, level, progress) for level in levels}
    best = tallies["read"].best
    ours = {} if best is None else results(best.cells)
    ranges = row.ranges()
    most = len(row.cells)
    together = (
        may_go_together(ranges["p_heterogeneity"], ranges["i2"][0], most) if "i2" in ranges else range(2, most + 1)
    )
    return Verdict(row, tallies, ours, tuple(together))


def results(cells: Cells) -> dict[Way, tuple[dict[str, float], bool]]:
    """One assignment by every custom."""
    x = np.array([[-1.0 if cell is None else cell[0]] for cell in cells])
    n = np.array([[1.0 if cell is None else cell[1]] for cell in cells])
    return {
        one.way: ({name: float(one.values[name][0]) for name in STATISTICS}, bool(one.by_rule[0]))
        for one in pooled(x, n, x >= 0)
    }


def departures(row: Row, cells: Cells) -> str:
    """Where an assignment is not what Table 1 prints clearly: readings chosen, studies left out, other totals."""
    parts = []
    for cell, chosen in zip(row.cells, cells, strict=True):
        if chosen is None:
            parts += [f"without {cell.label}"] if cell.there else []
        elif chosen[1] != cell.total:
            parts.append(f"{cell.label} {chosen[0]}/{chosen[1]} (Table 1: {cell.text}/{cell.total})")
        elif str(chosen[0]) != cell.text and not row.survival:
            parts.append(f"{cell.label} {chosen[0]} (Table 1: {cell.text})")
    return ", ".join(parts) or "every cell as printed"


def what_closes(one: Verdict) -> str:
    """What would make ours theirs, in a sentence or two."""
    row, tallies = one.row, one.tallies
    if one.verdict == "agrees":
        return f"Nothing to close: {_said(row, one.nearest)}."
    for level in ("subset", "free", "free subset", "totals"):
        tally = tallies.get(level)
        if tally is not None and tally.whole and tally.best is not None:
            before = "" if level != "totals" else "No reading of any cell and no set of studies. "
            ways = "this one" if tally.whole == 1 else f"{tally.whole:,}"
            return f"{before}{LEVELS[level].capitalize()}: {_said(row, tally.best)}; of {tally.tried:,} tried, {ways} would."
    parts = ["Nothing that was tried."]
    if not one.consistent_k:
        parts.append(
            f"No counts can: for no number of studies up to {len(row.cells)} does one Q give both the printed P and the printed I²."
        )
    best = max((each.best for each in tallies.values() if each.best is not None), key=lambda each: each.rank)
    if best.fits:
        missed = ", ".join(WORDS[name] for name in row.printed if name not in best.fits)
        parts.append(f"Nearest ({len(best.fits)} of {len(row.printed)}, all but {missed}): {_said(row, best)}.")
    return " ".join(parts)


def _said(row: Row, example: Example) -> str:
    rule = "" if example.by_rule else " (not the model that the methods ask for)"
    return f"{departures(row, example.cells)}; {example.way.words}{rule}"


@dataclass(frozen=True)
class Shared:
    """Other totals for some studies, and what they do to every row that has one of these studies."""

    totals: dict[str, int]
    found: tuple[tuple[Row, Example], ...]

    @property
    def closed(self) -> int:
        """Rows of which every printed number follows."""
        return sum(len(example.fits) == len(row.printed) for row, example in self.found)


def shared(verdicts: list[Verdict]) -> list[Shared]:
    """Totals that close more than one row with the readings as printed, the most rows first."""
    sets: list[dict[str, int]] = []
    for one in verdicts:
        tally = one.tallies.get("totals")
        if tally is None or one.verdict == "agrees" or not one.row.in_table:
            continue
        for example in tally.closing:
            totals = {
                cell.study: chosen[1]
                for cell, chosen in zip(one.row.cells, example.cells, strict=True)
                if chosen is not None and chosen[1] != cell.total
            }
            sets += [totals] if totals not in sets else []
    found = [Shared(each, tuple(_with(each, one.row) for one in verdicts if _touches(each, one.row))) for each in sets]
    return sorted((each for each in found if each.closed > 1), key=lambda each: -each.closed)


def _touches(totals: dict[str, int], row: Row) -> bool:
    return not row.survival and row.in_table and any(cell.study in totals for cell in row.studies)


def _with(totals: dict[str, int], row: Row) -> tuple[Row, Example]:
    cells = tuple(_other_total(cell, totals) for cell in row.cells)
    best = search(replace(row, cells=cells), "read").best
    if best is None:
        raise ValueError(f"{row.label}: fewer than two studies have a number in Table 1")
    return row, best


def _other_total(cell: Cell, totals: dict[str, int]) -> Cell:
    total = totals.get(cell.study, cell.total)
    readings = range(total + 1) if cell.text == "?" else (each for each in cell.readings if each <= total)
    return replace(cell, total=total, readings=tuple(readings))
