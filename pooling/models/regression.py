"""Meta-regression of one analysis: effects explained by a few columns, with the variance left between studies.

The pieces that subgroups with a common variance, Egger's test and trim and fill need. Estimators of tau2 are those of
``pool_many`` with k - p instead of k - 1 degrees of freedom.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from pooling.errors import CannotPool
from pooling.models.batch import Floats
from pooling.models.many import checked

LOOKED_AT = np.concatenate([[0.0], np.geomspace(1e-8, 1.0, 200)])
"""Shares of the largest variance between studies that is possible, among which a maximum is bracketed."""


@dataclass(frozen=True, slots=True)
class Regression:
    """Coefficients, their covariance, residual heterogeneity; ``df`` is infinite where the test is z."""

    coefficients: Floats
    covariance: Floats
    tau2: float
    df: float
    level: float

    @property
    def se(self) -> Floats:
        """Standard errors."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    @property
    def z(self) -> Floats:
        """Coefficients over their standard errors."""
        return np.asarray(self.coefficients / self.se)

    @property
    def p(self) -> Floats:
        """Two-sided."""
        return np.asarray(2 * stats.t.sf(np.abs(self.z), self.df))

    def limits(self, at: int) -> tuple[float, float]:
        """Limits of one coefficient."""
        reach = stats.t.isf((100 - self.level) / 200, self.df) * self.se[at]
        return float(self.coefficients[at] - reach), float(self.coefficients[at] + reach)


def regression(y: Floats, v: Floats, x: Floats, *, method: str, test: str = "z", level: float = 95.0) -> Regression:
    """Explain effects y with variances v by the columns of x (studies, p).

    Raises:
        CannotPool: the columns do not tell p coefficients apart, or there are too few studies.
    """
    checked(method, test, level)
    k, p = x.shape
    if k <= p or np.linalg.matrix_rank(x) < p:
        raise CannotPool(
            f"{k} studies cannot tell {p} coefficients apart; more studies, or more different ones, are needed"
        )
    tau2 = between(y, v, x, method)
    b, inverse, q = _fit(y, v + tau2, x)
    spread = 1.0
    if test in {"knha", "adhoc"}:
        spread = q / (k - p)
    if test == "adhoc":
        spread = max(1.0, spread)
    return Regression(b, spread * inverse, tau2, np.inf if test == "z" else float(k - p), level)


def between(y: Floats, v: Floats, x: Floats, method: str) -> float:
    """The variance between studies that the columns leave."""
    if method == "CE":
        return 0.0
    if method in {"REML", "ML"}:
        return _most_likely(y, v, x, restricted=method == "REML")
    if method in {"PM", "EB"}:
        return _paule_mandel(y, v, x)
    return max(0.0, _closed_form(y, v, x, method))


def _closed_form(y: Floats, v: Floats, x: Floats, method: str) -> float:
    (k, p), w = x.shape, 1 / v
    if method == "SJ":
        first = float(np.var(y))
        return float(first * _fit(y, v + first, x)[2] / (k - p))
    if method == "HE":
        hat: Floats = np.eye(k) - x @ np.linalg.solve(x.T @ x, x.T)
        return float((y @ hat @ y - np.diag(hat) @ v) / (k - p))
    q = _fit(y, v, x)[2]
    if method == "HS":
        return float((q - k) / w.sum())
    trace = w.sum() - np.trace(np.linalg.solve(x.T @ (w[:, None] * x), x.T @ (w[:, None] ** 2 * x)))
    return float((q - (k - p)) / trace)


def _fit(y: Floats, v: Floats, x: Floats) -> tuple[Floats, Floats, float]:
    """Weighted least squares: coefficients, the inverse of their information, weighted residual sum of squares."""
    root = 1 / np.sqrt(v)
    orthogonal, triangle = np.linalg.qr(x * root[:, None])
    b = np.linalg.solve(triangle, orthogonal.T @ (y * root))
    inner = np.linalg.inv(triangle)
    return b, inner @ inner.T, float((((y - x @ b) * root) ** 2).sum())


def _largest(y: Floats, v: Floats) -> float:
    return float(max(4 * (y.max() - y.min()) ** 2, v.max()))


def _paule_mandel(y: Floats, v: Floats, x: Floats) -> float:
    df = x.shape[0] - x.shape[1]
    if _fit(y, v, x)[2] <= df:
        return 0.0
    top = _largest(y, v)
    while _fit(y, v + top, x)[2] > df:
        top *= 2
    return float(optimize.brentq(lambda tau2: _fit(y, v + tau2, x)[2] - df, 0.0, top, xtol=1e-16, rtol=1e-14))


def _most_likely(y: Floats, v: Floats, x: Floats, *, restricted: bool) -> float:
    """The highest of all maxima of the (restricted) likelihood, each bracketed by the sign of its slope."""

    def slope(tau2: float) -> float:
        w = 1 / (v + tau2)
        b, inverse, _ = _fit(y, v + tau2, x)
        lost = w.sum() - np.trace(inverse @ (x.T @ (w[:, None] ** 2 * x))) if restricted else w.sum()
        return float((w**2 * (y - x @ b) ** 2).sum() - lost)

    def height(tau2: float) -> float:
        _, inverse, q = _fit(y, v + tau2, x)
        free = np.linalg.slogdet(inverse)[1] if restricted else 0.0
        return float(-np.log(v + tau2).sum() + free - q)

    places = LOOKED_AT * _largest(y, v)
    up = np.array([slope(at) > 0 for at in places])
    found = [0.0] if not up[0] else []
    found += [
        float(optimize.brentq(slope, places[at], places[at + 1], xtol=1e-16, rtol=1e-14))
        for at in np.flatnonzero(up[:-1] & ~up[1:])
    ]
    return max(found, key=height, default=float(places[-1]))
