"""What the scanner and R's statcheck find in the same texts, test statistic by test statistic."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from schemas import grammar

RECOMPUTED = "TEST-001"
"""The rule that asks what statcheck asks: whether P follows from the statistic."""
_TYPES = {"Chi2": "chi2", "Z": "z", "cor": "r"}
"""statcheck's words for types of statistic, where they are not ours."""
_NAMES = ("statistic_type", "statistic", "df1", "df2", "p")


@dataclass(frozen=True, slots=True)
class Test:
    """A printed test: the text it stands in, its cells as printed, and whether P was said not to follow."""

    source: str
    cells: Mapping[str, str]
    flagged: bool
    printed: str = ""

    @property
    def statistic(self):
        """What is the same statistic, whatever is said of its P value."""
        degrees = tuple(number(self.cells[name]) for name in ("df1", "df2") if self.cells.get(name))
        return self.source, self.cells["statistic_type"], degrees, number(self.cells["statistic"])

    @property
    def p(self):
        """The P value as a number; None where it is missing or in words."""
        return number(self.cells.get("p", ""))


@dataclass(slots=True)
class Compared:
    """Tests of statcheck beside the same ones of the scanner, those it has not, and those that it alone has."""

    pairs: list[tuple[Test, Test]]
    missed: list[Test]
    alone: list[Test]

    def other_p(self) -> list[tuple[Test, Test]]:
        """The pairs whose P values are not the same number."""
        return [(ours, theirs) for ours, theirs in self.pairs if ours.p != theirs.p]

    def flagged(self) -> Counter[str]:
        """By whom the P value was said not to follow."""
        return Counter(_who(ours, theirs) for ours, theirs in self.pairs)

    def alone_with(self) -> Counter[tuple[bool, bool]]:
        """Of those that the scanner alone has, how many have degrees of freedom, and a P value."""
        return Counter((bool(one.cells.get("df1")), bool(one.cells.get("p"))) for one in self.alone)


def number(text: str) -> Decimal | None:
    """The number that a text prints, without its relation."""
    found = grammar.number(text)
    return found.value if found else None


def of_scan(source: str, cells: Mapping[str, str], *, flagged: bool) -> dict[str, object]:
    """A test that the scanner found, for JSON."""
    return {"source": source, "cells": {name: cells[name] for name in _NAMES if cells.get(name)}, "flagged": flagged}


def read_statcheck(file: Path) -> list[Test]:
    """The tests that statcheck found; it gives the only degrees of freedom of a t as its second ones."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = []
    for row in rows:
        degrees = dict(zip(("df1", "df2"), filter(None, (row["df1"], row["df2"])), strict=False))
        kind = _TYPES.get(row["type"], row["type"])
        cells = {"statistic_type": kind, "statistic": row["value"], "p": row["p"], **degrees}
        found.append(Test(row["source"], cells, row["error"] == "TRUE", row["raw"]))
    return found


def compared(ours: list[Test], theirs: list[Test]) -> Compared:
    """Tests of two programs side by side: the same text, type, degrees of freedom and value, if possible the same P."""
    waiting: dict[object, list[Test]] = defaultdict(list)
    for one in ours:
        waiting[one.statistic].append(one)
    result = Compared([], [], [])
    for one in theirs:
        alike = waiting[one.statistic]
        same = next((each for each in alike if each.p == one.p), alike[0] if alike else None)
        if same is None:
            result.missed.append(one)
        else:
            alike.remove(same)
            result.pairs.append((same, one))
    result.alone = [each for alike in waiting.values() for each in alike]
    return result


def reason(ours: Test) -> str:
    """Why the scanner does not say of a P value that it does not follow, though statcheck does."""
    if ours.p == 0:
        return "a P of .000 is read as rounded; statcheck counts it as wrong"
    import enumeration  # SciPy with it, which the measured processes do without

    if enumeration.test(ours.cells):
        return "fits if the degrees of freedom of the denominator, or of t, are themselves rounded"
    return "another reading of the print, or left undecided"


def _who(ours: Test, theirs: Test) -> str:
    said = {(True, True): "both", (True, False): "curation", (False, True): "statcheck"}
    return said.get((ours.flagged, theirs.flagged), "neither")
