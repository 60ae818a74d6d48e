"""Incidence rates: events over person-time, of one group or of two."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pooling.effects.columns import Columns, Floats
from pooling.effects.zero_cells import ZeroCells
from schemas import two_groups as groups
from schemas.two_groups import Effects


def rate(x: Floats, time: Floats) -> Effects:
    """Incidence rate x / t, with variance x / t^2."""
    return Effects(x / time, x / time / time)


def log_rate(x: Floats, time: Floats) -> Effects:
    """Logarithm of an incidence rate, with variance 1 / x."""
    return Effects(np.log(x / time), 1 / x)


FORMULAS: dict[str, Callable[..., Effects]] = {
    "IR": rate,
    "IRLN": log_rate,
    "IRR": groups.log_rate_ratio,
    "IRD": groups.rate_difference,
}


def of_one(measure: str, columns: Columns, cells: ZeroCells) -> Effects:
    """Effects of ``xi`` events in the time ``ti``."""
    (x,) = cells.corrected(columns["xi"])
    return FORMULAS[measure](x, columns["ti"])


def of_two(measure: str, columns: Columns, cells: ZeroCells) -> Effects:
    """Effects of ``x1i`` events in ``t1i`` against ``x2i`` in ``t2i``."""
    x1, x2 = columns["x1i"], columns["x2i"]
    x1, x2 = cells.dropped((x1 == 0) & (x2 == 0), x1, x2)
    x1, x2 = cells.corrected(x1, x2)
    return FORMULAS[measure](x1, columns["t1i"], x2, columns["t2i"])
