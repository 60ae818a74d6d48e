"""Inverse-variance pooling of many meta-analyses at once: common effect, and random effects by eight estimators.

>>> round(float(pool_many([0.1, 0.3, 0.9], [0.01, 0.02, 0.04], method="DL").tau2[0]), 4)
0.1086
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from pooling.errors import CannotPool
from pooling.models.batch import Batch, Floats, batch
from pooling.models.heterogeneity import heterogeneity, no_intervals, q_profile
from pooling.models.results import Many
from schemas import random_effects as between
from schemas.measures import ESTIMATORS, METHODS, TESTS

Estimator = Callable[[Floats, Floats], Floats]

TAU2: Mapping[str, Estimator] = {
    "CE": lambda _, w: np.zeros(w.shape[:-1]),
    "DL": lambda y, w: between.excess(between.generalised_q(y, w, np.zeros(w.shape[:-1])), w),
    "REML": lambda y, w: between.most_likely(y, w, restricted=True),
    "ML": lambda y, w: between.most_likely(y, w, restricted=False),
    "PM": between.paule_mandel,
    "EB": between.paule_mandel,  # the empirical Bayes estimator solves the same equation
    "HE": between.hedges,
    "HS": between.hunter_schmidt,
    "SJ": between.sidik_jonkman,
}
"""Method -> variance between studies, from effects and inverse variances."""

NO_SPREAD = np.finfo(np.float64).eps
"""A weighted sum of squares this small counts as 0: the studies agree exactly."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Analyses moved and stretched so that the common effect is 0 and the least variance about 1.

    Effects were ``centre + root * y``, variances and tau2 ``root**2`` times these. Roots are powers of two, so that
    nothing is rounded: tiny and huge variances are computed as exactly as others.
    """

    y: Floats
    w: Floats
    centre: Floats
    root: Floats


@dataclass(frozen=True, slots=True)
class Mean:
    """Pooled effects in units of ``Unit``, their standard errors, and degrees of freedom of t (infinite: normal)."""

    y: Floats
    se: Floats
    df: Floats


def pool_many(
    y: ArrayLike,
    v: ArrayLike,
    *,
    method: str = "REML",
    test: str = "z",
    level: float = 95.0,
    intervals: bool = False,
) -> Many:
    """Pool many meta-analyses, one per line.

    Args:
        y: Effects on the scale of analysis, shape (analyses, studies); nan where a line has fewer studies.
        v: Their sampling variances. Studies with an effect or a variance that cannot be used take no part.
        method: CE (common effect) or an estimator of tau2: DL, REML, ML, PM, EB, HE, HS, SJ.
        test: z; t (k - 1 degrees of freedom); knha (Hartung-Knapp); adhoc (knha, never narrower than t). One study
            alone always has z.
        level: Confidence level in percent.
        intervals: Whether to compute the Q-profile intervals of tau2, I2 and H2 (random effects only).

    Returns:
        Arrays with one number per analysis. No study: status 1 and no numbers. One study: status 2, its own effect and
        interval. Where all studies agree exactly, knha has no interval: status 5. The prediction interval uses the
        distribution of ``test``; a common effect has none.

    Raises:
        CannotPool: the arrays do not fit, or method, test or level are none.
    """
    checked(method, test, level)
    given = batch(y, v)
    with np.errstate(all="ignore"):
        unit = _unit(given)
        tau2 = TAU2[method](unit.y, unit.w)
        pooled = _mean(unit, tau2, test)
        found = heterogeneity(unit.y, unit.w, tau2, common=method == "CE")
        asked = intervals and method != "CE"
        limits = q_profile(unit.y, unit.w, found.typical, level) if asked else no_intervals(len(tau2))
        square = unit.root**2
        numbers = _numbers(unit, pooled, tau2, level, common=method == "CE")
        numbers |= {each.name: getattr(limits, each.name) for each in fields(limits)}
        numbers |= {name: numbers[name] * square for name in ("tau2", "tau2_lower", "tau2_upper")}
        numbers |= {"q": found.q, "df": found.df, "p_heterogeneity": found.p, "i2": found.i2, "h2": found.h2}
    status = _status(given, numbers)
    defined = {name: np.where(_undefined(status, name), np.nan, each) for name, each in numbers.items()}
    return Many(method, test, level, status, given.k, **defined)


def checked(method: str, test: str, level: float) -> None:
    """Raises CannotPool unless the three name a way of inverse-variance pooling."""
    if method not in TAU2:
        hint = "is pooled from counts with meta()" if method in METHODS else "is no method"
        raise CannotPool(f"{method!r} {hint}; for effects and variances choose CE, {', '.join(ESTIMATORS)}")
    if test not in TESTS:
        raise CannotPool(f"{test!r} is no test; choose one of {', '.join(TESTS)}")
    if not 0 < level < 100:
        raise CannotPool(f"the confidence level is {level}; give percent between 0 and 100, such as 95")


def critical(level: float, df: Floats) -> Floats:
    """The two-sided quantile of t at ``level`` percent; of the normal distribution where df is infinite."""
    tail = (100 - level) / 200
    finite = np.isfinite(df) & (df > 0)
    return np.where(finite, -special.stdtrit(np.where(finite, df, 1.0), tail), -special.ndtri(tail))


def two_sided(z: Floats, df: Floats) -> Floats:
    """Two-sided P of a t statistic; of a normal one where df is infinite."""
    finite = np.isfinite(df) & (df > 0)
    below = -np.abs(z)
    return np.where(finite, 2 * special.stdtr(np.where(finite, df, 1.0), below), 2 * special.ndtr(below))


def _unit(given: Batch) -> Unit:
    least = given.v.min(axis=-1, initial=np.inf)
    _, exponent = np.frexp(np.where(np.isfinite(least), least, 1.0))
    root = np.ldexp(1.0, exponent // 2)
    w = np.where(given.use, root[:, None] / given.v * root[:, None], 0.0)
    alone = given.k == 1
    centre = np.where(alone, given.y.sum(-1), np.nan_to_num(between.mean(given.y, w)))
    return Unit(np.where(given.use, (given.y - centre[:, None]) / root[:, None], 0.0), w, centre, root)


def _mean(unit: Unit, tau2: Floats, test: str) -> Mean:
    star = between.shrunk(unit.w, tau2)
    y, df = between.mean(unit.y, star), between.df_of(unit.w)
    spread = np.ones_like(df)
    if test in {"knha", "adhoc"}:
        squares = (star * (unit.y - y[:, None]) ** 2).sum(-1)
        spread = np.where(df > 0, np.where(squares <= NO_SPREAD, 0.0, squares / df), 1.0)
    if test == "adhoc":
        spread = np.maximum(spread, 1.0)
    return Mean(y, np.sqrt(spread / star.sum(-1)), np.where((test != "z") & (df > 0), df, np.inf))


def _numbers(unit: Unit, pooled: Mean, tau2: Floats, level: float, *, common: bool) -> dict[str, Floats]:
    """Estimate, interval, test and prediction interval on the scale of analysis; tau2 still in units."""
    estimate, se = unit.centre + unit.root * pooled.y, unit.root * pooled.se
    z, crit = estimate / se, critical(level, pooled.df)
    reach = crit * np.sqrt(pooled.se**2 + tau2) * unit.root
    reach = np.where((between.df_of(unit.w) > 0) & (not common), reach, np.nan)
    return {
        "estimate": estimate, "se": se, "z": z, "p": two_sided(z, pooled.df),
        "lower": estimate - crit * se, "upper": estimate + crit * se,
        "pi_lower": estimate - reach, "pi_upper": estimate + reach, "tau2": tau2,
    }  # fmt: skip


def _status(given: Batch, numbers: Mapping[str, Floats]) -> NDArray[np.int8]:
    sound = np.logical_and.reduce([np.isfinite(numbers[name]) for name in ("estimate", "se", "tau2", "q")])
    by_count = np.minimum(given.k, 2)
    status = np.where(sound | (by_count == 0), np.array([1, 2, 0])[by_count], 3)
    return np.where((status == 0) & (numbers["se"] == 0), 5, status).astype(np.int8)


def _undefined(status: NDArray[np.int8], name: str) -> NDArray[np.bool_]:
    """Where a number is not defined: all of them without studies, interval and test without a standard error."""
    without_se = name in {"z", "p", "lower", "upper", "pi_lower", "pi_upper"}
    return np.isin(status, (1, 3, 5) if without_se else (1, 3))
