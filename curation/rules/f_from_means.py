"""EFFECT-016. Catalogue 27: means and SDs of all arms give the F of a one-way analysis of variance."""

import numpy as np

from curation.engine.rule import rule
from schemas.fits import ends, reaches
from schemas.verdicts import Verdicts
from schemas.wording import decimals


def _world(statistic="4.10", sd="9.1", df2="147", **test):
    key = dict(study="s", outcome="age")
    arms = dict(a=("52", "58.5", sd), b=("48", "54.2", "8.7"), c=("50", "54.1", "9.9"))
    return [
        *(dict(kind="arm", study="s", arm=arm, label=arm, role="experimental") for arm in arms),
        *(dict(kind="mean", arm=arm, n=n, mean=mean, sd=s, **key) for arm, (n, mean, s) in arms.items()),
        dict(kind="test", statistic_type="F", statistic=statistic, df1="2", df2=df2, **key) | test,
    ]  # fmt: skip


@rule(
    "EFFECT-016",
    severity="warning",
    source="Fisher 1925, Statistical Methods for Research Workers: one-way analysis of variance",
    rows="SELECT * FROM arm_means",
    field="statistic",
    after=["COUNT-003"],
    consistent=[_world("3.72"), _world("3.7")],
    inconsistent=[_world("6.10"), _world("1.20")],
    cannot_tell=[_world("NR"), _world("3.72", df2="120")],
    limits="Asked only where the degrees of freedom are those of all arms of the study: arms less one, and participants less arms.",
    look="whether the test is of these arms, and whether the standard deviations are standard deviations",
    oracle="R: oracles/two_groups.csv",
)  # fmt: skip
def f_from_means(statistic, n, mean, sd, df1=None, df2=None):
    """The F statistic is not what the means and standard deviations of the arms give.

    F = [sum n_i (m_i - M)^2 / (k - 1)] / [sum (n_i - 1) s_i^2 / (N - k)]. The denominator rises with every SD. The root of
    the numerator is a norm of the means, so rounding moves it by no more than the norm of the rounding: each true mean
    lies within half a unit, which bounds it by sqrt(sum n_i h_i^2). The range is safe, and slightly too wide.
    """
    rows = len(statistic.low)
    low, high = np.full(rows, np.nan), np.full(rows, np.nan)
    (n_low, n_high), (m_low, m_high), (s_low, s_high) = (ends(each.items) for each in (n, mean, sd))
    (d1, d2) = ([ends(each)[end] for end in (0, 1)] for each in (df1, df2))
    for row, (start, stop) in enumerate(zip(n.starts[:-1], n.starts[1:], strict=True)):
        at = slice(start, stop)
        size, k = n_low[at], stop - start
        whole = np.isfinite([*m_low[at], *m_high[at], *s_low[at], *s_high[at]]).all() and (size == n_high[at]).all()
        total = size.sum()
        if not whole or not d1[0][row] <= k - 1 <= d1[1][row] or not d2[0][row] <= total - k <= d2[1][row]:
            continue
        low[row], high[row] = _range(size, (m_low[at], m_high[at]), (s_low[at], s_high[at]))
    known = statistic.known & np.isfinite(low)
    return Verdicts.of(~reaches(statistic, low, high) & known, known)


def _range(n, mean, sd):
    k, total = len(n), n.sum()
    middle, half = (mean[0] + mean[1]) / 2, (mean[1] - mean[0]) / 2
    size, moved = np.sqrt((n * (middle - (n * middle).sum() / total) ** 2).sum()), np.sqrt((n * half**2).sum())
    within = [((n - 1) * np.maximum(end, 0) ** 2).sum() / (total - k) for end in sd]
    if within[1] <= 0:
        return np.nan, np.nan
    between = max(size - moved, 0) ** 2 / (k - 1), (size + moved) ** 2 / (k - 1)
    return between[0] / within[1], between[1] / within[0] if within[0] > 0 else 1e300


@f_from_means.expects
def the_statistic(row):
    lists = [ends(row.columns[name].items) for name in ("n", "mean", "sd")]
    low, high = _range(lists[0][0], lists[1], lists[2])
    places = max(1, decimals(row["statistic"]))
    return f"{low:.{places}f} to {high:.{places}f}" if np.isfinite(low) else ""
