"""POOLED-008. Catalogue 52: implied information."""

import numpy as np

from curation.engine.rule import rule
from schemas.counts import as_counts
from schemas.intervals import Column
from schemas.scales import nominal_level, standard_errors

LARGEST_SHARE = 1.0
"""What a study's information may exceed its number of participants by, at most."""

_STATED = dict(kind="characteristic", characteristic="participants", value="173")
_STUDIES = dict(kind="characteristic", characteristic="studies", value="8")
_POOLED = dict(kind="pooled", measure="proportion", outcome="gvhd", k="8", transform="double_arcsine", estimate="0.353")


@rule(
    "POOLED-008",
    severity="warning",
    source="the variance of the double arcsine is 1 / (n + 1/2), or 1 / (n + 1) in some software, and no weighting is more precise than inverse variances; Freeman and Tukey 1950, doi:10.1214/aoms/1177729756",
    oracle="brute force: test_bruteforce_pooled.py",
    field="upper",
    rows="""
        WITH intervals AS (
            SELECT fact, source, max_by(record, lower.decimals + upper.decimals) AS record,
                   max_by(lower, lower.decimals + upper.decimals) AS lower, max_by(upper, lower.decimals + upper.decimals) AS upper,
                   max_by(level, lower.decimals + upper.decimals) AS level, max(i2.high) AS highest_i2
            FROM pooled_results
            WHERE study IS NULL AND measure = 'proportion' AND transform = 'double_arcsine' AND lower.low IS NOT NULL AND upper.low IS NOT NULL
            GROUP BY fact, source
        )
        SELECT 'pooled' AS kind, e.record, f.records, 'upper' AS field, e.lower, e.upper, e.level, f.ks AS k, r.studies AS studies_entered,
               coalesce(f.ns, r.stated_participants) AS participants, r.participants AS of_studies,
               CASE WHEN e.highest_i2 < 0.5 THEN 'yes' END AS homogeneous
        FROM intervals e JOIN pooled_facts f USING (fact) JOIN review_sizes r ON r.source = e.source
    """,
    consistent=[
        [_STATED | dict(value="213"), _STUDIES, _POOLED | dict(lower="0.290", upper="0.419")],
        [_STATED, _STUDIES, _POOLED | dict(lower="0.20", upper="0.50")],
    ],
    inconsistent=[
        [_STATED, _STUDIES, _POOLED | dict(lower="0.290", upper="0.419")],
        [_STATED, _STUDIES, _POOLED | dict(lower="0.290", upper="0.419", n="181")],
    ],
    cannot_tell=[
        [_STATED, _STUDIES, _POOLED | dict(lower="0.00", upper="0.10", estimate="0.03")],
        [_STUDIES, _POOLED | dict(lower="0.290", upper="0.419")],
        [_STATED, {name: value for name, value in _POOLED.items() if name != "k"} | dict(lower="0.290", upper="0.419")],
    ],
    look="how many participants were pooled",
)  # fmt: skip
def implied_information(lower, upper, participants, of_studies=None, k=None, studies_entered=None, level=None):
    """The pooled interval is narrower than the stated number of participants allows.

    On the double arcsine scale a study's variance is 1 / (n + 1/2), in some software 1 / (n + 1), so that 1 / SE^2 is at
    most N + k, and N + k/2 or N + k under a common effect. SE = (t(upper) - t(lower)) / (2 z), at the ends of the printed limits that make it largest, with
    t = 2 arcsin(sqrt(p)): Miller's inverse at any sample size gives a smaller SE. N is the number pooled for this result,
    or else each number of participants the source states, or else the sum of its studies. Limits that may be 0 or 1
    leave it open. A warning: some methods (Hartung-Knapp) make an interval narrower than a common effect.
    """
    widest = _transformed(upper.high) - _transformed(lower.low)
    least = (2 * _quantile(level) / widest) ** 2
    open_end = np.asarray((lower.low <= 0) | (upper.high >= 1), dtype=bool) | ~(widest > 0)
    information = Column(least, least, lower.known & upper.known & ~open_end)
    studies = _studies(k, studies_entered)
    stated, summed = as_counts(participants).least(), as_counts(of_studies).sum()
    summed = Column(summed.low, summed.high, summed.known & (of_studies.lengths > 0), summed.clean)
    numbers = Column(
        np.where(stated.known, stated.low, summed.low),
        np.where(stated.known, stated.high, summed.high),
        stated.known | summed.known,
    )
    return information.at_most(numbers + studies * LARGEST_SHARE).cannot_tell(open_end)


def _transformed(ends):
    return 2 * np.arcsin(np.sqrt(np.clip(np.asarray(ends, dtype=np.float64), 0, 1)))


def _quantile(level):
    return standard_errors(nominal_level(level))


def _studies(k, entered):
    """The greatest number of studies that may have been pooled."""
    printed = k.greatest()
    counted = Column(entered.low, entered.high, entered.known & np.asarray(entered.high > 0, dtype=bool))
    both = printed.or_else(0).hull(counted.or_else(0))
    return Column(both.low, both.high, printed.known | counted.known)


def _implied(row):
    """The numbers of participants the interval implies under a common effect."""
    quantile = _quantile(row.columns["level"])[0]
    studies = float(_studies(row.columns["k"], row.columns["studies_entered"]).high[0])
    widths = [
        float(_transformed(end) - _transformed(start))
        for start, end in ((row["lower"].low, row["upper"].high), (row["lower"].high, row["upper"].low))
    ]
    return [
        (2 * quantile / width) ** 2 - studies * share for width, share in zip(widths, (LARGEST_SHARE, 0.5), strict=True)
    ]


@implied_information.expects
def enough_participants(row):
    return f"at least {int(np.ceil(_implied(row)[0]))} participants"


@implied_information.explain
def what_it_implies(row):
    low, high = (round(each) for each in _implied(row))
    sums = row.several("of_studies")
    text = f"under a common effect the interval implies {low} to {high} participants"
    if row.code("homogeneous"):
        text = f"I2 is 0, so that the studies weigh as under a common effect: the interval implies {low} to {high} participants"
    if sums and all(each.known for each in sums):
        least, most = (
            sum(int(end) for end in ends)
            for ends in ([np.ceil(float(each.low)) for each in sums], [np.floor(float(each.high)) for each in sums])
        )
        text += f"; the studies of the review add up to {least}" + (f" to {most}" if most != least else "")
    return [text]
