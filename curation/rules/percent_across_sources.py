"""SOURCE-003. Catalogue 46: a percentage of one source against the counts of another."""

from curation.engine.rule import rule
from schemas.wording import decimals, percent_text


def _two(percent, events, total):
    return [
        dict(kind="count", source="editorial", study="a", outcome="cr", percent=percent),
        dict(kind="count", source="review", study="a", outcome="cr", events=events, total=total),
    ]


@rule(
    "SOURCE-003",
    severity="warning",
    source="arithmetic: a percentage is events out of total",
    after=["COUNT-001"],
    field="percent",
    rows="""
        WITH keyed AS (
            SELECT *, concat_ws('|', study, coalesce(arm, ''), coalesce(outcome, ''), coalesce(analysis_set, ''), coalesce(timepoint, '')) AS fact
            FROM "count" WHERE study IS NOT NULL AND estimator = 'proportion'
        ), percents AS (
            SELECT fact, source, min_by(record, record) AS record, min_by(percent, record) AS percent
            FROM keyed WHERE percent IS NOT NULL GROUP BY fact, source
        ), counts AS (
            SELECT fact, source, min_by(record, record) AS record, min_by(events, record) AS events, min_by(total, record) AS total
            FROM keyed WHERE events IS NOT NULL AND total IS NOT NULL GROUP BY fact, source
        )
        SELECT 'count' AS kind, p.record, [p.record, c.record] AS records, 'percent' AS field, p.percent, c.events, c.total, c.source AS counted_in
        FROM percents p JOIN counts c ON p.fact = c.fact AND p.source <> c.source
    """,
    consistent=[_two("29%", "15", "52")],
    inconsistent=[_two("39%", "15", "52")],
    cannot_tell=[_two("29%", "15", "NR"), _two("NR", "15", "52")],
    oracle="brute force: test_bruteforce_sources.py",
    limits="A warning: two sources may report two data cuts, or percentages of another analysis set.",
    look="whether both sources report the same data cut and the same participants",
)  # fmt: skip
def percent_across_sources(events, total, percent):
    """The percentage of one source is not the events out of the total that another source gives.

    100 * events / total lies within the rounding of the percentage. Same study, arm, outcome, analysis set and time.
    """
    return percent.meets(100 * events / total)


@percent_across_sources.expects
def the_percentage(row):
    return f"{percent_text(row['events'], row['total'], decimals(row['percent']))}, from {row.code('counted_in')}"


@percent_across_sources.explain
def other_counts(row):
    events, total, percent = row["events"], row["total"], row["percent"]
    found = []
    if total.low > 0 and percent.low > 0:
        low, high = 100 * events.low / percent.high, 100 * events.high / percent.low
        if (totals := range(-int(-low // 1), int(high) + 1)) and events.low > 0:
            found.append(
                f"{percent} is {events} of {totals[0] if len(totals) == 1 else f'{totals[0]} to {totals[-1]}'}"
            )
        fits = [
            n
            for n in range(int(percent.low * total.low / 100), int(percent.high * total.high / 100) + 2)
            if row.holds(events=n)
        ]
        if fits:
            found.append(f"{percent} is {fits[0]} of {total}")
    return found
