"""Running the analyses of a clean dataset: each pooled as proposed, or as whoever pools chooses, with what belongs to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from pooling.dataset import Analysis
from pooling.errors import CannotPool
from pooling.models.asymmetry import Egger, egger
from pooling.models.back import BACKS
from pooling.models.batch import Floats
from pooling.models.one import meta, pool
from pooling.models.results import Result
from pooling.models.sensitivity import leave_one_out
from schemas.dataset import ANALYSIS_TABLES
from schemas.measures import MEASURES, METHODS, TESTS

FEWEST_FOR_ASYMMETRY = 10
"""Fewer studies say too little of asymmetry. Cochrane Handbook, section 13.3.5.4."""
FEWEST_FOR_OMISSION = 3
ONLY_FOR = {
    "MH": ("RR", "OR", "RD", "IRR", "IRD"),
    "PETO": ("PETO", "OR"),
    "GLMM": ("PLO",),
}
"""Method -> the measures it pools; other methods pool every measure."""
TESTS_OF = {"MH": ("z",), "PETO": ("z",), "GLMM": ("z", "t")}
"""Method -> its tests, the customary one first; other methods have every test."""


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
        named = ((self.measure, MEASURES, "measure"), (self.method, METHODS, "method"), (self.test, TESTS, "test"))
        for given, known, what in (*named, (self.back, BACKS, "way back")):
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
    way, data = settled(analysis.facts, choice), _numbers(analysis)
    main = _pooled(analysis, way)
    main = replace(main, notes=(*main.notes, *_other_test(analysis.facts, choice, way)))
    beside = {name: _pooled(analysis, way | other) for name, other in _others(way).items()} if main.k > 1 else {}
    omission = leave_one_out(main, data=data) if main.k >= FEWEST_FOR_OMISSION else None
    return Pooled(analysis, main, beside, omission, _asymmetry(main))


def _asymmetry(result: Result) -> Egger | None:
    if result.k < FEWEST_FOR_ASYMMETRY or np.ptp(result.studies.v[result.studies.weight > 0]) == 0:
        return None
    return egger(result.studies.y, result.studies.v)


def settled(facts: Mapping[str, Any], choice: Choice) -> dict[str, Any]:
    """Measure, method, test and level of an analysis: as chosen where it can be, else as proposed.

    Effects as reported keep their measure, since nothing can be computed anew. A test that the method does not have
    is replaced by the method's own.

    >>> proposed = {"table": "single_counts", "measure": "PLO", "method": "REML", "test": "z", "level": 95.0}
    >>> settled(proposed, Choice(measure="RR", method="DL"))["measure"]
    'PLO'
    """
    measure = choice.measure if _can_have(facts, choice.measure) else facts["measure"]
    fits = choice.method and measure in ONLY_FOR.get(choice.method, (measure,))
    method, test = str(choice.method if fits else facts["method"]), choice.test or facts["test"]
    tests = TESTS_OF.get(method, (test,))
    return {
        "measure": measure,
        "method": method,
        "test": test if test in tests else tests[0],
        "level": choice.level or facts["level"],
        "back": choice.back,
    }


def left_as_proposed(analyses: Sequence[Analysis], choice: Choice) -> list[str]:
    """Sentences for a chosen measure or method that some analyses cannot have."""
    ways = [settled(each.facts, choice) for each in analyses]
    found = []
    for what, wanted in (("measure", choice.measure), ("method", choice.method)):
        having = sum(way[what] == wanted for way in ways)
        if wanted and having < len(ways):
            rest = "all are" if having == 0 else "the others are"
            found.append(f"{having} of {len(ways)} analyses can have the {what} {wanted}; {rest} pooled as proposed")
    return found


def _can_have(facts: Mapping[str, Any], measure: str | None) -> bool:
    return facts["table"] != "effects" and measure in ANALYSIS_TABLES[facts["table"]].measures


def _other_test(facts: Mapping[str, Any], choice: Choice, way: Mapping[str, Any]) -> tuple[str, ...]:
    """A note where the test is not the one that was asked for."""
    asked = choice.test or facts["test"]
    if way["test"] == asked:
        return ()
    return (f"The test {asked} is not for the method {way['method']}; {way['test']} was used.",)


def _numbers(analysis: Analysis) -> dict[str, Floats]:
    table = ANALYSIS_TABLES[analysis.facts["table"]]
    return {each.name: analysis.rows[each.name].to_numpy(dtype=np.float64) for each in table.numbers}


def _pooled(analysis: Analysis, way: Mapping[str, Any]) -> Result:
    facts, data, labels = analysis.facts, _numbers(analysis), list(analysis.rows["label"])
    said: dict[str, Any] = {"effect": _effect(facts, way["measure"]), "title": analysis.title}
    how: dict[str, Any] = {name: way[name] for name in ("method", "test", "level", "back")}
    if facts["table"] == "effects":
        return pool(data["yi"], data["vi"], measure=way["measure"], scale=facts["scale"], labels=labels, **said, **how)
    return meta(way["measure"], data, labels=labels, **said, **how)


def _effect(facts: Mapping[str, Any], measure: str) -> str:
    """What the effect is called: as listed, unless these are the words of another measure of the table."""
    labels = {_short(each): each for each in ANALYSIS_TABLES[facts["table"]].measures}
    listed = _short(measure) if measure != facts["measure"] else str(facts["effect"])
    return listed if labels.get(listed, measure) == measure else _short(measure)


def _short(measure: str) -> str:
    return MEASURES[measure].label.split(" (")[0]


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
