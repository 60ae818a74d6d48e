"""SPREAD-001. Catalogue 20: SE = SD / sqrt(n)."""

import math

from curation.engine.rule import rule
from schemas.screens import ROOM, people
from schemas.spread import FROM_A_MODEL, modelled, square, unusable
from schemas.verdicts import Verdicts
from schemas.wording import decimals


@rule(
    "SPREAD-001",
    severity="error",
    source="arithmetic: the standard error of a mean is SD / sqrt(n)",
    kinds=["mean"],
    field="se",
    oracle="brute force: test_bruteforce_spread.py",
    consistent=[dict(n="52", sd="9.1", se="1.3"), dict(n="52", sd="9.1", se="1.26"), dict(n="4", sd="2", se="1.0")],
    inconsistent=[
        dict(n="52", sd="9.1", se="1.8"),
        dict(n="52", sd="1.26", se="9.10"),
        dict(n="52", sd="9.10", se="1.274"),
        dict(n="52", sd="9.1", se="2.4", column="Adjusted mean (SE)"),
    ],
    cannot_tell=[dict(n="NR", sd="9.1", se="1.3"), dict(n="52", sd="9.1", se="NR"), dict(n="≥50", sd="9.1", se="1.8")],
    limits="A standard error from a model or of adjusted means is known as such only if the record says so in its words.",
    look="which of the two is which, and whether the number of participants is that of the mean",
)
def se_is_sd_over_root_n(n, sd, se):
    """The standard error is not the standard deviation divided by the root of the number of participants.

    SE^2 n = SD^2, each within its rounding: exact, as no root is taken.
    """
    return (square(se) * n).meets(square(sd)).cannot_tell(unusable(n, 1))


@se_is_sd_over_root_n.screen
def surely_so(n, sd, se):
    least, most = se.low * se.low * (n.low * (1 + ROOM)), se.high * se.high * (n.low * (1 - ROOM))
    fits = (least <= sd.high * sd.high) & (sd.low * sd.low <= most) & (se.low >= 0) & (sd.low >= 0)
    return Verdicts.surely(fits & people(n, 1))


@se_is_sd_over_root_n.reading("it fits SD/√(n-1), for a standard deviation computed with n", "warning")
def divided_by_n(row):
    return row.holds(n=row["n"].low - 1)


@se_is_sd_over_root_n.reading(FROM_A_MODEL, "warning")
def from_a_model(row):
    return modelled(row)


@se_is_sd_over_root_n.expects
def the_se(row):
    size, places = math.sqrt(row["n"].low), max(1, decimals(row["se"]))
    low, high = (f"{max(0.0, float(end)) / size:.{places}f}" for end in (row["sd"].low, row["sd"].high))
    return f"a standard error of {low}" if low == high else f"a standard error of {low} to {high}"


@se_is_sd_over_root_n.explain
def exchanged(row):
    fits = row.holds(sd=row.columns["se"], se=row.columns["sd"])
    return ["it fits if standard deviation and standard error are exchanged"] if fits else []


@se_is_sd_over_root_n.explain
def the_same_number(row):
    if row["sd"].value is None or row["sd"].value != row["se"].value:
        return []
    return ["standard deviation and standard error are the same number: one of them may have been copied"]


@se_is_sd_over_root_n.explain
def another_n(row):
    sd, se = row["sd"], row["se"]
    if se.low <= 0 or sd.low <= 0 or sd.high < se.low:
        return []
    low, high = math.ceil((sd.low / se.high) ** 2), math.floor((sd.high / se.low) ** 2)
    if low > high or low < 2 or high > 4 * low:
        return []
    return [f"it would fit {low} participants" if low == high else f"it would fit {low} to {high} participants"]
