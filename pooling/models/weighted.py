"""Mantel-Haenszel and Peto: pooled effects of two groups from the tables themselves, for many analyses at once.

Tables are given by metafor's column names (ai bi ci di or ai n1i ci n2i; x1i t1i x2i t2i), one line per analysis and
one place per study; a study with a missing number or an empty group takes no part. As in metafor, what is pooled are
the tables as they are, while Cochran's Q is taken over the studies' own effects, where empty cells get one half and
studies without any event, or with nothing but events, are dropped: ``add``, ``to`` and ``drop00`` are pairs, the first
for the studies' own effects and the second for the tables that are pooled. A single value is the first.

Mantel and Haenszel 1959; variances of Robins, Breslow and Greenland 1986 (odds ratio), Greenland and Robins 1985 (risk
ratio, rates) and Sato 1989 (risk difference). Peto: Yusuf et al. 1985.

>>> data = {"ai": [4, 6], "n1i": [123, 306], "ci": [11, 29], "n2i": [139, 303]}
>>> mantel_haenszel("OR", data).estimate.round(4).tolist()
[-1.4215]
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import special

from pooling.effects import effect_sizes
from pooling.effects.columns import Data, read
from pooling.effects.counts_two import without
from pooling.effects.zero_cells import ZeroCells
from pooling.errors import CannotPool
from pooling.models.batch import Floats, Mask
from pooling.models.many import checked
from pooling.models.results import Many

COUNTS = ("RR", "OR", "RD")
RATES = ("IRR", "IRD")
One = TypeVar("One")
Two: TypeAlias = One | tuple[One, One]


class Tables(NamedTuple):
    """Events and denominators (participants, or person-time) of both groups; 0 events and 1 where not used."""

    a: Floats
    n1: Floats
    c: Floats
    n2: Floats
    use: Mask


class _Pooled(NamedTuple):
    """Estimate, variance, and whether both are defined."""

    y: Floats
    v: Floats
    finite: Mask


def mantel_haenszel(
    measure: str,
    data: Data,
    *,
    level: float = 95.0,
    add: Two[float] = 0.5,
    to: Two[str] = "only0",
    drop00: Two[bool] = True,
) -> Many:
    """Pool two-group tables by Mantel and Haenszel, on the scale of analysis (the logarithm for ratios).

    A ratio without any event in one of the groups, in all studies together, is not finite: the status says so. So it
    does where the standard error is zero, as of a risk difference without any event.

    Args:
        measure: RR, OR, RD, IRR or IRD.
        data: Columns by metafor's names.
        level: Of the interval, in percent.
        add: What is added to empty cells; one number, or a pair as said above (0.5, 0).
        to: Where: only0, all, if0all or none; or a pair ("only0", "none").
        drop00: Whether studies without events, or with nothing else, are dropped; or a pair (True, False).

    Raises:
        CannotPool: the measure cannot be pooled so, a column is missing, or counts are impossible.
    """
    checked("CE", "z", level)
    _known(measure)
    for_own, for_pooled = _cells(add, to, drop00)
    tables = _tables(measure, data, for_pooled)
    pooled = _FORMULAS[measure](tables)
    y, w, use = _own_effects(measure, data, for_own)
    q = (w * (y - np.where(pooled.finite, pooled.y, np.nan)[:, None]) ** 2).sum(-1)
    return _results("MH", tables, pooled, q, (use & tables.use).sum(-1), level)


def peto(
    data: Data, *, level: float = 95.0, add: Two[float] = 0.5, to: Two[str] = "only0", drop00: Two[bool] = True
) -> Many:
    """Pool two-group tables by Peto's one-step method, as log odds ratios.

    Arguments and errors as of ``mantel_haenszel``. Without any event, or without anybody free of it, there is nothing
    to pool: the status says so.
    """
    checked("CE", "z", level)
    for_own, for_pooled = _cells(add, to, drop00)
    tables = _tables("PETO", data, for_pooled)
    excess, v = _observed_less_expected(tables)
    total = v.sum(-1)
    finite = total > 0
    safe = np.where(finite, total, 1.0)
    pooled = _Pooled(excess.sum(-1) / safe, 1 / safe, finite)
    each = np.where(v > 0, excess**2 / np.where(v > 0, v, 1.0), 0.0).sum(-1)
    q = np.where((v > 0).sum(-1) > 1, np.maximum(0.0, each - excess.sum(-1) ** 2 / safe), 0.0)
    *_, use = _own_effects("PETO", data, for_own)
    return _results("PETO", tables, pooled, q, (use & tables.use).sum(-1), level)


def weights(
    measure: str, data: Data, *, add: Two[float] = 0.5, to: Two[str] = "only0", drop00: Two[bool] = True
) -> Floats:
    """Weights of the studies in percent (lines, studies): Mantel-Haenszel's, or with the measure PETO, Peto's."""
    if measure != "PETO":
        _known(measure)
    tables = _tables(measure, data, _cells(add, to, drop00)[1])
    if measure == "PETO":
        w = _observed_less_expected(tables)[1]
    else:
        a, n1, c, n2, _ = tables
        shape = {"OR": (n1 - a) * c, "RR": c * n1, "RD": n1 * n2, "IRR": c * n1, "IRD": n1 * n2}[measure]
        w = np.where(tables.use, shape / (n1 + n2), 0.0)
    total = w.sum(-1, keepdims=True)
    return np.asarray(np.where(total > 0, 100 * w / np.where(total > 0, total, 1.0), 0.0))


# tables


def _known(measure: str) -> None:
    if measure not in {*COUNTS, *RATES}:
        raise CannotPool(
            f"Mantel-Haenszel pools {', '.join(COUNTS + RATES)}, not {measure}; choose an inverse-variance method"
        )


def _tables(measure: str, data: Data, cells: ZeroCells) -> Tables:
    """The tables that are pooled."""
    columns = read(measure, data)
    if measure in RATES:
        a, n1, c, n2 = (columns[name] for name in ("x1i", "t1i", "x2i", "t2i"))
        a, c = cells.corrected(*cells.dropped((a == 0) & (c == 0), a, c))
    else:
        a, c = columns["ai"], columns["ci"]
        b, d = without(columns, "ai", "bi", "n1i"), without(columns, "ci", "di", "n2i")
        dropped = cells.dropped(((a == 0) & (c == 0)) | ((b == 0) & (d == 0)), a, b, c, d)
        a, b, c, d = cells.corrected(*dropped)
        n1, n2 = a + b, c + d
    a, n1, c, n2 = (np.atleast_2d(each) for each in (a, n1, c, n2))
    if a.ndim > 2:
        raise CannotPool(f"the columns have {a.ndim} dimensions; give one line per analysis, one place per study")
    use = np.isfinite(a) & np.isfinite(n1) & np.isfinite(c) & np.isfinite(n2) & (n1 > 0) & (n2 > 0)
    return Tables(np.where(use, a, 0.0), np.where(use, n1, 1.0), np.where(use, c, 0.0), np.where(use, n2, 1.0), use)


def _cells(add: Two[float], to: Two[str], drop00: Two[bool]) -> tuple[ZeroCells, ZeroCells]:
    """What is done about empty cells, for the studies' own effects and for the tables that are pooled."""
    pairs: list[tuple[Any, ...]] = [
        tuple(given) if isinstance(given, (tuple, list)) else (given, second)
        for given, second in ((add, 0.0), (to, "none"), (drop00, False))
    ]
    if any(len(pair) != 2 for pair in pairs):
        raise CannotPool("add, to and drop00 are one value each, or two: for the studies' effects and for the tables")
    own, pooled = (ZeroCells(*each) for each in zip(*pairs, strict=True))
    return own, pooled


