"""SUM-003. Catalogue 4: category sums."""

from curation.engine.rule import rule
from schemas.categories import as_sum, people_in

_FAMILY = [
    dict(
        kind="outcome",
        outcome="yes",
        label="Improved",
        family="change",
        family_kind="exclusive",
        complete="yes",
        rank="1",
    ),
    dict(
        kind="outcome",
        outcome="no",
        label="Not improved",
        family="change",
        family_kind="exclusive",
        complete="yes",
        rank="2",
    ),
]


@rule(
    "SUM-003",
    severity="warning",
    source="arithmetic: every participant is in exactly one category",
    oracle="brute force: test_bruteforce_sums.py",
    after=["SUM-001", "SUM-002"],
    rows="""
        WITH complete AS (
            SELECT family, count(*) AS categories FROM outcomes WHERE family_kind = 'exclusive' AND family IS NOT NULL
            GROUP BY family HAVING bool_or(complete = 'yes')
        )
        SELECT 'count' AS kind, min(record) AS record, list(record ORDER BY place_in_family, outcome) AS records, field,
               list(size ORDER BY place_in_family, outcome) AS categories, list(label ORDER BY place_in_family, outcome) AS labels,
               CASE WHEN field = 'events' THEN any_value(total) END AS total,
               CASE WHEN field = 'percent' AND count(total.value) = count(*) THEN any_value(total) END AS everyone
        FROM (SELECT * FROM sizes WHERE family_kind = 'exclusive'
              QUALIFY row_number() OVER (PARTITION BY source, section, of_whom, outcome, field ORDER BY size.low, record) = 1)
        JOIN complete USING (family)
        GROUP BY source, section, of_whom, family, field
        HAVING count(DISTINCT outcome) = any_value(complete.categories) AND count(DISTINCT total.value) <= 1
           AND (field = 'events' OR NOT bool_and(counted AND total.value IS NOT NULL))
    """,
    consistent=[
        [*_FAMILY, dict(kind="count", outcome="yes", events="30", total="52"), dict(kind="count", outcome="no", events="22", total="52")],
        [*_FAMILY, dict(kind="count", outcome="yes", percent="57.7%"), dict(kind="count", outcome="no", percent="42.4%")],
    ],
    inconsistent=[
        [*_FAMILY, dict(kind="count", outcome="yes", events="30", total="52"), dict(kind="count", outcome="no", events="21", total="52")],
        [*_FAMILY, dict(kind="count", outcome="yes", percent="57.7%"), dict(kind="count", outcome="no", percent="40.4%")],
        [*_FAMILY, dict(kind="count", outcome="yes", percent="40%", total="15"), dict(kind="count", outcome="no", percent="60.2%", total="15")],
    ],
    cannot_tell=[[*_FAMILY, dict(kind="count", outcome="yes", events="30"), dict(kind="count", outcome="no", events="21")]],
    limits=(
        "Asked where every category that the table of outcomes has for the family is reported in one section, and the family is marked "
        "complete. Participants without a value are customary, so a gap is a question, not a contradiction."
    ),
    look="whether participants without a value are part of the total, and whether a category is missing",
)  # fmt: skip
def complete_categories(categories, total=None, field=None, everyone=None):
    """The categories that cover everyone do not add up to everyone.

    sum of e_i = N, and sum of p_i meets 100 with every p_i inside its rounding interval. Where N is printed with the
    percentages, whole numbers of participants that print each of them must add up to N.
    """
    whole = people_in(categories, everyone).meets(everyone).checked_where_known()
    together = categories.sum().meets(total.or_else(100))
    return (together & whole).cannot_tell(field.is_("events") & ~total.known)


@complete_categories.expects
def everyone(row):
    return f"{row['total']} together" if row["total"].known else "100% together"


@complete_categories.explain
def the_sum(row):
    labels, parts = [each.text for each in row.several("labels")], row.several("categories")
    printed = [each.value for each in parts]
    if None in printed:
        return []
    unit = "%" if row.code("field") == "percent" else ""
    return [f"{as_sum(labels, parts)} = {float(sum(printed)):g}{unit}"]
