"""SUM-015. Catalogue 4: answers of which a participant may give several."""

from curation.engine.rule import rule
from schemas.categories import as_sum

_FAMILY = [
    dict(kind="outcome", outcome="oral", label="Tablets", family="drug", family_kind="event", complete="yes"),
    dict(kind="outcome", outcome="iv", label="Infusions", family="drug", family_kind="event", complete="yes"),
]


def _counts(first, second, total):
    return [
        *_FAMILY,
        *(dict(kind="count", outcome=o, events=n, total=total) for o, n in (("oral", first), ("iv", second))),
    ]


@rule(
    "SUM-015",
    severity="warning",
    source="arithmetic: every participant is in at least one category",
    oracle="brute force: test_bruteforce_sums.py",
    after=["PERCENT-001", "COUNT-001", "COUNT-003"],
    field="categories",
    rows="""
        WITH complete AS (
            SELECT family, count(*) AS categories FROM outcomes
            WHERE family_kind = 'event' AND family IS NOT NULL AND contains IS NULL
            GROUP BY family HAVING bool_and(complete = 'yes') AND count(*) > 1
        )
        SELECT 'count' AS kind, min(record) AS record, list(record ORDER BY outcome) AS records, field,
               list(size ORDER BY outcome) AS categories, list(label ORDER BY outcome) AS labels,
               CASE WHEN field = 'events' THEN any_value(total) END AS total
        FROM (SELECT * FROM sizes WHERE family_kind = 'event' AND contains IS NULL
              QUALIFY row_number() OVER (PARTITION BY source, section, of_whom, outcome, field ORDER BY size.high DESC, record) = 1)
        JOIN complete USING (family)
        GROUP BY source, section, of_whom, family, field
        HAVING count(DISTINCT outcome) = any_value(complete.categories) AND count(DISTINCT total.value) <= 1
           AND (field = 'events' OR NOT bool_and(counted AND total.value IS NOT NULL))
    """,
    consistent=[_counts("30", "30", "52"), _counts("30", "22", "52"), _counts("52", "0", "52")],
    inconsistent=[_counts("30", "21", "52")],
    cannot_tell=[_counts("30", "NR", "52")],
    limits=(
        "Asked where every outcome of a family of events is marked 'complete' and reported in one section. Participants "
        "without an answer are customary, so a gap is a question, not a contradiction."
    ),
    look="whether participants without an answer are part of the total, and whether a category is missing",
)
def answers_cover_everyone(categories, total=None, field=None):
    """The categories of which everyone has at least one do not cover everyone.

    sum of e_i >= N, and sum of p_i >= 100; a participant may be in several. Percentages anywhere inside their rounding.
    """
    return categories.sum().at_least(total.or_else(100)).cannot_tell(field.is_("events") & ~total.known)


@answers_cover_everyone.expects
def everyone(row):
    return f"at least {row['total'] if row['total'].known else '100%'} together"


@answers_cover_everyone.explain
def the_sum(row):
    return [as_sum([each.text for each in row.several("labels")], row.several("categories"))]
