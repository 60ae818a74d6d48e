"""The scales on which studies are analysed: log, logit, arcsine, double arcsine, and the normal distribution."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from schemas.intervals import Column

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
    x = np.asarray(p, dtype=np.float64) * n
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


def z_of_level(level: Column) -> Column:
    """Normal quantile of a two-sided confidence level in percent; 95 gives 1.96."""
    return level.rising(lambda percent: special.ndtri(0.5 + percent / 200))


def p_of_z(z: Column) -> Column:
    """Two-sided P value of a standard normal statistic."""
    return abs(z).falling(lambda size: 2 * special.ndtr(-size))
