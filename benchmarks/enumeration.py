"""Whether any true world prints as given: decided by enumeration in whole numbers and rationals, without the rules.

Every function takes typed texts and says True (some true world prints so), or False (none does). A printed number of d
decimals stands for the closed interval of half a unit in its last place to either side; a count stands for itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement

from scipy import stats

Row = Mapping[str, str]
Box = tuple[Fraction, Fraction]
EVERYONE = 10**6
"""Totals are looked for up to here where none is printed."""


def number(text: str) -> Decimal:
    """A plainly printed number."""
    return Decimal(text.strip().rstrip("%").replace("−", "-"))


def box(text: str) -> Box:
    """All values that print so, rounded to nearest either way."""
    value = number(text)
    half = Fraction(1, 2) / 10 ** max(0, -int(value.as_tuple().exponent))
    return Fraction(value) - half, Fraction(value) + half


def p_box(text: str) -> Box:
    """All P values that print so."""
    if text.startswith("<"):
        return Fraction(0), Fraction(Decimal(text[1:]))
    if text.startswith(">"):
        return Fraction(Decimal(text[1:])), Fraction(1)
    low, high = box(text)
    return max(low, Fraction(0)), min(high, Fraction(1))


def whole(text: str) -> int | None:
    """The whole number printed, or None if it is none."""
    value = number(text)
    return int(value) if value == value.to_integral_value() and value >= 0 else None


def count(row: Row) -> bool:
    """Some whole numbers of events and of participants print as this count and percentage."""
    given = {name: whole(row[name]) for name in ("events", "total") if name in row}
    if None in given.values():
        return False
    events, total = given.get("events"), given.get("total")
    if events is not None and total is not None and events > total:
        return False
    return "percent" not in row or _percentage(events, total, *box(row["percent"]))


def _percentage(events: int | None, total: int | None, low: Fraction, high: Fraction) -> bool:
    if total is not None:
        tried = range(total + 1) if events is None else [events]
        return any(low <= Fraction(100 * e, total) <= high for e in tried) if total else True
    if events is None:
        return high >= 0 and low <= 100
    if not events or high <= 0:
        return not events and low <= 0 <= high
    least = max(events, math.ceil(100 * events / high))
    return 100 * events >= low * least and least <= EVERYONE


@cache
def samples(n: int, low: int, high: int) -> list[tuple[int, ...]]:
    """Every sample of n whole numbers on a scale, as a sorted tuple."""
    return list(combinations_with_replacement(range(low, high + 1), n))


def mean(row: Row) -> bool:
    """Some sample of whole numbers on the scale prints as this mean, SD, SE, median and range."""
    n, low, high = (whole(row[name]) for name in ("n", "scale_min", "scale_max"))
    if n is None or low is None or high is None or n < 2 or low > high:
        return False
    return any(_prints(row, each) for each in samples(n, low, high))


def _prints(row: Row, sample: tuple[int, ...]) -> bool:
    n, total, squares = len(sample), sum(sample), sum(value * value for value in sample)
    variance = Fraction(n * squares - total * total, n * (n - 1))
    middle = Fraction(sample[(n - 1) // 2] + sample[n // 2], 2)
    plain = {
        "mean": Fraction(total, n), "median": middle, "minimum": Fraction(sample[0]), "maximum": Fraction(sample[-1]),
    }  # fmt: skip
    roots = {"sd": variance, "se": variance / n}
    return all(_inside(value, row, name) for name, value in plain.items()) and all(
        _root_inside(value, row, name) for name, value in roots.items()
    )


def _inside(value: Fraction, row: Row, name: str) -> bool:
    if name not in row:
        return True
    low, high = box(row[name])
    return low <= value <= high


def _root_inside(square: Fraction, row: Row, name: str) -> bool:
    if name not in row:
        return True
    low, high = box(row[name])
    return high >= 0 and max(low, Fraction(0)) ** 2 <= square <= high**2


def ratio(row: Row) -> bool:
    """Some ratio and Wald interval print so: positive, in order, and even on the log scale."""
    low, middle, high = (box(row[name]) for name in ("lower", "estimate", "upper"))
    zero = Fraction(0)
    if min(low[1], middle[1], high[1]) <= 0 or low[0] > high[1]:
        return False
    product = max(low[0], zero) * max(high[0], zero), low[1] * high[1]
    return product[0] <= middle[1] ** 2 and product[1] >= max(middle[0], zero) ** 2


def heterogeneity(row: Row) -> bool:
    """Some Q prints as this Q, its P value and I2, for this number of studies."""
    k = whole(row["k"])
    if k is None or k < 2 or ("df" in row and whole(row["df"]) != k - 1):
        return False
    df, low, high = k - 1, 0.0, math.inf
    for least, most in _qs(row, df):
        low, high = max(low, least), min(high, most)
    return low <= high * (1 + 1e-9)


def _qs(row: Row, df: int) -> Iterator[tuple[float, float]]:
    if "q" in row:
        low, high = box(row["q"])
        yield float(low), float(high)
    if "p_heterogeneity" in row:
        low, high = p_box(row["p_heterogeneity"])
        if low > high:
            yield 1.0, 0.0
            return
        yield float(stats.chi2.isf(float(high), df)), float(stats.chi2.isf(float(low), df))
    if "i2" in row:
        low, high = box(row["i2"])
        if low > 100 or high < 0:
            yield 1.0, 0.0
        yield (
            0.0 if low <= 0 else df / float(1 - low / 100) if low < 100 else math.inf,
            df / float(1 - high / 100) if high < 100 else math.inf,
        )


def test(row: Row) -> bool:
    """Some statistic prints so and has a P value (two-sided for t and z) that prints so."""
    low, high = (float(end) for end in box(row["statistic"]))
    p_low, p_high = (float(end) for end in p_box(row["p"]))
    if p_low > p_high:
        return False
    tails = [_tail(row, low, high, first, second) for first in _degrees(row, "df1") for second in _degrees(row, "df2")]
    least, most = min(end for end, _ in tails), max(end for _, end in tails)
    return least <= p_high * (1 + 1e-9) and most >= p_low * (1 - 1e-9)


def _degrees(row: Row, name: str) -> list[float]:
    """Degrees of freedom that print so: those of t and of the denominator of F may be estimated and rounded."""
    if name not in row:
        return [1.0]
    value = float(number(row[name]))
    rounded = (row["statistic_type"], name) in {("t", "df1"), ("F", "df2")}
    return [max(0.5, value + part / 20) for part in range(-10, 11)] if rounded else [value]


def _tail(row: Row, low: float, high: float, first: float, second: float) -> tuple[float, float]:
    """The least and greatest P of a statistic in an interval."""
    kind = row["statistic_type"]
    if kind in ("t", "z"):
        near = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
        both = stats.norm() if kind == "z" else stats.t(first)
        return 2 * float(both.sf(max(abs(low), abs(high)))), 2 * float(both.sf(near))
    one = stats.chi2(first) if kind == "chi2" else stats.f(first, second)
    return (float(one.sf(high)), float(one.sf(max(low, 0)))) if high >= 0 else (2.0, -1.0)


def flow(boxes: Mapping[str, int]) -> bool:
    """The boxes of a study selection, all exact, add up."""
    return (
        all(n >= 0 for n in boxes.values())
        and boxes["identified"] == boxes["removed_before_screening"] + boxes["screened"]
        and boxes["screened"] == boxes["excluded_screening"] + boxes["sought"]
        and boxes["sought"] == boxes["not_retrieved"] + boxes["assessed"]
        and boxes["assessed"] == boxes["excluded_fulltext"] + boxes["included"]
    )


def categories(total: int, events: Sequence[int] | None, percents: Sequence[str] | None) -> bool:
    """Some whole numbers of participants in exclusive categories that cover everyone print so."""
    if events is not None:
        return min(events) >= 0 and sum(events) == total
    assert percents is not None
    reached = {0}
    for text in percents:
        low, high = box(text)
        fits = [e for e in range(total + 1) if low <= Fraction(100 * e, total) <= high]
        reached = {done + e for done in reached for e in fits if done + e <= total}
    return total in reached


def one_value(texts: Sequence[str]) -> bool:
    """One true value prints as all of these."""
    boxes = [box(text) for text in texts]
    return max(low for low, _ in boxes) <= min(high for _, high in boxes)


def odds_ratio(a: int, n1: int, c: int, n2: int, printed: str) -> bool:
    """The odds ratio of a table without zero cells prints so."""
    low, high = box(printed)
    return low <= Fraction(a * (n2 - c), c * (n1 - a)) <= high
