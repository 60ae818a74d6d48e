"""SURVIVAL-011. Catalogue 37: the interval of a survival rate, on some customary scale."""

import numpy as np
from scipy import special

from curation.engine.rule import rule
from schemas.verdicts import Verdict, Verdicts

SCALES = {
    "as printed": lambda s: s,
    "on the logarithmic scale": np.log,
    "on the log-log scale": lambda s: -np.log(-np.log(s)),
    "on the logit scale": special.logit,
    "on the arcsine scale": lambda s: np.arcsin(np.sqrt(s)),
}
"""Rising functions of a rate from 0 to 1 on which a Greenwood interval may be symmetric."""


@rule(
    "SURVIVAL-011",
    severity="warning",
    source="Borgan and Liestol 1990, Scand J Statist 17:35 (transformed intervals); arithmetic",
    oracle="R: oracles/survival_intervals.csv",
    kinds=["survival"],
    field="rate",
    after=["EFFECT-001", "EFFECT-002", "PERCENT-001"],
    consistent=[
        dict(time="2 years", rate="69.0%", rate_lower="56.2%", rate_upper="81.8%"),
        dict(time="2 years", rate="69.0%", rate_lower="54.0%", rate_upper="80.0%"),
        dict(time="2 years", rate="97.0%", rate_lower="90.6%", rate_upper="100%"),
    ],
    inconsistent=[
        dict(time="2 years", rate="69.0%", rate_lower="65.0%", rate_upper="91.0%"),
        dict(time="2 years", rate="96.0%", rate_lower="65.0%", rate_upper="98.0%"),
    ],
    cannot_tell=[dict(time="2 years", rate="69.0%", rate_lower="NR", rate_upper="81.0%")],
    limits="Whether the interval is as wide as the number of participants asks is the matter of SURVIVAL-012.",
    look="swapped digits, and limits that belong to another rate",
)
def rate_interval_even(rate, rate_lower, rate_upper):
    """The confidence limits do not lie evenly around the survival rate on any customary scale.

    g(S) = (g(L) + g(U)) / 2 for at least one of: g(S) = S, log S, log(-log S), logit S (Rothman's and Wilson's interval
    too), arcsine of the root of S. Each number anywhere inside its rounding; a limit printed as 0% or 100% may have
    been cut off there. Between the geometric mean of the limits and that of their complements, where exact, bootstrap
    and modified intervals lie, it is a note.
    """
    told = rate.known & rate_lower.known & rate_upper.known
    verdicts = [_even(rate, rate_lower, rate_upper, scale) for scale in SCALES.values()]
    found = verdicts[0]
    for each in verdicts[1:]:
        found = found | each
    return found.cannot_tell(~told)


def _even(rate, lower, upper, scale):
    """The middle of the limits may be the rate; a 0% or 100% reaches without end on every scale."""
    (s_low, s_high), (l_low, l_high), (u_low, u_high) = (_scaled(each, scale) for each in (rate, lower, upper))
    with np.errstate(invalid="ignore"):
        below, above = (l_low + u_low) / 2 - s_high, s_low - (l_high + u_high) / 2
    gap = np.maximum(np.where(np.isnan(below), -np.inf, below), np.where(np.isnan(above), -np.inf, above))
    edge = np.abs(gap) <= 1e-9
    return Verdicts(np.where(edge, np.int8(Verdict.EDGE), (gap > 0).astype(np.int8)))


def _scaled(column, scale):
    ends = []
    for end in (column.low, column.high):
        s = np.asarray(end, dtype=np.float64) / 100
        with np.errstate(all="ignore"):
            inside = scale(np.clip(s, 1e-12, 1 - 1e-12))
        ends.append(np.where(s <= 0, -np.inf, np.where(s >= 1, np.inf, inside)))
    return ends


@rate_interval_even.reading("exact, bootstrap and modified intervals are not symmetric on any of these scales", "note")
def between_the_outermost_scales(row):
    s, low, high = ((row[name].low / 100, row[name].high / 100) for name in ("rate", "rate_lower", "rate_upper"))
    product = max(low[0], 0) * max(high[0], 0)
    complements = max(1 - low[1], 0) * max(1 - high[1], 0)
    return s[1] >= 0 and s[1] ** 2 >= product and (1 - s[0]) ** 2 >= complements and low[0] <= s[1] and high[1] >= s[0]


@rate_interval_even.expects
def the_middles(row):
    low, high = (float(row[name].value or 0) for name in ("rate_lower", "rate_upper"))
    if not 0 < low < high < 100:
        return ""
    places = 1
    cloglog = 100 * np.exp(-np.sqrt(np.log(low / 100) * np.log(high / 100)))
    return f"a rate of {(low + high) / 2:.{places}f}% (plain interval) or {cloglog:.{places}f}% (log-log interval)"


@rate_interval_even.explain
def complement(row):
    rate = row["rate"]
    fits = row.holds(rate=(100 - rate.high, 100 - rate.low))
    return [f"the limits fit if {rate} is the percentage with the event, not the percentage free of it"] if fits else []
