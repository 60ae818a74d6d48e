"""Which assignments of counts to the cells of Table 1 give a printed row: all of them are tried, many at once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from repooling.arithmetic import Floats, Mask, Pooled, Way, pooled
from repooling.records import STATISTICS, Cell, Row

AT_ONCE = 1 << 16
DUST = 1e-9
TOTALS = range(5, 61)
"""Other totals tried: from the review's own lower bound of participants to beyond its largest study."""
LEVELS = {
    "read": "readings as printed, all studies with a number",
    "subset": "readings as printed, any of the studies",
    "free": "any count in unclear cells, all studies with a number",
    "free subset": "any count in unclear cells, any of the studies",
    "totals": "readings as printed, other totals (5 to 60) of one or two studies",
}
Options = list[tuple[Floats, Floats]]
"""Per study: the events and totals it may have; events -1 for a study left out."""


@dataclass(frozen=True)
class Example:
    """One assignment: per study events and total, or None if left out; its results and what of the print it gives."""

    cells: tuple[tuple[int, int] | None, ...]
    way: Way
    by_rule: bool
    values: dict[str, float]
    fits: tuple[str, ...]
    away: float

    @property
    def rank(self) -> tuple[int, bool, float]:
        """More statistics first, then the model that the methods ask for, then nearer to the print."""
        return (len(self.fits), self.by_rule, -self.away)


@dataclass
class Tally:
    """What came of one level: assignments tried, and how many give the estimate, the interval too, and everything."""

    level: str
    tried: int = 0
    estimate: int = 0
    interval: int = 0
    whole: int = 0
    whole_by_rule: int = 0
    best: Example | None = None
    closing: list[Example] = field(default_factory=list)
    """Up to 50 assignments that give everything."""


def products(row: Row, level: str) -> Iterator[Options]:
    """The assignments of a level, as products of what each study may have."""
    free, subsets = level.startswith("free"), level.endswith("subset")
    each: Options = []
    for cell in row.cells:
        readings = range(cell.total + 1) if free and cell.free and not row.survival else cell.readings
        out = [-1] if subsets or not cell.there else []
        x = np.array([*readings, *out], dtype=np.float64)
        each.append((x, np.full(len(x), float(cell.total))))
    if level != "totals":
        yield each
        return
    there = [at for at, cell in enumerate(row.cells) if cell.there]
    for changed in (*itertools.combinations(there, 1), *itertools.combinations(there, 2)):
        yield [_other_totals(row.cells[at]) if at in changed else one for at, one in enumerate(each)]


def _other_totals(cell: Cell) -> tuple[Floats, Floats]:
    pairs = [(x, n) for x in cell.readings for n in TOTALS if x <= n != cell.total]
    x, n = np.array(pairs, dtype=np.float64).T
    return x, n


def search(row: Row, level: str, progress: Callable[[int], None] = lambda _: None) -> Tally:
    """Try every assignment of a level by every custom. ``progress`` is told how many were tried at a time."""
    tally, ranges = Tally(level), row.ranges()
    for options in products(row, level):
        shape = [len(x) for x, _ in options]
        size = int(np.prod(shape))
        for start in range(0, size, AT_ONCE):
            at = np.unravel_index(np.arange(start, min(size, start + AT_ONCE)), shape)
            x, n = (np.stack([one[which][i] for one, i in zip(options, at, strict=True)]) for which in (0, 1))
            use = x >= 0
            enough = use.sum(axis=0) >= 2
            x, n, use = x[:, enough], n[:, enough], use[:, enough]
            if x.shape[1]:
                _count(tally, x, n, use, ranges)
            progress(x.shape[1])
    return tally


def _count(tally: Tally, x: Floats, n: Floats, use: Mask, ranges: dict[str, list[tuple[float, float]]]) -> None:
    size = x.shape[1]
    reached = {name: np.zeros(size, dtype=bool) for name in ("estimate", "interval", "whole", "rule")}
    for one in pooled(x, n, use):
        fits = {name: _inside(one.values[name], each) for name, each in ranges.items()}
        interval = fits["estimate"] & fits["lower"] & fits["upper"]
        whole = np.logical_and.reduce([*fits.values()])
        for name, mask in (("estimate", fits["estimate"]), ("interval", interval), ("whole", whole)):
            reached[name] |= mask
        reached["rule"] |= whole & one.by_rule
        _keep_best(tally, x, n, use, one, fits, ranges)
    tally.tried += size
    tally.estimate += int(reached["estimate"].sum())
    tally.interval += int(reached["interval"].sum())
    tally.whole += int(reached["whole"].sum())
    tally.whole_by_rule += int(reached["rule"].sum())


def _inside(values: Floats, ranges: list[tuple[float, float]]) -> Mask:
    return np.logical_or.reduce([(values >= low - DUST) & (values <= high + DUST) for low, high in ranges])


def _keep_best(
    tally: Tally,
    x: Floats,
    n: Floats,
    use: Mask,
    one: Pooled,
    fits: dict[str, Mask],
    ranges: dict[str, list[tuple[float, float]]],
) -> None:
    score = np.sum([*fits.values()], axis=0)
    most = score.max()
    if tally.best is not None and most < len(tally.best.fits):
        return
    away = np.sum([_away(one.values[name], each) for name, each in ranges.items()], axis=0)
    found = np.flatnonzero(score == most)
    order = found[np.lexsort((away[found], ~one.by_rule[found]))]
    for at in order[: 50 if most == len(ranges) else 1]:
        example = Example(
            tuple(
                (int(events), int(total)) if there else None
                for events, total, there in zip(x[:, at], n[:, at], use[:, at], strict=True)
            ),
            one.way,
            bool(one.by_rule[at]),
            {name: float(one.values[name][at]) for name in STATISTICS},
            tuple(name for name in ranges if fits[name][at]),
            float(away[at]),
        )
        if tally.best is None or example.rank > tally.best.rank:
            tally.best = example
        if len(example.fits) == len(ranges) and len(tally.closing) < 50:
            tally.closing.append(example)


def _away(values: Floats, ranges: list[tuple[float, float]]) -> Floats:
    """Distance from the nearest print, in widths of its rounding."""
    gaps = [np.maximum(np.maximum(low - values, values - high), 0.0) / (high - low) for low, high in ranges]
    return np.asarray(np.minimum(np.minimum.reduce(gaps), 1e6))
