"""SUM-009. Catalogue 5: subgroup sums."""

from curation.engine.rule import rule

_ARMS = [
    dict(kind="arm", study="s", arm="all", label="All", role="total"),
    dict(kind="arm", study="s", arm="len", label="Lenalidomide", role="experimental"),
    dict(kind="arm", study="s", arm="dex", label="Dexamethasone", role="control"),
]


def _counts(all_of_them, first, second, **more):
    numbers = {"all": all_of_them, "len": first, "dex": second}
    return [
        *_ARMS,
        *(dict(kind="count", study="s", outcome="cr", arm=arm, events=n, **more) for arm, n in numbers.items()),
    ]


@rule(
    "SUM-009",
    severity="error",
    source="arithmetic: a participant is in one arm only",
    oracle="brute force: test_bruteforce_sums.py",
    after=["COUNT-003"],
    rows="""
        WITH numbers AS (
            SELECT 'count' AS kind, record, source, study, arm, outcome, analysis_set, timepoint, section, 'events' AS field, events AS number
            FROM "count" WHERE events IS NOT NULL
            UNION ALL SELECT 'count', record, source, study, arm, outcome, analysis_set, timepoint, section, 'total', total
            FROM "count" WHERE total IS NOT NULL
            UNION ALL SELECT 'characteristic', record, source, study, arm, outcome, analysis_set, timepoint, section, 'value', value
            FROM stated_numbers WHERE characteristic = 'participants' AND label IS NULL AND value IS NOT NULL
        ), part AS (
            SELECT w.study AS study, w.arm AS whole, p.arm AS arm, w.role = 'total' AND p.role <> 'subgroup' AS is_arm
            FROM arm w JOIN arm p ON p.study = w.study AND p.arm <> w.arm
            WHERE p.part_of = w.arm OR (w.role = 'total' AND p.role IN ('experimental', 'control', 'single') AND p.part_of IS NULL)
        ), paired AS (
            SELECT w, part.arm AS arm, part.is_arm AS is_arm, p.number AS number, p.record AS record
            FROM numbers w JOIN part ON part.study = w.study AND part.whole = w.arm
            LEFT JOIN numbers p ON p.study = w.study AND p.arm = part.arm AND p.source = w.source AND p.kind = w.kind AND p.field = w.field
                AND coalesce(p.outcome, '') = coalesce(w.outcome, '') AND coalesce(p.analysis_set, '') = coalesce(w.analysis_set, '')
                AND coalesce(p.timepoint, '') = coalesce(w.timepoint, '')
            QUALIFY row_number() OVER (PARTITION BY w.record, w.field, part.arm
                                       ORDER BY p.section IS DISTINCT FROM w.section, p.number.low, p.record) = 1
        ), summed AS (
            SELECT w.kind AS kind, w.source AS source, w.study AS study, w.record AS record, w.field AS field, any_value(w.number) AS whole,
                   coalesce(list(number ORDER BY arm) FILTER (WHERE is_arm), []) AS arms,
                   coalesce(list(number ORDER BY arm) FILTER (WHERE NOT is_arm AND number IS NOT NULL), []) AS subgroups,
                   bool_and(number IS NOT NULL) AS all_given, list(record) FILTER (WHERE record IS NOT NULL) AS parts,
                   string_agg(coalesce(number.text, '-'), '|' ORDER BY arm) AS texts
            FROM paired GROUP BY w.kind, w.source, w.study, w.record, w.field HAVING count(number) > 0
        )
        SELECT kind, min(record) AS record, list_distinct(flatten(list(list_prepend(record, parts)))) AS records, field,
               any_value(whole) AS whole, any_value(arms) AS arms, any_value(subgroups) AS subgroups,
               CASE WHEN bool_and(all_given) THEN 'yes' ELSE 'no' END AS all_given
        FROM summed GROUP BY kind, source, study, field, whole.text, texts
    """,
    field="whole",
    consistent=[
        _counts("20", "12", "8"), _counts("1,020", "12", "1,008"),
        [*_ARMS, dict(kind="arm", study="s", arm="old", label="75 or older", role="subgroup", part_of="len"),
         dict(kind="count", study="s", arm="len", outcome="cr", events="12"), dict(kind="count", study="s", arm="old", outcome="cr", events="12")],
    ],
    inconsistent=[
        _counts("20", "12", "9"), _counts("20", "12", "7"), _counts("20", "21", "NR"),
        [*_ARMS, dict(kind="arm", study="s", arm="old", label="75 or older", role="subgroup", part_of="len"),
         dict(kind="count", study="s", arm="len", outcome="cr", events="12"), dict(kind="count", study="s", arm="old", outcome="cr", events="13")],
    ],
    cannot_tell=[_counts("20", "12", "NR"), _counts("NR", "12", "8"), _counts("20", "12", "8")[:-1]],
    limits=(
        "The parts of an arm with the role 'total' are the other arms; subgroups that name it in 'part_of' may overlap, so they only bound it. "
        "With an arm missing, the others can only be too many."
    ),
    look="which arm or which total was misread, and whether an arm is missing",
)  # fmt: skip
def arms_add_up(whole, arms, subgroups, all_given=None):
    """The arms of a study do not add up to all its participants.

    sum of arms <= whole <= sum of arms and subgroups, and every subgroup <= whole; without subgroups sum of arms = whole.
    """
    no_arms, no_subgroups = arms.lengths == 0, subgroups.lengths == 0
    not_too_many = arms.sum_of_known().or_else(0).at_most(whole)
    inside = subgroups.greatest().at_most(whole).cannot_tell(no_subgroups).checked_where_known()
    enough = whole.at_most(arms.sum() + subgroups.sum()).cannot_tell(~all_given.is_("yes"))
    enough.codes[no_arms] = 0
    return (not_too_many & inside & enough).cannot_tell(~whole.known)


@arms_add_up.expects
def the_sum(row):
    arms = row.several("arms")
    if not arms or any(each.value is None for each in arms):
        return ""
    return f"{' + '.join(each.text.strip() for each in arms)} = {sum(int(each.value) for each in arms)}"


@arms_add_up.reading(
    "an arm of the study may be missing here, or some participants may be in none of the arms", "warning"
)
def an_arm_missing(row):
    whole, arms, subgroups = row["whole"], row.several("arms"), row.several("subgroups")
    known = sum(each.low for each in arms if each.known)
    return bool(arms) and known <= whole.high and all(each.low <= whole.high for each in subgroups if each.known)
