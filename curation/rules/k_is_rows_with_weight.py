"""POOLED-034. Catalogue 44: rows with a weight."""

from curation.engine.rule import rule
from schemas.forest import forest

_STUDIES = ("0.80 0.60 1.07", "0.70 0.50 0.98", "0.92 0.61 1.39")


@rule(
    "POOLED-034",
    severity="warning",
    source="arithmetic: a study is pooled if it has a weight",
    oracle="brute force: test_bruteforce_pooled.py",
    field="k",
    rows="""
        WITH rows_of AS (
            SELECT place, part, list(weight ORDER BY record) FILTER (WHERE weight IS NOT NULL) AS weights, count(weight) AS weighted,
                   count(*) FILTER (WHERE weight.high > 0) AS above_zero, list(record ORDER BY record) FILTER (WHERE weight IS NOT NULL) AS records
            FROM study_effects GROUP BY place, part HAVING count(weight) > 0
        )
        SELECT 'pooled' AS kind, p.record, r.records, 'k' AS field, p.k, r.weights, r.weighted, r.above_zero
        FROM (SELECT DISTINCT ON (fact, k.text) *, concat_ws('|', source, coalesce(outcome, ''), coalesce(timepoint, ''), measure) AS place, coalesce(analysis_set, '') AS part
              FROM pooled_results WHERE k IS NOT NULL AND study IS NULL ORDER BY fact, k.text, record) p
        JOIN rows_of r ON r.place = p.place AND r.part = p.part
    """,
    consistent=[forest(*_STUDIES, weights="46.1% 34.0% 20.0%"), forest(*_STUDIES, weights="46.1% 34.0% 20.0%", k="3")],
    inconsistent=[forest(*_STUDIES, weights="46.1% 34.0% 20.0%", k="4"), forest(*_STUDIES, weights="46.1% 34.0% 20.0%", k="2")],
    cannot_tell=[forest(*_STUDIES, weights="40% 30% 20%", k="4"), forest(*_STUDIES, weights="46.1% 34.0% 20.0%", k="NR")],
    look="whether a study is counted that could not be estimated, or gives several results",
)  # fmt: skip
def k_is_rows_with_weight(k, weights, weighted, above_zero):
    """The number of studies pooled is not the number of rows with a weight.

    Asked where the weights entered may add up to 100%, so that no row is missing. A row of weight 0 may or may not be
    counted. A warning: a study may give several results, and k may count studies without an estimate.
    """
    whole = weights.sum().meets(100).codes == 0
    return (k.at_most(weighted) & k.at_least(above_zero)).cannot_tell(~whole)


@k_is_rows_with_weight.expects
def the_rows(row):
    least, most = int(row["above_zero"].low), int(row["weighted"].low)
    return str(most) if least == most else f"{least} to {most}"
