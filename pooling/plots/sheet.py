"""A table with a graph inside, as forests are printed: what stands in it, and how much room it takes."""

from __future__ import annotations

from dataclasses import dataclass, field

from pooling.plots.axis import Axis
from pooling.plots.style import BODY, HEAD, SMALL, width_of, wrapped

MARGIN, GAP, GRAPH = 12.0, 11.0, 210.0
"""Points: around the page, between columns, width of the graph."""
ROW, LEADING = 13.5, 10.0
"""Height of a row of one line, and of each line more."""
WIDEST_LABEL, WIDEST_CELL = 165.0, 96.0


@dataclass(frozen=True, slots=True)
class Mark:
    """What the graph shows in a row, in natural values. ``shape``: square, dot, diamond, bar; ``share`` sizes a square."""

    estimate: float
    lower: float
    upper: float
    shape: str = "square"
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """One row. ``style``: study, summary (bold), heading, aside (small, spans the columns on the left), gap."""

    label: str
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    mark: Mark | None = None
    style: str = "study"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table whose columns stand left and right of a graph.

    ``left`` and ``right`` are headings; "Group|Events" stands under the common heading "Group". ``overall`` is where
    the dotted line stands. ``feet`` stand below the table, the first ones in ink, and ``small`` ones after them.
    """

    title: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    lines: tuple[Line, ...]
    axis: Axis
    axis_label: str
    overall: float | None = None
    favours: tuple[str, str] | None = None
    feet: tuple[str, ...] = ()
    small: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column in points: its heading broken into lines, its common heading, and the edge its text ends at."""

    heading: tuple[str, ...]
    above: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands across the page, in points."""

    labels: tuple[float, float]
    """Start and end of the column of labels."""
    left: tuple[Column, ...]
    graph: tuple[float, float]
    right: tuple[Column, ...]
    width: float
    wrapped: dict[int, list[str]] = field(default_factory=dict)
    """Row number -> its label in lines."""

    @property
    def before_graph(self) -> float:
        """Width of the columns on the left."""
        return self.graph[0] - GAP - MARGIN

    def height(self, at: int, line: Line) -> float:
        """Height of a row in points."""
        if line.style == "gap":
            return 0.5 * ROW
        if line.style == "aside":
            return 9.0 * len(self.wrapped[at]) + 3.0
        return ROW + LEADING * (len(self.wrapped[at]) - 1)


def lay_out(sheet: Sheet, graph: float = GRAPH) -> Layout:
    """Where the columns of a sheet stand: each as wide as its widest text."""
    cells = [line for line in sheet.lines if line.style in {"study", "summary"}]
    longest = max((width_of(line.label, BODY, bold=line.style == "summary") for line in cells), default=0.0)
    label = min(max(longest, width_of(sheet.left[0], bold=True)), WIDEST_LABEL)
    asides = any(line.style == "aside" for line in sheet.lines)
    label = max(label, 130.0 if asides else 60.0)
    at = MARGIN + label
    left, at = _columns(sheet.left[1:], [line.left for line in cells], [line.style for line in cells], at)
    start = at + GAP + 3
    right, end = _columns(
        sheet.right, [line.right for line in cells], [line.style for line in cells], start + graph + 3
    )
    layout = Layout((MARGIN, MARGIN + label), left, (start, start + graph), right, end + MARGIN)
    for number, line in enumerate(sheet.lines):
        layout.wrapped[number] = _label(line, label, layout.before_graph)
    return layout


def _label(line: Line, label: float, before_graph: float) -> list[str]:
    if line.style == "aside":
        return wrapped(line.label, before_graph, SMALL)
    if line.style == "heading":
        return wrapped(line.label, before_graph, BODY, bold=True, lines=2)
    return wrapped(line.label, label, BODY, bold=line.style == "summary", lines=3 if line.style == "summary" else 2)


def _columns(
    headings: tuple[str, ...], rows: list[tuple[str, ...]], styles: list[str], at: float
) -> tuple[tuple[Column, ...], float]:
    """The columns from a place on, and where the last one ends."""
    made: list[Column] = []
    for number, heading in enumerate(headings):
        above, _, own = heading.rpartition("|")
        texts = [row[number] if number < len(row) else "" for row in rows]
        body = max((width_of(t, BODY, bold=s == "summary") for t, s in zip(texts, styles, strict=True)), default=0.0)
        own_lines = wrapped(own, max(body, _word(own), min(width_of(own, bold=True), WIDEST_CELL)), bold=True)
        wide = max(body, *(width_of(each, bold=True) for each in own_lines))
        made.append(Column(tuple(own_lines), above, at + GAP, at + GAP + wide))
        at += GAP + wide
    return _widened(made, at)


def _word(text: str) -> float:
    return max(width_of(word, bold=True) for word in text.split(" "))


def _widened(columns: list[Column], at: float) -> tuple[tuple[Column, ...], float]:
    """Columns moved apart where their common heading is wider than they are together."""
    shift, done = 0.0, []
    for each in columns:
        block = [other for other in columns if other.above == each.above]
        start = each.start + shift
        if each.above and block[0] is each:
            wanted = max(_word(each.above), min(width_of(each.above, bold=True), WIDEST_CELL))
            shift += max(0.0, wanted - (block[-1].end - each.start))
        done.append(Column(each.heading, each.above, start, each.end + shift))
    return tuple(done), (done[-1].end if done else at)


def title_lines(sheet: Sheet, width: float) -> list[str]:
    """The title, broken to the width of the page."""
    return wrapped(sheet.title, width - 2 * MARGIN, HEAD, bold=True, lines=3) if sheet.title else []
