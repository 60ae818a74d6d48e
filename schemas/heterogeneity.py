"""Cochran's Q, its degrees of freedom, its P value and I2: each from the others, as intervals.

Q is compared with chi-square on df degrees of freedom; I2 = max(0, (Q - df) / Q).
Higgins and Thompson 2002, doi:10.1002/sim.1186.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from schemas.intervals import Column
from schemas.ragged import Codes
from schemas.scales import Floats
from schemas.verdicts import Mask, Verdict


def degrees_of_freedom(df: Column, k: Column) -> Column:
    """The printed degrees of freedom, or else the number of studies less one; unknown where that is below one."""
    low, high = _floats(df)
    studies_low, studies_high = _floats(k)
    low, high = np.where(df.known, low, studies_low - 1), np.where(df.known, high, studies_high - 1)
    with np.errstate(invalid="ignore"):
        known = (df.known | k.known) & np.isfinite(high) & (high >= 1)
        return Column(np.maximum(low, 1.0), high, known)


def p_of_q(q: Column, df: Column) -> Column:
    """P value of Q: the upper tail of chi-square."""
    (q_low, q_high), (low, high) = _floats(q), _floats(df)
    with np.errstate(invalid="ignore"):
        p_low = special.chdtrc(low, np.maximum(q_high, 0))
        p_high = special.chdtrc(high, np.maximum(q_low, 0))
    return Column(p_low, p_high, q.known & df.known & ~np.isnan(p_low) & ~np.isnan(p_high))


def q_of_i2(i2: Column, df: Column) -> Column:
    """Q from I2 in percent. I2 of zero says only that Q is at most df; I2 of 100 sets no upper bound."""
    (i_low, i_high), (low, high) = _floats(i2), _floats(df)
    with np.errstate(invalid="ignore", divide="ignore"):
        q_low = np.where(i_low <= 0, 0.0, np.where(i_low >= 100, np.inf, low / (1 - np.minimum(i_low, 100) / 100)))
        q_high = np.where(i_high >= 100, np.inf, high / (1 - np.clip(i_high, 0, 100) / 100))
    return Column(q_low, q_high, i2.known & df.known)


def i2_of_q(q: Column, df: Column) -> Column:
    """I2 in percent from Q."""
    (q_low, q_high), (low, high) = _floats(q), _floats(df)
    with np.errstate(invalid="ignore", divide="ignore"):
        least = np.where(q_low <= 0, 0.0, 100 * np.maximum(0.0, 1 - high / np.where(q_low <= 0, 1.0, q_low)))
        most = np.where(q_high <= 0, 0.0, 100 * np.maximum(0.0, 1 - low / np.where(q_high <= 0, 1.0, q_high)))
    return Column(least, most, q.known & df.known)


def p_of_i2(i2: Column, df: Column) -> Column:
    """P value of Q from I2 in percent, for each whole number of degrees of freedom the interval of df begins or ends with."""
    ends = [Column(end, end, df.known) for end in _floats(df)]
    first, last = (p_of_q(q_of_i2(i2, end), end) for end in ends)
    return first.hull(last)


def from_q_by_definition(model: Codes, estimator: Codes) -> Mask:
    """Rows whose I2 is (Q - df) / Q whatever the software: DerSimonian-Laird, or a common-effect model.

    Other estimators of tau2 (REML, Paule-Mandel, ...) have a second customary I2 = tau2 / (tau2 + s2).
    """
    return (
        estimator.is_("DL", "none")
        | (model.is_("common") & ~estimator.known)
        | (model.is_("common") & estimator.is_("unknown"))
    )


def degrees_that_fit(p: Column, p_of: Callable[[Column], Column], most: int = 199) -> list[int]:
    """Which degrees of freedom from 1 to ``most`` give this P value (one row); ``p_of`` makes P of a column of them."""
    each = np.arange(1.0, most + 1)
    codes = p.take(np.zeros(most, dtype=np.intp)).meets(p_of(Column.from_ends(each, each))).codes
    return [int(df) for df in each[(codes == Verdict.CONSISTENT) | (codes == Verdict.EDGE)]]


def repeated(column: Column, other: Column) -> Column:
    """A column of one row, as often as another has rows."""
    return column.take(np.zeros(len(other.low), dtype=np.intp))


def span(numbers: list[int]) -> str:
    """The ends of a run of numbers: '8', or '3 to 7'."""
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"


def _floats(column: Column) -> tuple[Floats, Floats]:
    return np.asarray(column.low, dtype=np.float64), np.asarray(column.high, dtype=np.float64)
