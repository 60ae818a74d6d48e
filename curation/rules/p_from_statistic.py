"""TEST-001. Catalogue 27: P recomputed from the statistic."""

import numpy as np
from scipy import special

from curation.engine.rule import rule
from schemas.intervals import Column
from schemas.repairs import sentences
from schemas.scales import possible_p

ALPHA = 0.05


@rule(
    "TEST-001",
    severity="warning",
    source="the null distributions of t, F, chi-square, z and r; Nuijten et al. 2016, doi:10.3758/s13428-015-0664-2",
    consistent=[
        dict(kind="test", statistic_type="t", statistic="2.20", df1="28", p="0.036"),
        dict(kind="test", statistic_type="F", statistic="4.10", df1="2", df2="90", p="0.02"),
        dict(kind="test", statistic_type="chi2", statistic="10.35", df1="7", p="0.169"),
        dict(kind="test", statistic_type="z", statistic="-1.96", p="0.05"),
        dict(kind="test", statistic_type="r", statistic="0.36", df1="28", p="0.05"),
        dict(kind="test", statistic_type="t", statistic="-2.20", df1="28", p="0.018", tails="one"),
    ],
    inconsistent=[
        dict(kind="test", statistic_type="t", statistic="2.20", df1="28", p="0.018", tails="two"),
        dict(kind="test", statistic_type="t", statistic="1.20", df1="28", p="0.03"),
        dict(kind="test", statistic_type="chi2", statistic="10.35", df1="7", p="0.016"),
        dict(kind="test", statistic_type="z", statistic="1.20", p="<0.05"),
    ],
    cannot_tell=[
        dict(kind="test", statistic_type="t", statistic="2.20", p="0.036"),
        dict(kind="test", statistic_type="t", statistic="2.20", df1="28", p="NR"),
    ],
    look="the degrees of freedom, and whether P is one-sided or adjusted for several tests",
)  # fmt: skip
def p_from_statistic(statistic_type, statistic, p, df1=None, df2=None, tails=None):
    """The P value does not follow from the test statistic.

    The upper tail of F and chi-square, both tails of t, z and r (r as t = r sqrt(df / (1 - r^2))), at all values of
    the statistic that print as printed. Degrees of freedom with decimals, and those of t, are rounded numbers (Welch);
    whole ones of F, chi-square and r are exact. A stated one-sided test may have half of P, or one less that half.
    """
    both = _two_sided(statistic_type, statistic, df1, df2)
    one = tails.is_("one")
    verdicts = p.meets(_where(one, both * 0.5, both)) | p.meets(1 - both * 0.5).only(one)
    return verdicts.cannot_tell(~both.known | ~possible_p(p))


def _two_sided(kind, statistic, df1, df2):
    size = abs(statistic)
    low, high = (np.asarray(end, dtype=np.float64) for end in (size.low, size.high))
    least, most = np.full(len(low), np.nan), np.full(len(low), np.nan)
    for name, tail in TAILS.items():
        rows = np.flatnonzero(kind.is_(name) & statistic.known)
        if len(rows):
            first, second = (
                _df(df.take(rows), fractional=name in fractional) for df, fractional in ((df1, ("t",)), (df2, ("F",)))
            )
            with np.errstate(all="ignore"):
                corners = [tail(end, a, b) for end in (low[rows], high[rows]) for a in first for b in second]
            least[rows], most[rows] = np.minimum.reduce(corners), np.maximum.reduce(corners)
    return Column(least, most, ~np.isnan(least) & ~np.isnan(most))


def _df(df, *, fractional):
    """The least and greatest degrees of freedom: a rounded number, or an exact one where they are whole."""
    low, high = (np.asarray(end, dtype=np.float64) for end in (df.low, df.high))
    with np.errstate(invalid="ignore"):
        whole = (high - low > 0.5) & (high - low <= 1) if not fractional else np.zeros(len(low), dtype=bool)
        middle = np.where(low == np.rint(low), low, np.rint((low + high) / 2))  # cut off, or rounded
    return np.where(whole, middle, np.maximum(low, 0.5)), np.where(whole, middle, high)


def _of_r(r, df):
    r = np.minimum(r, 1.0)
    return 2 * special.stdtr(df, -r * np.sqrt(df / (1 - r**2)))


TAILS = {
    "t": lambda t, df, _: 2 * special.stdtr(df, -t),
    "F": lambda f, df1, df2: special.fdtrc(df1, df2, f),
    "chi2": lambda x, df, _: special.chdtrc(df, x),
    "z": lambda z, _df1, _df2: 2 * special.ndtr(-z),
    "r": lambda r, df, _: _of_r(r, df),
}
"""Two-sided P by statistic; each falls as the statistic grows."""


def _where(rows, first, second):
    return Column(
        np.where(rows, first.low, second.low), np.where(rows, first.high, second.high), first.known & second.known
    )


def _expected(row):
    columns = row.columns
    return _two_sided(columns["statistic_type"], columns["statistic"], columns["df1"], columns["df2"])


@p_from_statistic.reading("it fits a one-sided test", "note")
def one_sided(row):
    return row.code("tails") != "two" and row.holds(tails="one")


@p_from_statistic.expects
def the_p_value(row):
    both = _expected(row) * (0.5 if row.code("tails") == "one" else 1)
    low, high = (f"{float(end[0]):.2g}" if end[0] >= 0.0001 else "0.0001" for end in (both.low, both.high))
    if float(both.high[0]) < 0.0001:
        return "P below 0.0001"
    return f"P of {high}" if low == high else f"P of {low} to {high}"


@p_from_statistic.changes_conclusion
def decision(row):
    fits, p = _expected(row), row["p"]
    printed_significant, computed_significant = (
        p.high < ALPHA or (p.high == ALPHA and p.low < ALPHA),
        float(fits.high[0]) < ALPHA,
    )
    return bool((printed_significant and float(fits.low[0]) > ALPHA) or (p.low > ALPHA and computed_significant))


@p_from_statistic.explain
def several_tests(row):
    fits = [times for times in range(2, 21) if row.holds(p=(row["p"].low / times, row["p"].high / times))]
    return [f"P is the computed one times {fits[0]}: it may be adjusted for {fits[0]} tests"] if len(fits) == 1 else []


@p_from_statistic.explain
def slips(row):
    return sentences(row, ("statistic", "p"), also=lambda name, repair: name != "p" or repair.middle <= 1)
