"""Weighted means and the variance between studies (tau2), for many meta-analyses at once.

Effects ``y`` and weights ``w`` (inverse variances; 0 where there is no study) have the studies as their last axis;
results have the axes before it. Estimators of closed form are computed at once; those that solve an equation by
Newton's method inside a bracket, each line until it stands still.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from schemas.scales import Floats

Step = Callable[[Floats, NDArray[np.int64]], tuple[NDArray[np.bool_], Floats]]
"""At values of tau2, for lines: whether the root lies above, and Newton's next value."""

STILL = 1e-11
"""Newton's method doubles the correct digits at each step: a step this small, relative to tau2, is the last one."""
MOST_STEPS = 120
CALM_STEPS = 12
"""After this many steps of Newton every other one halves the bracket."""
FINEST = 0.05
"""The likelihood is looked at between 0, this share of the least variance, and its doubles."""


def mean(y: Floats, w: Floats) -> Floats:
    """Weighted means; not a number where there is no study."""
    with np.errstate(all="ignore"):
        return np.asarray((w * y).sum(-1) / w.sum(-1))


def shrunk(w: Floats, tau2: Floats) -> Floats:
    """Weights 1 / (v + tau2)."""
    return w / (1 + w * tau2[..., None])


def df_of(w: Floats) -> Floats:
    """Studies with a weight, less one."""
    return np.asarray((w > 0).sum(-1) - 1.0)


def generalised_q(y: Floats, w: Floats, tau2: Floats) -> Floats:
    """Cochran's Q with weights 1 / (v + tau2)."""
    star = shrunk(w, tau2)
    return np.asarray((star * (y - np.nan_to_num(mean(y, star))[..., None]) ** 2).sum(-1))


def information(w: Floats) -> Floats:
    """Sum of weights less the share of their squares: what Q rises by for each unit of tau2."""
    total = w.sum(-1)
    with np.errstate(all="ignore"):
        return np.asarray(total - (w**2).sum(-1) / total)


def excess(q: Floats, w: Floats) -> Floats:
    """DerSimonian and Laird's max(0, (Q - df) / C). Doi:10.1016/0197-2456(86)90046-2."""
    with np.errstate(all="ignore"):
        return _not_negative((q - df_of(w)) / information(w))


def hedges(y: Floats, w: Floats) -> Floats:
    """Variance of the effects less the mean of their sampling variances (Hedges; Hedges and Olkin 1985)."""
    with np.errstate(all="ignore"):
        typical = np.where(w > 0, 1 / np.where(w > 0, w, 1.0), 0.0).sum(-1) / (df_of(w) + 1)
        return _not_negative(_squares(y, w) / df_of(w) - typical)


def hunter_schmidt(y: Floats, w: Floats) -> Floats:
    """(Q - k) / sum of weights (Hunter and Schmidt, in the form of Viechtbauer 2005, doi:10.3102/10769986030003261)."""
    with np.errstate(all="ignore"):
        q = generalised_q(y, w, np.zeros(w.shape[:-1]))
        return _not_negative((q - df_of(w) - 1) / w.sum(-1))


def sidik_jonkman(y: Floats, w: Floats) -> Floats:
    """Sidik and Jonkman's two steps from the variance of the effects. Doi:10.1111/j.1467-9876.2005.00489.x."""
    with np.errstate(all="ignore"):
        first = _not_negative(_squares(y, w) / (df_of(w) + 1))
        return _not_negative(first * generalised_q(y, w, first) / df_of(w))


def _squares(y: Floats, w: Floats) -> Floats:
    """Sum of squared distances from the plain mean."""
    used = w > 0
    with np.errstate(all="ignore"):
        middle = np.nan_to_num((used * y).sum(-1) / used.sum(-1))
        return np.asarray((used * (y - middle[..., None]) ** 2).sum(-1))


def _not_negative(tau2: Floats) -> Floats:
    return np.asarray(np.maximum(np.nan_to_num(tau2, posinf=0.0, neginf=0.0), 0.0))


