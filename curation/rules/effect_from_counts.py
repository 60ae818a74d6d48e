"""EFFECT-009. Catalogue 28: a two-by-two table gives its odds ratio, risk ratio and risk difference."""

import numpy as np

from curation.engine.rule import rule
from schemas.fits import point
from schemas.two_group_fits import MAKERS, estimate_fits, estimates, plain
from schemas.verdicts import Verdicts
from schemas.wording import decimals

OTHER = {"OR": "odds ratio", "RR": "risk ratio", "RD": "risk difference"}


def _world(one="12", of_one="40", two="20", of_two="42", arms=("len", "dex"), **effect):
    key = dict(study="s", outcome="cr")
    return [
        dict(kind="count", arm=arms[0], events=one, total=of_one, **key), dict(kind="count", arm=arms[1], events=two, total=of_two, **key),
        dict(kind="effect", arm="len", comparator="dex", **key) | effect,
    ]  # fmt: skip


@rule(
    "EFFECT-009",
    severity="warning",
    source="arithmetic; Yusuf and others 1985, Progress in Cardiovascular Diseases 27:335, for Peto's odds ratio",
    rows="""
        SELECT c.*, e.measure, e.estimate, e.interval_method FROM compared_counts c JOIN effect e USING (record)
        WHERE c.kind = 'effect' AND e.measure IN ('OR', 'RR', 'RD') AND e.estimate IS NOT NULL
    """,
    field="estimate",
    after=["COUNT-001", "COUNT-003", "EFFECT-003", "EFFECT-004"],
    consistent=[
        _world(measure="OR", estimate="0.47"), _world(measure="RR", estimate="0.63"), _world(measure="RD", estimate="-17.6%"),
        _world("0", measure="OR", estimate="0.01"), _world("0", measure="OR", estimate="0.00"),
    ],
    inconsistent=[
        _world(measure="OR", estimate="0.57"), _world(measure="OR", estimate="2.12"), _world(measure="RD", estimate="0.30"),
        _world(measure="OR", estimate="0.57", interval_method="adjusted"),
    ],
    cannot_tell=[_world(measure="OR", estimate="NR"), _world("3|9?", measure="OR", estimate="0.47"), _world("0", two="0", measure="RR", estimate="2.0", of_two="0")],
    limits="An adjusted estimate need not be that of the table: a note, unless it points the other way.",
    look="which arm is compared with which, whether the effect is of the event or of its absence, and whether it was adjusted",
    oracle="R: oracles/two_groups.csv",
)  # fmt: skip
def effect_from_counts(estimate, measure, events, total, comparator_events, comparator_total, interval_method=None):
    """The effect is not what the events of the two arms give.

    OR = a d / (b c), RR = (a / n1) / (c / n2), RD = a / n1 - c / n2, each also with one half added to every cell, and for
    the odds ratio Peto's and the conditional estimate. Counts are exact, so each gives one number; the rule contradicts
    if the rounding interval of the printed estimate holds none of them.
    """
    a, n1, c, n2 = (point(each) for each in (events, total, comparator_events, comparator_total))
    usable = (a >= 0) & (a <= n1) & (c >= 0) & (c <= n2) & (n1 >= 1) & (n2 >= 1) & estimate.known
    codes = np.full(len(a), 2, dtype=np.int8)
    for name in MAKERS:
        rows = np.flatnonzero(usable & measure.is_(name))
        if len(rows):
            fits = estimate_fits(name, (a[rows], n1[rows], c[rows], n2[rows]), estimate.take(rows))
            codes[rows] = ~np.logical_or.reduce(list(fits.values()))
    return Verdicts(codes)


def _computed(row):
    names = ("events", "total", "comparator_events", "comparator_total")
    a, n1, c, n2 = (point(row.columns[name]) for name in names)
    table = (a, n1, c, n2)
    return estimates(row.code("measure"), table), plain(row.code("measure"), table)[0]


def _other_way(row):
    null = 0 if row.code("measure") == "RD" else 1
    own, (low, high) = _computed(row)[1], (float(row["estimate"].low), float(row["estimate"].high))
    return (own > null and high < null) or (own < null and low > null)


@effect_from_counts.reading("an adjusted estimate need not be that of the table", "note")
def adjusted(row):
    return row.code("interval_method") == "adjusted" and not _other_way(row)


@effect_from_counts.changes_conclusion
def direction(row):
    return _other_way(row)


@effect_from_counts.expects
def the_estimates(row):
    places = decimals(row["estimate"])
    texts = [f"{value[0]:.{places}f}" for value in _computed(row)[0].values() if np.isfinite(value[0])]
    return " or ".join(dict.fromkeys(texts))


@effect_from_counts.explain
def turned_round(row):
    a, n1, c, n2 = (row[name].value for name in ("events", "total", "comparator_events", "comparator_total"))
    found = []
    if row.holds(events=c, total=n2, comparator_events=a, comparator_total=n1):
        found.append("it fits with the two arms swapped")
    if row.holds(events=n1 - a, comparator_events=n2 - c):
        found.append("it fits those without the event")
    return found


@effect_from_counts.explain
def another_measure(row):
    return [
        f"it fits as the {name}"
        for code, name in OTHER.items()
        if code != row.code("measure") and row.holds(measure=code)
    ]


@effect_from_counts.explain
def another_scale(row):
    low, high = row["estimate"].low, row["estimate"].high
    if row.code("measure") == "RD":
        return ["it fits in percentage points"] if row.holds(estimate=(low / 100, high / 100)) else []
    if abs(high) < 20 and row.holds(estimate=(float(np.exp(float(low))), float(np.exp(float(high))))):
        return ["it fits as the logarithm of the ratio"]
    return []
