"""The look that all plots share: type, colours, the width of words; nothing of it touches matplotlib's global state."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

INK, SOFT, RULE, PAPER = "#16181d", "#4a505a", "#8b929c", "#ffffff"
"""Text; lesser text (8:1 on paper); rules and reference lines; the ground."""
ACCENT, TINT = "#1f5c8f", "#8fb3d1"
"""The one colour, and its light form. Told apart from ink by lightness too, so no colour vision is needed."""
BODY, SMALL, HEAD = 8.0, 7.0, 10.0
"""Sizes of type in points."""
FONT = "DejaVu Sans"
_FRAME = (340.0, 272.0)
"""Width and height of the frame of a plot with two axes, in points."""

_STYLE = {
    "font.family": FONT,
    "font.size": BODY,
    "svg.fonttype": "none",
    "svg.hashsalt": "curation",
    "text.parse_math": False,
    "text.hinting": "none",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.labelsize": BODY,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": BODY,
    "ytick.labelsize": BODY,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw or save in the shared look, whatever the reader's own settings are; they are put back afterwards.

    A letter that the font lacks is drawn as a box in PNG and stays itself in SVG; that is no reason to warn.
    """
    with matplotlib.style.context(["default", _STYLE]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        yield


def blank(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure of that many points, and axes all over it whose units are points from its upper left corner."""
    figure = Figure(figsize=(width / 72, height / 72))
    FigureCanvasAgg(figure)
    page = figure.add_axes((0, 0, 1, 1))
    page.set_axis_off()
    page.set_xlim(0, width)
    page.set_ylim(height, 0)
    return figure, page


def framed(heading: str, y_ticks: Sequence[str], bottom: float) -> tuple[Figure, Axes]:
    """A figure with a heading and one frame; room is left for the labels at the left and ``bottom`` points below."""
    lines = wrapped(heading, _FRAME[0] - 24, HEAD, bold=True, lines=2) if heading else []
    left, top = 26.0 + max(width_of(each) for each in y_ticks), 14.0 + 13 * len(lines)
    width, height = left + _FRAME[0] + 14, top + _FRAME[1] + bottom
    figure = Figure(figsize=(width / 72, height / 72))
    FigureCanvasAgg(figure)
    for number, text in enumerate(lines):
        at = 1 - (12 + 13 * number) / height
        figure.text(12 / width, at, text, fontsize=HEAD, fontweight="bold", va="center_baseline")
    return figure, figure.add_axes((left / width, bottom / height, _FRAME[0] / width, _FRAME[1] / height))


@lru_cache(maxsize=4096)
def width_of(text: str, size: float = BODY, *, bold: bool = False) -> float:
    """Width of a line of text in points."""
    if not text:
        return 0.0
    face = FontProperties(family=FONT, size=size, weight="bold" if bold else "normal")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return float(text_to_path.get_text_width_height_descent(text, face, ismath=False)[0])


def wrapped(text: str, width: float, size: float = BODY, *, bold: bool = False, lines: int = 99) -> list[str]:
    """Text broken at spaces (not at firm ones) to fit a width; beyond the last line allowed it ends in an ellipsis.

    >>> wrapped("a study with a long name", 60.0)
    ['a study with a', 'long name']
    """
    done: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}".strip(" ")
        if line and width_of(longer, size, bold=bold) > width:
            done.append(line)
            line = word
        else:
            line = longer
    done.append(line)
    if len(done) > lines:
        done = [*done[: lines - 1], f"{done[lines - 1]} {done[lines]}…"]
    return [_cut(each.replace("\u00a0", " "), width, size, bold=bold) for each in done]


def _cut(text: str, width: float, size: float, *, bold: bool) -> str:
    """The text, or as much of it as fits before an ellipsis."""
    while width_of(text, size, bold=bold) > width and len(text.rstrip("…")) > 1:
        text = text.rstrip("…")[:-1].rstrip() + "…"
    return text
