"""APPRAISAL-001."""

import numpy as np

from curation.engine.rule import rule
from schemas.intervals import Column

RANGES = {"Newcastle-Ottawa": (0, 9), "Jadad": (0, 5), "MINORS": (0, 24)}
"""Scores a tool can give: Newcastle-Ottawa 0 to 9 stars (Wells et al, Ottawa Hospital); Jadad 0 to 5 (Jadad 1996, Control
Clin Trials 17:1-12); MINORS 0 to 16 without and 0 to 24 with a comparison group (Slim 2003, ANZ J Surg 73:712-716)."""


@rule(
    "APPRAISAL-001",
    severity="error",
    oracle="published: oracles/appraisal_tools.csv",
    source="the instruments: Newcastle-Ottawa (Wells et al), Jadad 1996 Control Clin Trials 17:1-12, MINORS (Slim 2003 ANZ J Surg 73:712-716)",
    kinds=["appraisal"],
    field="score",
    consistent=[dict(tool="Newcastle-Ottawa", score="7"), dict(tool="other", score="6", score_min="1", score_max="7")],
    inconsistent=[
        dict(tool="other", score="8", score_min="1", score_max="7"),
        dict(tool="Jadad", score="6"),
        dict(tool="Newcastle-Ottawa", score="10", score_min="0", score_max="9"),
    ],
    cannot_tell=[dict(tool="other", score="6"), dict(tool="Jadad", score="NR")],
    look="whether the score belongs to another tool, or two digits run together",
)
def score_in_range(score, score_min=None, score_max=None, tool=None):
    """The score lies outside the range of its scale.

    score_min <= score <= score_max as the source gives them, and the range that the tool itself can give. The ends of a
    range are definitions: exact, not rounded.
    """
    own = Column.of([RANGES.get(each, (np.nan, np.nan)) for each in tool.values])
    lowest, highest = (Column.from_ends(end, end) for end in (own.low, own.high))
    stated = (
        score.at_least(_exactly(score_min)).checked_where_known()
        & score.at_most(_exactly(score_max)).checked_where_known()
    )
    of_the_tool = score.at_least(lowest).checked_where_known() & score.at_most(highest).checked_where_known()
    return (stated & of_the_tool).cannot_tell(~(score.known & (score_min.known | score_max.known | lowest.known)))


def _exactly(end):
    """The printed value of a stated end; an open or unclear one stays the interval it is."""
    with np.errstate(invalid="ignore"):
        middle, one_number = (end.low + end.high) / 2, np.asarray(end.high - end.low <= 1, dtype=bool)
    return Column(np.where(one_number, middle, end.low), np.where(one_number, middle, end.high), end.known)


@score_in_range.reading(
    "an adapted version of the tool may have another range; the score fits what the source itself says of it", "warning"
)
def adapted_tool(row):
    return row.holds(tool="other") or not (row["score_min"].known or row["score_max"].known)


@score_in_range.expects
def the_range(row):
    low, high = RANGES.get(row.code("tool"), ("", ""))
    low, high = (row.cells[name] or own for name, own in (("score_min", low), ("score_max", high)))
    return f"{low} to {high}" if f"{low}" and f"{high}" else ""
