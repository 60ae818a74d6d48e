"""FLOW-003. Catalogue 9: PRISMA."""

from curation.engine.rule import rule


def _flow(**boxes):
    return [dict(kind="flow", node=node, n=n) for node, n in boxes.items()]


@rule(
    "FLOW-003",
    severity="warning",
    source="Page 2021, the PRISMA 2020 statement, BMJ 372:n71, doi:10.1136/bmj.n71",
    oracle="brute force: test_bruteforce_sums.py",
    after=["COUNT-003", "SOURCE-001", "FLOW-001", "FLOW-002"],
    field="left",
    rows="""
        WITH step AS (
            SELECT *, CASE node WHEN 'identified' THEN 1 WHEN 'screened' THEN 2 WHEN 'sought' THEN 3 WHEN 'assessed' THEN 4
                                WHEN 'included' THEN 5 END AS place
            FROM boxes WHERE diagram = 'prisma' AND node IN ('identified', 'screened', 'sought', 'assessed', 'included')
        ), following AS (
            SELECT *, lead(node) OVER chain AS next_node, lead(numbers) OVER chain AS next_numbers,
                   lead(records) OVER chain AS next_records, lead(split) OVER chain AS next_split
            FROM step WINDOW chain AS (PARTITION BY of_what, stream ORDER BY place)
        )
        SELECT 'flow' AS kind, next_records[1] AS record, records || next_records AS records, 'n' AS field,
               numbers AS before, next_numbers AS left, node AS before_node, next_node AS left_node
        FROM following WHERE next_node IS NOT NULL AND NOT next_split
    """,
    consistent=[_flow(identified="325", screened="325", included="8")],
    inconsistent=[_flow(screened="325", assessed="352"), _flow(assessed="8", included="9")],
    cannot_tell=[_flow(screened="325", assessed="NR")],
    limits=(
        "Boxes of one stream (column 'group') are held against each other. Records that join later (from reference lists, from an earlier "
        "version of the review) are customary, so this is a question, not a contradiction."
    ),
    look="whether the two boxes are swapped, or records were added on the way",
)  # fmt: skip
def flow_narrows(before, left):
    """A later box of the study selection holds more than an earlier one.

    identified >= screened >= sought >= assessed >= included, for neighbours among the boxes that are given.
    """
    return left.sum().at_most(before.sum())


@flow_narrows.expects
def no_more(row):
    before = row.several("before")
    return f"at most {' + '.join(each.text.strip() for each in before)}, the number {row.code('before_node')}"
