"""SURVIVAL-010. Catalogue 34: the interval of a median where one of the three is not reached."""

import numpy as np

from curation.engine.rule import rule
from schemas.verdicts import Verdicts


@rule(
    "SURVIVAL-010",
    severity="error",
    source="Brookmeyer and Crowley 1982, Biometrics 38:29: the limits are the times at which the limits of the curve reach 50%",
    oracle="brute force: test_bruteforce_survival.py",
    rows="""
        SELECT 'survival' AS kind, record, [record] AS records,
               CASE WHEN median.status = 'not_reached' AND upper.high IS NOT NULL THEN 'upper' ELSE 'lower' END AS field,
               median, lower, upper, median.status AS median_is, lower.status AS lower_is, upper.status AS upper_is
        FROM survival
        WHERE 'not_reached' IN (coalesce(median.status, ''), coalesce(lower.status, ''), coalesce(upper.status, ''))
          AND (median IS NOT NULL)::INT + (lower IS NOT NULL)::INT + (upper IS NOT NULL)::INT > 1
    """,
    field="median",
    consistent=[
        dict(kind="survival", median="24.9 months", lower="12.5", upper="not reached"),
        dict(kind="survival", median="not reached", lower="12.5", upper="not reached"),
        dict(kind="survival", median="not reached", lower="not reached", upper="not reached"),
        dict(kind="survival", median="not reached", lower="12.5", upper=">40"),
    ],
    inconsistent=[
        dict(kind="survival", median="not reached", lower="12.5", upper="40.1"),
        dict(kind="survival", median="24.9 months", lower="not reached", upper="40.1"),
        dict(kind="survival", median="24.9 months", lower="not reached", upper="not reached"),
    ],
    cannot_tell=[dict(kind="survival", median="not reached", lower="NR", upper="NR")],
    limits="The order of limits that are all given as times is the matter of EFFECT-001 and EFFECT-002.",
    look="whether the median and one of its limits are swapped",
)
def median_interval_reached(median=None, lower=None, upper=None, median_is=None, lower_is=None, upper_is=None):
    """A limit of the median is reached later than a limit above it.

    lower <= median <= upper with "not reached" as infinitely late: the lower limit of the curve is below the curve and
    reaches 50% first, the upper limit last. So a median that is reached has a lower limit that is, and a median that
    is not has no upper limit. A limit printed as ">40" may be infinite. No rounding enters. "Not estimable" and "not
    reported" say nothing.
    """
    parts = ((lower, lower_is), (median, median_is), (upper, upper_is))
    never = [status.is_("not_reached") for _, status in parts]
    some_time = [each.known & np.isfinite(np.asarray(each.high, dtype=np.float64)) for each, _ in parts]
    pairs = ((0, 1), (1, 2), (0, 2))
    wrong = np.logical_or.reduce([never[first] & some_time[second] for first, second in pairs])
    said = [one | two.known for one, (two, _) in zip(never, parts, strict=True)]
    told = np.logical_or.reduce([said[first] & said[second] for first, second in pairs])
    return Verdicts.of(wrong, told)


@median_interval_reached.expects
def the_order(row):
    if row.code("median_is") == "not_reached" and row["upper"].known:
        return "an upper limit that is not reached either"
    return "a lower limit that is reached, as what lies above it is"


@median_interval_reached.reading('"not reached" may stand for "could not be estimated"', "warning")
def not_estimated(row):
    return row.code("lower_is") == "not_reached"
