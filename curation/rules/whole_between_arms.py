"""SUM-016. Catalogue 5: the percentage of everyone against the percentages of the arms."""

from curation.engine.rule import rule

_ARMS = [
    dict(kind="arm", study="s", arm="all", label="All", role="total"),
    dict(kind="arm", study="s", arm="len", label="Lenalidomide", role="experimental"),
    dict(kind="arm", study="s", arm="dex", label="Dexamethasone", role="control"),
]


def _percents(whole, first, second):
    numbers = {"all": whole, "len": first, "dex": second}
    return [*_ARMS, *(dict(kind="count", study="s", outcome="cr", arm=arm, percent=p) for arm, p in numbers.items())]


@rule(
    "SUM-016",
    severity="warning",
    source="arithmetic: the percentage of everyone is a weighted mean of the percentages of the arms",
    oracle="brute force: test_bruteforce_sums.py",
    after=["PERCENT-001", "COUNT-002", "SUM-009"],
    field="whole",
    rows="""
        WITH part AS (
            SELECT w.study AS study, w.arm AS whole, p.arm AS arm FROM arm w JOIN arm p ON p.study = w.study AND p.arm <> w.arm
            WHERE w.role = 'total' AND p.role IN ('experimental', 'control', 'single') AND coalesce(p.part_of, w.arm) = w.arm
        ), paired AS (
            SELECT w, part.arm AS arm, p.percent AS number, p.record AS record
            FROM "count" w JOIN part ON part.study = w.study AND part.whole = w.arm
            LEFT JOIN "count" p ON p.study = w.study AND p.arm = part.arm AND p.source = w.source AND p.estimator = 'proportion'
                AND p.percent IS NOT NULL
                AND coalesce(p.outcome, '') = coalesce(w.outcome, '') AND coalesce(p.analysis_set, '') = coalesce(w.analysis_set, '')
                AND coalesce(p.timepoint, '') = coalesce(w.timepoint, '')
            WHERE w.percent IS NOT NULL AND w.estimator = 'proportion'
            QUALIFY row_number() OVER (PARTITION BY w.record, part.arm
                                       ORDER BY p.section IS DISTINCT FROM w.section, p.percent.low, p.record) = 1
        )
        SELECT 'count' AS kind, w.record AS record, list_prepend(w.record, list(record ORDER BY arm)) AS records, 'percent' AS field,
               any_value(w.percent) AS whole, list(number ORDER BY arm) AS arms
        FROM paired GROUP BY w.record HAVING count(record) = count(*) AND count(*) > 1
    """,
    consistent=[_percents("40%", "30%", "50%"), _percents("30%", "30.4%", "50%"), _percents("30%", "30%", "30%")],
    inconsistent=[_percents("60%", "30%", "50%"), _percents("20%", "30%", "50%")],
    cannot_tell=[_percents("60%", "30%", "NR")],
    limits="Asked where every arm of the study with the role experimental, control or single has a percentage in the source.",
    look="which of the percentages was misread, and whether an arm is missing",
)
def whole_between_arms(whole, arms):
    """The percentage of all participants lies outside those of the arms.

    p = sum of n_i p_i / N lies between the least and the greatest p_i, whatever the sizes of the arms; percentages
    anywhere inside their rounding. Cumulative incidences and Kaplan-Meier percentages are passed
    over. A warning and no error: an arm may be missing from the table of arms, or some participants be in none of them.
    """
    return whole.at_least(arms.least()) & whole.at_most(arms.greatest())


@whole_between_arms.expects
def between(row):
    values = sorted((each for each in row.several("arms")), key=lambda each: each.low)
    return f"from {values[0].text.strip()} to {values[-1].text.strip()}"
