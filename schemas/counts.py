"""Numbers of people and studies that stand in fields for any number: a printed 173 is 173, not 172.5 to 173.5."""

from __future__ import annotations

import numpy as np

from schemas.intervals import Column
from schemas.ragged import Ragged


def as_counts(numbers: Ragged) -> Ragged:
    """Lists whose intervals reach only from whole number to whole number; one that holds none is unknown.

    >>> as_counts(Ragged(Column.of([(172.5, 173.5), (9, 24)]), np.array([0, 2]))).items.low.tolist()
    [173.0, 9.0]
    """
    items = numbers.items
    low, high = (
        end(np.asarray(ends, dtype=np.float64)) for end, ends in ((np.ceil, items.low), (np.floor, items.high))
    )
    with np.errstate(invalid="ignore"):
        known = items.known & (low <= high)
    counts = Column.from_ends(np.where(known, low, np.nan), np.where(known, high, np.nan))
    return Ragged(counts.rationals() if items.rational else counts, numbers.starts)
