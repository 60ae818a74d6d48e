"""Breaking what holds means, standard deviations, quartiles and ranges together."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np

from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.means import Sample
from schemas.strategies.spread_worlds import ARMS, PLACE, before_and_after, hundredths, pool_of_studies, timed


def _precise(draw: Draw) -> Draw:
    """The case with an author who prints means with two decimals, of twelve to a few hundred participants."""
    return replace(draw, to=replace(draw.to, decimals=1), size=12 + draw.size % 300)


def _sample(draw: Draw) -> Sample:
    return Sample(hundredths(draw, draw.size), 100, None)


def _alone(draw: Draw, sample: Sample, **numbers: Fraction | float) -> Tables:
    row = {"n": draw.to.count(len(sample.totals))} | {name: draw.to.number(each) for name, each in numbers.items()}
    return {"mean": [PLACE | row]}


def _quantile(sample: Sample, share: float) -> Fraction:
    return sample.quantile(share, "linear")


def another_standard_error(draw: Draw) -> Tables:
    """The standard error is off by a third or more."""
    draw = _precise(draw)
    sample = _sample(draw)
    se = sample.sd() / math.sqrt(draw.size) * draw.rng.choice([0.4, 0.6, 1.5, 3])
    return _alone(draw, sample, sd=sample.sd(), se=se)


def interval_of_something_else(draw: Draw) -> Tables:
    """The interval is the mean plus or minus one standard deviation."""
    draw = _precise(draw)
    sample = _sample(draw)
    mean, sd = float(sample.mean()), sample.sd()
    return _alone(draw, sample, mean=mean, sd=sd, lower=mean - sd, upper=mean + sd)


def deviation_beyond_range(draw: Draw) -> Tables:
    """The standard deviation is more than half of the range, or next to nothing."""
    draw = _precise(draw)
    sample = _sample(draw)
    low, high = sample.value(sample.totals.min()), sample.value(sample.totals.max())
    sd = float(high - low) * (0.7 if draw.maybe(0.5) else 0.5 / math.sqrt(2 * draw.size))
    return _alone(draw, sample, sd=sd, minimum=low, maximum=high)


def extreme_too_far(draw: Draw) -> Tables:
    """The largest value is further from the mean than n - 1 standard errors."""
    draw = _precise(draw)
    sample = _sample(draw)
    far = float(sample.mean()) + 1.2 * sample.sd() * math.sqrt(draw.size)
    return _alone(draw, sample, mean=sample.mean(), sd=sample.sd(), maximum=far)


def median_too_far(draw: Draw) -> Tables:
    """The median is more than one standard deviation from the mean."""
    draw = _precise(draw)
    sample = _sample(draw)
    away = draw.rng.choice([-1.3, 1.3, 2])
    return _alone(draw, sample, mean=sample.mean(), sd=sample.sd(), median=float(sample.mean()) + away * sample.sd())


def quartile_too_far(draw: Draw) -> Tables:
    """The upper quartile is more than two standard deviations above the mean."""
    draw = _precise(draw)
    sample = _sample(draw)
    return _alone(draw, sample, mean=sample.mean(), sd=sample.sd(), q3=float(sample.mean()) + 2.4 * sample.sd())


def quartiles_too_wide(draw: Draw) -> Tables:
    """The quartiles are more than four standard deviations apart; no mean is printed."""
    draw = _precise(draw)
    sample = _sample(draw)
    middle, sd = float(_quantile(sample, 0.5)), sample.sd()
    return _alone(draw, sample, sd=sd, median=middle, q1=middle - 2.1 * sd, q3=middle + 2.1 * sd)


def mean_beyond_quartiles(draw: Draw) -> Tables:
    """The mean is close to the largest value."""
    draw = _precise(draw)
    sample = _sample(draw)
    low, high = sample.value(sample.totals.min()), sample.value(sample.totals.max())
    numbers = {"q1": _quantile(sample, 0.25), "median": _quantile(sample, 0.5), "q3": _quantile(sample, 0.75)}
    most = (high + numbers["q3"] + numbers["median"]) / 3
    return _alone(draw, sample, mean=(most + 2 * high) / 3, minimum=low, maximum=high, **numbers)


def deviation_beyond_place(draw: Draw) -> Tables:
    """The mean is near the lower end, but the standard deviation that of a mean in the middle."""
    draw = _precise(draw)
    return _alone(draw, _sample(draw), mean=20 + draw.rng.uniform(0, 1), sd=16, minimum=18, maximum=54)


def _of_arms(draw: Draw, off: dict[str, float]) -> Tables:
    new, old = (hundredths(draw, draw.size, middle) for middle in (58.0, 63.0))
    rows = []
    for arm, values in (("all", np.concatenate([new, old])), ("new", new), ("old", old)):
        sample = Sample(values, 100, None)
        numbers = {"mean": float(sample.mean()), "sd": sample.sd()}
        numbers |= {name: numbers[name] + by for name, by in off.items() if arm == "all"}
        texts: Row = {name: draw.to.number(each) for name, each in numbers.items()}
        rows.append(PLACE | {"arm": arm, "n": draw.to.count(len(values)), "unit": "years"} | texts)
    return {"arm": [dict(each) for each in ARMS], "mean": rows}


def mean_of_everyone_off(draw: Draw) -> Tables:
    """The mean of all is not that of the arms."""
    draw = _precise(draw)
    return _of_arms(draw, {"mean": draw.rng.choice([-1, 1]) * draw.rng.uniform(0.3, 2)})


def deviation_of_everyone_off(draw: Draw) -> Tables:
    """The standard deviation of all is not what the arms make of it."""
    draw = _precise(draw)
    return _of_arms(draw, {"sd": draw.rng.uniform(0.8, 4)})


def change_off(draw: Draw) -> Tables:
    """The mean change is not the difference."""
    draw = _precise(draw)
    tables = before_and_after(draw)
    off = draw.rng.choice([-1, 1]) * draw.rng.uniform(0.5, 1)
    tables["mean"][2]["mean"] = draw.to.number(_value(tables["mean"][1]) - _value(tables["mean"][0]) + off)
    return tables


def deviation_of_change_off(draw: Draw) -> Tables:
    """The change varies more than baseline and follow-up together."""
    draw = _precise(draw)
    before = hundredths(draw, draw.size)
    after = before[::-1] + 300
    rows = [timed(draw, *each) for each in (("baseline", "value", before), ("12 weeks", "value", after), ("12 weeks", "change", after - before))]  # fmt: skip
    total = sum(Sample(each, 100, None).sd() for each in (before, after))
    rows[2]["sd"] = draw.to.number(total * draw.rng.uniform(1.1, 1.5))
    return {"mean": [PLACE | row for row in rows]}


def _value(row: Row) -> float:
    text = row["mean"].replace("·", ".").replace("−", "-").replace(",", "").replace("\u2009", "")
    return float(text)


def _pool_with(draw: Draw, size: int, **spread: float) -> Tables:
    tables = pool_of_studies(draw, 0.1)
    rows = tables["mean"]
    typical = 9.0
    for row, away in zip(rows, np.linspace(-0.2, 0.2, len(rows)), strict=True):
        row.pop("se", None)
        row["sd"] = draw.to.number(typical * math.exp(away), 2)
    suspect = {name: text for name, text in rows[-1].items() if name != "sd"} | {"study": "study-x", "n": str(size)}
    return tables | {"mean": [*rows, suspect | {name: draw.to.number(each, 2) for name, each in spread.items()}]}


def error_as_deviation(draw: Draw) -> Tables:
    """One study of a pool enters its standard error as its standard deviation."""
    draw = _precise(draw)
    size = draw.between(40, 200)
    return _pool_with(draw, size, sd=9.0 / math.sqrt(size))


def deviation_as_error(draw: Draw) -> Tables:
    """One study of a pool enters its standard deviation as its standard error, or multiplies it by the root of n."""
    draw = _precise(draw)
    size = draw.between(40, 200)
    return _pool_with(draw, size, se=9.0) if draw.maybe(0.5) else _pool_with(draw, size, sd=9.0 * math.sqrt(size))


def variance_as_deviation(draw: Draw) -> Tables:
    """One study of a pool enters its variance."""
    return _pool_with(_precise(draw), 30, sd=81.0)


def arms_far_apart(draw: Draw) -> Tables:
    """Two arms differ by five standard deviations."""
    draw = _precise(draw)
    rows = [PLACE | {"arm": arm, "n": draw.to.count(draw.size), "mean": draw.to.number(mean), "sd": draw.to.number(2.0)}
            for arm, mean in (("new", 60.0), ("old", 60.0 + draw.rng.uniform(8, 14)))]  # fmt: skip
    return {"arm": [dict(each) for each in ARMS], "mean": rows}


BREAKERS = {
    "SPREAD-001": another_standard_error, "SPREAD-002": interval_of_something_else, "SPREAD-003": error_as_deviation,
    "SPREAD-004": deviation_as_error, "SPREAD-005": variance_as_deviation, "SPREAD-006": arms_far_apart,
    "MEAN-010": deviation_beyond_range, "MEAN-011": extreme_too_far, "MEAN-012": median_too_far, "MEAN-013": quartile_too_far,
    "MEAN-014": quartiles_too_wide, "MEAN-015": mean_of_everyone_off, "MEAN-016": deviation_of_everyone_off,
    "MEAN-017": change_off, "MEAN-018": deviation_of_change_off, "MEAN-019": mean_beyond_quartiles,
    "MEAN-020": deviation_beyond_place,
}  # fmt: skip
"""Rule id -> how to break it."""
