"""Proportions pooled by a logistic model with a normal random intercept (binomial-normal), fitted by maximum likelihood.

The events of study i are binomial with log odds b + s z, z standard normal; b and s >= 0 are estimated. Nothing is
added to empty cells. The integrals are taken as sums of many places laid around the peak of each study's integrand,
the maximum is found by Newton steps with exact slopes. Stijnen et al. 2010, doi:10.1002/sim.4040.

>>> glmm([3, 0, 5, 12, 7, 2], [20, 15, 30, 40, 22, 50]).many.estimate.round(4).tolist()
[-1.83]
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pooling.effects.columns import read
from pooling.errors import CannotPool
from pooling.models.batch import Floats, Mask
from pooling.models.binomial_normal import NODES, Fit, fit
from pooling.models.many import checked, critical, two_sided
from pooling.models.results import Many

CHUNK = 200_000
"""Places of all integrands looked at in one go."""


@dataclass(frozen=True, slots=True)
class Glmm:
    """The pooled log odds of each analysis, with both tests of heterogeneity.

    ``many.q`` is the likelihood-ratio statistic ``q_lrt``, which stays defined where a study has no event; Wald's
    ``q_wald`` leaves out such studies. ``log_likelihood`` is that of the maximum, binomial coefficients included.
    """

    many: Many
    q_lrt: Floats
    p_lrt: Floats
    q_wald: Floats
    p_wald: Floats
    log_likelihood: Floats


def glmm(xi: ArrayLike, ni: ArrayLike, *, test: str = "z", level: float = 95.0) -> Glmm:
    """Pool proportions of xi events among ni participants, one line per analysis, as log odds.

    A study without a number of events or participants takes no part. If no study has an
    event, or every participant has one, or every study is of one of these two kinds, the maximum lies at infinity: the
    status says so and the numbers are not numbers. Where the likelihood is highest without variance between studies,
    tau2 is 0. One study is analysed with tau2 = 0. I2 and H2 compare tau2 with the typical sampling variance of the
    studies' log odds (one half added to empty cells).

    Args:
        xi: Events.
        ni: Participants.
        test: z, or t with k - 1 degrees of freedom (one study alone always has z).
        level: Of the interval and the prediction interval, in percent.

    Raises:
        CannotPool: the counts are impossible, or do not fit together.
    """
    checked("CE", "z", level)
    x, n, use = _counts(xi, ni)
    if test not in {"z", "t"}:
        raise CannotPool(f'the mixed logistic model has the tests "z" and "t", not {test!r}')
    lines = max(1, CHUNK // max(1, x.shape[1] * NODES[0]))
    parts = [slice(at, at + lines) for at in range(0, max(1, len(x)), lines)]
    fits = [fit(x[part], n[part], use[part]) for part in parts]
    return _results(x, n, use, Fit(*(np.concatenate(each) for each in zip(*fits, strict=True))), test, level)


def _counts(xi: ArrayLike, ni: ArrayLike) -> tuple[Floats, Floats, Mask]:
    columns = read("PLO", {"xi": xi, "ni": ni})
    x, n = (np.atleast_2d(columns[name]) for name in ("xi", "ni"))
    if x.ndim > 2:
        raise CannotPool(f"the counts have {x.ndim} dimensions; give one line per analysis, one place per study")
    use = np.isfinite(x) & np.isfinite(n)
    return np.where(use, x, 0.0), np.where(use, n, 0.0), use


# results


def _results(x: Floats, n: Floats, use: Mask, found: Fit, test: str, level: float) -> Glmm:
    k = use.sum(-1)
    events = x.sum(-1)
    status = np.select([k == 0, (events == 0) | (events == n.sum(-1)), ~found.maximum, k == 1], [1, 4, 3, 2], 0)
    known = np.isin(status, (0, 2))
    b, tau2, se = (np.where(known, each, np.nan) for each in (found.b, found.s**2, found.se))
    df = np.maximum(k - 1.0, 0.0)
    z = b / se
    p, reach = _test(z, df, test, level)
    lrt, wald = _heterogeneity(x, n, use)
    lrt, wald = (np.where(k > 0, each, np.nan) for each in (lrt, wald))
    p_lrt, p_wald = (
        np.where(df > 0, special.chdtrc(np.maximum(df, 1.0), each), np.where(k > 0, 1.0, np.nan))
        for each in (lrt, wald)
    )
    typical = _typical_variance(x, n, use)
    spread = reach * np.sqrt(se**2 + tau2)
    unknown = np.full(len(b), np.nan)
    choose = special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1)
    many = Many(
        method="GLMM", test=test, level=level, status=status.astype(np.int8), k=k.astype(np.int64),
        estimate=b, se=se, z=z, p=p, lower=b - reach * se, upper=b + reach * se, pi_lower=b - spread, pi_upper=b + spread,
        tau2=tau2, q=lrt, df=df, p_heterogeneity=p_lrt, i2=100 * tau2 / (typical + tau2), h2=1 + tau2 / typical,
        tau2_lower=unknown, tau2_upper=unknown, i2_lower=unknown, i2_upper=unknown, h2_lower=unknown, h2_upper=unknown,
    )  # fmt: skip
    return Glmm(many, lrt, p_lrt, wald, p_wald, np.where(known, found.height + choose.sum(-1), np.nan))


def _test(z: Floats, df: Floats, test: str, level: float) -> tuple[Floats, Floats]:
    """Two-sided P, and how many standard errors the limits are away."""
    tail = (1 - level / 100) / 2
    if test == "z":
        return np.asarray(2 * special.ndtr(-np.abs(z))), np.full(len(z), -special.ndtri(tail))
    # one study alone has no degrees of freedom; its own interval is that of the normal distribution
    freedom = np.where(df > 0, df, np.inf)
    return two_sided(z, freedom), critical(level, freedom)


def _heterogeneity(x: Floats, n: Floats, use: Mask) -> tuple[Floats, Floats]:
    """Likelihood ratio and Wald statistics of one proportion against one for each study."""
    m, events, total = n - x, x.sum(-1, keepdims=True), n.sum(-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = special.xlogy(x, np.where(use, x / n, 1.0)) + special.xlogy(m, np.where(use, m / n, 1.0))
        common = special.xlogy(x, events / total) + special.xlogy(m, 1 - events / total)
        lrt = np.maximum(0.0, 2 * (own - common).sum(-1))
        w = np.where((x > 0) & (m > 0), x * m / np.where(use, n, 1.0), 0.0)
        y = np.where(w > 0, special.logit(np.where(w > 0, x / np.where(use, n, 1.0), 0.5)), 0.0)
        mean = (w * y).sum(-1) / w.sum(-1)
    return lrt, (w * (y - np.nan_to_num(mean)[:, None]) ** 2).sum(-1)


def _typical_variance(x: Floats, n: Floats, use: Mask) -> Floats:
    """Higgins and Thompson's typical sampling variance of log odds; infinite with fewer than two studies."""
    half = np.where((x == 0) | (x == n), 0.5, 0.0)
    w = np.where(use, 1 / (1 / np.where(use, x + half, 1.0) + 1 / np.where(use, n - x + half, 1.0)), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = w.sum(-1) - (w**2).sum(-1) / w.sum(-1)
        return np.asarray(np.where(use.sum(-1) > 1, (use.sum(-1) - 1) / spread, np.inf))
