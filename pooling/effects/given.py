"""Effects as reported: with a variance or a standard error, or read from an interval, a P value, or O - E."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from pooling.effects.columns import Columns, Floats, numbers, refuse, together
from pooling.effects.zero_cells import ZeroCells
from pooling.errors import CannotPool
from schemas.formulas import FORMULAS
from schemas.proportions import z_of
from schemas.scales import TRANSFORMS
from schemas.two_groups import Effects

_NULL_IS_ZERO = ("none", "log", "fisher_z")
"""Scales on which a test of no effect is a test against 0."""


def effects(measure: str, columns: Columns, cells: ZeroCells) -> Effects:  # noqa: ARG001 - effects have no cells
    """Effects ``yi`` with variances ``vi``, or the squares of ``sei`` where there is none."""
    nothing = np.full_like(columns["yi"], np.nan)
    v, squared = columns.get("vi", nothing), columns.get("sei", nothing) ** 2
    return FORMULAS[measure](columns["yi"], np.where(np.isnan(v), squared, v))


def from_interval(estimate: Any, lower: Any, upper: Any, *, level: Any = 95.0, scale: str = "none") -> Effects:  # noqa: ANN401 - arrays
    """Effects from estimates with confidence limits of a normal distribution: se = (upper - lower) / (2 z).

    Args:
        estimate: Estimates as printed (a hazard ratio of 0.66, not its logarithm).
        lower: Lower limits, as printed.
        upper: Upper limits, as printed.
        level: Confidence level in percent.
        scale: Scale on which the interval is symmetric, and the effects are given: none, log, logit, arcsine, fisher_z.

    Raises:
        CannotPool: limits out of order or out of the range of the scale, or an estimate outside its interval.

    >>> one = from_interval([0.66], [0.52], [0.84], scale="log")
    >>> one.y.round(4).tolist(), one.se.round(4).tolist()
    ([-0.4155], [0.1223])
    """
    given = _columns(estimate=estimate, lower=lower, upper=upper, level=level)
    percent = given.pop("level")
    odd = (percent <= 1) | (percent >= 100)
    refuse(odd, {"level": percent}, "the level is not a percentage", then="give 95 for 95%")
    refuse(given["lower"] >= given["upper"], given, "the lower limit is not below the upper")
    outside = (given["estimate"] < given["lower"]) | (given["estimate"] > given["upper"])
    refuse(outside, given, "the estimate is outside its interval")
    y, low, high = (_on(scale, name, values) for name, values in given.items())
    return Effects(y, ((high - low) / (2 * z_of(percent))) ** 2)


def from_p(estimate: Any, p: Any, *, scale: str = "none") -> Effects:  # noqa: ANN401 - arrays
    """Effects from estimates with two-sided P values of a normal test against no effect: se = abs(effect) / z.

    Args:
        estimate: Estimates as printed (a hazard ratio of 0.66, not its logarithm).
        p: Two-sided P values, exact ones; "P < 0.05" gives no standard error.
        scale: Scale of the test, and of the effects: none, log or fisher_z.

    Raises:
        CannotPool: a P value of 0, of 1 or beyond, or an estimate of no effect at all, which has no standard error.

    >>> from_p([0.66], [0.0007], scale="log").se.round(4).tolist()
    [0.1226]
    """
    if scale not in _NULL_IS_ZERO:
        raise CannotPool(f"a P value tests against no effect, which scale {scale!r} does not have; give one of {', '.join(_NULL_IS_ZERO)}, or use the interval")  # fmt: skip
    given = _columns(estimate=estimate, p=p)
    refuse((given["p"] <= 0) | (given["p"] >= 1), given, "p is not between 0 and 1")
    y = _on(scale, "estimate", given["estimate"])
    refuse(y == 0, given, "the estimate is exactly no effect, from which no standard error follows")
    return Effects(y, (y / special.ndtri(given["p"] / 2)) ** 2)


def from_oe(o_minus_e: Any, variance: Any) -> Effects:  # noqa: ANN401 - arrays
    """Log hazard ratios from observed minus expected events and their variance V: (O - E) / V, with variance 1 / V.

    Raises:
        CannotPool: a variance that is not above 0.

    >>> one = from_oe([-8.0], [20.0])
    >>> one.y.tolist(), one.v.tolist()
    ([-0.4], [0.05])
    """
    given = _columns(o_minus_e=o_minus_e, variance=variance)
    refuse(given["variance"] <= 0, given, "the variance of O - E is not above 0")
    return Effects(given["o_minus_e"] / given["variance"], 1 / given["variance"])


def _columns(**given: Any) -> Columns:  # noqa: ANN401 - arrays
    columns = together({name: numbers(values, name) for name, values in given.items()})
    for name, values in columns.items():
        refuse(np.isinf(values), {name: values}, f"{name} is infinite")
    return columns


def _on(scale: str, name: str, values: Floats) -> Floats:
    """Values on a scale of analysis; refused where it does not have them."""
    if scale not in TRANSFORMS:
        raise CannotPool(f"scale {scale!r} cannot be used here; give one of {', '.join(TRANSFORMS)}")
    with np.errstate(all="ignore"):
        moved = np.asarray(TRANSFORMS[scale](values), dtype=np.float64)
    refuse(~np.isnan(values) & ~np.isfinite(moved), {name: values}, f"{name} cannot be put on the scale {scale}")
    return moved
