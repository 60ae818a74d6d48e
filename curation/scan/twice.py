"""One result printed in two places, nearly alike: the abstract against the text, the text against a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from curation.scan.result import Statement
from schemas import grammar

_NUMBERS = ("estimate", "lower", "upper")
FEWEST_DIGITS = 2
"""Digits after the point that two estimates share before they are taken for one."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two statements that are plainly of one result, and its measure."""

    statements: tuple[Statement, Statement]
    measure: str


def printed_twice(found: Sequence[Statement]) -> Iterator[Pair]:
    """Effects of a named measure with the same estimate and a limit in common, one of them in the running text.

    Those that are alike throughout say nothing; what is asked is where they differ.
    """
    by_estimate: dict[str, list[Statement]] = defaultdict(list)
    for one in found:
        if one.kind == "effect" and all(one.cells.get(name) for name in _NUMBERS) and _fine(one.cells["estimate"]):
            by_estimate[one.cells["estimate"]].append(one)
    taken: set[str] = set()
    for alike in by_estimate.values():
        for one, two in combinations(alike, 2):
            measure = _measure(one, two)
            if measure and _apart(one, two) and _differ_once(one, two) and not taken & {one.record, two.record}:
                taken |= {one.record, two.record}
                yield Pair((one, two), measure)


def _fine(text: str) -> bool:
    value = grammar.number(text.rstrip("% "))
    return value is not None and -int(value.value.as_tuple().exponent) >= FEWEST_DIGITS


def _measure(one: Statement, two: Statement) -> str:
    """The measure that both have, or one has and the other does not contradict."""
    named = {each.cells.get("measure", "other") for each in (one, two)} - {"other"}
    return named.pop() if len(named) == 1 else ""


def _apart(one: Statement, two: Statement) -> bool:
    """Whether they stand in different places, one of them in the running text."""
    first, second = one.spots[0], two.spots[0]
    return first.part != second.part and (first.cell is None or second.cell is None)


def _differ_once(one: Statement, two: Statement) -> bool:
    same = [one.cells[name] == two.cells[name] for name in ("lower", "upper")]
    p = [each.cells.get("p", "") for each in (one, two)]
    return sum(same) == 1 or (all(same) and all(p) and p[0] != p[1])
