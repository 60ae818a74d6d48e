"""Incidence rates: events over person-time, of one group or of two."""

from __future__ import annotations

from pooling.effects.columns import Columns
from pooling.effects.zero_cells import ZeroCells
from schemas.formulas import FORMULAS
from schemas.two_groups import Effects


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
