"""The scales on which studies are analysed: log, logit, arcsine, double arcsine, and the normal distribution."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import special

from schemas.intervals import Column
from schemas.ragged import Codes
from schemas.verdicts import Mask

Floats = NDArray[np.float64]

RATIO_MEASURES = ("OR", "RR", "HR", "IRR", "ROM")
"""Measures analysed on the log scale, with null value 1."""
DIFFERENCE_MEASURES = ("RD", "MD", "SMD")
"""Measures analysed as they are, with null value 0."""


def log(column: Column) -> Column:
    """Natural logarithm; zero goes to minus infinity."""
    return column.rising(lambda x: np.where(x > 0, np.log(x), np.where(x == 0, -np.inf, np.nan)))


def logit(column: Column) -> Column:
    """Log odds of a proportion."""
    return column.rising(special.logit)


def arcsine(column: Column) -> Column:
    """Arcsine of the square root of a proportion, clipped to 0..1."""
    return column.rising(lambda p: np.arcsin(np.sqrt(np.clip(p, 0.0, 1.0))))


def double_arcsine(p: Floats, n: Floats) -> Floats:
    """Freeman-Tukey double arcsine of p = x/n, in the convention without the factor 1/2; variance 1/(n + 1/2).

    Freeman and Tukey 1950, doi:10.1214/aoms/1177729756.
    """
    return double_arcsine_of_events(np.asarray(p, dtype=np.float64) * n, n)


def double_arcsine_of_events(x: Floats, n: Floats) -> Floats:
    """The same of x events in n participants."""
    return np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))


def double_arcsine_back(t: Floats, n: Floats) -> Floats:
    """Miller's inverse of the double arcsine at sample size n, clamped to 0..1 at the ends of its range.

    Miller 1978, doi:10.1080/00031305.1978.10479283.
    """
    lowest, highest = double_arcsine(np.zeros_like(n), n), double_arcsine(np.ones_like(n), n)
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = np.sin(t) + (np.sin(t) - 1 / np.sin(t)) / n
        p = 0.5 * (1 - np.sign(np.cos(t)) * np.sqrt(np.clip(1 - inner**2, 0, None)))
    return np.where(t <= lowest, 0.0, np.where(t >= highest, 1.0, p))


def _clipped(function: Callable[[Floats], Floats], lowest: float, highest: float) -> Callable[[Column], Column]:
    """A rising function of values in a range; what is printed at or beyond an end of it goes to infinity."""

    def ends(x: Floats) -> Floats:
        inside = function(np.clip(x, lowest, highest))
        return np.where(x <= lowest, -np.inf, np.where(x >= highest, np.inf, inside))

    return lambda column: column.rising(ends)


_RANGES: dict[str, tuple[Callable[[Floats], Floats], float, float]] = {
    "none": (lambda x: x, -np.inf, np.inf),
    "log": (np.log, 0.0, np.inf),
    "logit": (special.logit, 0.0, 1.0),
    "arcsine": (lambda p: np.arcsin(np.sqrt(p)), 0.0, 1.0),
    "fisher_z": (np.arctanh, -1.0, 1.0),
}
TRANSFORMS: dict[str, Callable[[Floats], Floats]] = {name: function for name, (function, _, _) in _RANGES.items()}
"""Scale -> function of plain numbers; numbers outside its range give an infinite one, or none."""
SCALES: dict[str, Callable[[Column], Column]] = {name: _clipped(*each) for name, each in _RANGES.items()}
"""Scales by name. A limit printed as 0 may stand for any smaller one: on its scale it reaches to minus infinity."""


STATED = ("none", "log", "logit", "arcsine", "double_arcsine")
"""Scales that a source can state by name."""


_NAMES = ("", *SCALES, "double_arcsine")
"""The words of a column of scales."""


def scale_of(measure: Codes, transform: Codes | None = None) -> Codes:
    """The name of each row's scale of analysis; "" where it is not known.

    Ratios are analysed as logarithms, correlations by Fisher's z, differences and means as they are; proportions on
    the scale the source states. A stated scale comes before the customary one.
    """
    places = np.zeros(len(measure), dtype=np.uint8)
    for name, measures in (("log", RATIO_MEASURES), ("none", (*DIFFERENCE_MEASURES, "mean")), ("fisher_z", ("COR",))):
        places[measure.is_(*measures)] = _NAMES.index(name)
    for name in STATED if transform is not None and transform.is_(*STATED).any() else ():
        places[transform.is_(name)] = _NAMES.index(name)  # type: ignore[union-attr]  # there is one
    return Codes.of_words(_NAMES, places)


def scaled(column: Column, scale: Codes) -> Column:
    """Each row on its own scale; unknown where the scale is none of SCALES."""
    low, high = np.full(len(scale), np.nan), np.full(len(scale), np.nan)
    for name, function in SCALES.items():
        rows = np.flatnonzero(scale.is_(name))
        if len(rows):
            moved = function(column.take(rows) if len(rows) < len(scale) else column)
            if len(rows) == len(scale) and moved.all_known:
                return moved
            low[rows], high[rows] = (np.where(moved.known, end, np.nan) for end in (moved.low, moved.high))
    return Column(low, high, ~np.isnan(low))


def nominal_level(level: Column) -> Floats:
    """The confidence level in percent, exactly: 95 where none is printed.

    A printed level is a name, not a rounded number; "0.95" is read as 95%.
    """
    if not level.known.any():
        return np.full(len(level.known), 95.0)
    low, high = (np.asarray(end, dtype=np.float64) for end in (level.low, level.high))
    with np.errstate(invalid="ignore"):
        middle = (low + high) / 2
    usable = level.known & np.isfinite(middle) & (middle > 0) & (middle < 100)
    percent = np.where(middle <= 1, 100 * middle, middle)
    return np.where(usable, percent, 95.0)


def standard_errors(percent: Floats) -> Floats:
    """Standard errors on either side of an estimate in a Wald interval of this level, row by row."""
    if len(percent) and (percent == percent[0]).all():
        return np.full(len(percent), special.ndtri(0.5 + percent[0] / 200))
    found: Floats = special.ndtri(0.5 + percent / 200)
    return found


def possible_p(p: Column) -> Mask:
    """Rows whose printed P value is known and may be one: not "P < 0.000", not negative, not above 1."""
    with np.errstate(invalid="ignore"):
        possible: Mask = p.known & np.asarray((p.high > 0) & (p.low <= 1), dtype=bool)
    return possible
