"""Small worlds of whole-number scores, true as printed: means with SDs, zeros and ones, scores on a scale with their range."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from schemas.strategies.break_numbers import alone
from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.means import Sample


def whole_number_scores(draw: Draw) -> Tables:
    """A mean and SD of whole-number scores; some are changes, some stand on a scale that is printed."""
    items, change, scale = draw.between(1, 4), draw.maybe(0.2), draw.maybe(0.6)
    low = draw.between(0, 1)
    high = low + draw.between(2, 9)
    answers = low + draw.rng.binomial(high - low, draw.rng.beta(1, 1), size=(few(draw), items))
    totals = answers.sum(axis=1)
    if change:
        totals -= low * items + draw.rng.binomial((high - low) * items, 0.5, size=len(totals))
    row = basic(draw, Sample(totals, items, None)) | ({"moment": "change"} if change else {})
    return alone("mean", row | ({"scale_min": str(low), "scale_max": str(high)} if scale else {}))


def zeros_and_ones(draw: Draw) -> Tables:
    """A proportion printed as the mean of zeros and ones, with its SD."""
    totals = (draw.rng.random(few(draw)) < draw.rng.beta(0.7, 0.7)).astype(np.int64)
    return alone("mean", basic(draw, Sample(totals, 1, None)) | {"scale_min": "0", "scale_max": "1"})


def scores_with_range(draw: Draw) -> Tables:
    """A mean and SD of whole-number scores with the smallest and largest one, and the median."""
    items, high = draw.between(1, 3), draw.between(2, 9)
    totals = draw.rng.binomial(high * items, draw.rng.beta(1, 1), size=few(draw))
    sample = Sample(totals, items, None)
    number = draw.to.number
    row = basic(draw, sample) | {
        "minimum": number(sample.value(totals.min())),
        "maximum": number(sample.value(totals.max())),
        "median": number(sample.quantile(0.5, "linear")),
    }
    return alone("mean", draw.some_of(row, "minimum", "maximum", "median"))


def few(draw: Draw) -> int:
    """A number of participants: a small one, for which steps are large, more often than not."""
    return draw.between(2, 60) if draw.maybe(0.7) else max(2, draw.size)


def basic(draw: Draw, sample: Sample) -> Row:
    """The number of participants with mean and SD."""
    to = replace(draw.to, decimals=min(draw.to.decimals, 2))
    row = {"n": to.count(len(sample.totals)), "mean": to.number(sample.mean()), "sd": to.number(sample.sd())}
    return row | {"whole_numbers": "yes", "items": str(sample.items)}
