"""Labels beside points, moved so that they cover neither one another nor points; those without room are left away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pooling.plots.style import INK, SMALL, width_of

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]
_HEIGHT, _REACH = 8.5, 4.5
"""Height of a label, and its distance from the point, in points."""
_PLACES = (("left", 0.0), ("left", 6.0), ("left", -6.0), ("right", 0.0), ("right", 6.0), ("right", -6.0),
           ("center", 8.5), ("center", -8.5))  # fmt: skip
"""Where a label is tried: its alignment, and how far it is above the point."""


def label_points(figure: Figure, axes: Axes, x: Floats, y: Floats, labels: Sequence[str]) -> int:
    """Write a label beside each point that has room for one, outlying points first; returns how many had none."""
    spots = axes.transData.transform(np.column_stack([x, y])) * 72 / figure.dpi
    frame = axes.get_window_extent()
    edge = tuple(each * 72 / figure.dpi for each in (frame.x0, frame.y0, frame.x1, frame.y1))
    limits = (edge[0] + 1, edge[1] + 1, edge[2] + 10, edge[3] + 8)
    taken: list[Box] = [(px - 3, py - 3, px + 3, py + 3) for px, py in spots]
    missing = 0
    for at in np.argsort(-np.hypot(*(spots - np.array(edge[:2])).T), kind="stable"):
        found = _room(spots[at], width_of(labels[at], SMALL), taken, limits)
        if found is None:
            missing += 1
            continue
        box, ha, dx, dy = found
        taken.append(box)
        axes.annotate(labels[at], (x[at], y[at]), (dx, dy), textcoords="offset points", ha=ha,
                      va="center_baseline", fontsize=SMALL, color=INK)  # fmt: skip
    return missing


def _room(spot: Floats, width: float, taken: Sequence[Box], limits: Box) -> tuple[Box, str, float, float] | None:
    """The first place beside a point that is free and inside."""
    for ha, dy in _PLACES:
        dx = {"left": _REACH, "right": -_REACH, "center": 0.0}[ha]
        start = spot[0] + dx - {"left": 0.0, "right": width, "center": width / 2}[ha]
        box = (start, spot[1] + dy - _HEIGHT / 2, start + width, spot[1] + dy + _HEIGHT / 2)
        inside = box[0] >= limits[0] and box[1] >= limits[1] and box[2] <= limits[2] and box[3] <= limits[3]
        if inside and not any(_overlap(box, other) for other in taken):
            return box, ha, dx, dy
    return None


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
