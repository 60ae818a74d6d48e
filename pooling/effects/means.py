"""Means: of one group, and of two groups compared."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pooling.effects.columns import Columns, Floats, refuse
from pooling.effects.zero_cells import ZeroCells
from schemas import two_groups as groups
from schemas.two_groups import Effects


def mean(n: Floats, m: Floats, s: Floats) -> Effects:
    """Mean as it is, with variance s^2 / n."""
    return Effects(m, s**2 / n)


FORMULAS: dict[str, Callable[..., Effects]] = {
    "MN": mean,
    "MD": groups.mean_difference,
    "SMD": groups.standardised_mean_difference,
    "SMDH": groups.standardised_by_average,
    "ROM": groups.log_ratio_of_means,
}
_STANDARDISED = {"SMD", "SMDH"}


def of_one(measure: str, columns: Columns, cells: ZeroCells) -> Effects:  # noqa: ARG001 - means have no cells
    """Effects of the mean ``mi`` with standard deviation ``sdi`` in ``ni`` participants."""
    return FORMULAS[measure](columns["ni"], columns["mi"], columns["sdi"])


def of_two(measure: str, columns: Columns, cells: ZeroCells) -> Effects:  # noqa: ARG001 - means have no cells
    """Effects of the mean ``m1i`` (``sd1i``, ``n1i``) against ``m2i`` (``sd2i``, ``n2i``)."""
    n1, m1, s1, n2, m2, s2 = (columns[name] for name in ("n1i", "m1i", "sd1i", "n2i", "m2i", "sd2i"))
    found = FORMULAS[measure](n1, m1, s1, n2, m2, s2)
    if measure not in _STANDARDISED:
        return found
    spread = {"sd1i": s1, "sd2i": s2}
    refuse((s1 == 0) & (s2 == 0), spread, f"{measure} divides by the standard deviation, and both are 0")
    # the correction for small samples exists from 4 participants on, the variance of SMDH from 2 in each group
    few = (n1 + n2 <= 3) | ((measure == "SMDH") & ((n1 == 1) | (n2 == 1)))
    return Effects(np.where(few, np.nan, found.y), np.where(few, np.nan, found.v))
