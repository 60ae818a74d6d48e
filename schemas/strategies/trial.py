"""One simulated study: its arms, and what truly happened to every participant."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from schemas.strategies.draw import Draw
from schemas.strategies.kaplan_meier import Curve, curve_of
from schemas.strategies.lifetimes import follow, follow_up
from schemas.strategies.means import Sample

Counts = NDArray[np.int64]
CATEGORIES = {
    "cr": "Complete response", "vgpr": "Very good partial response", "pr": "Partial response", "mr": "Minimal response",
    "sd": "Stable disease", "pd": "Progressive disease", "ne": "Not evaluable",
}  # fmt: skip
"""Exclusive response categories, best first; together they cover everyone."""
THRESHOLDS = {"ge-cr": 1, "ge-vgpr": 2, "ge-pr": 3, "ge-mr": 4, "ge-sd": 5}
"""Thresholds, and how many of the best categories each takes in."""
ADVERSE = ("neutropenia", "infection")
LANDMARKS = (12, 24)
"""Months."""


@dataclass(frozen=True, slots=True)
class Arm:
    """What happened in one arm.

    ``grades``: participants by worst grade 0 to 5 of each adverse event, among ``treated``; ``malignancy``: second
    malignancies, and the invasive ones among them.
    """

    id: str
    label: str
    role: str
    size: int
    responses: Counts
    treated: int
    grades: dict[str, Counts]
    malignancy: tuple[int, int]
    relapsed: int
    ages: Sample
    curves: dict[str, Curve] | None = None
    part_of: str = ""

    def reaching(self, threshold: str) -> int:
        """Participants at or above a response threshold."""
        return int(self.responses[: THRESHOLDS[threshold]].sum())


@dataclass(frozen=True, slots=True)
class Trial:
    """A study and its arms; the last one is all participants together where there are several."""

    id: str
    label: str
    design: str
    year: int
    arms: tuple[Arm, ...]

    @property
    def compared(self) -> tuple[Arm, Arm] | None:
        """Experimental and control arm of a randomised study."""
        return (self.arms[0], self.arms[1]) if self.design == "randomised" else None

    @property
    def everyone(self) -> Arm:
        """All participants together."""
        return next(arm for arm in self.arms if arm.role in ("total", "single"))


def trial(draw: Draw, id: str, number: int) -> Trial:
    """A study: randomised with two arms, or a cohort with one."""
    year = draw.between(2005, 2019)
    label = f"{draw.one_of('Alder', 'Birch', 'Cedar', 'Elm', 'Hazel', 'Maple')}-{number} {year}"
    if number > 1 and draw.maybe(0.4):
        return Trial(id, label, "cohort", year, (_arm(draw, "all", "All patients", "single"),))
    experimental = _arm(draw, "exp", "Lenalidomide", "experimental")
    control = _arm(draw, "ctl", "Observation", "control")
    parts = _subgroups(draw, experimental) if draw.maybe(0.3) else ()
    return Trial(id, label, "randomised", year, (experimental, control, *parts, _together(experimental, control)))


def _arm(draw: Draw, id: str, label: str, role: str) -> Arm:
    rng, size = draw.rng, draw.between(12, 260)
    treated = size - int(rng.binomial(size, 0.03))
    grades = {name: rng.multinomial(treated, rng.dirichlet([4, 1, 1, 1, 0.6, 0.1])) for name in ADVERSE}
    malignant = int(rng.binomial(size, 0.08))
    ages = Sample(np.clip(np.round(rng.normal(61, 9, size)), 18, 95).astype(np.int64), 1, None)
    responses = rng.multinomial(size, rng.dirichlet([2, 2, 3, 1, 2, 1, 0.3]))
    invasive = int(rng.binomial(malignant, 0.6))
    relapsed = int(rng.binomial(size, rng.beta(2, 5)))
    return Arm(
        id, label, role, size, responses, treated, grades, (malignant, invasive), relapsed, ages, curves(rng, size)
    )


def curves(rng: np.random.Generator, size: int) -> dict[str, Curve]:
    """Overall and progression-free survival of one group, drawn until they do not cross.

    Progression-free survival never outlasts survival in any participant, but under censoring the two Kaplan-Meier
    curves may still cross in a small tail; such groups are drawn again.
    """
    while True:
        pair = entwined(rng, size)
        if not crossing(pair):
            return pair


def entwined(rng: np.random.Generator, size: int) -> dict[str, Curve]:
    """Curves of overall and progression-free survival of the same participants with the same follow-up."""
    death = float(rng.uniform(15, 120)) * rng.weibull(float(rng.uniform(0.8, 1.5)), size)
    progression = float(rng.uniform(6, 60)) * rng.weibull(float(rng.uniform(0.8, 1.5)), size)
    until = follow_up(rng, size)
    times = {"os": death, "pfs": np.minimum(death, progression)}
    return {name: curve_of(follow(time, until)) for name, time in times.items()}


def crossing(pair: dict[str, Curve]) -> bool:
    """Whether progression-free survival lies above overall survival at a landmark or at the median."""
    overall, free = pair["os"], pair["pfs"]
    return overall.median() < free.median() or any(overall.at(month) < free.at(month) for month in LANDMARKS)


def _together(one: Arm, other: Arm) -> Arm:
    ages = Sample(np.concatenate([one.ages.totals, other.ages.totals]), 1, None)
    grades = {name: one.grades[name] + other.grades[name] for name in ADVERSE}
    malignancy = (one.malignancy[0] + other.malignancy[0], one.malignancy[1] + other.malignancy[1])
    size, treated, relapsed = (getattr(one, name) + getattr(other, name) for name in ("size", "treated", "relapsed"))
    together = one.responses + other.responses
    return Arm("total", "All patients", "total", size, together, treated, grades, malignancy, relapsed, ages)


def _subgroups(draw: Draw, whole: Arm) -> tuple[Arm, ...]:
    """Two groups that share out an arm."""
    rng, first = draw.rng, draw.between(2, whole.size - 2)
    treated = int(rng.hypergeometric(whole.treated, whole.size - whole.treated, first))
    chosen = rng.permutation(whole.ages.totals)
    malignant, invasive = whole.malignancy
    ill = int(rng.hypergeometric(malignant, whole.size - malignant, first))
    high = replace(
        whole, id="exp-high", label="Lenalidomide, high risk", role="subgroup", size=first, treated=treated,
        responses=rng.multivariate_hypergeometric(whole.responses, first),
        grades={name: rng.multivariate_hypergeometric(whole.grades[name], treated) for name in ADVERSE},
        malignancy=(ill, int(rng.hypergeometric(invasive, malignant - invasive, ill)) if ill else 0),
        relapsed=int(rng.hypergeometric(whole.relapsed, whole.size - whole.relapsed, first)),
        ages=Sample(chosen[:first], 1, None), curves=None, part_of=whole.id,
    )  # fmt: skip
    return high, _rest(whole, high, chosen[first:])


def _rest(whole: Arm, part: Arm, ages: Counts) -> Arm:
    """Those of an arm who are not in one part of it."""
    return replace(
        part, id="exp-standard", label="Lenalidomide, standard risk", size=whole.size - part.size,
        treated=whole.treated - part.treated, responses=whole.responses - part.responses,
        grades={name: whole.grades[name] - part.grades[name] for name in ADVERSE},
        malignancy=(whole.malignancy[0] - part.malignancy[0], whole.malignancy[1] - part.malignancy[1]),
        relapsed=whole.relapsed - part.relapsed, ages=Sample(ages, 1, None),
    )  # fmt: skip
