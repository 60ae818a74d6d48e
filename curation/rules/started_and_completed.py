"""FLOW-009. Catalogue 8: the participant flow of a registry record."""

from curation.engine.rule import rule


def _flow(**boxes):
    return [dict(kind="flow", diagram="consort", study="s", arm="len", node=node, n=n) for node, n in boxes.items()]


@rule(
    "FLOW-009",
    severity="error",
    source="participant flow module of ClinicalTrials.gov: started = completed + not completed",
    oracle="brute force: test_bruteforce_sums.py",
    after=["COUNT-003", "SOURCE-001", "FLOW-006"],
    field="started",
    rows="""
        SELECT 'flow' AS kind, s.records[1] AS record, s.records || c.records || d.records AS records, 'n' AS field,
               s.numbers AS started, c.numbers AS completed, d.numbers AS not_completed,
               CASE WHEN d.split THEN 'yes' ELSE 'no' END AS split
        FROM boxes s
        JOIN boxes c ON c.node = 'completed' AND c.of_what = s.of_what AND c.arm IS NOT DISTINCT FROM s.arm AND c.stream IS NOT DISTINCT FROM s.stream
        JOIN boxes d ON d.node = 'not_completed' AND d.of_what = s.of_what AND d.arm IS NOT DISTINCT FROM s.arm AND d.stream IS NOT DISTINCT FROM s.stream
        WHERE s.node = 'started' AND s.diagram = 'consort'
    """,
    consistent=[_flow(started="177", completed="150", not_completed="27")],
    inconsistent=[_flow(started="177", completed="150", not_completed="72"), _flow(started="177", completed="150", not_completed="26")],
    cannot_tell=[_flow(started="177", completed="150", not_completed="NR")],
    limits="Each period of a registry record adds up on its own; name the period in the column 'group'.",
    look="the three rows of the participant flow, arm by arm",
)  # fmt: skip
def started_and_completed(started, completed, not_completed):
    """Those who completed and those who did not are not those who started.

    started = completed + not completed, in each arm and overall. Where those who did not complete are given by reason
    only, the reasons are added up. Counts, so nothing is rounded.
    """
    return (completed.sum() + not_completed.sum()).meets(started.sum())


@started_and_completed.reading("a participant may have several reasons, or a reason that is not named", "warning")
def by_reason(row):
    return row.code("split") == "yes"


@started_and_completed.expects
def the_sum(row):
    numbers = [*row.several("completed"), *row.several("not_completed")]
    if any(each.value is None for each in numbers):
        return ""
    return f"{' + '.join(each.text.strip() for each in numbers)} = {sum(int(each.value) for each in numbers)}"
