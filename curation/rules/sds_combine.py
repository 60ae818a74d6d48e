"""MEAN-016. Catalogue 5: the standard deviation of the whole from its parts."""

import math

import numpy as np

from curation.engine.rule import rule
from schemas.intervals import Column
from schemas.ragged import Ragged
from schemas.spread import DIVIDED_BY_N, FROM_A_MODEL, modelled, root, square, unusable, with_n_minus_1
from schemas.wording import decimals

_ARMS = [
    dict(kind="arm", study="s", arm="all", label="All", role="total"),
    dict(kind="arm", study="s", arm="len", label="Lenalidomide", role="experimental"),
    dict(kind="arm", study="s", arm="dex", label="Dexamethasone", role="control"),
]


def _means(*groups):
    rows = [dict(kind="mean", study="s", outcome="age", arm=arm, n=n, mean=mean, sd=sd, unit="years")
            for arm, (n, mean, sd) in zip(("all", "len", "dex"), groups, strict=False)]  # fmt: skip
    return [*_ARMS, *rows]


@rule(
    "MEAN-016",
    severity="error",
    source="arithmetic: total sum of squares = within + between (Cochrane Handbook, section 6.5.2.10)",
    oracle="brute force: test_bruteforce_combined.py",
    field="whole",
    rows="""
        SELECT 'mean' AS kind, record, records, 'sd' AS field, n, whole_sd AS whole, ns, means, sds, arms
        FROM combined WHERE whole_sd IS NOT NULL AND list_count(sds) > 0
    """,
    consistent=[_means(("4", "2.5", "1.29"), ("2", "1.5", "0.71"), ("2", "3.5", "0.71"))],
    inconsistent=[
        _means(("4", "2.5", "1.49"), ("2", "1.5", "0.71"), ("2", "3.5", "0.71")),
        _means(("60", "60.0", "9.0"), ("30", "50.0", "9.0"), ("30", "70.0", "9.0")),
    ],
    cannot_tell=[_means(("4", "2.5", "1.29"), ("2", "1.5", "0.71"), ("2", "3.5", "NR"))],
    limits="Asked where the numbers of the parts add up exactly to that of the group; subgroups may overlap even then: a warning.",
    look="which of the standard deviations was misread, or is a standard error",
)  # fmt: skip
def sds_combine(n, ns, means, sds, whole, arms=None):
    """The standard deviation of everyone does not fit the means and standard deviations of its parts.

    (N - 1) SD^2 = sum of (n_i - 1) s_i^2 + sum of n_i (m_i - M)^2 with M = sum of n_i m_i / N; each within its rounding.
    Compared as squares, so exactly.
    """
    adds_up = ns.sum().is_point & n.is_point & ~unusable(n) & (ns.sum().low == n.low)
    return _squares(n, ns, means, sds).meets(square(whole) * (n - 1)).cannot_tell(~whole.known).only(adds_up)


def _squares(n, ns, means, sds):
    """The sum of squares of everyone, from within the parts and from between them."""
    number, mean = ns.items, means.items
    within = Ragged(square(_unless_alone(sds.items, number)) * (number - 1), ns.starts).sum()
    centre = _spread_over(Ragged(number * mean, ns.starts).sum() / n, ns)
    between = Ragged(square(mean - centre) * number, ns.starts).sum()
    return within + between


def _unless_alone(sd, number):
    """One participant has no standard deviation, and none is needed."""
    alone = number.is_(1)
    return Column(np.where(alone, number.low * 0, sd.low), np.where(alone, number.low * 0, sd.high), sd.known | alone, sd.clean)  # fmt: skip


def _spread_over(column, lists):
    """One value per list, repeated for each of its items."""
    return column.take(np.repeat(np.arange(len(column.low)), lists.lengths))


@sds_combine.reading("the subgroups may overlap, although their numbers add up", "warning")
def subgroups(row):
    return row.code("arms") == "no"


@sds_combine.reading(FROM_A_MODEL, "warning")
def from_a_model(row):
    return modelled(row)


@sds_combine.reading(DIVIDED_BY_N, "warning")
def divided_by_n(row):
    sds, sizes = row.columns["sds"], row.columns["ns"].items.low
    if any(size < 2 for size in sizes):
        return False
    factors = [math.sqrt(size / (size - 1)) for size in sizes]
    ends = [np.array([float(end) * by for end, by in zip(side, factors, strict=True)]) for side in (sds.items.low, sds.items.high)]  # fmt: skip
    return row.holds(whole=with_n_minus_1(row, "whole"), sds=Ragged(Column.from_ends(*ends), sds.starts))


@sds_combine.reading("it is the pooled standard deviation within the parts, not that of everyone", "warning")
def within_only(row):
    number, sd = row.columns["ns"].items, row.columns["sds"]
    within = Ragged(square(_unless_alone(sd.items, number)) * (number - 1), sd.starts).sum()
    degrees = row["n"].low - len(number.low)
    return degrees > 0 and within.meets(square(row.columns["whole"]) * degrees).codes[0] in (0, 3)


@sds_combine.expects
def the_sd(row):
    squares = _squares(*(row.columns[name] for name in ("n", "ns", "means", "sds")))
    low, high = root(squares.low[0] / (row["n"].low - 1), squares.high[0] / (row["n"].low - 1))
    places = max(1, decimals(row["whole"]))
    return f"a standard deviation of {low:.{places}f} to {high:.{places}f}"
