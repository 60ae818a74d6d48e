"""Plainly printed numbers as a quick look needs them: each with half a unit of its last printed place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.intervals import Column, Singles, everyone
from schemas.plain_numbers import Decimals, units_of, value_of

_HALVES = np.array([float(f"5e-{decimals + 1}") for decimals in range(128)])
Floats = NDArray[np.float64]


class Rounded(Column):
    """Printed numbers with the intervals around them, all known.

    ``printed`` may be in single precision, where that is off by less than a quarter of a unit of the last place.
    ``decimals`` are those of every number, or row by row; None: each number is exactly what is printed.

    The ends are worked out when they are asked for, in doubles and not to the last digit: for screens, which leave
    room for that. In single precision they are off by four parts in ten million at most.
    """

    __slots__ = ("decimals", "half", "printed", "value")

    def __init__(self, printed: NDArray[Any], decimals: Decimals | None = None) -> None:
        self.printed = printed
        self.decimals = decimals
        self.half: Floats | np.float64 = np.float64(0) if decimals is None else _HALVES[decimals]
        self._known = everyone(len(printed))
        self._clean = None if decimals is None else False
        self._single = None

    def __getattr__(self, name: str) -> Floats:
        if name == "value":
            self.value = self._in_doubles()
            return self.value
        if name == "low":
            self.low = self.value if self.decimals is None else self.value - self.half
            return self.low
        if name == "high":
            self.high = self.value if self.decimals is None else self.value + self.half
            return self.high
        raise AttributeError(name)

    def _in_doubles(self) -> Floats:
        """What is printed, to the last digit."""
        if self.decimals is None or self.printed.dtype == np.float64:
            return self.printed.astype(np.float64, copy=False)
        return value_of(units_of(self.printed, self.decimals), self.decimals)

    @property
    def single(self) -> Singles:
        """The ends in single precision; made once."""
        if self._single is None:
            value, half = self.printed.astype(np.float32, copy=False), np.asarray(self.half, dtype=np.float32)
            self._single = (value, value) if self.decimals is None else (value - half, value + half)
        return self._single

    @property
    def low_at_hand(self) -> NDArray[Any]:
        """The number that is printed, or one in single precision beside it, within its interval."""
        return self.printed

    @property
    def high_at_hand(self) -> NDArray[Any]:
        """The same number."""
        return self.printed

    def take(self, rows: NDArray[np.intp]) -> Rounded:
        """The column at these rows."""
        return Rounded(
            self.printed[rows], self.decimals[rows] if isinstance(self.decimals, np.ndarray) else self.decimals
        )
