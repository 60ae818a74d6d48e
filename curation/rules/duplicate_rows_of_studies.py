"""SOURCE-005. Catalogue 48: identical vectors of two studies."""

from curation.engine.rule import rule


def _row(study, *events, total="52", source="example"):
    outcomes = ("cr", "pr", "vgpr", "sd", "pd")
    return [
        dict(kind="count", source=source, study=study, outcome=o, events=e, total=total)
        for o, e in zip(outcomes, events, strict=False)
    ]


@rule(
    "SOURCE-005",
    severity="warning",
    source="duplicate data: two groups of participants rarely agree in four counts (duplicate publication: Tramèr 1997 BMJ 315:635)",
    field="events",
    rows="""
        WITH cells AS (
            SELECT c.*, concat_ws('|', coalesce(outcome, ''), coalesce(analysis_set, ''), coalesce(timepoint, ''), events.text, coalesce(total.text, '')) AS entry
            FROM "count" c LEFT JOIN arm a ON c.study = a.study AND c.arm = a.arm
            WHERE c.study IS NOT NULL AND events IS NOT NULL AND events.status IN ('reported', 'unclear') AND coalesce(a.role, '') NOT IN ('total', 'subgroup')
        ), once AS (
            SELECT source, study, arm, entry, min(record) AS record, any_value(events) AS events FROM cells GROUP BY source, study, arm, entry
        ), vectors AS (
            SELECT source, study, arm, string_agg(entry, ';' ORDER BY entry) AS vector, min(record) AS record, list(record ORDER BY entry) AS records,
                   list(events ORDER BY entry) AS events, count(*) AS counts, count(*) FILTER (events.high > 0) AS above_zero, bool_or(events.status = 'unclear') AS unclear
            FROM once GROUP BY source, study, arm
        )
        SELECT 'count' AS kind, min(record) AS record, flatten(list(records ORDER BY record)) AS records, 'events' AS field,
               CASE WHEN NOT bool_or(unclear) THEN count(DISTINCT concat_ws('/', study, coalesce(arm, ''))) END AS groups,
               min_by(events, record) AS events, array_to_string(list_sort(list(DISTINCT concat_ws('/', study, arm))), ' and ') AS whose
        FROM vectors WHERE counts >= 4 AND above_zero >= 4
        GROUP BY vector
    """,
    consistent=[[*_row("a", "15", "16", "12", "4"), *_row("b", "15", "16", "12", "5")], [*_row("a", "15", "16", "12", "4"), *_row("a", "15", "16", "12", "4", source="other")]],
    inconsistent=[[*_row("a", "15", "16", "12", "4"), *_row("b", "15", "16", "12", "4")]],
    cannot_tell=[[*_row("a", "15", "16", "12", "4|9?"), *_row("b", "15", "16", "12", "4|9?")]],
    oracle="brute force: test_bruteforce_sources.py",
    limits="At least four counts above zero, of the same outcomes and the same totals. Subgroups and groups of all arms together are left out.",
    look="whether the two are one group of participants under two names, or a row was copied",
)  # fmt: skip
def duplicate_rows_of_studies(groups, events=None):
    """Two studies or arms have the same events and totals in every outcome.

    Identical vectors of four or more counts. Chance can do it in small studies: a warning.
    """
    return groups.at_most(1)


@duplicate_rows_of_studies.explain
def who(row):
    return [f"the same numbers for {row.code('whose')}"]
