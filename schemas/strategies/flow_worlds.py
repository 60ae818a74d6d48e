"""True worlds of sums and flows: events of several kinds in one arm, answers, updated reviews, registry records."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from schemas.strategies.draw import Draw, Row, Tables

EVENTS = ("rash", "fever", "fatigue")
PLACE = {"source": "source-1", "study": "study-1", "section": "Table 3"}


def entities(*arms: tuple[str, str]) -> Tables:
    """A source and a study with these arms (id and role)."""
    return {
        "source": [{"source": "source-1", "title": "Simulated report", "type": "article"}],
        "study": [{"study": "study-1", "label": "Study 1"}],
        "arm": [{"study": "study-1", "arm": arm, "label": arm, "role": role} for arm, role in arms],
    }


def event_outcomes() -> list[Row]:
    """Any event and its kinds, its grades, and two answers of which everyone gives one or both."""
    any_event = {"outcome": "any", "label": "Any adverse event", "contains": " ".join(EVENTS), "complete": "yes"}
    graded = {"outcome": "graded", "label": "Any grade", "contains": "mild severe"}
    grades = [
        {"outcome": name, "label": name, "family": "grades", "family_kind": "exclusive", "rank": rank}
        for name, rank in (("mild", "2"), ("severe", "1"))
    ]
    answers = [
        {"outcome": name, "label": name, "family": "answers", "family_kind": "event", "complete": "yes"}
        for name in ("tablets", "infusions")
    ]
    return [any_event, *({"outcome": name, "label": name} for name in EVENTS), graded, *grades, *answers]


def events_of_arms(draw: Draw) -> Tables:
    """Two arms and everyone: any event and its kinds, grades, answers; events or percentages, and episodes."""
    rng = draw.rng
    sizes = {"exp": draw.between(4, 200), "ctl": draw.between(4, 200)}
    true = {arm: _numbers(rng, size) for arm, size in sizes.items()}
    true["all"] = {name: true["exp"][name] + true["ctl"][name] for name in true["exp"]}
    sizes["all"] = sizes["exp"] + sizes["ctl"]
    as_percent = draw.maybe(0.5)
    rows = []
    for arm, size in sizes.items():
        for name, number in true[arm].items():
            cells = (
                {"percent": draw.to.percent(Fraction(100 * number, size))}
                if as_percent
                else {"events": draw.to.count(number), "total": draw.to.count(size)}
            )
            if name == "any" and not as_percent:
                cells |= {"episodes": draw.to.count(number + (int(rng.poisson(number)) if number else 0))}
            rows.append(PLACE | {"arm": arm, "outcome": name, "row": name, "column": arm} | cells)
    tables = entities(("exp", "experimental"), ("ctl", "control"), ("all", "total"))
    return tables | {"outcome": event_outcomes(), "count": rows}


def _numbers(rng: np.random.Generator, size: int) -> dict[str, int]:
    """How many of so many people had each event."""
    had = rng.random((len(EVENTS), size)) < rng.uniform(0.05, 0.5, (len(EVENTS), 1))
    found = {"any": int(had.any(axis=0).sum())} | {name: int(one.sum()) for name, one in zip(EVENTS, had, strict=True)}
    severe = int(rng.binomial(found["any"], 0.3))
    tablets = rng.random(size) < rng.uniform(0.2, 0.9)
    infusions = ~tablets | (rng.random(size) < 0.3)
    return found | {
        "graded": found["any"], "severe": severe, "mild": found["any"] - severe,
        "tablets": int(tablets.sum()), "infusions": int(infusions.sum()),
    }  # fmt: skip


def updated_review(draw: Draw) -> Tables:
    """The last boxes of an updated review, and the participant flow of a registry record with its reasons."""
    fresh, previous = draw.between(1, 40), draw.between(1, 60)
    extra = draw.between(0, 10), draw.between(0, 20)
    numbers = {
        "included": fresh, "included_reports": fresh + extra[0], "previous_studies": previous,
        "previous_reports": previous + extra[1], "total_studies": previous + fresh,
        "total_reports": previous + fresh + sum(extra),
    }  # fmt: skip
    rows = [_box(draw, "prisma", node, number) for node, number in numbers.items()]
    started = draw.between(10, 400)
    left = int(draw.rng.binomial(started, 0.3))
    lost = int(draw.rng.binomial(left, 0.5))
    of_arm = {"study": "study-1", "arm": "exp"}
    reasons = (("", left), ("adverse event", lost), ("withdrew", left - lost))
    rows += [
        _box(draw, "consort", "started", started) | of_arm,
        _box(draw, "consort", "completed", started - left) | of_arm,
    ]
    rows += [_box(draw, "consort", "not_completed", n) | of_arm | ({"group": why} if why else {}) for why, n in reasons]
    return entities(("exp", "single")) | {"flow": rows}


def _box(draw: Draw, diagram: str, node: str, number: int) -> Row:
    return {"source": "source-1", "diagram": diagram, "node": node, "n": draw.to.count(number)}
