"""True worlds of survival: one curve printed whole, and two arms with proportional hazards and their hazard ratio."""

from __future__ import annotations

import numpy as np

from schemas.strategies.break_families import with_entities
from schemas.strategies.comparison import at_risk, cox
from schemas.strategies.counts import normal_quantile
from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.effects import effect_row
from schemas.strategies.kaplan_meier import Curve, curve_of
from schemas.strategies.lifetimes import censored, follow, follow_up
from schemas.strategies.survival import median, time_of

WHERE = {"source": "source-1", "study": "study-1", "outcome": "os", "section": "Table 4", "column": "os"}
MONTHS = (6, 12, 24, 36)


def whole_curve(draw: Draw) -> Tables:
    """One arm: the median with its events, and at each landmark the rate, its interval and the number at risk."""
    size = max(5, draw.size)
    curve = curve_of(censored(draw.rng, size))
    level, stated = draw.level()
    key = WHERE | {"arm": "exp", "row": "Study 1", "total": draw.to.count(size)}
    events = {"events": draw.to.count(int(curve.people.event.sum()))}
    rows = [key | median(draw, curve, level) | events | stated]
    reached = [month for month in MONTHS if month < curve.last()]
    rows += [key | time_of(draw, month) | _rate(draw, curve, month, level) | events | stated for month in reached]
    return with_entities({"survival": rows})


def two_arms(draw: Draw) -> Tables:
    """Two arms of one trial with proportional hazards: events, medians, rates at two years, and Cox's hazard ratio."""
    rng, size = draw.rng, min(max(30, draw.size), 400)
    scale, shape, ratio = rng.uniform(8, 60), rng.uniform(0.8, 1.5), np.exp(rng.normal(-0.25, 0.35))
    second = max(20, round(size * float(rng.choice([0.5, 1, 1, 1.5]))))
    scales = (scale * ratio ** (-1 / shape), scale)
    people = [
        follow(one * rng.weibull(shape, n), follow_up(rng, n)) for one, n in zip(scales, (size, second), strict=True)
    ]
    rows: list[Row] = []
    for arm, one in zip(("exp", "ctl"), people, strict=True):
        curve = curve_of(one)
        key = WHERE | {"arm": arm, "row": arm, "total": draw.to.count(len(one.time))}
        rows.append(key | {"events": draw.to.count(int(one.event.sum()))} | median(draw, curve))
        if curve.last() > 24:
            rows.append(key | {"timepoint": "2 years", "time": "2 years", "rate": draw.to.percent(100 * curve.at(24))})
    tables = with_entities({"survival": rows})
    tables["arm"] = [
        {"study": "study-1", "arm": "exp", "label": "Lenalidomide", "role": "experimental"},
        {"study": "study-1", "arm": "ctl", "label": "Dexamethasone", "role": "control"},
    ]
    found = cox(at_risk(*people)) if all(one.event.sum() > 2 for one in people) else None
    if found is None:
        return tables
    cells = WHERE | {"arm": "exp", "comparator": "ctl", "row": "exp"} | effect_row(draw, found)
    return tables | {"effect": [cells]}


def _rate(draw: Draw, curve: Curve, month: int, level: float) -> Row:
    low, high = curve.interval(month, normal_quantile(level), log_log=draw.maybe(0.5))
    return {
        "rate": draw.to.percent(100 * curve.at(month)),
        "rate_lower": draw.to.percent(100 * low),
        "rate_upper": draw.to.percent(100 * high),
        "at_risk": draw.to.count(curve.at_risk(month)),
    }
