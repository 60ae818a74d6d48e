"""How much studies differ: Cochran's Q, I2 and H2, and intervals of tau2, I2 and H2 by Q-profile.

With a common effect I2 = (Q - df) / Q and H2 = Q / df (Higgins and Thompson 2002, doi:10.1002/sim.1186). In
random-effects models both compare tau2 with the typical sampling variance s2 = df / (sum w - sum w^2 / sum w):
I2 = tau2 / (tau2 + s2), H2 = tau2 / s2 + 1. Intervals: Viechtbauer 2007, doi:10.1002/sim.2514.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from pooling.models.batch import Floats
from schemas.random_effects import df_of, generalised_q, information, where_q_is


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """One number per analysis; ``i2`` in percent. ``typical`` is the typical sampling variance."""

    q: Floats
    df: Floats
    p: Floats
    i2: Floats
    h2: Floats
    typical: Floats


@dataclass(frozen=True, slots=True)
class Intervals:
    """Limits of tau2, of I2 in percent, and of H2."""

    tau2_lower: Floats
    tau2_upper: Floats
    i2_lower: Floats
    i2_upper: Floats
    h2_lower: Floats
    h2_upper: Floats


def heterogeneity(y: Floats, w: Floats, tau2: Floats, *, common: bool) -> Heterogeneity:
    """Q, its P value, I2 and H2. One study: Q 0 and P 1, I2 0 and H2 1; no study: not numbers.

    Args:
        y: Effects, studies last.
        w: Inverse variances, 0 where there is no study.
        tau2: The variance between studies; not used with a common effect.
        common: Whether the model has a common effect.
    """
    df = df_of(w)
    several, nothing = df > 0, np.where(df < 0, np.nan, 0.0)
    with np.errstate(all="ignore"):
        q = np.where(several, generalised_q(y, w, np.zeros_like(df)), nothing)
        typical = np.where(several, df / information(w), nothing)
        i2, h2 = (np.maximum(0.0, 1 - df / q), q / df) if common else shares(tau2, typical)
        p = special.chdtrc(np.maximum(df, 1.0), q)
    return Heterogeneity(
        q, df, np.where(several, p, 1 + nothing), np.where(several, 100 * i2, nothing), np.where(several, h2, 1 + nothing), typical
    )  # fmt: skip


def shares(tau2: Floats, typical: Floats) -> tuple[Floats, Floats]:
    """I2 as a share of 1, and H2, from tau2 and the typical sampling variance."""
    return tau2 / (typical + tau2), tau2 / typical + 1


def q_profile(y: Floats, w: Floats, typical: Floats, level: float) -> Intervals:
    """Intervals at ``level`` percent: all tau2 whose generalised Q lies between two quantiles of chi-square.

    Both limits are 0 where Q is too small for any tau2. Not numbers with fewer than two studies.
    """
    df = df_of(w)
    tail = (100 - level) / 200
    defined = np.where(df > 0, 0.0, np.nan)
    half = np.maximum(df, 1.0) / 2
    most, least = 2 * special.gammainccinv(half, tail), 2 * special.gammaincinv(half, tail)
    lower, upper = (where_q_is(np.asarray(quantile), y, w) + defined for quantile in (most, least))
    with np.errstate(all="ignore"):
        (i2_lower, h2_lower), (i2_upper, h2_upper) = shares(lower, typical), shares(upper, typical)
    return Intervals(lower, upper, 100 * i2_lower, 100 * i2_upper, h2_lower, h2_upper)


def no_intervals(count: int) -> Intervals:
    """Limits that were not asked for, or do not exist: with a common effect there is no tau2."""
    return Intervals(*(np.full(count, np.nan) for _ in range(6)))
