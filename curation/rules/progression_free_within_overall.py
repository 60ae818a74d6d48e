"""SURVIVAL-002. Catalogue 34: PFS at most OS at each time."""

from curation.engine.rule import rule

_FAMILY = [
    dict(
        kind="outcome", outcome="os", label="Overall survival", family="survival", family_kind="time_to_event", rank="1"
    ),
    dict(
        kind="outcome",
        outcome="pfs",
        label="Progression-free survival",
        family="survival",
        family_kind="time_to_event",
        rank="2",
    ),
]


@rule(
    "SURVIVAL-002",
    severity="warning",
    source="arithmetic: whoever is free of progression and death is alive",
    oracle="brute force: test_bruteforce_survival.py",
    field="rate",
    rows="""
        WITH pairs AS (
            SELECT *, min_by(struct_pack(record, rate, outcome), rate.value)
                          OVER (PARTITION BY source, of_whom, family, estimator, days ORDER BY place_in_family
                                RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS overall
            FROM survivals
            WHERE days IS NOT NULL AND rate IS NOT NULL AND family IS NOT NULL AND family_kind = 'time_to_event'
              AND place_in_family IS NOT NULL AND estimator <> 'cumulative_incidence'
        )
        SELECT 'survival' AS kind, record, [record, overall.record] AS records, 'rate' AS field, "time".text AS "time",
               rate, overall.rate AS rate_overall, overall.outcome AS overall
        FROM pairs WHERE overall IS NOT NULL
    """,
    consistent=[[*_FAMILY, dict(kind="survival", outcome="pfs", time="2 years", rate="52.0%"), dict(kind="survival", outcome="os", time="24 months", rate="79.0%")]],
    inconsistent=[[*_FAMILY, dict(kind="survival", outcome="pfs", time="2 years", rate="79.0%"), dict(kind="survival", outcome="os", time="24 months", rate="52.0%")]],
    cannot_tell=[[*_FAMILY, dict(kind="survival", outcome="pfs", time="2 years", rate="NA"), dict(kind="survival", outcome="os", time="24 months", rate="52.0%")]],
    limits="Estimates of small groups can cross under censoring. Outcomes are compared only within a family of survival outcomes that have ranks, a lower place against a higher one.",
    look="whether the two outcomes, or two columns, are swapped",
)  # fmt: skip
def progression_free_within_overall(time, rate, rate_overall):
    """More participants are free of progression than are alive at the same time.

    S_PFS(t) <= S_OS(t), certain of the participants themselves and of estimates without censoring. A warning and no error:
    two Kaplan-Meier estimates can cross where participants are censored, because those who progressed still count among
    the few left at risk of death (0.8% of simulated pairs of 4 to 40 participants).
    """
    return rate.at_most(rate_overall)


@progression_free_within_overall.expects
def at_most_overall(row):
    return f"at most {row['rate_overall']}, the rate of {row.code('overall')}"


@progression_free_within_overall.explain
def fields_swapped(row):
    fits = row.holds(rate=row.columns["rate_overall"], rate_overall=row.columns["rate"])
    return [f"the rates fit if {row.code('outcome')} and {row.code('overall')} are swapped"] if fits else []
