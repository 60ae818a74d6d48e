"""FLOW-001. Catalogue 9: PRISMA."""

from curation.engine.rule import rule


def _flow(**boxes):
    return [dict(kind="flow", node=node, n=n) for node, n in boxes.items()]


@rule(
    "FLOW-001",
    severity="error",
    source="Page 2021, the PRISMA 2020 statement, BMJ 372:n71, doi:10.1136/bmj.n71",
    oracle="brute force: test_bruteforce_sums.py",
    after=["COUNT-003", "SOURCE-001"],
    field="left",
    rows="""
        WITH equation(before, removed, remaining) AS (VALUES
            ('identified', 'removed_before_screening', 'screened'), ('screened', 'excluded_screening', 'sought'),
            ('screened', 'excluded_screening', 'assessed'), ('sought', 'not_retrieved', 'assessed'),
            ('identified', 'removed_or_excluded', 'sought'), ('identified', 'removed_or_excluded', 'assessed')
        )
        SELECT 'flow' AS kind, l.records[1] AS record, b.records || r.records || l.records AS records, 'n' AS field,
               b.numbers AS before, r.numbers AS removed, l.numbers AS left,
               [replace(node, '_', ' ') FOR node IN [before, equation.removed, remaining]] AS nodes,
               CASE WHEN b.split OR r.split OR l.split THEN 'yes' ELSE 'no' END AS split
        FROM equation JOIN boxes b ON b.node = equation.before
        JOIN boxes r ON r.node = equation.removed AND r.of_what = b.of_what AND r.stream IS NOT DISTINCT FROM b.stream
        JOIN boxes l ON l.node = remaining AND l.of_what = b.of_what AND l.stream IS NOT DISTINCT FROM b.stream
        LEFT JOIN boxes s ON s.node = 'sought' AND s.of_what = b.of_what AND s.stream IS NOT DISTINCT FROM b.stream
        WHERE b.diagram = 'prisma' AND NOT (b.split AND l.split)
          AND (remaining <> 'assessed' OR before = 'sought' OR s.node IS NULL)
    """,
    consistent=[
        _flow(identified="325", removed_or_excluded="317", assessed="8"),
        _flow(identified="500", removed_before_screening="100", screened="400", excluded_screening="350", sought="50", not_retrieved="2", assessed="48"),
    ],
    inconsistent=[
        _flow(identified="325", removed_or_excluded="307", assessed="8"), _flow(screened="400", excluded_screening="350", assessed="48"),
        _flow(sought="50", not_retrieved="2", assessed="50"),
    ],
    cannot_tell=[_flow(identified="325", removed_or_excluded="NR", assessed="8")],
    limits=(
        "Boxes of one stream (column 'group') are held against each other. A box given only in parts (by reason, by database) is the sum of its "
        "parts; parts may overlap."
    ),
    look="the three boxes of the diagram, and whether one of them is missing",
)  # fmt: skip
def prisma_flow(before, removed, left):
    """The boxes of the study selection do not add up.

    before - removed = left, for: identified, removed before screening, screened; screened, excluded, sought (or assessed, where sought is
    not given); sought, not retrieved, assessed; and identified, removed or excluded in one number, sought or assessed.
    """
    return (before.sum() - removed.sum()).meets(left.sum())


@prisma_flow.expects
def the_difference(row):
    sums = [
        sum(int(each.value) for each in row.several(name) if each.value is not None)
        for name in ("before", "removed", "left")
    ]
    if any(each.value is None for name in ("before", "removed", "left") for each in row.several(name)):
        return ""
    return f"{sums[0]} \u2212 {sums[1]} = {sums[0] - sums[1]}, not {sums[2]}"


@prisma_flow.reading("records may have been added on the way (reference lists, other sources)", "warning")
def added_on_the_way(row):
    before, removed, left = (row.several(name) for name in ("before", "removed", "left"))
    return sum(each.high for each in left) > sum(each.low for each in before) - sum(each.high for each in removed)


@prisma_flow.reading("a box is given only in parts, and a record may be in several parts or in none", "warning")
def in_parts(row):
    return row.code("split") == "yes"


@prisma_flow.explain
def the_boxes(row):
    nodes = [each.text for each in row.several("nodes")]
    printed = [" + ".join(each.text.strip() for each in row.several(name)) for name in ("before", "removed", "left")]
    return ["; ".join(f"{node}: {number}" for node, number in zip(nodes, printed, strict=True))]
