"""Running the analyses of a clean dataset: each pooled as proposed, or as whoever pools chooses, with what belongs to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from pooling.dataset import Analysis
from pooling.errors import CannotPool
from pooling.models.asymmetry import Egger, egger
from pooling.models.batch import Floats
from pooling.models.one import meta, pool
from pooling.models.results import Result
from pooling.models.sensitivity import leave_one_out
from schemas.dataset import ANALYSIS_TABLES
from schemas.measures import MEASURES, METHODS

FEWEST_FOR_ASYMMETRY = 10
"""Fewer studies say too little of asymmetry. Cochrane Handbook, section 13.3.5.4."""
FEWEST_FOR_OMISSION = 3
SHOWN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "single_counts": {"Events": ("xi",), "Total": ("ni",)},
    "two_group_counts": {"Events/total, 1": ("ai", "n1i"), "Events/total, 2": ("ci", "n2i")},
    "single_rates": {"Events": ("xi",), "Time": ("ti",)},
    "two_group_rates": {"Events/time, 1": ("x1i", "t1i"), "Events/time, 2": ("x2i", "t2i")},
    "single_means": {"Mean": ("mi",), "SD": ("sdi",), "n": ("ni",)},
    "two_group_means": {"Mean (SD), n, 1": ("m1i", "sd1i", "n1i"), "Mean (SD), n, 2": ("m2i", "sd2i", "n2i")},
    "correlations": {"n": ("ni",)},
    "effects": {},
}
"""Analysis table -> what a forest plot prints beside each study: heading -> columns."""
ONLY_FOR = {
    "MH": ("RR", "OR", "RD", "IRR", "IRD"),
    "PETO": ("PETO", "OR"),
    "GLMM": ("PLO",),
}
"""Method -> the measures it pools; other methods pool every measure."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How to pool instead of as proposed; None keeps the proposal. A measure applies to analyses that can have it."""

    measure: str | None = None
    method: str | None = None
    test: str | None = None
    level: float | None = None
    back: str = "harmonic"

    def __post_init__(self) -> None:
        """Raises CannotPool for names that are none."""
        for given, known, what in ((self.measure, MEASURES, "measure"), (self.method, METHODS, "method")):
            if given is not None and given not in known:
                raise CannotPool(f"there is no {what} {given!r}; choose one of {', '.join(known)}")
        if self.level is not None and not 0 < self.level < 100:
            raise CannotPool(f"the confidence level is {self.level:g}; give a number of percent between 0 and 100")


@dataclass(frozen=True, slots=True)
class Pooled:
    """One analysis, pooled: the main result, the other customary ones beside it, and what each study does to it."""

    analysis: Analysis
    result: Result
    beside: Mapping[str, Result]
    """Other models by name: common effect, the main estimator with Hartung and Knapp's interval, DerSimonian-Laird."""
    omission: pd.DataFrame | None
    """Leave-one-out; None with fewer than three studies."""
    asymmetry: Egger | None
    """Egger's test; None with fewer than ten studies."""


@dataclass(frozen=True, slots=True)
class NotPooled:
    """An analysis that cannot be pooled, and why."""

    analysis: Analysis
    why: str


def run_all(
    analyses: tuple[Analysis, ...], choice: Choice, progress: Callable[[str, int, int], None] | None = None
) -> Iterator[Pooled | NotPooled]:
    """Pool every analysis; one that cannot be pooled is reported and the rest goes on."""
    for done, each in enumerate(analyses):
        if progress:
            progress(each.id, done, len(analyses))
        try:
            yield run(each, choice)
        except CannotPool as error:
            yield NotPooled(each, str(error))


def run(analysis: Analysis, choice: Choice = Choice()) -> Pooled:
    """Pool one analysis.

    Raises:
        CannotPool: the numbers do not allow it; the message says why.
    """
    way = settled(analysis.facts, choice)
    main, data = _pooled(analysis, way), _numbers(analysis)
    beside = {name: _pooled(analysis, way | other) for name, other in _others(way).items()} if main.k > 1 else {}
    omission = leave_one_out(main, data=data) if main.k >= FEWEST_FOR_OMISSION else None
    return Pooled(analysis, main, beside, omission, _asymmetry(main))


def _asymmetry(result: Result) -> Egger | None:
    if result.k < FEWEST_FOR_ASYMMETRY or np.ptp(result.studies.v[result.studies.weight > 0]) == 0:
        return None
    return egger(result.studies.y, result.studies.v)


def settled(facts: Mapping[str, Any], choice: Choice) -> dict[str, Any]:
    """Measure, method, test and level of an analysis: as chosen where it can be, else as proposed.

    >>> proposed = {"table": "single_counts", "measure": "PLO", "method": "REML", "test": "z", "level": 95.0}
    >>> settled(proposed, Choice(measure="RR", method="DL"))["measure"]
    'PLO'
    """
    measure = choice.measure if choice.measure in ANALYSIS_TABLES[facts["table"]].measures else facts["measure"]
    fits = choice.method and measure in ONLY_FOR.get(choice.method, (measure,))
    return {
        "measure": measure,
        "method": choice.method if fits else facts["method"],
        "test": choice.test or facts["test"],
        "level": choice.level or facts["level"],
        "back": choice.back,
    }


def _numbers(analysis: Analysis) -> dict[str, Floats]:
    table = ANALYSIS_TABLES[analysis.facts["table"]]
    return {each.name: analysis.rows[each.name].to_numpy(dtype=np.float64) for each in table.numbers}


def _pooled(analysis: Analysis, way: Mapping[str, Any]) -> Result:
    facts, data, labels = analysis.facts, _numbers(analysis), list(analysis.rows["label"])
    proposed = way["measure"] == facts["measure"]
    said: dict[str, Any] = {
        "effect": facts["effect"] if proposed else MEASURES[way["measure"]].label,
        "title": analysis.title,
    }
    how: dict[str, Any] = {name: way[name] for name in ("method", "test", "level", "back")}
    if facts["table"] == "effects":
        made = pool(data["yi"], data["vi"], measure=way["measure"], scale=facts["scale"], labels=labels, **said, **how)
    else:
        made = meta(way["measure"], data, labels=labels, **said, **how)
    shown = {heading: _cells(analysis.rows, names) for heading, names in SHOWN[facts["table"]].items()}
    return replace(made, studies=replace(made.studies, shown=shown))


def _cells(rows: pd.DataFrame, names: tuple[str, ...]) -> tuple[str, ...]:
    """1 number: as it is; 2: a/b; 3: mean (SD), n."""
    form = {1: "{}", 2: "{}/{}", 3: "{} ({}), {}"}[len(names)]
    return tuple(form.format(*(f"{each:g}" for each in row)) for row in rows[list(names)].itertuples(index=False))


def _others(way: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The customary other models beside the main one, by name."""
    wanted = {
        "common effect": {"method": "CE", "test": "z"},
        "random effects (REML)": {"method": "REML", "test": "z"},
        "random effects (DerSimonian-Laird)": {"method": "DL", "test": "z"},
        "random effects (REML), Hartung-Knapp": {"method": "REML", "test": "knha"},
    }
    return {
        name: each for name, each in wanted.items() if (each["method"], each["test"]) != (way["method"], way["test"])
    }
