"""Meta-analysis over intervals: what the printed estimates and intervals of studies leave possible for their pooled result.

Every study is a box: its estimate on the scale of analysis lies between ``low`` and ``high``, its variance between
``least`` and ``most``. Every range returned holds the value of each choice of true numbers inside the boxes:

- a weighted mean is fractional-linear in each weight, so its extremes are found by giving the greater weight to all
  estimates above a threshold, for every threshold (exact for independent boxes);
- Q = min over theta of the sum of w (y - theta)^2: its least value takes the least weights and the nearest y, and at
  every theta no y is farther than the farther end of its box;
- C = sum w - sum w^2 / sum w rises with each weight: its derivative is at least (1 - share)^2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from schemas.intervals import Column
from schemas.ragged import Codes, Ragged
from schemas.scales import Floats, nominal_level, scale_of, scaled
from schemas.verdicts import Mask, Verdicts

SLACK = 1e-9
"""Relative width by which every range is widened, far above the rounding error of doubles."""
LOST = 1e-12
"""Rounding error of a difference of two sums, relative to the sums, and more."""
HALVINGS = 60
Range = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Studies:
    """The studies of each pooled result, one line each, padded with studies of infinite variance (weight 0)."""

    low: Floats
    high: Floats
    least: Floats
    most: Floats
    known: Mask
    """Lines all of whose studies, two or more, have an estimate and a variance."""

    def take(self, rows: NDArray[np.intp]) -> Studies:
        """The studies of these results."""
        return Studies(self.low[rows], self.high[rows], self.least[rows], self.most[rows], self.known[rows])

    def weights(self, tau2: Floats | float = 0.0) -> Range:
        """Least and greatest inverse variance of each study, tau2 added."""
        added = np.broadcast_to(np.asarray(tau2, dtype=np.float64), self.known.shape)[:, None]
        with np.errstate(divide="ignore"):
            return 1 / (self.most + added), 1 / (self.least + added)

    @property
    def k(self) -> Floats:
        """How many studies each line holds."""
        return np.asarray(np.isfinite(self.least).sum(axis=1), dtype=np.float64)


def padded(ends: NDArray[Any], starts: NDArray[np.intp], fill: float) -> Floats:
    """Lists of numbers as the lines of a matrix."""
    lengths = np.diff(starts)
    out = np.full((len(lengths), int(max(lengths.max(initial=0), 1))), fill)
    place = np.arange(out.shape[1])[None, :] < lengths[:, None]
    out[place] = np.asarray(ends[starts[0] : starts[-1]], dtype=np.float64)
    return out


def studies_of(
    measure: Codes,
    estimates: Ragged,
    lowers: Ragged,
    uppers: Ragged,
    levels: Ragged | None = None,
    ses: Ragged | None = None,
) -> Studies:
    """Studies from their printed estimates and intervals: SE = (upper - lower) / (2 z) on the scale of the measure.

    A printed standard error narrows what the interval gives, or takes its place.
    """
    starts = estimates.starts
    rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    at = np.arange(int(starts[0]), int(starts[-1]))
    scale = scale_of(measure).take(rows)
    y, lower, upper = (scaled(each.items.take(at), scale) for each in (estimates, lowers, uppers))
    z = special.ndtri(0.5 + (nominal_level(levels.items.take(at)) if isinstance(levels, Ragged) else 95.0) / 200)
    with np.errstate(invalid="ignore"):
        least, most = (upper.low - lower.high) / (2 * z), (upper.high - lower.low) / (2 * z)
    if isinstance(ses, Ragged):
        least, most = _narrowed(least, most, ses.items.take(at))
    with np.errstate(invalid="ignore"):
        sure = y.known & np.isfinite(y.low) & np.isfinite(y.high) & (least > 0)
    new = starts - starts[0]
    whole = np.logical_and.reduceat(np.append(sure, True), new[:-1]) if len(new) > 1 else np.zeros(0, dtype=bool)

    def fit(ends: Any, other: float) -> Floats:  # noqa: ANN401 - doubles, or the ends of a column
        return padded(np.where(sure, ends, other), new, other)

    return Studies(
        fit(y.low, 0.0), fit(y.high, 0.0), fit(least**2, np.inf), fit(most**2, np.inf), whole & (np.diff(starts) > 1)
    )


def _narrowed(least: Floats, most: Floats, printed: Column) -> Range:
    low, high = (np.asarray(end, dtype=np.float64) for end in (printed.low, printed.high))
    with np.errstate(invalid="ignore"):
        both_low, both_high = np.fmax(least, low), np.fmin(most, high)
        use = printed.known & ~(both_low > both_high)
    return np.where(use, both_low, least), np.where(use, both_high, most)


def widened(low: Floats, high: Floats, known: Mask) -> Column:
    """A range as a column, a hair wider than computed."""
    with np.errstate(invalid="ignore"):
        hair = SLACK * np.maximum(np.nan_to_num(np.abs(low), posinf=0), np.nan_to_num(np.abs(high), posinf=0))
        return Column(low - hair, high + hair, known & ~np.isnan(low) & ~np.isnan(high))


def mean_range(low: Floats, high: Floats, lightest: Floats, heaviest: Floats) -> Range:
    """Least and greatest weighted mean of boxes of values with boxes of weights, line by line."""
    return -_greatest_mean(-low, lightest, heaviest), _greatest_mean(high, lightest, heaviest)


def _greatest_mean(y: Floats, lightest: Floats, heaviest: Floats) -> Floats:
    order = np.argsort(-y, axis=1)
    y, light, heavy = (np.take_along_axis(each, order, axis=1) for each in (y, lightest, heaviest))
    sums = []
    for values in (y, np.ones_like(y)):
        with np.errstate(invalid="ignore"):
            first = np.cumsum(heavy * values, axis=1)
            rest = np.cumsum((light * values)[:, ::-1], axis=1)[:, ::-1] - light * values
        sums.append(first + rest)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(sums[1] > 0, sums[0] / sums[1], -np.inf)
    return np.asarray(means.max(axis=1))


def steps(studies: Studies, low: Floats, high: Floats, number: int = 40) -> Iterator[tuple[Floats, Floats]]:
    """The range of tau2 from low to high (perhaps infinite) in steps that follow the size of the variances."""
    with np.errstate(divide="ignore", invalid="ignore"):
        finite = np.where(np.isfinite(studies.least), np.log(studies.least), 0.0)
        typical = np.exp(finite.sum(axis=1) / np.maximum(studies.k, 1))
        start, end = (each / (each + typical) for each in (low, high))
    end = np.where(np.isposinf(high), 1.0, end)
    cuts = [start + (end - start) * each for each in np.linspace(0, 1, number + 1)]
    with np.errstate(divide="ignore"):
        taus = [typical * cut / (1 - cut) for cut in cuts]
    taus[0], taus[-1] = low, high
    yield from pairwise(taus)


def relative_weights(studies: Studies, low: Floats, high: Floats) -> Range:
    """Least and greatest weight of each study for tau2 from low to high, relative to a study of typical variance.

    (v0 + tau2) / (v + tau2) moves one way in tau2, so the ends of tau2 decide; at infinity all weights are 1.
    """
    inside = np.isfinite(studies.least)
    with np.errstate(divide="ignore", invalid="ignore"):
        typical = np.exp(np.where(inside, np.log(studies.least), 0.0).sum(axis=1) / np.maximum(studies.k, 1))[:, None]
        ends = [
            [
                np.where(np.isposinf(tau2)[:, None], 1.0, (typical + tau2[:, None]) / (variance + tau2[:, None]))
                for tau2 in (low, high)
            ]
            for variance in (studies.most, studies.least)
        ]
    light, heavy = np.minimum(*ends[0]), np.maximum(*ends[1])
    return np.where(inside, light, 0.0), np.where(inside, heavy, 0.0)


def pooled_range(studies: Studies, tau2_low: Floats, tau2_high: Floats) -> Range:
    """Range of the inverse-variance mean, for every tau2 from one end to the other."""
    low, high = np.full(len(tau2_low), np.inf), np.full(len(tau2_low), -np.inf)
    number = 1 if np.array_equal(tau2_low, tau2_high) else 40
    for first, last in steps(studies, tau2_low, tau2_high, number):
        one = mean_range(studies.low, studies.high, *relative_weights(studies, first, last))
        low, high = np.minimum(low, one[0]), np.maximum(high, one[1])
    return low, high


def se_range(studies: Studies, tau2_low: Floats | float = 0.0, tau2_high: Floats | float = 0.0) -> Range:
    """Range of 1 / sqrt(sum of 1 / (v + tau2)), which rises with every variance and with tau2."""
    with np.errstate(divide="ignore"):
        least = 1 / np.sqrt(studies.weights(tau2_low)[1].sum(axis=1))
        most = 1 / np.sqrt(studies.weights(tau2_high)[0].sum(axis=1))
    return least, most


def q_range(studies: Studies, tau2: Floats | float = 0.0) -> Range:
    """Range of Cochran's Q; with tau2, of the generalised Q with weights 1 / (v + tau2)."""
    light, heavy = studies.weights(tau2)
    return spread_range(studies.low, studies.high, light, heavy)


