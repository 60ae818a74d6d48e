"""SPAN-001."""

from curation.engine.rule import rule


@rule(
    "SPAN-001",
    severity="error",
    source="arithmetic",
    field="high",
    rows="""
        SELECT 'characteristic' AS kind, record, 'high' AS field, characteristic AS what, low, high
        FROM spans WHERE low IS NOT NULL AND high IS NOT NULL
    """,
    consistent=[
        dict(characteristic="publication_year", low="2007", high="2014"),
        dict(characteristic="age", low="65", high="91 years"),
        dict(characteristic="response_time", low="3 weeks", high="9.6 months"),
    ],
    inconsistent=[
        dict(characteristic="publication_year", low="2014", high="2007"),
        dict(characteristic="follow_up", low="82 months", high="2 years"),
        dict(characteristic="period", low="2007", high="09"),
    ],
    cannot_tell=[dict(characteristic="age", low="NR", high="58.5")],
    limits="Ends printed in units that are not times and differ (500 mg to 1 g) are not compared.",
    look="whether the two ends are swapped, or a digit is wrong",
    oracle="brute force: test_bruteforce_spans.py",
)  # fmt: skip
def span_ordered(low, high):
    """The low end of the span is above its high end.

    low <= high, each within its rounding (years and counts are exact); an end without a unit has the unit of the other one.
    """
    return low.at_most(high)


@span_ordered.reading("the second year is shortened to its last two digits", "note")
def shortened_year(row):
    low, high = row["low"].value, row["high"].value
    if (
        row.code("what") not in ("publication_year", "period")
        or low is None
        or high is None
        or not (low > 1000 and 0 <= high < 100)
    ):
        return False
    return row.holds(high=low - low % 100 + high)
