"""REGISTRY-003. Catalogue 1 and 8: participants at risk or analysed against those who started, in a registry record."""

from curation.engine.rule import rule

_SOURCE = dict(kind="source", source="nct", title="Registry record", type="registry")


def _record(started, at_risk, *more, section="Serious adverse events"):
    key = dict(source="nct", study="s", arm="len")
    periods = [
        dict(kind="flow", diagram="consort", node="started", n=n, **({"group": f"Period {k}"} if more else {}))
        for k, n in enumerate((started, *more))
    ]
    return [
        _SOURCE,
        *(key | each for each in periods),
        key | dict(kind="count", outcome="any", section=section, row="Total", events="1", total=at_risk),
    ]


@rule(
    "REGISTRY-003",
    severity="warning",
    source="arithmetic: nobody is at risk who did not start; participant flow and adverse events modules of ClinicalTrials.gov",
    oracle="brute force: test_registry_bruteforce.py",
    after=["COUNT-003", "SOURCE-001", "FLOW-005"],
    field="counted",
    rows="""
        WITH of_registry AS (SELECT source FROM source WHERE type = 'registry'), counted AS (
            SELECT 'count' AS kind, 'total' AS field, record, source, study, arm, section, total AS number FROM "count" WHERE analysis_set IS NULL AND total IS NOT NULL
            UNION ALL SELECT 'survival', 'total', record, source, study, arm, section, total FROM survival WHERE analysis_set IS NULL AND total IS NOT NULL
            UNION ALL SELECT 'mean', 'n', record, source, study, arm, section, n FROM mean WHERE analysis_set IS NULL AND n IS NOT NULL
        ), started AS (
            SELECT source, study, arm, list(n ORDER BY record) AS started, list(record ORDER BY record) AS records
            FROM flow WHERE diagram = 'consort' AND node = 'started' AND n IS NOT NULL AND arm IS NOT NULL GROUP BY source, study, arm
        ), asked AS (
            SELECT c.*, CASE WHEN section IN ('All-cause mortality', 'Serious adverse events', 'Other adverse events') THEN 'events' ELSE 'analysis' END AS of_what
            FROM counted c JOIN of_registry USING (source)
        )
        SELECT min_by(a.kind, a.record) AS kind, min(a.record) AS record, list_concat(list(DISTINCT a.record), any_value(s.records)) AS records,
               min_by(a.field, a.record) AS field, any_value(a.number) AS counted, any_value(s.started) AS started, of_what
        FROM asked a JOIN started s ON s.source = a.source AND s.study IS NOT DISTINCT FROM a.study AND s.arm = a.arm
        GROUP BY a.source, a.study, a.arm, of_what, a.number.text
    """,
    consistent=[_record("50", "50"), _record("50", "49"), _record("50", "45", "45")],
    inconsistent=[_record("50", "51"), _record("50", "55", "45"), _record("50", "51", section="Outcome 1 (primary): OS")],
    cannot_tell=[_record("NR", "50"), _record("50", "NR")],
    limits="Asked of groups that the participant flow has under the same title. Whoever is counted by treatment received may stand in another group.",
    look="whether the group is made of those who received the treatment, of several periods, or of another unit than participants",
)  # fmt: skip
def registry_at_risk_within_started(counted, started):
    """More participants are at risk or analysed than started.

    n at risk, n analysed <= n started, group by group of a registry record; of several periods the largest number counts.
    """
    return counted.at_most(started.greatest())


@registry_at_risk_within_started.expects
def at_most(row):
    numbers = [each for each in row.several("started") if each.known]
    return (
        f"at most {max(numbers, key=lambda each: each.high).text.strip()}, the number that started" if numbers else ""
    )


@registry_at_risk_within_started.reading("participants of several periods may be counted together", "note")
def several_periods(row):
    numbers = row.several("started")
    return len(numbers) > 1 and row["counted"].low <= sum(each.high for each in numbers if each.known)


@registry_at_risk_within_started.reading(
    "an outcome may be analysed in other groups than those that participants entered", "note"
)
def of_an_outcome(row):
    return row.code("of_what") == "analysis"
