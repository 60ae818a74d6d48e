"""One analysis pooled as RevMan pools it, from its rows.

Mantel-Haenszel, inverse variances and Peto as the pooling package has them, with what RevMan does in its own way:

- Random effects are DerSimonian and Laird's; with Mantel-Haenszel the heterogeneity they rest on is taken about the
  Mantel-Haenszel estimate.
- The variance of the Mantel-Haenszel risk difference is Greenland and Robins' (1985).
- Standardised mean differences are Hedges' adjusted g with the factor 1 - 3 / (4 N - 9) and the variance
  N / (n1 n2) + g^2 / (2 (N - 3.94)).
- One half is added to all cells of a study with an empty one; studies with no event, or with nothing else, have no
  ratio. Peto's odds ratio needs no halves. Versions differ in whether the halves also enter the Mantel-Haenszel estimate; ``halves`` says it.

Deeks and Higgins 2010, Statistical algorithms in Review Manager 5.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from curation.exchange.revman_numbers import decimal, number
from curation.exchange.revman_review import Analysis, Row, level_of

if TYPE_CHECKING:
    from pooling.models.results import Many

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Own:
    """Effects of the rows on the scale of analysis, their variances, and the rows that have both."""

    rows: tuple[Row, ...]
    y: Floats
    v: Floats


@dataclass(frozen=True, slots=True)
class Pooled:
    """A result on the scale of analysis."""

    estimate: float
    se: float
    lower: float
    upper: float
    z: float
    p: float
    q: float
    df: int
    p_q: float
    i2: float
    tau2: float
    weights: Floats


def own_effects(one: Analysis, rows: Sequence[Row]) -> Own:
    """The effects of the rows; those without an effect or a variance are left out."""
    usable = [row for row in rows if _has_numbers(one, row)]
    if not usable:
        return Own((), np.empty(0), np.empty(0))
    y, v = {"DICH": _of_events, "CONT": _of_means, "IV": _typed, "IPD": _observed_less_expected}[one.type](one, usable)
    use = np.isfinite(y) & (v > 0) & np.isfinite(v)
    return Own(tuple(row for row, used in zip(usable, use, strict=True) if used), y[use], v[use])


def pooled(one: Analysis, own: Own, *, halves: bool = True) -> Pooled | None:
    """The result by the analysis' own settings; None where no row has an effect."""
    if not len(own.y):
        return None
    level = level_of(one.level)
    w = 1 / own.v
    tables = one.type == "DICH" and one.method in {"MH", "PETO"}
    centre, se, share = _by_tables(one, own, halves=halves) if tables else (_mean(own.y, w), math.sqrt(1 / w.sum()), w)
    q, df = float((w * (own.y - centre) ** 2).sum()), len(own.y) - 1
    tau2 = max(0.0, float((q - df) / (w.sum() - (w**2).sum() / w.sum()))) if one.random and df else 0.0
    if one.random:
        centre, se, share = _random(own, tau2)
    made = _inverse_variance([centre], [se**2], level)
    lower, upper, z, p = (float(each[0]) for each in (made.lower, made.upper, made.z, made.p))
    i2 = max(0.0, 100 * (q - df) / q) if q > 0 and df else 0.0
    p_q = float(chdtrc(df, q)) if df else math.nan
    return Pooled(centre, se, lower, upper, z, p, q, df, p_q, i2, tau2, 100 * share / share.sum())


def _mean(y: Floats, w: Floats) -> float:
    return float((w * y).sum() / w.sum())


def _inverse_variance(y: Sequence[float] | Floats, v: Sequence[float] | Floats, level: float = 95) -> Many:
    from pooling.models.many import pool_many  # noqa: PLC0415 - recognising a file loads this module, and needs no pandas

    return pool_many(y, v, method="CE", level=level)


def _random(own: Own, tau2: float) -> tuple[float, float, Floats]:
    made = _inverse_variance(own.y, own.v + tau2)
    return float(made.estimate[0]), float(made.se[0]), 1 / (own.v + tau2)


# events


def _column(rows: Sequence[Row], group: str, name: str) -> Floats:
    values = (decimal(getattr(getattr(row, group), name)) for row in rows)
    return np.array([math.nan if value is None else float(value) for value in values])


def _tables(one: Analysis, rows: Sequence[Row]) -> dict[str, Floats]:
    """The tables of the rows; where RevMan exchanges events and non-events, those of the non-events."""
    a, n1 = _column(rows, "first", "events"), _column(rows, "first", "total")
    c, n2 = _column(rows, "second", "events"), _column(rows, "second", "total")
    return {"ai": n1 - a if one.swap else a, "n1i": n1, "ci": n2 - c if one.swap else c, "n2i": n2}


