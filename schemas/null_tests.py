"""P values of test statistics under no effect, at all values that print as printed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import special

from schemas.intervals import Column
from schemas.ragged import Codes
from schemas.verdicts import Mask

Floats = NDArray[np.float64]
Tail = Callable[[Floats, Floats, Floats], Floats]

SIGNED = ("t", "z", "r")
"""Statistics that have two tails; the others have one, and cannot be negative."""
NEVER_NEGATIVE = ("F", "chi2", "Q")
_SMALL = 20
"""Denominator degrees of freedom below which P of F may have a peak inside a rounding interval of them."""


def _of_r(r: Floats, df: Floats, _: Floats) -> Floats:
    r = np.minimum(r, 1.0)
    return np.asarray(2 * special.stdtr(df, -r * np.sqrt(df / (1 - r**2))))


_TAILS: dict[str, Tail] = {
    "t": lambda t, df, _: np.asarray(2 * special.stdtr(df, -t)),
    "F": lambda f, df1, df2: np.asarray(special.fdtrc(df1, df2, f)),
    "chi2": lambda x, df, _: np.asarray(special.chdtrc(df, x)),
    "Q": lambda x, df, _: np.asarray(special.chdtrc(df, x)),
    "z": lambda z, _df1, _df2: np.asarray(2 * special.ndtr(-z)),
    "r": _of_r,
}


def p_of(kind: str, statistic: float, df1: float = np.nan, df2: float = np.nan) -> float:
    """P of one exact statistic: both tails of t, z and r, the upper tail of F, chi-square and Q.

    >>> round(p_of("t", 2.20, 28), 4)
    0.0362
    """
    size = abs(statistic) if kind in SIGNED else statistic
    given = (np.array([each], dtype=np.float64) for each in (size, df1, df2))
    with np.errstate(all="ignore"):
        return float(_TAILS[kind](*given)[0])


def p_values(kind: Codes, statistic: Column, df1: Column, df2: Column, *, whole_df1: bool = True) -> Column:
    """P of each row; unknown where the statistic has a sign it cannot have, or leaves P open.

    Degrees of freedom with decimals, and those of t and of the denominator of F, are rounded numbers (Welch,
    Greenhouse and Geisser); whole ones of chi-square, Q, r and the numerator of F are exact, unless ``whole_df1`` is
    False.
    """
    low, high = (np.full(len(kind.values), np.nan) for _ in range(2))
    for name in _TAILS:
        rows = np.flatnonzero(kind.is_(name) & statistic.known)
        if len(rows):
            ends = [each.take(rows) for each in (statistic, df1, df2)]
            low[rows], high[rows] = _ends(name, *ends, whole_df1=whole_df1 and name != "t")
    open_ = (low <= 0) & (high >= 1)
    return Column(low, high, ~np.isnan(low) & ~np.isnan(high) & ~open_)


def _ends(name: str, statistic: Column, df1: Column, df2: Column, *, whole_df1: bool) -> tuple[Floats, Floats]:
    size = abs(statistic) if name in SIGNED else statistic
    small, large = (np.asarray(end, dtype=np.float64) for end in (size.low, size.high))
    impossible = large < 0
    small = np.maximum(small, 0.0)
    first, second = _degrees(df1, whole=whole_df1), _degrees(df2, whole=name != "F")
    with np.errstate(all="ignore"):
        at = [
            [_TAILS[name](end, a, b) for b in _between(*second, fine=name == "F")]
            for end in (small, large)
            for a in _between(*first, fine=False, several=name == "F")
        ]
    least, most = (np.minimum.reduce([np.minimum.reduce(line) for line in at]),
                   np.maximum.reduce([np.maximum.reduce(line) for line in at]))  # fmt: skip
    bend = np.maximum.reduce([_bend(line) for line in at])
    least, most = np.maximum(least - bend, 0.0), np.minimum(most + bend, 1.0)
    return np.where(impossible, np.nan, least), np.where(impossible, np.nan, most)


def _bend(line: list[Floats]) -> Floats:
    """How far P may rise above or fall below its values at evenly spaced points: from the second differences."""
    if len(line) < 3:
        return np.zeros_like(line[0])
    second = [np.abs(one - 2 * two + three) for one, two, three in zip(line, line[1:], line[2:], strict=False)]
    peak = [
        (two > one) & (two > three) | (two < one) & (two < three)
        for one, two, three in zip(line, line[1:], line[2:], strict=False)
    ]
    return np.asarray(np.maximum.reduce([np.where(at, each, 0.0) for at, each in zip(peak, second, strict=True)]))


def _between(low: Floats, high: Floats, *, fine: bool, several: bool = True) -> list[Floats]:
    """Points from low to high: the ends, and more of them where P may have a peak between the ends."""
    wide: Mask = np.asarray(high > low)
    if not wide.any():
        return [low]
    number = 2 if not (fine or several) else 33 if fine and bool((low[wide] < _SMALL).any()) else 5
    return [low + (high - low) * share for share in np.linspace(0, 1, number)]


def _degrees(df: Column, *, whole: bool) -> tuple[Floats, Floats]:
    """The least and greatest degrees of freedom: a rounded number, or an exact one where they are whole."""
    low, high = (np.asarray(end, dtype=np.float64) for end in (df.low, df.high))
    with np.errstate(invalid="ignore"):
        exact = (high - low > 0.5) & (high - low <= 1) if whole else np.zeros(len(low), dtype=bool)
        middle = np.where(low == np.rint(low), low, np.rint((low + high) / 2))  # cut off, or rounded
    return np.where(exact, middle, np.maximum(low, 0.5)), np.where(exact, middle, high)
