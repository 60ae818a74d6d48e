"""Simulated times to an event, with losses to follow-up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class People:
    """Times in months, one per participant, and whether each ended in the event (else it was censored)."""

    time: NDArray[np.float64]
    event: NDArray[np.bool_]


def censored(rng: np.random.Generator, size: int) -> People:
    """One group: Weibull times to the event, censored by staggered entry or by loss at any time."""
    scale, shape = float(rng.uniform(4, 90)), float(rng.uniform(0.6, 1.8))
    event_time = scale * rng.weibull(shape, size)
    return follow(event_time, follow_up(rng, size))


def follow_up(rng: np.random.Generator, size: int) -> NDArray[np.float64]:
    """How long each participant was followed: staggered entry, and in half the groups losses at any time."""
    shortest = float(rng.uniform(6, 40))
    times = rng.uniform(shortest, shortest + float(rng.uniform(6, 60)), size)
    if rng.random() < 0.5:
        times = np.minimum(times, rng.exponential(float(rng.uniform(60, 300)), size))
    return times


def follow(event_time: NDArray[np.float64], until: NDArray[np.float64]) -> People:
    """What is seen of times to an event by the end of each participant's follow-up."""
    return People(np.minimum(event_time, until), event_time <= until)
