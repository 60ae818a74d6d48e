"""SURVIVAL-013. Catalogue 35: the interval of a hazard ratio against the number of events."""

import numpy as np
from scipy import special

from curation.engine.rule import rule
from schemas.scales import nominal_level, standard_errors
from schemas.verdicts import Verdicts


def _trial(first, second, **effect):
    return [
        dict(kind="arm", study="s", arm="len", label="Lenalidomide", role="experimental"),
        dict(kind="arm", study="s", arm="dex", label="Dexamethasone", role="control"),
        dict(kind="survival", study="s", arm="len", outcome="os", events=first, median="30 months"),
        dict(kind="survival", study="s", arm="dex", outcome="os", events=second, median="24 months"),
        dict(kind="effect", study="s", arm="len", comparator="dex", outcome="os", measure="HR", estimate="0.66")
        | effect,
    ]


@rule(
    "SURVIVAL-013",
    severity="warning",
    source="the information of Cox's partial likelihood (Cox 1972, J R Stat Soc B 34:187)",
    oracle="R: oracles/survival_hazard_ratios.csv",
    after=["EFFECT-001", "EFFECT-002", "EFFECT-003", "COUNT-001", "COUNT-003"],
    field="estimate",
    rows="""
        WITH seen AS (
            SELECT s.source, s.study, s.outcome, coalesce(s.analysis_set, '') AS who,
                   CASE WHEN a.role = 'total' THEN '' ELSE coalesce(s.arm, '') END AS arm,
                   max_by(struct_pack(record, events), coalesce(s.events.value, -1)) AS one
            FROM survival s LEFT JOIN arm a ON a.study = s.study AND a.arm = s.arm
            WHERE s.events IS NOT NULL AND s."time" IS NULL AND s.outcome IS NOT NULL
            GROUP BY ALL
        ), ratio AS (
            SELECT *, coalesce(analysis_set, '') AS who FROM effect
            WHERE measure = 'HR' AND arm IS NOT NULL AND (se IS NOT NULL OR (lower IS NOT NULL AND upper IS NOT NULL))
        )
        SELECT 'effect' AS kind, e.record, list_filter([e.record, a.one.record, b.one.record, w.one.record], lambda each: each IS NOT NULL) AS records,
               CASE WHEN e.upper IS NULL THEN 'se' ELSE 'upper' END AS field, e.se, e.lower, e.upper, e.level, e.estimate, e.interval_method,
               a.one.events AS events_arm, b.one.events AS events_other,
               CASE WHEN a.one IS NULL OR b.one IS NULL THEN w.one.events END AS events_all
        FROM ratio e
        LEFT JOIN seen a ON a.source = e.source AND a.study = e.study AND a.outcome = e.outcome AND a.who = e.who AND a.arm = e.arm
        LEFT JOIN seen b ON b.source = e.source AND b.study = e.study AND b.outcome = e.outcome AND b.who = e.who AND b.arm = e.comparator
        LEFT JOIN seen w ON w.source = e.source AND w.study = e.study AND w.outcome = e.outcome AND w.who = e.who AND w.arm = ''
        WHERE (a.one IS NOT NULL AND b.one IS NOT NULL) OR w.one IS NOT NULL
    """,
    consistent=[
        _trial("60", "70", lower="0.46", upper="0.94"),
        _trial("60", "70", se="0.18"),
        _trial("5", "2", lower="0.10", upper="4.00"),
    ],
    inconsistent=[
        _trial("60", "70", lower="0.56", upper="0.78"),
        _trial("60", "70", se="0.12"),
        _trial("60", "70", lower="0.46", upper="0.94", level="99%"),
    ],
    cannot_tell=[_trial("60", "NR", lower="0.56", upper="0.78")],
    limits=(
        "Events come from survival records without a landmark time, of the same source, study, outcome and analysis set. "
        "Hazard ratios per unit of a continuous quantity have no arm and are passed over."
    ),
    look="the number of events, the level, the comparison the interval belongs to, and whether the two are of one data cut",
)  # fmt: skip
def hazard_ratio_precision(
    events_arm=None, events_other=None, events_all=None, estimate=None, se=None, lower=None, upper=None, level=None
):
    """The interval of the hazard ratio is narrower than so few events allow.

    SE(ln HR) >= sqrt(1/E1 + 1/E2) >= 2 / sqrt(D). Exact for a binary arm in any Cox model at its maximum: each event
    adds p(1 - p) to the information, with p the arm's weighted share of those at risk; the p add up to E1 (the score is
    zero), so together they give at most E1 E2 / D, and covariates, strata and ties (Breslow, Efron, exact) only take
    from it. The half-width of the interval is z SE. Limits anywhere inside their rounding. With only the total of events
    2/sqrt(D) is the bound. A warning and no error: robust, weighted, bootstrap and Bayesian intervals may be narrower,
    and the events may be of an earlier data cut.
    """
    most = _widest(se, lower, upper, level)
    least, known = _narrowest(events_arm, events_other, events_all)
    known &= np.isfinite(most)
    gap = np.where(known, most - least, 0)
    return Verdicts.of(gap < -1e-9, known)


