"""What plainly holds of one statement needs no query: numbers in their order, P values between 0 and 1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from curation.scan.result import Statement
from schemas import grammar

_ORDER = ("minimum", "q1", "median", "q3", "maximum")
_P = ("p", "p_heterogeneity")
POSSIBLE, IN_ORDER = "P-001", "SPAN-002"


def to_ask(found: Sequence[Statement]) -> tuple[list[Statement], Counter[str]]:
    """The statements that a rule for single records must be asked of, and how often each rule plainly holds.

    Printed values that are in order are so within their rounding; so the answer is the same as the rule's.
    """
    asked: list[Statement] = []
    holds: Counter[str] = Counter()
    for one in found:
        answers = dict(_answers(one))
        if one.kind == "survival" or not all(answers.values()):
            asked.append(one)
        else:
            holds.update(answers)
    return asked, holds


def _answers(one: Statement) -> Iterator[tuple[str, bool]]:
    """Rule and whether it plainly holds."""
    for name in _P:
        value = _value(one.cells.get(name, ""))
        if value is not None:
            yield POSSIBLE, 0 < value <= 1
    if one.kind == "mean":
        numbers = [_value(one.cells[name]) for name in _ORDER if name in one.cells]
        ends = [_value(one.cells[name]) for name in ("minimum", "maximum", "mean") if name in one.cells]
        if len(numbers) > 1 or ("mean" in one.cells and len(ends) > 1):
            yield IN_ORDER, _rising(numbers) and _inside(one)


def _rising(numbers: Sequence[Decimal | None]) -> bool:
    return (
        all(low is not None and high is not None and low <= high for low, high in pairwise(numbers))
        and None not in numbers
    )


def _inside(one: Statement) -> bool:
    """Whether the mean lies between the extremes that are printed."""
    chain = [one.cells[name] for name in ("minimum", "mean", "maximum") if name in one.cells]
    return "mean" not in one.cells or _rising([_value(text) for text in chain])


def _value(text: str) -> Decimal | None:
    found = grammar.number(text)
    return found.value if found else None
