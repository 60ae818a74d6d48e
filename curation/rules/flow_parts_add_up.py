"""FLOW-006. Catalogue 8 and 9: the parts of a box."""

from curation.engine.rule import rule


def _boxes(node, whole, *parts):
    named = [dict(kind="flow", node=node, group=f"reason {n}", n=number) for n, number in enumerate(parts)]
    return [dict(kind="flow", node=node, n=whole), *named]


@rule(
    "FLOW-006",
    severity="warning",
    source="Page 2021, the PRISMA 2020 statement, BMJ 372:n71, doi:10.1136/bmj.n71; registry records of ClinicalTrials.gov",
    oracle="brute force: test_bruteforce_sums.py",
    after=["COUNT-003", "SOURCE-001"],
    field="whole",
    rows="""
        WITH once AS (
            SELECT * FROM flow WHERE n IS NOT NULL AND node NOT IN ('included', 'included_part')
            QUALIFY row_number() OVER (PARTITION BY source, study, arm, diagram, node, "group" ORDER BY concat_ws('|', section, "row", "column", record)) = 1
        )
        SELECT 'flow' AS kind, any_value(record) FILTER (WHERE "group" IS NULL) AS record, list(record ORDER BY "group" NULLS FIRST) AS records,
               'n' AS field, any_value(n) FILTER (WHERE "group" IS NULL) AS whole, list(n ORDER BY "group") FILTER (WHERE "group" IS NOT NULL) AS parts
        FROM once GROUP BY source, study, arm, diagram, node
        HAVING count(*) FILTER (WHERE "group" IS NULL) = 1 AND count("group") > 1
    """,
    consistent=[_boxes("excluded_fulltext", "40", "25", "10", "5"), _boxes("identified", "325", "300", "25")],
    inconsistent=[_boxes("excluded_fulltext", "40", "25", "10", "6"), _boxes("excluded_fulltext", "40", "25", "10", "4")],
    cannot_tell=[_boxes("excluded_fulltext", "40", "25", "NR")],
    limits="Asked where a box is given as a whole and in two or more parts. The included studies are the matter of SUM-011.",
    look="whether a reason is missing or named twice, and which of the numbers was misread",
)  # fmt: skip
def flow_parts_add_up(whole, parts):
    """The parts of a box, by reason or by database, do not add up to the box.

    n = sum of n_i over the groups of the box (databases, reasons for exclusion, reasons for not completing). A warning
    and no error: a record may have several reasons, and a reason may not be named.
    """
    return parts.sum().meets(whole)


@flow_parts_add_up.expects
def the_sum(row):
    parts = row.several("parts")
    if any(each.value is None for each in parts):
        return ""
    return f"{' + '.join(each.text.strip() for each in parts)} = {sum(int(each.value) for each in parts)}"
