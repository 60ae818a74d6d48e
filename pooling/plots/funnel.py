"""Funnel plot: each study's estimate against its standard error, with contours of significance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import stats

from pooling.errors import CannotPool
from pooling.models.back import natural
from pooling.models.results import Result
from pooling.models.trimfill import TrimFill
from pooling.plots.axis import Axis, even
from pooling.plots.save import describe
from pooling.plots.style import ACCENT, INK, PAPER, SMALL, TINT, framed, styled
from pooling.words.reading import Reading, reading
from pooling.words.sentences import description

Floats = NDArray[np.float64]
_WIDTH = 340.0
"""Of the frame, in points."""
_SHADES = (
    (0.05, 0.10, "#c3c9d1", "0.05 < P < 0.10"),
    (0.01, 0.05, "#dce0e5", "0.01 < P < 0.05"),
    (0.0, 0.01, "#f0f2f4", "P < 0.01"),
)
"""Contours: from which P value to which, how they are shaded, and what the legend says."""


def funnel(
    result: Result,
    *,
    contours: bool = True,
    filled: TrimFill | None = None,
    favours: tuple[str, str] | None = None,
    title: str | None = None,
) -> Figure:
    """Draw a funnel plot: larger studies on top, within dashed lines 95% of studies of one common effect.

    Args:
        result: what ``pool`` or ``meta`` returned.
        contours: for measures with a value of no effect, whether regions of significance are shaded.
        filled: what ``trim_and_fill`` returned; the studies it adds are open circles.
        favours: what lies left and right of the line of no effect.
        title: instead of the title of the result.

    Raises:
        CannotPool: no study takes part.
    """
    use = np.isfinite(result.studies.y) & np.isfinite(result.studies.v) & (result.studies.v > 0)
    if not use.any():
        raise CannotPool("no study has an effect and a variance; there is nothing to draw a funnel of")
    read = reading(result)
    own = np.array([result.studies.y[use], np.sqrt(result.studies.v[use])])
    added = _added(filled)
    heading = result.title if title is None else title
    with styled():
        shaded = contours and read.null is not None
        rows = 2 if shaded or filled is not None else 1
        deepest = 1.06 * float(np.hstack([own[1], added[1]]).max())
        ticks = [f"{each:.6g}" for each in even(0, deepest)]
        figure, axes = framed(heading, ticks, 43.0 + 11.0 * rows + (10.0 if favours else 0.0))
        axes.set_ylim(deepest, 0)
        axes.set_yticks(even(0, deepest), ticks)
        _frame(axes, result, read, np.hstack([own[0], added[0]]), deepest)
        if shaded:
            _contours(axes, result)
        _lines(axes, result)
        if filled is not None and filled.k0 and filled.result.status == 0:
            _adjusted(axes, filled.result)
        _points(axes, own, added)
        _legend(figure, axes, favours)
    return describe(figure, heading or "Funnel plot", _in_words(result, added.shape[1]))


def _added(filled: TrimFill | None) -> Floats:
    if filled is None:
        return np.empty((2, 0))
    studies, which = filled.result.studies, np.array(filled.filled, dtype=bool)
    return np.array([studies.y[which], np.sqrt(studies.v[which])])


def _centre(result: Result) -> float:
    return float(result.numbers["estimate"]) if result.status in {0, 2} else float(result.about.null or 0.0)


def _reach() -> float:
    return float(stats.norm.ppf(0.975))


def _frame(axes: Axes, result: Result, read: Reading, effects: Floats, deepest: float) -> None:
    """Limits that hold all points and the triangle; natural values at the ticks of the scale of analysis."""
    centre, side = _centre(result), _reach() * deepest
    ends = [*effects, centre - side, centre + side]
    if read.null is not None:
        ends.append(float(result.about.null or 0.0))
    low, high = min(ends), max(ends)
    low, high = _possible(result, low - 0.03 * (high - low), high + 0.03 * (high - low))
    axes.set_xlim(low, high)
    values, places = _ticks(result, read, low, high)
    axes.set_xticks(places, [read.tick(each) for each in values])
    scale = {"log": " (log scale)", "logit": " (logit scale)", "arcsine": " (arcsine scale)", "none": ""}
    axes.set_xlabel(read.heading + scale.get(result.scale, f" ({result.scale.replace('_', ' ')} scale)"))
    axes.set_ylabel("Standard error")


_TENTHS = (0.0, 1.0, 0.5, 0.2, 0.8, 0.4, 0.6, 0.1, 0.9, 0.3, 0.7, 0.05, 0.95, 0.02, 0.98, 0.01, 0.99)
_PROPORTIONS = {
    "logit": (0.5, 0.1, 0.9, 0.01, 0.99, 0.2, 0.8, 0.05, 0.95, 0.02, 0.98, 0.3, 0.7, 0.001, 0.999),
    "arcsine": _TENTHS,
    "double_arcsine": _TENTHS,
}
"""Ticks of proportions on scales that are no straight line, the more wanted first."""


def _possible(result: Result, low: float, high: float) -> tuple[float, float]:
    """Arcsines end at those of 0 and 1, logarithms of proportions at that of 1."""
    if result.scale == "log" and result.about.table == "single_counts":
        return low, min(high, 0.05)
    if result.scale in {"arcsine", "double_arcsine"}:
        return max(low, -0.03), min(high, np.pi / 2 + 0.03)
    return low, high


def _ticks(result: Result, read: Reading, low: float, high: float) -> tuple[list[float], list[float]]:
    """Round natural values, and where they lie on the scale of analysis."""
    first, last = (float(each) for each in natural(result.scale, np.array([low, high]), back="sine"))
    values = Axis(first, last, log=result.scale == "log", said=read.tick, null=read.null).ticks(_WIDTH)
    if result.scale in _PROPORTIONS:
        values = list(_PROPORTIONS[result.scale])
    forth: dict[str, Callable[[Floats], Floats]] = {
        "log": np.log,
        "logit": lambda p: np.log(p) - np.log1p(-p),
        "fisher_z": np.arctanh,
        "arcsine": lambda p: np.arcsin(np.sqrt(np.clip(p, 0, 1))),
        "double_arcsine": lambda p: np.arcsin(np.sqrt(np.clip(p, 0, 1))),
    }
    with np.errstate(all="ignore"):
        at = np.array(values)
        places = np.asarray(forth[result.scale](at) if result.scale in forth else at, dtype=np.float64)
    apart, kept = 26 / (_WIDTH) * (high - low), list[tuple[float, float]]()
    for value, place in zip(values, places.tolist(), strict=True):
        possible = low <= place <= high and (read.bounds is None or read.bounds[0] <= value <= read.bounds[1])
        if possible and all(abs(place - other) >= apart for _, other in kept):
            kept.append((value, place))
    return [value for value, _ in kept], [place for _, place in kept]


def _contours(axes: Axes, result: Result) -> None:
    """Regions of P values of the single study against no effect; white where P > 0.10."""
    null, (deepest, _), (low, high) = float(result.about.null or 0.0), axes.get_ylim(), axes.get_xlim()
    depth = np.array([0.0, deepest])
    far = max(high - null, null - low) + 10 * deepest
    for least, most, shade, said in _SHADES:
        inner = float(stats.norm.isf(most / 2)) * depth
        outer = np.full(2, far) if least == 0 else float(stats.norm.isf(least / 2)) * depth
        for number, side in enumerate((1, -1)):
            axes.fill_betweenx(depth, null + side * inner, null + side * outer, facecolor=shade, linewidth=0, zorder=0,
                               label=said if number == 0 else "_")  # fmt: skip
    axes.plot([null, null], [0, deepest], color=INK, linewidth=0.7, zorder=1)


def _lines(axes: Axes, result: Result) -> None:
    """The pooled value, and the triangle in which 95% of studies of one effect lie."""
    if result.status != 0:
        return
    centre, deepest = _centre(result), axes.get_ylim()[0]
    side = _reach() * deepest
    axes.plot(
        [centre, centre], [0, deepest], color=ACCENT, linestyle=(0, (1.2, 1.8)), linewidth=1.0, zorder=2, label="Pooled"
    )
    axes.plot([centre - side, centre, centre + side], [deepest, 0, deepest], color=ACCENT, linestyle=(0, (4, 2.5)), linewidth=0.8,
              zorder=2, label=f"Pooled ± {_reach():.2f} SE")  # fmt: skip


def _adjusted(axes: Axes, result: Result) -> None:
    """The pooled value with the studies filled in."""
    at, deepest = _centre(result), axes.get_ylim()[0]
    axes.plot(
        [at, at], [0, deepest], color=INK, linestyle=(0, (1.2, 1.8)), linewidth=1.0, zorder=2, label="Pooled, filled"
    )


def _points(axes: Axes, own: Floats, added: Floats) -> None:
    look: dict[str, Any] = {
        "linestyle": "none",
        "marker": "o",
        "markersize": 5.0,
        "markeredgewidth": 0.8,
        "clip_on": False,
    }
    axes.plot(*own, markerfacecolor=TINT, markeredgecolor=ACCENT, zorder=4, label="Study", **look)
    if added.shape[1]:
        axes.plot(*added, markerfacecolor=PAPER, markeredgecolor=INK, zorder=3, label="Filled by trim and fill", **look)


def _legend(figure: Figure, axes: Axes, favours: tuple[str, str] | None) -> None:
    """Below the axis, in rows, so that it covers no point."""
    found = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    order = sorted(found, key=lambda text: ("P <" in text or "< P" in text, list(found).index(text)))
    box, height = axes.get_position(), 72 * figure.get_figheight()
    if favours:
        below = box.y0 - 40 / height
        figure.text(box.x0, below, f"← {favours[0]}", fontsize=SMALL)
        figure.text(box.x1, below, f"{favours[1]} →", fontsize=SMALL, ha="right")
    look = {"handlelength": 1.6, "columnspacing": 1.2, "handletextpad": 0.5, "borderaxespad": 0.2}
    handles = [found[text] for text in order]
    figure.legend(handles, order, loc="lower center", ncols=4, bbox_to_anchor=(0.5, 2 / height), **look)


def _in_words(result: Result, added: int) -> str:
    more = f" Trim and fill adds {added} {'study' if added == 1 else 'studies'}." if added else ""
    return description(result, "Funnel plot: estimate against standard error,") + more
