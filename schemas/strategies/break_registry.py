"""Breaking what a registry record says of its participants and their events."""

from __future__ import annotations

from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.registry_worlds import RECORD, SERIOUS
from schemas.strategies.source_worlds import trial_entities

_SIZE = 200


def _serious(whole: int, *parts: int) -> Tables:
    key = RECORD | {"arm": "exp", "section": SERIOUS, "total": str(_SIZE)}
    rows: list[Row] = [{"outcome": "any", "row": "Total", "events": str(whole)}]
    rows += [{"outcome": f"term-{n}", "row": f"System: term {n}", "events": str(one)} for n, one in enumerate(parts)]
    tables = trial_entities("exp", "ctl")
    tables["outcome"] += [{"outcome": row["outcome"], "label": row["outcome"]} for row in rows]
    return tables | {"count": [key | row for row in rows]}


def term_beyond_any(draw: Draw) -> Tables:
    """More participants have one event than have any."""
    term = draw.between(2, 90)
    return _serious(term - draw.between(1, term), term, draw.between(0, 50))


def any_beyond_terms(draw: Draw) -> Tables:
    """More participants have any event than all listed events account for."""
    parts = [draw.between(0, 40) for _ in range(3)]
    return _serious(sum(parts) + draw.between(1, 40), *parts)


def _flow(boxes: list[tuple[str, str, str, int]]) -> list[Row]:
    key = {"study": "study-1", "arm": "exp", "diagram": "consort"}
    return [
        key | {"source": source, "node": node, "n": str(n)} | ({"group": group} if group else {})
        for source, node, group, n in boxes
    ]


def more_at_risk_than_started(draw: Draw) -> Tables:
    """More participants are at risk of events than started."""
    return _serious(0, 0) | {"flow": _flow([("registry", "started", "", _SIZE - draw.between(1, 99))])}


def reasons_of_a_period_off(draw: Draw) -> Tables:
    """The reasons for not completing a period are too few or too many."""
    one, two = draw.between(1, 30), draw.between(1, 30)
    whole = one + two + draw.between(1, 9)
    reasons = [("registry", "discontinued", f"Extension: {why}", n) for why, n in (("withdrew", one), ("died", two))]
    return trial_entities("exp") | {"flow": _flow([("registry", "not_completed", "Extension", whole), *reasons])}


def other_number_randomised(draw: Draw) -> Tables:
    """More participants started by the registry than were randomised by the article."""
    randomised = draw.between(10, 300)
    boxes = [("registry", "started", "", randomised + draw.between(1, 50)), ("article", "allocated", "", randomised)]
    return trial_entities("exp", "ctl") | {"flow": _flow(boxes)}


REGISTRY_BREAKERS = {
    "REGISTRY-001": term_beyond_any,
    "REGISTRY-002": any_beyond_terms,
    "REGISTRY-003": more_at_risk_than_started,
    "REGISTRY-004": reasons_of_a_period_off,
    "REGISTRY-005": other_number_randomised,
}
"""Rule id -> how to break it."""
