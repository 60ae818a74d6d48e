"""TEST-001. Catalogue 27: P recomputed from the statistic."""

from fractions import Fraction

import numpy as np

from curation.engine.rule import rule
from schemas.null_tests import SIGNED, p_values
from schemas.scales import possible_p
from schemas.thresholds import threshold

ALPHA = threshold(
    "alpha", 0.05, meaning="P below which a test is called significant", least=0.0001, most=0.5,
    source="the customary 5%, as in Nuijten et al. 2016, doi:10.3758/s13428-015-0664-2",
)  # fmt: skip
ARGUMENTS = ("statistic_type", "statistic", "df1", "df2")


@rule(
    "TEST-001",
    severity="warning",
    source="the null distributions of t, F, chi-square, z and r; Nuijten et al. 2016, doi:10.3758/s13428-015-0664-2",
    oracle="R: oracles/statcheck.csv, oracles/tails.csv",
    thresholds=[ALPHA],
    consistent=[
        dict(kind="test", statistic_type="t", statistic="2.20", df1="28", p="0.036"),
        dict(kind="test", statistic_type="F", statistic="4.10", df1="2", df2="90", p="0.02"),
        dict(kind="test", statistic_type="chi2", statistic="10.35", df1="7", p="0.169"),
        dict(kind="test", statistic_type="Q", statistic="10.35", df1="7", p="0.169"),
        dict(kind="test", statistic_type="z", statistic="-1.96", p="0.05"),
        dict(kind="test", statistic_type="r", statistic="0.36", df1="28", p="0.05"),
        dict(kind="test", statistic_type="t", statistic="-2.20", df1="28", p="0.018", tails="one"),
        dict(kind="test", statistic_type="F", statistic="4.10", df1="2", df2="90", p="0.02", tails="one"),
        dict(kind="test", statistic_type="F", statistic="<1", df1="2", df2="90", p=">0.05"),
        dict(kind="test", statistic_type="t", statistic="9.1", df1="28", p="0.000"),
    ],
    inconsistent=[
        dict(kind="test", statistic_type="t", statistic="2.20", df1="28", p="0.018", tails="two"),
        dict(kind="test", statistic_type="t", statistic="1.20", df1="28", p="0.03"),
        dict(kind="test", statistic_type="chi2", statistic="10.35", df1="7", p="0.016"),
        dict(kind="test", statistic_type="Q", statistic="10.35", df1="7", p="<0.05"),
        dict(kind="test", statistic_type="z", statistic="1.20", p="<0.05"),
        dict(kind="test", statistic_type="F", statistic="<1", df1="2", df2="90", p="0.01"),
        dict(kind="test", statistic_type="t", statistic=">3.5", df1="28", p="0.04"),
        dict(kind="test", statistic_type="F", statistic="4.10", df1="2", df2="90", p="0.01", tails="one"),
    ],
    cannot_tell=[
        dict(kind="test", statistic_type="t", statistic="2.20", p="0.036"),
        dict(kind="test", statistic_type="t", statistic="2.20", df1="28", p="NR"),
        dict(kind="test", statistic_type="t", statistic="<2.20", df1="28", p="0.036"),
        dict(kind="test", statistic_type="F", statistic="-2.20", df1="1", df2="28", p="0.036"),
    ],
    limits="A P value adjusted for several tests does not follow from its statistic; so a mismatch is never an error.",
    look="the degrees of freedom, and whether P is one-sided or adjusted for several tests",
)  # fmt: skip
def p_from_statistic(statistic_type, statistic, p, df1=None, df2=None, tails=None):
    """The P value does not follow from the test statistic.

    The upper tail of F, chi-square and Q; both tails of t, z and r (r as t = r sqrt(df / (1 - r^2))), at all values
    of the statistic that print as printed. Degrees of freedom with decimals, those of t and those of the denominator
    of F are rounded numbers (Welch); other whole ones are exact. P of F need not lie between its values at the ends of
    rounded degrees of freedom, so points between them are looked at too. A stated one-sided test of t, z, r, F with
    one numerator degree of freedom or chi-square with one may have half of P, or one less that half.
    """
    both = p_values(statistic_type, statistic, df1, df2)
    one, half = tails.is_("one"), _has_a_sign(statistic_type, df1)
    plain = p.meets(both)
    sided = p.meets(both * 0.5) | p.meets(1 - both * 0.5)
    verdicts = plain.unless(one & statistic_type.is_(*SIGNED)) | sided.only(one & half)
    return verdicts.cannot_tell(~both.known | ~possible_p(p))


def _has_a_sign(kind, df1):
    """Statistics of which one side may be asked: t, z, r, and the squares of t and z."""
    with np.errstate(invalid="ignore"):
        single = df1.known & np.asarray((df1.low <= 1) & (df1.high >= 1), dtype=bool)
    return kind.is_(*SIGNED) | (kind.is_("F", "chi2", "Q") & single)


def _fits(row, **changed):
    columns = [changed.get(name, row.columns[name]) for name in ARGUMENTS]
    return p_values(*columns)


