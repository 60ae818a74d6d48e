"""Two by two tables: events of group 1 against events of group 2."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pooling.effects.columns import Columns, Floats
from pooling.effects.zero_cells import ZeroCells
from schemas import two_groups as groups
from schemas.two_groups import Effects

FORMULAS: dict[str, Callable[[Floats, Floats, Floats, Floats], Effects]] = {
    "RR": groups.log_risk_ratio,
    "OR": groups.log_odds_ratio_of_cells,
    "PETO": groups.peto_log_odds_ratio,
    "RD": groups.risk_difference,
    "AS": groups.arcsine_difference,
}
_OF_CELLS = {"OR"}
"""From all four cells rather than from events and participants, which keeps the digits of a tiny cell."""


def effects(measure: str, columns: Columns, cells: ZeroCells) -> Effects:
    """Effects of ``ai`` events against ``ci``, each with the participants of its group or those without the event."""
    a, c = columns["ai"], columns["ci"]
    b, d = without(columns, "ai", "bi", "n1i"), without(columns, "ci", "di", "n2i")
    a, b, c, d = cells.dropped(((a == 0) & (c == 0)) | ((b == 0) & (d == 0)), a, b, c, d)
    a, b, c, d = cells.corrected(a, b, c, d)
    formula = FORMULAS[measure]
    return formula(a, b, c, d) if measure in _OF_CELLS else formula(a, a + b, c, c + d)


def without(columns: Columns, events: str, others: str, size: str) -> Floats:
    """Participants without the event: as given, else those of the group less the events."""
    given, all_of_them = columns.get(others), columns.get(size)
    if all_of_them is None:
        return columns[others]
    left = all_of_them - columns[events]
    return left if given is None else np.where(np.isnan(given), left, given)
