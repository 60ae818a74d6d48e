"""SUM-010. Catalogue 44: totals."""

from itertools import combinations

from curation.engine.rule import rule


def _review(stated, *numbers):
    studies = [
        dict(kind="study", study=f"s{n}", label=f"Study {n}", included_in="example") for n in range(len(numbers))
    ]
    each = [
        dict(kind="characteristic", characteristic="participants", study=f"s{n}", value=number, section="Table 1", row=f"Study {n}")
        for n, number in enumerate(numbers) if number
    ]  # fmt: skip
    return [
        *studies,
        *each,
        dict(kind="characteristic", characteristic="participants", value=stated, section="Abstract"),
    ]


@rule(
    "SUM-010",
    severity="error",
    source="arithmetic: a review pools the participants of its studies",
    oracle="brute force: test_bruteforce_sums.py",
    after=["COUNT-003"],
    field="stated",
    rows="""
        WITH numbers AS (
            SELECT c.*, s.label AS study_label, coalesce(a.role, 'total') AS role,
                   coalesce(c.arm IS NULL OR a.role IN ('total', 'single'), true) AS whole
            FROM stated_numbers c JOIN study s ON s.study = c.study AND s.included_in = c.source
            LEFT JOIN arm a ON a.study = c.study AND a.arm = c.arm
            WHERE c.characteristic = 'participants' AND c.label IS NULL AND c.analysis_set IS NULL AND c.value IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY c.source, c.study, c.arm ORDER BY c."row" IS NULL, c.record) = 1
        ), arms AS (
            SELECT study, count(*) AS arms FROM arm WHERE role IN ('experimental', 'control') AND part_of IS NULL GROUP BY study
        ), of_study AS (
            SELECT source, study, any_value(study_label) AS study_label,
                   CASE WHEN bool_or(whole) THEN [min_by(value, concat_ws('|', arm, record)) FILTER (WHERE whole)]
                        WHEN count(*) FILTER (WHERE role IN ('experimental', 'control')) = any_value(arms.arms)
                        THEN list(value ORDER BY arm) FILTER (WHERE role IN ('experimental', 'control')) END AS numbers,
                   list(record ORDER BY arm) AS records
            FROM numbers LEFT JOIN arms USING (study) GROUP BY source, study
        ), of_review AS (
            SELECT s.included_in AS source, flatten(list(o.numbers ORDER BY s.study)) AS numbers,
                   flatten(list(o.records ORDER BY s.study)) AS parts, flatten(list(o.labels ORDER BY s.study)) AS labels
            FROM study s LEFT JOIN (SELECT *, list_transform(numbers, lambda _: study_label) AS labels FROM of_study) o
                ON o.study = s.study AND o.source = s.included_in
            WHERE s.included_in IS NOT NULL GROUP BY s.included_in HAVING count(*) = count(o.numbers)
        )
        SELECT 'characteristic' AS kind, min(c.record) AS record, list_distinct(flatten(list(list_prepend(c.record, r.parts)))) AS records,
               'value' AS field, any_value(c.value) AS stated, any_value(r.numbers) AS of_studies, any_value(r.labels) AS labels
        FROM stated_numbers c JOIN of_review r USING (source)
        WHERE c.characteristic = 'participants' AND c.study IS NULL AND c.arm IS NULL AND c.label IS NULL
          AND c.analysis_set IS NULL AND c.outcome IS NULL AND c.value IS NOT NULL
        GROUP BY source, c.value.text
    """,
    consistent=[_review("82", "30", "52"), _review("90", "24|39?", "52")],
    inconsistent=[_review("73", "30", "52"), _review("91", "30", "52")],
    cannot_tell=[_review("82", "30", "NR"), _review("NR", "30", "52")],
    limits=(
        "Asked where every study that the source includes has a number of participants. Arms of a study are added up where no number for the "
        "study is given. It cannot know which participants a review left out on purpose."
    ),
    look="the column of participants in the table of studies",
)  # fmt: skip
def participants_add_up(stated, of_studies):
    """The stated number of participants is not the sum of the studies.

    N = sum of n_i over the studies included; a number that can be read in several ways counts as all numbers in between.
    """
    return of_studies.sum().meets(stated)


@participants_add_up.expects
def the_sum(row):
    numbers = row.several("of_studies")
    if any(each.value is None for each in numbers):
        return ""
    return f"{' + '.join(each.text.strip() for each in numbers)} = {sum(int(each.value) for each in numbers)}"


@participants_add_up.reading("some participants of the studies may have been left out", "warning")
def fewer(row):
    return row["stated"].low <= sum(each.high for each in row.several("of_studies"))


@participants_add_up.explain
def without_one_or_two(row):
    numbers, labels = row.several("of_studies"), [each.text for each in row.several("labels")]
    if row["stated"].value is None or any(each.value is None for each in numbers):
        return []
    surplus = sum(each.value for each in numbers) - row["stated"].value
    for size in (1, 2):
        fits = [
            each
            for each in combinations(range(len(numbers)), size)
            if sum(numbers[one].value for one in each) == surplus
        ]
        if len(fits) == 1:
            left_out = " and ".join(f"{labels[one]} ({numbers[one].text.strip()})" for one in fits[0])
            return [f"without {left_out} the studies add up to {row['stated'].text.strip()}"]
    return []
