"""True worlds of a registry record: who started and left in two periods, and the tables of adverse events."""

from __future__ import annotations

from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.source_worlds import trial_entities

RECORD: Row = {"source": "registry", "study": "study-1"}
SERIOUS, OTHER = "Serious adverse events", "Other adverse events"
TERMS = ("pneumonia", "sepsis", "syncope")
REASONS = ("withdrew", "adverse event")


def registry_record(draw: Draw) -> Tables:
    """Two arms of a registry record, period by period, with their events; and an article with the number randomised."""
    tables = trial_entities("exp", "ctl")
    tables["outcome"] += [
        {"outcome": name, "label": name} for name in ("serious", "other", *TERMS, *(f"other-{each}" for each in TERMS))
    ]
    flow: list[Row] = []
    counts: list[Row] = []
    for arm in ("exp", "ctl"):
        size = draw.between(5, 200)
        left = size
        for period in ("Treatment", "Extension"):
            boxes, left = _period(draw, arm, period, left)
            flow += boxes
        flow.append(
            {
                "source": "article",
                "study": "study-1",
                "arm": arm,
                "diagram": "consort",
                "node": "allocated",
                "n": draw.to.count(size),
            }
        )
        counts += [row for section in (SERIOUS, OTHER) for row in _events(draw, arm, section, size)]
    return tables | {"flow": flow, "count": counts, "characteristic": [_threshold(draw)]}


def _threshold(draw: Draw) -> Row:
    """All events are listed, or those of one in twenty only: the table of other events is complete in these worlds."""
    about = {"characteristic": "threshold", "row": "Frequency threshold", "value": "0%" if draw.maybe(0.5) else "5%"}
    return RECORD | {"section": "Adverse events", "label": "other adverse events"} | about


def _period(draw: Draw, arm: str, period: str, started: int) -> tuple[list[Row], int]:
    """The boxes of a period, and how many completed it."""
    stopped = int(draw.rng.binomial(started, 0.2))
    withdrew = int(draw.rng.binomial(stopped, 0.5))
    key = RECORD | {"arm": arm, "diagram": "consort", "section": f"Participant flow, {period}"}
    numbers = {"started": started, "completed": started - stopped, "not_completed": stopped}
    boxes = [key | {"node": node, "group": period, "n": draw.to.count(n)} for node, n in numbers.items()]
    reasons = zip(REASONS, (withdrew, stopped - withdrew), strict=True)
    boxes += [key | {"node": "discontinued", "group": f"{period}: {why}", "n": draw.to.count(n)} for why, n in reasons]
    return boxes, started - stopped


def _events(draw: Draw, arm: str, section: str, size: int) -> list[Row]:
    """The total and the terms of a table of events, with as many events or more."""
    had = draw.rng.random((len(TERMS), size)) < draw.rng.uniform(0, 0.3, (len(TERMS), 1))
    rows = [("serious" if section == SERIOUS else "other", "Total", int(had.any(axis=0).sum()))]
    rows += [(name, f"System: {name}", int(one.sum())) for name, one in zip(TERMS, had, strict=True)]
    key = RECORD | {"arm": arm, "section": section, "total": draw.to.count(size), "total_from": "cell"}
    return [
        key | {"outcome": _named(name, section), "row": row, "events": draw.to.count(n), "episodes": draw.to.count(n + (int(draw.rng.poisson(1)) if n else 0))}
        for name, row, n in rows
    ]  # fmt: skip


def _named(outcome: str, section: str) -> str:
    """Serious and other events of one name are two facts; the table of outcomes keeps them apart."""
    return outcome if outcome not in TERMS or section == SERIOUS else f"other-{outcome}"


REGISTRY_WORLDS = {"registry record": registry_record}
