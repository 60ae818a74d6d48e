"""BASELINE-001. Catalogue 47: differences between randomised arms at baseline (Carlisle)."""

import numpy as np

from curation.engine.rule import rule
from schemas.baseline import largest_p
from schemas.intervals import Column
from schemas.ragged import Ragged
from schemas.thresholds import threshold
from schemas.verdicts import Verdicts

EXTREME = threshold(
    "baseline_p", 1e-4, least=1e-12, most=0.01, source="the limit of Carlisle 2017 Anaesthesia 72:944, here for each study and source",
    meaning="P, times the number of baseline variables, below which randomised arms are called too different",
)  # fmt: skip


def _trial(one, other, design="randomised", timepoint="baseline"):
    arms = [
        dict(kind="arm", study="a", arm=arm, label=arm, role=role)
        for arm, role in (("x", "experimental"), ("y", "control"))
    ]
    means = [
        dict(kind="mean", study="a", outcome="age", arm=arm, timepoint=timepoint, n=n, mean=mean, sd=sd)
        for arm, (n, mean, sd) in (("x", one), ("y", other))
    ]
    return [dict(kind="study", study="a", label="A", design=design), *arms, *means]


@rule(
    "BASELINE-001",
    severity="note",
    source="Carlisle 2017 Anaesthesia 72:944; on its limits: Barnett 2022 F1000Research",
    field="means",
    rows="""
        WITH cells AS (
            SELECT m.record, m.source, m.study, m.arm, m.outcome, m.analysis_set, m.timepoint, m.n, m."mean", m.sd
            FROM mean m JOIN study s ON s.study = m.study JOIN arm a ON a.study = m.study AND a.arm = m.arm
            WHERE s.design = 'randomised' AND a.role IN ('experimental', 'control') AND m.moment = 'value'
              AND regexp_full_match(lower(trim(m.timepoint)), '(at )?(baseline|randomi[sz]ation|study entry|enrol?lment)')
              AND m.n IS NOT NULL AND m."mean" IS NOT NULL AND m.sd IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY m.source, m.study, m.arm, m.outcome, m.analysis_set, m.timepoint ORDER BY m.section, m.record) = 1
        ), variables AS (
            SELECT source, study, outcome, analysis_set, timepoint, list(record ORDER BY arm) AS records, list(n ORDER BY arm) AS n,
                   list("mean" ORDER BY arm) AS means, list(sd ORDER BY arm) AS sds, list(arm ORDER BY arm) AS of_arms
            FROM cells GROUP BY ALL HAVING count(*) > 1
        )
        SELECT 'mean' AS kind, records[1] AS record, records, 'mean' AS field, n, means, sds, of_arms,
               CAST(count(*) OVER (PARTITION BY source, study) AS VARCHAR) AS variables
        FROM variables
    """,
    consistent=[_trial(("50", "58.5", "9.1"), ("52", "61.0", "8.7")), _trial(("6", "58", "9"), ("6", "49", "8"))],
    inconsistent=[_trial(("50", "58.5", "1.3"), ("52", "61.0", "1.2")), _trial(("200", "58.5", "9.1"), ("200", "64.5", "9.0"))],
    cannot_tell=[_trial(("50", "NR", "9.1"), ("52", "61.0", "8.7"))],
    thresholds=[EXTREME],
    oracle="R: oracles/baseline.csv",
    limits="Means with standard deviations at a time called baseline, of trials entered as randomised. Variables are correlated and rounded, so their P values are not combined; arms that are too much alike are not looked for (decision 0011). Skewed quantities in arms of unequal size give small P values more often.",
    look="whether standard errors are printed as standard deviations, whether the arms were randomised, and whether a digit is wrong",
)  # fmt: skip
def arms_alike_at_baseline(n, means, sds, variables=None):
    """Randomised arms differ more at baseline than chance explains.

    F = (sum n (mean - centre)^2 / (k - 1)) / (sum (n - 1) SD^2 / (N - k)) for k arms of N participants; P is its upper
    tail. The means are taken as close together and the SDs as large as their rounding allows, so P is the largest that
    the print allows. It is multiplied by the number of baseline variables of the study in the source (Bonferroni),
    which holds however the variables are correlated. An extreme P is no proof of anything: a note.
    """
    known = n.complete & means.complete & sds.complete
    p = np.ones(len(known))
    for row in np.flatnonzero(known):
        at = slice(n.starts[row], n.starts[row + 1])
        sizes = [float(each) for each in n.items.low[at]]
        if min(sizes) >= 2:
            ends = [
                (float(low), float(high)) for low, high in zip(means.items.low[at], means.items.high[at], strict=True)
            ]
            p[row] = int(variables.values[row]) * largest_p(sizes, ends, [float(each) for each in sds.items.high[at]])
    return Verdicts.of(known & (p < EXTREME.value), known)


@arms_alike_at_baseline.explain
def if_standard_errors(row):
    n, sds = row.columns["n"], row.columns["sds"]
    roots = np.sqrt(np.array([float(each) for each in n.items.low]))
    low, high = (np.array([float(each) for each in end]) * roots for end in (sds.items.low, sds.items.high))
    spread = Ragged(Column(low, high, sds.items.known), sds.starts)
    sizes = [abs(float(each)) for each in row.columns["means"].items.high]
    if all(2 * sd <= size for sd, size in zip(high, sizes, strict=True)) and row.holds(sds=spread):
        return ["if the printed standard deviations are standard errors, the arms differ no more than chance explains"]
    return ["one digit of a mean may be wrong, or the arms are not those randomised"]
