"""Effects and tests of two groups from what is counted and measured in each: columns in, columns out.

Every effect comes on its scale of analysis (the logarithm for ratios) with its variance. Group 1 is compared with
group 2. Tables are given as events and participants: a of n1, c of n2. What cannot be computed is not a number.

>>> one = log_odds_ratio(np.array([10.0]), np.array([20.0]), np.array([5.0]), np.array([20.0]))
>>> one.y.round(4).tolist(), one.v.round(4).tolist()
([1.0986], [0.4667])
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Table = tuple[Floats, Floats, Floats, Floats]
"""Events and participants of group 1, events and participants of group 2."""


@dataclass(frozen=True, slots=True)
class Effects:
    """Effects on the scale of analysis, and their variances."""

    y: Floats
    v: Floats

    @property
    def se(self) -> Floats:
        """Standard errors."""
        with np.errstate(invalid="ignore"):
            return np.asarray(np.sqrt(self.v))


def quietly(y: Any, v: Any) -> Effects:  # noqa: ANN401 - arrays
    """Effects without infinite numbers: what cannot be computed is not a number, and nothing has a variance alone."""
    return Effects(np.where(np.isfinite(y), y, np.nan), np.where(np.isfinite(y) & np.isfinite(v), v, np.nan))


def with_half(a: Floats, n1: Floats, c: Floats, n2: Floats, *, always: bool = False) -> Table:
    """The tables with one half added to every cell where a cell is empty, or always."""
    empty = (a == 0) | (c == 0) | (a == n1) | (c == n2)
    half = np.full(np.shape(a), 0.5) if always else np.where(empty, 0.5, 0.0)
    return a + half, n1 + 2 * half, c + half, n2 + 2 * half


def log_odds_ratio(a: Floats, n1: Floats, c: Floats, n2: Floats) -> Effects:
    """Log odds ratio, with Woolf's variance."""
    return log_odds_ratio_of_cells(a, n1 - a, c, n2 - c)


def log_odds_ratio_of_cells(a: Floats, b: Floats, c: Floats, d: Floats) -> Effects:
    """Log odds ratio of the four cells, with Woolf's variance 1/a + 1/b + 1/c + 1/d."""
    with np.errstate(all="ignore"):
        return quietly(np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d)


def log_risk_ratio(a: Floats, n1: Floats, c: Floats, n2: Floats) -> Effects:
    """Log risk ratio, with Katz's variance."""
    with np.errstate(all="ignore"):
        return quietly(np.log(a / n1 * n2 / c), 1 / a - 1 / n1 + 1 / c - 1 / n2)


def risk_difference(a: Floats, n1: Floats, c: Floats, n2: Floats) -> Effects:
    """Risk difference, with the unpooled variance."""
    with np.errstate(all="ignore"):
        p1, p2 = a / n1, c / n2
        return quietly(p1 - p2, p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)


def peto_log_odds_ratio(a: Floats, n1: Floats, c: Floats, n2: Floats) -> Effects:
    """Peto's one-step log odds ratio (O - E) / V with variance 1 / V. Yusuf et al. 1985, Prog Cardiovasc Dis 27:335."""
    everyone, events = n1 + n2, a + c
    with np.errstate(all="ignore"):
        information = events * (everyone - events) * n1 * n2 / (everyone**2 * (everyone - 1))
        return quietly((a - events * n1 / everyone) / information, 1 / information)


def arcsine_difference(a: Floats, n1: Floats, c: Floats, n2: Floats) -> Effects:
    """Difference of the arcsines of the roots of two proportions, with variance 1/(4 n1) + 1/(4 n2)."""
    with np.errstate(all="ignore"):
        return quietly(np.arcsin(np.sqrt(a / n1)) - np.arcsin(np.sqrt(c / n2)), 1 / (4 * n1) + 1 / (4 * n2))


def log_rate_ratio(x1: Floats, time1: Floats, x2: Floats, time2: Floats) -> Effects:
    """Log incidence rate ratio of x1 events in time1 against x2 in time2, with variance 1/x1 + 1/x2."""
    with np.errstate(all="ignore"):
        return quietly(np.log(x1 / time1 * time2 / x2), 1 / x1 + 1 / x2)


