"""Effects of one group and correlations: columns in, columns out, each on its scale of analysis with its variance.

Proportions and rates that have no variance as they are (no events, or nothing but events) get one half added, as
metafor's escalc does it by default (add = 1/2, to = "only0"); arcsines need no such help.

>>> one = log_odds(np.array([3.0, 0.0]), np.array([10.0, 8.0]))
>>> one.y.round(4).tolist(), one.v.round(4).tolist()
([-0.8473, -2.8332], [0.4762, 2.1176])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from schemas.scales import Floats, double_arcsine_of_events
from schemas.two_groups import Effects


def _effects(y: Any, v: Any) -> Effects:  # noqa: ANN401 - arrays
    good = np.isfinite(y) & np.isfinite(v)
    return Effects(np.where(np.isfinite(y), y, np.nan), np.where(good, v, np.nan))


def halved(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Events and participants with one half added to the events and to the others where either is none."""
    half = np.where((x == 0) | (x == n), 0.5, 0.0)
    return x + half, n + 2 * half


def proportion(x: Floats, n: Floats) -> Effects:
    """Proportion as it is, with variance p (1 - p) / n."""
    x, n = halved(x, n)
    with np.errstate(all="ignore"):
        p = x / n
        return _effects(p, p * (1 - p) / n)


def log_proportion(x: Floats, n: Floats) -> Effects:
    """Logarithm of the proportion, with variance 1/x - 1/n."""
    x, n = halved(x, n)
    with np.errstate(all="ignore"):
        return _effects(np.log(x / n), 1 / x - 1 / n)


def log_odds(x: Floats, n: Floats) -> Effects:
    """Log odds, with variance 1/x + 1/(n - x)."""
    x, n = halved(x, n)
    with np.errstate(all="ignore"):
        return _effects(np.log(x / (n - x)), 1 / x + 1 / (n - x))


def arcsine(x: Floats, n: Floats) -> Effects:
    """Arcsine of the square root of the proportion, with variance 1/(4 n)."""
    with np.errstate(all="ignore"):
        return _effects(np.arcsin(np.sqrt(x / n)), 1 / (4 * n))


def freeman_tukey(x: Floats, n: Floats) -> Effects:
    """Double arcsine in the convention with the factor 1/2, with variance 1/(4 n + 2)."""
    with np.errstate(all="ignore"):
        return _effects(double_arcsine_of_events(x, n) / 2, 1 / (4 * n + 2))


def rate(x: Floats, time: Floats) -> Effects:
    """Events per person-time, with variance x / time2; one half of an event where there is none."""
    x = np.where(x == 0, 0.5, x)
    with np.errstate(all="ignore"):
        return _effects(x / time, x / time**2)


def log_rate(x: Floats, time: Floats) -> Effects:
    """Logarithm of events per person-time, with variance 1/x; one half of an event where there is none."""
    x = np.where(x == 0, 0.5, x)
    with np.errstate(all="ignore"):
        return _effects(np.log(x / time), 1 / x)


def mean(mean: Floats, sd: Floats, n: Floats) -> Effects:
    """Mean as it is, with variance sd2 / n."""
    with np.errstate(all="ignore"):
        return _effects(mean, sd**2 / n)


def correlation(r: Floats, n: Floats) -> Effects:
    """Correlation as it is, with its large-sample variance (1 - r2)2 / (n - 1)."""
    with np.errstate(all="ignore"):
        return _effects(r, (1 - r**2) ** 2 / np.where(n > 1, n - 1, np.nan))


def fisher_z(r: Floats, n: Floats) -> Effects:
    """Fisher's z of a correlation, with variance 1/(n - 3); unknown variance below four participants."""
    with np.errstate(all="ignore"):
        return _effects(np.arctanh(r), 1 / np.where(n > 3, n - 3, np.nan))
