"""What the numbers of a clean record satisfy: bounds of one field, and the order of two. Derived from the models.

Declared once here, applied twice: when records are chosen (``decide``), and on the finished tables (``contract``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations

from schemas.kinds.base import Record

CHAINS = (("events", "total"), ("minimum", "q1", "median", "q3", "maximum"))
"""Fields that rise in this order, in every kind that has them."""
POSITIVE = ("sd", "se")
"""Spreads: an analysis divides by them."""
HIGHEST = {"percent": 100}
"""Quantity -> greatest value in a clean dataset, where the quantity itself has none."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one field; ``above_zero``: zero itself is out."""

    field: str
    lowest: float | None
    highest: float | None
    above_zero: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """Two fields, the first of which is not more than the second."""

    lesser: str
    greater: str


@cache
def orders(model: type[Record]) -> tuple[Order, ...]:
    """The pairs of fields that must be in order: events and total, lower, estimate and upper, the quartiles."""
    printed = {each.name for each in model.printed_fields()}
    chains = [*CHAINS, *(tuple(each) for each in _intervals(model))]
    pairs = [pair for chain in chains for pair in combinations([name for name in chain if name in printed], 2)]
    return tuple(dict.fromkeys(Order(*pair) for pair in pairs))


@cache
def limits(model: type[Record]) -> tuple[Limits, ...]:
    """The bounds of the printed fields. Limits of intervals are free: a normal approximation may pass 0 or 100."""
    free = {name for lower, _, upper in _intervals(model) for name in (lower, upper)}
    found = []
    for each in model.printed_fields():
        quantity = each.quantity
        if quantity is None or each.name in free:
            continue
        highest = HIGHEST.get(quantity.name, quantity.highest)
        if quantity.lowest is not None or highest is not None:
            found.append(Limits(each.name, quantity.lowest, highest, above_zero=each.name in POSITIVE))
    return tuple(found)


def _intervals(model: type[Record]) -> list[tuple[str, str, str]]:
    """Lower limit, estimate and upper limit, as the faces of the kind name them."""
    printed = {each.name for each in model.printed_fields()}
    triples = [
        (face.get("lower", "lower"), face.get("estimate", "estimate"), face.get("upper", "upper"))
        for face in model.faces
    ]
    return [triple for triple in triples if set(triple) <= printed]
