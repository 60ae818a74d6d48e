"""SOURCE-006."""

import numpy as np

from curation.engine.rule import rule
from schemas.verdicts import Verdicts


def _review(low, high, *years):
    studies = [
        dict(kind="study", study=f"s{n}", label=f"Study {n}", year=year, included_in="example")
        for n, year in enumerate(years)
    ]
    return [*studies, dict(kind="characteristic", characteristic="publication_year", low=low, high=high)]


@rule(
    "SOURCE-006",
    severity="warning",
    source="arithmetic: the years of the included studies span the years stated for them",
    field="complete",
    rows="""
        WITH years AS (
            SELECT included_in AS source, CAST(min(TRY_CAST("year" AS INTEGER)) AS DOUBLE) AS earliest, CAST(max(TRY_CAST("year" AS INTEGER)) AS DOUBLE) AS latest,
                   count(TRY_CAST("year" AS INTEGER)) AS dated, count(*) AS entered
            FROM study WHERE included_in IS NOT NULL GROUP BY included_in
        ), stated AS (
            SELECT source, max("value".value) AS studies FROM characteristic
            WHERE characteristic = 'studies' AND study IS NULL AND label IS NULL GROUP BY source
        )
        SELECT 'characteristic' AS kind, c.record, CASE WHEN low IS NOT NULL THEN 'low' ELSE 'high' END AS field,
               low.value AS low, high.value AS high, y.earliest, y.latest,
               CASE WHEN y.dated = y.entered AND y.entered >= coalesce(s.studies, y.entered + 1) THEN 'yes' ELSE 'no' END AS complete
        FROM characteristic c JOIN years y ON c.source = y.source LEFT JOIN stated s ON c.source = s.source
        WHERE c.characteristic = 'publication_year' AND c.study IS NULL AND c.low IS NOT NULL AND c.high IS NOT NULL
    """,
    consistent=[_review("2009", "2014", "2009", "2012", "2014"), _review("2007", "2014", "2009", "2014")],
    inconsistent=[
        _review("2009", "2012", "2009", "2014"),
        [*_review("2007", "2014", "2009", "2014"), dict(kind="characteristic", characteristic="studies", value="2")],
    ],
    cannot_tell=[_review("2009", "NR", "2009", "2014")],
    oracle="brute force: test_bruteforce_sources.py",
    limits="Whether an end of the span is met is asked only if every study that the source counts is entered with its year.",
    look="the years of the studies, and whether the span is that of the search or of recruitment",
)  # fmt: skip
def study_year(low, high, earliest, latest, complete=None):
    """The years of the included studies do not match the span of years stated for them.

    low <= the earliest year and the latest year <= high; and if every included study is entered, the span starts and
    ends with one of them. Years are exact. A year online and a year in print can differ: a warning.
    """
    within = low.at_most(earliest) & high.at_least(latest)
    met = low.meets(earliest) & high.meets(latest)
    return Verdicts(np.where(complete.is_("yes"), met.codes, within.codes))


@study_year.expects
def the_years(row):
    return f"{row['earliest']} to {row['latest']}, as the studies entered"


@study_year.reading(
    "the span may be that of the search or of recruitment; it takes in every study, but no study lies at one of its ends",
    "note",
)
def wider_than_the_studies(row):
    return row.holds(complete="no")
