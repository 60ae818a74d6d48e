"""Statistics that stand one below the other: rows "Mean", "SD", "Median", "Range" under one quantity."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from curation.scan.grammar.text import plain
from curation.scan.tables.hints import hint
from curation.scan.tables.layout import Line
from curation.scan.tables.parts import Part, Row
from curation.scan.tables.shapes import Shape, shape_of, whole

_NAMES = {
    "pair": r"(?!)",
    "skip": r"(?:\d\d\s?%\s?)?(?:c\.?i\.?|confidence\sintervals?)\s(?:of|for)\s(?:the\s)?medians?|ranges?\s?\(iqr\)|cv\s?%?",
    "n": r"n|no\.?|number(?:\sof\s(?:patients|participants|subjects))?",
    "mean": r"(?:arithmetic\s)?means?",
    "sd": r"s\.?\s?d\.?|standard\sdeviations?|std\.?\sdev(?:iation)?\.?",
    "se": r"s\.?\s?e\.?(?:\s?m\.?)?|standard\serrors?(?:\sof\s(?:the\s)?mean)?",
    "median": r"medians?",
    "quartiles": r"iqr|inter-?quartile\sranges?|quartiles|q1\s?[-–,/]\s?q3|25th\s?[-–,/]\s?75th(?:\spercentiles?)?",
    "range": r"ranges?|min(?:imum)?\.?\s?[-–,/]\s?max(?:imum)?\.?",
    "minimum": r"min(?:imum)?\.?",
    "maximum": r"max(?:imum)?\.?",
    "interval": r"(?P<level>\d\d(?:\.\d)?\s?%)\s?-?\s?(?:c\.?i\.?|confidence\sintervals?)(?:\sof\s(?:the\s)?mean)?",
}
_ROLES = {name: re.compile(rf"(?:{words})(?:\s?[(\[][^()\[\]]{{0,20}}[)\]])?[*†‡:]*", re.IGNORECASE) for name, words in _NAMES.items()}  # fmt: skip
_PAIRS = ({"mean", "sd"}, {"mean", "se"})
_LIMITS = {"quartiles": ("q1", "q3"), "range": ("minimum", "maximum"), "interval": ("lower", "upper")}


def role_of(line: Line) -> str:
    """What a row gives of the quantity above it; empty where its label is no name of a statistic.

    >>> from curation.scan.tables.layout import Line
    >>> role_of(Line(3, "Min, max", ("Pain",), {}, {})), role_of(Line(3, "Age", (), {}, {}))
    ('range', '')
    """
    label = plain(line.label).strip()
    words = set(hint(label).words)
    if words in _PAIRS and re.match(r"(?:mean|average|median)", label, re.IGNORECASE):
        return "pair"
    return next((name for name, pattern in _ROLES.items() if pattern.fullmatch(label)), "")


def in_runs(lines: Iterator[Line]) -> Iterator[list[Line]]:
    """The lines, those that give one quantity together in one list."""
    for (above, named), run in groupby(lines, key=lambda line: (line.above, bool(role_of(line)))):
        together = list(run)
        roles = {role_of(line) for line in together}
        if named and len(roles) == len(together) > (1 if above else 2):
            yield together
        else:
            yield from ([line] for line in together)


def joined(run: Sequence[Line]) -> Iterator[Row]:
    """A record for each column of rows that give one quantity together."""
    for column in sorted({column for line in run for column in line.cells}):
        cells: dict[str, str] = {}
        parts: list[Part] = []
        for line in run:
            cell = line.cells.get(column)
            shape = shape_of(cell.text) if cell is not None else None
            given = _given(role_of(line), shape, line) if shape else {}
            if cell is not None and shape is not None and given:
                cells |= given
                parts.append(Part(cell, shape.start, shape.end))
        if len(set(cells) - {"n", "level"}) > 1:
            line = run[0]
            about = Line(line.row, "", line.above, line.cells, line.heads)
            yield Row("mean", cells, about, column, tuple(parts), joined=True)


def _given(role: str, shape: Shape, line: Line) -> Mapping[str, str]:
    if role == "pair" and shape.name in {"two", "plus_minus"}:
        spread = "sd" if hint(line.label).has("sd") else "se"
        return {"mean": shape["first"], spread: shape["second"]}
    if role in _LIMITS:
        if shape.name != "limits":
            return {}
        level = _ROLES["interval"].fullmatch(plain(line.label).strip()) if role == "interval" else None
        more = {"level": level["level"].replace(" ", "")} if level else {}
        return dict(zip(_LIMITS[role], (shape["lower"], shape["upper"]), strict=True)) | more
    if role in {"skip", "pair"} or shape.name != "number" or shape["relation"] or shape["first"].endswith("%"):
        return {}
    return {role: shape["first"]} if role != "n" or whole(shape["first"]) else {}
