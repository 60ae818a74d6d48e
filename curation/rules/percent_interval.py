"""COUNT-004. Catalogue 6 and 51: the interval of a single proportion."""

import numpy as np

from curation.engine.rule import rule
from schemas.fits import ends, limit_reaches, names, point, verdicts
from schemas.proportions import clopper_pearson, mid_chance, proportion_intervals, wald, wilson, z_of
from schemas.scales import nominal_level
from schemas.wording import decimals

SLACK = 1e-9
LEVELS = (80.0, 90.0, 95.0, 98.0, 99.0)


@rule(
    "COUNT-004",
    severity="warning",
    source="Newcombe 1998, Statistics in Medicine 17:857; Clopper and Pearson 1934, Biometrika 26:404; Wilson 1927, J Am Stat Assoc 22:209",
    kinds=["count"],
    field="lower",
    after=["COUNT-001", "COUNT-002", "COUNT-003"],
    consistent=[
        dict(events="22", total="52", lower="28.7%", upper="56.8%"), dict(events="22", total="52", lower="29.9%", upper="55.8%"),
        dict(events="0", total="30", lower="0", upper="11.6"), dict(events="0", total="30", lower="0.0", upper="9.5"),
        dict(events="22", total="52", lower="28.9%", upper="55.7%"), dict(events="22", total="52", lower="25.1%", upper="60.9%", level="99%"),
    ],
    inconsistent=[
        dict(events="22", total="52", lower="31.9%", upper="55.8%"), dict(events="22", total="52", lower="25.1%", upper="60.9%"),
        dict(events="2", total="40", lower="5.0", upper="20.0"),
    ],
    cannot_tell=[dict(events="NR", total="52", lower="28.7%", upper="56.8%"), dict(events="22", total="52", lower="28.7%", upper="NR")],
    limits=(
        "Tried: Clopper-Pearson, mid-P, Jeffreys, Wald and Wilson with and without continuity correction, Agresti-Coull, plus four, logit, "
        "arcsine. Intervals of adjusted, weighted or clustered percentages and Bayesian ones with another prior are not among them."
    ),
    look="whether events, total and interval belong to the same people, and which level the interval has",
    oracle="R: oracles/proportions.csv",
)  # fmt: skip
def percent_interval(events, total, lower, upper, level=None, estimator=None):
    """No usual method gives this interval for this number of events out of the total.

    lower and upper must both lie, rounded, where one of the customary methods puts them for the events, the total and
    the level (95% where none is printed); limits beyond 0 or 100% may be printed as they are or cut off. Events and
    total are exact, so each method gives one interval, and only the two printed limits carry rounding.
    """
    x, n = point(events), point(total)
    rows = np.flatnonzero((n >= 1) & (x >= 0) & (x <= n) & lower.known & upper.known)
    known = np.zeros(len(x), dtype=bool)
    known[rows] = True
    fits = _fits(x[rows], n[rows], nominal_level(level)[rows], lower.take(rows), upper.take(rows))
    judged = verdicts({"any": np.logical_or.reduce(list(fits.values()))}, None, known[rows])
    codes = np.full(len(x), 2, dtype=np.int8)
    codes[rows] = judged.codes
    return type(judged)(codes).only(estimator.is_("proportion"))


def _fits(x, n, level, lower, upper):
    fits = {
        name: limit_reaches(lower, 100 * low, 100 * low, 0, 100) & limit_reaches(upper, 100 * high, 100 * high, 0, 100)
        for name, (low, high) in proportion_intervals(x, n, level).items()
    }
    return fits | {"mid-P": _by_mid_p(x, n, (1 - level / 100) / 2, lower, upper)}


def _by_mid_p(x, n, tail, lower, upper):
    """The chance of more events than x rises with p: it must pass tail inside the one limit, 1 - tail inside the other."""
    (l_low, l_high), (u_low, u_high) = (
        [mid_chance(x, n, np.clip(end / 100, 0, 1)) for end in ends(each)] for each in (lower, upper)
    )
    low = np.where(x == 0, ends(lower)[0] <= 0, (l_low <= tail + SLACK) & (l_high >= tail - SLACK))
    high = np.where(x == n, ends(upper)[1] >= 100, (u_low <= 1 - tail + SLACK) & (u_high >= 1 - tail - SLACK))
    return low & high


def _near(row, x, n):
    """Which of these events and totals would give the printed interval."""
    lower, upper = (row.columns[name].take(np.zeros(len(x), dtype=np.intp)) for name in ("lower", "upper"))
    return np.logical_or.reduce(list(_fits(x, n, np.full(len(x), _level(row)), lower, upper).values()))


@percent_interval.expects
def by_three_methods(row):
    x, n, level = (np.array([float(each)]) for each in (row["events"].low, row["total"].low, _level(row)))
    places = max(decimals(row["lower"]), decimals(row["upper"]))
    shown = {
        "Clopper-Pearson": clopper_pearson(x, n, level),
        "Wilson": wilson(x, n, z_of(level)),
        "Wald": wald(x, n, z_of(level)),
    }
    return "; ".join(
        f"{100 * max(low[0], 0):.{places}f} to {100 * min(high[0], 1):.{places}f} ({name})" for name, (low, high) in shown.items()
    )  # fmt: skip


def _level(row):
    return nominal_level(row.columns["level"])[0]


@percent_interval.explain
def another_level(row):
    found = []
    for level in LEVELS:
        if level != _level(row) and row.holds(level=level):
            x, n = point(row.columns["events"]), point(row.columns["total"])
            by = names(_fits(x, n, np.array([level]), row.columns["lower"], row.columns["upper"]))
            found.append(f"it is a {level:g}% interval ({by[0]})")
    return found


@percent_interval.explain
def of_other_people(row):
    """Totals nearby of which the interval would be right, or else events."""
    n, x = int(row["total"].low), int(row["events"].low)
    totals = np.array([one for one in range(max(x, n - 10, 1), n + 11) if one != n])
    fits = [str(one) for one in totals[_near(row, np.full(len(totals), float(x)), totals.astype(float))]]
    if 0 < len(fits) <= 4:
        return [f"it is the interval of {x} events out of {' or '.join(fits)}"]
    events = np.array([one for one in dict.fromkeys([*range(max(0, x - 5), min(n, x + 5) + 1), n - x]) if one != x])
    right = events[_near(row, events.astype(float), np.full(len(events), float(n)))] if len(events) else []
    if len(right) != 1:
        return []
    without = right[0] == n - x
    return ["it is the interval of those without the event" if without else f"it is the interval of {right[0]} events out of {n}"]  # fmt: skip
