"""Two by two tables: events of group 1 against events of group 2."""

from __future__ import annotations

import numpy as np

from pooling.effects.columns import Columns, Floats
from pooling.effects.zero_cells import ZeroCells
from schemas.formulas import of_tables
from schemas.two_groups import Effects


def effects(measure: str, columns: Columns, cells: ZeroCells) -> Effects:
    """Effects of ``ai`` events against ``ci``, each with the participants of its group or those without the event."""
    a, c = columns["ai"], columns["ci"]
    b, d = without(columns, "ai", "bi", "n1i"), without(columns, "ci", "di", "n2i")
    a, b, c, d = cells.dropped(((a == 0) & (c == 0)) | ((b == 0) & (d == 0)), a, b, c, d)
    return of_tables(measure, *cells.corrected(a, b, c, d))


def without(columns: Columns, events: str, others: str, size: str) -> Floats:
    """Participants without the event: as given, else those of the group less the events."""
    given, all_of_them = columns.get(others), columns.get(size)
    if all_of_them is None:
        return columns[others]
    left = all_of_them - columns[events]
    return left if given is None else np.where(np.isnan(given), left, given)
