"""The formula of each effect measure: what its name in ``MEASURES`` stands for, from columns to effects and variances.

Each formula takes plain columns and adds nothing to empty cells; which columns those are is a matter of the design:

- one group: events and those without (xi, ni - xi); events and time (xi, ti); size, mean, standard deviation (ni, mi,
  sdi); correlation and size (ri, ni);
- two groups: events and participants of both (ai, n1i, ci, n2i), or all four cells for ``OF_CELLS``; events and time of
  both (x1i, t1i, x2i, t2i); size, mean and standard deviation of both;
- effects as reported: the effect and its variance (yi, vi).
"""

from __future__ import annotations

from collections.abc import Callable

from schemas import one_group, two_groups
from schemas.two_groups import Effects, Floats


def as_given(y: Floats, v: Floats) -> Effects:
    """Effect on its scale of analysis and its variance, as given (the square of the standard error)."""
    return Effects(y, v)


FORMULAS: dict[str, Callable[..., Effects]] = {
    "PLO": one_group.log_odds,
    "PR": one_group.proportion,
    "PLN": one_group.log_proportion,
    "PAS": one_group.arcsine,
    "PFT": one_group.double_arcsine,
    "RR": two_groups.log_risk_ratio,
    "OR": two_groups.log_odds_ratio_of_cells,
    "PETO": two_groups.peto_log_odds_ratio,
    "RD": two_groups.risk_difference,
    "AS": two_groups.arcsine_difference,
    "IRLN": one_group.log_rate,
    "IR": one_group.rate,
    "IRR": two_groups.log_rate_ratio,
    "IRD": two_groups.rate_difference,
    "MN": one_group.mean,
    "MD": two_groups.mean_difference,
    "SMD": two_groups.standardised_mean_difference,
    "SMDH": two_groups.standardised_by_average,
    "ROM": two_groups.log_ratio_of_means,
    "ZCOR": one_group.fisher_z,
    "COR": one_group.correlation,
    "HR": as_given,
    "GEN": as_given,
    "EST": as_given,
}
"""Short name of the measure -> its formula."""
OF_CELLS = frozenset({"OR"})
"""Measures of two groups computed from all four cells, which keeps the digits of a tiny cell."""
DEFINED_WITH_EMPTY_CELLS = frozenset({"AS", "PAS", "PFT"})
"""Measures of counts to which nothing is added by custom."""


def of_tables(measure: str, a: Floats, b: Floats, c: Floats, d: Floats) -> Effects:
    """Effects of two by two tables: with the event and without, in group 1 and in group 2."""
    formula = FORMULAS[measure]
    return formula(a, b, c, d) if measure in OF_CELLS else formula(a, a + b, c, c + d)