def _own_effects(measure: str, data: Data, cells: ZeroCells) -> tuple[Floats, Floats, Mask]:
    """Effects, weights and use of the single studies, which Cochran's Q is taken over."""
    own = effect_sizes(measure, data, add=cells.add, to=cells.to, drop00=cells.drop00)
    y, v = np.atleast_2d(own.y), np.atleast_2d(own.v)
    use = np.isfinite(y) & (v > 0)
    return np.where(use, y, 0.0), np.where(use, 1 / np.where(use, v, 1.0), 0.0), use


# estimates


def _sum(values: Floats, tables: Tables) -> Floats:
    return np.asarray(np.where(tables.use, values, 0.0).sum(-1))


def _ratio(above: Floats, below: Floats, variance: Floats) -> _Pooled:
    """A logarithm of a ratio of sums; not finite where one is 0."""
    finite = (above > 0) & (below > 0)
    y = np.log(np.where(finite, above, 1.0) / np.where(finite, below, 1.0))
    return _Pooled(y, variance, finite)


def _odds_ratio(tables: Tables) -> _Pooled:
    a, n1, c, n2, _ = tables
    b, d, n = n1 - a, n2 - c, n1 + n2
    straight, crossed = a * d / n, b * c / n
    along, across = (a + d) / n, (b + c) / n
    r, s = _sum(straight, tables), _sum(crossed, tables)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = (
            _sum(along * straight, tables) / r**2
            + _sum(along * crossed + across * straight, tables) / (r * s)
            + _sum(across * crossed, tables) / s**2
        ) / 2
    return _ratio(r, s, variance)


