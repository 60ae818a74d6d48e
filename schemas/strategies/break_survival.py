"""Breaking what one survival curve says of itself, and what a hazard ratio says of two."""

from __future__ import annotations

import numpy as np

from schemas.strategies.break_families import with_entities
from schemas.strategies.draw import Draw, Row, Tables

WHERE = {
    "source": "source-1",
    "study": "study-1",
    "outcome": "os",
    "section": "Table 4",
    "row": "Study 1",
    "column": "os",
}


def _of_one(**cells: str) -> Tables:
    return with_entities({"survival": [WHERE | {"arm": "exp"} | cells]})


def _at(draw: Draw, months: int, at_risk: int, rate: float | None = None) -> Row:
    time = f"{months} months"
    row = {"timepoint": time, "time": time, "at_risk": str(at_risk)}
    return row | ({} if rate is None else {"rate": draw.to.percent(rate)})


def more_at_risk_than_participants(draw: Draw) -> Tables:
    """More participants are at risk than took part."""
    total = draw.between(10, 400)
    return _of_one(total=str(total), **_at(draw, 24, total + draw.between(1, 40)))


def events_off_the_curve(draw: Draw) -> Tables:
    """Far too few events for a curve that has fallen with many still at risk, or more than can have happened."""
    total, rate = draw.between(80, 300), draw.rng.uniform(60, 80)
    at_risk = int(total * rate / 100 * 0.5)
    least, most = at_risk * (100 / rate - 1), total * (1 - rate / 100) + at_risk
    wrong = int(least * 0.6) if draw.maybe(0.5) else int(most * 1.1) + 3
    return _of_one(total=str(total), events=str(wrong), **_at(draw, 24, at_risk, rate))


def too_many_events_for_no_median(draw: Draw) -> Tables:
    """More than half had the event, and the median is not reached."""
    total = draw.between(10, 400)
    events = total // 2 + draw.between(1, max(1, total // 3))
    return _of_one(total=str(total), events=str(events), median=draw.one_of("not reached", "NYR"))


def at_risk_rises(draw: Draw) -> Tables:
    """More participants are at risk later than before."""
    first = draw.between(5, 100)
    rows = [_at(draw, 12, first), _at(draw, 24, first + draw.between(1, 30))]
    return with_entities({"survival": [WHERE | {"arm": "exp"} | row for row in rows]})


def limit_without_a_median(draw: Draw) -> Tables:
    """The median is not reached and its upper limit is."""
    low, high = (draw.to.number(draw.rng.uniform(*ends), 1) for ends in ((5, 15), (30, 60)))
    return _of_one(median="not reached", lower=low, upper=high, time_unit="months")


def limits_lean(draw: Draw) -> Tables:
    """The limits of a rate lie far to one side of it."""
    rate = draw.rng.uniform(50, 60)
    ends = (rate - 3, rate + draw.rng.uniform(28, 35))
    low, high = (draw.to.percent(end) for end in ends)
    return _of_one(time="24 months", timepoint="24 months", rate=draw.to.percent(rate), rate_lower=low, rate_upper=high)


def limits_too_close(draw: Draw) -> Tables:
    """The interval of a rate is half as wide as the binomial one."""
    total, rate = draw.between(20, 60), draw.rng.uniform(40, 60)
    half = 0.5 * 196 * float(np.sqrt(rate / 100 * (1 - rate / 100) / total))
    low, high = (draw.to.percent(rate + end) for end in (-half, half))
    return _of_one(
        total=str(total), time="24 months", timepoint="24 months", rate=draw.to.percent(rate), rate_lower=low, rate_upper=high
    )  # fmt: skip


def _two(draw: Draw, first: Row, second: Row, log_ratio: float, se: float) -> Tables:
    estimate, low, high = (draw.to.number(float(np.exp(log_ratio + z * se)), 2) for z in (0, -1.96, 1.96))
    effect = WHERE | {
        "arm": "exp", "comparator": "ctl", "measure": "HR", "estimate": estimate, "lower": low, "upper": high,
    }  # fmt: skip
    rows = [WHERE | {"arm": arm} | row for arm, row in (("exp", first), ("ctl", second))]
    tables = with_entities({"survival": rows, "effect": [effect]})
    arms: list[Row] = [{"study": "study-1", "arm": "ctl", "label": "Dexamethasone", "role": "control"}]
    return tables | {"arm": [*tables["arm"], *arms]}


def interval_of_too_few_events(draw: Draw) -> Tables:
    """The interval of a hazard ratio is half as wide as its events allow."""
    one, two = draw.between(20, 60), draw.between(20, 60)
    se = 0.5 * float(np.sqrt(1 / one + 1 / two))
    return _two(draw, {"events": str(one)}, {"events": str(two)}, draw.rng.uniform(-0.5, 0.3), se)


def medians_against_hazard_ratio(draw: Draw) -> Tables:
    """A hazard ratio well below 1, and a median that is half as long."""
    median = draw.rng.uniform(10, 20)
    times = [{"median": draw.to.number(each, 1) + " months"} for each in (median, 2 * median)]
    return _two(draw, times[0], times[1], draw.rng.uniform(-0.7, -0.5), 0.15)


def medians_far_from_hazard_ratio(draw: Draw) -> Tables:
    """Medians in another unit: twelve times as long as the hazard ratio suggests."""
    median = draw.rng.uniform(10, 20)
    times = [{"median": draw.to.number(each, 1) + " months"} for each in (12 * median, median)]
    return _two(draw, times[0], times[1], draw.rng.uniform(-0.5, -0.1), 0.15)


def rates_against_hazard_ratio(draw: Draw) -> Tables:
    """Survival rates of the two arms exchanged."""
    low, high = draw.rng.uniform(20, 30), draw.rng.uniform(60, 75)
    common = {"time": "2 years", "timepoint": "2 years", "total": "200"}
    rows = [common | {"rate": draw.to.percent(each)} for each in (low, high)]
    return _two(draw, rows[0], rows[1], draw.rng.uniform(-0.9, -0.6), 0.12)
