"""The Kaplan-Meier curve of simulated people: rates at a time, numbers at risk, the median and their intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schemas.strategies.lifetimes import People

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """A survival curve.

    Just after ``time`` a fraction ``alive`` is free of the event; ``greenwood`` is the sum of d / (n (n - d)) up to then.
    """

    people: People
    time: Floats
    alive: Floats
    greenwood: Floats

    def at(self, time: float) -> float:
        """Fraction free of the event at a time."""
        place = int(np.searchsorted(self.time, time, side="right")) - 1
        return 1.0 if place < 0 else float(self.alive[place])

    def at_risk(self, time: float) -> int:
        """Participants still followed and free of the event just after a time."""
        return int((self.people.time > time).sum())

    def last(self) -> float:
        """The longest follow-up."""
        return float(self.people.time.max())

    def interval(self, time: float, z: float, *, log_log: bool) -> tuple[float, float]:
        """The interval of the rate at a time: plain (cut off at 0 and 1) or on the scale of log(-log)."""
        place = int(np.searchsorted(self.time, time, side="right")) - 1
        if place < 0:
            return 1.0, 1.0
        low, high = self._limits(z, log_log=log_log)
        return float(low[place]), float(high[place])

    def median(self) -> float:
        """The first time at which half or fewer are free of the event; infinite if never."""
        return _first(self.time, self.alive <= 0.5)

    def median_interval(self, z: float, *, log_log: bool) -> tuple[float, float]:
        """Where the limits of the curve pass one half (Brookmeyer and Crowley 1982, Biometrics 38:29)."""
        low, high = self._limits(z, log_log=log_log)
        return _first(self.time, low <= 0.5), _first(self.time, high <= 0.5)

    def _limits(self, z: float, *, log_log: bool) -> tuple[Floats, Floats]:
        with np.errstate(divide="ignore", invalid="ignore"):
            if not log_log:
                half = z * self.alive * np.sqrt(self.greenwood)
                low, high = self.alive - half, self.alive + half
            else:
                spread = z * np.sqrt(self.greenwood) / np.abs(np.log(self.alive))
                low, high = self.alive ** np.exp(spread), self.alive ** np.exp(-spread)
        open_ended = ~np.isfinite(low) | ~np.isfinite(high)
        low, high = np.where(open_ended, self.alive, low), np.where(open_ended, self.alive, high)
        return np.clip(low, 0, 1), np.clip(high, 0, 1)


def curve_of(people: People) -> Curve:
    """The Kaplan-Meier estimate. Kaplan and Meier 1958, J Am Stat Assoc 53:457."""
    times, deaths = np.unique(people.time[people.event], return_counts=True)
    ordered = np.sort(people.time)
    followed = len(ordered) - np.searchsorted(ordered, times, side="left")
    with np.errstate(divide="ignore"):
        greenwood = np.cumsum(deaths / (followed * (followed - deaths)))
    return Curve(people, times, np.cumprod(1 - deaths / followed).astype(np.float64), greenwood)


def _first(times: Floats, passed: NDArray[np.bool_]) -> float:
    return float(times[np.argmax(passed)]) if passed.any() else math.inf
