"""POOLED-036. Catalogue 41: the pooled odds ratio, risk ratio or risk difference, computed again from the studies' events."""

import numpy as np

from curation.engine.rule import rule
from schemas.fits import point, reaches
from schemas.intervals import Column
from schemas.pooled_counts import closed_forms, crude, fits
from schemas.pooling_arithmetic import padded
from schemas.ragged import Ragged
from schemas.two_group_fits import natural
from schemas.verdicts import Verdicts
from schemas.wording import decimals

_GROUPS = ("events", "total", "comparator_events", "comparator_total")
_NAMES = {"OR": "odds ratio", "RR": "risk ratio", "RD": "risk difference"}


def _world(*studies, **pooled):
    key, rows = {"outcome": "relapse"}, []
    for at, text in enumerate(studies):
        for arm, role, cell in zip(("len", "obs"), ("experimental", "control"), text.split(), strict=True):
            events, total = cell.split("/")
            study = f"study-{at + 1}"
            rows += [
                {"kind": "arm", "study": study, "arm": arm, "label": arm, "role": role},
                {"kind": "count", "study": study, "arm": arm, "events": events, "total": total} | key,
            ]
    return [*rows, {"kind": "pooled", "k": str(len(studies))} | key | pooled]


_STUDIES = ("12/50 20/48", "30/110 41/104", "5/40 7/41")


@rule(
    "POOLED-036",
    severity="warning",
    source="Mantel and Haenszel 1959; Yusuf and others 1985, Progress in Cardiovascular Diseases 27:335; DerSimonian and Laird 1986, doi:10.1016/0197-2456(86)90046-2; corrections of empty cells as in Sweeting, Sutton and Lambert 2004, doi:10.1002/sim.1761",
    oracle="R: oracles/pooled_counts.csv",
    field="estimate",
    after=["EFFECT-003", "EFFECT-004"],
    rows="""
        SELECT kind, record, records, 'estimate' AS field, estimate, measure, events, total, comparator_events, comparator_total,
               pooling_method, interval_method, certain, names
        FROM pooled_counts WHERE estimate IS NOT NULL
    """,
    consistent=[
        _world(*_STUDIES, measure="OR", estimate="0.55"),
        _world(*_STUDIES, measure="RR", estimate="0.67", model="random"),
        _world("0/40 3/41", "0/20 0/22", "2/60 6/58", measure="OR", estimate="0.24"),
        _world("0/40 3/41", "0/20 0/22", "2/60 6/58", measure="OR", estimate="0.20", pooling_method="mantel_haenszel"),
    ],
    inconsistent=[
        _world(*_STUDIES, measure="OR", estimate="0.75"),
        _world(*_STUDIES, measure="RD", estimate="-0.20"),
        _world(*_STUDIES, measure="OR", estimate="1.83"),
    ],
    cannot_tell=[
        _world(*_STUDIES, measure="OR", estimate="NR"),
        _world(*_STUDIES, measure="OR", estimate="0.75", pooling_method="glmm"),
        _world("12|13?/50 20/48", *_STUDIES[1:], measure="OR", estimate="0.75"),
        _world("12?/50 20/48", *_STUDIES[1:], measure="OR", estimate="0.75"),
    ],
    limits="Exact and other mixed models and Bayesian models pool otherwise; where they are stated the rule does not judge. Counts whose totals are not those analysed make it speak.",
    look="whether the counts are those that were pooled, and which group is compared with which",
)  # fmt: skip
def pooled_from_counts(
    estimate,
    measure,
    events,
    total,
    comparator_events,
    comparator_total,
    pooling_method=None,
    interval_method=None,
    certain=None,
):
    """The pooled effect is not what the events of the studies give.

    By no customary method: Mantel-Haenszel; Peto's odds ratio; inverse variances with a common effect or with tau2 by
    DerSimonian-Laird (also on Mantel-Haenszel's Q), Paule-Mandel, restricted or full maximum likelihood, Hedges,
    Hunter-Schmidt, Sidik-Jonkman; each with no correction of empty cells, with one half (or a share by group size) in
    studies that have one, or in all; studies that say nothing kept or left out. Counts are exact, so each method gives
    one number; the rule contradicts if the rounding interval of the printed estimate holds none of them.
    """
    table, usable = _table(events, total, comparator_events, comparator_total)
    usable &= estimate.known
    codes = np.full(len(usable), 2, dtype=np.int8)
    for name in _NAMES:
        rows = np.flatnonzero(usable & measure.is_(name))
        if len(rows):
            codes[rows] = ~_any(fits(name, tuple(each[rows] for each in table), estimate.take(rows)))
    return Verdicts(codes).cannot_tell(
        pooling_method.is_("glmm", "bayesian", "crude") | interval_method.is_("adjusted") | certain.is_("no")
    )


def _any(by_method):
    return np.logical_or.reduce(list(by_method.values()))


