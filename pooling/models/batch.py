"""Studies of many meta-analyses at once: one line per analysis, one place per study, absent ones with weight 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pooling.errors import CannotPool

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Batch:
    """Effects and variances of shape (analyses, studies); ``use`` marks the studies that take part.

    Where a study takes no part, ``y`` is 0, ``v`` is infinite and ``w`` is 0.
    """

    y: Floats
    v: Floats
    use: Mask

    @property
    def w(self) -> Floats:
        """Inverse variances; 0 where a study takes no part."""
        return np.where(self.use, 1 / np.where(self.use, self.v, 1.0), 0.0)

    @property
    def k(self) -> NDArray[np.int64]:
        """How many studies take part in each analysis."""
        return np.asarray(self.use.sum(axis=-1), dtype=np.int64)


def batch(y: ArrayLike, v: ArrayLike) -> Batch:
    """Lines of effects and variances as a batch; one line may be given as a plain list.

    A study with a missing (not a number) effect or variance takes no part. Infinite effects, and variances that are
    zero, negative or infinite, take no part either; ``pool`` says so of each study it leaves out.

    Raises:
        CannotPool: the two do not have one shape, or are not numbers.

    >>> batch([0.1, float("nan")], [0.04, 0.01]).k.tolist()
    [1]
    """
    effects, variances = _lines(y, "effects"), _lines(v, "variances")
    if effects.shape != variances.shape:
        raise CannotPool(
            f"effects have the shape {effects.shape}, variances {variances.shape}; give one variance per effect"
        )
    use = np.isfinite(effects) & np.isfinite(variances) & (variances > 0)
    return Batch(np.where(use, effects, 0.0), np.where(use, variances, np.inf), use)


def _lines(given: ArrayLike, what: str) -> Floats:
    try:
        lines = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise CannotPool(f"the {what} are not all numbers: {error}") from None
    if lines.ndim > 2:
        raise CannotPool(f"the {what} have {lines.ndim} dimensions; give one line per analysis, one place per study")
    return np.atleast_2d(lines)


def why_left_out(y: float, v: float) -> str:
    """Why a study takes no part, in words; "" if it does.

    >>> why_left_out(0.2, 0.0)
    'its sampling variance is 0, which would give it infinite weight'
    """
    if np.isnan(y):
        return "its effect cannot be computed or is missing"
    if np.isnan(v):
        return "its sampling variance cannot be computed or is missing"
    if np.isinf(y):
        return "its effect is infinite"
    if np.isinf(v):
        return "its sampling variance is infinite"
    if v == 0:
        return "its sampling variance is 0, which would give it infinite weight"
    return "its sampling variance is negative" if v < 0 else ""


def one_column(given: Any, count: int, what: str) -> NDArray[Any]:  # noqa: ANN401 - whatever can be an array
    """A plain list of as many things as there are studies. Raises CannotPool otherwise."""
    column = np.asarray(given)
    if column.shape != (count,):
        raise CannotPool(f"there are {count} studies, but the {what} have the shape {column.shape}")
    return column
