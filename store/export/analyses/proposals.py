"""What is proposed for each analysis: measure, scale, method, and what the effect is in words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from schemas.codes import CODES
from schemas.dataset import ANALYSIS_TABLES
from schemas.measures import MEASURES
from schemas.scales import DIFFERENCE_MEASURES, RATIO_MEASURES
from store.export.analyses.reading import Texts

METHOD, TEST, LEVEL = "REML", "z", 95.0
_AS_PRINTED = {**dict.fromkeys(RATIO_MEASURES, "log"), "COR": "fisher_z"}
"""Measure of a reported effect -> its scale; the others are analysed as they are."""
_AGAINST_NO_EFFECT = {*RATIO_MEASURES, *DIFFERENCE_MEASURES, "COR"}
"""Reported effects that have a value of no effect; the others are estimates of one group."""


def proposed(analyses: pd.DataFrame) -> pd.DataFrame:
    """The analyses with measure, effect, scale, method, test and level."""
    measure = np.array([_measure(*each) for each in _columns(analyses, "table", "detail", "units")], dtype=object)
    given = np.isin(measure, ("GEN", "EST"))
    scale = np.where(given, analyses["detail"].map(lambda one: _AS_PRINTED.get(one, "none")), _of(measure, "scale"))
    effect = np.where(given, analyses["detail"].map(lambda one: CODES["measure"].get(one, one)), _of(measure, "label"))
    return analyses.assign(measure=measure, effect=effect, scale=scale, method=METHOD, test=TEST, level=LEVEL)


def _measure(table: str, detail: str, units: int) -> str:
    if table == "effects":
        return "HR" if detail == "HR" else "GEN" if detail in _AGAINST_NO_EFFECT else "EST"
    if table == "two_group_means" and units > 1:
        return "SMD"
    return ANALYSIS_TABLES[table].measures[0]


def _of(measures: Texts, fact: str) -> Texts:
    return np.array([getattr(MEASURES[each], fact).split(" (")[0] for each in measures], dtype=object)


def _columns(frame: pd.DataFrame, *names: str) -> zip[tuple[str, str, int]]:
    return zip(*(frame[name] for name in names), strict=True)
