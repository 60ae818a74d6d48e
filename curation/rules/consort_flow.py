"""FLOW-004. Catalogue 8: CONSORT."""

from curation.engine.rule import rule

_ARMS = [
    dict(kind="arm", study="s", arm="len", label="Lenalidomide", role="experimental"),
    dict(kind="arm", study="s", arm="dex", label="Dexamethasone", role="control"),
]


def _flow(*boxes):
    return [
        *_ARMS,
        *(
            dict(kind="flow", diagram="consort", study="s", node=node, n=n, **({"arm": arm} if arm else {}))
            for node, arm, n in boxes
        ),
    ]


@rule(
    "FLOW-004",
    severity="error",
    source="Schulz 2010, the CONSORT 2010 statement, BMJ 340:c332, doi:10.1136/bmj.c332",
    oracle="brute force: test_bruteforce_sums.py",
    after=["COUNT-003", "SOURCE-001"],
    field="left",
    rows="""
        WITH box AS (SELECT *, coalesce(arm, '') AS of_arm FROM boxes WHERE diagram = 'consort' AND stream IS NULL),
        wanted AS (SELECT study, count(*) AS arms FROM arm WHERE role IN ('experimental', 'control') AND part_of IS NULL GROUP BY study),
        allocated AS (
            SELECT of_what, flatten(list(b.numbers ORDER BY b.arm)) AS numbers, flatten(list(b.records ORDER BY b.arm)) AS records,
                   bool_or(split) AS split
            FROM box b JOIN arm a ON a.study = b.study AND a.arm = b.arm AND a.role IN ('experimental', 'control') AND a.part_of IS NULL
            JOIN wanted ON wanted.study = b.study WHERE b.node = 'allocated'
            GROUP BY of_what HAVING count(*) = any_value(wanted.arms)
        ), joined AS (
            SELECT e.numbers AS before, x.numbers AS removed, [] AS perhaps, r.numbers AS "left", e.records || x.records || r.records AS records,
                   r.records[1] AS record, 'assessed for eligibility, excluded, randomised' AS boxes, e.split OR x.split OR r.split AS split
            FROM box e JOIN box x ON x.node = 'not_eligible' AND x.of_what = e.of_what AND x.of_arm = e.of_arm
            JOIN box r ON r.node = 'randomised' AND r.of_what = e.of_what AND r.of_arm = e.of_arm WHERE e.node = 'enrolled'
            UNION ALL
            SELECT r.numbers, [], [], a.numbers, r.records || a.records, r.records[1], 'randomised, allocated to the arms', r.split OR a.split
            FROM box r JOIN allocated a USING (of_what) WHERE r.node = 'randomised' AND r.of_arm = ''
            UNION ALL
            SELECT a.numbers, x.numbers, coalesce(d.numbers, []), n.numbers,
                   a.records || x.records || coalesce(d.records, []) || n.records, n.records[1],
                   'allocated, left out of the analysis, analysed', a.split OR x.split OR n.split OR coalesce(d.split, false)
            FROM box a JOIN box x ON x.node = 'excluded_analysis' AND x.of_what = a.of_what AND x.of_arm = a.of_arm
            JOIN box n ON n.node = 'analysed' AND n.of_what = a.of_what AND n.of_arm = a.of_arm
            LEFT JOIN box d ON d.node = 'discontinued' AND d.of_what = a.of_what AND d.of_arm = a.of_arm WHERE a.node = 'allocated'
        )
        SELECT 'flow' AS kind, record, records, 'n' AS field, before, removed, perhaps, "left", boxes,
               CASE WHEN split THEN 'yes' ELSE 'no' END AS split
        FROM joined
    """,
    consistent=[
        _flow(("enrolled", "", "700"), ("not_eligible", "", "241"), ("randomised", "", "459")),
        _flow(("randomised", "", "459"), ("allocated", "len", "305"), ("allocated", "dex", "154")),
        _flow(("allocated", "len", "305"), ("excluded_analysis", "len", "5"), ("discontinued", "len", "30"), ("analysed", "len", "300")),
        _flow(("allocated", "len", "305"), ("excluded_analysis", "len", "5"), ("discontinued", "len", "30"), ("analysed", "len", "270")),
    ],
    inconsistent=[
        _flow(("enrolled", "", "700"), ("not_eligible", "", "241"), ("randomised", "", "495")),
        _flow(("randomised", "", "459"), ("allocated", "len", "305"), ("allocated", "dex", "145")),
        _flow(("allocated", "len", "305"), ("excluded_analysis", "len", "5"), ("discontinued", "len", "30"), ("analysed", "len", "260")),
        _flow(("allocated", "len", "305"), ("excluded_analysis", "len", "5"), ("analysed", "len", "270")),
    ],
    cannot_tell=[_flow(("enrolled", "", "700"), ("not_eligible", "", "NR"), ("randomised", "", "459"))],
    limits=(
        "Randomised is held against the arms where every arm with the role experimental or control has a number. Participants who discontinued "
        "may or may not be analysed, so they only widen what is possible."
    ),
    look="the boxes of the participant flow, arm by arm",
)  # fmt: skip
def consort_flow(before, removed, left, perhaps):
    """The boxes of the participant flow do not add up.

    assessed for eligibility - excluded = randomised; randomised = sum of the arms; and per arm
    allocated - excluded from analysis - discontinued <= analysed <= allocated - excluded from analysis.
    """
    most = before.sum() - removed.sum()
    return left.sum().at_most(most) & left.sum().at_least(most - perhaps.sum())


@consort_flow.expects
def the_difference(row):
    boxes = [row.several(name) for name in ("before", "removed", "perhaps", "left")]
    if any(each.value is None for box in boxes for each in box):
        return ""
    before, removed, perhaps, left = (sum(int(each.value) for each in box) for box in boxes)
    difference = f"{before} \u2212 {removed} = {before - removed}" if row.several("removed") else str(before)
    return f"{difference}{f' or down to {before - removed - perhaps}' if perhaps else ''}, not {left}"


@consort_flow.reading("a box is given only in parts, and a participant may be in several parts or in none", "warning")
def in_parts(row):
    return row.code("split") == "yes"


@consort_flow.reading("participants may be analysed in the arm whose treatment they received", "warning")
def as_treated(row):
    left, most = row.several("left"), sum(each.high for each in row.several("before"))
    return row.code("boxes").endswith("analysed") and sum(each.low for each in left) > most - sum(
        each.high for each in row.several("removed")
    )


@consort_flow.explain
def which_boxes(row):
    return [f"boxes: {row.code('boxes')}"]
