"""Results: of many meta-analyses as arrays, of one as a small object that can be read, tabulated and plotted.

Fields are named as in the record kind "pooled", so that a result of ours can be laid beside a published one.
All numbers are on the scale of analysis (the logarithm for ratios) unless they come from ``natural``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pooling.models import tables
from pooling.models.back import harmonic_mean, natural
from pooling.words import sentences
from schemas.measures import MEASURES, METHODS, Measure

Floats = NDArray[np.float64]

STATUS = {
    0: "pooled",
    1: "no study has an effect and a variance",
    2: "one study only: its own effect and interval, nothing is pooled",
    3: "the variance between studies could not be estimated",
    4: "no events at all, or nothing but events, where the model needs both: the estimate is not finite",
    5: "the standard error is zero or cannot be computed: there is no interval and no test",
}
"""What became of an analysis. Where nothing is defined the numbers are not numbers, and the status says so."""


@dataclass(frozen=True, slots=True)
class Many:
    """Results of many meta-analyses; every array has one number per analysis.

    ``se`` is the standard error, ``z`` the test statistic (t where a t distribution is used), ``q`` Cochran's Q with
    common-effect weights. ``i2`` is in percent. ``*_lower`` and ``*_upper`` are the limits at ``level`` percent;
    those of tau2, I2 and H2 are nan where they were not asked for.
    """

    method: str
    test: str
    level: float
    status: NDArray[np.int8]
    k: NDArray[np.int64]
    estimate: Floats
    se: Floats
    z: Floats
    p: Floats
    lower: Floats
    upper: Floats
    pi_lower: Floats
    pi_upper: Floats
    tau2: Floats
    q: Floats
    df: Floats
    p_heterogeneity: Floats
    i2: Floats
    h2: Floats
    tau2_lower: Floats
    tau2_upper: Floats
    i2_lower: Floats
    i2_upper: Floats
    h2_lower: Floats
    h2_upper: Floats

    def to_frame(self) -> pd.DataFrame:
        """One row per analysis; the status in words."""
        names = [each.name for each in fields(self) if each.name not in {"method", "test", "level", "status"}]
        frame = pd.DataFrame({name: getattr(self, name) for name in names})
        frame.insert(0, "status", [STATUS[int(code)] for code in self.status])
        return frame

    def one(self, at: int) -> dict[str, Any]:
        """The numbers of one analysis by name."""
        names = [each.name for each in fields(self) if each.name not in {"method", "test", "level"}]
        return {name: getattr(self, name)[at].item() for name in names}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A study that takes no part, and why."""

    label: str
    why: str


@dataclass(frozen=True, slots=True)
class Studies:
    """The studies of one analysis, on its scale of analysis, in the order given; those left out have weight 0.

    ``weight`` is in percent. ``size`` is the number of participants (0 where unknown); ``shown`` holds what a forest
    plot prints beside each study, by heading ("Events", "Total").
    """

    labels: tuple[str, ...]
    y: Floats
    v: Floats
    lower: Floats
    upper: Floats
    weight: Floats
    size: Floats
    shown: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Natural:
    """The pooled effect as people read it; nan where it is not defined."""

    estimate: float
    lower: float
    upper: float
    pi_lower: float
    pi_upper: float


@dataclass(frozen=True, slots=True)
class StudiesNatural:
    """The effects of the studies as people read them, with their intervals."""

    estimate: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """One meta-analysis. Numbers on the scale of analysis are its attributes; ``natural`` gives those people read."""

    measure: str
    effect: str
    scale: str
    method: str
    test: str
    level: float
    numbers: dict[str, Any]
    """As ``Many.one``."""
    studies: Studies
    left_out: tuple[LeftOut, ...] = ()
    back: str = "harmonic"
    """Custom of the way back from double arcsines: harmonic, sine (see ``pooling.models.back``)."""
    title: str = ""
    notes: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a number, or a code
        if name in object.__getattribute__(self, "numbers"):
            return self.numbers[name]
        raise AttributeError(name)

    @property
    def about(self) -> Measure:
        """The measure, with its label and scale."""
        return MEASURES[self.measure]

    @property
    def way(self) -> str:
        """How the studies were pooled, in words."""
        return METHODS[self.method]

    @property
    def state(self) -> str:
        """What became of the analysis, in words."""
        return STATUS[self.numbers["status"]]

    @property
    def natural(self) -> Natural:
        """The pooled estimate, its limits and the prediction interval as people read them: ratios, proportions.

        Double arcsines go back at the harmonic mean of the sizes of the studies that take part (or by the sine, see
        ``back``).
        """
        part = self.studies.weight > 0
        size = harmonic_mean(self.studies.size[part]) if part.any() else None
        names = [each.name for each in fields(Natural)]
        values = np.array([self.numbers[name] for name in names], dtype=np.float64)
        return Natural(*natural(self.scale, values, size=size, back=self.back).tolist())

    @property
    def study_natural(self) -> StudiesNatural:
        """Effects and limits of the studies as people read them.

        Double arcsines go back each at its own size, whatever the custom for the pooled one, so that a study shows its
        own events / total; by the sine only where that is the custom and the size is not known.
        """
        own = self.studies
        values, known = np.stack([own.y, own.lower, own.upper]), own.size > 0
        found = natural(self.scale, np.where(known | (self.scale != "double_arcsine"), values, np.nan), size=own.size)
        if self.scale == "double_arcsine" and self.back == "sine":
            found = np.where(known, found, natural(self.scale, values, back="sine"))
        return StudiesNatural(*found)

    def to_frame(self) -> pd.DataFrame:
        """One row per study and one for the pooled effect, as people read it and (y, v) on the scale of analysis."""
        return tables.frame(self)

    def summary(self) -> str:
        """The result in sentences that a reader without statistics can follow."""
        return sentences.summary(self)

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return tables.html(self)
