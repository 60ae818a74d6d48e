"""Effects of the studies of an analysis on its scale, for programs that take effects and no counts.

Formulas come from schemas; zero cells are treated as metafor's escalc does by default.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from schemas.dataset import ANALYSIS_TABLES
from schemas.formulas import DEFINED_WITH_EMPTY_CELLS, FORMULAS, of_tables
from schemas.two_groups import Effects, Floats
from store.export.adapters.common import Analysis

Numbers = dict[str, Floats]

SIZES = (("ni",), ("n1i", "n2i"))
"""Columns that hold the participants of a study, of whichever an analysis table has."""


DESIGNS: dict[str, Callable[[Numbers], tuple[Floats, ...]]] = {
    "single_counts": lambda row: (row["xi"], row["ni"] - row["xi"]),
    "two_group_counts": lambda row: (row["ai"], row["bi"], row["ci"], row["di"]),
    "single_rates": lambda row: (row["xi"], row["ti"]),
    "two_group_rates": lambda row: (row["x1i"], row["t1i"], row["x2i"], row["t2i"]),
    "single_means": lambda row: (row["ni"], row["mi"], row["sdi"]),
    "two_group_means": lambda row: tuple(row[name] for name in ("n1i", "m1i", "sd1i", "n2i", "m2i", "sd2i")),
    "correlations": lambda row: (row["ri"], row["ni"]),
    "effects": lambda row: (row["yi"], row["vi"]),
}
"""Analysis table -> what the formulas of its measures take."""
COUNTS = {"single_counts": (0, 1), "two_group_counts": (0, 1, 2, 3), "single_rates": (0,), "two_group_rates": (0, 2)}
"""Analysis table -> which of these are counts, to which one half is added where one of them is 0."""


def numbers_of(analysis: Analysis) -> Numbers:
    """The numeric columns of its studies; a blank cell is not a number."""
    columns = [each.name for each in ANALYSIS_TABLES[analysis.table].numbers]
    return {name: np.array([row[name] for row in analysis.studies], dtype=np.float64) for name in columns}


def effects_of(analysis: Analysis) -> Effects:
    """Effects and variances of its studies, in their order; not a number where they cannot be computed."""
    numbers, name = numbers_of(analysis), analysis.measure.name
    given = _without_empty_cells(name, analysis.table, DESIGNS[analysis.table](numbers))
    found = of_tables(name, *given) if analysis.table == "two_group_counts" else FORMULAS[name](*given)
    usable = np.isfinite(found.y) & np.isfinite(found.v) & (found.v > 0)
    return Effects(np.where(usable, found.y, np.nan), np.where(usable, found.v, np.nan))


def _without_empty_cells(measure: str, table: str, given: tuple[Floats, ...]) -> tuple[Floats, ...]:
    counts = () if measure in DEFINED_WITH_EMPTY_CELLS else COUNTS.get(table, ())
    empty = np.logical_or.reduce([given[at] == 0 for at in counts]) if counts else False
    return tuple(each + np.where(empty, 0.5, 0.0) if at in counts else each for at, each in enumerate(given))


def sizes_of(analysis: Analysis) -> list[float | None]:
    """Participants of its studies; None where the table does not say."""
    numbers = numbers_of(analysis)
    for columns in SIZES:
        if all(name in numbers for name in columns):
            return [float(total) for total in np.sum([numbers[name] for name in columns], axis=0)]
    return [None] * len(analysis.studies)
