"""Offers: the likeliest slips that would explain a finding, each verified to make the record consistent.

Every candidate is tried at once in doubles; what survives is verified in exact rationals. A repair is dropped if
another rule about the same record would then be contradicted, and a kind of slip is dropped if so many of its
repairs fit that they say nothing. Offers are guesses for a person to judge; nothing is ever changed by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from curation.engine.candidates import SEARCHES, in_order, lost_digits, probes
from curation.engine.case import Candidate, Case, Change, Item
from curation.engine.columns import Arguments, Batch
from curation.engine.flagged import Argument, Flagged
from curation.engine.judge import Sources
from curation.engine.rule import Rule
from schemas.intervals import Column
from schemas.ragged import Codes, Ragged
from schemas.slips import SLIPS
from schemas.verdicts import Verdict

MOST_TRIED = 200
"""Candidates tried for one finding."""
MOST_SHOWN = 4
"""Offers kept of one finding, likeliest first."""
MOST_NUMBERS = 20_000
"""Numbers in all lists of all candidates of one finding."""
MANY = {
    "digits_swapped": 0.55, "decimal_shifted": 0.8, "other_unit": 0.8, "row_shifted": 0.3, "digit_doubled": 0.5,
    "digit_dropped": 0.5,
}  # fmt: skip
"""Slips with several repairs of one number, and how many may fit by chance before they say nothing."""
Where = tuple[str, int]
HOLDS = np.array([Verdict.CONSISTENT, Verdict.EDGE], dtype=np.int8)
Plans = Callable[[str], Sequence[tuple[Rule, Sources]]]


@dataclass(slots=True)
class Companions:
    """The other rules about the same record: a repair must not make them speak."""

    plans: Plans
    made: tuple[Any, int, Arguments] | None = None

    def compatible(
        self, rule: Rule, case: Case, given: Sequence[Candidate], batch: Batch, row: int
    ) -> dict[str, tuple[Candidate, int]]:
        """The candidates that no other rule newly contradicts, with how many rules are still contradicted, by text."""
        bad, left = np.zeros(len(given), dtype=bool), np.zeros(len(given), dtype=int)
        fields = [
            {source: change for name, change in each.changed.items() if (source := case.sources.get(name))}
            for each in given
        ]
        touched = {name for each in fields for name in each}
        for other, sources in self.plans(case.kind):
            if other.id == rule.id or other.severity == "note" or not touched & set(sources.values()):
                continue
            try:
                codes = self._with(other, sources, fields, batch, row)
            except Exception:  # noqa: S112 - its own failures are reported where it is asked itself
                continue
            left += codes[1:] == Verdict.CONTRADICTS
            if other.severity == "error" and codes[0] != Verdict.CONTRADICTS:
                bad |= codes[1:] == Verdict.CONTRADICTS
        return {
            each.text: (each, int(number)) for each, worse, number in zip(given, bad, left, strict=True) if not worse
        }

    def _with(
        self, other: Rule, sources: Sources, fields: Sequence[Mapping[str, Change]], batch: Batch, row: int
    ) -> np.ndarray:
        """What another rule says of the record as printed, and of it with each candidate."""
        present = {name: source if _has(batch, source) else None for name, source in sources.items()}
        columns = self._arguments(batch, row).all_of(present)
        changes = [
            {name: each[source] for name, source in sources.items() if source and source in each} for each in fields
        ]
        codes = _verdicts(other.identity, columns, [{}, *changes]).copy()
        for name in other.required:
            column = columns[name]
            if not isinstance(column, Ragged) and not column.known[0]:
                codes[:] = Verdict.CANNOT_TELL
        return codes

    def _arguments(self, batch: Batch, row: int) -> Arguments:
        if self.made is None or self.made[0] is not batch or self.made[1] != row:
            self.made = (batch, row, Arguments(batch.slice(row, 1)))
        return self.made[2]


@dataclass(slots=True)
class Offers:
    """Looks for the slips behind findings."""

    companions: Companions

    def of(self, rule: Rule, flagged: Flagged, sources: Sources, batch: Batch, row: int) -> list[str]:
        """The likeliest repairs of one flagged row, as sentences, likeliest first."""
        with np.errstate(all="ignore"):  # a candidate may be an impossible number
            return self._found(rule, flagged, sources, batch, row)

    def _found(self, rule: Rule, flagged: Flagged, sources: Sources, batch: Batch, row: int) -> list[str]:
        case = Case(flagged, sources, _printed(batch, sources), across=rule.rows is not None)
        taken = {each.__name__ for each in rule.explainers}
        found = [each for each in tried(case, rule) if each.slip not in taken]
        if not found:
            return []
        left = {each.text: (each, 0) for each in found}
        if not case.across:
            left = self.companions.compatible(rule, case, found, batch, row)
        return [each.text for each in shown(case, list(left.values()))]


def tried(case: Case, rule: Rule) -> list[Candidate]:
    """The candidates with which the rule would hold, as far as doubles can tell, and which say something.

    Lost digits, of which there are many candidates, are looked for only where nothing likelier fits.
    """
    room = max(1, MOST_NUMBERS // max(1, *(_length(each) for each in case.flagged.columns.values())))
    for searches in (SEARCHES, (lost_digits,)):
        searched = islice((each for search in searches for each in search(case)), min(MOST_TRIED, room))
        given = [each for each in searched if _changes(case, each) and in_order(case, each)]
        found = [each for each, fits in zip(given, _fit(case, rule, given), strict=True) if fits]
        by_chance = _by_chance(case, rule, given, {_where(each) for each in found if each.slip in MANY})
        found = [each for each in found if by_chance.get((each.slip, _where(each)), 0.0) < MANY.get(each.slip, 1)]
        if found:
            return _shortest_shifts(found)
    return []


def _shortest_shifts(found: Sequence[Candidate]) -> list[Candidate]:
    """Of the shifts of one decimal point that fit, the first one, which is the shortest."""
    seen: set[Where] = set()
    kept = []
    for each in found:
        if each.slip != "decimal_shifted" or _where(each) not in seen:
            kept.append(each)
        if each.slip == "decimal_shifted":
            seen.add(_where(each))
    return kept


def _fit(case: Case, rule: Rule, given: Sequence[Candidate]) -> list[bool]:
    if not given:
        return []
    codes = _verdicts(rule.identity, case.flagged.columns, [each.changed for each in given])
    return [bool(fits) for fits in np.isin(codes, HOLDS)]


def _by_chance(
    case: Case, rule: Rule, given: Sequence[Candidate], places: set[Where]
) -> dict[tuple[str, Where], float]:
    """How many repairs of a kind would fit at a place if they were arbitrary numbers."""
    asked, fitted = Counter[Where](), Counter[Where]()
    arbitrary = [
        Candidate("", "", {name: change}) for name, change in islice(probes(case, places), MOST_TRIED)
    ]  # fmt: skip
    for each, fit in zip(arbitrary, _fit(case, rule, arbitrary), strict=True):
        asked[_where(each)] += 1
        fitted[_where(each)] += fit
    numbers = Counter((each.slip, _where(each)) for each in given if each.slip in MANY)
    return {
        (slip, at): count * (fitted[at] + 0.5) / (asked[at] + 1)
        for (slip, at), count in numbers.items()
        if at in places
    }


def _where(given: Candidate) -> Where:
    """The argument that a candidate changes, and the place in its list."""
    name, change = next(iter(given.changed.items()))
    return name, change.at if isinstance(change, Item) else 0


def shown(case: Case, found: Sequence[tuple[Candidate, int]]) -> list[Candidate]:
    """The likeliest few, verified exactly: those first that leave no other contradiction; no kind of which many fit."""
    least: dict[str, int] = {}
    for each, left in found:
        least[each.slip] = min(left, least.get(each.slip, left))
    best = [(left, each) for each, left in found if left == least[each.slip]]
    counts = Counter(each.slip for _, each in best)
    few = [(left, each) for left, each in best if counts[each.slip] <= SLIPS[each.slip].most]
    ranked = sorted(few, key=lambda one: (one[0], SLIPS[one[1].slip].rank))
    return list(islice((each for _, each in ranked if _holds(case.flagged, each)), MOST_SHOWN))


def _changes(case: Case, given: Candidate) -> bool:
    """Whether a candidate is another number than the printed one."""
    return any(isinstance(change, Item | str) or change != case.ends(name) for name, change in given.changed.items())


def _holds(flagged: Flagged, given: Candidate) -> bool:
    changed: dict[str, Any] = {}
    for name, change in given.changed.items():
        column = flagged.columns[name]
        if isinstance(change, Item) and isinstance(column, Ragged):
            low, high = column.items.low.copy(), column.items.high.copy()
            low[change.at], high[change.at] = change.ends
            changed[name] = Ragged(Column(low, high, column.items.known, clean=True), column.starts)
        else:
            changed[name] = change
    return flagged.holds(**changed)


def _verdicts(
    identity: Callable[..., Any], columns: Mapping[str, Argument], changes: Sequence[Mapping[str, Change]]
) -> np.ndarray:
    """The verdicts of a rule over one row, with each of these changes made to it."""
    many = {name: _many(column, [each.get(name) for each in changes]) for name, column in columns.items()}
    return np.asarray(identity(**many).codes)


def _many(column: Argument, changes: Sequence[Change | None]) -> Argument:
    """One row of an argument as often as there are changes, each made once."""
    number = len(changes)
    if isinstance(column, Codes):
        values = np.empty(number, dtype=object)
        for at, change in enumerate(changes):
            values[at] = column.values[0] if change is None else change
        return Codes(values)
    if isinstance(column, Column):
        low, high = (np.full(number, float(end[0])) for end in (column.low, column.high))
        for at, change in enumerate(changes):
            if isinstance(change, tuple):
                low[at], high[at] = float(change[0]), float(change[1])
        return Column.from_ends(low, high)
    length = len(column.items.low)
    low, high = (np.tile(end.astype(np.float64), number) for end in (column.items.low, column.items.high))
    for at, change in enumerate(changes):
        if isinstance(change, Item):
            low[at * length + change.at], high[at * length + change.at] = map(float, change.ends)
    return Ragged(Column.from_ends(low, high), np.arange(number + 1) * length)


def _has(batch: Batch, source: str | None) -> bool:
    return bool(source) and (str(source).startswith("=") or source in batch.schema.names)


def _length(column: Argument) -> int:
    return len(column.items.low) if isinstance(column, Ragged) else 1


def _printed(batch: Batch, sources: Sources) -> frozenset[str]:
    """The arguments that hold printed numbers, not ones that a query has counted."""
    names = [name for name, source in sources.items() if source and not source.startswith("=")]
    return frozenset(name for name in names if "struct" in str(batch.schema.field(sources[name] or "").type))