def _of_events(one: Analysis, rows: Sequence[Row]) -> tuple[Floats, Floats]:
    from pooling.effects import effect_sizes  # noqa: PLC0415 - as above

    peto_odds = one.method == "PETO" or one.measure == "PETO_OR"
    measure = "PETO" if peto_odds else one.measure
    made = effect_sizes(measure, _tables(one, rows), add=0.0 if peto_odds else 0.5, drop00=measure != "RD")
    return made.y, made.v


def _by_tables(one: Analysis, own: Own, *, halves: bool) -> tuple[float, float, Floats]:
    """Estimate, standard error and weights by Mantel and Haenszel, or by Peto."""
    from pooling.models.weighted import mantel_haenszel, peto, weights  # noqa: PLC0415 - as above

    data = _tables(one, own.rows)
    if one.method == "PETO":
        made = peto(data)
        return float(made.estimate[0]), float(made.se[0]), weights("PETO", data)[0]
    cells = {"add": (0.5, 0.5), "to": ("only0", "only0"), "drop00": (True, one.measure != "RD")} if halves else {}
    made = mantel_haenszel(one.measure, data, **cells)  # type: ignore[arg-type]  # pairs, as declared
    se = _se_of_difference(data) if one.measure == "RD" else float(made.se[0])
    return float(made.estimate[0]), se, weights(one.measure, data, **cells)[0]  # type: ignore[arg-type]  # pairs, as declared


def _se_of_difference(data: dict[str, Floats]) -> float:
    a, n1, c, n2 = (data[name] for name in ("ai", "n1i", "ci", "n2i"))
    n = n1 + n2
    above = ((a * (n1 - a) * n2**3 + c * (n2 - c) * n1**3) / (n1 * n2 * n**2)).sum()
    return float(math.sqrt(above) / (n1 * n2 / n).sum())


# means, typed effects, observed less expected events


def _of_means(one: Analysis, rows: Sequence[Row]) -> tuple[Floats, Floats]:
    m1, s1, n1 = (_column(rows, "first", name) for name in ("mean", "sd", "total"))
    m2, s2, n2 = (_column(rows, "second", name) for name in ("mean", "sd", "total"))
    if one.measure != "SMD":
        return m1 - m2, s1**2 / n1 + s2**2 / n2
    n = n1 + n2
    spread = np.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / (n - 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        g = (m1 - m2) / spread * (1 - 3 / (4 * n - 9))
    return g, n / (n1 * n2) + g**2 / (2 * (n - 3.94))


def _typed(one: Analysis, rows: Sequence[Row]) -> tuple[Floats, Floats]:
    """What was typed; a ratio that stands with its interval on the natural scale goes to its logarithm."""
    y = np.array([_effect(one, row) for row in rows])
    return y, np.array([float(decimal(row.effect_se or row.se) or math.nan) ** 2 for row in rows])


def _effect(one: Analysis, row: Row) -> float:
    value = float(decimal(row.effect) or decimal(row.estimate) or 0)
    natural = one.ratio and number(row.estimate) and row.effect in {"", row.estimate}
    return (math.log(value) if value > 0 else math.nan) if natural else value


def _observed_less_expected(one: Analysis, rows: Sequence[Row]) -> tuple[Floats, Floats]:  # noqa: ARG001 - as the others
    v = np.array([float(decimal(row.variance) or math.nan) for row in rows])
    with np.errstate(over="ignore"):
        return np.array([float(decimal(row.o_e) or 0) for row in rows]) / v, 1 / v


def _has_numbers(one: Analysis, row: Row) -> bool:
    if not row.estimable:
        return False
    if one.type == "IV":
        return bool(number(row.effect) or number(row.estimate)) and bool(number(row.effect_se or row.se))
    if one.type == "IPD":
        return bool(number(row.o_e)) and bool(decimal(row.variance))
    groups = (row.first, row.second)
    if one.type == "DICH":
        return all(_possible(decimal(each.events), decimal(each.total)) for each in groups)
    numbers = all(number(text) for each in groups for text in (each.mean, each.sd))
    return numbers and all(
        _possible(Decimal(0), decimal(each.total)) and (decimal(each.sd) or 0) >= 0 for each in groups
    )


def _possible(events: Decimal | None, total: Decimal | None) -> bool:
    """Whether so many of so many can have had the event."""
    return events is not None and total is not None and 0 <= events <= total and total >= 1
