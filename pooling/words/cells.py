"""A result as cells of a table of results, each below a heading that says what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import numpy as np

from pooling.words.phrases import between_studies, not_pooled
from pooling.words.printing import p_cell, percent, three
from pooling.words.reading import Reading, pooled_natural, predicted, reading

if TYPE_CHECKING:
    from pooling.models.results import Result


class Cells(TypedDict):
    """Numbers in print, "" where there is none. ``estimate`` says why where nothing is pooled; ``unit`` is % or ""."""

    k: int
    estimate: str
    unit: str
    interval: str
    prediction: str
    p: str
    i2: str
    tau2: str
    p_heterogeneity: str


def cells(result: Result, read: Reading | None = None) -> Cells:
    """The numbers of a result in print.

    Args:
        result: What is shown.
        read: How the numbers are read; as the result itself asks if not given. Models side by side share one reading.
    """
    read, numbers, several = read or reading(result), result.numbers, result.k >= 2
    estimate, lower, upper = pooled_natural(result)
    known, bounded = np.isfinite(estimate), np.isfinite(lower) and np.isfinite(upper)
    limits = predicted(result)
    return {
        "k": int(result.k),
        "estimate": read.said(estimate) if known else not_pooled(result),
        "unit": read.unit if known else "",
        "interval": f"{read.said(lower)} to {read.said(upper)}" if bounded else "",
        "prediction": f"{read.said(limits[0])} to {read.said(limits[1])}" if limits else "",
        "p": p_cell(result.p) if known and read.null is not None else "",
        "i2": percent(numbers["i2"]) if several else "",
        "tau2": three(numbers["tau2"]) if several and between_studies(result) else "",
        "p_heterogeneity": p_cell(numbers["p_heterogeneity"]) if several else "",
    }