def between(y: Floats, w: Floats) -> dict[str, Floats]:
    """Estimators of the between-study variance that have a closed form, by name."""
    q = generalised_q(y, w, np.zeros(w.shape[:-1]))
    return {
        "DerSimonian-Laird": excess(q, w),
        "Hedges": hedges(y, w),
        "Hunter-Schmidt": hunter_schmidt(y, w),
        "Sidik-Jonkman": sidik_jonkman(y, w),
    }


def beyond(y: Floats, w: Floats) -> Floats:
    """A between-study variance that is large beside all others: the greatest variance, or 4 (max y - min y)^2."""
    used = w > 0
    with np.errstate(all="ignore"):
        widest = np.where(used, 1 / np.where(used, w, 1.0), 0.0).max(-1)
        least, most = np.where(used, y, np.inf).min(-1), np.where(used, y, -np.inf).max(-1)
        return np.asarray(np.maximum(widest, np.where(used.any(-1), 4 * (most - least) ** 2, 0.0)))


# estimators that solve an equation; inside, studies are the first axis and lines the last, which is quicker


def paule_mandel(y: Floats, w: Floats) -> Floats:
    """Where the generalised Q is its degrees of freedom; 0 if it never is. Doi:10.6028/jres.087.022."""
    return where_q_is(df_of(w), y, w)


def where_q_is(target: Floats, y: Floats, w: Floats) -> Floats:
    """The tau2 at which the generalised Q is ``target``; 0 where it is no more than that already at tau2 = 0.

    1 / Q is nearly a straight line in tau2, so Newton's method is used on it.
    """
    lines, weights = _studies_first(y, w)
    aims = np.broadcast_to(target, w.shape[:-1]).ravel()
    found = np.zeros(len(aims))
    with np.errstate(all="ignore"):
        q, _ = _q_and_fall(lines, weights, found)
        rows = np.flatnonzero((q > aims) & (aims > 0))
        # with all weights equal to 1 / tau2, which is more than any of them, Q is above the true one
        most = (lines[:, rows] ** 2 * (weights[:, rows] > 0)).sum(0) / aims[rows]

        def step(tau2: Floats, at: NDArray[np.int64]) -> tuple[NDArray[np.bool_], Floats]:
            here = rows[at]
            q, fall = _q_and_fall(_taken(lines, here), _taken(weights, here), tau2)
            return q > aims[here], tau2 + q * (q - aims[here]) / (aims[here] * fall)

        found[rows] = _roots(step, np.zeros(len(rows)), most)
    return found.reshape(w.shape[:-1])


def most_likely(y: Floats, w: Floats, *, restricted: bool) -> Floats:
    """The between-study variance at which the (restricted) likelihood is greatest.

    All its maxima are found first: where its slope turns from positive to negative between 0, a small share of the
    least variance, and doubles of that up to 4 (max y - min y)^2, beyond which it only falls. The highest is taken.
    """
    lines, weights = _studies_first(y, w)
    found = np.zeros(lines.shape[1])
    with np.errstate(all="ignore"):
        rows, low, high = _peaks(lines, weights, restricted=restricted)
        climb = np.flatnonzero(high > 0)
        y_of, w_of = lines[:, rows[climb]], weights[:, rows[climb]]

        def step(tau2: Floats, at: NDArray[np.int64]) -> tuple[NDArray[np.bool_], Floats]:
            slope, bend = _slope(_taken(y_of, at), _taken(w_of, at), tau2, restricted=restricted, bend=True)
            return slope > 0, tau2 - slope / bend

        tau2 = np.zeros(len(rows))
        tau2[climb] = _roots(step, low[climb], high[climb])
        rows, tau2 = _highest(lines, weights, rows, tau2, restricted=restricted)
    found[rows] = tau2
    return found.reshape(w.shape[:-1])


