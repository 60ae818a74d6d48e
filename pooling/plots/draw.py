"""Drawing a sheet: rules, words and marks on one page measured in points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon, Rectangle

from pooling.plots.axis import Axis
from pooling.plots.sheet import GAP, LEADING, MARGIN, ROW, Column, Layout, Mark, Sheet, lay_out, title_lines
from pooling.plots.style import (
    ACCENT,
    BODY,
    HEAD,
    INK,
    RULE,
    SMALL,
    SOFT,
    TINT,
    blank,
    styled,
    width_of,
    wrapped,
)

_SQUARE, _SMALLEST = 9.0, 1.8
"""Side of the square of the largest weight, and the least side that is still seen, in points."""
_FOOT = 10.0
"""Distance between lines below the table."""


def drawn(sheet: Sheet) -> Figure:
    """The sheet as a figure as wide and as high as what stands in it."""
    with styled():
        layout = lay_out(sheet)
        title = title_lines(sheet, layout.width)
        head = _head_height(layout)
        top = MARGIN + 13.0 * len(title) + (5.0 if title else 0.0) + head
        bottom = top + 4 + sum(layout.height(at, line) for at, line in enumerate(sheet.lines)) + 3
        feet, end = _feet(sheet, layout, bottom)
        figure, page = blank(layout.width, end + MARGIN)
        for number, text in enumerate(title):
            _write(page, MARGIN, MARGIN + 6 + 13.0 * number, text, size=HEAD, bold=True)
        _headings(page, sheet, layout, top)
        _reference_lines(page, sheet, layout, top, bottom)
        at = top + 4
        for number, line in enumerate(sheet.lines):
            height = layout.height(number, line)
            _row(page, sheet, layout, number, at, height)
            at += height
        _ruler(page, sheet, layout, bottom)
        for each in feet:
            _write(page, each.x, each.y, each.text, size=SMALL, ha=each.ha, ink=each.ink)
    return figure


def _write(
    page: Axes,
    x: float,
    y: float,
    text: str,
    *,
    size: float = BODY,
    bold: bool = False,
    ha: str = "left",
    ink: str = INK,
) -> None:
    if text:
        weight = "bold" if bold else "normal"
        page.text(x, y, text, fontsize=size, fontweight=weight, ha=ha, va="center_baseline", color=ink)


def _rule(page: Axes, x: tuple[float, float], y: tuple[float, float], **how: Any) -> None:  # noqa: ANN401 - handed to matplotlib
    page.plot(x, y, **{"color": INK, "linewidth": 0.7, "solid_capstyle": "butt", **how})


def _head_height(layout: Layout) -> float:
    columns = (*layout.left, *layout.right)
    heights = [LEADING * (len(each.heading) + len(_above(layout, each))) + (4 if each.above else 0) for each in columns]
    return max(heights, default=LEADING) + 5


def _above(layout: Layout, column: Column) -> list[str]:
    if not column.above:
        return []
    start, end = _block(layout, column)
    return wrapped(column.above, end - start + 1, bold=True, lines=2)


def _block(layout: Layout, column: Column) -> tuple[float, float]:
    same = [each for each in (*layout.left, *layout.right) if each.above == column.above]
    return same[0].start, same[-1].end


def _headings(page: Axes, sheet: Sheet, layout: Layout, bottom: float) -> None:
    """Headings end just above the rule; common headings stand above their own, with a rule between."""
    _write(page, MARGIN, bottom - 9, sheet.left[0], bold=True)
    seen: set[str] = set()
    columns = (*layout.left, *layout.right)
    for column in columns:
        for number, text in enumerate(reversed(column.heading)):
            _write(page, column.end, bottom - 9 - LEADING * number, text, bold=True, ha="right")
        if column.above and column.above not in seen:
            seen.add(column.above)
            start, end = _block(layout, column)
            own = max(len(each.heading) for each in columns if each.above == column.above)
            over = bottom - 9 - LEADING * own
            _rule(page, (start, end), (over + 4, over + 4), linewidth=0.5)
            for number, text in enumerate(reversed(_above(layout, column))):
                _write(page, (start + end) / 2, over - 2 - LEADING * number, text, bold=True, ha="center")
    _rule(page, (MARGIN, layout.width - MARGIN), (bottom, bottom))


def _reference_lines(page: Axes, sheet: Sheet, layout: Layout, top: float, bottom: float) -> None:
    """The line of no effect, and the dotted line at the pooled value as far as its diamond."""
    axis = sheet.axis
    if axis.null is not None and 0 <= axis.place(axis.null) <= 1:
        x = _x(layout, axis, axis.null)
        _rule(page, (x, x), (top, bottom), linewidth=0.7)
    if sheet.overall is not None and 0 <= axis.place(sheet.overall) <= 1:
        x, end, last = _x(layout, axis, sheet.overall), top + 4, bottom
        for number, line in enumerate(sheet.lines):
            middle = end + layout.height(number, line) / 2
            end += layout.height(number, line)
            if line.style == "summary" and line.mark and line.mark.estimate == sheet.overall:
                last = middle
        _rule(page, (x, x), (top, last), color=ACCENT, linestyle=(0, (1.2, 1.8)), linewidth=0.9)


def _x(layout: Layout, axis: Axis, value: float) -> float:
    start, end = layout.graph
    return start + axis.place(value) * (end - start)


def _row(page: Axes, sheet: Sheet, layout: Layout, number: int, top: float, height: float) -> None:
    line, labels = sheet.lines[number], layout.wrapped[number]
    bold = line.style in {"summary", "heading"}
    first = top + ROW / 2
    if line.style == "aside":
        for at, text in enumerate(labels):
            _write(page, MARGIN, top + 4.5 + 9.0 * at, text, size=SMALL, ink=SOFT)
        return
    for at, text in enumerate(labels):
        _write(page, MARGIN, first + LEADING * at, text, bold=bold)
    middle = top + height / 2
    for columns, cells in ((layout.left, line.left), (layout.right, line.right)):
        for column, text in zip(columns, cells, strict=False):
            _write(page, column.end, middle, text, bold=bold, ha="right")
    if line.mark:
        _mark(page, layout, sheet.axis, line.mark, middle)


def _mark(page: Axes, layout: Layout, axis: Axis, mark: Mark, y: float) -> None:
    if mark.shape == "diamond":
        _diamond(page, layout, axis, mark, y)
        return
    bar = mark.shape == "bar"
    ends = [_x(layout, axis, min(max(each, axis.low), axis.high)) for each in (mark.lower, mark.upper)]
    look: dict[str, Any] = {"color": ACCENT, "linewidth": 2.6} if bar else {"color": INK, "linewidth": 0.9}
    if mark.upper >= axis.low and mark.lower <= axis.high:
        inside = -1e-9 <= axis.place(mark.estimate) <= 1 + 1e-9
        if inside and not bar:
            _square(page, _x(layout, axis, mark.estimate), y, mark)
        _rule(page, (ends[0], ends[1]), (y, y), zorder=4, **look)
    _arrows(page, layout, axis, mark, y, ACCENT if bar else INK, 1.35 if bar else 1.0)


def _square(page: Axes, x: float, y: float, mark: Mark) -> None:
    look: dict[str, Any] = {"facecolor": TINT, "edgecolor": ACCENT, "linewidth": 0.6, "zorder": 3, "label": mark.shape}
    if mark.shape == "dot":
        page.add_patch(Circle((x, y), 2.7, **look))
        return
    side = max(_SMALLEST, _SQUARE * mark.share**0.5)
    corner = (x - side / 2, y - side / 2)
    page.add_patch(Rectangle(corner, side, side, **look))


def _diamond(page: Axes, layout: Layout, axis: Axis, mark: Mark, y: float) -> None:
    lower, middle, upper = (_x(layout, axis, each) for each in (mark.lower, mark.estimate, mark.upper))
    corners = [(lower, y), (middle, y - 4.4), (upper, y), (middle, y + 4.4)]
    start, end = layout.graph
    shape = Polygon(corners, closed=True, facecolor=ACCENT, edgecolor=ACCENT, linewidth=0.6, zorder=5, label="diamond")
    page.add_patch(shape)
    if lower < start or upper > end:
        shape.set_clip_path(Rectangle((start, y - ROW), end - start, 2 * ROW, transform=page.transData))
        _arrows(page, layout, axis, mark, y, ACCENT)


def _arrows(page: Axes, layout: Layout, axis: Axis, mark: Mark, y: float, ink: str, grown: float = 1.0) -> None:
    """An arrowhead at each end of the axis beyond which the interval goes on."""
    start, end = layout.graph
    slack = 1e-9
    for beyond, x, inward in (
        (axis.place(mark.lower) < -slack, start, 5.0),
        (axis.place(mark.upper) > 1 + slack, end, -5.0),
    ):
        if beyond:
            head = [(x, y), (x + grown * inward, y - 2.8 * grown), (x + grown * inward, y + 2.8 * grown)]
            page.add_patch(Polygon(head, closed=True, facecolor=ink, edgecolor="none", zorder=6, label="arrow"))


def _ruler(page: Axes, sheet: Sheet, layout: Layout, top: float) -> None:
    start, end = layout.graph
    _rule(page, (MARGIN, layout.width - MARGIN), (top, top), color=RULE, linewidth=0.5)
    _rule(page, (start, end), (top, top), linewidth=0.9)
    for each in sheet.axis.ticks(end - start):
        x = _x(layout, sheet.axis, each)
        _rule(page, (x, x), (top, top + 3.5), linewidth=0.7)
        _write(page, x, top + 10, sheet.axis.said(each), ha="center")


@dataclass(frozen=True, slots=True)
class _Text:
    """A line of small text below the table."""

    x: float
    y: float
    text: str
    ha: str = "left"
    ink: str = INK


def _feet(sheet: Sheet, layout: Layout, top: float) -> tuple[list[_Text], float]:
    """What stands below the table: words of the axis below it, notes left of it where they fit, else below."""
    furniture = _axis_words(sheet, layout, top + 16)
    under = max((each.y for each in furniture), default=top + 16) + 7
    leftmost = min([layout.graph[0] - 14, *(_start(each) for each in furniture)])
    room, whole = leftmost - GAP - MARGIN, layout.width - 2 * MARGIN
    beside = room >= 150
    notes, at = _paragraphs(sheet.feet, top + 4 if beside else under, room if beside else whole, INK)
    small, at = _paragraphs(sheet.small, max(at, under) + (1 if sheet.small else 0), whole, SOFT)
    return [*furniture, *notes, *small], at


def _start(text: _Text) -> float:
    return text.x - {"left": 0.0, "center": 0.5, "right": 1.0}[text.ha] * width_of(text.text, SMALL)


def _paragraphs(texts: tuple[str, ...], at: float, room: float, ink: str) -> tuple[list[_Text], float]:
    placed = []
    for text in texts:
        for piece in wrapped(text, room, SMALL):
            placed.append(_Text(MARGIN, at + 5, piece, ink=ink))
            at += _FOOT
        at += 1
    return placed, at


def _axis_words(sheet: Sheet, layout: Layout, at: float) -> list[_Text]:
    """What lies on both sides of the line of no effect, each broken to the room there is, and what the axis shows."""
    start, end = layout.graph
    null = sheet.axis.null
    middle = _x(layout, sheet.axis, null) if null is not None else (start + end) / 2
    middle = min(max(middle, start + 40), end - 40)
    placed = []
    if sheet.favours:
        left, right = f"← {sheet.favours[0]}", f"{sheet.favours[1]} →"
        for text, x, ha, room in (
            (left, middle - 6, "right", middle - start),
            (right, middle + 6, "left", end - middle),
        ):
            pieces = wrapped(text, room + 10, SMALL, lines=3)
            placed += [_Text(x, at + 9.5 * number + 6, piece, ha) for number, piece in enumerate(pieces)]
        at = max(each.y for each in placed) + 3
    for number, text in enumerate(wrapped(sheet.axis_label, end - start + 40, SMALL)):
        placed.append(_Text((start + end) / 2, at + 9.5 * (number + 1), text, "center", SOFT))
    return placed
