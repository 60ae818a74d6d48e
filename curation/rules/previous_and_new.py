"""FLOW-008. Catalogue 9: an updated review counts what it had and what is new."""

from curation.engine.rule import rule


def _flow(**boxes):
    return [dict(kind="flow", node=node, n=n) for node, n in boxes.items()]


@rule(
    "FLOW-008",
    severity="warning",
    source="Page 2021, the PRISMA 2020 statement, BMJ 372:n71, doi:10.1136/bmj.n71",
    oracle="brute force: test_bruteforce_sums.py",
    after=["COUNT-003", "SOURCE-001", "FLOW-007"],
    field="total",
    rows="""
        WITH sum_of(previous, fresh, total) AS (VALUES
            ('previous_studies', 'included', 'total_studies'), ('previous_reports', 'included_reports', 'total_reports'))
        SELECT 'flow' AS kind, t.records[1] AS record, t.records || p.records || n.records AS records, 'n' AS field,
               p.numbers[1] AS previous, n.numbers[1] AS fresh, t.numbers[1] AS total
        FROM sum_of JOIN boxes t ON t.node = sum_of.total
        JOIN boxes p ON p.node = sum_of.previous AND p.of_what = t.of_what AND p.stream IS NULL
        JOIN boxes n ON n.node = sum_of.fresh AND n.of_what = t.of_what AND n.stream IS NULL
        WHERE t.diagram = 'prisma' AND t.stream IS NULL AND len(t.numbers) = 1 AND len(p.numbers) = 1 AND len(n.numbers) = 1
    """,
    consistent=[_flow(previous_studies="12", included="8", total_studies="20")],
    inconsistent=[_flow(previous_studies="12", included="8", total_studies="21"), _flow(previous_reports="15", included_reports="9", total_reports="20")],
    cannot_tell=[_flow(previous_studies="NR", included="8", total_studies="20")],
    limits="A review may drop studies of its previous version, so a smaller total is a question, not a contradiction.",
    look="whether 'included' holds the new studies or all of them",
)  # fmt: skip
def previous_and_new(previous, fresh, total):
    """The studies or reports of the updated review are not the previous and the new ones together.

    total = previous + new, for studies and for reports. Counts, so nothing is rounded.
    """
    return (previous + fresh).meets(total)


@previous_and_new.expects
def the_sum(row):
    one, two = row["previous"], row["fresh"]
    if one.value is None or two.value is None:
        return ""
    return f"{one.text.strip()} + {two.text.strip()} = {int(one.value + two.value)}"


@previous_and_new.explain
def included_are_all(row):
    fits = row["fresh"].known and row["fresh"].low == row["total"].low
    return ["it fits if the number included already holds the studies of the previous version"] if fits else []
