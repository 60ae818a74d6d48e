"""From the scale of analysis back to the numbers people read: ratios, proportions, rates, correlations."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pooling.errors import CannotPool
from pooling.models.batch import Floats
from schemas.dataset import SCALES
from schemas.scales import double_arcsine_back

BACKS = {
    "harmonic": "Miller's inverse of the double arcsine at the harmonic mean of the sizes",
    "sine": "the squared sine, whatever the sizes",
}
"""Customs of the way back from double arcsines."""


def natural(scale: str, values: ArrayLike, *, size: ArrayLike | None = None, back: str = "harmonic") -> Floats:
    """Values on a scale of analysis as the numbers people read; what is not a number stays so.

    Double arcsines are those with the factor 1/2. Values below that of 0 events, or above that of all participants,
    go back to 0 and 1.

    Args:
        scale: none, log, logit, arcsine, double_arcsine or fisher_z.
        values: Estimates or limits.
        size: Participants behind each value, for double arcsines: the study's own, or ``harmonic_mean`` of the sizes
            of the studies behind a pooled value.
        back: For double arcsines: "harmonic" (Miller 1978, doi:10.1080/00031305.1978.10479283) or "sine".

    Raises:
        CannotPool: the scale or the custom does not exist, or the sizes are missing.

    >>> natural("logit", [0.0]).tolist()
    [0.5]
    """
    x = np.asarray(values, dtype=np.float64)
    if back not in BACKS:
        raise CannotPool(f"there is no way back called {back!r}; choose harmonic or sine")
    with np.errstate(all="ignore"):
        match scale:
            case "none":
                return x
            case "log":
                return np.asarray(np.exp(x))
            case "logit":
                return np.asarray(special.expit(x))
            case "fisher_z":
                return np.asarray(np.tanh(x))
            case "arcsine":
                return _squared_sine(x)
            case "double_arcsine":
                return _squared_sine(x) if back == "sine" else _miller(x, size)
    raise CannotPool(f"there is no scale {scale!r}; choose one of {', '.join(SCALES)}")


def harmonic_mean(sizes: ArrayLike) -> float:
    """Harmonic mean of the sizes that are known (above 0); nan if none is.

    >>> harmonic_mean([10, 40])
    16.0
    """
    known = np.asarray(sizes, dtype=np.float64).ravel()
    known = known[np.isfinite(known) & (known > 0)]
    return float(len(known) / (1 / known).sum()) if len(known) else float("nan")


def _squared_sine(x: Floats) -> Floats:
    return np.asarray(np.sin(np.clip(x, 0.0, np.pi / 2)) ** 2)


def _miller(x: Floats, size: ArrayLike | None) -> Floats:
    n = np.asarray(np.nan if size is None else size, dtype=np.float64)
    x, n = np.broadcast_arrays(x, n)
    if (~np.isnan(x) & ~(n > 0)).any():
        raise CannotPool(
            "double arcsines go back to proportions at the sizes of the studies, and a size is missing; "
            "give the sizes, or choose back='sine'"
        )
    return np.where(np.isnan(x), np.nan, double_arcsine_back(2 * x, np.where(n > 0, n, 1.0)))
