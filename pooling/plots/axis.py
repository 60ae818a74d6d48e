"""The horizontal axis of a forest: its range, its ticks, and where a value lies on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from pooling.plots.style import BODY, width_of

Floats = NDArray[np.float64]
_STEPS = [1, 2, 2.5, 5, 10]
_GAP = 7.0
"""Least distance between the labels of two ticks, in points."""


@dataclass(frozen=True, slots=True)
class Axis:
    """From ``low`` to ``high``, in natural values; ratios and rates on a logarithmic axis. ``said`` prints a tick."""

    low: float
    high: float
    log: bool
    said: Callable[[float], str]
    null: float | None = None
    """The value of no effect; None where there is none."""

    def place(self, value: float) -> float:
        """Where a value lies: 0 at the low end, 1 at the high end, beyond them outside."""
        low, high, at = (float(each) for each in _units(np.array([self.low, self.high, value]), log=self.log))
        return (at - low) / (high - low)

    def ticks(self, width: float) -> list[float]:
        """As many round values as can be labelled on an axis of that many points; the value of no effect among them."""
        best: list[float] = []
        for some in _rounds(self.low, self.high, log=self.log):
            inside = [each for each in some if -1e-9 <= self.place(each) <= 1 + 1e-9]
            if not self._fit(inside, width) or not self._has_null(inside):
                continue
            if len(inside) >= 4:
                return inside
            best = max(best, inside, key=len)
        return best or [self.low, self.high]

    def _has_null(self, values: Sequence[float]) -> bool:
        """Whether the value of no effect is one of them, where it lies on the axis."""
        if self.null is None or not 0 <= self.place(self.null) <= 1:
            return True
        return any(abs(each - self.null) < 1e-9 for each in values)

    def _fit(self, values: Sequence[float], width: float) -> bool:
        places = [width * self.place(each) for each in values]
        halves = [width_of(self.said(each), BODY) / 2 for each in values]
        pairs = zip(places, places[1:], halves, halves[1:], strict=False)
        return all(right - left >= a + b + _GAP for left, right, a, b in pairs)


def axis(
    estimates: Floats,
    lower: Floats,
    upper: Floats,
    *,
    log: bool,
    said: Callable[[float], str],
    null: float | None = None,
    bounds: tuple[float, float] | None = None,
    limits: tuple[float, float] | None = None,
) -> Axis:
    """An axis on which all estimates lie, and their intervals as far as they do not crush the rest.

    ``bounds`` are the least and the greatest value there can be; ``limits`` fix the ends instead.
    """
    if limits:
        return Axis(limits[0], limits[1], log=log, said=said, null=null)
    near = estimates if null is None else np.append(estimates, null)
    middle, low, high = (_finite(_units(each, log=log)) for each in (near, lower, upper))
    if not len(_finite(estimates)):
        middle = np.array([-1.0, 1.0]) if bounds is None else np.asarray(bounds)
    widths = _finite(_units(upper, log=log) - _units(lower, log=log))
    room = max(float(np.ptp(middle)), 1.5 * float(np.median(widths)) if len(widths) else 0.0, 1e-9)
    ends = [
        float(max(low.min(initial=middle.min()), middle.min() - room)),
        float(min(high.max(initial=middle.max()), middle.max() + room)),
    ]
    pad = 0.04 * max(ends[1] - ends[0], 1e-6)
    left, right = ends[0] - pad, ends[1] + pad
    if bounds is not None:
        left, right = _bounded(left, right, bounds)
    return Axis(_back(left, log=log), _back(right, log=log), log=log, said=said, null=null)


def even(low: float, high: float, most: int = 6) -> list[float]:
    """Round values at even distances inside a range.

    >>> even(0.0, 0.52)
    [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    """
    found = (float(f"{each:.6g}") for each in MaxNLocator(most, steps=_STEPS).tick_values(low, high))
    return [each for each in found if low <= each <= high]


def _bounded(left: float, right: float, bounds: tuple[float, float]) -> tuple[float, float]:
    """Inside the bounds; an axis over most of them goes over all of them."""
    low, high = bounds
    if right - left > 0.7 * (high - low):
        return low, high
    near = 0.12 * (right - left)
    return (low if left - near < low else left), (high if right + near > high else right)


def _units(values: Floats, *, log: bool) -> Floats:
    if not log:
        return np.asarray(values, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(values), dtype=np.float64)


def _back(value: float, *, log: bool) -> float:
    return float(np.exp(min(value, 700.0))) if log else value


def _finite(values: Floats) -> Floats:
    return np.asarray(values[np.isfinite(values)], dtype=np.float64)


def _rounds(low: float, high: float, *, log: bool) -> list[list[float]]:
    """Sets of round values over a range, the densest first."""
    straight = [even(low, high, bins) for bins in (6, 5, 4, 3, 2)]
    if not log:
        return straight
    powers = [_decades(low, high, (1,), step) for step in (1, 2, 3, 4, 6, 12, 24, 48, 96)]
    wide = [_decades(low, high, (1, 2, 5), 1), powers[0], _decades(low, high, (1, 3), 1), *powers[1:]]
    return [*wide, *straight] if high / low >= 8 else [*straight, *wide]


def _decades(low: float, high: float, digits: tuple[int, ...], step: int) -> list[float]:
    first, last = int(np.floor(np.log10(low))), int(np.ceil(np.log10(high)))
    return [float(f"{digit}e{power}") for power in range(first, last + 1) if power % step == 0 for digit in digits]
