"""PyMARE: one table of effects with variances, and an example that pools it."""

from __future__ import annotations

from collections.abc import Iterator

from store.export.adapters.common import Analysis, LeftOut, Row, Tables, analyses, csv, left_out, script
from store.export.adapters.effects import effects_of, sizes_of

COLUMNS = {
    "analysis": "string",
    "measure": "string",
    "study": "string",
    "label": "string",
    "y": "number",
    "v": "number",
    "n": "integer",
}
"""PyMARE's own names are y, v and n; it adds the intercept itself, so there is no column of predictors."""
NO_EFFECT = "its {} has no finite effect with a variance above zero"


def make(tables: Tables) -> dict[str, bytes]:
    """pymare.csv, pymare_example.py, and pymare-left-out.csv with the studies that have no effect."""
    rows: list[Row] = []
    without: list[LeftOut] = []
    for each in analyses(tables):
        for row in _rows(each):
            if row["y"] is None:
                reason = NO_EFFECT.format(each.measure.label)
                without.append(LeftOut("study of an analysis", each.name, reason, row["study"]))
            else:
                rows.append(row)
    return {
        "pymare.csv": csv(COLUMNS, rows),
        "pymare-left-out.csv": left_out(without),
        "pymare_example.py": script("pymare_example.py.txt").encode(),
    }


def _rows(one: Analysis) -> Iterator[Row]:
    found, sizes = effects_of(one), sizes_of(one)
    for study, y, v, n in zip(one.studies, found.y.tolist(), found.v.tolist(), sizes, strict=True):
        given = y == y  # noqa: PLR0124 - not a number differs from itself
        yield {
            "analysis": one.name,
            "measure": one.measure.name,
            "study": study["study"],
            "label": study["label"],
            "y": y if given else None,
            "v": v if given else None,
            "n": None if n is None else int(n),
        }
