"""How the numbers of a measure are read: on which axis, in which words, with how many decimals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pooling.words.printing import MINUS, capital, fixed
from schemas.measures import ESTIMATORS

if TYPE_CHECKING:
    from pooling.models.results import Result

Floats = NDArray[np.float64]
Triple = tuple[float, float, float]
_MOST_DECIMALS = 8
_LARGEST_RATIO = 10000
"""Larger ratios are said to be larger than that: they come of next to no information."""


@dataclass(frozen=True, slots=True)
class Reading:
    """``kind``: ratio and rate (logarithmic axis), percent, correlation, plain. ``null`` is a natural value."""

    name: str
    kind: str
    null: float | None
    decimals: int

    @property
    def log(self) -> bool:
        """Whether the axis is logarithmic."""
        return self.kind in {"ratio", "rate"}

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The least and greatest value there can be, where there are such."""
        return {"percent": (0.0, 1.0), "correlation": (-1.0, 1.0)}.get(self.kind)

    @property
    def unit(self) -> str:
        """What stands directly behind a value: %, or nothing."""
        return "%" if self.kind == "percent" else ""

    @property
    def heading(self) -> str:
        """The name with its unit, as it heads a column or an axis."""
        return f"{capital(self.name)}, %" if self.unit else capital(self.name)

    def said(self, value: float) -> str:
        """A value in print, without unit; "" where there is none.

        >>> Reading("risk ratio", "ratio", 1.0, 2).said(0.8149), Reading("proportion", "percent", None, 1).said(0.5)
        ('0.81', '50.0')
        """
        if self.kind == "percent":
            return fixed(100 * value, self.decimals)
        if self.log and 0 < value < 0.5 * 10.0**-self.decimals:
            return f"<{10.0**-self.decimals:.{self.decimals}f}"
        if self.kind == "ratio" and value > _LARGEST_RATIO:
            return f">{_LARGEST_RATIO}"
        return fixed(value, 0 if self.log and value >= 1000 else self.decimals)

    def value(self, value: float) -> str:
        """A value with its unit, in a sentence.

        >>> Reading("proportion", "percent", None, 1).value(0.5)
        '50.0%'
        """
        return f"{self.said(value)}{self.unit}" if not np.isnan(value) else "not defined"

    def range(self, low: float, high: float) -> str:
        """Two limits with their unit, in a sentence.

        >>> Reading("proportion", "percent", None, 1).range(0.5, 0.625)
        '50.0 to 62.5%'
        """
        return f"{self.said(low) or 'not defined'} to {self.value(high)}"

    def tick(self, value: float) -> str:
        """A value at a tick: as short as it goes."""
        shown = round(100 * value, 9) if self.kind == "percent" else value
        return (f"{shown:.6g}" if shown == 0 or 1e-5 < abs(shown) < 1e6 else f"{shown:.3g}").replace("-", MINUS)


def reading(result: Result) -> Reading:
    """How a result is read: the pooled effect, its studies and whatever else is shown beside it."""
    about, kind = result.about, _kind(result)
    null = None if kind == "percent" or about.null is None else (float(np.exp(about.null)) if kind == "ratio" else 0.0)
    own = result.effect if result.effect and result.effect != result.measure else about.label
    return Reading(own.split(" (analysed")[0], kind, null, _decimals(result, kind))


def pooled_natural(result: Result) -> Triple:
    """Pooled estimate and limits in natural values."""
    found = result.natural
    return found.estimate, found.lower, found.upper


def predicted(result: Result) -> tuple[float, float] | None:
    """Limits of the prediction interval in natural values; None where there is none."""
    found = result.natural
    random = result.method in {*ESTIMATORS, "GLMM"}
    if result.status != 0 or not random or np.isnan(found.pi_lower) or np.isnan(found.pi_upper):
        return None
    return found.pi_lower, found.pi_upper


def own_rows(result: Result) -> list[Triple]:
    """Estimate and limits of each study in natural values; what cannot be told is not a number."""
    own = result.study_natural
    return list(zip(own.estimate.tolist(), own.lower.tolist(), own.upper.tolist(), strict=True))


def _kind(result: Result) -> str:
    about = result.about
    if about.table == "single_counts" or result.scale in {"logit", "arcsine", "double_arcsine"}:
        return "percent"
    if result.scale == "log":
        return "rate" if about.null is None else "ratio"
    return "correlation" if result.scale == "fisher_z" or about.table == "correlations" else "plain"


def _decimals(result: Result, kind: str) -> int:
    """Percent: one, two below 1%. Correlations: two. Others: two, fewer in hundreds, more for small numbers.

    Small is what would be hidden: the largest study, or the interval of the pooled effect.
    """
    estimate, lower, upper = pooled_natural(result)
    if kind == "percent":
        return 2 if 0 < estimate < 0.01 else 1
    if kind == "correlation":
        return 2
    largest = _largest(result.study_natural.estimate)
    by_size = int(np.clip(1 - np.floor(np.log10(largest)), 0 if largest >= 1000 else 1 if largest >= 100 else 2, None))
    reach = abs(upper - lower) / 2
    digit = -int(np.floor(np.log10(reach))) if np.isfinite(reach) and reach > 0 else 0
    if kind in {"ratio", "rate"}:
        by_size, digit = max(by_size, 2), digit + 1 if estimate < 0.1 else 0
    return min(max(by_size, digit), _MOST_DECIMALS)


def _largest(values: Floats) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max(initial=0.0)) or 1.0
