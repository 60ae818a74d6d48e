"""The binomial-normal likelihood of proportions and its maximum, for many analyses at once.

x of n participants have the event with log odds b + s z, z standard normal in each study. Arrays are (analyses,
studies); a study that takes no part has x = n = 0.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from pooling.models.batch import Floats, Mask

NODES = (40, 120, 480)
"""Places at which each integrand is looked at; more of them where the next number of places moves the maximum."""
DEEP = 42.0
"""Where the logarithm of an integrand is this much below its peak, the rest of it counts for nothing."""
STARTS = (0.3, 1.0, 2.5)
"""Standard deviations between studies from which the maximum is sought; the highest maximum counts, 0 among them."""
STEPS = 60
SETTLED = 1e-9
"""A step in log odds that is none."""
NEAR_TOP = 0.01
"""A step in log odds so short that the maximum is taken to be near."""
LARGEST = 50.0
"""A standard deviation between studies, in log odds, beyond which the likelihood is taken to rise for ever."""
LEAST = 1e-7
"""A standard deviation between studies, in log odds, below which it is 0."""


class Fit(NamedTuple):
    """Log odds, their standard deviation between studies, standard error, log-likelihood without its constants."""

    b: Floats
    s: Floats
    se: Floats
    height: Floats
    maximum: Mask
    """Whether there is a maximum."""


# the likelihood


def _peaks(x: Floats, n: Floats, b: Floats, s: Floats) -> tuple[Floats, Floats]:
    """Where each integrand is highest, on the scale of z, and the square root of its curvature there."""
    with np.errstate(divide="ignore", invalid="ignore"):
        end = (special.logit(np.where(n > 0, x / np.where(n > 0, n, 1.0), 0.5)) - b) / s
    end = np.where(n > 0, np.nan_to_num(end, nan=0.0, posinf=np.inf, neginf=-np.inf), 0.0)
    # the slope s (x - n p) - z falls; it changes sign between 0 and where p = x / n, and within s (x - n) .. s x
    low = np.maximum(np.minimum(end, 0.0), s * (x - n))
    high = np.minimum(np.maximum(end, 0.0), s * x)
    z = np.clip(end / (1 + 1 / np.maximum(s**2 * (n + 1) / 4, 1e-300)), low, high)
    z = np.where(np.isfinite(z), z, np.clip(0.0, low, high))
    for turn in range(150):
        p = special.expit(b + s * z)
        slope, curve = s * (x - n * p) - z, s**2 * n * p * (1 - p) + 1
        low, high = np.where(slope > 0, z, low), np.where(slope < 0, z, high)
        step = z + slope / curve
        # Newton's step may run to and fro between the ends of the bracket: now and then the bracket is halved instead
        halve = (step < low) | (step > high) | (turn % 4 == 3)
        new = np.where(halve, (low + high) / 2, step)
        done = np.abs(new - z) <= 1e-10 * (1 + np.abs(z))
        z = new
        if done.all():
            break
    p = special.expit(b + s * z)
    return z, np.sqrt(s**2 * n * p * (1 - p) + 1)


def _places(
    x: Floats, n: Floats, b: Floats, s: Floats, centre: Floats, root: Floats, nodes: int
) -> tuple[Floats, Floats]:
    """Places t, and their distance, of the sum that stands for each integral: z = peak + sinh(t) / root of curvature.

    Sums of evenly spaced values of a smooth function that falls off at both ends converge quickly. In t the integrand
    falls off soon even where it is a step in z (no event, or nothing but events, and a large s).
    """

    def height(t: Floats) -> Floats:
        z = centre + np.sinh(t) / root
        theta = b + s * z
        return np.asarray(x * theta - n * np.logaddexp(0.0, theta) - z**2 / 2)

    lowest = height(np.zeros_like(centre)) - DEEP
    ends = []
    for side in (-1.0, 1.0):
        # the logarithm bends at least as much as that of the normal density, so this is far enough
        near, far = np.zeros_like(centre), np.arcsinh(np.sqrt(2 * DEEP) * root)
        for _ in range(6):
            middle = (near + far) / 2
            within = height(side * middle) > lowest
            near, far = np.where(within, middle, near), np.where(within, far, middle)
        ends.append(side * far)
    width = (ends[1] - ends[0]) / (nodes - 1)
    return ends[0][..., None] + width[..., None] * np.arange(nodes), width


def _likelihood(x: Floats, n: Floats, b: Floats, s: Floats, nodes: int) -> tuple[Floats, Floats, Floats]:
    """Log-likelihood of each line without its constants, its two slopes and its four curvatures in (b, s)."""
    b, s = b[:, None], s[:, None]
    centre, root = _peaks(x, n, b, s)
    t, width = _places(x, n, b, s, centre, root, nodes)
    z = centre[..., None] + np.sinh(t) / root[..., None]
    theta = b[..., None] + s[..., None] * z
    logs = x[..., None] * theta - n[..., None] * np.logaddexp(0.0, theta) - z**2 / 2 + np.log(np.cosh(t))
    top = logs.max(-1, keepdims=True)
    share = np.exp(logs - top)
    total = share.sum(-1)
    share /= total[..., None]
    height = (top[..., 0] + np.log(total) + np.log(width / root) - np.log(2 * np.pi) / 2).sum(-1)
    p = special.expit(theta)
    f, g = x[..., None] - n[..., None] * p, -n[..., None] * p * (1 - p)
    fb, fs = (share * f).sum(-1), (share * f * z).sum(-1)
    # Louis 1982: curvature of the integral = mean curvature + variance of the slope
    db, ds = f - fb[..., None], f * z - fs[..., None]
    bb, bs, ss = (
        (share * (g * z**power + one * two)).sum((-1, -2))
        for power, one, two in ((0, db, db), (1, db, ds), (2, ds, ds))
    )
    slopes = np.stack([fb.sum(-1), fs.sum(-1)], -1)
    return height, slopes, np.stack([np.stack([bb, bs], -1), np.stack([bs, ss], -1)], -2)


# its maximum


def fit(x: Floats, n: Floats, use: Mask) -> Fit:
    """The maxima, climbed again from where they are with more places where these move them."""
    best = _coarse(x, n, use)
    rows = np.flatnonzero(best.maximum & (best.s > 0))
    for nodes in NODES[1:]:
        if not len(rows):
            break
        _, slope, curve = _likelihood(x[rows], n[rows], best.b[rows], best.s[rows], nodes)
        rows = rows[np.abs(_uphill(slope, curve, np.zeros(len(rows)))).max(-1) > SETTLED * (1 + best.s[rows])]
        again = _climb(x[rows], n[rows], best.b[rows], best.s[rows], nodes)
        for kept, new in zip(best, again, strict=True):
            kept[rows] = new
    return best


def _coarse(x: Floats, n: Floats, use: Mask) -> Fit:
    """The highest maximum of each line, the one without variance between studies among them."""
    events, total = x.sum(-1), n.sum(-1)
    fine = (events > 0) & (events < total)
    share = np.where(fine, events / np.maximum(total, 1.0), 0.5)
    b, s = special.logit(share), np.zeros(len(x))
    se = 1 / np.sqrt(np.maximum(total, 1.0) * share * (1 - share))
    height = special.xlogy(events, share) + special.xlogy(total - events, 1 - share)
    several = use.sum(-1) > 1
    # with nothing but "nobody" and "everybody" the likelihood rises for ever, or (one participant each) is flat
    bounded = ~((x == 0) | (x == n)).all(-1)
    rows = np.flatnonzero(fine & several & bounded)
    for start in STARTS if len(rows) else ():
        found = _climb(x[rows], n[rows], special.logit(share[rows]), np.full(len(rows), start), NODES[0])
        better = found.maximum & (found.s > LEAST) & (found.height > height[rows] + 1e-12 * np.abs(height[rows]))
        take = rows[better]
        b[take], s[take], se[take] = found.b[better], found.s[better], found.se[better]
        height[take] = found.height[better]
    return Fit(b, s, se, height, fine & (bounded | ~several))


def _climb(x: Floats, n: Floats, b: Floats, s: Floats, nodes: int) -> Fit:
    """Newton steps uphill from one start, each shortened until it gains; s is kept positive by reflection."""
    at = np.stack([b, s], -1)
    height, slope, curve = _likelihood(x, n, at[:, 0], at[:, 1], nodes)
    going, damping = np.ones(len(b), dtype=bool), np.zeros(len(b))
    for _ in range(STEPS):
        rows = np.flatnonzero(going)
        if not len(rows):
            break
        step = _uphill(slope[rows], curve[rows], damping[rows])
        new = at[rows] + step
        new[:, 1] = np.abs(new[:, 1])
        found = _likelihood(x[rows], n[rows], new[:, 0], new[:, 1], nodes)
        gained = found[0] >= height[rows] - 1e-13 * np.abs(height[rows])
        # near the top heights differ by less than the integrals are exact to: there the slopes decide
        near = (np.abs(step).max(-1) < NEAR_TOP) & (np.abs(found[0] - height[rows]) <= 1e-6)
        gained |= near & (np.abs(found[1]).max(-1) < np.abs(slope[rows]).max(-1))
        damping[rows] = np.where(gained, damping[rows] / 10, np.maximum(damping[rows] * 10, 1e-3))
        damping[rows[gained & (damping[rows] < 1e-6)]] = 0.0
        up = rows[gained]
        at[up], height[up], slope[up], curve[up] = new[gained], found[0][gained], found[1][gained], found[2][gained]
        still = np.abs(step).max(-1) > SETTLED / 10 * (1 + np.abs(at[rows]).max(-1))
        going[rows] = still & (at[rows, 1] < LARGEST) & (damping[rows] < 1e12)
    determinant = curve[:, 0, 0] * curve[:, 1, 1] - curve[:, 0, 1] ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        se = np.sqrt(-curve[:, 1, 1] / determinant)
    good = np.isfinite(se) & (at[:, 1] < LARGEST) & (curve[:, 1, 1] < 0)
    return Fit(at[:, 0], at[:, 1], se, height, good)


def _uphill(slope: Floats, curve: Floats, damping: Floats) -> Floats:
    """Newton's step, with the curvature bent until it points uphill."""
    values, vectors = np.linalg.eigh(-curve)
    size = np.abs(values)
    size = np.maximum(size, 1e-8 * size.max(-1, keepdims=True) + 1e-300) + damping[:, None] * size.max(
        -1, keepdims=True
    )
    along = np.einsum("lji,lj->li", vectors, slope) / size
    step = np.einsum("lij,lj->li", vectors, along)
    longest = np.abs(step).max(-1, keepdims=True)
    return np.asarray(step * np.minimum(1.0, 2.0 / np.maximum(longest, 1e-300)))
