"""SUM-001. Catalogue 4: category sums."""

from curation.engine.rule import rule
from schemas.categories import as_sum, fewest_if_or_better


@rule(
    "SUM-001",
    severity="error",
    source="arithmetic: a participant is in one category only",
    oracle="brute force: test_bruteforce_sums.py",
    rows="""
        SELECT 'count' AS kind, min(record) AS record, list(record ORDER BY place_in_family) AS records, 'events' AS field,
               list(events ORDER BY place_in_family) AS events, any_value(total) AS total, list(label ORDER BY place_in_family) AS labels,
               CASE WHEN bool_and(place_in_family IS NOT NULL) THEN 'yes' ELSE 'no' END AS ordered
        FROM responses WHERE family_kind = 'exclusive' AND events IS NOT NULL AND total IS NOT NULL
        GROUP BY source, section, study, arm, analysis_set, timepoint, family, total.text
        HAVING count(*) > 1 AND count(*) = count(DISTINCT outcome)
    """,
    consistent=[[
        dict(kind="outcome", outcome="cr", label="CR", family="response", family_kind="exclusive", rank="1"),
        dict(kind="outcome", outcome="pr", label="PR", family="response", family_kind="exclusive", rank="2"),
        dict(kind="count", outcome="cr", events="15", total="52"), dict(kind="count", outcome="pr", events="28", total="52"),
    ]],
    inconsistent=[[
        dict(kind="outcome", outcome="cr", label="CR", family="response", family_kind="exclusive", rank="1"),
        dict(kind="outcome", outcome="pr", label="PR", family="response", family_kind="exclusive", rank="2"),
        dict(kind="count", outcome="cr", events="15", total="30"), dict(kind="count", outcome="pr", events="16", total="30"),
    ]],
    cannot_tell=[[
        dict(kind="outcome", outcome="cr", label="CR", family="response", family_kind="exclusive", rank="1"),
        dict(kind="outcome", outcome="pr", label="PR", family="response", family_kind="exclusive", rank="2"),
        dict(kind="count", outcome="cr", events="15", total="NR"), dict(kind="count", outcome="pr", events="16", total="NR"),
    ]],
    look="whether a category takes in another one, and whether a row or column has shifted",
)  # fmt: skip
def exclusive_categories(events, total):
    """The mutually exclusive categories add up to more than everyone."""
    return events.sum_of_known().at_most(total)


@exclusive_categories.expects
def at_most_everyone(row):
    return f"at most {row['total'].text.strip()} together"


@exclusive_categories.reading("a category may take in the better ones (VGPR printed for VGPR or better)", "warning")
def or_better(row):
    return row.code("ordered") == "yes" and fewest_if_or_better(row.several("events")) <= row["total"].high


@exclusive_categories.explain
def the_sum(row):
    labels = [each.text for each in row.several("labels")]
    return [f"{as_sum(labels, row.several('events'))}, of {row['total'].text.strip()}"]
