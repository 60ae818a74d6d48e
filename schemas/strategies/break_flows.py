"""Breaking sums of events and boxes of flows."""

from __future__ import annotations

from fractions import Fraction

from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.flow_worlds import PLACE, entities, event_outcomes

SIZE = 100


def _counts(events: dict[str, int], arm: str = "exp") -> list[Row]:
    return [
        PLACE | {"arm": arm, "outcome": name, "row": name, "column": arm, "events": str(number), "total": str(SIZE)}
        for name, number in events.items()
    ]


def _told(rows: list[Row]) -> Tables:
    return entities(("exp", "experimental")) | {"outcome": event_outcomes(), "count": rows}


def any_event_beyond_the_sum(draw: Draw) -> Tables:
    """More participants had any event than all events together account for."""
    numbers = {name: draw.between(1, 25) for name in ("rash", "fever", "fatigue")}
    return _told(_counts(numbers | {"any": sum(numbers.values()) + draw.between(1, 20)}))


def grades_beyond_any_grade(draw: Draw) -> Tables:
    """Mild and severe cases together are more than all cases."""
    mild, severe = draw.between(5, 40), draw.between(5, 40)
    return _told(_counts({"mild": mild, "severe": severe, "graded": mild + severe - draw.between(1, 4)}))


def answers_below_everyone(draw: Draw) -> Tables:
    """Answers of which everyone gave at least one add up to fewer than everyone."""
    tablets = draw.between(10, 80)
    return _told(_counts({"tablets": tablets, "infusions": SIZE - tablets - draw.between(1, 10)}))


def everyone_outside_the_arms(draw: Draw) -> Tables:
    """The percentage of everyone is above that of every arm."""
    low = draw.between(10, 40)
    numbers = {"exp": low, "ctl": low + 10, "all": low + 10 + draw.between(3, 20)}
    rows = [
        PLACE
        | {"arm": arm, "outcome": "rash", "row": "rash", "column": arm, "percent": draw.to.percent(Fraction(number))}
        for arm, number in numbers.items()
    ]
    tables = entities(("exp", "experimental"), ("ctl", "control"), ("all", "total"))
    return tables | {"outcome": event_outcomes(), "count": rows}


def _flow(diagram: str, boxes: list[tuple[str, str, int]]) -> Tables:
    key = {"source": "source-1", "diagram": diagram} | (
        {"study": "study-1", "arm": "exp"} if diagram == "consort" else {}
    )
    rows = [key | {"node": node, "n": str(n)} | ({"group": group} if group else {}) for node, group, n in boxes]
    return entities(("exp", "single")) | {"flow": rows}


def reasons_off(draw: Draw) -> Tables:
    """Reasons for exclusion do not add up to the excluded."""
    one, two = draw.between(1, 30), draw.between(1, 30)
    node = "excluded_fulltext"
    return _flow("prisma", [(node, "", one + two + draw.between(1, 9)), (node, "design", one), (node, "outcome", two)])


def more_studies_than_reports(draw: Draw) -> Tables:
    """More studies than reports."""
    reports = draw.between(1, 30)
    return _flow("prisma", [("included", "", reports + draw.between(1, 9)), ("included_reports", "", reports)])


def total_off(draw: Draw) -> Tables:
    """Previous and new studies are not all studies."""
    one, two = draw.between(1, 30), draw.between(1, 30)
    total = one + two + draw.between(1, 9)
    return _flow("prisma", [("previous_studies", "", one), ("included", "", two), ("total_studies", "", total)])


def completed_off(draw: Draw) -> Tables:
    """Completed and not completed are not all who started."""
    one, two = draw.between(1, 90), draw.between(1, 30)
    started = one + two + draw.between(1, 9)
    return _flow("consort", [("started", "", started), ("completed", "", one), ("not_completed", "", two)])
