"""Leave-one-out plot: the pooled result without each study in turn."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pooling.models.results import Result
from pooling.models.sensitivity import leave_one_out as without_each
from pooling.plots.aligned import aligned, parts
from pooling.plots.axis import axis
from pooling.plots.draw import drawn
from pooling.plots.save import describe
from pooling.plots.sheet import Line, Mark, Sheet
from pooling.words import phrases
from pooling.words.printing import firm, percent
from pooling.words.reading import Reading, pooled_natural, reading


def leave_one_out(
    result: Result,
    omission: pd.DataFrame | None = None,
    *,
    favours: tuple[str, str] | None = None,
    title: str | None = None,
) -> Figure:
    """Draw the pooled result without each study in turn, with the result of all studies below, and its line.

    Args:
        result: what ``pool`` or ``meta`` returned.
        omission: what ``sensitivity.leave_one_out`` returned; computed if not given.
        favours: what lies left and right of the line of no effect.
        title: instead of the title of the result.

    Raises:
        CannotPool: fewer than two studies take part, or the method needs counts and ``omission`` is not given.
    """
    read, frame = reading(result), without_each(result) if omission is None else omission
    columns = (frame["natural"].tolist(), frame["natural_lower"].tolist(), frame["natural_upper"].tolist())
    rows: list[tuple[float, float, float]] = list(zip(*columns, strict=True))
    whole = pooled_natural(result)
    ends = np.array([*rows, whole])
    said = aligned([parts(read, *row) for row in (*rows, whole)])
    labels = frame["study"].tolist()
    lines = [
        Line(label, (), (text, _percent(i2)), Mark(*row, "dot") if np.isfinite(row[0]) else None)
        for label, text, i2, row in zip(labels, said, frame["i2"].tolist(), rows, strict=False)
    ]
    lines += [Line("", style="gap"), _whole(result, whole, said[-1])]
    sheet = Sheet(
        title=result.title if title is None else title,
        left=("Study left out",),
        right=(firm(f"{read.heading} ({phrases.interval(result.level)})"), "I²"),
        lines=tuple(lines),
        axis=axis(*ends.T, log=read.log, said=read.tick, null=read.null, bounds=read.bounds),
        axis_label=f"{read.heading} (log scale)" if read.log else read.heading,
        overall=whole[0],
        favours=favours,
        small=tuple(filter(None, [phrases.model_in_full(result)])),
    )
    return describe(drawn(sheet), sheet.title or "Leave-one-out plot", _in_words(read, labels, said))


def _whole(result: Result, whole: tuple[float, float, float], said: str) -> Line:
    label = f"All studies, {phrases.model(result)}"
    return Line(label, (), (said, _percent(result.numbers["i2"])), Mark(*whole, "diamond"), "summary")


def _percent(i2: float) -> str:
    return percent(i2) or "–"


def _in_words(read: Reading, labels: list[str], said: list[str]) -> str:
    each = "; ".join(f"{label}: {text}" for label, text in zip(labels, said, strict=False))
    return f"Pooled {read.name} without each study in turn. All studies: {said[-1]}. Without {each}."
