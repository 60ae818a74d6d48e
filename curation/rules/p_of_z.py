"""POOLED-024. Catalogue 45: P of the pooled effect from z."""

import numpy as np
from scipy import special

from curation.engine.rule import rule
from schemas.intervals import Column
from schemas.scales import possible_p


@rule(
    "POOLED-024",
    severity="warning",
    source="P = 2 (1 - Phi(|z|))",
    oracle="R: oracles/pooled.csv",
    field="p",
    kinds=["pooled"],
    consistent=[dict(kind="pooled", measure="OR", z="2.47", p="0.01"), dict(kind="pooled", measure="OR", z="-3.36", p="<0.001"), dict(kind="pooled", measure="OR", z="2.47", p="0.043", k="8")],
    inconsistent=[dict(kind="pooled", measure="OR", z="2.47", p="0.10"), dict(kind="pooled", measure="OR", z="0.47", p="0.03")],
    cannot_tell=[dict(kind="pooled", measure="OR", z="2.47", p="NR")],
    look="whether z and P are of one analysis, and not those of heterogeneity",
)  # fmt: skip
def p_of_z(z, p, k=None):
    """The P value of the pooled effect does not follow from z.

    P = 2 Phi(-|z|), two-sided, or from t on k - 1 degrees of freedom (Hartung-Knapp). |z| within its rounding. A
    one-sided P value is named as such.
    """
    size = abs(z)
    studies = np.asarray(k.low, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        df = np.where(k.known & (studies > 1), studies - 1, 1e9)
    fits = p.meets(_two_sided(size, lambda x: special.ndtr(-x))) | p.meets(
        _two_sided(size, lambda x: special.stdtr(df, -x))
    )
    return fits.cannot_tell(~possible_p(p))


def _two_sided(size, tail):
    ends = [2 * tail(np.asarray(end, dtype=np.float64)) for end in (size.high, size.low)]
    return Column(ends[0], ends[1], size.known & ~np.isnan(ends[0]) & ~np.isnan(ends[1]))


@p_of_z.reading("P fits a one-sided test", "note")
def one_sided(row):
    return row.holds(p=(2 * row["p"].low, 2 * row["p"].high))


@p_of_z.expects
def the_p_value(row):
    fits = _two_sided(abs(row.columns["z"]), lambda x: special.ndtr(-x))
    if float(fits.high[0]) < 0.0001:
        return "P below 0.0001"
    low, high = (f"{float(end[0]):.2g}" for end in (fits.low, fits.high))
    return f"P of {low}" if low == high else f"P of {low} to {high}"


@p_of_z.changes_conclusion
def decision(row):
    fits = _two_sided(abs(row.columns["z"]), lambda x: special.ndtr(-x))
    return bool((row["p"].high < 0.05 <= fits.low[0]) or (row["p"].low > 0.05 >= fits.high[0]))
