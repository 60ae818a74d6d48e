"""REGISTRY-002. Catalogue 7: any adverse event against all that are listed in a registry record."""

from curation.engine.rule import rule
from schemas.categories import as_sum

_SOURCE = dict(kind="source", source="nct", title="Registry record", type="registry")


def _table(whole, *parts, section="Serious adverse events", threshold="5%"):
    key = dict(kind="count", source="nct", study="s", arm="len", section=section)
    terms = [key | dict(outcome=f"t{n}", row=f"Term {n}", events=each) for n, each in enumerate(parts)]
    limit = dict(
        kind="characteristic",
        source="nct",
        study="s",
        characteristic="threshold",
        row="Frequency threshold",
        value=threshold,
    )
    return [_SOURCE, limit, key | dict(outcome="any", row="Total", events=whole), *terms]


@rule(
    "REGISTRY-002",
    severity="warning",
    source="arithmetic: whoever has any event has at least one of those listed; ClinicalTrials.gov lists every serious event, and other events above the frequency threshold",
    oracle="brute force: test_registry_bruteforce.py",
    after=["COUNT-001", "COUNT-003", "REGISTRY-001"],
    field="whole",
    rows="""
        WITH event AS (
            SELECT *, concat_ws('/', source, study, coalesce(arm, ''), section, coalesce(analysis_set, ''), coalesce(timepoint, '')) AS of_whom
            FROM "count" WHERE source IN (SELECT source FROM source WHERE type = 'registry') AND events IS NOT NULL
        ), all_listed AS (
            SELECT source, study FROM characteristic WHERE characteristic = 'threshold' AND "row" = 'Frequency threshold' AND value.value = 0
        ), term AS (
            SELECT of_whom, list(events ORDER BY "row", record) AS parts, list(record ORDER BY "row", record) AS records, list("row" ORDER BY "row", record) AS labels
            FROM event WHERE "row" <> 'Total' GROUP BY of_whom
        )
        SELECT 'count' AS kind, w.record AS record, list_prepend(w.record, coalesce(t.records, [])) AS records, 'events' AS field,
               w.events AS whole, coalesce(t.parts, []) AS parts, coalesce(t.labels, []) AS labels
        FROM event w LEFT JOIN term t USING (of_whom)
        WHERE w."row" = 'Total' AND (section = 'Serious adverse events'
            OR (section = 'Other adverse events' AND EXISTS (SELECT 1 FROM all_listed a WHERE a.source = w.source AND a.study IS NOT DISTINCT FROM w.study)))
    """,
    consistent=[_table("4", "2", "2"), _table("0"), _table("9", "3", "6", section="Other adverse events", threshold="0%")],
    inconsistent=[_table("5", "2", "2"), _table("3"), _table("9", "3", section="Other adverse events", threshold="0%")],
    cannot_tell=[_table("5", "2", "NR")],
    limits="Serious events, of which all are listed; other events only where the frequency threshold is zero.",
    look="whether an event is missing from the table, and whether the total counts events of other kinds",
)  # fmt: skip
def registry_any_within_terms(whole, parts):
    """More participants have any adverse event than all events listed account for.

    e(any) <= sum of e(term) over the table of a registry record, group by group. A participant may have several events,
    so there is no equality. Where nothing is listed the sum is zero.
    """
    return whole.at_most(parts.sum())


@registry_any_within_terms.expects
def at_most_the_sum(row):
    printed = [each.value for each in row.several("parts")]
    return "" if None in printed else f"at most {int(sum(printed))}"


@registry_any_within_terms.explain
def the_sum(row):
    parts = row.several("parts")
    return [as_sum([each.text for each in row.several("labels")], parts)] if parts else ["no event is listed"]
