"""Comparing two arms of simulated people: Cox's model with one binary covariate, and the log-rank test."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schemas.strategies.effects import Effect
from schemas.strategies.lifetimes import People

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AtRisk:
    """At every event: whether it fell in the first group, and how many of each group were at risk."""

    first: NDArray[np.bool_]
    one: Floats
    two: Floats


def at_risk(one: People, two: People) -> AtRisk:
    """The risk sets of two groups (continuous times: no ties)."""
    times = np.concatenate([one.time[one.event], two.time[two.event]])
    first = np.arange(len(times)) < int(one.event.sum())
    followed = [len(group.time) - np.searchsorted(np.sort(group.time), times, side="left") for group in (one, two)]
    return AtRisk(first, followed[0].astype(float), followed[1].astype(float))


def cox(risk: AtRisk) -> Effect | None:
    """The hazard ratio of the first group against the second, or None if it has no finite estimate."""
    beta, information = 0.0, 0.0
    for _ in range(30):
        share = risk.one * math.exp(beta) / (risk.one * math.exp(beta) + risk.two)
        score, information = float((risk.first - share).sum()), float((share * (1 - share)).sum())
        if information < 1e-6:
            return None
        beta += score / information
        if abs(beta) > 6:
            return None
        if abs(score / information) < 1e-12:
            return Effect("HR", beta, 1 / math.sqrt(information))
    return None


def log_rank(risk: AtRisk) -> float:
    """The log-rank chi-square, with one degree of freedom."""
    share = risk.one / (risk.one + risk.two)
    return float((risk.first - share).sum() ** 2 / (share * (1 - share)).sum())


def chi_square(a: int, n1: int, c: int, n2: int) -> float:
    """Pearson's chi-square of two proportions, without continuity correction; 0 where a margin is empty."""
    events, everyone = a + c, n1 + n2
    margins = n1 * n2 * events * (everyone - events)
    return everyone * (a * (n2 - c) - c * (n1 - a)) ** 2 / margins if margins else 0.0
