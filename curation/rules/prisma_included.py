"""FLOW-002. Catalogue 9: PRISMA."""

from curation.engine.rule import rule


def _flow(**boxes):
    return [dict(kind="flow", node=node, n=n) for node, n in boxes.items()]


@rule(
    "FLOW-002",
    severity="warning",
    source="Page 2021, the PRISMA 2020 statement, BMJ 372:n71, doi:10.1136/bmj.n71",
    oracle="brute force: test_bruteforce_sums.py",
    after=["COUNT-003", "SOURCE-001"],
    field="included",
    rows="""
        SELECT 'flow' AS kind, i.records[1] AS record, a.records || e.records || i.records AS records, 'n' AS field,
               a.numbers AS assessed, e.numbers AS excluded, i.numbers AS included,
               CASE WHEN a.split OR e.split OR i.split THEN 'yes' ELSE 'no' END AS split
        FROM boxes a JOIN boxes e ON e.node = 'excluded_fulltext' AND e.of_what = a.of_what AND e.stream IS NOT DISTINCT FROM a.stream
        JOIN boxes i ON i.node = 'included' AND i.of_what = a.of_what AND i.stream IS NOT DISTINCT FROM a.stream
        WHERE a.node = 'assessed' AND a.diagram = 'prisma' AND NOT (a.split AND i.split)
    """,
    consistent=[_flow(assessed="9", excluded_fulltext="1", included="8")],
    inconsistent=[_flow(assessed="8", excluded_fulltext="1", included="8"), _flow(assessed="20", excluded_fulltext="1", included="8")],
    cannot_tell=[_flow(assessed="8", excluded_fulltext="NR", included="8")],
    limits="Studies of an earlier version of the review, or found by other methods, have no box here; without one they look like too many.",
    look="the last three boxes of the diagram; fewer studies than reports are in order if several reports are of one study",
)  # fmt: skip
def prisma_included(assessed, excluded, included):
    """The studies included are not the reports assessed less the reports excluded.

    included <= assessed - excluded, with equality where every report is of another study.
    """
    return (assessed.sum() - excluded.sum()).meets(included.sum())


@prisma_included.expects
def the_difference(row):
    boxes = [row.several(name) for name in ("assessed", "excluded", "included")]
    if any(each.value is None for box in boxes for each in box):
        return ""
    assessed, excluded, included = (sum(int(each.value) for each in box) for box in boxes)
    return f"{assessed} \u2212 {excluded} = {assessed - excluded}, not {included}"


@prisma_included.explain
def too_many(row):
    return (
        []
        if several_reports(row)
        else ["studies of an earlier version of the review, or found by other methods, would explain a surplus"]
    )


@prisma_included.reading("several reports may be of one study", "warning")
def several_reports(row):
    assessed, excluded, included = (row.several(name) for name in ("assessed", "excluded", "included"))
    return sum(each.low for each in included) <= sum(each.high for each in assessed) - sum(
        each.low for each in excluded
    )


@prisma_included.reading("a box is given only in parts, and a report may be in several parts or in none", "warning")
def in_parts(row):
    return row.code("split") == "yes"
