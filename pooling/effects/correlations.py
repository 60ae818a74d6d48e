"""Correlation coefficients, as they are or by Fisher's z."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pooling.effects.columns import Columns, Floats
from pooling.effects.zero_cells import ZeroCells
from schemas.two_groups import Effects

_FEWEST = 3


def correlation(r: Floats, n: Floats) -> Effects:
    """Correlation r, with variance (1 - r^2)^2 / (n - 1)."""
    return Effects(r, (1 - r**2) ** 2 / (n - 1))


def fisher_z(r: Floats, n: Floats) -> Effects:
    """Fisher's z = artanh r, with variance 1 / (n - 3)."""
    return Effects(np.arctanh(r), 1 / (n - 3))


FORMULAS: dict[str, Callable[[Floats, Floats], Effects]] = {"ZCOR": fisher_z, "COR": correlation}


def effects(measure: str, columns: Columns, cells: ZeroCells) -> Effects:  # noqa: ARG001 - correlations have no cells
    """Effects of the correlation ``ri`` in ``ni`` participants; no variance with three or fewer."""
    found = FORMULAS[measure](columns["ri"], columns["ni"])
    return Effects(found.y, np.where(columns["ni"] <= _FEWEST, np.nan, found.v))
