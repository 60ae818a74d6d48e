"""Subgroups: a result for each, one for all, and whether they differ.

Borenstein et al. 2009, chapter 19. With a common effect, Q of all studies splits exactly into Q within and between
subgroups; with random effects the estimates of the subgroups are compared by their standard errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from pooling.errors import CannotPool
from pooling.models.batch import Floats, batch, one_column
from pooling.models.many import critical, two_sided
from pooling.models.one import pool
from pooling.models.regression import Regression, regression
from pooling.models.results import Result
from pooling.words.printing import p_value

TAU2 = ("own", "common")
FLOATS_ONLY = ("estimate", "se", "z", "p", "lower", "upper", "pi_lower", "pi_upper")


@dataclass(frozen=True, slots=True)
class Subgroups:
    """Results by subgroup, in the order in which they first appear, and of all studies together.

    ``q_between`` tests that the subgroups have one effect: chi-square on ``df_between`` degrees of freedom, or F (then
    with ``df_residual``, else nan) where tau2 is common and the test is not z. It is nan where they cannot be compared.
    """

    groups: dict[str, Result]
    overall: Result
    tau2: str
    q_between: float
    df_between: int
    df_residual: float
    p_between: float

    def to_frame(self) -> pd.DataFrame:
        """One row per subgroup and one for all studies; numbers as people read them, tau2 and tests as they are."""
        rows = [
            {"group": name, "status": one.state, "k": one.k, "estimate": one.natural.estimate, "lower": one.natural.lower,
             "upper": one.natural.upper, "tau2": one.tau2, "i2": one.i2, "q": one.q, "df": one.df,
             "p_heterogeneity": one.p_heterogeneity}
            for name, one in [*self.groups.items(), ("all", self.overall)]
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def summary(self) -> str:
        """Whether the subgroups differ, in a sentence."""
        if not np.isfinite(self.q_between):
            return "The subgroups cannot be compared: fewer than two have an estimate with a standard error."
        named = (
            f"F {self.q_between:.2f} on {self.df_between} and {self.df_residual:.0f}"
            if np.isfinite(self.df_residual)
            else f"chi-square {self.q_between:.2f} on {self.df_between}"
        )
        return f"Difference between subgroups: {named} df, {p_value(self.p_between)}."


def subgroups(
    y: ArrayLike,
    v: ArrayLike,
    groups: Sequence[Any],
    *,
    tau2: str = "own",
    method: str = "REML",
    test: str = "z",
    level: float = 95.0,
    labels: Sequence[str] | None = None,
    size: ArrayLike | None = None,
    **words: Any,  # noqa: ANN401 - handed on to pool
) -> Subgroups:
    """Pool each subgroup and all studies, and compare the subgroups.

    A study without a subgroup (None or not a number) is part of the overall result only.

    Args:
        y: Effects on the scale of analysis.
        v: Their sampling variances.
        groups: The subgroup of each study.
        tau2: With random effects, "own" for each subgroup, or "common" to all (a meta-regression on the subgroups).
        method: As of ``pool``.
        test: As of ``pool``.
        level: Of the intervals, in percent.
        labels: Names of the studies.
        size: Participants of each study.
        **words: measure, effect, scale, back and title, handed to ``pool``.

    Raises:
        CannotPool: tau2 is neither, or groups do not fit the studies.
    """
    if tau2 not in TAU2:
        raise CannotPool(f'tau2 is "own" (each subgroup its own) or "common" (one for all), not {tau2!r}')
    given = batch(y, v)
    if len(given.y) != 1:
        raise CannotPool(f"subgroups are of one analysis, not of {len(given.y)}; call it for each")
    effects, variances = np.atleast_1d(np.asarray(y, dtype=np.float64)), np.atleast_1d(np.asarray(v, dtype=np.float64))
    effects, variances = effects.reshape(-1), variances.reshape(-1)
    count = len(effects)
    of = one_column(
        np.array([None if pd.isna(each) else str(each) for each in groups], dtype=object), count, "subgroups"
    )
    names = one_column([f"Study {at + 1}" for at in range(count)] if labels is None else labels, count, "labels")
    sizes = np.zeros(count) if size is None else one_column(size, count, "sizes")

    def pooled(rows: NDArray[Any]) -> Result:
        return pool(
            effects[rows], variances[rows], labels=[str(each) for each in names[rows]], size=sizes[rows], method=method,
            test=test, level=level, **words,
        )  # fmt: skip

    overall = pooled(np.ones(count, dtype=bool))
    own = {name: pooled(of == name) for name in dict.fromkeys(each for each in of if each is not None)}
    usable = [name for name, one in own.items() if one.status in {0, 2}]
    if tau2 == "common" and method != "CE" and usable:
        return _common(effects, variances, of, own, overall, usable)
    estimates, errors = (np.array([getattr(own[name], what) for name in usable]) for what in ("estimate", "se"))
    q = _q(estimates, errors) if method != "CE" else _split(effects, variances, of, usable, estimates)
    df = max(0, len(usable) - 1)
    compared = df > 0
    p = float(stats.chi2.sf(q, df)) if compared else float("nan")
    return Subgroups(own, overall, tau2, q if compared else float("nan"), df, float("nan"), p)


def _q(y: Floats, se: Floats) -> float:
    """Q of estimates with known standard errors; nan where one of them has none."""
    if not len(y) or not (np.isfinite(se) & (se > 0)).all():
        return float("nan")
    w = 1 / se**2
    return float((w * (y - (w * y).sum() / w.sum()) ** 2).sum())


def _split(y: Floats, v: Floats, of: NDArray[Any], usable: list[str], estimates: Floats) -> float:
    """Q of the studies in subgroups less Q within each; computed as what lies between them."""
    use = np.isfinite(y) & np.isfinite(v) & (v > 0)
    weights = np.array([(1 / v[use & (of == name)]).sum() for name in usable])
    return _q(estimates, 1 / np.sqrt(weights)) if len(weights) else float("nan")


def _common(
    y: Floats, v: Floats, of: NDArray[Any], own: dict[str, Result], overall: Result, usable: list[str]
) -> Subgroups:
    """One variance between studies within all subgroups."""
    use = np.isfinite(y) & np.isfinite(v) & (v > 0) & np.isin(of.astype(str), usable) & (of != None)  # noqa: E711 - element by element
    member = np.stack([of[use] == name for name in usable], axis=1).astype(np.float64)
    k, count = member.shape
    if k <= count:
        raise CannotPool(
            "each subgroup has one study, so that a common variance within them cannot be estimated; use tau2='own'"
        )
    fit = regression(y[use], v[use], member, method=overall.method, test=overall.test, level=overall.level)
    found = {name: _with(own[name], fit, usable.index(name)) if name in usable else own[name] for name in own}
    q, df = _q(fit.coefficients, fit.se), count - 1
    f_test = np.isfinite(fit.df)
    if df == 0:
        return Subgroups(found, overall, "common", float("nan"), 0, float("nan"), float("nan"))
    q = q / df if f_test else q
    p = float(stats.f.sf(q, df, fit.df) if f_test else stats.chi2.sf(q, df))
    return Subgroups(found, overall, "common", q, df, fit.df if f_test else float("nan"), p)


def _with(own: Result, fit: Regression, at: int) -> Result:
    """The result of a subgroup with the common variance between studies; its Q stays its own."""
    b, se = fit.coefficients[at], fit.se[at]
    z, df = b / se, np.array(fit.df)
    reach = float(critical(fit.level, df))
    spread = reach * np.sqrt(se**2 + fit.tau2)
    changed = (b, se, z, two_sided(np.array(z), df), b - reach * se, b + reach * se, b - spread, b + spread)
    with np.errstate(divide="ignore", invalid="ignore"):
        w = np.where(own.studies.weight > 0, 1 / (own.studies.v + fit.tau2), 0.0)
    numbers = own.numbers | dict(zip(FLOATS_ONLY, map(float, changed), strict=True)) | {"tau2": fit.tau2}
    return replace(own, numbers=numbers, studies=replace(own.studies, weight=100 * w / w.sum()))
