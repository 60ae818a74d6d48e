"""SUM-002. Catalogue 4: category sums."""

from curation.engine.rule import rule
from schemas.categories import as_sum, fewest_if_or_better

_FAMILY = [
    dict(kind="outcome", outcome="cr", label="CR", family="response", family_kind="exclusive", rank="1"),
    dict(kind="outcome", outcome="pr", label="PR", family="response", family_kind="exclusive", rank="2"),
    dict(kind="outcome", outcome="sd", label="SD", family="response", family_kind="exclusive", rank="3"),
]


@rule(
    "SUM-002",
    severity="error",
    source="arithmetic: a participant is in one category only",
    oracle="brute force: test_bruteforce_sums.py",
    after=["PERCENT-001", "SUM-001", "SUM-004"],
    rows="""
        SELECT 'count' AS kind, min(record) AS record, list(record ORDER BY place_in_family, outcome) AS records, 'percent' AS field,
               list(size ORDER BY place_in_family, outcome) AS percents, list(label ORDER BY place_in_family, outcome) AS labels,
               CASE WHEN bool_and(place_in_family IS NOT NULL) THEN 'yes' ELSE 'no' END AS ordered
        FROM (SELECT * FROM sizes WHERE family_kind = 'exclusive' AND family IS NOT NULL AND field = 'percent'
              QUALIFY row_number() OVER (PARTITION BY source, section, of_whom, outcome ORDER BY size.low, record) = 1)
        GROUP BY source, section, of_whom, family HAVING count(*) > 1
    """,
    consistent=[
        [*_FAMILY, dict(kind="count", outcome="cr", percent="50%"), dict(kind="count", outcome="pr", percent="50%"),
         dict(kind="count", outcome="sd", percent="1%")],
        [*_FAMILY, dict(kind="count", outcome="cr", percent="33.3%"), dict(kind="count", outcome="pr", percent="NR")],
    ],
    inconsistent=[
        [*_FAMILY, dict(kind="count", outcome="cr", percent="67%"), dict(kind="count", outcome="pr", percent="86%")],
        [*_FAMILY, dict(kind="count", outcome="cr", percent="60%"), dict(kind="count", outcome="pr", percent="30%"),
         dict(kind="count", outcome="sd", percent="20%")],
    ],
    cannot_tell=[[*_FAMILY, dict(kind="count", outcome="cr", percent="NR"), dict(kind="count", outcome="pr", percent="NR")]],
    limits="Categories printed in different sections are not added up.",
    look="whether a category takes in another one, and whether a row or column has shifted",
)  # fmt: skip
def exclusive_percentages(percents):
    """The percentages of mutually exclusive categories add up to more than 100%.

    sum of p_i <= 100: contradicted only if even the lower ends of all rounding intervals together exceed 100.
    """
    return percents.sum_of_known().at_most(100)


@exclusive_percentages.expects
def a_hundred(row):
    return "at most 100% together"


@exclusive_percentages.reading("a category may take in the better ones (VGPR printed for VGPR or better)", "warning")
def or_better(row):
    return row.code("ordered") == "yes" and fewest_if_or_better(row.several("percents")) <= 100


@exclusive_percentages.explain
def the_sum(row):
    labels, percents = [each.text for each in row.several("labels")], row.several("percents")
    printed = [each.value for each in percents if each.known]
    return [f"{as_sum(labels, percents)} = {float(sum(printed)):g}%"] if None not in printed else []
