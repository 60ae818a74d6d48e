"""POOLED-033. Catalogue 44: the totals row."""

from curation.engine.rule import rule
from schemas.counts import as_counts

_STUDIES = [dict(kind="study", study=f"s{at}", label=f"Study {at}", included_in="example") for at in range(2)]


def _totals(*totals, **pooled):
    rows = [
        dict(kind="count", study=f"s{at}", outcome="cr", events="3", total=total) for at, total in enumerate(totals)
    ]
    return [*_STUDIES, *rows, dict(kind="pooled", outcome="cr", measure="proportion", k=str(len(totals))) | pooled]


@rule(
    "POOLED-033",
    severity="warning",
    source="arithmetic: the participants pooled are those of the studies pooled",
    oracle="brute force: test_bruteforce_pooled.py",
    field="n",
    rows="""
        WITH cells AS (
            SELECT concat_ws('|', c.source, coalesce(c.outcome, ''), coalesce(c.analysis_set, ''), coalesce(c.timepoint, '')) AS target, c.study, c.arm,
                   any_value(coalesce(a.role, 'single')) AS role, CASE WHEN count(DISTINCT c.total.text) = 1 THEN any_value(c.total) END AS total
            FROM "count" c LEFT JOIN arm a ON a.study = c.study AND a.arm = c.arm
            WHERE c.study IS NOT NULL AND c.total.low IS NOT NULL GROUP BY ALL
        ), of_study AS (
            SELECT target, study, CASE
                WHEN count(*) FILTER (WHERE role IN ('single', 'total')) = 1 THEN list(total) FILTER (WHERE role IN ('single', 'total'))
                WHEN count(*) FILTER (WHERE role IN ('single', 'total')) = 0 AND count(*) FILTER (WHERE role IN ('experimental', 'control')) = 2
                THEN list(total ORDER BY arm) FILTER (WHERE role IN ('experimental', 'control')) END AS totals
            FROM cells GROUP BY target, study
        ), listed AS (
            SELECT fact, target, unnest(list_distinct(string_split(trim(studies), ' '))) AS study FROM pooled_facts WHERE studies IS NOT NULL
        ), counted AS (
            SELECT f.fact, f.target, o.study FROM pooled_facts f JOIN of_study o USING (target) WHERE f.studies IS NULL AND f.fewest = f.most
            QUALIFY count(*) OVER (PARTITION BY f.fact) = f.fewest
        ), summed AS (
            SELECT l.fact, CASE WHEN count(*) = count(o.totals) THEN flatten(list(o.totals ORDER BY l.study)) END AS totals, count(*) AS studies
            FROM (FROM listed UNION ALL FROM counted) l LEFT JOIN of_study o ON o.target = l.target AND o.study = l.study GROUP BY l.fact
        )
        SELECT 'pooled' AS kind, min(p.record) AS record, list(p.record ORDER BY p.record) AS records, 'n' AS field, any_value(p.n) AS n, any_value(s.totals) AS totals
        FROM pooled_results p JOIN summed s USING (fact) WHERE p.n IS NOT NULL AND p.study IS NULL AND s.totals IS NOT NULL GROUP BY p.fact, p.n.text
    """,
    consistent=[_totals("30", "32", n="62"), _totals("30", "32", n="62", studies="s0 s1")],
    inconsistent=[_totals("30", "32", n="72"), _totals("30", "32", n="26", studies="s0 s1")],
    cannot_tell=[_totals("30", "32", n="NR")],
    look="whether participants with this outcome were counted, or all who were included",
)  # fmt: skip
def participants_of_studies_pooled(n, totals):
    """The number of participants pooled is not the sum over the studies pooled.

    n = sum of the totals of this outcome, of both arms or of the only one. Counts, so nothing is rounded. Asked where
    all studies pooled are known. A warning: shared control groups may be counted twice, and some reviews add up all
    participants of the studies and not those with the outcome measured.
    """
    return n.meets(as_counts(totals).sum())


@participants_of_studies_pooled.expects
def the_sum(row):
    return f"{sum(int(each.high) for each in row.several('totals'))} participants"
