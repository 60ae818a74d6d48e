"""Meta-analysis of simulated studies: inverse-variance weights, heterogeneity, and the scales of proportions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from schemas import scales

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Synthesis:
    """A pooled estimate on the scale of analysis, with Cochran's Q and what follows from it."""

    y: float
    se: float
    k: int
    q: float
    tau2: float
    i2: float
    weights: Floats

    @property
    def p_heterogeneity(self) -> float:
        """The P value of Q."""
        return float(special.chdtrc(self.k - 1, self.q))


def synthesise(y: Floats, v: Floats, estimator: str, *, i2_from_tau2: bool = False) -> Synthesis:
    """Pool estimates ``y`` with variances ``v``; estimator "none" (common effect), "DL" or "REML".

    I² is (Q - df) / Q (Higgins and Thompson 2002, doi:10.1002/sim.1186), or, as some software has it for REML,
    tau² / (tau² + typical variance).
    """
    w, df = 1 / v, len(y) - 1
    common = float((w * y).sum() / w.sum())
    q = float((w * (y - common) ** 2).sum())
    spread = float(w.sum() - (w**2).sum() / w.sum())
    tau2 = {"none": lambda: 0.0, "DL": lambda: max(0.0, (q - df) / spread), "REML": lambda: _reml(y, v)}[estimator]()
    typical = df / spread
    i2 = tau2 / (tau2 + typical) if i2_from_tau2 else max(0.0, (q - df) / q) if q > 0 else 0.0
    weights = 1 / (v + tau2)
    return Synthesis(
        float((weights * y).sum() / weights.sum()), 1 / math.sqrt(weights.sum()), len(y), q, tau2, 100 * i2, weights
    )


def _reml(y: Floats, v: Floats) -> float:
    """The tau² at which the restricted likelihood is greatest, to rounding.

    Its slope is negative at every tau² beyond the greatest variance and 4 (max y - min y)², so all maxima lie below;
    each is bracketed on a fine grid of tau² and found by halving, and the highest one is taken.
    """
    top = max(float(v.max()), 4 * float(np.ptp(y)) ** 2)
    at = np.concatenate([[0.0], top * np.geomspace(1e-7, 1.0, 160)])
    slope, _ = _restricted(y, v, at)
    turns = np.flatnonzero((slope[:-1] > 0) & (slope[1:] <= 0))
    found = [_halved(y, v, float(at[one]), float(at[one + 1])) for one in turns]
    peaks = np.array(([0.0] if slope[0] <= 0 else []) + found)
    return float(peaks[np.argmax(_restricted(y, v, peaks)[1])])


def _halved(y: Floats, v: Floats, low: float, high: float) -> float:
    """Where the slope turns from positive to negative."""
    return float(optimize.brentq(lambda tau2: _restricted(y, v, np.array([tau2]))[0][0], low, high, xtol=1e-15))


def _restricted(y: Floats, v: Floats, tau2: Floats) -> tuple[Floats, Floats]:
    """Twice the slope of the restricted log-likelihood, and the log-likelihood, at each tau²."""
    w = 1 / (v + tau2[:, None])
    total, squares = w.sum(axis=1), (w**2).sum(axis=1)
    residual = y - ((w * y).sum(axis=1) / total)[:, None]
    slope = (w**2 * residual**2).sum(axis=1) - total + squares / total
    return slope, (np.log(w).sum(axis=1) - np.log(total) - (w * residual**2).sum(axis=1)) / 2


def transformed(events: Floats, totals: Floats, transform: str) -> tuple[Floats, Floats]:
    """Proportions on the scale of analysis, with their variances; one half is added to empty cells for the logit."""
    p = events / totals
    if transform == "arcsine":
        return np.arcsin(np.sqrt(p)), 1 / (4 * totals)
    if transform == "double_arcsine":
        return scales.double_arcsine(p, totals), 1 / (totals + 0.5)
    empty = (events == 0) | (events == totals)
    yes, no = events + 0.5 * empty, totals - events + 0.5 * empty
    if transform == "logit":
        return np.log(yes / no), 1 / yes + 1 / no
    total = yes + no
    return yes / total, yes * no / total**3


def back(y: float, transform: str, totals: Floats, *, miller: bool) -> float:
    """From the scale of analysis to a proportion.

    ``miller``: Miller's inverse of the double arcsine at the harmonic mean of the totals
    (doi:10.1080/00031305.1978.10479283), else sin²(t/2).
    """
    if transform == "logit":
        return float(special.expit(y))
    if transform == "none":
        return min(1.0, max(0.0, y))
    if transform == "double_arcsine" and miller:
        harmonic = len(totals) / (1 / totals).sum()
        return float(scales.double_arcsine_back(np.array([y]), np.array([harmonic]))[0])
    angle = y / 2 if transform == "double_arcsine" else y
    return math.sin(min(max(angle, 0.0), math.pi / 2)) ** 2
