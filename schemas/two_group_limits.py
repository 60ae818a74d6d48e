"""Intervals of two-by-two tables that have no closed form, judged at printed limits instead of solved for.

Each method is a function of the effect that falls as the effect rises: a score or a signed root of the likelihood
ratio, which is z at the lower limit and -z at the upper one; or the chance of so few events, which is 1 - tail and
tail there. A printed limit fits where the function crosses that value inside its interval of rounding.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from schemas.fits import ends
from schemas.intervals import Column
from schemas.two_groups import Floats, Table
from schemas.verdicts import Mask

Falling = Callable[[Floats], Floats]
SLACK = 1e-6
"""Allowance, in the function's own units, for its error in doubles."""


def crosses(function: Falling, printed: Column, least: Floats, greatest: Floats) -> Mask:
    """Whether the function takes a value from least to greatest inside the printed interval."""
    low, high = ends(printed)
    with np.errstate(all="ignore"):
        at_low, at_high = function(low), function(high)
    return np.asarray((at_high <= greatest + SLACK) & (at_low >= least - SLACK))


# restricted maximum likelihood: the risks of both groups where the effect is given


def _risks_odds(theta: Floats, table: Table) -> tuple[Floats, Floats]:
    """Expected events of group 1 as a root of m (n2 - s + m) = theta (n1 - m)(s - m), as risks."""
    a, n1, c, n2 = table
    s = a + c
    square, linear, constant = 1 - theta, n2 - s + theta * (n1 + s), -theta * n1 * s
    root = np.sqrt(np.maximum(linear**2 - 4 * square * constant, 0))
    m = -2 * constant / (linear + root)  # the stable form of the root inside the margins
    return m / n1, (s - m) / n2


def _risks_ratio(theta: Floats, table: Table) -> tuple[Floats, Floats]:
    a, n1, c, n2 = table
    square, linear, constant = (n1 + n2) * theta, -(n1 * theta + a + n2 + c * theta), a + c
    root = np.sqrt(np.maximum(linear**2 - 4 * square * constant, 0))
    p2 = 2 * constant / (-linear + root)
    return theta * p2, p2


def _risks_difference(delta: Floats, table: Table) -> tuple[Floats, Floats]:
    """Farrington and Manning's closed form, by bisection of the score, which falls in p2."""
    a, n1, c, n2 = table
    low, high = np.maximum(0.0, -delta), np.minimum(1.0, 1 - delta)
    for _ in range(60):
        p2 = (low + high) / 2
        p1 = p2 + delta
        rises = (a - n1 * p1) / (p1 * (1 - p1)) + (c - n2 * p2) / (p2 * (1 - p2)) > 0
        low, high = np.where(rises, p2, low), np.where(rises, high, p2)
    return (low + high) / 2 + delta, (low + high) / 2


RISKS = {"OR": _risks_odds, "RR": _risks_ratio, "RD": _risks_difference}


def _inside(measure: str, theta: Floats) -> Floats:
    return np.clip(theta, -1 + 1e-12, 1 - 1e-12) if measure == "RD" else np.maximum(theta, 1e-12)


def score(measure: str, table: Table, *, unbiased: bool = False, continuity: bool = False) -> Falling:
    """The score statistic of an effect; ``unbiased``: Miettinen and Nurminen's variance, times N / (N - 1)."""
    a, n1, c, n2 = table
    stretch = np.sqrt((n1 + n2 - 1) / (n1 + n2)) if unbiased else 1.0

    def at(theta: Floats) -> Floats:
        theta = _inside(measure, theta)
        p1, p2 = RISKS[measure](theta, table)
        if measure == "OR":
            distance = a - n1 * p1
            distance = np.sign(distance) * np.maximum(np.abs(distance) - 0.5, 0) if continuity else distance
            spread = 1 / np.sqrt(1 / (n1 * p1 * (1 - p1)) + 1 / (n2 * p2 * (1 - p2)))
        else:
            by = theta if measure == "RR" else 1.0
            distance = a / n1 - (by * c / n2 if measure == "RR" else c / n2 + theta)
            spread = np.sqrt(p1 * (1 - p1) / n1 + by**2 * p2 * (1 - p2) / n2)
        return np.asarray(stretch * distance / spread)

    return at


def likelihood_root(measure: str, table: Table) -> Falling:
    """The signed root of the likelihood ratio: its crossings are the profile likelihood limits."""
    a, n1, c, n2 = table

    def loglik(p1: Floats, p2: Floats) -> Floats:
        return np.asarray(
            special.xlogy(a, p1) + special.xlogy(n1 - a, 1 - p1) + special.xlogy(c, p2) + special.xlogy(n2 - c, 1 - p2)
        )

    def at(theta: Floats) -> Floats:
        theta = _inside(measure, theta)
        p1, p2 = RISKS[measure](theta, table)
        distance = np.maximum(2 * (loglik(a / n1, c / n2) - loglik(p1, p2)), 0)
        return np.asarray(np.sign(a / n1 - p1) * np.sqrt(distance))

    return at


def conditional(table: tuple[int, int, int, int], own: float = 1.0) -> Callable[[float], float]:
    """The chance of at most a events in group 1 given all margins and an odds ratio; its own chance counts ``own``."""
    support, log_chance = _support(table)

    def at(theta: float) -> float:
        if not theta > 0:
            return 1.0 if support[0] < table[0] else own
        if np.isinf(theta):
            return 0.0 if support[-1] > table[0] else own
        chance = np.exp(_normalised(log_chance + support * np.log(theta)))
        return float(chance[support < table[0]].sum() + own * chance[support == table[0]].sum())

    return at


def conditional_mean(table: tuple[int, int, int, int]) -> Callable[[float], float]:
    """Expected events of group 1 given all margins and an odds ratio: at the conditional estimate they are a."""
    support, log_chance = _support(table)

    def at(theta: float) -> float:
        if not theta > 0:
            return float(support[0])
        if np.isinf(theta):
            return float(support[-1])
        return float((support * np.exp(_normalised(log_chance + support * np.log(theta)))).sum())

    return at


def _support(table: tuple[int, int, int, int]) -> tuple[Floats, Floats]:
    from scipy import stats  # noqa: PLC0415 - slow to import, loaded when needed

    a, n1, c, n2 = table
    support = np.arange(max(0, a + c - n2), min(n1, a + c) + 1)
    return support.astype(float), stats.hypergeom(n1 + n2, a + c, n1).logpmf(support)


def _normalised(logs: Floats) -> Floats:
    return np.asarray(logs - special.logsumexp(logs))
