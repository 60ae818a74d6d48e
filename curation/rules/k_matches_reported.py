"""POOLED-010. Catalogue 44: k and the table of studies."""

from curation.engine.rule import rule
from schemas.counts import as_counts


def _table(*events):
    studies = [
        dict(kind="study", study=f"s{at}", label=f"Study {at}", included_in="example") for at in range(len(events))
    ]
    return [
        *studies,
        *(
            dict(kind="count", study=f"s{at}", outcome="cr", events=each, total="30")
            for at, each in enumerate(events)
            if each
        ),
    ]


@rule(
    "POOLED-010",
    severity="warning",
    source="arithmetic: an analysis pools the studies that report its outcome",
    oracle="brute force: test_bruteforce_pooled.py",
    field="k",
    rows="""
        WITH reported AS (
            SELECT source, target, count(*) FILTER (WHERE state = 'value') AS certain, count(*) FILTER (WHERE state = 'none') AS without,
                   count(*) FILTER (WHERE state = 'value' AND (most_events IS NULL OR most_events > 0)) AS with_events,
                   count(*) FILTER (WHERE state <> 'none') AS readable
            FROM study_results GROUP BY source, target
        )
        SELECT 'pooled' AS kind, min(p.record) AS record, list(p.record ORDER BY p.record) AS records, 'k' AS field,
               any_value(p.k) AS k, any_value(s.certain) AS with_result, any_value(s.without) AS without_result, any_value(r.studies) AS studies_entered,
               any_value(r.stated_studies) AS studies_stated, any_value(s.with_events) AS with_events, any_value(s.readable) AS readable
        FROM pooled_results p JOIN reported s ON s.target = p.target AND s.source = p.source JOIN review_sizes r ON r.source = p.source
        WHERE p.k IS NOT NULL AND p.study IS NULL AND p.measure IN ('proportion', 'rate', 'survival_rate', 'mean', 'median')
        GROUP BY p.fact, p.k.text
    """,
    consistent=[
        [*_table("5", "7", "NA"), dict(kind="pooled", outcome="cr", measure="proportion", k="2")],
        [*_table("5", "7", "?"), dict(kind="pooled", outcome="cr", measure="proportion", k="3")],
        [*_table("5", "7", ""), dict(kind="pooled", outcome="cr", measure="proportion", k="3")],
    ],
    inconsistent=[
        [*_table("5", "7", "NA"), dict(kind="pooled", outcome="cr", measure="proportion", k="3")],
        [*_table("5", "7", "0", "0"), dict(kind="pooled", outcome="cr", measure="proportion", k="2")],
    ],
    cannot_tell=[[*_table("5", "7", "NA"), dict(kind="pooled", outcome="cr", measure="proportion", k="NR")]],
    look="which studies were left out, and whether studies without events were",
)  # fmt: skip
def k_matches_reported(k, with_result, without_result, studies_entered, studies_stated=None):
    """The number of studies pooled is not the number of studies with a result in the table of studies.

    At least the studies with a readable result, at most all studies of the review less those printed as not reported
    or not applicable. Asked of single-group measures. Unclear cells, and studies with nothing entered, may count or not. Reviews may leave out a
    study for a reason given elsewhere: a warning.
    """
    all_studies = as_counts(studies_stated).greatest().or_else(0).hull(studies_entered)
    return k.at_least(with_result) & k.at_most(all_studies - without_result)


@k_matches_reported.expects
def a_number(row):
    studies = max(int(each.high) for each in (*row.several("studies_stated"), row["studies_entered"]) if each.known)
    least, most = int(row["with_result"].low), studies - int(row["without_result"].low)
    return str(least) if least == most else f"{least} to {most}"


@k_matches_reported.explain
def studies_with_events(row):
    events, certain = int(row["with_events"].low), int(row["with_result"].low)
    unclear = int(row["readable"].low) - certain
    if events < certain and events <= row["k"].low <= events + unclear:
        return [
            f"{row['k'].text.strip()} fits if studies without an event are not counted: {certain - events} report 0"
        ]
    return []
