"""SOURCE-002. Catalogue 46 and 50: same analysis, several sources."""

from curation.engine.rule import rule
from schemas.factors import of_one_fact

_PLACES = "('level', 'k', 'weight')"


@rule(
    "SOURCE-002",
    severity="warning",
    source="arithmetic: one fact has one value",
    after=["SOURCE-001"],
    rows=f"""
        WITH once AS (
            SELECT kind, study, arm, outcome, analysis_set, timepoint, more_key, field, source,
                   source IN (SELECT source FROM source WHERE type = 'registry') AS registered,
                   min_by(printed, concat_ws('|', section, "row", "column", record)) AS printed,
                   min_by(record, concat_ws('|', section, "row", "column", record)) AS record
            FROM facts
            WHERE study IN (SELECT study FROM records GROUP BY study HAVING count(DISTINCT source) > 1) AND field NOT IN {_PLACES}
              AND NOT (kind = 'characteristic' AND regexp_matches(more_key, '^(dose_band|band|threshold|score_range|questions|other)[|]'))
              AND NOT (kind = 'survival' AND "timepoint" IS NULL AND field IN ('time', 'rate', 'rate_lower', 'rate_upper', 'at_risk'))
            GROUP BY kind, study, arm, outcome, analysis_set, timepoint, more_key, field, source
        )
        SELECT min_by(kind, source) AS kind, min_by(record, source) AS record, list(record ORDER BY source) AS records, field,
               list(printed ORDER BY source) AS printed, list(source ORDER BY source) AS sources
        FROM once
        GROUP BY kind, study, arm, outcome, analysis_set, timepoint, more_key, field, registered
        HAVING count(*) > 1 AND count(DISTINCT nullif(printed.unit, '')) <= 1
    """,
    consistent=[[dict(kind="count", source="review", study="a", outcome="cr", percent="28.8%"), dict(kind="count", source="report", study="a", outcome="cr", percent="29%")]],
    inconsistent=[[dict(kind="count", source="review", study="a", outcome="cr", percent="39.0%"), dict(kind="count", source="report", study="a", outcome="cr", percent="29%")]],
    cannot_tell=[[dict(kind="count", source="review", study="a", outcome="cr", percent="39.0%"), dict(kind="count", source="report", study="a", outcome="cr", percent="NR")]],
    limits="A warning: two sources may report two data cuts, or two analysis sets under one name. A registry against a publication is SOURCE-011.",
    oracle="brute force: test_bruteforce_sources.py",
    look="whether both sources report the same data cut and the same participants",
)  # fmt: skip
def same_fact_across_sources(printed):
    """Two sources give different numbers for the same fact of the same study.

    One true value lies in every printed interval. Publications are compared with publications and registries with
    registries; a registry against a publication is SOURCE-011. Same study, arm, outcome, analysis set, time and field.
    """
    return printed.one_value()


@same_fact_across_sources.explain
def each_source(row):
    pairs = zip(row.several("printed"), row.several("sources"), strict=True)
    return ["; ".join(f"{printed.text.strip()} in {source.text}" for printed, source in pairs)]


@same_fact_across_sources.explain
def a_known_mistake(row):
    """A unit, a shifted point, a complement, a sign, or SE for SD."""
    return of_one_fact(row)
