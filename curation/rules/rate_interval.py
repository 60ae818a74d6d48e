"""RATE-002. Catalogue 29: the interval of a rate."""

import numpy as np

from curation.engine.rule import rule
from schemas.fits import ends, limit_reaches, names, point, verdicts
from schemas.proportions import event_intervals, events_mid_chance, garwood
from schemas.scales import nominal_level
from schemas.verdicts import Verdicts
from schemas.wording import decimals

SLACK = 1e-9
LEVELS = (80.0, 90.0, 95.0, 98.0, 99.0)


@rule(
    "RATE-002",
    severity="warning",
    source="Garwood 1936, Biometrika 28:437; Breslow and Day 1987, Statistical Methods in Cancer Research, vol. 2",
    kinds=["rate"],
    field="lower",
    after=["COUNT-003", "RATE-001"],
    consistent=[
        dict(events="12", person_time="843.5", rate="1.42", per="100", lower="0.74", upper="2.49"),
        dict(events="12", person_time="843.5", per="100", lower="0.81", upper="2.51"),
        dict(events="12", rate="1.42", per="100", lower="0.62", upper="2.23"),
        dict(events="0", person_time="100", per="100", lower="0.0", upper="3.7"), dict(events="0", person_time="100", per="100", lower="0", upper="3.0"),
    ],
    inconsistent=[
        dict(events="12", person_time="843.5", per="100", lower="1.02", upper="1.99"),
        dict(events="12", person_time="843.5", per="100", lower="0.57", upper="2.91"),
    ],
    cannot_tell=[
        dict(events="NR", person_time="843.5", per="100", lower="0.74", upper="2.49"), dict(events="12", per="100", lower="0.74", upper="2.49"),
        dict(events="12", person_time="843.5", per="100", lower="0.74", upper="NR"),
    ],
    limits=(
        "Tried: exact (Garwood), mid-P, Jeffreys, Byar, score, and Wald on the rate, its logarithm and its root. Intervals that allow for "
        "events clustering in participants (negative binomial, robust) are wider and are not among them."
    ),
    look="whether events and person-time belong to the interval, which level it has, and whether events of one participant were counted twice",
    oracle="R: oracles/proportions.csv",
)  # fmt: skip
def rate_interval(events, lower, upper, person_time=None, rate=None, per=None, level=None):
    """No usual method gives this interval for this number of events over the person-time.

    Limits of the expected number of events, times what the rate is given per, over the person-time (or over the
    person-time that rate and events imply). Events are exact; a rounded person-time gives each method a range, which
    the rounded limits must reach.
    """
    x, (least, most) = point(events), _per_event(events, person_time, rate, per)
    known = (x >= 0) & np.isfinite(least) & np.isfinite(most) & (least > 0) & lower.known & upper.known
    rows = np.flatnonzero(known)
    each = (lower.take(rows), upper.take(rows), least[rows], most[rows])
    fits = _fits(x[rows], nominal_level(level)[rows], *each)
    codes = np.full(len(x), 2, dtype=np.int8)
    codes[rows] = verdicts(fits, None, known[rows]).codes
    return Verdicts(codes)


def _fits(x, level, lower, upper, least, most):
    fits = {
        name: limit_reaches(lower, np.minimum(low * least, low * most), np.maximum(low * least, low * most), 0, np.inf)
        & limit_reaches(upper, high * least, high * most, 0, np.inf)
        for name, (low, high) in event_intervals(x, level).items()
    }
    return fits | {"mid-P": _by_mid_p(x, (1 - level / 100) / 2, lower, upper, least, most)}


def _by_mid_p(x, tail, lower, upper, least, most):
    """The chance of more events than x rises with their mean: it must pass tail inside the one limit, 1 - tail inside the other."""
    chances = [
        [events_mid_chance(x, np.maximum(end, 0) / by) for end, by in zip(ends(each), (most, least), strict=True)]
        for each in (lower, upper)
    ]
    low = np.where(x == 0, ends(lower)[0] <= 0, (chances[0][0] <= tail + SLACK) & (chances[0][1] >= tail - SLACK))
    return low & (chances[1][0] <= 1 - tail + SLACK) & (chances[1][1] >= 1 - tail - SLACK)


def _per_event(events, person_time, rate, per):
    """What one event adds to the rate: per / person-time, at least and at most."""
    number = np.array([float(one) if one else 1.0 for one in per.values])
    (t_low, t_high), (r_low, r_high), x = ends(person_time), ends(rate), point(events)
    with np.errstate(all="ignore"):
        least, most = number / t_high, np.where(t_low > 0, number / t_low, np.inf)
        by_rate = rate.known & ~person_time.known & (x > 0)
        least, most = np.where(by_rate, r_low / x, least), np.where(by_rate, r_high / x, most)
    given = person_time.known | by_rate
    return np.where(given, least, np.nan), np.where(given, most, np.nan)


@rate_interval.expects
def the_exact_interval(row):
    names_ = ("events", "person_time", "rate", "per")
    least, most = _per_event(*(row.columns[name] for name in names_))
    low, high = garwood(point(row.columns["events"]), nominal_level(row.columns["level"]))
    middle, places = (least[0] + most[0]) / 2, max(decimals(row["lower"]), decimals(row["upper"]))
    return f"{low[0] * middle:.{places}f} to {high[0] * middle:.{places}f} (exact)"


@rate_interval.explain
def another_level(row):
    own, found = nominal_level(row.columns["level"])[0], []
    least, most = _per_event(*(row.columns[name] for name in ("events", "person_time", "rate", "per")))
    for level in LEVELS:
        if level != own and row.holds(level=level):
            fits = _fits(
                point(row.columns["events"]), np.array([level]), row.columns["lower"], row.columns["upper"], least, most
            )
            found.append(f"it is a {level:g}% interval ({names(fits)[0]})")
    return found


@rate_interval.explain
def another_per(row):
    own = row.code("per") or "1"
    fits = [one for one in ("1", "10", "100", "1000", "10000", "100000") if one != own and row.holds(per=one)]
    return [f"it is the interval of the rate per {fits[0]}"] if len(fits) == 1 else []
