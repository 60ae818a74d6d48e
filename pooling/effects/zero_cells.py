"""Empty cells: what is added to counts, where, and which studies are dropped.

The options are those of metafor's escalc. ``to``: "only0" adds to the studies that have an empty cell, "if0all" to all
studies of an analysis (the last axis) if one of them has an empty cell, "all" always, "none" never.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pooling.errors import CannotPool
from schemas.formulas import DEFINED_WITH_EMPTY_CELLS

Floats = NDArray[np.float64]

TO = ("only0", "all", "if0all", "none")


def usual_add(measure: str) -> float:
    """What is added to each cell if the caller does not say: one half, or nothing with arcsines."""
    return 0.0 if measure in DEFINED_WITH_EMPTY_CELLS else 0.5


def _can_be_added(amount: Any) -> bool:  # noqa: ANN401 - anything
    return isinstance(amount, Real) and bool(np.isfinite(float(amount))) and float(amount) >= 0


@dataclass(frozen=True, slots=True)
class ZeroCells:
    """The options of one call, checked."""

    add: float
    to: str = "only0"
    drop00: bool = False

    def __post_init__(self) -> None:
        if self.to not in TO:
            raise CannotPool(f"to={self.to!r} is unknown; give one of {', '.join(TO)}")
        if not _can_be_added(self.add):
            raise CannotPool(f"add={self.add!r} cannot be added to counts; give a number of 0 or more, such as 0.5")

    def corrected(self, *cells: Floats) -> tuple[Floats, ...]:
        """The cells of each study after the correction; all of one shape."""
        if self.to == "none":
            return cells
        empty = np.logical_or.reduce([each == 0 for each in cells])
        if self.to == "if0all" and empty.ndim:
            empty = empty.any(axis=-1, keepdims=True)
        added = np.where(True if self.to == "all" else empty, self.add, 0.0)
        return tuple(each + added for each in cells)

    def dropped(self, without: NDArray[np.bool_], *cells: Floats) -> tuple[Floats, ...]:
        """The cells, missing in the studies ``without`` anything to compare if ``drop00`` says so."""
        return tuple(np.where(without, np.nan, each) for each in cells) if self.drop00 else cells
