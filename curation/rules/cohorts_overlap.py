"""SOURCE-010. Catalogue 48: nested recruitment windows of one centre."""

from curation.engine.rule import rule


def _cohort(study, low, high, centre="Hospital X", design="cohort"):
    return [
        dict(kind="study", study=study, label=study, included_in="example", design=design),
        dict(kind="characteristic", study=study, characteristic="centre", text=centre),
        dict(kind="characteristic", study=study, characteristic="period", low=low, high=high),
    ]


@rule(
    "SOURCE-010",
    severity="warning",
    source="duplicate publication of one cohort: von Elm 2004 JAMA 291:974",
    field="started",
    rows="""
        WITH pools AS (
            SELECT included_in AS pool, study FROM study WHERE included_in IS NOT NULL
            UNION
            SELECT source || '|' || record, unnest(string_split_regex(trim(studies), '\\s+')) FROM pooled WHERE studies IS NOT NULL
        ), places AS (
            SELECT DISTINCT study, trim(regexp_replace(lower(text), '[\\s,.;:()]+', ' ', 'g')) AS centre, text AS shown FROM characteristic
            WHERE characteristic = 'centre' AND study IS NOT NULL AND text IS NOT NULL AND arm IS NULL
        ), periods AS (
            SELECT study, record, low, high FROM spans
            WHERE characteristic = 'period' AND study IS NOT NULL AND arm IS NULL AND low IS NOT NULL AND high IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY study ORDER BY low.value IS NULL OR high.value IS NULL, record) = 1
        ), together AS (
            SELECT pool, centre, any_value(shown) AS shown, study, any_value(record) AS record, any_value(low) AS low, any_value(high) AS high, any_value(design) AS design
            FROM pools JOIN places USING (study) JOIN periods USING (study) LEFT JOIN (SELECT study, design FROM study) USING (study)
            GROUP BY pool, centre, study
        ), beside AS (
            SELECT *, max_by({'study': study, 'record': record, 'low': low, 'high': high, 'design': design}, high.value) OVER (
                PARTITION BY pool, centre ORDER BY low.value NULLS LAST, high.value DESC, study ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS other
            FROM together
        )
        SELECT 'characteristic' AS kind, record, [record, other.record] AS records, 'low' AS field, any_value(low) AS started, any_value(high) AS ended,
               any_value(other.low) AS other_started, any_value(other.high) AS other_ended, other.study AS other_study, min(shown) AS centre,
               CASE WHEN any_value(design) = 'randomised' AND any_value(other.design) = 'randomised' THEN 'yes' ELSE 'no' END AS both_randomised
        FROM beside WHERE other IS NOT NULL GROUP BY record, other.record, other.study
    """,
    consistent=[[*_cohort("a", "2001", "2006"), *_cohort("b", "2006", "2010")], [*_cohort("a", "2001", "2009"), *_cohort("a2", "2010", "2012"), *_cohort("b", "2002", "2008", centre="Hospital Y")]],
    inconsistent=[[*_cohort("a", "2001", "2010"), *_cohort("b", "2003", "2007", centre="hospital X.")], [*_cohort("a", "2001", "2006"), *_cohort("b", "2004", "2010")]],
    cannot_tell=[[*_cohort("a", "2001", "2010"), *_cohort("b", "NR", "2007")]],
    oracle="brute force: test_bruteforce_sources.py",
    limits="Both the centre and the period of both studies must be entered. Countries are not centres: two cohorts of one country say nothing.",
    look="whether the larger cohort takes in the smaller one, so that patients are counted twice",
)  # fmt: skip
def cohorts_overlap(started, ended, other_started, other_ended):
    """Two studies of one pool recruited at the same centre in the same years.

    Of two studies of one centre, one began when the other had ended, or in that year. Years are exact. Each study is set beside the one of its centre that lasted longest among those that began before it.
    """
    return other_ended.at_most(started) | ended.at_most(other_started)


@cohorts_overlap.expects
def after_it(row):
    return f"{row['other_ended'].text.strip()} or later, or other patients than those of {row.code('other_study')} ({row['other_started'].text.strip()} to {row['other_ended'].text.strip()}, {row.code('centre')})"


@cohorts_overlap.reading("the years overlap in part, so that at most some patients can be the same", "note")
def in_part(row):
    return row["ended"].low > row["other_ended"].high


@cohorts_overlap.reading("two randomised trials of one centre may recruit side by side", "note")
def side_by_side(row):
    return row.code("both_randomised") == "yes"
