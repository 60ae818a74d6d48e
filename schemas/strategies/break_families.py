"""Breaking identities between the outcomes of one family."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.review import outcomes
from schemas.strategies.trial import CATEGORIES, THRESHOLDS

SIZE = 60
WHERE = {"source": "source-1", "study": "study-1", "arm": "exp", "section": "Table 2", "row": "Study 1"}
STATED: list[Row] = [
    {"kind": "source", "source": "source-1", "title": "Simulated report", "type": "article"},
    {"kind": "study", "study": "study-1", "label": "Study 1"},
    {"kind": "arm", "study": "study-1", "arm": "exp", "label": "Lenalidomide"},
]


def with_entities(records: Mapping[str, list[Row]]) -> Tables:
    """Records with the source, the study, the arm and the outcomes that they may be about."""
    tables: Tables = {"outcome": list(outcomes())}
    for row in STATED:
        cells = dict(row)
        tables[cells.pop("kind")] = [cells]
    return tables | {kind: list(rows) for kind, rows in records.items()}


def counts(draw: Draw, events: Mapping[str, int], *, percent: bool | None = None) -> Tables:
    """Counts of several outcomes in one arm of 60, as events or as percentages."""
    as_percent = draw.maybe(0.5) if percent is None else percent
    rows = []
    for name, number in events.items():
        cells = (
            {"percent": draw.to.percent(Fraction(100 * number, SIZE))}
            if as_percent
            else {"events": str(number), "total": str(SIZE)}
        )
        rows.append(WHERE | {"outcome": name, "column": name} | cells)
    return with_entities({"count": rows})


def categories(draw: Draw, everyone: int) -> dict[str, int]:
    """Response categories that add up to a number, each at most 60."""
    shares = draw.rng.multinomial(everyone - 6 * len(CATEGORIES), np.full(len(CATEGORIES), 1 / len(CATEGORIES)))
    return {name: int(share) + 6 for name, share in zip(CATEGORIES, shares, strict=True)}


def categories_beyond_everyone(draw: Draw) -> Tables:
    """The exclusive categories add up to more than the total."""
    return counts(draw, categories(draw, SIZE + draw.between(2, 30)), percent=False)


def percentages_beyond_hundred(draw: Draw) -> Tables:
    """The exclusive percentages add up to well over 100."""
    return counts(draw, categories(draw, SIZE + draw.between(10, 40)), percent=True)


def threshold_below_its_categories(draw: Draw) -> Tables:
    """A threshold is smaller than the best of its categories alone."""
    response = dict(list(categories(draw, SIZE).items())[:3])
    return counts(draw, response | {"ge-pr": max(response.values()) - draw.between(3, 5)})


def thresholds_not_nested(draw: Draw) -> Tables:
    """More participants pass a strict threshold than a lax one."""
    first = draw.between(0, len(THRESHOLDS) - 2)
    strict, lax = list(THRESHOLDS)[first : first + 2]
    number = draw.between(10, 50)
    return counts(draw, {strict: number, lax: number - draw.between(2, 9)})


def grades_not_nested(draw: Draw) -> Tables:
    """More participants have a severe adverse event than have one of any grade."""
    number = draw.between(10, 50)
    return counts(draw, {"neutropenia-ge3": number, "neutropenia": number - draw.between(2, 9)})


def contained_exceeds_container(draw: Draw) -> Tables:
    """More participants have the special case of an outcome than the outcome."""
    number = draw.between(10, 50)
    return counts(draw, {"spm-invasive": number, "spm": number - draw.between(2, 9)})


def survival_rises(draw: Draw) -> Tables:
    """A later landmark rate is above an earlier one."""
    rate = draw.rng.uniform(30, 80)
    rows = [_landmark(draw, "os", 12, rate), _landmark(draw, "os", 24, rate + draw.rng.uniform(3, 15))]
    return with_entities({"survival": rows})


def progression_free_above_overall(draw: Draw) -> Tables:
    """Progression-free survival is above overall survival at the same time."""
    rate = draw.rng.uniform(20, 80)
    rows = [_landmark(draw, "os", 24, rate), _landmark(draw, "pfs", 24, rate + draw.rng.uniform(3, 15))]
    return with_entities({"survival": rows})


def _landmark(draw: Draw, outcome: str, month: int, rate: float) -> Row:
    time = f"{month} months"
    return WHERE | {
        "outcome": outcome,
        "column": outcome,
        "timepoint": time,
        "time": time,
        "rate": draw.to.percent(rate),
    }


def categories_below_everyone(draw: Draw) -> Tables:
    """Categories that cover everyone add up to fewer than everyone."""
    return counts(draw, categories(draw, SIZE - draw.between(3, 15)), percent=False)


def threshold_above_its_categories(draw: Draw) -> Tables:
    """A threshold is larger than the sum of its categories."""
    response = dict(list(categories(draw, SIZE).items())[:3])
    return counts(draw, response | {"ge-pr": sum(response.values()) + draw.between(3, 5)})


def progression_free_median_longer(draw: Draw) -> Tables:
    """The median time to progression or death is longer than the median survival."""
    median = draw.rng.uniform(10, 40)
    times = {"os": median, "pfs": median + draw.rng.uniform(2, 20)}
    rows = [
        WHERE | {"outcome": name, "column": name, "median": draw.to.number(time, 1) + " months"}
        for name, time in times.items()
    ]
    return with_entities({"survival": rows})


def median_across_landmark(draw: Draw) -> Tables:
    """The median comes well before a time at which most are still free of the event."""
    median = WHERE | {"outcome": "os", "column": "os", "median": draw.to.number(draw.rng.uniform(5, 15), 1) + " months"}
    return with_entities({"survival": [median, _landmark(draw, "os", 24, draw.rng.uniform(55, 90))]})


def more_at_risk_than_alive(draw: Draw) -> Tables:
    """More participants are at risk than are free of the event."""
    rate = draw.rng.uniform(20, 80)
    at_risk = int(rate) + draw.between(3, 15)
    return with_entities({"survival": [_landmark(draw, "os", 24, rate) | {"total": "100", "at_risk": str(at_risk)}]})
