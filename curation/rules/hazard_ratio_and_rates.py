"""SURVIVAL-016. Catalogue 36: a hazard ratio against two survival rates at one time."""

import numpy as np

from curation.engine.rule import rule
from schemas.thresholds import threshold
from schemas.verdicts import Verdicts

FACTOR = threshold(
    "hazard_ratio_from_rates", 1.5,
    meaning="how far the ratio of the log survival rates may lie outside the intervals of the rates and of the hazard ratio, as a factor",
    source="this project's choice; the ratio is the hazard ratio for proportional hazards", least=1, most=100,
)  # fmt: skip


def _trial(first, second, lower="0.52", upper="0.84"):
    at = dict(kind="survival", study="s", outcome="os", time="2 years", total="150")
    return [
        at | dict(arm="len", rate=first),
        at | dict(arm="dex", rate=second),
        dict(kind="effect", study="s", arm="len", comparator="dex", outcome="os", measure="HR", estimate="0.66", lower=lower, upper=upper),
    ]  # fmt: skip


@rule(
    "SURVIVAL-016",
    severity="note",
    source="arithmetic for proportional hazards: S_arm(t) = S_other(t)^HR",
    oracle="R: oracles/survival_hazard_ratios.csv",
    after=["EFFECT-001", "EFFECT-002", "EFFECT-003", "SURVIVAL-011"],
    field="estimate",
    thresholds=[FACTOR],
    rows="""
        WITH landmark AS (
            SELECT source, study, arm, outcome, coalesce(analysis_set, '') AS who, origin, days, min(record) AS record,
                   any_value(rate) AS rate, any_value(total) AS total, any_value("time".text) AS "time"
            FROM survivals
            WHERE days IS NOT NULL AND rate IS NOT NULL AND arm IS NOT NULL AND outcome IS NOT NULL AND estimator = 'kaplan_meier'
            GROUP BY ALL HAVING count(DISTINCT rate.text) = 1 AND count(DISTINCT total.text) = 1
        )
        SELECT 'effect' AS kind, e.record, [e.record, a.record, b.record] AS records, 'estimate' AS field,
               e.estimate, e.lower, e.upper, a."time" AS at, a.rate AS rate_arm, b.rate AS rate_other,
               a.total AS total_arm, b.total AS total_other
        FROM effect e
        JOIN landmark a ON a.source = e.source AND a.study = e.study AND a.outcome = e.outcome
             AND a.who = coalesce(e.analysis_set, '') AND a.arm = e.arm
        JOIN landmark b ON b.source = e.source AND b.study = e.study AND b.outcome = e.outcome AND b.who = a.who
             AND b.arm = e.comparator AND b.days = a.days AND b.origin = a.origin
        WHERE e.measure = 'HR' AND e.estimate IS NOT NULL
    """,
    consistent=[_trial("80%", "71%"), _trial("80%", "65%"), _trial("50%", "62%", "0.40", "1.10")],
    inconsistent=[_trial("60%", "85%"), _trial("90%", "40%")],
    cannot_tell=[_trial("80%", "NR"), _trial("100%", "71%")],
    limits="Rates without participants, or with an event in none or in all of them, are passed over.",
    look="which arm is compared with which, and whether the rates are those with the event",
)
def hazard_ratio_and_rates(estimate, lower, upper, rate_arm, rate_other, total_arm, total_other):
    """The hazard ratio is far from what the two survival rates at one time suggest.

    ln S_arm / ln S_other = HR at every time, exactly under proportional hazards and constant or not. Chance is allowed
    for in all three: HR anywhere in its interval, each rate anywhere within its rounding and its 95% interval on the
    log-log scale, whose standard error is at least the binomial sqrt((1 - S) / (S N)) / -ln S. A note where even then
    the two differ by more than the threshold, as a factor.
    """
    one, two = _log_hazard(rate_arm, total_arm), _log_hazard(rate_other, total_other)
    with np.errstate(all="ignore"):
        low, high = (np.log(np.asarray(end, dtype=np.float64)) for end in (lower.low, upper.high))
        gap = np.maximum(one[0] - two[1] - high, low - (one[1] - two[0]))
    known = np.isfinite(gap) & lower.known & upper.known
    return Verdicts.of(np.where(known, gap, 0) > np.log(FACTOR.value) + 1e-9, known)


def _log_hazard(rate, total):
    """log(-log S) at least and at most, with its interval; NaN where S may be 0 or 1."""
    low, high, n = (np.asarray(end, dtype=np.float64) for end in (rate.low, rate.high, total.high))
    with np.errstate(all="ignore"):
        ends = []
        for s, sign in ((high / 100, -1), (low / 100, 1)):
            inside = np.where((s > 0) & (s < 1), s, np.nan)
            spread = np.sqrt((1 - inside) / (inside * n)) / -np.log(inside)
            ends.append(np.log(-np.log(inside)) + sign * 1.96 * spread)
    return ends


@hazard_ratio_and_rates.expects
def the_ratio(row):
    one, two = (float(row[name].value or 0) / 100 for name in ("rate_arm", "rate_other"))
    if not (0 < one < 1 and 0 < two < 1):
        return ""
    rates = f"ln {row['rate_arm'].text.strip()} / ln {row['rate_other'].text.strip()}"
    return f"a hazard ratio near {np.log(one) / np.log(two):.2f} ({rates}), if hazards are proportional"


@hazard_ratio_and_rates.explain
def exchanged_or_with_the_event(row):
    one, two = row["rate_arm"], row["rate_other"]
    found = []
    if row.holds(rate_arm=(two.low, two.high), rate_other=(one.low, one.high)):
        found.append("it fits if the two arms are exchanged, in the rates or in the hazard ratio")
    if row.holds(rate_arm=(100 - one.high, 100 - one.low), rate_other=(100 - two.high, 100 - two.low)):
        found.append("it fits if the rates are those with the event")
    return found
