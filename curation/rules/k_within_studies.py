"""POOLED-009. Catalogue 44."""

from curation.engine.rule import rule
from schemas.counts import as_counts

_STUDIES = [
    dict(kind="study", study=f"s{number}", label=f"Study {number}", included_in="example") for number in range(3)
]


@rule(
    "POOLED-009",
    severity="warning",
    source="arithmetic: an analysis pools at most the studies of its review",
    oracle="brute force: test_bruteforce_pooled.py",
    field="k",
    rows="""
        SELECT 'pooled' AS kind, min(p.record) AS record, list(p.record ORDER BY p.record) AS records, 'k' AS field,
               any_value(p.k) AS k, any_value(r.stated_studies) AS studies_stated, any_value(r.studies) AS studies_entered
        FROM pooled_results p JOIN review_sizes r ON r.source = p.source
        WHERE p.k IS NOT NULL GROUP BY p.fact, p.k.text
    """,
    consistent=[
        [dict(kind="characteristic", characteristic="studies", value="8"), dict(kind="pooled", outcome="cr", k="8")],
        [*_STUDIES, dict(kind="pooled", outcome="cr", k="2")],
    ],
    inconsistent=[
        [dict(kind="characteristic", characteristic="studies", value="8"), dict(kind="pooled", outcome="cr", k="9")],
        [dict(kind="flow", diagram="prisma", node="included", n="8"), *_STUDIES, dict(kind="pooled", outcome="cr", k="9")],
        [*_STUDIES, dict(kind="pooled", outcome="cr", k="4")],
    ],
    cannot_tell=[[*_STUDIES, dict(kind="pooled", outcome="cr", k="NR")]],
    look="whether comparisons or groups are counted as studies",
)  # fmt: skip
def k_within_studies(k, studies_entered, studies_stated=None):
    """More studies are pooled than the review includes.

    k is at most the greatest number of studies the source states (text or PRISMA diagram), or, where it states none,
    the number of studies entered for it. A warning: reviews also count comparisons, cohorts or groups as studies.
    """
    greatest = as_counts(studies_stated).greatest()
    limit = greatest.or_else(0).hull(studies_entered)
    return k.at_most(limit)


@k_within_studies.reading("only the studies entered so far are counted: the source states no number", "note")
def not_all_entered(row):
    return not row.several("studies_stated")


@k_within_studies.expects
def at_most(row):
    numbers = [int(each.high) for each in (*row.several("studies_stated"), row["studies_entered"]) if each.known]
    return f"at most {max(numbers)}"
