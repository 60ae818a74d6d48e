"""Single records of every kind, by the thousand: the makers, and numbered rows ready for a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from schemas.strategies.counts import count
from schemas.strategies.draw import Draw, Row, draw_from
from schemas.strategies.effects import effect
from schemas.strategies.flows import consort, flow, prisma
from schemas.strategies.means import mean
from schemas.strategies.others import appraisal, characteristic, test
from schemas.strategies.pooled import pooled
from schemas.strategies.printing import ROUNDINGS, Rounding
from schemas.strategies.rates import rate
from schemas.strategies.survival import survival

MAKERS: dict[str, Callable[[Draw], Row]] = {
    "count": count, "rate": rate, "mean": mean, "survival": survival, "effect": effect, "pooled": pooled, "flow": flow,
    "characteristic": characteristic, "appraisal": appraisal, "test": test,
}  # fmt: skip
"""How one record of a kind is simulated."""


def simulate_records(kind: str, seed: int, number: int, roundings: tuple[Rounding, ...] = ROUNDINGS[:2]) -> list[Row]:
    """Rows of one kind, each true as printed, each with a source and a study of its own.

    >>> [row["source"] for row in simulate_records("count", 1, 2)]
    ['count-1-0', 'count-1-1']
    """
    return [
        {"source": place, "study": place} | MAKERS[kind](draw) for place, draw in _draws(kind, seed, number, roundings)
    ]


def simulate_diagrams(seed: int, number: int) -> list[Row]:
    """The boxes of so many PRISMA and CONSORT diagrams, each diagram with a source of its own."""
    boxes = []
    for place, draw in _draws("flow", seed, number, ROUNDINGS[:2]):
        whole = prisma(draw, draw.between(1, 60)) if draw.maybe(0.5) else consort(draw)
        boxes += [{"source": place, "study": place} | box if "arm" in box else {"source": place} | box for box in whole]
    return boxes


def _draws(kind: str, seed: int, number: int, roundings: tuple[Rounding, ...]) -> Iterator[tuple[str, Draw]]:
    root = np.random.default_rng([seed, len(kind), *kind.encode()])
    for place in range(number):
        yield f"{kind}-{seed}-{place}", draw_from(root, roundings)