def rate_difference(x1: Floats, time1: Floats, x2: Floats, time2: Floats) -> Effects:
    """Difference of the incidence rates x1 in time1 and x2 in time2, with variance x1/time1^2 + x2/time2^2."""
    with np.errstate(all="ignore"):
        return quietly(x1 / time1 - x2 / time2, x1 / time1 / time1 + x2 / time2 / time2)


# tests of a table: two-sided P


def chi_square(a: Floats, n1: Floats, c: Floats, n2: Floats, *, continuity: bool = False) -> Floats:
    """Pearson's chi-square with one degree of freedom; ``continuity``: with Yates's correction."""
    everyone, events = n1 + n2, a + c
    with np.errstate(all="ignore"):
        distance = np.abs(a * (n2 - c) - c * (n1 - a))
        distance = distance - np.minimum(distance, everyone / 2) if continuity else distance
        found = everyone * distance**2 / (n1 * n2 * events * (everyone - events))
        return np.where((events == 0) | (events == everyone), 0.0, found)


def likelihood_ratio(a: Floats, n1: Floats, c: Floats, n2: Floats) -> Floats:
    """The likelihood-ratio statistic G2 with one degree of freedom."""
    everyone, events = n1 + n2, a + c
    with np.errstate(all="ignore"):
        terms = [
            special.xlogy(cell, cell * everyone / (row * column))
            for cell, row, column in (
                (a, n1, events),
                (n1 - a, n1, everyone - events),
                (c, n2, events),
                (n2 - c, n2, everyone - events),
            )
        ]
        return np.asarray(2 * np.sum(terms, axis=0))


def normal_p(z: Floats) -> Floats:
    """Two-sided P of a standard normal statistic."""
    return np.asarray(2 * special.ndtr(-np.abs(z)))


def table_tests(a: Floats, n1: Floats, c: Floats, n2: Floats) -> dict[str, Floats]:
    """Two-sided P of the customary large-sample tests of a table, by name."""
    table, half = (a, n1, c, n2), with_half(a, n1, c, n2)
    everyone = n1 + n2
    chi, yates = chi_square(*table), chi_square(*table, continuity=True)
    waldlike: dict[str, Callable[..., Effects]] = {
        "log odds ratio": log_odds_ratio, "log risk ratio": log_risk_ratio, "risk difference": risk_difference,
    }  # fmt: skip
    found = {
        "chi-square": special.chdtrc(1, chi),
        "chi-square with Yates's correction": special.chdtrc(1, yates),
        "chi-square with N - 1 (Mantel-Haenszel)": special.chdtrc(1, chi * (everyone - 1) / everyone),
        "Mantel-Haenszel with continuity correction": special.chdtrc(1, yates * (everyone - 1) / everyone),
        "likelihood ratio": special.chdtrc(1, likelihood_ratio(*table)),
    }
    for name, make in waldlike.items():
        plain, added = make(*table), make(*half)
        with np.errstate(all="ignore"):
            found[f"z of the {name}"] = normal_p(plain.y / plain.se)
            found[f"z of the {name}, one half added"] = normal_p(added.y / added.se)
    return found


def fisher_tests(a: int, n1: int, c: int, n2: int) -> dict[str, float]:
    """Two-sided P of the exact tests of one table, by name: both customs of the other tail, and mid-P."""
    from scipy import stats  # noqa: PLC0415 - slow to import, loaded when needed

    events = a + c
    support = np.arange(max(0, events - n2), min(n1, events) + 1)
    chance = stats.hypergeom(n1 + n2, events, n1).pmf(support)
    own = float(chance[support == a][0])
    unlikely = float(chance[chance <= own * (1 + 1e-7)].sum())
    tail = min(float(chance[support <= a].sum()), float(chance[support >= a].sum()))
    return {
        "Fisher's exact test": min(1.0, unlikely),
        "Fisher's exact test, one tail doubled": min(1.0, 2 * tail),
        "mid-P exact test": min(1.0, unlikely - own / 2),
        "mid-P exact test, one tail doubled": min(1.0, 2 * (tail - own / 2)),
    }


