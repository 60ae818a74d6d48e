"""SUM-012. Catalogue 44: number of rows."""

from curation.engine.rule import rule


def _review(stated, listed, **more):
    studies = [dict(kind="study", study=f"s{n}", label=f"Study {n}", included_in="example") for n in range(listed)]
    return [*studies, {"kind": "characteristic", "characteristic": "studies", "value": stated} | more]


@rule(
    "SUM-012",
    severity="warning",
    source="arithmetic",
    oracle="brute force: test_bruteforce_sums.py",
    after=["COUNT-003"],
    field="stated",
    rows="""
        WITH stated AS (
            SELECT 'characteristic' AS kind, source, record, 'value' AS field, value AS stated FROM stated_numbers
            WHERE characteristic = 'studies' AND study IS NULL AND label IS NULL AND value IS NOT NULL
            UNION ALL SELECT 'flow', source, record, 'n', n FROM flow
            WHERE diagram = 'prisma' AND node = 'included' AND "group" IS NULL AND study IS NULL AND n IS NOT NULL
        ), listed AS (SELECT included_in AS source, count(*) AS listed FROM study WHERE included_in IS NOT NULL GROUP BY included_in)
        SELECT min_by(kind, record) AS kind, min(record) AS record, list(record) AS records, min_by(field, record) AS field,
               any_value(stated) AS stated, any_value(listed) AS listed
        FROM stated JOIN listed USING (source) GROUP BY source, stated.text
    """,
    consistent=[_review("2", 2), [*_review("2", 2)[:-1], dict(kind="flow", node="included", n="2")]],
    inconsistent=[_review("3", 2), _review("1", 2)],
    cannot_tell=[_review("NR", 2)],
    limits="It counts the studies of the extraction that name the source in 'included_in'; whether one was forgotten there it cannot know.",
    look="whether a study was forgotten in the extraction, or one study has several reports",
)  # fmt: skip
def studies_counted(stated, listed):
    """The stated number of studies is not the number of studies listed.

    k = number of studies of the extraction that name the source in 'included_in'.
    """
    return listed.meets(stated)


@studies_counted.expects
def the_number(row):
    return f"{row['listed']}"
