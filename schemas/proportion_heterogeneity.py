"""Heterogeneity of the events of studies by every customary way: Q, P, I² and tau², one line per pooled result."""

from __future__ import annotations

import numpy as np
from scipy import special

from schemas.intervals import Column
from schemas.pooled_counts import reached
from schemas.pooled_proportions import NAMES, scaled
from schemas.random_effects import between, df_of, generalised_q, most_likely, paule_mandel
from schemas.scales import Floats
from schemas.verdicts import Mask


def weighted(transform: str, x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Proportions on a scale of analysis and their inverse variances, by ways of correcting; 0 where there is none."""
    y, v = scaled(transform, x, n)
    with np.errstate(all="ignore"):
        use = np.isfinite(y) & np.isfinite(v) & (v > 0)
        return np.where(use, y, 0.0), np.where(use, 1 / v, 0.0)


def tables(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Pearson's chi-square and the likelihood ratio of the table of all studies, and their degrees of freedom."""
    there = np.isfinite(x)
    x, n = np.where(there, x, 0.0), np.where(there, n, 0.0)
    whole = x.sum(-1, keepdims=True) / n.sum(-1, keepdims=True)
    pearson, ratio = np.zeros(len(x)), np.zeros(len(x))
    for seen, share in ((x, whole), (n - x, 1 - whole)):
        expected = n * share
        with np.errstate(all="ignore"):
            pearson += np.where(expected > 0, (seen - expected) ** 2 / expected, 0.0).sum(-1)
            ratio += 2 * np.where(seen > 0, seen * np.log(seen / expected), 0.0).sum(-1)
    df = there.sum(-1) - 1.0
    return np.stack([pearson, ratio]), np.stack([df, df])


def values(x: Floats, n: Floats) -> dict[str, Floats]:
    """Every customary Q, P, I² (in percent) and tau², by name; each an array of ways by lines."""
    statistics, degrees = ([each] for each in tables(x, n))
    spreads, shares = [np.zeros((1, len(x)))], []
    for transform in NAMES:
        y, w = weighted(transform, x, n)
        statistics.append(generalised_q(y, w, np.zeros(w.shape[:-1])))
        degrees.append(df_of(w))
        found = [
            *between(y, w).values(),
            paule_mandel(y, w),
            *(most_likely(y, w, restricted=each) for each in (True, False)),
        ]
        total = w.sum(-1)
        with np.errstate(all="ignore"):
            typical = df_of(w) / (total - (w**2).sum(-1) / total)
            shares += [100 * tau2 / (tau2 + typical) for tau2 in found]
        # software may have the factor 1/2 in the double arcsine
        spreads += [
            tau2 * scale for tau2 in found for scale in ((1.0, 0.25) if transform == "double_arcsine" else (1.0,))
        ]
    q, df = np.concatenate(statistics), np.concatenate(degrees)
    with np.errstate(all="ignore"):
        i2 = np.where(q > 0, 100 * np.maximum(0.0, (q - df) / q), 0.0)
    return {
        "q": q,
        "p_heterogeneity": special.chdtrc(df, q),
        "i2": np.concatenate([i2, *shares]),
        "tau2": np.concatenate(spreads),
    }


def fits(x: Floats, n: Floats, printed: dict[str, Column]) -> dict[str, Mask]:
    """Which of the printed statistics some customary way gives; true where none is printed."""
    made = values(x, n)
    return {name: ~one.known | reached(one, made[name]) for name, one in printed.items()}
