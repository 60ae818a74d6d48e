"""A whole simulated review: studies, their records, what the review pools, and facts printed in two places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import numpy as np

from schemas.registry import KINDS
from schemas.strategies.draw import Row, Tables, draw_from
from schemas.strategies.effects import Effect
from schemas.strategies.flows import prisma
from schemas.strategies.pooled import pooled_effect, pooled_proportion
from schemas.strategies.printing import Printer, some_printer
from schemas.strategies.trial import ADVERSE, CATEGORIES, THRESHOLDS, Trial, trial
from schemas.strategies.trial_records import Found, Page, effect_records, effects_of, records_of, responses

COLUMNS = (
    ("events", "total", "percent"), ("events", "total", "percent"), ("events", "total"), ("total", "percent"), ("events", "percent"),
)  # fmt: skip
"""What the count tables of a review print."""


def simulate_review(seed: int, studies: int, printer: Printer | None = None) -> Tables:
    """A review in which every printed number is true.

    Args:
        seed: the same seed gives the same review; ids carry it, so that reviews can be stacked.
        studies: studies included, at least 1.
        printer: rounding, decimals and typography; by default drawn from the seed.

    Returns:
        Rows by kind, each row a mapping of field to text as a person would type it.
    """
    draw = draw_from(seed)
    draw = draw if printer is None else replace(draw, to=printer)
    prefix = f"r{seed}-"
    page = Page(f"{prefix}review", prefix, draw, COLUMNS[draw.between(0, len(COLUMNS) - 1)])
    trials = [trial(draw, f"{prefix}study-{number}", number) for number in range(1, studies + 1)]
    tables: Tables = {kind: [] for kind in KINDS}
    for kind, row in [*_entities(page, trials), *_printed(page, trials)]:
        tables[kind].append(row)
    return {kind: rows for kind, rows in tables.items() if rows}


def _printed(page: Page, trials: list[Trial]) -> Found:
    for study in trials:
        yield from records_of(page, study)
    yield from _elsewhere(page, trials[0])
    yield from _selection(page, trials)
    yield from _methods(page, trials)
    yield from _syntheses(page, trials)


def _entities(page: Page, trials: list[Trial]) -> Found:
    yield "source", {"source": page.source, "title": "Simulated review", "type": "systematic_review", "year": "2020"}
    yield (
        "source",
        {
            "source": f"{page.prefix}article",
            "title": "Simulated report",
            "type": "article",
            "year": str(trials[0].year),
        },
    )
    for study in trials:
        made = {"study": study.id, "label": study.label, "design": study.design, "year": str(study.year)}
        yield "study", made | {"included_in": page.source}
        for arm in study.arms:
            cells = {"study": study.id, "arm": arm.id, "label": arm.label, "role": arm.role}
            yield "arm", cells | ({"part_of": arm.part_of} if arm.part_of else {})
    for cells in outcomes():
        yield (
            "outcome",
            cells | {name: page.prefix + cells[name] for name in ("outcome", "family", "contains") if name in cells},
        )


def outcomes() -> Iterable[Row]:
    """The outcomes of a simulated review, with their families."""
    for place, (name, label) in enumerate(CATEGORIES.items(), 1):
        yield {
            "outcome": name,
            "label": label,
            "family": "response",
            "family_kind": "exclusive",
            "rank": str(place),
            "complete": "yes",
        }
    for name, place in THRESHOLDS.items():
        yield {
            "outcome": name,
            "label": f"Threshold {name}",
            "family": "response",
            "family_kind": "cumulative",
            "rank": str(place),
        }
    for name in ADVERSE:
        for ending, rank in (("", "5"), ("-ge3", "2"), ("-g4", "1")):
            yield {
                "outcome": name + ending,
                "label": f"{name}{ending}",
                "family": name,
                "family_kind": "grade",
                "rank": rank,
            }
    for name, rank in (("os", "1"), ("pfs", "2")):
        yield {
            "outcome": name,
            "label": name.upper(),
            "family": "survival",
            "family_kind": "time_to_event",
            "rank": rank,
        }
    yield {"outcome": "spm", "label": "Second primary malignancy", "family_kind": "event", "contains": "spm-invasive"}
    yield {"outcome": "spm-invasive", "label": "Invasive second primary malignancy", "family_kind": "event"}
    yield {"outcome": "relapse", "label": "Relapse", "family_kind": "event"}
    yield {"outcome": "age", "label": "Age", "family_kind": "continuous"}


def _elsewhere(page: Page, study: Trial) -> Found:
    """Facts of the first study printed again: in the abstract with fewer decimals, and in the study's own report."""
    abstract = replace(page, draw=replace(page.draw, to=page.draw.to.coarser()), intervals=False)
    yield from responses(abstract, study, study.arms[0], "Abstract")
    habits = replace(page.draw, to=some_printer(page.draw.rng, (page.draw.to.rounding,)))
    report = Page(f"{page.prefix}article", page.prefix, habits, intervals=False)
    yield from responses(report, study, study.everyone, "Results")


