"""Means: of one group, and of two groups compared."""

from __future__ import annotations

from pooling.effects.columns import Columns, refuse
from pooling.effects.zero_cells import ZeroCells
from schemas.formulas import FORMULAS
from schemas.two_groups import Effects

_STANDARDISED = {"SMD", "SMDH"}


def of_one(measure: str, columns: Columns, cells: ZeroCells) -> Effects:  # noqa: ARG001 - means have no cells
    """Effects of the mean ``mi`` with standard deviation ``sdi`` in ``ni`` participants."""
    return FORMULAS[measure](columns["ni"], columns["mi"], columns["sdi"])


def of_two(measure: str, columns: Columns, cells: ZeroCells) -> Effects:  # noqa: ARG001 - means have no cells
    """Effects of the mean ``m1i`` (``sd1i``, ``n1i``) against ``m2i`` (``sd2i``, ``n2i``)."""
    n1, m1, s1, n2, m2, s2 = (columns[name] for name in ("n1i", "m1i", "sd1i", "n2i", "m2i", "sd2i"))
    if measure in _STANDARDISED:
        spread = {"sd1i": s1, "sd2i": s2}
        refuse((s1 == 0) & (s2 == 0), spread, f"{measure} divides by the standard deviation, and both are 0")
    return FORMULAS[measure](n1, m1, s1, n2, m2, s2)
