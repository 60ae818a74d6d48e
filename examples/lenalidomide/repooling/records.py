"""The rows of Table 2 and the cells of Table 1 behind them, read from the review's own records."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from schemas.printed import Printed, parse
from schemas.quantities import COUNT, P_VALUE, PERCENT, PROPORTION

SOURCE = "zhong-2021"
STATISTICS = ("estimate", "lower", "upper", "p_heterogeneity", "i2")
WORDS = {"estimate": "estimate", "lower": "lower limit", "upper": "upper limit", "p_heterogeneity": "P", "i2": "I²"}
QUANTITIES = {"p_heterogeneity": P_VALUE, "i2": PERCENT}
Line = dict[str, str]


@dataclass(frozen=True)
class Cell:
    """What Table 1 prints of one study: counts it may mean, out of ``total``; none where it prints NA.

    ``free``: the cell is marked unclear, so any count from 0 to the total may have stood there.
    """

    study: str
    label: str
    text: str
    total: int
    readings: tuple[int, ...]
    free: bool

    @property
    def there(self) -> bool:
        """Whether the study has a number."""
        return bool(self.readings)


@dataclass(frozen=True)
class Row:
    """One printed pooled result, and its studies. Table 2 prints all statistics, the Discussion no P and no I²."""

    outcome: str
    label: str
    printed: dict[str, Printed]
    also: tuple[Printed, ...]
    """P values printed for the same result in the running text, where they are others."""
    k: int
    cells: tuple[Cell, ...]
    survival: bool

    @property
    def in_table(self) -> bool:
        """Whether it is a row of Table 2."""
        return len(self.printed) == len(STATISTICS)

    @property
    def studies(self) -> tuple[Cell, ...]:
        """The studies with a number."""
        return tuple(cell for cell in self.cells if cell.there)

    def ranges(self) -> dict[str, list[tuple[float, float]]]:
        """What each printed statistic may be before rounding; every I² ends in a padded zero."""
        found: dict[str, list[tuple[float, float]]] = {}
        for name, one in self.printed.items():
            values = [one, *(self.also if name == "p_heterogeneity" else ())]
            ends = [each.interval("coarse" if name == "i2" else "half") for each in values]
            found[name] = [(float(pair[0]), float(pair[1])) for pair in ends if pair is not None]
        return found


def rows(folder: Path) -> list[Row]:
    """All rows of Table 2 in the order printed, and results of the Discussion that are others."""
    pooled, counts, survival = (_read(folder / f"{name}.csv") for name in ("pooled", "count", "survival"))
    labels = {line["study"]: line["label"] for line in _read(folder / "study.csv")}
    text = {line["outcome"]: line for line in pooled if line["section"] == "Results"}
    table = {line["outcome"]: line for line in pooled if line["section"] == "Table 2"}
    found = [_row(line, text[line["outcome"]], [*counts, *survival], labels) for line in table.values()]
    own = {row.outcome: row for row in found}
    for line in pooled:
        if line["section"] == "Discussion" and line["estimate"] and line["lower"]:
            printed = {name: parse(line[name], PROPORTION) for name in STATISTICS[:3]}
            row = own[line["outcome"]]
            if not all(_overlap(one, row.printed[name]) for name, one in printed.items()):
                found.append(replace(row, label=f"{row.label}, Discussion", printed=printed, also=()))
    return found


def _row(line: Line, text: Line, cells: list[Line], labels: dict[str, str]) -> Row:
    own = [each for each in cells if each["outcome"] == line["outcome"] and each["section"] == "Table 1"]
    printed = {name: parse(line[name], QUANTITIES.get(name, PROPORTION)) for name in STATISTICS}
    other = parse(text["p_heterogeneity"], P_VALUE)
    also = () if _overlap(other, printed["p_heterogeneity"]) else (other,)
    made = tuple(_cell(each, labels) for each in own)
    return Row(line["outcome"], line["row"], printed, also, int(text["k"]), made, "rate" in own[0])


def _overlap(one: Printed, other: Printed) -> bool:
    a, b = one.interval(), other.interval()
    return a is not None and b is not None and a[0] <= b[1] and b[0] <= a[1]


def _cell(line: Line, labels: dict[str, str]) -> Cell:
    total = int(line["total"])
    cell = Cell(line["study"], labels[line["study"]], "", total, (), free=line["legibility"] == "unclear")
    if "rate" in line:
        return replace(cell, text=line["rate"], readings=_people(line["rate"], total), free=False)
    if line["events"] == "?":
        return replace(cell, text="?", readings=tuple(range(total + 1)))
    one = parse(line["events"], COUNT)
    values = [each.value for each in one.candidates or (one,) if each.value is not None]
    return replace(cell, text=line["events"], readings=tuple(int(value) for value in values))


def _people(rate: str, total: int) -> tuple[int, ...]:
    """Participants alive, read as the printed percentage of Pts in whole people."""
    one = parse(rate, PERCENT)
    one = one.candidates[0] if one.candidates else one
    return () if one.value is None else (int(np.floor(float(Fraction(one.value) * total / 100) + 0.5)),)


def _read(path: Path) -> list[Line]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
