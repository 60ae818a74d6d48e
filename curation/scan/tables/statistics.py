"""Test statistics in columns of their own: F, t, χ² or z with their degrees of freedom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from curation.scan.grammar.text import plain
from curation.scan.tables.layout import Line
from curation.scan.tables.parts import Part, Row
from curation.scan.tables.pieces import Piece

_TYPES = {
    "F": r"F(?:[\s-](?:values?|ratios?|statistics?|tests?))?",
    "t": r"t(?:[\s-](?:values?|statistics?))?",
    "chi2": r"(?:χ|[Cc]hi|Χ)\s?-?\s?(?:2|²|\^2|[Ss]quared?)(?:\s(?:value|statistic))?",
    "z": r"[zZ](?:[\s-](?:values?|scores?\sof\sthe\stest|statistics?))?",
}
_HEADS = {name: re.compile(rf"(?:{shape})\s?=?[*†‡]*") for name, shape in _TYPES.items()}
_DF = re.compile(r"(?:(?:numerator|between|effect)\s)?(?:d\.?\s?f\.?\s?1?|degrees?\sof\sfreedom)", re.IGNORECASE)
_DF2 = re.compile(
    r"(?:denominator|within|error|residual)\s(?:d\.?\s?f\.?|degrees?\sof\sfreedom)|d\.?f\.?\s?2", re.IGNORECASE
)


def statistic_rows(line: Line, pieces: Mapping[int, Piece]) -> Iterator[Row]:
    """A record for each test statistic in a row, with the degrees of freedom of the columns that stand nearest."""
    degrees = [(column, piece, _df_of(line, column)) for column, piece in pieces.items() if _df_of(line, column)]
    for column, piece in pieces.items():
        kind = _type_of(line, column)
        if not kind or piece.kind or "value" not in piece.cells or piece.cells["value"].endswith("%"):
            continue
        cells = {"statistic_type": kind, "statistic": piece.cells["value"]}
        parts = [Part(piece.cell, piece.shape.start, piece.shape.end)]
        for name in ("df1", "df2") if kind == "F" else ("df1",) if kind != "z" else ():
            near = [each for each in degrees if each[2] == name and abs(each[0] - column) <= 3]
            if len(near) == 1 and "value" in near[0][1].cells:
                cells[name] = near[0][1].cells["value"]
                parts.append(Part(near[0][1].cell, near[0][1].shape.start, near[0][1].shape.end))
        yield Row("test", cells, line, column, tuple(parts), joined=len(parts) > 1)


def _lowest(line: Line, column: int) -> str:
    heads = line.heads.get(column, ())
    return plain(heads[-1].text).strip() if heads else ""


def _type_of(line: Line, column: int) -> str:
    head = _lowest(line, column)
    return next((name for name, pattern in _HEADS.items() if pattern.fullmatch(head)), "")


def _df_of(line: Line, column: int) -> str:
    head = _lowest(line, column)
    return "df2" if _DF2.fullmatch(head) else "df1" if _DF.fullmatch(head) else ""
