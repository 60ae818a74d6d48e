"""REGISTRY-004. Catalogue 8: reasons for not completing, period by period of a registry record."""

from curation.engine.rule import rule


def _period(whole, *reasons, period="Extension"):
    key = dict(kind="flow", diagram="consort", source="nct", study="s", arm="len")
    named = [key | dict(node="discontinued", group=f"{period}: reason {k}", n=n) for k, n in enumerate(reasons)]
    return [
        dict(kind="source", source="nct", title="Registry record", type="registry"),
        key | dict(node="not_completed", group=period, n=whole), *named,
    ]  # fmt: skip


@rule(
    "REGISTRY-004",
    severity="warning",
    source="participant flow module of ClinicalTrials.gov: not completed = sum of the reasons, in each period",
    oracle="brute force: test_registry_bruteforce.py",
    after=["COUNT-003", "SOURCE-001"],
    field="whole",
    rows="""
        WITH box AS (SELECT * FROM flow WHERE diagram = 'consort' AND "group" IS NOT NULL AND n IS NOT NULL AND source IN (SELECT source FROM source WHERE type = 'registry'))
        SELECT 'flow' AS kind, w.record AS record, list_prepend(w.record, list(p.record ORDER BY p."group")) AS records, 'n' AS field,
               any_value(w.n) AS whole, list(p.n ORDER BY p."group") AS parts
        FROM box w JOIN box p ON p.source = w.source AND p.study IS NOT DISTINCT FROM w.study AND p.arm IS NOT DISTINCT FROM w.arm
         AND p.node = 'discontinued' AND starts_with(p."group", w."group" || ': ')
        WHERE w.node = 'not_completed' GROUP BY w.record
    """,
    consistent=[_period("7", "4", "3"), _period("7", "7")],
    inconsistent=[_period("7", "4", "2"), _period("7", "4", "4")],
    cannot_tell=[_period("7", "4", "NR")],
    limits="Records of several periods, where reasons stand under 'discontinued' and are named after their period; with one period it is FLOW-006.",
    look="whether a reason is missing or named twice, and which of the numbers is wrong",
)  # fmt: skip
def registry_reasons_add_up(whole, parts):
    """The reasons for not completing a period do not add up to those who did not complete it.

    n(not completed) = sum of n over the reasons of the period. A warning and no error: a participant may have several
    reasons, and a reason may not be named.
    """
    return parts.sum().meets(whole)


@registry_reasons_add_up.expects
def the_sum(row):
    parts = row.several("parts")
    if any(each.value is None for each in parts):
        return ""
    return f"{' + '.join(each.text.strip() for each in parts)} = {sum(int(each.value) for each in parts)}"
