"""Baujat plot: which studies bring the heterogeneity, and which move the pooled result."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pooling.errors import CannotPool
from pooling.models.results import Result
from pooling.models.sensitivity import leave_one_out as without_each
from pooling.plots.axis import even
from pooling.plots.labels import label_points
from pooling.plots.save import describe
from pooling.plots.style import ACCENT, TINT, framed, styled

Floats = NDArray[np.float64]
_WIDTH, _HEIGHT = 400.0, 330.0


def baujat(result: Result, omission: pd.DataFrame | None = None, *, title: str | None = None) -> Figure:
    """Draw each study's contribution to Cochran's Q against its influence on the pooled result.

    The contribution is (y - common effect)² / v. The influence is the squared difference between the results with and
    without the study, divided by the variance of the result without it. Baujat et al 2002, doi:10.1002/sim.1221.

    Args:
        result: what ``pool`` or ``meta`` returned.
        omission: what ``sensitivity.leave_one_out`` returned; computed if not given.
        title: instead of the title of the result.

    Raises:
        CannotPool: fewer than two studies take part, or the method needs counts and ``omission`` is not given.
    """
    labels, x, y = coordinates(result, without_each(result) if omission is None else omission)
    heading = result.title if title is None else title
    right, top = (1.12 * max(float(each.max(initial=0.0)), 1e-9) for each in (x, y))
    with styled():
        ticks = [f"{each:.6g}" for each in even(0, top)]
        figure, axes = framed(heading, ticks, 40)
        axes.set(xlim=(0, right), ylim=(0, top))
        axes.set_xticks(even(0, right), [f"{each:.6g}" for each in even(0, right)])
        axes.set_yticks(even(0, top), ticks)
        axes.set_xlabel("Contribution to Cochran's Q")
        axes.set_ylabel("Influence on the pooled result")
        axes.plot(x, y, "o", markersize=5, markerfacecolor=TINT, markeredgecolor=ACCENT, clip_on=False)
        label_points(figure, axes, x, y, labels)
    return describe(figure, heading or "Baujat plot", _in_words(labels, x, y))


def coordinates(result: Result, omission: pd.DataFrame) -> tuple[list[str], Floats, Floats]:
    """Label, contribution to Q, and influence on the pooled result, of each study that takes part."""
    own, free = result.studies, list(range(len(result.studies.labels)))
    places = []
    for label in omission["study"]:
        at = next((each for each in free if own.labels[each] == label), None)
        if at is None:
            raise CannotPool(
                f"{label} is left out in turn but is no study of this result; give leave_one_out of this result"
            )
        free = free[free.index(at) + 1 :]
        places.append(at)
    y, v = own.y[places], own.v[places]
    part = np.isfinite(y) & np.isfinite(v) & (v > 0)
    common = np.sum(y[part] / v[part]) / np.sum(1 / v[part])
    influence = (result.numbers["estimate"] - omission["estimate"].to_numpy()) ** 2 / omission["se"].to_numpy() ** 2
    known = part & np.isfinite(influence)
    labels = [own.labels[at] for at, shown in zip(places, known, strict=True) if shown]
    return labels, (y[known] - common) ** 2 / v[known], influence[known]


def _in_words(labels: list[str], x: Floats, y: Floats) -> str:
    order = np.argsort(-x, kind="stable")
    each = "; ".join(f"{labels[at]}: {x[at]:.2f}, {y[at]:.2f}" for at in order)
    return f"Contribution to Cochran's Q and influence on the pooled result, largest contribution first. {each}."