def _selection(page: Page, trials: list[Trial]) -> Found:
    """The flow of studies, how many there are of each design, and how many participants they had."""
    names = {"randomised": "randomised controlled trials", "cohort": "cohort studies"}
    number = {label: sum(study.design == design for study in trials) for design, label in names.items()}
    place = {"source": page.source, "section": "Figure 1"}
    for box in prisma(page.draw, len(trials), {label: size for label, size in number.items() if size}):
        yield "flow", place | box
    everyone = page.draw.to.count(sum(study.everyone.size for study in trials))
    stated: list[Row] = [
        {"characteristic": "studies", "label": label, "value": str(size)} for label, size in number.items()
    ]
    stated += [
        {"characteristic": "studies", "value": str(len(trials))},
        {"characteristic": "participants", "value": everyone},
    ]
    for cells in stated:
        yield "characteristic", {"source": page.source, "section": "Results"} | cells


def _methods(page: Page, trials: list[Trial]) -> Found:
    """The span of years, the instrument for risk of bias, and the doses by kidney function."""
    place, years = {"source": page.source, "section": "Methods"}, [study.year for study in trials]
    yield (
        "characteristic",
        place | {"characteristic": "publication_year", "low": str(min(years)), "high": str(max(years))},
    )
    scale = {"tool": "Newcastle-Ottawa"}
    yield "appraisal", place | scale | {"score_min": "0", "score_max": "9", "applied_to": "cohort"}
    for domain, questions in (("selection", 4), ("comparability", 2), ("outcome", 3)):
        yield "appraisal", place | scale | {"domain": domain, "questions": str(questions)}
    ends = ["", "30", "50", "80", ""]
    for low, high in pairwise(ends):
        band = {"characteristic": "dose_band", "label": "creatinine clearance", "inclusive": "low"}
        yield "characteristic", place | band | {name: end for name, end in (("low", low), ("high", high)) if end}


def _syntheses(page: Page, trials: list[Trial]) -> Found:
    for outcome in ("relapse", "cr", "ge-pr"):
        yield from _pooled_proportions(page, trials, outcome)
    effects = {study.id: effects_of(study) for study in trials}
    for outcome in ("ge-pr", "os", "pfs"):
        chosen = [(study, effects[study.id][outcome]) for study in trials if outcome in effects[study.id]]
        if len(chosen) > 1:
            yield from _pooled_effects(page, outcome, chosen)


def _pooled_proportions(page: Page, trials: list[Trial], outcome: str) -> Found:
    """A pooled proportion of everyone in every study, in the text and with fewer decimals in the abstract."""
    if len(trials) < 2:
        return
    people = [study.everyone for study in trials]
    reached = {
        "relapse": lambda arm: arm.relapsed,
        "cr": lambda arm: arm.responses[0],
        "ge-pr": lambda arm: arm.reaching("ge-pr"),
    }
    events = np.array([reached[outcome](arm) for arm in people], dtype=float)
    totals = np.array([arm.size for arm in people], dtype=float)
    state = page.draw.rng.bit_generator.state
    names = tuple(study.id for study in trials)
    key = {"source": page.source, "outcome": page.prefix + outcome}
    yield "pooled", key | {"section": "Results"} | pooled_proportion(page.draw, events, totals, names)
    page.draw.rng.bit_generator.state = state  # the same analysis, printed by the same author in the abstract
    abstract = replace(page.draw, to=page.draw.to.coarser())
    shown = pooled_proportion(abstract, events, totals, names)
    kept = ("measure", "estimate", "lower", "upper", "level", "i2", "transform", "model", "tau2_estimator")
    yield "pooled", key | {"section": "Abstract"} | {name: shown[name] for name in kept if name in shown}


def _pooled_effects(page: Page, outcome: str, chosen: list[tuple[Trial, Effect]]) -> Found:
    y, v = np.array([one.y for _, one in chosen]), np.array([one.se**2 for _, one in chosen])
    names = tuple(study.id for study, _ in chosen)
    row, whole = pooled_effect(page.draw, chosen[0][1].measure, y, v, names)
    yield "pooled", {"source": page.source, "outcome": page.prefix + outcome, "section": "Figure 2"} | row
    shares = 100 * whole.weights / whole.weights.sum()
    for (study, one), share in zip(chosen, shares, strict=True):
        yield from effect_records(page, study, outcome, one, float(share))
