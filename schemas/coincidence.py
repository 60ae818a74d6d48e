"""How easily chance alone makes two groups print the same means and standard deviations."""

from __future__ import annotations

import math
from collections.abc import Iterable


def entry_chance(n: float, sd: float, mean_step: float, sd_step: float) -> float:
    """The largest chance with which two groups of n print the same mean and standard deviation of one quantity.

    The groups are taken to come from one normal population, which is when they agree most easily: two means differ
    with standard deviation SD * root(2/n), two standard deviations with about SD / root(n - 1), and they print alike
    within one step. The step is that of the print, or of the smallest unit the quantity may come in (a power of ten
    not above the SD) where that is coarser. The chance for the SD is doubled for quantities flatter than the normal.

    >>> round(entry_chance(50, 9.1, 0.1, 0.1), 5)
    0.00135
    """
    unit = 10.0 ** math.floor(math.log10(sd))
    step = max(mean_step, unit / n)
    mean = min(1.0, step * math.sqrt(n) / (2 * math.sqrt(math.pi) * sd))
    step = max(sd_step, unit**2 / ((n - 1) * sd))
    spread = min(1.0, 2 * step * math.sqrt(2 * (n - 1)) / (2 * math.sqrt(math.pi) * sd))
    return mean * spread


def vector_chance(entries: Iterable[float]) -> float:
    """The chance of several entries together, when the quantities may be correlated.

    The least chance counts in full, each further one with its square root.

    >>> round(vector_chance([0.01, 0.0001]), 7)
    1e-05
    """
    chances = sorted(entries)
    return chances[0] * math.prod(math.sqrt(each) for each in chances[1:]) if chances else 1.0