def spread_range(low: Floats, high: Floats, light: Floats, heavy: Floats) -> Range:
    """Range of the least weighted sum of squares about one point."""
    near = _least_sum(low, high, lambda at: light * (at - np.clip(at, low, high)), light)
    middle = (low + high) / 2
    far = _least_sum(low, high, lambda at: heavy * (at - np.where(at > middle, low, high)), heavy)
    return (
        (light * (near - np.clip(near, low, high)) ** 2).sum(axis=1),
        (heavy * np.maximum(np.abs(far - low), np.abs(far - high)) ** 2).sum(axis=1),
    )


def _least_sum(low: Floats, high: Floats, slopes: Callable[[Floats], Floats], weights: Floats) -> Floats:
    """Where a convex sum is least: its slope is halved down to a point."""
    used = weights > 0
    left = np.where(used, low, np.inf).min(axis=1)
    right = np.where(used, high, -np.inf).max(axis=1)
    left, right = (np.where(np.isfinite(each), each, 0.0)[:, None] for each in (left, right))
    for _ in range(HALVINGS):
        middle = (left + right) / 2
        rising = slopes(middle).sum(axis=1, keepdims=True) > 0
        left, right = np.where(rising, left, middle), np.where(rising, middle, right)
    return (left + right) / 2


def scatter_range(studies: Studies, tau2_low: Floats | float = 0.0, tau2_high: Floats | float = 0.0) -> Range:
    """Range of C = sum w - sum w^2 / sum w, which rises with every weight."""
    light, heavy = studies.weights(tau2_high)[0], studies.weights(tau2_low)[1]
    ends = []
    for w, way in ((light, -1.0), (heavy, 1.0)):
        total = w.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            c = total - (w**2).sum(axis=1) / total
        # the difference loses digits where one study outweighs all others
        ends.append(np.maximum(c + way * LOST * total, 0.0))
    return ends[0], ends[1]


