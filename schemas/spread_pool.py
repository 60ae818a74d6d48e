"""A standard deviation beside those of the other studies of its outcome: when it is out of line, and by how much."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.intervals import Column
from schemas.thresholds import threshold
from schemas.verdicts import Mask, Verdicts

Floats = NDArray[np.float64]
KADLEC = "Kadlec, Sainani and Nimphius 2023 Sports Med 53:313, doi:10.1007/s40279-022-01766-0"

OTHERS = threshold(
    "spread_other_studies", 4, least=3, most=1000, source="this project's choice: a median of fewer says little",
    meaning="studies of the same outcome and unit, besides the one in question, that its standard deviation is held against",
)  # fmt: skip
RATIO = threshold(
    "spread_ratio", 3, least=1.5, most=100, meaning="times a standard deviation must differ from the median of the other studies",
    source="this project's choice: a standard error is that much smaller from ten participants on; genuine pools rarely reach it",
)  # fmt: skip
DISTANCE = threshold(
    "spread_distance", 5, least=2, most=100,
    meaning="scaled median absolute deviations that a standard deviation must differ from the others, on the logarithmic scale",
    source="this project's choice: with few studies the 3.5 of Iglewicz and Hoaglin 1993 doubts about one true deviation in 6,000; 5 doubted none of 48,000",
)  # fmt: skip
THRESHOLDS = (OTHERS, RATIO, DISTANCE)


@dataclass(frozen=True, slots=True)
class Pool:
    """What the other studies say of each row, on the logarithmic scale."""

    others: Column
    typical: Column
    lowest: Column
    highest: Column
    scatter: Column

    @property
    def enough(self) -> Mask:
        """Rows with enough other studies to be held against."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.others.low >= OTHERS.value, dtype=bool) & self.others.known

    def far(self, gap: Floats, n: Column) -> Mask:
        """Whether a logarithm this far from the others is out of line: by ratio, and by its own and their scatter."""
        size = _floats(n.low)
        with np.errstate(invalid="ignore", divide="ignore"):
            own = np.where(size > 1, 1 / (2 * (size - 1)), np.inf)
            scatter = np.sqrt(_floats(self.scatter.low) ** 2 + own)
            return np.asarray((gap > math.log(RATIO.value)) & (gap > DISTANCE.value * scatter), dtype=bool)

    def below(self, one: Column, n: Column) -> Mask:
        """Rows out of line on the small side."""
        return self.far(_floats(self.typical.low) - _floats(one.high), n)

    def above(self, one: Column, n: Column) -> Mask:
        """Rows out of line on the large side."""
        return self.far(_floats(one.low) - _floats(self.typical.low), n)

    def holds(self, one: Column) -> Mask:
        """Rows that would lie among the other studies."""
        with np.errstate(invalid="ignore"):
            return np.asarray(
                (_floats(one.high) >= _floats(self.lowest.low)) & (_floats(one.low) <= _floats(self.highest.low)),
                dtype=bool,
            )


def pool_of(others: Column, median: Column, lowest: Column, highest: Column, scatter: Column) -> Pool:
    """A pool from the columns of the view ``spreads``."""
    return Pool(others, *(log(each) for each in (median, lowest, highest, scatter)))


def log(column: Column) -> Column:
    """The logarithm of a positive number; unknown at or below zero."""
    return column.rising(lambda x: np.where(x > 0, np.log(np.where(x > 0, x, 1)), np.nan))


def judged(wrong: Mask, *columns: Column, enough: Mask) -> Verdicts:
    """Verdicts where all of these are known and there are enough other studies."""
    known = enough.copy()
    for each in columns:
        known &= each.known
    return Verdicts.of(wrong & known, known)


def range_of_others(row: Any) -> str:  # noqa: ANN401 - a flagged row of a rule
    """The smallest and the largest of the other studies, in words."""
    low, high, others = (float(row[name].low) for name in ("their_lowest", "their_highest", "other_studies"))
    return f"{low:.3g} to {high:.3g}, as in the other {others:.0f} studies"


def _floats(ends: NDArray[Any]) -> Floats:
    return np.asarray(ends, dtype=np.float64)
