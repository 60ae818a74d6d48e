"""Mean, standard deviation and size of mean records."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import special

from store.export.analyses.reading import Floats, bounds, confidence, first_reason, numbered, numbers, texts

FROM_SE, FROM_INTERVAL = 1, 2


def means(table: pa.Table) -> pd.DataFrame:
    """Mean a, standard deviation b and size c; a missing deviation from standard error or interval, and size."""
    mean, sd, se, lower, upper, size = (numbers(table, name) for name in ("mean", "sd", "se", "lower", "upper", "n"))
    level, n = confidence(numbers(table, "level")), size.whole
    by_se = ~sd.known & (se.value > 0) & (n >= 1)
    by_interval = ~sd.known & ~by_se & (upper.value > lower.value) & (n >= 2)
    spread = np.where(by_se, sd_from_se(se.value, n), sd.value)
    spread = np.where(by_interval, sd_from_interval(lower.value, upper.value, n, level), spread)
    medians = np.isnan(mean.value) & numbers(table, "median").known
    why = first_reason(
        len(table),
        (medians, "medians are not pooled"),
        (np.isnan(mean.value), "the mean is not given, or is no definite number"),
        (~(n >= 1), "the number of participants is not given as a whole number"),
        (np.isnan(spread), "neither the standard deviation nor what it could be worked out from is given"),
        (~(spread > 0), "the standard deviation is not above 0"),
    )
    usual = level == 0.95  # limits at other levels are not comparable
    limits = [(np.where(usual, each.low, np.nan), np.where(usual, each.high, np.nan)) for each in (lower, upper)]
    compared = bounds((mean.low, mean.high), (sd.low, sd.high), (n, n), (se.low, se.high), limits[0])
    return numbered(
        len(table),
        form="means",
        detail=texts(table, "moment"),
        unit=texts(table, "unit"),
        a=mean.value,
        b=spread,
        c=n,
        how=np.where(by_se, FROM_SE, 0) | np.where(by_interval, FROM_INTERVAL, 0),
        why=why,
        **compared,
    )


def sd_from_se(se: Floats, n: Floats) -> Floats:
    """Standard deviation from the standard error of a mean.

    >>> sd_from_se(np.array([1.5]), np.array([36.0])).tolist()
    [9.0]
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(se * np.sqrt(n))


def sd_from_interval(lower: Floats, upper: Floats, n: Floats, level: Floats) -> Floats:
    """Standard deviation from the interval of a mean made with the t distribution on n - 1 degrees of freedom.

    ``level`` is a share of 1. Cochrane Handbook, chapter 6.5.2.2.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        t = special.stdtrit(n - 1, (1 + level) / 2)
        return np.asarray((upper - lower) / (2 * t) * np.sqrt(n))
