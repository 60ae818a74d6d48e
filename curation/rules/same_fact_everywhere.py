"""SOURCE-001. Catalogue: same analysis, several places."""

from curation.engine.rule import rule


@rule(
    "SOURCE-001",
    severity="error",
    source="arithmetic: one fact has one value",
    rows="""
        SELECT min_by(kind, place_order) AS kind, min_by(record, place_order) AS record,
               list(record ORDER BY place_order) AS records, field, list(printed ORDER BY place_order) AS printed,
               list(concat_ws(', ', section, "row", "column") ORDER BY place_order) AS places
        FROM (SELECT *, concat_ws('|', section, "row", "column", record) AS place_order FROM facts
              WHERE field <> 'level' AND NOT (kind = 'characteristic' AND regexp_matches(more_key, '^(dose_band|band|threshold)[|]')))
        GROUP BY kind, source, study, arm, outcome, analysis_set, timepoint, more_key, field
        HAVING count(DISTINCT coalesce(section, '') || '|' || coalesce("row", '') || '|' || coalesce("column", '')) > 1
           AND count(DISTINCT nullif(printed.unit, '')) <= 1
    """,
    consistent=[
        [
            dict(kind="count", outcome="cr", percent="39.0%", section="Abstract"),
            dict(kind="count", outcome="cr", percent="39%", section="Results"),
        ]
    ],
    inconsistent=[
        [
            dict(kind="count", outcome="cr", percent="39.0%", section="Abstract"),
            dict(kind="count", outcome="cr", percent="46.6%", section="Discussion"),
        ]
    ],
    cannot_tell=[
        [
            dict(kind="count", outcome="cr", percent="39.0%", section="Abstract"),
            dict(kind="count", outcome="cr", percent="NR", section="Results"),
        ]
    ],
    look="which place has the right number",
)
def same_fact_everywhere(printed):
    """The same fact is printed differently in two places."""
    return printed.one_value()
