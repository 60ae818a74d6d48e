"""How far a sample's numbers can be from each other: counts of values round a quartile, squares, customs of the SD."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from schemas.intervals import Column, Ends
from schemas.verdicts import Mask

DIVIDED_BY_N = "the standard deviation may have been computed with n instead of n - 1"
FROM_A_MODEL = (
    "the record speaks of adjustment or a model; such a mean or standard error is not that of the raw numbers"
)
_MODELLED = re.compile(
    r"\b(adjust|least.?squares?\b|ls.?mean|lsm\b|ancova|mmrm|mixed|regress|robust|cluster|bootstrap|imput|weighted|geometric|log)",
    re.IGNORECASE,
)


class Asked(Protocol):
    """A flagged row: its printed numbers, its record, and whether it would hold with other numbers."""

    @property
    def record(self) -> Any: ...  # noqa: ANN401, D102 - a mapping
    def __getitem__(self, name: str) -> Any: ...  # noqa: ANN401 - a cell
    def holds(self, **changed: Any) -> bool: ...  # noqa: ANN401, D102 - see Flagged


def square(column: Column) -> Column:
    """Each value times itself: never below zero, even where the sign is open."""
    size = abs(column)
    return size * size


def above_zero(column: Column) -> Column:
    """The part of each value above zero: max(x, 0)."""
    zero: Any = Fraction(0) if column.rational else 0.0
    with np.errstate(invalid="ignore"):
        return Column(np.maximum(column.low, zero), np.maximum(column.high, zero), column.known, column.clean)


def unusable(n: Column, least: int = 2) -> Mask:
    """Rows whose number of participants is not one known whole number of at least ``least``."""
    with np.errstate(invalid="ignore"):
        whole: Mask = np.asarray((n.low >= least) & (n.low % 1 == 0), dtype=bool)
    usable: Mask = n.is_point & whole
    return ~usable


def half(n: Column) -> Column:
    """How many values are at most the median, at least, and how many at least it: n / 2, rounded up.

    Holds also where the median is the lower or the upper of the two middle values.

    >>> half(Column.of([4, 5])).low.tolist()
    [2.0, 3.0]
    """
    return _counted(n, -(-n.low // 2))


def beyond_quartile(n: Column) -> Column:
    """How many values are at most the lower quartile, at least, by every customary definition: n / 4, rounded down.

    One at least. As many are at least the upper quartile. Hyndman and Fan 1996, Am Stat 50:361, list nine definitions;
    x(floor(n/4)) is the lowest that any of them puts wholly at or below the lower quartile.

    >>> beyond_quartile(Column.of([3, 4, 9])).low.tolist()
    [1.0, 1.0, 2.0]
    """
    with np.errstate(invalid="ignore"):
        return _counted(n, np.maximum(n.low // 4, n.low * 0 + 1))


def within_quartile(n: Column) -> Column:
    """How many values are at least the lower quartile, at least, by every customary definition: 3 n / 4, rounded down.

    As many are at most the upper quartile. The definitions are not mirror images: one of them puts the upper quartile as
    low as rank 3 n / 4.

    >>> within_quartile(Column.of([4, 5])).low.tolist()
    [3.0, 3.0]
    """
    return _counted(n, 3 * n.low // 4)


def _counted(n: Column, ends: Ends) -> Column:
    return Column(ends, ends, n.known, n.clean)


def with_n_minus_1(row: Asked, sd: str = "sd", n: str = "n") -> tuple[float, float]:
    """The interval of the SD if what is printed was computed with n in the denominator."""
    size = float(row[n].low)
    factor = math.sqrt(size / (size - 1))
    return float(row[sd].low) * factor, float(row[sd].high) * factor


def modelled(row: Asked) -> bool:
    """Whether the record itself says that its numbers are adjusted or come from a model."""
    words = (row.record.get(name) for name in ("row", "column", "section", "printed", "quote", "note", "analysis_set"))
    return any(_MODELLED.search(each) for each in words if isinstance(each, str))


def root(low: Fraction | float, high: Fraction | float) -> tuple[float, float]:
    """The square roots of both ends; nothing is below zero."""
    return tuple(math.sqrt(max(0.0, float(each))) for each in (low, high))  # type: ignore[return-value]  # two of them
