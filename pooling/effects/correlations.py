"""Correlation coefficients, as they are or by Fisher's z."""

from __future__ import annotations

from pooling.effects.columns import Columns
from pooling.effects.zero_cells import ZeroCells
from schemas.formulas import FORMULAS
from schemas.two_groups import Effects


def effects(measure: str, columns: Columns, cells: ZeroCells) -> Effects:  # noqa: ARG001 - correlations have no cells
    """Effects of the correlation ``ri`` in ``ni`` participants; no variance with three or fewer."""
    return FORMULAS[measure](columns["ri"], columns["ni"])