# means: n, mean and standard deviation of each group


def mean_difference(
    n1: Floats, m1: Floats, s1: Floats, n2: Floats, m2: Floats, s2: Floats, *, pooled: bool = False
) -> Effects:
    """Difference of means; variance of each group its own, or pooled."""
    with np.errstate(all="ignore"):
        own = s1**2 / n1 + s2**2 / n2
        together = pooled_sd(n1, s1, n2, s2) ** 2 * (1 / n1 + 1 / n2)
        return quietly(m1 - m2, together if pooled else own)


def pooled_sd(n1: Floats, s1: Floats, n2: Floats, s2: Floats) -> Floats:
    """Standard deviation within both groups."""
    with np.errstate(all="ignore"):
        return np.asarray(np.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / (n1 + n2 - 2)))


def welch_df(n1: Floats, v1: Floats, n2: Floats, v2: Floats) -> Floats:
    """Degrees of freedom after Welch and Satterthwaite, from the squared standard errors of the two means."""
    with np.errstate(all="ignore"):
        return np.asarray((v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1)))


def hedges_correction(df: Floats, *, exact: bool = True) -> Floats:
    """J, which takes the bias off a standardised difference: gamma functions, or 1 - 3 / (4 df - 1). Hedges 1981.

    The exact one exists from two degrees of freedom on.
    """
    with np.errstate(all="ignore"):
        if not exact:
            return np.asarray(1 - 3 / (4 * df - 1))
        small = np.minimum(df, 200)
        # with many participants the quotient of gamma functions is a series; their logarithms would cancel digits
        z = (np.maximum(df, 200) - 1) / 2
        terms = 1 - 1 / (8 * z) + 1 / (128 * z**2) + 5 / (1024 * z**3) - 21 / (32768 * z**4) - 399 / (262144 * z**5)
        direct = special.gamma(small / 2) / special.gamma((small - 1) / 2) / np.sqrt(small / 2)
        found = np.where(df > 200, np.sqrt((df - 1) / df) * terms, direct)
        return np.asarray(np.where(df > 1, found, np.nan))


def standardised_mean_difference(
    n1: Floats, m1: Floats, s1: Floats, n2: Floats, m2: Floats, s2: Floats, *, corrected: bool = True
) -> Effects:
    """Hedges' g (or Cohen's d) on the pooled SD, with its large-sample variance 1/n1 + 1/n2 + y2 / (2 (n1 + n2))."""
    with np.errstate(all="ignore"):
        d = (m1 - m2) / pooled_sd(n1, s1, n2, s2)
        y = d * hedges_correction(n1 + n2 - 2) if corrected else d
        return quietly(y, 1 / n1 + 1 / n2 + y**2 / (2 * (n1 + n2)))


def standardised_by_average(n1: Floats, m1: Floats, s1: Floats, n2: Floats, m2: Floats, s2: Floats) -> Effects:
    """Standardised difference on the root of the average variance, for unequal variances. Bonett 2009."""
    with np.errstate(all="ignore"):
        # a variance needs two participants in each group
        square = np.where((n1 > 1) & (n2 > 1), (s1**2 + s2**2) / 2, np.nan)
        correction = hedges_correction(n1 + n2 - 2)
        y = (m1 - m2) / np.sqrt(square) * correction
        spread = y**2 * (s1**4 / (n1 - 1) + s2**4 / (n2 - 1)) / (8 * square**2)
        return quietly(y, correction**2 * (spread + (s1**2 / (n1 - 1) + s2**2 / (n2 - 1)) / square))


def log_ratio_of_means(n1: Floats, m1: Floats, s1: Floats, n2: Floats, m2: Floats, s2: Floats) -> Effects:
    """Log ratio of two means of one sign."""
    with np.errstate(all="ignore"):
        return quietly(np.log(m1 / m2), s1**2 / (n1 * m1**2) + s2**2 / (n2 * m2**2))
