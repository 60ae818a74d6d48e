"""SPAN-002. Catalogue 17: min <= q1 <= median <= q3 <= max."""

import numpy as np

from curation.engine.rule import rule
from schemas.intervals import Column

_ORDER = ("minimum", "q1", "median", "q3", "maximum")


@rule(
    "SPAN-002",
    severity="error",
    source="arithmetic",
    rows="""
        SELECT 'mean' AS kind, record, coalesce(outcome, 'quantity') AS measured,
               CASE WHEN median IS NOT NULL THEN 'median' WHEN maximum IS NOT NULL THEN 'maximum' WHEN q3 IS NOT NULL THEN 'q3'
                    WHEN minimum IS NOT NULL THEN 'minimum' ELSE 'q1' END AS field,
               minimum, q1, median, q3, maximum, mean
        FROM "mean"
        WHERE (minimum IS NOT NULL)::INT + (q1 IS NOT NULL)::INT + (median IS NOT NULL)::INT + (q3 IS NOT NULL)::INT + (maximum IS NOT NULL)::INT
              + (mean IS NOT NULL AND (minimum IS NOT NULL OR maximum IS NOT NULL))::INT > 1
    """,
    consistent=[
        dict(kind="mean", minimum="34", q1="52", median="59", q3="66", maximum="75", mean="58.5"),
        dict(kind="mean", minimum="34", median="34.4", maximum="75"),
        dict(kind="mean", q1="52", median="59", q3="66", mean="80"),
    ],
    inconsistent=[
        dict(kind="mean", minimum="34", q1="59", median="52", q3="66", maximum="75"),
        dict(kind="mean", minimum="43", maximum="34"),
        dict(kind="mean", minimum="34", maximum="75", mean="78.5"),
    ],
    cannot_tell=[dict(kind="mean", median="59", q1="NR", q3="NR")],
    look="whether two of the numbers are swapped, or quartiles are printed as the range",
    oracle="brute force: test_rules_spans.py",
)  # fmt: skip
def quartiles_ordered(measured, minimum=None, q1=None, median=None, q3=None, maximum=None, mean=None):
    """Minimum, quartiles, median and maximum are not in this order, or the mean is outside the range.

    minimum <= q1 <= median <= q3 <= maximum and minimum <= mean <= maximum, each within its rounding; every pair of known
    numbers is compared. The mean may lie outside the quartiles.
    """
    numbers = (minimum, q1, median, q3, maximum)
    pairs = [(a, b) for at, a in enumerate(numbers) for b in numbers[at + 1 :]] + [(minimum, mean), (mean, maximum)]
    held = pairs[0][0].at_most(pairs[0][1]).checked_where_known()
    comparable = pairs[0][0].known & pairs[0][1].known
    for low, high in pairs[1:]:
        held &= low.at_most(high).checked_where_known()
        comparable |= low.known & high.known
    return held.cannot_tell(~comparable)


@quartiles_ordered.explain
def the_odd_one(row):
    nothing = Column(np.array([np.nan], dtype=object), np.array([np.nan], dtype=object), np.array([False]))
    known = [name for name in (*_ORDER, "mean") if row.columns[name].known[0]]
    alone = [name for name in known if row.holds(**{name: nothing})] if len(known) > 2 else []
    return [f"the others are in order without {alone[0]}"] if len(alone) == 1 else []
