"""FLOW-005. Catalogue 1 and 8: analysed <= randomised."""

from curation.engine.rule import rule

_BASE = [
    dict(kind="study", study="s", label="S"),
    dict(kind="outcome", outcome="cr", label="CR"),
    dict(kind="arm", study="s", arm="len", label="Lenalidomide", role="experimental"),
]


def _randomised(randomised, **more):
    return [
        *_BASE,
        dict(kind="flow", diagram="consort", study="s", arm="len", node="allocated", n=randomised),
        dict(study="s", arm="len") | more,
    ]


@rule(
    "FLOW-005",
    severity="error",
    source="Schulz 2010, the CONSORT 2010 statement, BMJ 340:c332, doi:10.1136/bmj.c332",
    oracle="brute force: test_bruteforce_sums.py",
    after=["COUNT-003", "FLOW-004"],
    field="analysed",
    rows="""
        WITH analysed AS (
            SELECT 'flow' AS kind, 'n' AS field, record, source, study, arm, n AS number FROM flow
            WHERE diagram = 'consort' AND node = 'analysed' AND "group" IS NULL AND n IS NOT NULL
            UNION ALL SELECT 'count', 'total', record, source, study, arm, total FROM "count" WHERE analysis_set IS NULL AND total IS NOT NULL
            UNION ALL SELECT 'survival', 'total', record, source, study, arm, total FROM survival WHERE analysis_set IS NULL AND total IS NOT NULL
            UNION ALL SELECT 'mean', 'n', record, source, study, arm, n FROM mean WHERE analysis_set IS NULL AND n IS NOT NULL
        ), "limit" AS (
            SELECT record, source, study, arm, n AS number, replace(node, 'allocated', 'randomised') AS entered FROM flow
            WHERE diagram = 'consort' AND node IN ('randomised', 'allocated') AND "group" IS NULL AND n IS NOT NULL
            UNION ALL
            SELECT record, source, study, arm, value, 'participants' FROM stated_numbers
            WHERE characteristic = 'participants' AND label IS NULL AND analysis_set IS NULL AND value IS NOT NULL
        ), chosen AS (
            SELECT a, l FROM (SELECT *, concat_ws('/', source, study, coalesce(arm, '')) AS of_whom FROM analysed WHERE study IS NOT NULL) a
            JOIN (SELECT *, concat_ws('/', source, study, coalesce(arm, '')) AS of_whom FROM "limit" WHERE study IS NOT NULL) l
                ON a.of_whom = l.of_whom AND NOT (a.kind = 'flow' AND l.entered = 'participants')
            QUALIFY row_number() OVER (PARTITION BY a.record ORDER BY l.entered = 'participants', l.number.high DESC, l.record) = 1
        )
        SELECT a.kind AS kind, min(a.record) AS record, list_distinct(flatten(list([a.record, l.record]))) AS records, a.field AS field,
               any_value(a.number) AS analysed, any_value(l.number) AS "limit", l.entered AS entered,
               CASE WHEN a.arm IS NULL THEN 'no' ELSE 'yes' END AS of_arm
        FROM chosen GROUP BY a.of_whom, a.arm, a.kind, a.field, l.entered, a.number.text, l.number.text
    """,
    consistent=[
        _randomised("177", kind="flow", diagram="consort", node="analysed", n="170"),
        _randomised("177", kind="count", outcome="cr", events="20", total="177"),
        [*_BASE, dict(kind="characteristic", characteristic="participants", study="s", arm="len", value="177"),
         dict(kind="count", study="s", arm="len", outcome="cr", percent="20%", total="177")],
    ],
    inconsistent=[
        _randomised("177", kind="flow", diagram="consort", node="analysed", n="180"),
        _randomised("177", kind="count", outcome="cr", events="20", total="179"),
        [*_BASE, dict(kind="characteristic", characteristic="participants", study="s", arm="len", value="167"),
         dict(kind="count", study="s", arm="len", outcome="cr", percent="20%", total="177")],
    ],
    cannot_tell=[_randomised("NR", kind="count", outcome="cr", events="20", total="177")],
    limits="Totals of a named analysis set are not asked about. Where several numbers entered are printed, the largest one is the limit.",
    look="which of the two numbers is right, and which participants each of them counts",
)  # fmt: skip
def analysed_within_randomised(analysed, limit):
    """More participants are analysed than entered.

    n analysed <= n randomised or allocated; where the flow is not given, <= the stated number of participants.
    """
    return analysed.at_most(limit)


@analysed_within_randomised.expects
def at_most(row):
    return f"at most {row['limit'].text.strip()}, the number {'of participants' if row.code('entered') == 'participants' else 'randomised'}"


@analysed_within_randomised.reading("the stated number of participants may be of another stage of the study", "warning")
def another_stage(row):
    return row.code("entered") == "participants"


@analysed_within_randomised.reading("participants may be analysed in the arm whose treatment they received", "warning")
def as_treated(row):
    return row.code("of_arm") == "yes"
