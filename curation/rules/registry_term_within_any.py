"""REGISTRY-001. Catalogue 7: one adverse event against any, in the tables of a registry record."""

from curation.engine.rule import rule

_SOURCE = dict(kind="source", source="nct", title="Registry record", type="registry")


def _table(whole, *parts, section="Serious adverse events", at_risk="50"):
    key = dict(kind="count", source="nct", study="s", arm="len", section=section)
    terms = [key | dict(outcome=f"t{n}", row=f"Term {n}", events=each, total=at_risk) for n, each in enumerate(parts)]
    return [_SOURCE, key | dict(outcome="any", row="Total", events=whole, total="50"), *terms]


@rule(
    "REGISTRY-001",
    severity="error",
    source="arithmetic: whoever has one of the events has an event; adverse events module of ClinicalTrials.gov",
    oracle="brute force: test_registry_bruteforce.py",
    after=["COUNT-001", "COUNT-003"],
    field="part",
    rows="""
        WITH event AS (
            SELECT *, concat_ws('/', source, study, coalesce(arm, ''), section, coalesce(analysis_set, ''), coalesce(timepoint, '')) AS of_whom
            FROM "count" WHERE source IN (SELECT source FROM source WHERE type = 'registry')
              AND section IN ('Serious adverse events', 'Other adverse events') AND events IS NOT NULL
        ), all_listed AS (
            SELECT source, study FROM characteristic WHERE characteristic = 'threshold' AND "row" = 'Frequency threshold' AND value.value = 0
        )
        SELECT 'count' AS kind, t.record AS record, [t.record, w.record] AS records, 'events' AS field, t.events AS part, w.events AS whole,
               CASE WHEN t.total.value > w.total.value THEN 'yes' ELSE 'no' END AS of_more,
               CASE WHEN t.section = 'Serious adverse events' OR EXISTS (SELECT 1 FROM all_listed a WHERE a.source = t.source AND a.study IS NOT DISTINCT FROM t.study)
                    THEN 'yes' ELSE 'no' END AS all_counted
        FROM event t JOIN event w USING (of_whom) WHERE w."row" = 'Total' AND t."row" <> 'Total'
    """,
    consistent=[_table("4", "2", "4"), _table("9", "9", section="Other adverse events")],
    inconsistent=[_table("4", "2", "5"), _table("4", "5", at_risk="60"), _table("4", "5", section="Other adverse events")],
    cannot_tell=[_table("NR", "2", "5")],
    limits="Registry records, where the section and the row 'Total' say which number is which. The table of other events leaves out rare ones, so they are not missed here.",
    look="whether the events are counted instead of the participants",
)  # fmt: skip
def registry_term_within_any(part, whole):
    """More participants are affected by one adverse event than by any.

    e(term) <= e(any), for serious events and for other events of a registry record, group by group. Counts, so nothing
    is rounded.
    """
    return part.at_most(whole)


@registry_term_within_any.expects
def no_more(row):
    return f"at most {row['whole'].text.strip()}, the number affected by any"


@registry_term_within_any.reading("more participants were at risk of the one event than of any", "warning")
def of_more_people(row):
    return row.code("of_more") == "yes"


@registry_term_within_any.reading(
    "the total may leave out events that are below the frequency threshold in this group", "warning"
)
def below_threshold(row):
    return row.code("all_counted") == "no"
