"""SOURCE-011. Catalogue 49: the registry against the publication."""

from curation.engine.rule import rule
from schemas.factors import between

_NOT_COMPARED = "('level', 'k', 'weight')"


def _both(registry, article, *, year="2015", **more):
    key = {"kind": "count", "study": "a", "outcome": "death", "total": "120"} | more
    return [
        dict(kind="source", source="nct", title="Registry record", type="registry", year=year),
        dict(kind="source", source="paper", title="Report", type="article", year="2014"),
        key | dict(source="nct", events=registry),
        key | dict(source="paper", events=article),
    ]


@rule(
    "SOURCE-011",
    severity="warning",
    source="arithmetic: one fact has one value; differences between registries and publications: Hartung 2014 Ann Intern Med 160:477",
    after=["SOURCE-001"],
    field="published",
    rows=f"""
        WITH shelves AS (
            SELECT source, TRY_CAST("year" AS INTEGER) AS year, CASE type WHEN 'registry' THEN 0 WHEN 'article' THEN 1 WHEN 'abstract' THEN 2 ELSE 3 END AS shelf FROM source
        ), registered_studies AS (
            SELECT DISTINCT study FROM records JOIN shelves USING (source) WHERE shelf = 0 AND study IS NOT NULL
        ), once AS (
            SELECT f.*, s.shelf, s.year, s.shelf = 0 AS of_registry FROM facts f JOIN shelves s USING (source)
            WHERE f.study IN (SELECT study FROM registered_studies) AND f.field NOT IN {_NOT_COMPARED}
              AND NOT (f.kind = 'characteristic' AND regexp_matches(more_key, '^(dose_band|band|threshold|score_range|questions|other)[|]'))
              AND NOT (f.kind = 'survival' AND "timepoint" IS NULL AND field IN ('time', 'rate', 'rate_lower', 'rate_upper', 'at_risk'))
            QUALIFY row_number() OVER (PARTITION BY kind, study, arm, outcome, analysis_set, timepoint, more_key, field, of_registry
                                       ORDER BY shelf, source, concat_ws('|', section, "row", "column", record)) = 1
        ), pairs AS (
            SELECT r.kind, r.field, r.record AS registry_record, p.record, r.printed AS registered, p.printed AS published, r.source AS registry, p.source AS publication,
                   CASE WHEN r.year > p.year THEN 'registry' WHEN p.year > r.year THEN 'publication' END AS later
            FROM once r JOIN once p ON r.kind = p.kind AND r.study = p.study AND r.arm IS NOT DISTINCT FROM p.arm AND r.outcome IS NOT DISTINCT FROM p.outcome
                 AND r.analysis_set IS NOT DISTINCT FROM p.analysis_set AND r.timepoint IS NOT DISTINCT FROM p.timepoint AND r.more_key = p.more_key AND r.field = p.field
            WHERE r.of_registry AND NOT p.of_registry AND (coalesce(r.printed.unit, '') = '' OR coalesce(p.printed.unit, '') = '' OR r.printed.unit = p.printed.unit)
        )
        SELECT x.kind, x.record, [x.record, registry_record] AS records, field, registered, published, registry, publication, later,
               CASE WHEN x.kind IN ('count', 'rate', 'survival') AND field IN ('events', 'episodes')
                     AND (rc.total.value IS NULL OR pc.total.value IS NULL OR rc.total.value = pc.total.value) THEN 'yes' ELSE 'no' END AS counted
        FROM pairs x LEFT JOIN "count" rc ON x.kind = 'count' AND rc.record = registry_record LEFT JOIN "count" pc ON x.kind = 'count' AND pc.record = x.record
    """,
    consistent=[_both("14", "14"), [*_both("14", "14"), dict(kind="count", source="paper", study="a", outcome="death", timepoint="5 years", events="40", total="120")]],
    inconsistent=[_both("14", "19"), _both("17", "14", year="2016")],
    cannot_tell=[_both("14", "NR")],
    oracle="brute force: test_bruteforce_sources.py",
    limits="Compared are facts with the same key; the publication is the article, else the abstract, else a review. Medians and effects of two data cuts differ in either direction.",
    look="the data cut, and whether deaths and adverse events were left out of one of the two",
)  # fmt: skip
def registry_and_publication(registered, published):
    """The registry and the publication give different numbers for the same fact of the same study.

    One true value lies in both printed intervals. Same study, arm, outcome, analysis set, time and field: participants
    randomised, deaths, serious adverse events, counts of the outcomes, survival, effects.
    """
    return registered.meets(published)


@registry_and_publication.expects
def one_number(row):
    return f"one number: {row.code('registry')} gives {row['registered'].text.strip()}, {row.code('publication')} gives {row['published'].text.strip()}"


@registry_and_publication.reading("the later of the two counts more events, as a later data cut does", "note")
def later_cut(row):
    if row.code("counted") != "yes" or not row.code("later"):
        return False
    registry, publication = row["registered"], row["published"]
    return publication.high < registry.low if row.code("later") == "registry" else registry.high < publication.low


@registry_and_publication.explain
def a_known_mistake(row):
    return between(row, row["registered"], row["published"])