def _risk_ratio(tables: Tables) -> _Pooled:
    a, n1, c, n2, _ = tables
    n = n1 + n2
    r, s = _sum(a * n2 / n, tables), _sum(c * n1 / n, tables)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = _sum((n1 * n2 * (a + c) - a * c * n) / n**2, tables) / (r * s)
    return _ratio(r, s, variance)


def _rate_ratio(tables: Tables) -> _Pooled:
    x1, t1, x2, t2, _ = tables
    t = t1 + t2
    r, s = _sum(x1 * t2 / t, tables), _sum(x2 * t1 / t, tables)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = _sum(t1 * t2 * (x1 + x2) / t**2, tables) / (r * s)
    return _ratio(r, s, variance)


def _difference(above: Floats, w: Floats, tables: Tables) -> tuple[Floats, Floats, Mask]:
    total = _sum(w, tables)
    finite = total > 0
    safe = np.where(finite, total, 1.0)
    return _sum(above, tables) / safe, safe, finite


def _risk_difference(tables: Tables) -> _Pooled:
    a, n1, c, n2, _ = tables
    n = n1 + n2
    y, total, finite = _difference((a * n2 - c * n1) / n, n1 * n2 / n, tables)
    p = _sum((c * n1**2 - a * n2**2 + n1 * n2 * (n2 - n1) / 2) / n**2, tables)
    q = _sum((a * (n2 - c) + c * (n1 - a)) / n, tables) / 2
    squares = y * p + q
    # what is left of a difference of equals is rounding
    return _Pooled(y, np.where(squares > 1e-12 * q, squares, 0.0) / total**2, finite)


def _rate_difference(tables: Tables) -> _Pooled:
    x1, t1, x2, t2, _ = tables
    t = t1 + t2
    y, total, finite = _difference((x1 * t2 - x2 * t1) / t, t1 * t2 / t, tables)
    return _Pooled(y, _sum((t2 / t) ** 2 * x1 + (t1 / t) ** 2 * x2, tables) / total**2, finite)


_FORMULAS = {"OR": _odds_ratio, "RR": _risk_ratio, "RD": _risk_difference, "IRR": _rate_ratio, "IRD": _rate_difference}


def _observed_less_expected(tables: Tables) -> tuple[Floats, Floats]:
    """Events of group 1 less those expected, and the hypergeometric variance, of each study."""
    a, n1, c, n2, use = tables
    n, events = n1 + n2, a + c
    v = events * (n - events) * n1 * n2 / (n**2 * np.maximum(n - 1, 1.0))
    return np.where(use, a - events * n1 / n, 0.0), np.where(use & (n > 1), v, 0.0)


# results


def _results(method: str, tables: Tables, pooled: _Pooled, q: Floats, own: NDArray[np.int64], level: float) -> Many:
    k = tables.use.sum(-1)
    finite = pooled.finite & (k > 0)
    exact = finite & (pooled.v > 0) & np.isfinite(pooled.v)
    status = np.select([k == 0, ~finite, ~exact, k == 1], [1, 4, 5, 2], 0)
    y = np.where(finite, pooled.y, np.nan)
    se = np.sqrt(np.where(exact, pooled.v, np.nan))
    z, reach = y / se, -special.ndtri((1 - level / 100) / 2)
    df = np.maximum(own - 1.0, 0.0)
    several, freedom = df > 0, np.maximum(df, 1.0)
    q = np.where(finite, np.where(several, q, 0.0), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        i2 = np.where(several & (q > 0), np.maximum(0.0, 100 * (q - df) / q), q * 0)
    unknown = np.full(len(k), np.nan)
    return Many(
        method=method, test="z", level=level, status=status.astype(np.int8), k=k.astype(np.int64),
        estimate=y, se=se, z=z, p=np.asarray(2 * special.ndtr(-np.abs(z))), lower=y - reach * se, upper=y + reach * se,
        pi_lower=unknown, pi_upper=unknown, tau2=np.where(finite, 0.0, np.nan), q=q, df=df,
        p_heterogeneity=np.where(several, special.chdtrc(freedom, q), q * 0 + 1), i2=i2,
        h2=np.where(several, q / freedom, q * 0 + 1),
        tau2_lower=unknown, tau2_upper=unknown, i2_lower=unknown, i2_upper=unknown, h2_lower=unknown, h2_upper=unknown,
    )  # fmt: skip
