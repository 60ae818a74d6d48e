"""Every customary pooled proportion of the events of studies: one line per pooled result, one place per study."""

from __future__ import annotations

import numpy as np
from scipy import special

from schemas import one_group
from schemas.fits import point, reaches
from schemas.intervals import Column
from schemas.pooled_counts import reached, solved_forms
from schemas.pooling_arithmetic import padded
from schemas.ragged import Ragged
from schemas.random_effects import between, mean, shrunk
from schemas.scales import Floats, double_arcsine_back
from schemas.two_groups import Effects
from schemas.verdicts import Mask

NAMES = {
    "none": "as it is",
    "log": "logarithm",
    "logit": "logit",
    "arcsine": "arcsine",
    "double_arcsine": "double arcsine",
}

_OF_CELLS = {"none": one_group.proportion, "log": one_group.log_proportion, "logit": one_group.log_odds}
NEAR = 0.02
"""Methods that need solving lie among those of closed form; they are tried this far, and their own range, beyond them."""


def exact_counts(events: Ragged, total: Ragged) -> tuple[Floats, Floats, Mask]:
    """Events and totals, one line per pooled result, and the lines of two or more studies all of whose counts are certain."""
    x, n = (padded(point(each.items), each.starts, np.nan) for each in (events, total))
    there = np.arange(x.shape[1])[None, :] < events.lengths[:, None]
    with np.errstate(invalid="ignore"):
        possible = (x >= 0) & (x <= n) & (n >= 1)
    return x, n, (possible | ~there).all(axis=1) & (events.lengths > 1)


def scaled(transform: str, x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Proportions on the scale of analysis and their variances, by ways of correcting none or all; then by lines."""
    m = n - x
    if transform == "arcsine":
        return _stacked([one_group.arcsine(x, m)])
    if transform == "double_arcsine":
        # customary here without the factor 1/2; the second variance is that of older software and tutorials
        halves = one_group.double_arcsine(x, m)
        return _stacked([Effects(2 * halves.y, 4 * halves.v), Effects(2 * halves.y, 1 / (n + 1))])
    formula = _OF_CELLS[transform]
    made = [formula(x, m), formula(*one_group.halved(x, m)), formula(x + 0.5, m + 0.5)]
    if transform == "none":
        made.append(Effects(made[0].y, made[1].v))
    return _stacked(made)


def _stacked(ways: list[Effects]) -> tuple[Floats, Floats]:
    return np.stack([each.y for each in ways]), np.stack([each.v for each in ways])


def back(transform: str, theta: Floats, n: Floats, w: Floats) -> list[Floats]:
    """From the scale of analysis to proportions, by each custom. ``w``: the weights behind theta."""
    with np.errstate(all="ignore"):
        if transform == "none":
            return [theta]
        if transform == "log":
            return [np.exp(theta)]
        if transform == "logit":
            return [special.expit(theta)]
        if transform == "arcsine":
            return [np.sin(np.clip(theta, 0, np.pi / 2)) ** 2]
        count = np.isfinite(n).sum(-1)
        sizes = [count / np.nansum(1 / n, -1), np.nansum(n, -1) / count, np.exp(np.nansum(np.log(n), -1) / count)]
        found = [np.sin(np.clip(theta / 2, 0, np.pi / 2)) ** 2]
        all_sizes = [*(np.broadcast_to(each, theta.shape) for each in sizes), w.sum(-1)]
        return found + [
            double_arcsine_back(theta.ravel(), np.asarray(size).ravel()).reshape(theta.shape) for size in all_sizes
        ]


def estimates(transform: str, x: Floats, n: Floats, *, closed: bool = False) -> dict[str, Floats]:
    """Pooled proportions by one transform, by method; each by ways and lines. ``closed``: only closed forms."""
    y, v = scaled(transform, x, n)
    with np.errstate(all="ignore"):
        use = np.isfinite(y) & np.isfinite(v) & (v > 0)
        y, w = np.where(use, y, 0.0), np.where(use, 1 / v, 0.0)
    weights = {"common effect": w}
    weights |= {f"random effects ({name})": shrunk(w, tau2) for name, tau2 in between(y, w).items()}
    found = {name: np.concatenate(back(transform, mean(y, each), n, each)) for name, each in weights.items()}
    for name, theta in ({} if closed else solved_forms(y, w)).items():
        found[name] = np.concatenate(back(transform, theta, n, w))
    return found


def fits(x: Floats, n: Floats, estimate: Column) -> dict[str, Mask]:
    """Which customary pooled proportions each line's printed estimate can be, by name."""
    with np.errstate(all="ignore"):
        found = {"all participants added up": reached(estimate, (np.nansum(x, -1) / np.nansum(n, -1))[None])}
    for transform, words in NAMES.items():
        made = estimates(transform, x, n, closed=True)
        found |= {f"{words}, {name}": reached(estimate, values) for name, values in made.items()}
        values = np.nan_to_num(np.concatenate([*made.values()]), nan=0.5)
        low, high = values.min(axis=0), values.max(axis=0)
        room = high - low + NEAR
        near = reaches(estimate, low - room, high + room) & ~np.logical_or.reduce(list(found.values()))
        rows = np.flatnonzero(near)
        if len(rows):
            for name, solved in estimates(transform, x[rows], n[rows]).items():
                key = f"{words}, {name}"
                found.setdefault(key, np.zeros(len(x), dtype=bool))[rows] = reached(estimate.take(rows), solved)
    return found
