"""What the scanner and R's statcheck find in the same texts, test statistic by test statistic."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from schemas import grammar

RECOMPUTED = "TEST-001"
"""The rule that asks what statcheck asks: whether P follows from the statistic."""
_TYPES = {"Chi2": "chi2", "Z": "z", "cor": "r"}
"""statcheck's words for types of statistic, where they are not ours."""


@dataclass(frozen=True, slots=True)
class Test:
    """A printed test: the text it stands in, its numbers, and whether its P value was found not to follow."""

    source: str
    type: str
    degrees: tuple[Decimal, ...]
    value: Decimal
    p: Decimal | None
    flagged: bool
    printed: str = ""

    @property
    def statistic(self):
        """What is the same statistic, whatever is said of its P value."""
        return self.source, self.type, self.degrees, self.value


def number(text: str) -> Decimal | None:
    """The number that a text prints, without its relation."""
    found = grammar.number(text)
    return found.value if found else None


def of_scan(source: str, cells: Mapping[str, str], *, flagged: bool) -> dict[str, object]:
    """A test that the scanner found, in plain words for JSON."""
    degrees = [cells[name] for name in ("df1", "df2") if cells.get(name)]
    printed = {"value": cells["statistic"], "p": cells.get("p", ""), "degrees": degrees}
    return {"source": source, "type": cells["statistic_type"], "flagged": flagged, **printed}


def read_scan(rows: Iterable[Mapping[str, object]]) -> list[Test]:
    """The tests that the scanner found."""
    return [_test(row["source"], row["type"], row["degrees"], row["value"], row["p"], row["flagged"]) for row in rows]


def read_statcheck(file: Path) -> list[Test]:
    """The tests that statcheck found."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        _test(row["source"], _TYPES.get(row["type"], row["type"]), [each for each in (row["df1"], row["df2"]) if each],
              row["value"], row["p"], row["error"] == "TRUE", row["raw"])
        for row in rows
    ]  # fmt: skip


def _test(source, kind, degrees, value, p, flagged, printed="") -> Test:
    return Test(source, kind, tuple(number(each) for each in degrees), number(value), number(p), flagged, printed)


def compared(ours: list[Test], theirs: list[Test]) -> tuple[Counter[str], list[tuple[Test, str]]]:
    """How many tests both have, and those of statcheck that the scanner has not, or with another P value."""
    waiting: dict[object, list[Test]] = defaultdict(list)
    for one in ours:
        waiting[one.statistic].append(one)
    counts: Counter[str] = Counter()
    apart: list[tuple[Test, str]] = []
    for one in theirs:
        alike = waiting[one.statistic]
        same = next((each for each in alike if each.p == one.p), alike[0] if alike else None)
        if same is None:
            counts["missed"] += 1
            apart.append((one, "not found"))
            continue
        alike.remove(same)
        counts["found"] += 1
        if same.p != one.p:
            counts["other P"] += 1
            apart.append((one, f"found with P {same.p if same.p is not None else 'missing'}"))
        counts[f"flagged by {_who(same, one)}"] += 1
    counts["ours alone"] = sum(len(each) for each in waiting.values())
    return counts, apart


def _who(ours: Test, theirs: Test) -> str:
    said = {(True, True): "both", (True, False): "curation", (False, True): "statcheck"}
    return said.get((ours.flagged, theirs.flagged), "neither")
