"""SOURCE-012. Catalogue 10: the planned and the actual size of a trial (TRACT)."""

from curation.engine.rule import rule
from schemas.thresholds import threshold

GAP = threshold(
    "registry_size_gap", 0.15, least=0.01, most=1.0, source="TRACT checklist: Mol 2023 Res Integr Peer Rev 8:6",
    meaning="share of the planned participants by which the actual number may differ",
)  # fmt: skip
WIDE_GAP = threshold(
    "registry_size_wide_gap", 0.5, least=0.01, most=10.0, source="this project's choice",
    meaning="share of the planned participants beyond which early stopping alone is no ready explanation",
)  # fmt: skip


def _trial(planned, actual, **more):
    registry = [
        dict(kind="source", source="nct", title="Registry record", type="registry"),
        dict(kind="source", source="paper", title="Report", type="article"),
    ]
    return [
        *registry,
        dict(kind="characteristic", source="nct", study="a", characteristic="participants_planned", value=planned),
        dict(source="paper", study="a")
        | (more or dict(kind="characteristic", characteristic="participants", value=actual)),
    ]


@rule(
    "SOURCE-012",
    severity="warning",
    source="TRACT checklist: Mol 2023 Res Integr Peer Rev 8:6",
    field="actual",
    rows="""
        WITH shelves AS (SELECT source, CASE WHEN type = 'registry' THEN 0 ELSE 1 END AS published FROM source),
        planned AS (
            SELECT study, record, published, CASE WHEN ceil(value.low) <= floor(value.high)
                        THEN struct_update(value, low := ceil(value.low), high := floor(value.high)) ELSE value END AS value
            FROM characteristic LEFT JOIN shelves USING (source)
            WHERE characteristic = 'participants_planned' AND study IS NOT NULL AND arm IS NULL AND analysis_set IS NULL AND outcome IS NULL
            QUALIFY row_number() OVER (PARTITION BY study ORDER BY coalesce(published, 1), record) = 1
        ), stated AS (
            SELECT f.study, 'flow' AS kind, f.record, 'n' AS field, f.n AS actual, 0 AS second, published FROM flow f LEFT JOIN shelves USING (source)
            WHERE diagram = 'consort' AND node = 'randomised' AND arm IS NULL AND "group" IS NULL AND f.n IS NOT NULL
            UNION ALL
            SELECT c.study, 'characteristic', c.record, 'value', c.value, 1, published FROM stated_numbers c LEFT JOIN shelves USING (source) LEFT JOIN arm a ON a.study = c.study AND a.arm = c.arm
            WHERE characteristic = 'participants' AND (c.arm IS NULL OR a.role IN ('total', 'single')) AND c.label IS NULL AND analysis_set IS NULL AND outcome IS NULL AND c.value IS NOT NULL
        ), actual AS (
            SELECT * FROM stated WHERE study IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY study ORDER BY second, published DESC, record) = 1
        )
        SELECT a.kind, a.record, [a.record, p.record] AS records, a.field, p.value AS planned, a.actual
        FROM planned p JOIN actual a USING (study)
    """,
    consistent=[_trial("200", "172"), _trial("200", "230"), _trial("200", "", kind="flow", diagram="consort", node="randomised", n="190")],
    inconsistent=[_trial("200", "150"), _trial("200", "60"), _trial("100", "", kind="flow", diagram="consort", node="randomised", n="116")],
    cannot_tell=[_trial("NR", "150")],
    thresholds=[GAP, WIDE_GAP],
    oracle="brute force: test_bruteforce_sources.py",
    limits="A number analysed that is entered as the number of participants looks like a trial that stopped early.",
    look="whether the publication says why the trial is smaller or larger than planned, and when the plan was registered",
)  # fmt: skip
def planned_and_actual_size(planned, actual):
    """Many more or many fewer participants took part than were planned.

    |actual - planned| <= 0.15 planned, with the limit 'registry_size_gap'. Numbers of people are exact; "about 200" is
    an interval. The planned number is the registry's where it gives one; the actual number is that randomised, else the
    stated number of participants.
    """
    return actual.at_least(planned * (1 - GAP.value)) & actual.at_most(planned * (1 + GAP.value))


@planned_and_actual_size.expects
def within(row):
    planned, gap = row["planned"], GAP.value
    return f"{float(planned.low) * (1 - gap):.0f} to {float(planned.high) * (1 + gap):.0f}, if the plan was kept to within {gap:.0%}"


@planned_and_actual_size.reading(
    "a trial may stop early, recruit slowly, or be extended; the publication should say so", "note"
)
def stopped_early(row):
    planned, actual, gap = row["planned"], row["actual"], WIDE_GAP.value
    return float(planned.low) * (1 - gap) <= actual.high and actual.low <= float(planned.high) * (1 + gap)
