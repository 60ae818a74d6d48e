"""Trim and fill: how many studies a lopsided funnel plot lacks, and the result with their mirror images filled in.

Duval and Tweedie 2000, doi:10.1111/j.0006-341x.2000.00455.x. A look at robustness, not an estimate of the truth:
funnels are lopsided for many reasons.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from pooling.errors import CannotPool
from pooling.models.batch import Floats
from pooling.models.many import pool_many
from pooling.models.one import pool
from pooling.models.regression import regression
from pooling.models.results import Result

MOST_ROUNDS = 100
SIDES, ESTIMATORS = ("auto", "left", "right"), ("L0", "R0")


@dataclass(frozen=True, slots=True)
class TrimFill:
    """``k0`` studies are estimated to be missing on ``side``; ``result`` is pooled with them filled in.

    ``se_k0`` is nan where its formula (L0, far from any asymmetry on this side) gives a negative variance. ``filled``
    marks the studies of ``result`` that are filled in. ``p_k0`` (estimator R0 only, else nan) tests that none is
    missing.
    """

    k0: int
    se_k0: float
    p_k0: float
    side: str
    estimator: str
    result: Result
    filled: tuple[bool, ...]

    def summary(self) -> str:
        """What was found, in a sentence, and the result after filling."""
        studies = "study" if self.k0 == 1 else "studies"
        return (
            f"Trim and fill ({self.estimator}): {self.k0} {studies} missing on the {self.side}. {self.result.summary()}"
        )


def trim_and_fill(result: Result, *, side: str = "auto", estimator: str = "L0") -> TrimFill:
    """Estimate how many studies are missing on one side of the funnel, and pool again with them filled in.

    Args:
        result: An inverse-variance result of ``pool`` or ``meta``; its method, test and level are used again.
        side: Where studies may be missing: left, right, or auto (right if effects fall with their standard errors).
        estimator: L0 or R0.

    Raises:
        CannotPool: fewer than two studies, a result without inverse variances, or an argument is unknown.
    """
    if side not in SIDES or estimator not in ESTIMATORS:
        raise CannotPool(f"side is one of {', '.join(SIDES)} and estimator L0 or R0, not {side!r} and {estimator!r}")
    if result.method in {"MH", "PETO", "GLMM"}:
        raise CannotPool("trim and fill works with inverse variances; pool by CE, REML or another of them first")
    y, v, size = result.studies.y, result.studies.v, result.studies.size
    use = np.isfinite(y) & np.isfinite(v) & (v > 0)
    if use.sum() < 2:
        raise CannotPool(
            f"trim and fill needs at least two studies with an effect and a variance; there are {use.sum()}"
        )
    y_of, v_of, size_of = y[use], v[use], size[use]
    where = _side(y_of, v_of, result.method) if side == "auto" else side
    sign = -1.0 if where == "right" else 1.0
    order = np.argsort(sign * y_of, kind="stable")
    k0, se, centre = _missing(sign * y_of[order], v_of[order], result.method, estimator)
    outer = order[len(order) - k0 :]
    mirrored = 2 * sign * centre - y_of[outer]
    filled = pool(
        np.append(y, mirrored), np.append(v, v_of[outer]), measure=result.measure, effect=result.effect, scale=result.scale,
        labels=[*result.studies.labels, *(f"Filled {at + 1}" for at in range(k0))],
        size=np.append(size, size_of[outer]), method=result.method, test=result.test, level=result.level,
        back=result.back, title=result.title,
    )  # fmt: skip
    shown = {head: (*cells, *[""] * k0) for head, cells in result.studies.shown.items()}
    filled = replace(filled, studies=replace(filled.studies, shown=shown))
    p = 0.5 ** (k0 + 1) if estimator == "R0" else float("nan")
    return TrimFill(k0, se, p, where, estimator, filled, (*[False] * len(y), *[True] * k0))


def _side(y: Floats, v: Floats, method: str) -> str:
    errors = np.sqrt(v)
    if len(y) < 3 or np.ptp(errors) <= 1e-12 * errors.max():
        raise CannotPool("these studies do not show on which side others may be missing; say side='left' or 'right'")
    fit = regression(y, v, np.stack([np.ones_like(errors), errors], axis=1), method=method)
    return "right" if fit.coefficients[1] < 0 else "left"


def _missing(y: Floats, v: Floats, method: str, estimator: str) -> tuple[int, float, float]:
    """How many are missing below, its standard error, and the centre; y rises."""
    k, k0 = len(y), 0
    for _ in range(MOST_ROUNDS):
        centre = float(pool_many(y[: k - k0], v[: k - k0], method=method).estimate[0])
        distance = y - centre
        ranks = np.sign(distance) * stats.rankdata(np.abs(distance), method="ordinal")
        now, se = _right_run(ranks, k) if estimator == "R0" else _linear(ranks, k)
        if now == k0:
            return k0, se, centre
        if now >= k:
            break
        k0 = now
    raise CannotPool("trim and fill does not settle on a number of missing studies; try the other estimator or side")


def _right_run(ranks: Floats, k: int) -> tuple[int, float]:
    """R0, from the run of the farthest studies on the right."""
    below = -ranks[ranks < 0]
    found = k - (below.max() if len(below) else 0.0) - 1
    return max(0, int(found)), float(np.sqrt(2 * max(0.0, found) + 2))


def _linear(ranks: Floats, k: int) -> tuple[int, float]:
    """L0, from the sum of the ranks on the right (Wilcoxon)."""
    found = (4 * ranks[ranks > 0].sum() - k * (k + 1)) / (2 * k - 1)
    variance = k * (k + 1) * (2 * k + 1) + 10 * found**3 + 27 * found**2 + 17 * found
    variance += -18 * k * found**2 - 18 * k * found + 6 * k**2 * found
    se = 4 * np.sqrt(variance / 24) / (2 * k - 1) if variance >= 0 else np.nan
    return max(0, round(found)), float(se)
