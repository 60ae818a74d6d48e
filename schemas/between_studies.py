"""Estimators of the between-study variance tau2, as questions to boxes: may this printed tau2 be the estimate?

Each takes the studies and the ends of tau2 and answers which lines fit. DL: DerSimonian and Laird 1986,
doi:10.1016/0197-2456(86)90046-2. PM: Paule and Mandel 1982. SJ: Sidik and Jonkman 2005. The estimators are those of
metafor (Viechtbauer 2010, doi:10.18637/jss.v036.i03), against which they are tested.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from schemas.intervals import Column
from schemas.pooling_arithmetic import (
    SLACK,
    Range,
    Studies,
    mean_range,
    q_range,
    relative_weights,
    scatter_range,
    spread_range,
    steps,
)
from schemas.ragged import Codes
from schemas.scales import Floats
from schemas.verdicts import Mask

Fits = Callable[[Studies, Floats, Floats], Mask]


def dersimonian_laird(studies: Studies) -> Range:
    """Range of max(0, (Q - df) / C)."""
    q, c = q_range(studies), scatter_range(studies)
    return _over(q[0] - (studies.k - 1), c), _over(q[1] - (studies.k - 1), c[::-1])


def hedges(studies: Studies) -> Range:
    """Range of the variance of the estimates less the mean of their variances."""
    one, k = np.isfinite(studies.least).astype(np.float64), studies.k
    spread = spread_range(studies.low, studies.high, one, one)
    mean = [np.where(one > 0, each, 0.0).sum(axis=1) / k for each in (studies.least, studies.most)]
    return np.maximum(0.0, spread[0] / (k - 1) - mean[1]), np.maximum(0.0, spread[1] / (k - 1) - mean[0])


def hunter_schmidt(studies: Studies) -> Range:
    """Range of max(0, (Q - k) / sum w)."""
    q, (light, heavy) = q_range(studies), studies.weights()
    total = light.sum(axis=1), heavy.sum(axis=1)
    return _over(q[0] - studies.k, total), _over(q[1] - studies.k, total[::-1])


def sidik_jonkman(studies: Studies) -> Range:
    """Range of t Q(t) / (k - 1), where t is the variance of the estimates (divisor k); it rises with t."""
    one, k = np.isfinite(studies.least).astype(np.float64), studies.k
    spread = spread_range(studies.low, studies.high, one, one)
    low, high = spread[0] / k, spread[1] / k
    return low * q_range(studies, low)[0] / (k - 1), high * q_range(studies, high)[1] / (k - 1)


def _over(excess: Floats, c: Range) -> Floats:
    """Excess / c, never below 0; infinite where c may be 0. ``c`` gives its other end first."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(excess > 0, excess / np.where(excess > 0, c[1], 1.0), 0.0)


def _inside(of: Callable[[Studies], Range]) -> Fits:
    def fits(studies: Studies, low: Floats, high: Floats) -> Mask:
        least, most = of(studies)
        return np.asarray((low <= most * (1 + SLACK) + SLACK**2) & (high >= least * (1 - SLACK)))

    return fits


def _paule_mandel(studies: Studies, low: Floats, high: Floats) -> Mask:
    """Q(tau2) = df has its root at or below ``high`` and at or above ``low``: Q falls in tau2."""
    df, start = studies.k - 1, np.maximum(low, 0.0)
    below = q_range(studies, high)[0] <= df * (1 + SLACK)
    return np.asarray(below & ((low <= 0) | (q_range(studies, start)[1] >= df * (1 - SLACK))))


def _likelihood(*, restricted: bool) -> Fits:
    """Somewhere in tau2 from low to high the slope of the likelihood may be 0, or at 0 not above 0.

    The slope is sum w^2 (y - theta)^2 - sum w, to which the restricted likelihood adds sum w^2 / sum w.
    """

    def fits(studies: Studies, low: Floats, high: Floats) -> Mask:
        found = np.zeros(len(low), dtype=bool)
        for first, last in steps(studies, np.maximum(low, 0.0), np.maximum(high, 0.0), 24):
            theta = mean_range(studies.low, studies.high, *relative_weights(studies, first, last))
            light, heavy = studies.weights(last)[0], studies.weights(first)[1]
            least, most = (end[:, None] for end in theta)
            gap = np.maximum(0.0, np.maximum(studies.low - most, least - studies.high))
            far = np.maximum(most - studies.low, studies.high - least)
            squares = (light**2 * gap**2).sum(axis=1), (heavy**2 * far**2).sum(axis=1)
            sums = scatter_range(studies, first, last) if restricted else (light.sum(axis=1), heavy.sum(axis=1))
            may_rise, may_fall = squares[1] >= sums[0] * (1 - SLACK), squares[0] <= sums[1] * (1 + SLACK)
            found |= may_fall & (may_rise | (first <= 0))
        return found

    return fits


ESTIMATORS: dict[str, Fits] = {
    "DL": _inside(dersimonian_laird),
    "REML": _likelihood(restricted=True),
    "ML": _likelihood(restricted=False),
    "PM": _paule_mandel,
    "EB": _paule_mandel,
    "HE": _inside(hedges),
    "HS": _inside(hunter_schmidt),
    "SJ": _inside(sidik_jonkman),
}
"""Estimator -> which lines fit. The empirical Bayes estimate solves the equation of Paule and Mandel."""


def estimators_that_fit(studies: Studies, low: Floats, high: Floats) -> dict[str, Mask]:
    """Every estimator's answer; none fits where tau2 is negative."""
    with np.errstate(all="ignore"):  # lines without usable studies
        return {name: fits(studies, low, high) & (high >= 0) for name, fits in ESTIMATORS.items()}


def possible_tau2(studies: Studies, model: Codes, tau2: Column, estimator: Codes, inverse: Mask) -> Range:
    """What tau2 may be: 0 under a common effect, the printed one, DerSimonian-Laird's of these studies, or anything.

    ``inverse``: rows whose weights are surely inverse variances; others may take Q from Mantel-Haenszel weights.
    """
    none = model.is_("common") | (estimator.is_("none") & ~model.is_("random"))
    random = model.is_("random")
    low, high = (np.asarray(end, dtype=np.float64) for end in (tau2.low, tau2.high))
    with np.errstate(all="ignore"):  # lines without usable studies
        least, most = dersimonian_laird(studies)
    derived, stated = random & estimator.is_("DL") & inverse, random & tau2.known
    hair = 1 + SLACK
    low = np.select([none, stated, derived], [np.zeros_like(low), np.maximum(low, 0.0) / hair, least / hair], 0.0)
    high = np.select([none, stated, derived], [np.zeros_like(low), np.maximum(high, 0.0) * hair, most * hair], np.inf)
    return low, high
