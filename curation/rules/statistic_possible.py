"""TEST-002. Catalogue 27: values that no statistic takes."""

import numpy as np

from curation.engine.rule import rule
from schemas.null_tests import NEVER_NEGATIVE, p_values
from schemas.verdicts import Verdicts


@rule(
    "TEST-002",
    severity="error",
    source="arithmetic: F, chi-square and Q are sums or ratios of squares; a correlation lies between -1 and 1",
    field="statistic",
    oracle="brute force: test_rules_tests.py",
    consistent=[
        dict(kind="test", statistic_type="F", statistic="0.00", df1="1", df2="28"),
        dict(kind="test", statistic_type="r", statistic="-1.00", df1="28"),
        dict(kind="test", statistic_type="chi2", statistic="0.0", df1="0"),
        dict(kind="test", statistic_type="t", statistic="-2.20", df1="27.5"),
        dict(kind="test", statistic_type="F", statistic="<1", df1="1", df2="28"),
    ],
    inconsistent=[
        dict(kind="test", statistic_type="F", statistic="-4.10", df1="1", df2="28"),
        dict(kind="test", statistic_type="chi2", statistic="−3.84", df1="1"),
        dict(kind="test", statistic_type="Q", statistic="<0"),
        dict(kind="test", statistic_type="r", statistic="1.36", df1="28"),
        dict(kind="test", statistic_type="t", statistic="2.20", df1="-28"),
        dict(kind="test", statistic_type="F", statistic="4.10", df1="0", df2="28"),
        dict(kind="test", statistic_type="chi2", statistic="3.84", df1="0"),
        dict(kind="test", statistic_type="chi2", statistic="3.84", df1="1.5"),
    ],
    cannot_tell=[
        dict(kind="test", statistic_type="F", statistic="NR", df1="1", df2="28"),
        dict(kind="test", statistic="-4.10", df1="1"),
    ],
    look="the sign and the decimal point of the statistic and its degrees of freedom",
)  # fmt: skip
def statistic_possible(statistic_type, statistic, df1=None, df2=None):
    """The test statistic or its degrees of freedom cannot have this value.

    F, chi-square and Q are not negative and |r| <= 1, at some value that prints as printed. Degrees of freedom are
    positive, the numerator's of F and those of r at least 1; of chi-square and Q they are whole, and 0 only where the
    statistic is 0. Exceptions that are customary are warnings: a scaled chi-square has degrees of freedom with
    decimals, and those of a mixed model may print as 0.
    """
    with np.errstate(invalid="ignore"):
        wrong = _below(statistic, 0) & statistic_type.is_(*NEVER_NEGATIVE)
        wrong |= (_above(statistic, 1) | _below(statistic, -1)) & statistic_type.is_("r")
        wrong |= _wrong_degrees(statistic_type, statistic, df1, df2)
    return Verdicts.of(wrong, statistic_type.known & statistic.known)


def _below(column, bound):
    """Every value is below the bound; an open end at the bound leaves it out."""
    return column.known & np.asarray(
        (column.high < bound) | ((column.high == bound) & np.isneginf(_float(column.low))), dtype=bool
    )


def _above(column, bound):
    return column.known & np.asarray(
        (column.low > bound) | ((column.low == bound) & np.isposinf(_float(column.high))), dtype=bool
    )


def _float(ends):
    return np.asarray(ends, dtype=np.float64)


def _wrong_degrees(kind, statistic, df1, df2):
    squares = kind.is_("chi2", "Q")
    wrong = _nothing(df1) & (kind.is_("t") | (squares & ~_may_be_zero(statistic)))
    wrong |= (_largest(df1) < 1) & kind.is_("F", "r")
    wrong |= _nothing(df2) & kind.is_("F")
    wrong |= (_largest(df1) < 0) & squares
    return wrong | (squares & df1.known & _no_whole(df1))


def _largest(df):
    """The largest possible value; what is printed as a whole number is that number. Infinite where nothing is printed."""
    low, high = _float(df.low), _float(df.high)
    with np.errstate(invalid="ignore"):
        whole = (high - low > 0.5) & (high - low <= 1) & np.isfinite(low)
        middle = np.where(low == np.rint(low), low, np.rint((low + high) / 2))  # cut off, or rounded
    return np.where(df.known, np.where(whole, middle, high), np.inf)


def _nothing(df):
    return _largest(df) <= 0


def _may_be_zero(statistic):
    return statistic.known & np.asarray((statistic.low <= 0) & (statistic.high >= 0), dtype=bool)


def _no_whole(df):
    low, high = _float(df.low), _float(df.high)
    with np.errstate(invalid="ignore"):
        return np.isfinite(low) & np.isfinite(high) & (np.ceil(low - 1e-9) > np.floor(high + 1e-9))


@statistic_possible.reading(
    "a chi-square scaled for weights or clusters has degrees of freedom with decimals", "warning"
)
def scaled(row):
    df = row["df1"]
    if row.code("statistic_type") not in ("chi2", "Q") or df.value is None or df.value <= 0:
        return False
    return df.value.denominator > 1 and row.holds(df1=1)


@statistic_possible.reading(
    "degrees of freedom estimated in a mixed model may be below one half and print as 0", "warning"
)
def rounded_to_zero(row):
    kind, name = row.code("statistic_type"), "df2" if row.code("statistic_type") == "F" else "df1"
    return kind in ("t", "F") and row[name].value == 0 and row.holds(**{name: 1})


@statistic_possible.expects
def a_possible_one(row):
    if row.code("statistic_type") == "r" and not row.holds(df1=1):
        return "a correlation from -1 to 1"
    if row.code("statistic_type") in NEVER_NEGATIVE and not row.holds(df1=1, df2=1):
        return "a statistic of 0 or more"
    return "degrees of freedom of 1 or more"


@statistic_possible.explain
def misread(row):
    """A t taken for r."""
    return ["P fits if it is t instead of r"] if row.code("statistic_type") == "r" and _p_fits(row, "t") else []


def _p_fits(row, kind):
    given = row.record.get("p")
    if given is None or not given.known:
        return False
    codes = type(row.columns["statistic_type"])(np.array([kind], dtype=object))
    fits = p_values(codes, *(row.columns[name] for name in ("statistic", "df1", "df2")))
    return bool(fits.known[0] and given.low <= fits.high[0] and given.high >= fits.low[0])
