"""Effects of the studies of an analysis on its scale, for programs that take effects and no counts.

Formulas come from schemas; zero cells are treated as metafor's escalc does by default.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from schemas import one_group, two_groups
from schemas.dataset import ANALYSIS_TABLES
from schemas.two_groups import Effects, Floats
from store.export.adapters.common import Analysis

Numbers = dict[str, Floats]

SIZES = (("ni",), ("n1i", "n2i"))
"""Columns that hold the participants of a study, of whichever an analysis table has."""


def _as_they_are(row: Numbers) -> two_groups.Table:
    return row["ai"], row["n1i"], row["ci"], row["n2i"]


def _halved(row: Numbers) -> two_groups.Table:
    return two_groups.with_half(*_as_they_are(row))


def _rates(row: Numbers) -> tuple[Floats, Floats, Floats, Floats]:
    half = np.where((row["x1i"] == 0) | (row["x2i"] == 0), 0.5, 0.0)
    return row["x1i"] + half, row["t1i"], row["x2i"] + half, row["t2i"]


def _means(row: Numbers) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    return row["n1i"], row["m1i"], row["sd1i"], row["n2i"], row["m2i"], row["sd2i"]


_ONE: dict[str, Callable[..., Effects]] = {
    "PLO": one_group.log_odds, "PR": one_group.proportion, "PLN": one_group.log_proportion,
    "PAS": one_group.arcsine, "PFT": one_group.freeman_tukey, "IRLN": one_group.log_rate, "IR": one_group.rate,
    "MN": one_group.mean, "ZCOR": one_group.fisher_z, "COR": one_group.correlation,
}  # fmt: skip
"""Measures whose function takes the columns of its table in their order."""
_TWO: dict[str, Callable[[Numbers], Effects]] = {
    "RR": lambda row: two_groups.log_risk_ratio(*_halved(row)),
    "OR": lambda row: two_groups.log_odds_ratio(*_halved(row)),
    "PETO": lambda row: two_groups.peto_log_odds_ratio(*_halved(row)),
    "RD": lambda row: two_groups.risk_difference(*_halved(row)),
    "AS": lambda row: two_groups.arcsine_difference(*_as_they_are(row)),
    "IRR": lambda row: two_groups.log_rate_ratio(*_rates(row)),
    "IRD": lambda row: two_groups.rate_difference(*_rates(row)),
    "MD": lambda row: two_groups.mean_difference(*_means(row)),
    "SMD": lambda row: two_groups.standardised_mean_difference(*_means(row)),
    "SMDH": lambda row: two_groups.standardised_by_average(*_means(row)),
    "ROM": lambda row: two_groups.log_ratio_of_means(*_means(row)),
    "HR": lambda row: Effects(row["yi"], row["vi"]),
    "GEN": lambda row: Effects(row["yi"], row["vi"]),
}


def numbers_of(analysis: Analysis) -> Numbers:
    """The numeric columns of its studies; a blank cell is not a number."""
    columns = [each.name for each in ANALYSIS_TABLES[analysis.table].numbers]
    return {name: np.array([row[name] for row in analysis.studies], dtype=np.float64) for name in columns}


def effects_of(analysis: Analysis) -> Effects:
    """Effects and variances of its studies, in their order; not a number where they cannot be computed."""
    numbers, name = numbers_of(analysis), analysis.measure.name
    found = _ONE[name](*numbers.values()) if name in _ONE else _TWO[name](numbers)
    usable = np.isfinite(found.y) & np.isfinite(found.v) & (found.v > 0)
    return Effects(np.where(usable, found.y, np.nan), np.where(usable, found.v, np.nan))


def sizes_of(analysis: Analysis) -> list[float | None]:
    """Participants of its studies; None where the table does not say."""
    numbers = numbers_of(analysis)
    for columns in SIZES:
        if all(name in numbers for name in columns):
            return [float(total) for total in np.sum([numbers[name] for name in columns], axis=0)]
    return [None] * len(analysis.studies)
