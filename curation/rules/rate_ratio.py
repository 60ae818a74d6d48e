"""RATE-003. Catalogue 29: two rates give their ratio and its interval."""

import numpy as np

from curation.engine.rule import rule
from schemas.fits import Range, ends, limit_reaches, point, reaches
from schemas.proportions import clopper_pearson, mid_p, rounded_z, wilson, z_of
from schemas.scales import nominal_level
from schemas.verdicts import Verdicts
from schemas.wording import decimals

ARMS = ("events", "person_time", "comparator_events", "comparator_person_time")


def _world(one="12", **effect):
    key = dict(study="s", outcome="spm", per="100")
    return [
        dict(kind="rate", arm="len", events=one, person_time="843.5", **key), dict(kind="rate", arm="dex", events="21", person_time="790.0", **key),
        dict(kind="effect", arm="len", comparator="dex", study="s", outcome="spm", measure="IRR") | effect,
    ]  # fmt: skip


@rule(
    "RATE-003",
    severity="warning",
    source="Rothman and Greenland 1998, Modern Epidemiology, 2nd edition; SE of the log rate ratio = sqrt(1/x1 + 1/x2)",
    rows="""
        SELECT c.*, e.estimate, e.lower, e.upper, e.level, e.interval_method FROM compared_rates c JOIN effect e USING (record)
        WHERE c.kind = 'effect' AND e.measure = 'IRR' AND e.estimate IS NOT NULL
            AND c.events IS NOT NULL AND c.person_time IS NOT NULL AND c.comparator_events IS NOT NULL AND c.comparator_person_time IS NOT NULL
    """,
    field="estimate",
    after=["EFFECT-001", "EFFECT-002", "EFFECT-003", "COUNT-003", "RATE-001"],
    consistent=[
        _world(estimate="0.54"), _world(estimate="0.54", lower="0.26", upper="1.09"), _world(estimate="0.54", lower="0.24", upper="1.14"),
        _world("0", estimate="0.00", lower="0", upper="0.17"),
    ],
    inconsistent=[_world(estimate="0.84"), _world(estimate="0.54", lower="0.36", upper="0.80"), _world(estimate="1.87")],
    cannot_tell=[_world(estimate="NR"), _world("3|9?", estimate="0.54")],
    limits="Adjusted rate ratios, and intervals that allow for events clustering in participants, need not be those of the events: a note where adjusted.",
    look="which arm is compared with which, and whether the ratio was adjusted",
    oracle="R: oracles/two_groups.csv",
)  # fmt: skip
def rate_ratio(
    estimate, events, person_time, comparator_events, comparator_person_time,
    lower=None, upper=None, level=None, interval_method=None,
):  # fmt: skip
    """The rate ratio or its interval is not what the events and person-time of the two arms give.

    IRR = (x1 / t1) / (x2 / t2), also with one half added to the events where one arm has none. Its limits: IRR times
    exp(+- z sqrt(1/x1 + 1/x2)), or p / (1 - p) * t2 / t1 with p the exact, mid-P or score limits of x1 out of x1 + x2.
    Events are exact; rounded person-times give a range, which the printed numbers must reach.
    """
    x1, x2, times = point(events), point(comparator_events), _times(person_time, comparator_person_time)
    usable = estimate.known & (x1 >= 0) & (x2 >= 0) & (x1 + x2 > 0) & np.isfinite(times[1])
    fits = np.logical_or.reduce([reaches(estimate, ratio * times[0], ratio * times[1]) for ratio in _ratios(x1, x2)])
    asked = lower.known & upper.known & ~interval_method.is_("bootstrap", "bayesian")
    between = _interval_fits(x1, x2, nominal_level(level), lower, upper, times)
    known = usable & np.logical_or.reduce([~np.isnan(ratio) for ratio in _ratios(x1, x2)])
    return Verdicts.of((~fits | (asked & ~between)) & known, known)


def _times(one, two) -> Range:
    """t2 / t1, at least and at most; infinite where a time may be zero."""
    (low, high), (other_low, other_high) = ends(one), ends(two)
    with np.errstate(all="ignore"):
        bounded = (low > 0) & (other_low > 0) & np.isfinite(high) & np.isfinite(other_high)
        return np.where(bounded, other_low / high, np.nan), np.where(bounded, other_high / low, np.nan)


def _ratios(x1, x2):
    half = np.where((x1 == 0) | (x2 == 0), 0.5, 0.0)
    with np.errstate(all="ignore"):
        return np.where(x2 > 0, x1 / x2, np.nan), (x1 + half) / (x2 + half)


def _odds(p):
    with np.errstate(all="ignore"):
        return np.where(p >= 1, np.inf, p / (1 - p))


def _intervals(x1, x2, level):
    """Limits of the ratio of the expected events, by method."""
    half = np.where((x1 == 0) | (x2 == 0), 0.5, 0.0)
    one, two = x1 + half, x2 + half
    for z in (z_of(level), rounded_z(level)):
        factor = np.exp(z * np.sqrt(1 / one + 1 / two))
        yield one / two / factor, one / two * factor
        low, high = wilson(x1, x1 + x2, z)
        yield _odds(low), _odds(high)
    for method in (clopper_pearson, mid_p):
        low, high = method(x1, x1 + x2, level)
        yield _odds(low), _odds(high)


def _interval_fits(x1, x2, level, lower, upper, times):
    with np.errstate(all="ignore"):
        return np.logical_or.reduce([
            limit_reaches(lower, low * times[0], low * times[1], 0, np.inf) & limit_reaches(upper, high * times[0], high * times[1], 0, np.inf)
            for low, high in _intervals(x1, x2, level)
        ])  # fmt: skip


@rate_ratio.reading("an adjusted rate ratio need not be that of the events", "note")
def adjusted(row):
    return row.code("interval_method") == "adjusted"


@rate_ratio.expects
def the_ratio(row):
    x1, x2 = point(row.columns["events"]), point(row.columns["comparator_events"])
    times = _times(row.columns["person_time"], row.columns["comparator_person_time"])
    middle, places = float(times[0][0] + times[1][0]) / 2, decimals(row["estimate"])
    low, high = next(iter(_intervals(x1, x2, nominal_level(row.columns["level"]))))
    ratio = _ratios(x1, x2)[1][0]
    return " ".join(
        [f"{ratio * middle:.{places}f}", f"({low[0] * middle:.{places}f} to {high[0] * middle:.{places}f}, Wald)"]
    )


@rate_ratio.explain
def swapped(row):
    one, time, two, other = (row.columns[name] for name in ARMS)
    if row.holds(events=two, person_time=other, comparator_events=one, comparator_person_time=time):
        return ["it fits with the two arms swapped"]
    return []


@rate_ratio.explain
def another_level(row):
    if row["level"].known or not row["lower"].known:
        return []
    return [f"the interval is a {level}% one" for level in (90, 99) if row.holds(level=level)]
