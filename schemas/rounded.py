"""Plainly printed numbers as a quick look needs them: each with half a unit of its last printed place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from schemas.intervals import Column, Singles, everyone


class Rounded(Column):
    """Intervals around printed numbers, all known, none a count.

    The ends are worked out when they are asked for, in doubles and not to the last digit: for screens, which leave
    room for that. In single precision they are off by four parts in ten million at most.
    """

    __slots__ = ("half", "value")

    def __init__(self, value: NDArray[np.float64], half: NDArray[np.float64] | float) -> None:
        self.value = value
        self.half = half
        self._known = everyone(len(value))
        self._clean = False
        self._single = None

    def __getattr__(self, name: str) -> NDArray[np.float64]:
        if name == "low":
            self.low = self.value - self.half
            return self.low
        if name == "high":
            self.high = self.value + self.half
            return self.high
        raise AttributeError(name)

    @property
    def single(self) -> Singles:
        """The ends in single precision; made once."""
        if self._single is None:
            value, half = self.value.astype(np.float32), np.asarray(self.half, dtype=np.float32)
            self._single = value - half, value + half
        return self._single

    @property
    def low_at_hand(self) -> NDArray[np.float64]:
        """The number that is printed."""
        return self.value

    @property
    def high_at_hand(self) -> NDArray[np.float64]:
        """The number that is printed."""
        return self.value
