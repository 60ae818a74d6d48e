"""Effects of effect records on the scale of analysis, with their standard errors; correlations with their sizes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from scipy import special

from schemas.scales import DIFFERENCE_MEASURES, RATIO_MEASURES
from store.export.analyses.reading import (
    Floats,
    Mask,
    Numbers,
    Texts,
    bounds,
    confidence,
    first_reason,
    numbered,
    numbers,
    texts,
)

FROM_INTERVAL, FROM_P, TURNED = 1, 2, 4
NOT_POOLED = ("median", "survival_time", "other")
"""Measures without a standard error to pool by."""
COMPARISONS = (*RATIO_MEASURES, *DIFFERENCE_MEASURES)
"""Measures that compare two groups; the others are of one."""
_OUTSIDE = 1e-12
Codes = NDArray[np.int64]


def effects(table: pa.Table, turned: Mask) -> pd.DataFrame:
    """Effect a and standard error b on the scale of analysis; of correlations with a size, coefficient a and size b.

    ``turned`` rows compare control with experimental; they are turned round.
    """
    measure, n = texts(table, "measure"), numbers(table, "n").whole
    found = {name: numbers(table, name) for name in ("estimate", "lower", "upper", "se", "p", "level")}
    scaled = {name: _scaled(found[name], measure) for name in ("estimate", "lower", "upper")}
    sei, how = _standard_error(found, scaled, measure)
    correlated = (measure == "COR") & (n >= 1) & (np.abs(found["estimate"].value) <= 1)
    why = np.where(correlated, "", _why_not(found, scaled, sei, measure))
    turned = turned & np.isin(measure, COMPARISONS)
    sign = np.where(turned, -1.0, 1.0)
    return numbered(
        len(table),
        form=np.where(correlated, "correlations", "effects"),
        detail=measure,
        a=np.where(correlated, found["estimate"].value, sign * scaled["estimate"].value),
        b=np.where(correlated, n, sei),
        how=np.where(correlated, 0, how | np.where(turned, TURNED, 0)),
        why=why,
        **_compared(scaled, found, n, turned),
    )


def _why_not(found: dict[str, Numbers], scaled: dict[str, Numbers], sei: Floats, measure: Texts) -> Texts:
    one, lower, upper = (scaled[name] for name in ("estimate", "lower", "upper"))
    with np.errstate(invalid="ignore"):
        outside = (lower.low > one.high + _OUTSIDE) | (upper.high < one.low - _OUTSIDE)
        return first_reason(
            len(measure),
            (np.isin(measure, NOT_POOLED), "effects of this measure are not pooled"),
            (np.isnan(found["estimate"].value), "the estimate is not given, or is no definite number"),
            (np.isnan(one.value), "the estimate cannot be put on its scale of analysis"),
            (outside, "the estimate lies outside its interval"),
            (~(sei > 0), "no standard error is given, nor an interval or exact P value to work it out from"),
        )


def _standard_error(found: dict[str, Numbers], scaled: dict[str, Numbers], measure: Texts) -> tuple[Floats, Codes]:
    """Printed, else from the interval, else from estimate and P value; and which of these it was."""
    printed, lower, upper = found["se"], scaled["lower"].value, scaled["upper"].value
    with np.errstate(invalid="ignore", divide="ignore"):
        from_interval = ~printed.known & (upper > lower)
        y, p = scaled["estimate"].value, found["p"].value
        testable = np.isin(measure, [*COMPARISONS, "COR"]) & (p > 0) & (p < 1) & (y != 0)
        from_p = ~printed.known & ~from_interval & testable
        sei = np.where(from_interval, se_from_interval(lower, upper, confidence(found["level"])), printed.value)
        sei = np.where(from_p, se_from_p(y, p), sei)
    return np.asarray(sei), FROM_INTERVAL * from_interval.astype(np.int64) + FROM_P * from_p.astype(np.int64)


def se_from_interval(lower: Floats, upper: Floats, level: Floats) -> Floats:
    """Standard error from the limits of a Wald interval on the scale of analysis; ``level`` is a share of 1."""
    return np.asarray((upper - lower) / (2 * special.ndtri((1 + level) / 2)))


def se_from_p(effect: Floats, p: Floats) -> Floats:
    """Standard error from an effect on the scale of analysis and its two-sided P value by the normal distribution."""
    return np.asarray(np.abs(effect) / -special.ndtri(p / 2))


def _scaled(one: Numbers, measure: Texts) -> Numbers:
    """Values and ends on the scale of analysis; NaN where there is none."""
    ratio, correlation = np.isin(measure, RATIO_MEASURES), measure == "COR"

    def moved(values: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            functions: list[Callable[[Floats], Floats]] = [np.log, np.arctanh]
            log, fisher = (function(values) for function in functions)
        return np.where(ratio, log, np.where(correlation, fisher, values))

    value = moved(one.value)
    low = np.where(ratio, moved(np.maximum(one.low, 0.0)), moved(one.low))
    return Numbers(np.where(np.isfinite(value), value, np.nan), low, moved(one.high), one.free)


def _compared(scaled: dict[str, Numbers], found: dict[str, Numbers], n: Floats, turned: Mask) -> dict[str, Floats]:
    usual = confidence(found["level"]) == 0.95  # limits at other levels are not comparable
    pairs = []
    for name, opposite in (("estimate", "estimate"), ("lower", "upper"), ("upper", "lower")):
        fit = np.where(usual | (name == "estimate"), 1.0, np.nan)
        low = np.where(turned, -scaled[opposite].high, scaled[name].low)
        high = np.where(turned, -scaled[opposite].low, scaled[name].high)
        pairs.append((low * fit, high * fit))
    return bounds(*pairs, (found["se"].low, found["se"].high), (n, n))
