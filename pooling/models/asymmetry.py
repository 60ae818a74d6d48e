"""Asymmetry of funnel plots: Egger's regression test and the rank correlation test of Begg and Mazumdar.

Egger et al. 1997, doi:10.1136/bmj.315.7109.629; Sterne and Egger 2005; Begg and Mazumdar 1994, doi:10.2307/2533446.
Both have little power with fewer than ten studies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from pooling.errors import CannotPool
from pooling.models.batch import Floats, batch
from pooling.models.regression import Regression, regression
from pooling.words.printing import p_value

LEAST_EGGER, LEAST_BEGG, ADVISED = 3, 2, 10


@dataclass(frozen=True, slots=True)
class Egger:
    """Regression of the effects on their standard errors: ``slope`` is what ``z`` tests, with ``df`` (nan: normal).

    ``limit`` is the effect expected of a study of infinite size, with its interval, on the scale of analysis.
    """

    model: str
    k: int
    slope: float
    se: float
    z: float
    df: float
    p: float
    limit: float
    limit_lower: float
    limit_upper: float
    tau2: float
    level: float

    def summary(self) -> str:
        """The test in a sentence."""
        named = f"t {self.z:.2f} on {self.df:.0f} df" if np.isfinite(self.df) else f"z {self.z:.2f}"
        return f"Egger's test of asymmetry: {named}, {p_value(self.p)} ({self.k} studies{_few(self.k)})."


@dataclass(frozen=True, slots=True)
class Begg:
    """Kendall's rank correlation of standardised effects and variances; ``exact`` says how p was computed."""

    k: int
    tau: float
    p: float
    exact: bool

    def summary(self) -> str:
        """The test in a sentence."""
        return f"Begg's test of asymmetry: Kendall's tau {self.tau:.2f}, {p_value(self.p)} ({self.k} studies{_few(self.k)})."


def egger(
    y: ArrayLike, v: ArrayLike, *, model: str = "lm", method: str = "REML", test: str = "z", level: float = 95.0
) -> Egger:
    """Test whether effects depend on their standard errors.

    Args:
        y: Effects on the scale of analysis, one per study.
        v: Their sampling variances; studies whose effect or variance cannot be used take no part.
        model: lm, the classical test (weighted regression, t on k - 2 degrees of freedom); rma, a meta-regression with
            variance between studies.
        method: Of the meta-regression, as of ``pool``.
        test: Of the meta-regression, as of ``pool``.
        level: Of the interval of the limit, in percent.

    Raises:
        CannotPool: fewer than three studies can be used, all have one standard error, the effects lie exactly on a line,
            or model is neither.
    """
    if model not in {"lm", "rma"}:
        raise CannotPool(f'Egger\'s test has the models "lm" (classical) and "rma" (meta-regression), not {model!r}')
    effects, variances = _usable(y, v, LEAST_EGGER, "Egger's test")
    errors = np.sqrt(variances)
    if np.ptp(errors) <= 1e-12 * errors.max():
        raise CannotPool("all studies have one standard error, so that Egger's test has nothing to compare")
    x = np.stack([np.ones_like(errors), errors], axis=1)
    if model == "rma":
        fit = regression(effects, variances, x, method=method, test=test, level=level)
    else:
        fit = regression(effects, variances, x, method="CE", test="knha", level=level)
    if fit.se[1] * errors.max() <= 1e-13 * np.abs(effects).max():
        raise CannotPool("the effects lie exactly on a line, so that nothing is left to test Egger's slope against")
    return _egger(model, len(effects), fit)


def _egger(model: str, k: int, fit: Regression) -> Egger:
    b, se, z, p = (values.tolist() for values in (fit.coefficients, fit.se, fit.z, fit.p))
    df = fit.df if np.isfinite(fit.df) else float("nan")
    return Egger(model, k, b[1], se[1], z[1], df, p[1], b[0], *fit.limits(0), fit.tau2, fit.level)


def begg(y: ArrayLike, v: ArrayLike) -> Begg:
    """Test whether standardised effects and variances are ranked alike; p is exact unless there are ties.

    Raises:
        CannotPool: fewer than two studies can be used, or all have one variance or one standardised effect.
    """
    effects, variances = _usable(y, v, LEAST_BEGG, "Begg's test")
    w = 1 / variances
    standardised = (effects - (w * effects).sum() / w.sum()) / np.sqrt(variances - 1 / w.sum())
    ties = len(set(standardised)) < len(effects) or len(set(variances)) < len(effects)
    if len(set(standardised)) == 1 or len(set(variances)) == 1:
        raise CannotPool("all studies have one variance, or one effect, so that Begg's test has nothing to rank")
    found = stats.kendalltau(standardised, variances, method="asymptotic" if ties else "exact")
    return Begg(len(effects), float(found.statistic), float(found.pvalue), not ties)


def _usable(y: ArrayLike, v: ArrayLike, least: int, what: str) -> tuple[Floats, Floats]:
    given = batch(y, v)
    if len(given.y) != 1:
        raise CannotPool(f"{what} takes one analysis, not {len(given.y)}; call it for each")
    use = given.use[0]
    if use.sum() < least:
        raise CannotPool(f"{what} needs at least {least} studies with an effect and a variance; there are {use.sum()}")
    return given.y[0, use], given.v[0, use]


def _few(k: int) -> str:
    return f"; fewer than {ADVISED}, so it would miss much" if k < ADVISED else ""
