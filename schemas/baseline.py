"""How far arms differ at baseline: the smallest F ratio that printed means and standard deviations allow."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy import special

Interval = tuple[float, float]


def least_between(sizes: Sequence[float], means: Sequence[Interval]) -> float:
    """The least sum of squares between groups, when each mean may lie anywhere in its interval.

    It is the minimum over a common centre c of sum n d(c, interval)^2, which is convex in c: between two neighbouring
    ends it is a parabola, so the minimum is at an end or where the parabola has its lowest point.

    >>> least_between([10, 10], [(1, 2), (2, 3)]), least_between([10, 10], [(0, 0), (2, 2)])
    (0.0, 20.0)
    """
    ends = sorted({end for each in means for end in each})
    best = math.inf
    for left, right in zip([ends[0], *ends], [*ends, ends[-1]], strict=True):
        middle = (left + right) / 2
        pulls = [
            (n, low if middle < low else high)
            for n, (low, high) in zip(sizes, means, strict=True)
            if not low <= middle <= high
        ]
        weight = sum(n for n, _ in pulls)
        lowest = sum(n * end for n, end in pulls) / weight if weight else middle
        centre = min(max(lowest, left), right)
        best = min(best, sum(n * (centre - end) ** 2 for n, end in pulls))
    return best


def largest_p(sizes: Sequence[float], means: Sequence[Interval], largest_sds: Sequence[float]) -> float:
    """The largest P of the comparison of group means (analysis of variance; for two groups, the t test).

    >>> round(largest_p([50, 50], [(10, 10), (12, 12)], [4, 4]), 4)
    0.0141
    """
    groups, people = len(sizes), sum(sizes)
    within = sum((n - 1) * sd**2 for n, sd in zip(sizes, largest_sds, strict=True))
    between = least_between(sizes, means)
    if within <= 0 or people <= groups:
        return 1.0
    ratio = (between / (groups - 1)) / (within / (people - groups))
    return float(special.fdtrc(groups - 1, people - groups, ratio))
