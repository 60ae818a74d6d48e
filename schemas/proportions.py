"""Intervals of a proportion, of a rate and of events, by every customary method: columns in, columns out.

Each function gives (lower, upper) for events x of n (or x events over some time) at a level in percent, as the formula
has it: limits beyond 0 or 1 are not cut off. ``proportion_intervals`` and ``event_intervals`` give them all, by name.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from schemas.two_groups import Floats

Limits = tuple[Floats, Floats]


def z_of(level: Floats) -> Floats:
    """The two-sided normal quantile of a level in percent."""
    return np.asarray(special.ndtri(0.5 + np.asarray(level, dtype=np.float64) / 200))


def rounded_z(level: Floats) -> Floats:
    """The same as people type it: 1.96, 1.64, 2.58."""
    return np.round(z_of(level), 2)


def clopper_pearson(x: Floats, n: Floats, level: Floats) -> Limits:
    """The exact interval. Clopper and Pearson 1934, Biometrika 26:404."""
    tail = (1 - level / 100) / 2
    with np.errstate(all="ignore"):
        low = np.where(x <= 0, 0.0, special.betaincinv(np.maximum(x, 1e-300), n - x + 1, tail))
        high = np.where(x >= n, 1.0, special.betaincinv(x + 1, np.maximum(n - x, 1e-300), 1 - tail))
    return low, high


def one_sided_exact(x: Floats, n: Floats, level: Floats) -> Limits:
    """The exact interval, one-sided where nobody or everybody had the event; else not a number."""
    alpha = 1 - level / 100
    with np.errstate(all="ignore"):
        low = np.where(x == n, alpha ** (1 / n), np.where(x == 0, 0.0, np.nan))
        high = np.where(x == 0, 1 - alpha ** (1 / n), np.where(x == n, 1.0, np.nan))
    return low, high


def wilson(x: Floats, n: Floats, z: Floats) -> Limits:
    """The score interval. Wilson 1927, J Am Stat Assoc 22:209."""
    with np.errstate(all="ignore"):
        p, size = x / n, 1 + z**2 / n
        middle, half = (p + z**2 / (2 * n)) / size, z / size * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return middle - half, middle + half


def wilson_corrected(x: Floats, n: Floats, z: Floats, correction: Floats | float = 0.5) -> Limits:
    """The score interval with continuity correction (R's prop.test corrects by |x - n/2| where that is less)."""
    with np.errstate(all="ignore"):
        size, part = 1 + z**2 / n, z**2 / (2 * n)
        below, above = (x - correction) / n, (x + correction) / n
        low = (below + part - z * np.sqrt(below * (1 - below) / n + z**2 / (4 * n**2))) / size
        high = (above + part + z * np.sqrt(above * (1 - above) / n + z**2 / (4 * n**2))) / size
    return np.where(x <= 0, 0.0, low), np.where(x >= n, 1.0, high)


def wald(x: Floats, n: Floats, z: Floats) -> Limits:
    """The proportion plus or minus z standard errors."""
    with np.errstate(all="ignore"):
        p = x / n
        half = z * np.sqrt(p * (1 - p) / n)
    return p - half, p + half


def wald_corrected(x: Floats, n: Floats, z: Floats) -> Limits:
    """The Wald interval, wider by 1 / (2 n) at both ends."""
    low, high = wald(x, n, z)
    with np.errstate(all="ignore"):
        return low - 1 / (2 * n), high + 1 / (2 * n)


def agresti_coull(x: Floats, n: Floats, z: Floats) -> Limits:
    """The Wald interval after adding z2/2 to events and to the others. Agresti and Coull 1998, Am Stat 52:119."""
    return wald(x + z**2 / 2, n + z**2, z)


def plus_four(x: Floats, n: Floats, z: Floats) -> Limits:
    """The Wald interval after adding two events and two others."""
    return wald(x + 2, n + 4, z)


def jeffreys(x: Floats, n: Floats, level: Floats) -> Limits:
    """Quantiles of the beta distribution with x + 1/2 and n - x + 1/2."""
    tail = (1 - level / 100) / 2
    with np.errstate(all="ignore"):
        low, high = (special.betaincinv(x + 0.5, n - x + 0.5, end) for end in (tail, 1 - tail))
    return np.where(x <= 0, 0.0, low), np.where(x >= n, 1.0, high)


def logit(x: Floats, n: Floats, z: Floats) -> Limits:
    """Symmetric on the logit scale; one half is added where nobody or everybody had the event."""
    x, n = _with_half(x, n)
    with np.errstate(all="ignore"):
        middle, se = np.log(x / (n - x)), np.sqrt(1 / x + 1 / (n - x))
    return special.expit(middle - z * se), special.expit(middle + z * se)


def _with_half(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    half = np.where((x == 0) | (x == n), 0.5, 0.0)
    return x + half, n + 2 * half


def arcsine(x: Floats, n: Floats, z: Floats) -> Limits:
    """Symmetric on the arcsine scale, with standard error 1 / (2 sqrt(n))."""
    with np.errstate(all="ignore"):
        middle, half = np.arcsin(np.sqrt(x / n)), z / (2 * np.sqrt(n))
        low, high = np.clip(middle - half, 0, np.pi / 2), np.clip(middle + half, 0, np.pi / 2)
    return np.sin(low) ** 2, np.sin(high) ** 2


def mid_p(x: Floats, n: Floats, level: Floats) -> Limits:
    """The mid-P exact interval, by bisection."""
    tail = (1 - level / 100) / 2
    low, high = (_bisect(lambda p: mid_chance(x, n, p), end, x) for end in (tail, 1 - tail))
    return np.where(x <= 0, 0.0, low), np.where(x >= n, 1.0, high)


def mid_chance(x: Floats, n: Floats, p: Floats) -> Floats:
    """P(X > x) + P(X = x) / 2 of a binomial, which rises with p: tail at the lower mid-P limit, 1 - tail at the upper."""
    return np.asarray((_reach(x + 1, n, p) + _reach(x, n, p)) / 2)


def _reach(x: Floats, n: Floats, p: Floats) -> Floats:
    """P(X >= x) of a binomial."""
    with np.errstate(all="ignore"):
        inside = special.betainc(np.maximum(x, 1e-300), np.maximum(n - x + 1, 1e-300), p)
    return np.asarray(np.where(x <= 0, 1.0, np.where(x > n, 0.0, inside)))


def _bisect(rising: Callable[[Floats], Floats], target: Floats, like: Floats) -> Floats:
    low, high = np.zeros(np.shape(like)), np.ones(np.shape(like))
    for _ in range(60):
        middle = (low + high) / 2
        below = rising(middle) < target
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


def proportion_intervals(x: Floats, n: Floats, level: Floats) -> dict[str, Limits]:
    """Every customary interval of x of n that has a closed form, by name; those that rest on z also with z rounded."""
    found = {
        "Clopper-Pearson": clopper_pearson(x, n, level),
        "Clopper-Pearson, one-sided": one_sided_exact(x, n, level),
        "Jeffreys": jeffreys(x, n, level),
    }
    least = np.minimum(0.5, np.abs(x - n / 2))
    for ending, z in (("", z_of(level)), (" ", rounded_z(level))):
        found |= {
            "Wald" + ending: wald(x, n, z),
            "Wald, one half added" + ending: wald(*_with_half(x, n), z),
            "Wald with continuity correction" + ending: wald_corrected(x, n, z),
            "Wilson" + ending: wilson(x, n, z),
            "Wilson with continuity correction" + ending: wilson_corrected(x, n, z),
            "Wilson with continuity correction (R)" + ending: wilson_corrected(x, n, z, least),
            "Agresti-Coull" + ending: agresti_coull(x, n, z),
            "plus four" + ending: plus_four(x, n, z),
            "logit" + ending: logit(x, n, z),
            "arcsine" + ending: arcsine(x, n, z),
        }
    return found


# events: limits of the expected number of events, to be divided by the time


def garwood(x: Floats, level: Floats) -> Limits:
    """The exact interval of a Poisson mean. Garwood 1936, Biometrika 28:437."""
    tail = (1 - level / 100) / 2
    with np.errstate(all="ignore"):
        low = np.where(x <= 0, 0.0, special.gammaincinv(np.maximum(x, 1e-300), tail))
    return low, np.asarray(special.gammaincinv(x + 1, 1 - tail))


def events_mid_chance(x: Floats, mean: Floats) -> Floats:
    """P(X > x) + P(X = x) / 2 of a Poisson count, which rises with its mean."""
    own = np.where(x <= 0, 1.0, special.gammainc(np.maximum(x, 1e-300), mean))
    return np.asarray((special.gammainc(x + 1, mean) + own) / 2)


def byar(x: Floats, z: Floats) -> Limits:
    """Byar's approximation. Breslow and Day 1987, vol. 2."""
    with np.errstate(all="ignore"):
        low = np.where(x <= 0, 0.0, x * (1 - 1 / (9 * x) - z / (3 * np.sqrt(x))) ** 3)
    more = x + 1
    return low, more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3


def event_intervals(x: Floats, level: Floats) -> dict[str, Limits]:
    """Every customary interval of the expected number of events that has a closed form, by name."""
    tail = (1 - level / 100) / 2
    with np.errstate(all="ignore"):
        one_sided = np.where(x == 0, 0.0, np.nan), np.where(x == 0, -np.log(2 * tail), np.nan)
    found = {
        "exact (Garwood)": garwood(x, level),
        "exact, one-sided": one_sided,
        "Jeffreys": (special.gammaincinv(x + 0.5, tail), special.gammaincinv(x + 0.5, 1 - tail)),
    }
    for ending, z in (("", z_of(level)), (" ", rounded_z(level))):
        root = np.sqrt(x)
        with np.errstate(all="ignore"):
            added = np.where(x == 0, 0.5, x)
            factor, more = np.exp(z / root), np.exp(z / np.sqrt(added))
            found |= {
                "Wald on the logarithm" + ending: (x / factor, x * factor),
                "Wald on the logarithm, one half added" + ending: (added / more, added * more),
                "Wald" + ending: (x - z * root, x + z * root),
                "Byar" + ending: byar(x, z),
                "score" + ending: (x + z**2 / 2 - z * np.sqrt(x + z**2 / 4), x + z**2 / 2 + z * np.sqrt(x + z**2 / 4)),
                "square root" + ending: (np.maximum(root - z / 2, 0) ** 2, (root + z / 2) ** 2),
            }
    return found
