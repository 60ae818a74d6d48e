"""FLOW-007. Catalogue 9: studies and their reports, previous and new ones."""

from curation.engine.rule import rule


def _flow(**boxes):
    return [dict(kind="flow", node=node, n=n) for node, n in boxes.items()]


@rule(
    "FLOW-007",
    severity="error",
    source="Page 2021, the PRISMA 2020 statement, BMJ 372:n71, doi:10.1136/bmj.n71",
    oracle="brute force: test_bruteforce_sums.py",
    after=["COUNT-003", "SOURCE-001"],
    field="studies",
    rows="""
        WITH pair(studies, reports) AS (VALUES
            ('included', 'included_reports'), ('previous_studies', 'previous_reports'), ('total_studies', 'total_reports'))
        SELECT 'flow' AS kind, s.records[1] AS record, s.records || r.records AS records, 'n' AS field,
               s.numbers[1] AS studies, r.numbers[1] AS reports
        FROM pair JOIN boxes s ON s.node = pair.studies
        JOIN boxes r ON r.node = pair.reports AND r.of_what = s.of_what AND r.stream IS NOT DISTINCT FROM s.stream
        WHERE s.diagram = 'prisma' AND len(s.numbers) = 1 AND len(r.numbers) = 1
    """,
    consistent=[_flow(included="8", included_reports="11"), _flow(total_studies="20", total_reports="20")],
    inconsistent=[_flow(included="11", included_reports="8"), _flow(previous_studies="9", previous_reports="8")],
    cannot_tell=[_flow(included="11", included_reports="NR")],
    look="whether studies and reports are swapped",
)
def studies_within_reports(studies, reports):
    """More studies than reports of them are included.

    studies <= reports, as every study included has a report: for the new ones, those of the previous version, and all.
    Counts, so nothing is rounded. How many reports a study may have it cannot tell.
    """
    return studies.at_most(reports)


@studies_within_reports.expects
def at_most(row):
    return f"at most {row['reports'].text.strip()}, the number of reports"


@studies_within_reports.explain
def swapped(row):
    one, two = row["studies"], row["reports"]
    return [f"{two.text.strip()} studies and {one.text.strip()} reports would fit"] if one.known and two.known else []
