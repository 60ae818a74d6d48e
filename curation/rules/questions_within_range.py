"""APPRAISAL-004."""

from curation.engine.rule import rule


def _scale(*domains, **range_):
    return [dict(kind="appraisal", tool="other", domain=name, questions=n) for name, n in domains] + [
        dict(kind="appraisal", tool="other", **range_)
    ]


@rule(
    "APPRAISAL-004",
    severity="warning",
    oracle="brute force: test_oracle_appraisals.py",
    source="arithmetic: a scale of one point per question goes up to the number of its questions",
    field="highest",
    rows="""
        WITH domains AS (
            SELECT source, study, tool, domain, min(record) AS record, min_by(questions, record) AS questions
            FROM appraisal WHERE domain IS NOT NULL AND questions IS NOT NULL GROUP BY source, study, tool, domain
        ), totals AS (
            SELECT source, study, tool, list(questions ORDER BY record) AS questions, list(record ORDER BY record) AS records,
                   CASE WHEN bool_and(coalesce(questions.relation = '=' AND questions.value IS NOT NULL, false)) THEN sum(questions.value) END AS total
            FROM domains GROUP BY source, study, tool
        ), ranges AS (
            SELECT source, study, tool, min(record) AS record, max_by(score_max, coalesce(score_max.value, 0)) AS highest,
                   min_by(score_min, coalesce(score_min.value, 0)) AS lowest
            FROM appraisal WHERE domain IS NULL AND score_max IS NOT NULL GROUP BY source, study, tool
        )
        SELECT 'appraisal' AS kind, r.record, list_append(t.records, r.record) AS records, 'score_max' AS field,
               t.questions, t.total, r.highest, r.lowest
        FROM ranges r JOIN totals t ON r.source = t.source AND r.tool = t.tool AND r.study IS NOT DISTINCT FROM t.study
    """,
    consistent=[_scale(("selection", "4"), ("comparability", "2"), ("outcome", "3"), score_min="0", score_max="9")],
    inconsistent=[
        _scale(("randomisation", "3"), ("concealment", "4"), ("blinding", "3"), ("withdrawals", "2"), score_min="1", score_max="7"),
        _scale(("design", "6"), ("analysis", "6"), score_max="24"),
    ],
    cannot_tell=[_scale(("selection", "4"), ("comparability", "NR"), score_min="0", score_max="9")],
    look="whether the questions, the domains and the score come from the same instrument",
)  # fmt: skip
def questions_within_range(questions, total, highest, lowest=None):
    """The questions of the domains do not add up to the highest score.

    With one point per question the highest score is the number of questions. A warning: questions may be weighted; a note
    where each may give the same number of points.
    """
    return total.meets(highest)


@questions_within_range.expects
def the_sum(row):
    return f"{row['total']} at most, with one point per question"


@questions_within_range.reading("it fits if each question gives the same number of points, more than one", "note")
def several_points(row):
    total = row["total"].value
    return total > 0 and any(row.holds(total=total * points) for points in range(2, 6))


@questions_within_range.explain
def lowest_score(row):
    lowest = row["lowest"] if row.cells["lowest"] else None
    return (
        [f"a study that meets no question would score 0, below the lowest score of {lowest}"]
        if lowest and lowest.low > 0
        else []
    )