def _studies_first(y: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Distances from the common-effect mean, and weights; the studies as the first axis of two."""
    y, w = np.broadcast_arrays(y, w)
    centred = np.where(w > 0, y - np.nan_to_num(mean(y, w))[..., None], 0.0)
    shape = (int(np.prod(w.shape[:-1])), w.shape[-1])
    return np.ascontiguousarray(centred.reshape(shape).T), np.ascontiguousarray(w.reshape(shape).T)


def _taken(array: Floats, rows: NDArray[np.int64]) -> Floats:
    """The lines ``rows``, each at most once and in order; all of them without a copy."""
    return array if len(rows) == array.shape[1] else array[:, rows]


def _q_and_fall(y: Floats, w: Floats, tau2: Floats) -> tuple[Floats, Floats]:
    """The generalised Q, and by how much it falls for each unit of tau2."""
    star = w / (1 + w * tau2)
    residual = y - (star * y).sum(0) / star.sum(0)
    pulled = star * residual
    return (pulled * residual).sum(0), (pulled * pulled).sum(0)


def _slope(y: Floats, w: Floats, tau2: Floats, *, restricted: bool, bend: bool) -> tuple[Floats, Floats]:
    """Twice the slope of the log-likelihood in tau2, and (if asked for) the slope of that."""
    star = w / (1 + w * tau2)
    total = star.sum(0)
    pulled = star * (y - (star * y).sum(0) / total)
    squares = pulled * pulled
    slope = squares.sum(0) - total
    second = (star * star).sum(0) if restricted or bend else total
    if restricted:
        slope += second / total
    if not bend:
        return slope, slope
    turn = second - 2 * (star * squares).sum(0) + 2 * (star * pulled).sum(0) ** 2 / total
    if restricted:
        turn += (second / total) ** 2 - 2 * (star * star * star).sum(0) / total
    return slope, turn


def _peaks(y: Floats, w: Floats, *, restricted: bool) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Lines with the brackets of the maxima of their likelihood; a maximum at 0 has the bracket 0, 0."""
    top = (
        4 * (y.max(0, initial=0.0) - y.min(0, initial=0.0)) ** 2
    )  # the mean lies between; absent studies stand at the mean
    least = FINEST / w.max(0, initial=0.0)
    rows = np.flatnonzero(((w > 0).sum(0) > 1) & (top > 0) & np.isfinite(top))
    high, sign = top[rows], np.zeros(len(rows), dtype=bool)
    found: list[tuple[NDArray[np.int64], Floats, Floats]] = []
    while len(rows):
        low = np.where(high > least[rows], high / 2, 0.0)
        rising = _slope(_taken(y, rows), _taken(w, rows), low, restricted=restricted, bend=False)[0] > 0
        turns = rising & ~sign
        found.append((rows[turns], low[turns], high[turns]))
        last = low == 0
        down = last & ~rising
        found.append((rows[down], low[down], low[down]))
        if last.any():
            rows, low, rising = rows[~last], low[~last], rising[~last]
        high, sign = low, rising
    empty: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
    each = list(zip(*found, strict=True)) or [(empty,), (np.zeros(0),), (np.zeros(0),)]
    return np.concatenate(each[0]), np.concatenate(each[1]), np.concatenate(each[2])


def _highest(
    y: Floats, w: Floats, rows: NDArray[np.int64], tau2: Floats, *, restricted: bool
) -> tuple[NDArray[np.int64], Floats]:
    """Of several maxima of one line the highest."""
    y, w = y[:, rows], w[:, rows]
    star = w / (1 + w * tau2)
    total = star.sum(0)
    residual = y - (star * y).sum(0) / total
    height = np.log(np.where(star > 0, star, 1.0)).sum(0) - (star * residual**2).sum(0)
    if restricted:
        height -= np.log(total)
    order = np.lexsort((height, rows))
    last = np.append(rows[order][1:] != rows[order][:-1], np.ones(min(len(rows), 1), dtype=bool))
    return rows[order][last], tau2[order][last]


def _roots(step: Step, low: Floats, high: Floats) -> Floats:
    """The root in each bracket by Newton's method, halving where a step leaves the bracket."""
    found = (low + high) / 2
    rows = np.arange(len(found))
    at = low.copy()
    for turn in range(MOST_STEPS):
        if not len(rows):
            break
        above, proposed = step(at, rows)
        low, high = np.where(above, at, low), np.where(above, high, at)
        done = np.abs(proposed - at) <= STILL * at
        inside = (proposed > low) & (proposed < high)
        if turn >= CALM_STEPS and turn % 2:
            inside[:] = False
        at = np.where(done, np.clip(proposed, low, high), np.where(inside, proposed, (low + high) / 2))
        found[rows] = at
        if done.any():
            rows, at, low, high = rows[~done], at[~done], low[~done], high[~done]
    return found
