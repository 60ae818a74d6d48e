"""SUM-011. Catalogue 4 and 9: parts of the included studies."""

from curation.engine.rule import rule


def _boxes(included, *parts):
    boxes = [dict(kind="flow", node="included_part", group=f"design {n}", n=number) for n, number in enumerate(parts)]
    return [dict(kind="flow", node="included", n=included), *boxes]


def _stated(included, *parts):
    named = [
        dict(kind="characteristic", characteristic="studies", label=f"place {n}", value=number)
        for n, number in enumerate(parts)
    ]
    return [dict(kind="characteristic", characteristic="studies", value=included), *named]


@rule(
    "SUM-011",
    severity="error",
    source="arithmetic",
    oracle="brute force: test_bruteforce_sums.py",
    after=["COUNT-003", "SOURCE-001"],
    field="whole",
    rows="""
        WITH whole AS (
            SELECT 'characteristic' AS kind, 'value' AS field, source, section, record, value AS number FROM stated_numbers
            WHERE characteristic = 'studies' AND study IS NULL AND label IS NULL AND value IS NOT NULL
            UNION ALL SELECT 'flow', 'n', source, section, record, n FROM flow
            WHERE diagram = 'prisma' AND node = 'included' AND "group" IS NULL AND study IS NULL AND n IS NOT NULL
        ), part AS (
            SELECT 'characteristic' AS kind, source, section, record, label, value AS number FROM stated_numbers
            WHERE characteristic = 'studies' AND study IS NULL AND label IS NOT NULL AND value IS NOT NULL
            UNION ALL SELECT 'flow', source, section, record, "group", n FROM flow
            WHERE diagram = 'prisma' AND node = 'included_part' AND study IS NULL AND n IS NOT NULL
        ), parts AS (
            SELECT kind, source, list(record ORDER BY record) AS records, list(number ORDER BY record) AS parts, list(label ORDER BY record) AS labels
            FROM part GROUP BY kind, source, section HAVING count(*) > 1
        )
        SELECT kind, min(w.record) AS record, list_distinct(flatten(list(list_prepend(w.record, p.records)))) AS records, any_value(field) AS field,
               any_value(w.number) AS whole, any_value(p.parts) AS parts, any_value(p.labels) AS labels, kind AS given_as
        FROM whole w JOIN parts p USING (kind, source) GROUP BY kind, source, w.number.text, p.records
    """,
    consistent=[_boxes("8", "7", "1"), _stated("8", "2", "2", "2", "2")],
    inconsistent=[_boxes("8", "7", "2"), _boxes("8", "9", "1"), _stated("8", "2", "2", "3", "2"), _stated("8", "5", "2")],
    cannot_tell=[_boxes("8", "7", "NR"), _boxes("NR", "7", "1")],
    limits=(
        "Parts are added up within one section. Named numbers of studies may belong to different groupings (by country, by design); then "
        "only each part has to fit."
    ),
    look="whether a part is named twice, and which of the numbers was misread",
)  # fmt: skip
def parts_of_studies(whole, parts):
    """The parts of the included studies do not add up to the number of studies.

    sum of parts = whole, and no part alone is larger than the whole.
    """
    return parts.sum().meets(whole)


@parts_of_studies.expects
def the_sum(row):
    parts = row.several("parts")
    if any(each.value is None for each in parts):
        return ""
    return f"{' + '.join(each.text.strip() for each in parts)} = {sum(int(each.value) for each in parts)}"


def _each_fits(row):
    return all(each.low <= row["whole"].high for each in row.several("parts") if each.known)


@parts_of_studies.reading("a study may be in several parts or in none", "warning")
def overlapping(row):
    return row.code("given_as") == "flow" and _each_fits(row)


@parts_of_studies.reading("the named numbers may belong to different groupings", "note")
def several_groupings(row):
    return row.code("given_as") == "characteristic" and _each_fits(row)