def _expected(row):
    return _fits(row) * (0.5 if row.code("tails") == "one" and row.code("statistic_type") in SIGNED else 1)


@p_from_statistic.reading("it fits a one-sided test", "note")
def one_sided(row):
    if row.code("tails") in ("one", "two") or not row.holds(tails="one"):
        return False
    p, half = row.columns["p"], _fits(row) * 0.5
    return bool(p.low[0] <= half.high[0] and p.high[0] >= half.low[0])


@p_from_statistic.reading("it fits a two-sided test", "note")
def two_sided(row):
    return row.code("tails") == "one" and row.holds(tails="two")


@p_from_statistic.reading(
    "it fits if the degrees of freedom were adjusted and printed as whole numbers (Greenhouse and Geisser)", "note"
)
def adjusted_degrees(row):
    if row.code("statistic_type") != "F" or row["df1"].text.strip() == "1":
        return False
    p, fits = row.columns["p"], p_values(*(row.columns[name] for name in ARGUMENTS), whole_df1=False)
    return bool(fits.known[0] and p.low[0] <= fits.high[0] and p.high[0] >= fits.low[0])


@p_from_statistic.expects
def the_p_value(row):
    fits = _expected(row)
    low, high = float(fits.low[0]), float(fits.high[0])
    if high < 0.0001:
        return "P below 0.0001"
    if low < 0.0001:
        return f"P below {high:.2g}"
    shown = [f"{end:.2g}" for end in (low, high)]
    return f"P of {shown[0]}" if shown[0] == shown[1] else f"P of {shown[0]} to {shown[1]}"


@p_from_statistic.changes_conclusion
def decision(row):
    if one_sided(row) or two_sided(row):
        return False
    alpha = Fraction(repr(ALPHA.value))
    fits, p = _expected(row), row["p"]
    below, above = p.high < alpha or p.high == alpha > p.low, p.low > alpha or p.low == alpha < p.high
    return bool((below and float(fits.low[0]) > alpha) or (above and float(fits.high[0]) < alpha))


def _in_digits(row):
    """P is printed in digits; a bound fits so much that offers about it say nothing."""
    p = row["p"]
    return p.value is not None and p.low + p.high == 2 * p.value


@p_from_statistic.explain
def several_tests(row):
    if not _in_digits(row):
        return []
    fits = [times for times in range(2, 21) if row.holds(p=(row["p"].low / times, row["p"].high / times))]
    return [f"P is the computed one times {fits[0]}: it may be adjusted for {fits[0]} tests"] if len(fits) == 1 else []


@p_from_statistic.explain
def other_tail(row):
    p = row["p"]
    if not _in_digits(row) or p.low < 0 or p.high > 1:
        return []
    if row.code("tails") not in ("one", "two") and row.holds(tails="one") and not one_sided(row):
        return ["it fits a one-sided test whose effect lies on the other side"]
    return ["P fits if it is the other tail: one less the P value"] if row.holds(p=(1 - p.high, 1 - p.low)) else []


@p_from_statistic.explain
def another_statistic(row):
    """T and F, z and chi-square: squares of one another, and easily mistaken."""
    kind, size = row.code("statistic_type"), row["statistic"]
    degrees = row.columns["df1"]
    if not _in_digits(row):
        return []
    if kind == "t" and row.holds(statistic_type="F", df1=1, df2=degrees):
        return ["it fits if the number is F with one numerator degree of freedom, the square of t"]
    if kind == "F" and row["df1"].value == 1 and row.holds(statistic_type="t", df1=row.columns["df2"]):
        return ["it fits if the number is t, whose square is F"]
    if kind == "z" and size.value is not None and size.value > 0 and row.holds(statistic_type="chi2", df1=1):
        return ["it fits if the number is chi-square with one degree of freedom, the square of z"]
    if kind == "chi2" and row["df1"].value == 1 and row.holds(statistic_type="z"):
        return ["it fits if the number is z, whose square is chi-square"]
    return []


@p_from_statistic.explain
def other_degrees(row):
    """The number of participants in their place, numerator and denominator exchanged, or another whole number."""
    kind, df1, df2 = row.code("statistic_type"), row["df1"], row["df2"]
    if not _in_digits(row):
        return []
    if kind == "F" and df1.known and df2.known and row.holds(df1=row.columns["df2"], df2=row.columns["df1"]):
        return [f"it fits with the degrees of freedom exchanged, F({df2.text.strip()}, {df1.text.strip()})"]
    if kind in ("t", "r") and df1.value is not None:
        for less in (2, 1):
            if df1.value - less >= 1 and row.holds(df1=df1.value - less):
                told = f"it fits with {df1.value - less} degrees of freedom"
                people = less == 2 or kind == "t"  # of n pairs a correlation has n - 2
                return [f"{told}, if {df1.text.strip()} is the number of participants" if people else told]
    if kind in ("chi2", "Q") and df1.value is not None:
        fits = [df for df in range(1, 61) if row.holds(df1=df)]
        if len(fits) == 1:
            return [f"it fits with {fits[0]} degree{'s' * (fits[0] > 1)} of freedom"]
    return []
