"""POOLED-012. Catalogue 43: the weights of one pooled result."""

from curation.engine.rule import rule
from schemas.forest import forest

_STUDIES = ("0.80 0.60 1.07", "0.70 0.50 0.98", "0.92 0.61 1.39")


@rule(
    "POOLED-012",
    severity="error",
    source="arithmetic: weights are shares of one whole",
    oracle="brute force: test_bruteforce_pooled.py",
    field="weight",
    rows="""
        WITH parts AS (
            SELECT place, part, count(*) AS effects, min(record) FILTER (WHERE weight IS NOT NULL) AS record,
                   list(record ORDER BY record) FILTER (WHERE weight IS NOT NULL) AS records, list(weight ORDER BY record) FILTER (WHERE weight IS NOT NULL) AS weights
            FROM study_effects GROUP BY place, part HAVING count(weight) > 1
        ), places AS (
            SELECT place, list(weight ORDER BY record) FILTER (WHERE weight IS NOT NULL) AS all_weights FROM study_effects WHERE part <> '' GROUP BY place
        ), stated AS (
            SELECT place, part, bool_or(complete = 'yes' AND weighted = effects) AS complete, max(greatest(coalesce(k.high, 0), coalesce(named, 0))) AS pooled
            FROM pooled_studies GROUP BY place, part
        )
        SELECT 'effect' AS kind, p.record, p.records, 'weight' AS field, p.weights AS weight, CASE WHEN p.part <> '' THEN a.all_weights END AS all_weights,
               CASE WHEN s.complete AND len(p.weights) = p.effects THEN 'yes' ELSE 'no' END AS complete,
               CASE WHEN s.pooled > len(p.weights) OR p.effects > len(p.weights) THEN 'yes' ELSE 'no' END AS missing
        FROM parts p LEFT JOIN places a USING (place) LEFT JOIN stated s ON s.place = p.place AND s.part = p.part
    """,
    consistent=[
        forest(*_STUDIES, weights="46.1% 34.0% 20.0%"),
        [*forest(*_STUDIES, weights="30% 20% 10%", subgroup="young"), *forest(*_STUDIES, weights="20% 15% 5%", subgroup="old")],
    ],
    inconsistent=[forest(*_STUDIES, weights="46.1% 34.0% 29.0%"), forest(*_STUDIES, weights="40% 30% 20%")],
    cannot_tell=[forest(*_STUDIES, weights="40% 30% 20%", k="4")],
    look="whether a study is missing or entered twice, and whether all weights are of one model",
)  # fmt: skip
def weights_sum_to_hundred(weight, all_weights=None, missing=None, complete=None):
    """The weights of the studies do not add up to 100%.

    sum of w_i = 100%, each within half a unit of its last place. In subgroups the weights may be shares of the subgroup
    or of all studies together. Where fewer weights are entered than studies were pooled, they may not exceed 100%.
    Impossible only where all studies pooled are surely there; otherwise one may be missing: a warning.
    """
    total = weight.sum()
    verdict = total.meets(100)
    if hasattr(all_weights, "items"):
        together, subgroups = all_weights.sum(), all_weights.lengths > 0
        for analyses in range(1, 4):
            verdict = verdict | together.meets(100 * analyses).only(subgroups)
    fewer = missing.is_("yes")
    return (verdict | total.at_most(100).only(fewer)).cannot_tell(fewer & (total.at_most(100).codes == 0))


@weights_sum_to_hundred.reading("a study pooled may be missing among those entered", "warning")
def perhaps_incomplete(row):
    return row.code("complete") != "yes"


@weights_sum_to_hundred.reading("they fit two or three analyses of the same outcome put together", "warning")
def several_analyses(row):
    total = row.columns["weight"].sum()
    return any(total.meets(100 * analyses).codes[0] == 0 for analyses in (2, 3))


@weights_sum_to_hundred.explain
def the_sum(row):
    total = row.columns["weight"].sum()
    return [f"they add up to {float((total.low[0] + total.high[0]) / 2):.1f}%"]