def _table(*lists):
    """Events and totals as one line per pooled result, and the lines all of whose counts are certain and possible."""
    a, n1, c, n2 = (padded(point(each.items), each.starts, np.nan) for each in lists)
    there = np.arange(a.shape[1])[None, :] < lists[0].lengths[:, None]
    with np.errstate(invalid="ignore"):
        possible = (a >= 0) & (a <= n1) & (c >= 0) & (c <= n2) & (n1 >= 1) & (n2 >= 1)
    return (a, n1, c, n2), (possible | ~there).all(axis=1) & (lists[0].lengths > 1)


def _own(row):
    """The table and the estimate of a flagged row, in doubles."""
    estimate = row.columns["estimate"]
    table, _ = _table(*(row.columns[name] for name in _GROUPS))
    low, high = (np.asarray(end, dtype=np.float64) for end in (estimate.low, estimate.high))
    return table, Column(low, high, estimate.known)


def _swapped(row):
    c, n2, a, n1 = (row.columns[name] for name in _GROUPS)
    return row.holds(events=a, total=n1, comparator_events=c, comparator_total=n2)


@pooled_from_counts.reading("it fits with the two groups of all studies exchanged", "note")
def turned_round(row):
    return _swapped(row)


def _other_way(row):
    null = 0 if row.code("measure") == "RD" else 1
    closed, *_ = closed_forms(row.code("measure"), _own(row)[0])
    values = np.concatenate([natural(row.code("measure"), each)[:, 0] for each in closed.values()])
    low, high = float(row["estimate"].low), float(row["estimate"].high)
    return bool((np.nanmin(values) > null and high < null) or (np.nanmax(values) < null and low > null))


@pooled_from_counts.changes_conclusion
def direction(row):
    return _other_way(row)


@pooled_from_counts.expects
def by_the_usual_methods(row):
    measure, places = row.code("measure"), decimals(row["estimate"])
    closed, *_ = closed_forms(measure, _own(row)[0])
    shown = [
        ("Mantel-Haenszel", "Mantel-Haenszel"),
        ("inverse variances, common effect", "inverse variances, common effect"),
        ("random effects (DerSimonian-Laird)", "random effects"),
    ]
    texts: dict[str, list[str]] = {}
    for name, words in shown:
        # with one half added where a cell is empty; without studies that say nothing
        values = natural(measure, closed[name][:, 0])
        value = values[1 if name == "Mantel-Haenszel" else 3]
        if np.isfinite(value):
            texts.setdefault(f"{value:.{places}f}", []).append(words)
    return " or ".join(f"{value} ({', '.join(words)})" for value, words in texts.items())


@pooled_from_counts.explain
def one_study_less(row):
    table, estimate = _own(row)
    k = table[0].shape[1]
    if k < 3:
        return []
    keep = ~np.eye(k, dtype=bool)
    a, n1, c, n2 = (np.repeat(each, k, axis=0)[keep].reshape(k, k - 1) for each in table)
    found = np.flatnonzero(_any(fits(row.code("measure"), (a, n1, c, n2), estimate.take(np.zeros(k, dtype=np.intp)))))
    return [f"it fits without {name}" for name in _named(row, found)]


@pooled_from_counts.explain
def one_study_turned_round(row):
    table, estimate = _own(row)
    k = table[0].shape[1]
    one = np.eye(k, dtype=bool)
    a, n1, c, n2 = (np.repeat(each, k, axis=0) for each in table)
    turned = np.where(one, c, a), np.where(one, n2, n1), np.where(one, a, c), np.where(one, n1, n2)
    found = np.flatnonzero(_any(fits(row.code("measure"), turned, estimate.take(np.zeros(k, dtype=np.intp)))))
    return [f"it fits with the two groups of {name} exchanged" for name in _named(row, found)]


def _named(row, found):
    """At most three studies: where more would do, none of them explains anything."""
    names = row.cells.get("names")
    if len(found) > 3 or not isinstance(names, list):
        return []
    return [str(names[at]) for at in found]


@pooled_from_counts.explain
def another_measure(row):
    return [
        f"it fits as the {name}"
        for code, name in _NAMES.items()
        if code != row.code("measure") and row.holds(measure=code)
    ]


@pooled_from_counts.explain
def those_without_the_event(row):
    events, total, others, of_others = (row.columns[name] for name in _GROUPS)
    free = [Ragged(n.items - x.items, x.starts) for x, n in ((events, total), (others, of_others))]
    if row.code("measure") == "RR" and row.holds(events=free[0], comparator_events=free[1]):
        return ["it fits those without the event"]
    return []


@pooled_from_counts.explain
def added_up(row):
    table, estimate = _own(row)
    whole = natural(row.code("measure"), crude(row.code("measure"), table))
    return ["it fits all participants added up as if of one study"] if reaches(estimate, whole)[0] else []
