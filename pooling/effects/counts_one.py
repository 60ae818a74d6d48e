"""Proportions: events of one group."""

from __future__ import annotations

from pooling.effects.columns import Columns
from pooling.effects.zero_cells import ZeroCells
from schemas.formulas import FORMULAS
from schemas.two_groups import Effects


def effects(measure: str, columns: Columns, cells: ZeroCells) -> Effects:
    """Effects of ``xi`` events in ``ni`` participants."""
    return FORMULAS[measure](*cells.corrected(columns["xi"], columns["ni"] - columns["xi"]))
