"""Every customary pooled odds ratio, risk ratio and risk difference of the two-by-two tables of studies.

Tables are events and participants of both groups, one line per pooled result and one place per study; places without a
study are not numbers. Mantel-Haenszel, Peto, and inverse variances with a common effect or the customary between-study
variances, each with the customary corrections of empty cells; studies without any event (or without anybody free of it)
kept or left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from schemas import two_groups as groups
from schemas.fits import ends, reaches
from schemas.intervals import Column
from schemas.random_effects import between, beyond, excess, mean, most_likely, paule_mandel, shrunk
from schemas.scales import Floats
from schemas.two_group_fits import MAKERS, natural
from schemas.two_groups import Effects, Table
from schemas.verdicts import Mask

GRID = np.concatenate([[0.0], np.geomspace(1e-6, 1.0, 32)])
"""Where means are looked at first, as shares of a between-study variance that is large beside all others."""


def corrected(table: Table) -> dict[str, Table]:
    """The tables with the customary corrections of empty cells."""
    a, n1, c, n2 = table
    empty = (a == 0) | (c == 0) | (a == n1) | (c == n2)
    with np.errstate(all="ignore"):
        first = np.where(empty, n1 / (n1 + n2), 0.0)  # adds up to 1, in proportion to the size of the group
    second = np.where(empty, 1 - first, 0.0)
    return {
        "": table,
        "one half added where a cell is empty": groups.with_half(*table),
        "one half added to each cell": groups.with_half(*table, always=True),
        "a correction by group size where a cell is empty": (a + first, n1 + 2 * first, c + second, n2 + 2 * second),
    }


def silent(measure: str, table: Table) -> Mask:
    """Studies that say nothing of a ratio: nobody had the event, or (odds ratio) everybody."""
    a, n1, c, n2 = table
    none, everyone = (a == 0) & (c == 0), (a == n1) & (c == n2)
    return np.asarray(none | everyone if measure != "RR" else none)


def effects(measure: str, table: Table) -> Iterator[tuple[str, Effects, Floats]]:
    """Effects of the studies by every correction, each with the Mantel-Haenszel effect of the same tables."""
    make = MAKERS[measure]
    for name, one in corrected(table).items():
        yield name, make(*one), mantel_haenszel(measure, one)
    plain, (a, n1, c, n2) = mantel_haenszel(measure, table), groups.with_half(*table)
    if measure == "OR":
        yield "Peto", groups.peto_log_odds_ratio(*table), plain
    elif measure == "RR":
        # some software adds one half to the events, and as much to the participants
        yield "one half added to the events", make(a, (n1 + table[1]) / 2, c, (n2 + table[3]) / 2), plain
    else:
        yield "one half added for the variance", Effects(make(*table).y, make(a, n1, c, n2).v), plain


def mantel_haenszel(measure: str, table: Table) -> Floats:
    """The Mantel-Haenszel effect on the scale of analysis."""
    a, n1, c, n2 = table
    everyone = n1 + n2
    with np.errstate(all="ignore"):
        if measure == "OR":
            return np.asarray(np.log(np.nansum(a * (n2 - c) / everyone, -1) / np.nansum((n1 - a) * c / everyone, -1)))
        if measure == "RR":
            return np.asarray(np.log(np.nansum(a * n2 / everyone, -1) / np.nansum(c * n1 / everyone, -1)))
        return np.asarray(
            np.nansum((a * n2 - c * n1) / everyone, -1) / np.nansum(n1 * n2 / everyone, -1), dtype=np.float64
        )


def crude(measure: str, table: Table) -> Floats:
    """The effect of all participants added up as if of one study, on the scale of analysis."""
    a, n1, c, n2 = (np.nansum(each, -1) for each in table)
    return MAKERS[measure](a, n1, c, n2).y


def closed_forms(measure: str, table: Table) -> tuple[dict[str, Floats], Floats, Floats]:
    """Pooled effects that have a closed form, by name; and the effects and weights of the studies by each correction.

    Each is an array of corrections by lines; effects and weights have the studies as their last axis.
    """
    drop = silent(measure, table)[..., None, :] * np.array([[False], [True]])
    made = list(effects(measure, table))
    y = np.stack([one.y for _, one, _ in made])[:, :, None, :]
    v = np.stack([one.v for _, one, _ in made])[:, :, None, :]
    with np.errstate(all="ignore"):
        use = np.isfinite(y) & np.isfinite(v) & (v > 0) & ~drop
        y, w = np.where(use, y, 0.0), np.where(use, 1 / v, 0.0)
    (n_of, lines, ways, k) = w.shape
    y = np.moveaxis(np.broadcast_to(y, w.shape), 2, 1).reshape(n_of * ways, lines, k)
    w = np.moveaxis(w, 2, 1).reshape(n_of * ways, lines, k)
    own = np.repeat(np.stack([theta for *_, theta in made]), ways, axis=0)
    raw = mantel_haenszel(measure, table)[None]
    a, n1, c, n2 = (np.where(silent(measure, table), np.nan, each) for each in table)
    fewer = [mantel_haenszel(measure, one) for one in corrected((a, n1, c, n2)).values()]
    found = {
        "Mantel-Haenszel": np.stack([theta for *_, theta in made] + fewer),
        "inverse variances, common effect": mean(y, w),
    }
    for name, tau2 in between(y, w).items():
        found[f"random effects ({name})"] = mean(y, shrunk(w, tau2))
    for theta in (own, np.broadcast_to(raw, own.shape)):
        q = (w * (y - np.where(np.isfinite(theta), theta, 0.0)[..., None]) ** 2).sum(-1)
        with_mh = mean(y, shrunk(w, excess(q, w)))
        name = "random effects (Mantel-Haenszel and DerSimonian-Laird)"
        found[name] = np.concatenate([found[name], with_mh]) if name in found else with_mh
    return found, y, w


def solved_forms(y: Floats, w: Floats) -> dict[str, Floats]:
    """Random effects whose between-study variance is the solution of an equation, by name."""
    found = {
        "restricted maximum likelihood": most_likely(y, w, restricted=True),
        "Paule-Mandel": paule_mandel(y, w),
        "maximum likelihood": most_likely(y, w, restricted=False),
    }
    return {f"random effects ({name})": mean(y, shrunk(w, tau2)) for name, tau2 in found.items()}


def fits(measure: str, table: Table, estimate: Column) -> dict[str, Mask]:
    """Which customary pooled effects each line's printed estimate can be, by name."""
    closed, y, w = closed_forms(measure, table)
    found = {name: reached(estimate, natural(measure, theta)) for name, theta in closed.items()}
    left = np.flatnonzero(~np.logical_or.reduce(list(found.values())))
    left = left[_within_reach(measure, y[:, left], w[:, left], estimate.take(left))]
    if len(left):
        for name, theta in solved_forms(y[:, left], w[:, left]).items():
            found[name] = np.zeros(len(estimate.known), dtype=bool)
            found[name][left] = reached(estimate.take(left), natural(measure, theta))
    return found


def reached(estimate: Column, values: Floats) -> Mask:
    """Lines whose print one of their values reaches; values by ways and lines."""
    low, high = (np.tile(end, len(values)) for end in ends(estimate))
    tiled = Column(low, high, np.tile(estimate.known, len(values)))
    return np.asarray(reaches(tiled, values.ravel()).reshape(values.shape).any(axis=0))


def _within_reach(measure: str, y: Floats, w: Floats, estimate: Column) -> Mask:
    """Lines whose print may be the mean for some between-study variance: near the means seen on a coarse grid."""
    top = beyond(y, w)
    means = np.stack([mean(y, shrunk(w, share * top)) for share in GRID[::4]] + [mean(y, np.sign(w))])
    with np.errstate(all="ignore"):
        low, high = np.nanmin(np.nan_to_num(means), axis=0), np.nanmax(np.nan_to_num(means), axis=0)
        room = high - low
        near = natural(measure, low - room), natural(measure, high + room)
    return np.asarray(np.logical_or.reduce([reaches(estimate, *pair) for pair in zip(*near, strict=True)]), dtype=bool)
