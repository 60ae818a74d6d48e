"""Rows of a table of pooled results: an estimate with its interval, and I² beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from curation.scan.tables.parts import Part, Row
from curation.scan.tables.pieces import Piece
from schemas import grammar

_SHARE = re.compile(r"\b(?:rates?|proportions?|prevalences?|incidences?|percent(?:age)?|frequency)\b", re.IGNORECASE)
_KEPT = ("estimate", "lower", "upper", "level", "row", "column")


def pooled(row: Row, pieces: Mapping[int, Piece]) -> Row:
    """An effect with I² in its row is a pooled result; other rows stay as they are.

    A pooled proportion has no value of no effect, so a P value beside its I² is that of heterogeneity; elsewhere it is
    so only where its header says it.
    """
    beside = [piece for piece in pieces.values() if piece.role in {"i2", "p_heterogeneity"}]
    if row.kind != "effect" or not any(piece.role == "i2" for piece in beside) or len(beside) > 2:
        return row
    measure = row.cells.get("measure", "other")
    if measure == "other" and _SHARE.search(row.line.header(row.column)) and _within_one(row.cells):
        measure = "proportion"
    cells = {"measure": measure, **{name: row.cells[name] for name in _KEPT if name in row.cells}}
    if "p" in row.cells:
        cells["p_heterogeneity" if measure == "proportion" else "p"] = row.cells["p"]
    for piece in beside:
        cells |= piece.cells
    parts = (*row.parts, *(Part(piece.cell, piece.shape.start, piece.shape.end) for piece in beside))
    return replace(row, kind="pooled", cells=cells, parts=parts, joined=True)


def _within_one(cells: Mapping[str, str]) -> bool:
    found = [grammar.number(cells.get(name, "").rstrip("% ")) for name in ("estimate", "lower", "upper")]
    return all(each is not None and 0 <= each.value <= 1 for each in found)
