"""SPAN-003."""

from curation.engine.rule import rule


@rule(
    "SPAN-003",
    severity="warning",
    source="arithmetic: a mean or median lies within the range",
    after=["SPAN-001"],
    field="value",
    rows="""
        SELECT 'characteristic' AS kind, record, 'value' AS field, "value", low, high
        FROM spans WHERE "value" IS NOT NULL AND comparable AND characteristic NOT IN ('dose_band', 'band', 'score_range', 'threshold')
    """,
    consistent=[
        dict(characteristic="age", value="73 years", low="65", high="91 years"),
        dict(characteristic="response_time", value="1.7 months", low="3 weeks", high="9.6 months"),
        dict(characteristic="follow_up", value="62 months", low="25"),
    ],
    inconsistent=[
        dict(characteristic="age", value="37 years", low="65", high="91 years"),
        dict(characteristic="follow_up", value="8 years", low="25", high="82 months"),
    ],
    cannot_tell=[dict(characteristic="age", value="NR", low="65", high="91"), dict(characteristic="age", value="73", low="NR", high="NR")],
    limits="A mean may lie outside a range of quartiles, and a value may be of other participants than the range: hence no error.",
    look="transposed digits, and whether the value and the range are of the same quantity",
    oracle="brute force: test_bruteforce_spans.py",
)  # fmt: skip
def value_in_span(value, low=None, high=None):
    """The value lies outside the range printed beside it.

    low <= value <= high, each within its rounding; a number without a unit has the unit of the others.
    """
    inside = value.at_least(low).checked_where_known() & value.at_most(high).checked_where_known()
    return inside.cannot_tell(~(low.known | high.known))
