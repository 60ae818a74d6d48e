"""SURVIVAL-001. Catalogue 34: landmark ordering."""

from curation.engine.rule import rule


@rule(
    "SURVIVAL-001",
    severity="error",
    source="arithmetic: a survival curve never rises (Kaplan and Meier 1958, J Am Stat Assoc 53:457)",
    oracle="brute force: test_bruteforce_survival.py",
    field="rate",
    rows="""
        WITH pairs AS (
            SELECT *, concat_ws(', ', section, "row") AS place,
                   min_by(struct_pack(record, rate, "time", latest, calendar, place := concat_ws(', ', section, "row"), line := "row"), rate.value)
                       OVER (PARTITION BY source, of_whom, outcome, estimator ORDER BY days
                             RANGE BETWEEN UNBOUNDED PRECEDING AND 0.01 PRECEDING) AS before
            FROM survivals WHERE days IS NOT NULL AND rate IS NOT NULL AND estimator IN ('kaplan_meier', 'unknown')
        )
        SELECT 'survival' AS kind, record, [before.record, record] AS records, 'rate' AS field,
               "time".text AS "time", rate, before."time".text AS time_before, before.rate AS rate_before,
               estimator AS estimated, CASE WHEN place = before.place AND "row" IS NOT NULL THEN 'yes' ELSE 'no' END AS one_row
        FROM pairs
        WHERE before IS NOT NULL AND earliest > before.latest * CASE WHEN calendar = before.calendar THEN 1 ELSE 1.1 END
    """,
    consistent=[
        [dict(kind="survival", outcome="os", time="1 year", rate="88%"), dict(kind="survival", outcome="os", time="24 months", rate="69.0%")],
        [dict(kind="survival", outcome="os", time="1 year", rate="69%"), dict(kind="survival", outcome="os", time="2 years", rate="69.4%")],
    ],
    inconsistent=[
        [dict(kind="survival", outcome="os", time="1 year", rate="69.0%"), dict(kind="survival", outcome="os", time="24 months", rate="88%")],
        [dict(kind="survival", outcome="os", time="30", time_unit="weeks", rate="69.0%"), dict(kind="survival", outcome="os", time="1 year", rate="88%")],
    ],
    cannot_tell=[[dict(kind="survival", outcome="os", time="1 year", rate="88%"), dict(kind="survival", outcome="os", time="24 months", rate="NR")]],
    limits=(
        "Each rate is held against the lowest earlier rate of the same group, outcome and origin. Crude proportions and cumulative "
        "incidences are passed over: their denominators may change with time."
    ),
    look="whether the two rates are swapped, belong to another group, or come from different data cuts",
)  # fmt: skip
def landmarks_fall(time, rate, time_before, rate_before):
    """More participants are free of the event at the later time than at the earlier one.

    S(t) <= S(s) for t > s, for the Kaplan-Meier estimate of one group whatever the censoring. Rates are rounded; a time
    printed as a whole number is taken as the time asked about. Two reports of one study may use different data cuts: only
    two rates of one table row are one curve for certain.
    """
    return rate.at_most(rate_before)


@landmarks_fall.expects
def no_more_than_before(row):
    return f"at most {row['rate_before']}, the rate at {row.code('time_before')}"


@landmarks_fall.reading(
    "the two rates do not stand in one table row and may come from different reports or data cuts", "warning"
)
def another_data_cut(row):
    return row.code("one_row") == "no"


@landmarks_fall.reading(
    "how the rates were estimated is not stated; with another denominator at each time they may rise", "warning"
)
def not_kaplan_meier(row):
    return row.code("estimated") == "unknown"


@landmarks_fall.explain
def fields_swapped(row):
    fits = row.holds(rate=row.columns["rate_before"], rate_before=row.columns["rate"])
    return (
        [f"{row['rate']} at {row.code('time_before')} and {row['rate_before']} at {row.code('time')} would fit"]
        if fits
        else []
    )
