"""Sensitivity: the analysis without each study in turn, and as studies came in one after another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pooling.effects.columns import Data, read
from pooling.errors import CannotPool
from pooling.models.back import harmonic_mean, natural
from pooling.models.batch import Mask, one_column
from pooling.models.glmm import glmm
from pooling.models.many import pool_many
from pooling.models.results import Many, Result
from pooling.models.weighted import mantel_haenszel, peto

NUMBERS = ("estimate", "lower", "upper", "se", "z", "p", "tau2", "i2", "h2", "q", "df", "p_heterogeneity")
FROM_COUNTS = ("MH", "PETO", "GLMM")


def leave_one_out(result: Result, *, data: Data | None = None) -> pd.DataFrame:
    """Pool again without each study in turn: one row per study that takes part, in their order.

    Columns: study (the one left out), status, k; estimate, lower, upper, se, z, p, tau2, i2, h2, q, df and
    p_heterogeneity on the scale of analysis; natural, natural_lower, natural_upper as people read them.

    Args:
        result: What ``pool`` or ``meta`` gave.
        data: The columns ``meta`` was given; needed for Mantel-Haenszel, Peto and GLMM, which start from counts
            (empty cells are treated as ``meta`` does if not told otherwise).

    Raises:
        CannotPool: fewer than two studies take part, or the counts are needed and missing.
    """
    part = _part(result, data)
    if len(part) < 2:
        raise CannotPool(
            f"leaving one out needs at least two studies with an effect and a variance; there are {len(part)}"
        )
    keep = np.zeros((len(part), len(result.studies.y)), dtype=bool)
    keep[:, part] = ~np.eye(len(part), dtype=bool)
    return _frame(result, keep, part, data)


def cumulative(result: Result, *, order: ArrayLike | None = None, data: Data | None = None) -> pd.DataFrame:
    """Pool again as studies come in: each row pools its study with those of the rows before.

    Columns as of ``leave_one_out``; study is the one that came in.

    Args:
        result: What ``pool`` or ``meta`` gave.
        order: What to sort the studies by, such as their years, one value for each; the order given if not said.
            Studies of one value stay in the order given.
        data: As of ``leave_one_out``.

    Raises:
        CannotPool: no study takes part, order does not fit, or the counts are needed and missing.
    """
    part = _part(result, data)
    if not len(part):
        raise CannotPool("no study has an effect and a variance, so there is nothing to accumulate")
    if order is not None:
        keys = one_column(order, len(result.studies.y), "values of order")[part]
        if pd.isna(keys).any():
            raise CannotPool("order has missing values; give a value for each study that takes part")
        part = part[np.argsort(keys, kind="stable")]
    keep = np.zeros((len(part), len(result.studies.y)), dtype=bool)
    keep[:, part] = np.tri(len(part), dtype=bool)
    return _frame(result, keep, part, data)


def _part(result: Result, data: Data | None) -> NDArray[np.int64]:
    """Places of the studies that take part."""
    if result.method in FROM_COUNTS:
        if data is None:
            raise CannotPool(f"{result.method} pools counts, which a result does not hold; give data= as to meta()")
        columns = read(result.measure, data)
        complete = np.logical_and.reduce([np.isfinite(np.atleast_1d(each)) for each in columns.values()])
        if complete.shape != result.studies.y.shape:
            raise CannotPool(
                f"the result has {len(result.studies.y)} studies, the data {complete.shape}; give the data it was pooled from"
            )
        return np.flatnonzero(complete)
    y, v = result.studies.y, result.studies.v
    return np.flatnonzero(np.isfinite(y) & np.isfinite(v) & (v > 0))


def _pooled(result: Result, keep: Mask, data: Data | None) -> Many:
    """One line for each row of ``keep``."""
    if data is not None and result.method in FROM_COUNTS:
        lines: Mapping[str, Any] = {
            name: np.where(keep, each, np.nan) for name, each in read(result.measure, data).items()
        }
        if result.method == "GLMM":
            return glmm(lines["xi"], lines["ni"], test=result.test, level=result.level).many
        if result.method == "PETO":
            return peto(lines, level=result.level)
        return mantel_haenszel(result.measure, lines, level=result.level)
    y, v = (np.where(keep, each, np.nan) for each in (result.studies.y, result.studies.v))
    return pool_many(y, v, method=result.method, test=result.test, level=result.level)


def _frame(result: Result, keep: Mask, part: NDArray[np.int64], data: Data | None) -> pd.DataFrame:
    many = _pooled(result, keep, data)
    whole = many.to_frame()
    frame = whole[["status", "k", *NUMBERS]].copy()
    frame.insert(0, "study", [result.studies.labels[at] for at in part])
    sized = result.scale == "double_arcsine" and result.back == "harmonic"
    size = np.array([harmonic_mean(result.studies.size[row]) for row in keep]) if sized else None
    for name, of in (("natural", many.estimate), ("natural_lower", many.lower), ("natural_upper", many.upper)):
        frame[name] = natural(result.scale, of, size=size, back=result.back)
    return frame
