"""Every customary estimate and interval of a two-by-two table, held against what is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from schemas import two_group_limits as limits
from schemas import two_groups as groups
from schemas.fits import ends, limit_reaches, reaches
from schemas.intervals import Column
from schemas.proportions import rounded_z, wilson, wilson_corrected, z_of
from schemas.two_groups import Effects, Floats, Table
from schemas.verdicts import Mask

Fits = dict[str, Mask]
MAKERS = {"OR": groups.log_odds_ratio, "RR": groups.log_risk_ratio, "RD": groups.risk_difference}
BOUNDS = {"OR": (0.0, np.inf), "RR": (0.0, np.inf), "RD": (-1.0, 1.0)}
EXACT_UP_TO = 200_000
"""Participants above which the exact conditional methods are not tried; the others agree with them there."""


def natural(measure: str, y: Floats) -> Floats:
    """From the scale of analysis to the scale people read."""
    with np.errstate(over="ignore"):
        return y if measure == "RD" else np.exp(y)


def plain(measure: str, table: Table) -> Floats:
    """The estimate without any correction; 0 and infinity where a cell is empty."""
    a, n1, c, n2 = table
    with np.errstate(all="ignore"):
        return np.asarray(
            {"OR": a * (n2 - c) / ((n1 - a) * c), "RR": a / n1 / (c / n2), "RD": a / n1 - c / n2}[measure]
        )


def estimates(measure: str, table: Table) -> dict[str, Floats]:
    """Every customary estimate, by name."""
    half, always = groups.with_half(*table), groups.with_half(*table, always=True)
    found = {
        "without correction": plain(measure, table),
        "one half added to each cell where one is empty": natural(measure, MAKERS[measure](*half).y),
        "one half added to each cell": natural(measure, MAKERS[measure](*always).y),
    }
    if measure == "OR":
        found["Peto"] = natural(measure, groups.peto_log_odds_ratio(*table).y)
    return found


def estimate_fits(measure: str, table: Table, estimate: Column) -> Fits:
    """Which estimates fit what is printed; the conditional one is tried where no other fits."""
    fits = {name: reaches(estimate, value) for name, value in estimates(measure, table).items()}
    if measure == "OR":
        fits["conditional (Fisher)"] = _on_the_rest(
            fits, table, lambda row: _conditional_estimate(table, estimate, row)
        )
    return fits


def _wald(measure: str, table: Table) -> Iterator[tuple[str, Effects]]:
    """Effects whose interval is symmetric on the scale of analysis."""
    make = MAKERS[measure]
    one = make(*table)
    yield "Wald", one
    yield "Wald, one half added where a cell is empty", make(*groups.with_half(*table))
    yield "Wald, one half added", make(*groups.with_half(*table, always=True))
    chi = groups.chi_square(*table)
    with np.errstate(all="ignore"):
        yield "test-based", Effects(one.y, one.y**2 / chi)
    a, n1, c, n2 = table
    with np.errstate(all="ignore"):
        if measure == "OR":
            yield "Peto", groups.peto_log_odds_ratio(*table)
        elif measure == "RR":
            yield "Poisson model", Effects(one.y, 1 / a + 1 / c)
        else:
            share = (a + c) / (n1 + n2)
            yield "Wald with the pooled variance", Effects(one.y, share * (1 - share) * (1 / n1 + 1 / n2))
            yield "Agresti-Caffo", make(a + 1, n1 + 2, c + 1, n2 + 2)


def closed_intervals(measure: str, table: Table, z: Floats) -> dict[str, tuple[Floats, Floats]]:
    """The intervals that have a closed form, by name, with this normal quantile."""
    found = {
        name: (natural(measure, one.y - z * one.se), natural(measure, one.y + z * one.se))
        for name, one in _wald(measure, table)
    }
    if measure == "RD":
        found |= _differences(table, z)
    return found


def _differences(table: Table, z: Floats) -> dict[str, tuple[Floats, Floats]]:
    a, n1, c, n2 = table
    one = groups.risk_difference(*table)
    half, wider = z * one.se, (1 / n1 + 1 / n2) / 2
    found = {"Wald with continuity correction": (one.y - half - wider, one.y + half + wider)}
    for name, make in (("Newcombe", wilson), ("Newcombe with continuity correction", wilson_corrected)):
        (l1, u1), (l2, u2), p1, p2 = make(a, n1, z), make(c, n2, z), a / n1, c / n2
        low = p1 - p2 - np.sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2)
        found[name] = low, p1 - p2 + np.sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)
    return found


def interval_fits(measure: str, table: Table, level: Floats, lower: Column, upper: Column) -> Fits:
    """Which customary intervals fit the printed limits; those without a closed form are tried where no other fits."""
    fits: Fits = {}
    for ending, z in (("", z_of(level)), (" ", rounded_z(level))):
        for name, (low, high) in closed_intervals(measure, table, z).items():
            with np.errstate(invalid="ignore"):
                fits[name + ending] = limit_reaches(lower, low, low, *BOUNDS[measure]) & limit_reaches(
                    upper, high, high, *BOUNDS[measure]
                )
    left = np.flatnonzero(~np.logical_or.reduce(list(fits.values())))
    for name, mask in _root_fits(measure, _take(table, left), level[left], lower.take(left), upper.take(left)).items():
        fits[name] = np.zeros(len(level), dtype=bool)
        fits[name][left] = mask
    if measure == "OR":
        for name, own in (("exact conditional (Fisher)", 1.0), ("exact conditional, mid-P", 0.5)):
            fits[name] = _on_the_rest(fits, table, lambda row, own=own: _exact(table, row, level, lower, upper, own))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    return fits


def _root_fits(measure: str, table: Table, level: Floats, lower: Column, upper: Column) -> Fits:
    least, greatest = np.minimum(z_of(level), rounded_z(level)), np.maximum(z_of(level), rounded_z(level))
    methods = {
        "score": limits.score(measure, table),
        "score (Miettinen-Nurminen)": limits.score(measure, table, unbiased=True),
        "profile likelihood": limits.likelihood_root(measure, table),
    }
    if measure == "OR":
        methods["score with continuity correction (Cornfield)"] = limits.score(measure, table, continuity=True)
    return {
        name: limits.crosses(method, lower, least, greatest) & limits.crosses(method, upper, -greatest, -least)
        for name, method in methods.items()
    }


def _take(table: Table, rows: np.ndarray) -> Table:
    a, n1, c, n2 = (each[rows] for each in table)
    return a, n1, c, n2


def _on_the_rest(fits: Fits, table: Table, tried: Callable[[int], bool]) -> Mask:
    """Try a costly method on the rows that nothing else explains."""
    found = np.zeros(len(table[0]), dtype=bool)
    for row in np.flatnonzero(~np.logical_or.reduce(list(fits.values()))):
        whole = all(np.isfinite(each[row]) for each in table) and table[1][row] + table[3][row] <= EXACT_UP_TO
        found[row] = whole and tried(int(row))
    return found


def _whole(table: Table, row: int) -> tuple[int, int, int, int]:
    a, n1, c, n2 = (int(each[row]) for each in table)
    return a, n1, c, n2


def _conditional_estimate(table: Table, estimate: Column, row: int) -> bool:
    one = _whole(table, row)
    expected = limits.conditional_mean(one)
    low, high = (float(end[row]) for end in ends(estimate))
    return expected(low) <= one[0] + limits.SLACK and expected(high) >= one[0] - limits.SLACK


def _exact(table: Table, row: int, level: Floats, lower: Column, upper: Column, own: float) -> bool:
    """Lower limit: P(X < a) (plus half of P(X = a)) is 1 - tail; upper limit: P(X <= a) (less that half) is tail."""
    one, tail = _whole(table, row), (1 - level[row] / 100) / 2
    below, above = limits.conditional(one, own=1 - own if own == 1 else own), limits.conditional(one, own=own)
    (l_low, l_high), (u_low, u_high) = (tuple(float(end[row]) for end in ends(each)) for each in (lower, upper))
    no_fewer = one[0] == max(0, one[0] + one[2] - one[3])
    starts = (no_fewer and l_low <= 0) or below(l_high) - limits.SLACK <= 1 - tail <= below(l_low) + limits.SLACK
    return bool(starts and above(u_high) - limits.SLACK <= tail <= above(u_low) + limits.SLACK)
