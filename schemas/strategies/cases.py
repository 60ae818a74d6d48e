"""Hypothesis strategies over whole records, diagrams and reviews. A few drawn parameters and a seed decide everything."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from schemas.registry import RECORDS
from schemas.strategies.breakers import BREAKERS
from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.flows import consort, prisma
from schemas.strategies.printing import Rounding
from schemas.strategies.review import simulate_review
from schemas.strategies.single import MAKERS
from schemas.strategies.true_numbers import printers

SEEDS = st.integers(0, 2**32 - 1)


def draws(rounding: Rounding | None = None, largest: int = 500) -> st.SearchStrategy[Draw]:
    """Cases: a seed, an author's habits, and a number of participants from 2 to ``largest``."""
    return st.builds(
        lambda seed, to, size: Draw(np.random.default_rng(seed), to, size),
        SEEDS,
        printers(rounding),
        st.integers(2, largest),
    )


def records(kind: str, rounding: Rounding | None = None) -> st.SearchStrategy[Row]:
    """Single records of a kind, true as printed. Raises KeyError, with a sentence, for an unknown kind.

    Args:
        kind: a record kind ("count", "mean", "survival", "effect", "pooled", "flow", ...).
        rounding: "half_up", "half_even" or "truncate"; by default either of the first two.
    """
    if kind not in MAKERS:
        raise KeyError(f"{kind!r} is no record kind; the kinds are {', '.join(RECORDS)}")
    return draws(rounding).map(lambda draw: {"source": "source-1", "study": "study-1"} | MAKERS[kind](draw))


def diagrams(diagram: str = "prisma") -> st.SearchStrategy[list[Row]]:
    """The boxes of a whole "prisma" or "consort" diagram, which add up."""
    place = {"source": "source-1"} | ({"study": "study-1"} if diagram == "consort" else {})
    make = (lambda draw: prisma(draw, draw.between(1, 60))) if diagram == "prisma" else consort
    return draws().map(lambda draw: [place | box for box in make(draw)])


def reviews(
    studies: st.SearchStrategy[int] | int = 3, rounding: Rounding | None = None, decimals: int | None = None
) -> st.SearchStrategy[Tables]:
    """Whole reviews, true as printed: rows by kind, entities included.

    Args:
        studies: how many studies, or a strategy for it.
        rounding: "half_up", "half_even" or "truncate"; by default either of the first two.
        decimals: decimals of percentages, 0 to 3 by default.
    """
    number = st.just(studies) if isinstance(studies, int) else studies
    return st.builds(simulate_review, SEEDS, number, printers(rounding, decimals))


def broken(rule_id: str) -> st.SearchStrategy[Tables]:
    """Data in which a rule must fire: consistent data with the identity of the rule broken beyond rounding.

    Raises KeyError, with a sentence, for a rule id that has no breaker.
    """
    if rule_id not in BREAKERS:
        raise KeyError(f"no breaker for {rule_id!r}; there is one for {', '.join(sorted(BREAKERS))}")
    return draws(largest=200).map(BREAKERS[rule_id])
