"""Effects of one group: proportions, rates, means and correlations, each on its scale of analysis with its variance.

Columns in, columns out. Proportions are computed from the participants with and without the event, as they are:
what is added to empty cells is for the caller to add. What cannot be computed is not a number.

>>> one = log_odds(np.array([3.0, 0.5]), np.array([7.0, 8.5]))
>>> one.y.round(4).tolist(), one.v.round(4).tolist()
([-0.8473, -2.8332], [0.4762, 2.1176])
"""

from __future__ import annotations

import numpy as np

from schemas.scales import Floats, double_arcsine_of_events
from schemas.two_groups import Effects, quietly

_FEWEST = 3
"""Participants up to which a correlation has no sampling variance."""


def halved(x: Floats, m: Floats) -> tuple[Floats, Floats]:
    """Participants with and without the event, one half added to both where either is none."""
    half = np.where((x == 0) | (m == 0), 0.5, 0.0)
    return x + half, m + half


# proportions: x participants with the event, m without


def proportion(x: Floats, m: Floats) -> Effects:
    """Proportion p = x/n, with variance p (1 - p) / n."""
    with np.errstate(all="ignore"):
        p = x / (x + m)
        return quietly(p, p * (1 - p) / (x + m))


def log_proportion(x: Floats, m: Floats) -> Effects:
    """Logarithm of a proportion, with variance 1/x - 1/n."""
    with np.errstate(all="ignore"):
        return quietly(np.log(x / (x + m)), 1 / x - 1 / (x + m))


def log_odds(x: Floats, m: Floats) -> Effects:
    """Log odds of x with and m without the event, with variance 1/x + 1/m."""
    with np.errstate(all="ignore"):
        return quietly(np.log(x / m), 1 / x + 1 / m)


def arcsine(x: Floats, m: Floats) -> Effects:
    """Arcsine of the root of a proportion, with variance 1 / (4 n)."""
    with np.errstate(all="ignore"):
        return quietly(np.arcsin(np.sqrt(x / (x + m))), 1 / (4 * (x + m)))


def double_arcsine(x: Floats, m: Floats) -> Effects:
    """Freeman and Tukey's double arcsine with the factor 1/2, with variance 1 / (4 n + 2)."""
    with np.errstate(all="ignore"):
        return quietly(0.5 * double_arcsine_of_events(x, x + m), 1 / (4 * (x + m) + 2))


# rates: x events in the time of all participants together


def rate(x: Floats, time: Floats) -> Effects:
    """Incidence rate x / t, with variance x / t^2."""
    with np.errstate(all="ignore"):
        return quietly(x / time, x / time / time)


def log_rate(x: Floats, time: Floats) -> Effects:
    """Logarithm of an incidence rate, with variance 1 / x."""
    with np.errstate(all="ignore"):
        return quietly(np.log(x / time), 1 / x)


# means and correlations: n participants


def mean(n: Floats, m: Floats, s: Floats) -> Effects:
    """Mean as it is, with variance s^2 / n."""
    with np.errstate(all="ignore"):
        return quietly(m, s**2 / n)


def correlation(r: Floats, n: Floats) -> Effects:
    """Correlation r, with variance (1 - r^2)^2 / (n - 1)."""
    with np.errstate(all="ignore"):
        return quietly(r, (1 - r**2) ** 2 / np.where(n > _FEWEST, n - 1, np.nan))


def fisher_z(r: Floats, n: Floats) -> Effects:
    """Fisher's z = artanh r, with variance 1 / (n - 3)."""
    with np.errstate(all="ignore"):
        return quietly(np.arctanh(r), 1 / np.where(n > _FEWEST, n - _FEWEST, np.nan))
