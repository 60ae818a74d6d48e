"""Proportions: events of one group."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pooling.effects.columns import Columns, Floats
from pooling.effects.zero_cells import ZeroCells
from schemas.scales import double_arcsine_of_events
from schemas.two_groups import Effects


def proportion(x: Floats, m: Floats) -> Effects:
    """Proportion p = x/n, with variance p (1 - p) / n."""
    p = x / (x + m)
    return Effects(p, p * (1 - p) / (x + m))


def log_proportion(x: Floats, m: Floats) -> Effects:
    """Logarithm of a proportion, with variance 1/x - 1/n."""
    return Effects(np.log(x / (x + m)), 1 / x - 1 / (x + m))


def log_odds(x: Floats, m: Floats) -> Effects:
    """Log odds of x with and m without the event, with variance 1/x + 1/m."""
    return Effects(np.log(x / m), 1 / x + 1 / m)


def arcsine(x: Floats, m: Floats) -> Effects:
    """Arcsine of the root of a proportion, with variance 1 / (4 n)."""
    return Effects(np.arcsin(np.sqrt(x / (x + m))), 1 / (4 * (x + m)))


def double_arcsine(x: Floats, m: Floats) -> Effects:
    """Freeman and Tukey's double arcsine with the factor 1/2, with variance 1 / (4 n + 2)."""
    return Effects(0.5 * double_arcsine_of_events(x, x + m), 1 / (4 * (x + m) + 2))


FORMULAS: dict[str, Callable[[Floats, Floats], Effects]] = {
    "PR": proportion,
    "PLN": log_proportion,
    "PLO": log_odds,
    "PAS": arcsine,
    "PFT": double_arcsine,
}


def effects(measure: str, columns: Columns, cells: ZeroCells) -> Effects:
    """Effects of ``xi`` events in ``ni`` participants."""
    x, m = cells.corrected(columns["xi"], columns["ni"] - columns["xi"])
    return FORMULAS[measure](x, m)