def _ends(column):
    return np.asarray(column.low, dtype=np.float64), np.asarray(column.high, dtype=np.float64)


def _widest(se, lower, upper, level):
    """The largest standard error of ln HR that the print allows; from the interval, else as printed."""
    z = standard_errors(nominal_level(level))
    with np.errstate(all="ignore"):
        from_limits = (np.log(_ends(upper)[1]) - np.log(np.maximum(_ends(lower)[0], 0))) / (2 * z)
    return np.where(lower.known & upper.known, from_limits, np.where(se.known, _ends(se)[1], np.nan))


def _narrowest(first, second, both):
    """The least standard error that the events allow, and whether they are known."""
    by_arm = first.known & second.known
    one, two, everyone = (_ends(each)[1] for each in (first, second, both))
    with np.errstate(all="ignore"):
        sharp = np.sqrt(1 / one + 1 / two)
        least = np.where(by_arm & (one > 0) & (two > 0), sharp, 2 / np.sqrt(np.where(by_arm, one + two, everyone)))
    return least, (by_arm | both.known) & ~np.isnan(least)


@hazard_ratio_precision.expects
def at_least(row):
    columns = [row.columns[name] for name in ("events_arm", "events_other", "events_all")]
    least, estimate = float(_narrowest(*columns)[0][0]), row["estimate"].value
    if row["upper"].known and estimate and np.isfinite(least):
        z = float(special.ndtri(0.5 + nominal_level(row.columns["level"])[0] / 200))
        middle = float(estimate)
        low, high = middle * np.exp(-z * least), middle * np.exp(z * least)
        return f"limits no closer than about {low:.2f} and {high:.2f}"
    return f"a standard error of at least {least:.3f}"


@hazard_ratio_precision.reading("a log-rank estimate, (O - E)/V, may be this precise with very unequal events", "note")
def log_rank_estimate(row):
    one, two = row["events_arm"], row["events_other"]
    if not (one.known and two.known):
        return False
    columns = [row.columns[name] for name in ("se", "lower", "upper", "level")]
    most = float(_widest(*columns)[0])
    return bool(most >= 2 / np.sqrt(float(one.high + two.high)) - 1e-9)


@hazard_ratio_precision.reading("the interval is a bootstrap or Bayesian one, which prior or method may narrow", "note")
def another_method(row):
    return row.record.get("interval_method") in ("bootstrap", "bayesian")


@hazard_ratio_precision.explain
def events_needed(row):
    columns = [row.columns[name] for name in ("se", "lower", "upper", "level")]
    most = float(_widest(*columns)[0])
    return [f"an interval this narrow needs {int(np.ceil(4 / most**2 - 1e-6)):,} events or more"] if most > 0 else []
