"""POOLED-011. Catalogue 44: participants."""

from curation.engine.rule import rule
from schemas.counts import as_counts
from schemas.intervals import Column

_STUDIES = [
    dict(kind="study", study=f"s{number}", label=f"Study {number}", included_in="example") for number in range(2)
]
_SIZES = [
    dict(kind="characteristic", characteristic="participants", study=f"s{number}", value=str(30 + number))
    for number in range(2)
]


@rule(
    "POOLED-011",
    severity="warning",
    source="arithmetic: an analysis pools at most the participants of its review",
    oracle="brute force: test_bruteforce_pooled.py",
    field="n",
    rows="""
        SELECT 'pooled' AS kind, min(p.record) AS record, list(p.record ORDER BY p.record) AS records, 'n' AS field,
               any_value(p.n) AS n, any_value(r.participants) AS of_studies, any_value(r.stated_participants) AS stated
        FROM pooled_results p JOIN review_sizes r ON r.source = p.source
        WHERE p.n IS NOT NULL GROUP BY p.fact, p.n.text
    """,
    consistent=[
        [*_STUDIES, *_SIZES, dict(kind="pooled", outcome="cr", n="61")],
        [dict(kind="characteristic", characteristic="participants", value="173"), dict(kind="pooled", outcome="cr", n="150")],
    ],
    inconsistent=[
        [*_STUDIES, *_SIZES, dict(kind="pooled", outcome="cr", n="62")],
        [dict(kind="characteristic", characteristic="participants", value="173"), dict(kind="pooled", outcome="cr", n="209")],
    ],
    cannot_tell=[
        [*_STUDIES, _SIZES[0], dict(kind="pooled", outcome="cr", n="62")],
        [*_STUDIES, *_SIZES, dict(kind="pooled", outcome="cr", n="NR")],
    ],
    look="whether groups are counted twice, or lesions and episodes as participants",
)  # fmt: skip
def pooled_within_participants(n, of_studies=None, stated=None):
    """More participants are pooled than the review has.

    n is at most the greater of the number the source states and the sum over its studies, if that is complete. A
    warning: crossover groups and shared control groups may be counted twice.
    """
    total, greatest = as_counts(of_studies).sum(), as_counts(stated).greatest()
    complete = total.known & (of_studies.lengths > 0)
    summed = Column(total.low, total.high, complete, total.clean)
    limit = summed.or_else(0).hull(greatest.or_else(0))
    return n.at_most(limit).cannot_tell(~complete & ~greatest.known)


@pooled_within_participants.expects
def at_most(row):
    of_studies, stated = row.several("of_studies"), [int(each.high) for each in row.several("stated") if each.known]
    summed = sum(int(each.high) for each in of_studies) if all(each.known for each in of_studies) else 0
    return f"at most {max([*stated, summed])}"