def on_scale(column: Column, measure: Codes) -> Column:
    """A pooled number on the scale on which its measure is analysed."""
    return scaled(column, scale_of(measure))


def pooled_se(lower: Column, upper: Column, measure: Codes, level: Column, quantile: Floats | None = None) -> Column:
    """Standard error behind a printed interval: its width over twice the normal (or another) quantile."""
    twice = 2 * (special.ndtri(0.5 + nominal_level(level) / 200) if quantile is None else quantile)
    width = on_scale(upper, measure) - on_scale(lower, measure)
    with np.errstate(invalid="ignore", divide="ignore"):
        low, high = (np.asarray(end, dtype=np.float64) / twice for end in (width.low, width.high))
        known = width.known & np.isfinite(high) & (high > 0) & (twice > 0) & np.isfinite(twice)
    return widened(np.maximum(low, 0.0), high, known)


def student(level: Column, df: Floats) -> Floats:
    """Two-sided quantile of Student's t at a confidence level; infinite without degrees of freedom."""
    tail = 0.5 + nominal_level(level) / 200
    with np.errstate(invalid="ignore"):
        return np.where(df >= 1, special.stdtrit(np.maximum(df, 1.0), tail), np.inf)


def in_words(low: float, high: float, places: int, *, ratio: bool = False) -> str:
    """A range of the scale of analysis as people read it: '0.71', or '0.70 to 0.73'."""
    ends = [f"{np.exp(end) if ratio else end:.{places}f}" for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def parts_add_up(whole: Column, together: Column, complete: Codes) -> Verdicts:
    """The whole is the sum of its parts; where parts may be missing, at least their sum."""
    exactly, at_least = whole.meets(together), whole.at_least(together)
    return Verdicts(np.where(complete.is_("yes"), exactly.codes, at_least.codes))


def other_model(row: Any) -> list[str]:  # noqa: ANN401 - a flagged row of a rule
    """The model, other than the stated one, with which a flagged pooled result would hold, in words."""
    models = {"common": "it fits a common effect", "unknown": "it fits random effects with another tau2"}
    fitting = (words for model, words in models.items() if row.code("model") != model and row.holds(model=model))
    return list(fitting)[:1]
